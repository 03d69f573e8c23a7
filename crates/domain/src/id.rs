//! Identifiers and names: newtypes, so that one is never taken for another.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::Timestamp;

/// The bytes of a hashed identifier: 6 bytes of time, then 10 of hash.
const ID_HEX_LEN: usize = 32;

/// Makes the 128 bits of an identifier: the millisecond first, so that ids sort by time, then a keyed hash.
///
/// The same parts always give the same id (SEMANTICS 12.2); parts are length-prefixed, so they can't run together.
pub fn hashed(kind: &str, at: Timestamp, parts: &[&[u8]]) -> u128 {
    let millis = u128::from(at.as_millis().max(0) as u64) & 0xFFFF_FFFF_FFFF;
    let hash = u128::from_be_bytes(digest(kind, parts)[..16].try_into().expect("a digest has 32 bytes"));
    (millis << 80) | (hash >> 48)
}

/// The keyed hash that all chance and all ids come from (SEMANTICS 10.1, 12.2).
pub fn digest(kind: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(kind.len() as u64).to_be_bytes());
    hasher.update(kind.as_bytes());
    for part in parts {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// A number in `0..n` that the parts decide: the same on every node and in every replay (SEMANTICS 10.1).
pub fn chance(kind: &str, parts: &[&[u8]], n: u64) -> u64 {
    let first = u64::from_be_bytes(digest(kind, parts)[..8].try_into().expect("a digest has 32 bytes"));
    if n == 0 { 0 } else { first % n }
}

/// A text that is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id: expected {ID_HEX_LEN} hexadecimal digits")]
pub struct ParseIdError {
    text: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The id that these parts make at this instant; the same parts always make the same id.
            pub fn hashed(at: Timestamp, parts: &[&[u8]]) -> Self {
                Self(hashed($kind, at, parts))
            }

            /// The id as its 16 bytes, most significant first.
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.to_be_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let well_formed =
                    text.len() == ID_HEX_LEN && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                match u128::from_str_radix(text, 16) {
                    Ok(number) if well_formed => Ok(Self(number)),
                    _ => Err(ParseIdError { text: text.to_owned() }),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

id!(
    /// One person (or account) as Wend knows it.
    ContactId, "contact"
);
id!(
    /// One contact's passage through one version of a workflow.
    RunId, "run"
);
id!(
    /// One message to one contact; it is also the key that providers get (SEMANTICS 8.1).
    MessageId, "message"
);
id!(
    /// One input of one contact.
    InputId, "input"
);

name!(
    /// The workspace that everything belongs to; nothing ever crosses it.
    WorkspaceId
);
name!(
    /// What a team calls a workflow: lower case, digits and dashes.
    WorkflowName
);
name!(
    /// A step's id within its workflow; it is the step, across versions.
    StepId
);
name!(
    /// What a team calls a segment.
    SegmentName
);
name!(
    /// What a team calls a static list of contacts.
    ListName
);
name!(
    /// The name of an event, as the client sent it.
    EventName
);
name!(
    /// What a team calls a catalogue.
    CatalogueName
);
name!(
    /// What a team calls an incoming webhook.
    HookName
);
name!(
    /// What a team calls a template.
    TemplateName
);
name!(
    /// What a contact can opt out of: `offers`, `news`, …
    Category
);
name!(
    /// The way a message goes: `email`, `sms`, `push`, `webhook`. A channel is data.
    Channel
);

/// The channel of webhook calls: no policy speaks of it.
pub const CALL_CHANNEL: &str = "http";

/// The channel of tasks for people: no policy speaks of it.
pub const TASK_CHANNEL: &str = "task";

/// The category whose messages skip marketing consent, arbitration, caps and quiet hours (SEMANTICS 7.12).
pub const TRANSACTIONAL: &str = "transactional";

/// What messages that ask for a confirmation have instead of a workflow; no file can have it.
pub const CONFIRMATION: &str = "~confirmation";
