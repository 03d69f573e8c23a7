//! The message ids of recent events, packed: an event that comes twice counts once (SEMANTICS 3.2).

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::digest;
use crate::limits::{DEDUPLICATION_FOR_MS, DEDUPLICATION_IDS_MAX};
use crate::time::Timestamp;

/// Hashes of message ids with the minute in which they came, oldest first.
///
/// 64 bits of a message id's hash stand for it: among 1,000 ids the chance of a false match is below 1 in 10^16.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen(VecDeque<(u32, u64)>);

/// The bytes of one packed entry: 4 of minutes since the epoch, 8 of hash.
const ENTRY_BYTES: usize = 12;
const MINUTE_MS: i64 = 60_000;

impl Seen {
    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Remembers a message id; false if it was there already.
    pub fn insert(&mut self, message_id: &str, at: Timestamp) -> bool {
        let hash =
            u64::from_be_bytes(digest("seen", &[message_id.as_bytes()])[..8].try_into().expect("32 bytes"));
        let oldest =
            minutes(at).saturating_sub(u32::try_from(DEDUPLICATION_FOR_MS / MINUTE_MS).expect("7 days"));
        if self.0.iter().any(|(minute, known)| *minute >= oldest && *known == hash) {
            return false;
        }
        while self.0.front().is_some_and(|(minute, _)| *minute < oldest) {
            self.0.pop_front();
        }
        if self.0.len() == DEDUPLICATION_IDS_MAX {
            self.0.pop_front();
        }
        self.0.push_back((minutes(at), hash));
        true
    }
}

impl Seen {
    /// Remembers what another contact has taken, too; beyond the most that is remembered the oldest leave.
    pub fn absorb(&mut self, other: &Self) {
        let mut all: Vec<(u32, u64)> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_unstable();
        all.dedup();
        let too_many = all.len().saturating_sub(DEDUPLICATION_IDS_MAX);
        self.0 = all.split_off(too_many).into();
    }
}

fn minutes(at: Timestamp) -> u32 {
    u32::try_from(at.as_millis() / MINUTE_MS).unwrap_or(0)
}

impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(self.0.len() * ENTRY_BYTES);
        for (minute, hash) in &self.0 {
            bytes.extend_from_slice(&minute.to_be_bytes());
            bytes.extend_from_slice(&hash.to_be_bytes());
        }
        serializer.serialize_str(&STANDARD_NO_PAD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = STANDARD_NO_PAD.decode(text.as_bytes()).map_err(serde::de::Error::custom)?;
        let entry = |chunk: &[u8]| {
            let minute = u32::from_be_bytes(chunk[..4].try_into().expect("a chunk has 12 bytes"));
            (minute, u64::from_be_bytes(chunk[4..].try_into().expect("a chunk has 12 bytes")))
        };
        Ok(Self(bytes.chunks_exact(ENTRY_BYTES).map(entry).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_2_a_message_id_counts_once_for_seven_days_and_survives_storage() {
        let start = Timestamp::from_millis(1_800_000_000_000);
        let mut seen = Seen::default();
        assert!(seen.insert("a", start));
        let stored = serde_json::to_string(&seen).unwrap();
        let mut seen: Seen = serde_json::from_str(&stored).unwrap();
        assert!(!seen.insert("a", start + crate::time::Period::from_millis(DEDUPLICATION_FOR_MS)));
        assert!(seen.insert("a", start + crate::time::Period::from_millis(DEDUPLICATION_FOR_MS + MINUTE_MS)));
    }

    #[test]
    fn s3_2_at_most_a_thousand_ids_are_remembered() {
        let mut seen = Seen::default();
        for n in 0..=DEDUPLICATION_IDS_MAX {
            assert!(seen.insert(&n.to_string(), Timestamp::default()));
        }
        assert_eq!(seen.0.len(), DEDUPLICATION_IDS_MAX);
        assert!(seen.insert("0", Timestamp::default()), "the oldest has left");
        assert!(!seen.insert("1000", Timestamp::default()));
    }
}
