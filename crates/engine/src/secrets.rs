//! Secrets of calls: sealed with the installation's key, opened only at the moment of a call.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use wend_domain::id::WorkspaceId;
use wend_store::SecretRow;

use crate::engine::Engine;

/// The file of the key in the data folder.
const KEY_FILE: &str = "secrets.key";

/// How many bytes a key has.
const KEY_BYTES: usize = 32;

/// The most bytes of a secret.
pub const SECRET_BYTES_MAX: usize = 16 * 1024;

/// The most characters of a secret's name.
pub const SECRET_NAME_MAX: usize = 100;

/// What seals secrets. Cheap to clone; it can't be printed.
#[derive(Clone)]
pub struct SecretsKey(Arc<LessSafeKey>);

impl std::fmt::Debug for SecretsKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SecretsKey")
    }
}

/// A text that is no key, or a secret that was sealed with another one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongKey {
    /// It isn't 32 bytes in base64.
    #[error(
        "a key of secrets is {KEY_BYTES} random bytes in base64: `head -c 32 /dev/urandom | base64` makes one"
    )]
    Malformed,
    /// The secret was sealed with another key, or was altered.
    #[error(
        "the secret `{name}` was sealed with another key: use the key that it was set with, or set it again"
    )]
    Other {
        /// The secret.
        name: String,
    },
}

impl SecretsKey {
    /// A key that the operator gives: 32 bytes in base64.
    pub fn from_base64(text: &str) -> Result<Self, WrongKey> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| WrongKey::Malformed)?;
        Self::from_bytes(&bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, WrongKey> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| WrongKey::Malformed)?;
        Ok(Self(Arc::new(LessSafeKey::new(key))))
    }

    /// The key in a folder; it is made, readable by its owner only, if there is none.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        let path = folder.join(KEY_FILE);
        let mut text = String::new();
        match File::open(&path) {
            Ok(mut file) => {
                file.read_to_string(&mut text)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut bytes = [0; KEY_BYTES];
                SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("no random bytes"))?;
                text = STANDARD.encode(bytes);
                let mut file = new_private_file(&path)?;
                writeln!(file, "{text}")?;
                file.sync_all()?;
            }
            Err(error) => return Err(error),
        }
        Self::from_base64(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Seals a secret for a workspace and a name: elsewhere it can't be opened.
    fn seal(&self, workspace: &WorkspaceId, name: &str, secret: &str) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut sealed = secret.as_bytes().to_vec();
        let place = Aad::from(place(workspace, name));
        self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place, &mut sealed).ok()?;
        Some(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens a secret.
    pub(crate) fn open(&self, workspace: &WorkspaceId, name: &str, sealed: &str) -> Result<String, WrongKey> {
        let other = || WrongKey::Other { name: name.to_owned() };
        let bytes = STANDARD.decode(sealed).map_err(|_| other())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(other)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| other())?;
        let mut sealed = sealed.to_vec();
        let place = Aad::from(place(workspace, name));
        let opened = self.0.open_in_place(nonce, place, &mut sealed).map_err(|_| other())?;
        String::from_utf8(opened.to_vec()).map_err(|_| other())
    }
}

/// What a sealed secret is bound to.
fn place(workspace: &WorkspaceId, name: &str) -> Vec<u8> {
    format!("{}:{workspace}{name}", workspace.as_str().len()).into_bytes()
}

#[cfg(unix)]
fn new_private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn new_private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// What became of a secret that somebody sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretSet {
    /// It is kept.
    Set,
    /// The installation has no key to seal it with.
    NoKey,
    /// Its name is none: letters, digits, `_` and `-`, at most [`SECRET_NAME_MAX`].
    BadName,
    /// It has more than [`SECRET_BYTES_MAX`] bytes.
    TooLong,
    /// There are [`wend_store::SECRETS_MAX`] others.
    TooMany,
}

impl Engine {
    /// Sets a secret of a workspace's calls. It is sealed at once and never shown again.
    pub async fn set_secret(
        &self,
        workspace: &WorkspaceId,
        name: &str,
        secret: &str,
        by: &str,
    ) -> anyhow::Result<SecretSet> {
        let shared = self.shared();
        let Some(key) = &shared.options.secrets_key else { return Ok(SecretSet::NoKey) };
        let is_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
        if name.is_empty() || name.len() > SECRET_NAME_MAX || !name.chars().all(is_name) {
            return Ok(SecretSet::BadName);
        }
        if secret.len() > SECRET_BYTES_MAX {
            return Ok(SecretSet::TooLong);
        }
        let Some(sealed) = key.seal(workspace, name, secret) else {
            anyhow::bail!("the secret could not be sealed: the system has no random bytes");
        };
        let row = SecretRow { name: name.to_owned(), at: shared.clock.now(), by: by.to_owned() };
        let is_set = shared.store.secret_set(workspace, row, &sealed).await?;
        Ok(if is_set { SecretSet::Set } else { SecretSet::TooMany })
    }

    /// A secret, opened: for calls that come in and must prove where they come from. None if it isn't set.
    pub async fn secret(&self, workspace: &WorkspaceId, name: &str) -> anyhow::Result<Option<String>> {
        let shared = self.shared();
        let Some(key) = &shared.options.secrets_key else { return Ok(None) };
        let sealed = shared.store.secrets_sealed(workspace).await?;
        Ok(sealed.get(name).map(|sealed| key.open(workspace, name, sealed)).transpose()?)
    }
}

#[cfg(test)]
mod tests;
