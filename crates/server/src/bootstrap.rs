//! What a new installation begins with: a workspace, and a key to make all others with.

use anyhow::{Context, ensure};
use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;
use wend_store::{KeyRow, Store};

use crate::api::DEFAULT_WORKSPACE;
use crate::auth::{self, Scope};
use crate::ingest::limits::WRITE_KEY_BYTES_MAX;

/// The shortest secret that is believed to be one, in bytes: a shorter one is good only for a server that nobody else
/// can reach, which the caller knows.
pub const SECRET_BYTES_MIN: usize = 16;

/// The hexadecimal digits of a key's id.
const KEY_ID_DIGITS: usize = 16;

/// Creates the workspace `default`, and a key that may do everything with the given secret, unless they are there.
///
/// A secret that was revoked stays revoked.
pub async fn bootstrap(store: &Store, secret: Option<&str>, at: Timestamp) -> anyhow::Result<()> {
    let workspace = WorkspaceId::from(DEFAULT_WORKSPACE);
    store.workspace_create(&workspace, at).await.context("cannot create the workspace `default`")?;
    let Some(secret) = secret else { return Ok(()) };
    ensure!(
        (1..=WRITE_KEY_BYTES_MAX).contains(&secret.len()),
        "the bootstrap key has {} characters: choose {SECRET_BYTES_MIN} to {WRITE_KEY_BYTES_MAX} that nobody can guess, \
         for example with `openssl rand -hex 24`",
        secret.len()
    );
    ensure!(
        secret.chars().all(|letter| letter.is_ascii_graphic() && letter != ':'),
        "the bootstrap key may have letters, digits and punctuation, but no spaces and no colon"
    );
    let hash = auth::hash(secret);
    if store.key_by_hash(&hash).await.context("cannot look for the bootstrap key")?.is_some() {
        return Ok(());
    }
    let row = KeyRow {
        // Nodes that start at the same time make the same row, and one of them succeeds.
        id: format!("key_{}", &auth::hash(&hash)[..KEY_ID_DIGITS]),
        workspace,
        name: "bootstrap".to_owned(),
        scope: Scope::Admin.as_str().to_owned(),
        hash: hash.clone(),
        created_at: at,
        revoked_at: None,
    };
    let Err(error) = store.key_create(row).await else { return Ok(()) };
    match store.key_by_hash(&hash).await {
        Ok(Some(_)) => Ok(()),
        _ => Err(anyhow::Error::new(error).context("cannot keep the bootstrap key")),
    }
}
