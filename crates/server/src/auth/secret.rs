//! Making keys: the secret is shown once and kept only as its hash.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use wend_domain::id::{WorkspaceId, digest};
use wend_domain::time::Timestamp;
use wend_store::KeyRow;

use crate::auth::Scope;

/// The bytes of chance in a secret: far beyond guessing, so that a fast hash suffices.
const SECRET_BYTES: usize = 32;

/// The bytes of chance in a key's id.
const KEY_ID_BYTES: usize = 8;

/// A new key, and its secret, which is nowhere else.
#[derive(Debug)]
pub struct NewKey {
    /// What is kept.
    pub row: KeyRow,
    /// What its owner sends.
    pub secret: String,
}

/// What is kept of a secret. Comparing hashes tells an attacker nothing about the secret, whatever it takes.
pub fn hash(secret: &str) -> String {
    hex(&digest("key", &[secret.as_bytes()]))
}

/// Makes a key.
pub fn new_key(
    random: &mut impl RngCore,
    workspace: &WorkspaceId,
    name: &str,
    scope: Scope,
    at: Timestamp,
) -> NewKey {
    let mut bytes = [0; SECRET_BYTES];
    random.fill_bytes(&mut bytes);
    // The prefix tells people, and scanners for leaked secrets, what it is.
    let prefix = if scope == Scope::Ingest { "wk" } else { "sk" };
    let secret = format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(bytes));
    let mut id = [0; KEY_ID_BYTES];
    random.fill_bytes(&mut id);
    let row = KeyRow {
        id: format!("key_{}", hex(&id)),
        workspace: workspace.clone(),
        name: name.to_owned(),
        scope: scope.as_str().to_owned(),
        hash: hash(&secret),
        created_at: at,
        revoked_at: None,
    };
    NewKey { row, secret }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
