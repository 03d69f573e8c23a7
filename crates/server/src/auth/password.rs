//! Passwords: Argon2id with the parameters that OWASP's Password Storage Cheat Sheet gives first (19 MiB, 2 rounds).

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::error::Error;

/// The shortest password, in characters.
pub(crate) const PASSWORD_CHARS_MIN: usize = 10;

/// The longest password, in bytes.
pub(crate) const PASSWORD_BYTES_MAX: usize = 512;

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;

/// Rounds over the memory.
const ROUNDS: u32 = 2;

/// The bytes of chance in a salt.
const SALT_BYTES: usize = 16;

/// The hash of a password that nobody has: checked when an address is unknown, so that the answer takes as long.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What is kept of a password.
pub(crate) async fn hash_password(password: String, salt: [u8; SALT_BYTES]) -> Result<String, Error> {
    let hashed = tokio::task::spawn_blocking(move || {
        let salt = SaltString::encode_b64(&salt).map_err(|error| anyhow::anyhow!("a salt: {error}"))?;
        let hash = argon2().hash_password(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| anyhow::anyhow!("a password: {error}"))
    });
    hashed.await.map_err(Error::internal)?.map_err(Error::Internal)
}

/// Whether a password is the one whose hash was kept; without one the answer takes as long and is no.
pub(crate) async fn is_password(password: String, kept: Option<String>) -> Result<bool, Error> {
    let checked = tokio::task::spawn_blocking(move || {
        let is_somebodys = kept.is_some();
        let kept = kept.unwrap_or_else(|| NOBODYS.to_owned());
        let hash = PasswordHash::new(&kept).map_err(|error| anyhow::anyhow!("a kept hash: {error}"))?;
        Ok(argon2().verify_password(password.as_bytes(), &hash).is_ok() && is_somebodys)
    });
    checked.await.map_err(Error::internal)?.map_err(Error::Internal)
}

/// Whether a password may be one: long enough that guessing is hopeless, short enough to hash.
pub(crate) fn checked_password(password: &str) -> Result<(), Error> {
    let n_chars = password.chars().count();
    if n_chars < PASSWORD_CHARS_MIN {
        return Err(Error::Unprocessable(format!(
            "the password has {n_chars} characters: choose at least {PASSWORD_CHARS_MIN}; a few words are easier to \
             remember than signs"
        )));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Error::Unprocessable(format!("the password has more than {PASSWORD_BYTES_MAX} bytes")));
    }
    Ok(())
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, ROUNDS, 1, None).expect("the parameters are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests;
