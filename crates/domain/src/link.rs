//! Signed links: what lets a person unsubscribe or choose without a login.
//!
//! A link says what it is for, whose it is, and which message brought it; a keyed hash over all of that and the
//! workspace makes it unforgeable. Nothing about a link is stored, so links for unsubscribing work for as long as the
//! workspace's key does.

mod mail_address;
mod tracked;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::id::{Category, Channel, ContactId, MessageId, WorkspaceId};
use crate::limits::SIGNED_LINK_BYTES_MAX;
use crate::time::{Period, Timestamp};

pub use mail_address::{MailAddress, MailPurpose};
pub use tracked::{Tracked, Visited};

/// How long a link to the preferences may be used to change anything but to unsubscribe: 90 days.
///
/// An e-mail is forwarded easily; whoever has an old one must not subscribe its first reader to anything.
pub const PREFERENCES_FOR: Period = Period::from_millis(90 * 24 * 3_600_000);

/// How long a link may confirm a subscription: 30 days.
pub const CONFIRM_FOR: Period = Period::from_millis(30 * 24 * 3_600_000);

/// The layout of a link's bytes that this code writes.
const FORMAT: u8 = 1;

/// How many bytes of the keyed hash a link carries.
const SEAL_BYTES: usize = 16;

/// How many bytes stand before the names: format, purpose, instant, contact, message.
const FIXED_BYTES: usize = 1 + 1 + 8 + 16 + 16;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To unsubscribe, for ever.
    Unsubscribe,
    /// To see and change what one gets, for [`PREFERENCES_FOR`].
    Preferences,
    /// To confirm a subscription, for [`CONFIRM_FOR`].
    Confirm,
}

impl Purpose {
    /// Its path below the server's address.
    pub fn path(self) -> &'static str {
        match self {
            Self::Unsubscribe => "unsubscribe",
            Self::Preferences => "preferences",
            Self::Confirm => "confirm",
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Unsubscribe => 1,
            Self::Preferences => 2,
            Self::Confirm => 3,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Unsubscribe, Self::Preferences, Self::Confirm]
            .into_iter()
            .find(|purpose| purpose.byte() == byte)
    }
}

/// The key of a workspace's links; it can't be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    /// A key of 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The keyed hash of a text for a purpose of its own, in hexadecimal: who doesn't have the key can't guess texts
    /// until one fits.
    pub fn hash(&self, kind: &str, text: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&(kind.len() as u64).to_be_bytes());
        hasher.update(kind.as_bytes());
        hasher.update(text.as_bytes());
        hasher.finalize().to_hex().to_string()
    }

    fn seal(&self, workspace: &WorkspaceId, bytes: &[u8]) -> [u8; SEAL_BYTES] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&(workspace.as_str().len() as u64).to_be_bytes());
        hasher.update(workspace.as_str().as_bytes());
        hasher.update(bytes);
        let hash = hasher.finalize();
        hash.as_bytes()[..SEAL_BYTES].try_into().expect("a hash has 32 bytes")
    }
}

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey")
    }
}

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub at: Timestamp,
    /// Whose it is.
    pub contact: ContactId,
    /// The message that brought it.
    pub message: MessageId,
    /// That message's channel.
    pub channel: Channel,
    /// That message's category.
    pub category: Category,
}

impl Link {
    /// The link as a text for a URL, signed.
    pub fn sign(&self, key: &LinkKey, workspace: &WorkspaceId) -> String {
        let mut bytes = vec![FORMAT, self.purpose.byte()];
        bytes.extend(self.at.as_millis().to_be_bytes());
        bytes.extend(self.contact.to_bytes());
        bytes.extend(self.message.to_bytes());
        bytes.extend(self.channel.as_str().as_bytes());
        bytes.push(0);
        bytes.extend(self.category.as_str().as_bytes());
        let seal = key.seal(workspace, &bytes);
        bytes.extend(seal);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a link; none unless it is whole and was signed with this key for this workspace.
    pub fn read(text: &str, key: &LinkKey, workspace: &WorkspaceId) -> Option<Self> {
        if text.len() > SIGNED_LINK_BYTES_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (said, seal) = bytes.split_at_checked(bytes.len().checked_sub(SEAL_BYTES)?)?;
        if !same(seal, &key.seal(workspace, said)) {
            return None;
        }
        let (fixed, names) = said.split_at_checked(FIXED_BYTES)?;
        if fixed[0] != FORMAT {
            return None;
        }
        let (channel, category) = std::str::from_utf8(names).ok()?.split_once('\0')?;
        Some(Self {
            purpose: Purpose::of(fixed[1])?,
            at: Timestamp::from_millis(i64::from_be_bytes(fixed[2..10].try_into().ok()?)),
            contact: hexadecimal(&fixed[10..26]).parse().ok()?,
            message: hexadecimal(&fixed[26..42]).parse().ok()?,
            channel: Channel::from(channel),
            category: Category::from(category),
        })
    }

    /// Whether the link still does what it is for at an instant.
    pub fn holds(&self, at: Timestamp) -> bool {
        match self.purpose {
            Purpose::Unsubscribe => true,
            Purpose::Preferences => at < self.at + PREFERENCES_FOR,
            Purpose::Confirm => at < self.at + CONFIRM_FOR,
        }
    }
}

/// Whether two parts of hashes are the same; it takes the same time wherever they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let padded = |part: &[u8]| {
        let mut whole = [0; 32];
        let length = part.len().min(SEAL_BYTES);
        whole[..length].copy_from_slice(&part[..length]);
        blake3::Hash::from(whole)
    };
    one.len() == other.len() && padded(one) == padded(other)
}

/// The 16 bytes of an id as ids are written.
fn hexadecimal(bytes: &[u8]) -> String {
    let number = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    format!("{number:032x}")
}

#[cfg(test)]
mod tests;
