//! What a new installation begins with: a workspace, and a key to make all others with.

use anyhow::{Context, ensure};
use rand::SeedableRng;
use rand::rngs::StdRng;
use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;
use wend_store::Store;

use crate::api::DEFAULT_WORKSPACE;
use crate::auth::{self, Scope};
use crate::ingest::limits::WRITE_KEY_BYTES_MAX;

/// The shortest secret that is believed to be one, in bytes.
pub const SECRET_BYTES_MIN: usize = 16;

/// Creates the workspace `default`, and a key that may do everything with the given secret, unless they are there.
///
/// A secret that was revoked stays revoked.
pub async fn bootstrap(store: &Store, secret: Option<&str>, at: Timestamp) -> anyhow::Result<()> {
    let workspace = WorkspaceId::from(DEFAULT_WORKSPACE);
    store.workspace_create(&workspace, at).await.context("cannot create the workspace `default`")?;
    let Some(secret) = secret else { return Ok(()) };
    ensure!(
        (SECRET_BYTES_MIN..=WRITE_KEY_BYTES_MAX).contains(&secret.len()),
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
    let mut random = StdRng::from_os_rng();
    let row = auth::row(&mut random, &workspace, "bootstrap", Scope::Admin, secret, at);
    store.key_create(row).await.context("cannot keep the bootstrap key")
}
