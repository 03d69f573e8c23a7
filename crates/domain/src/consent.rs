//! What a contact has agreed to (SEMANTICS 7.1 to 7.3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{Category, Channel};
use crate::time::Timestamp;

/// A contact's answer to one question of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Messages are welcome.
    Subscribed,
    /// No messages, please.
    Unsubscribed,
}

/// An answer, with when and through what it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// What was answered.
    pub answer: Answer,
    /// When it took effect (the contact's `at`).
    pub at: Timestamp,
    /// Where it came from: `event`, `api`, `step WORKFLOW/STEP`, …
    pub source: String,
}

/// A contact's consent by channel and by category; the strictest rule wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Consent {
    /// Answers for whole channels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: BTreeMap<Channel, Given>,
    /// Answers for categories.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<Category, Given>,
    /// Addresses that must not be used any more, by channel and address (SEMANTICS 7.2, 8.3).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub suppressed: BTreeMap<String, Suppression>,
}

/// Why and since when an address is not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// Since when.
    pub at: Timestamp,
    /// The reason: `hard bounce: 550 5.1.1 …`, `complaint`, `by hand`.
    pub reason: String,
}

impl Consent {
    /// The key under which an address of a channel is suppressed.
    pub fn suppression_key(channel: &Channel, address: &str) -> String {
        format!("{channel}:{}", address.to_lowercase())
    }
}

impl Consent {
    /// Whether nothing was ever answered or suppressed.
    pub fn is_empty(&self) -> bool {
        self.channels.is_empty() && self.categories.is_empty() && self.suppressed.is_empty()
    }
}
