//! What a contact has agreed to (SEMANTICS 7.1 to 7.3).
//!
//! Three things can stop a message, and the strictest wins: an answer for its channel, an answer for its category, and
//! what the contact chose for all marketing (a pause, a frequency). The document holds the latest answers; every answer
//! there ever was is a row of the ledger, see [`ConsentChange`].

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{Category, Channel, MessageId};
use crate::limits::{CAP_OF_CONTACT_MAX, CONSENT_ANSWERS_MAX, PAUSE_FOR_MS_MAX, SUPPRESSED_MAX};
use crate::planted;
use crate::time::{Period, Timestamp};

/// A contact's answer to one question of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Messages are welcome.
    Subscribed,
    /// No messages, please.
    Unsubscribed,
}

impl Answer {
    /// Its name in files, records and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscribed => "subscribed",
            Self::Unsubscribed => "unsubscribed",
        }
    }
}

/// What allows messages, in the words of the General Data Protection Regulation, Article 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The person agreed.
    Consent,
    /// A contract with the person needs it.
    Contract,
    /// A law demands it.
    LegalObligation,
    /// An interest of the sender's that the person's own doesn't outweigh, such as existing customers'.
    LegitimateInterest,
}

impl Basis {
    /// Its name in files, records and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::LegitimateInterest => "legitimate_interest",
        }
    }

    /// The basis of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Consent, Self::Contract, Self::LegalObligation, Self::LegitimateInterest]
            .into_iter()
            .find(|basis| basis.as_str() == name)
    }
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
    /// What allows messages, if somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

/// How the ledger and records name a subscription that the person has yet to confirm.
pub const UNCONFIRMED: &str = "unconfirmed";

/// A subscription that the person has yet to confirm: it counts as none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unconfirmed {
    /// Since when.
    pub at: Timestamp,
    /// Where it came from.
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
    /// Subscriptions that the person has yet to confirm.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unconfirmed: BTreeMap<Category, Unconfirmed>,
    /// Addresses that must not be used any more, by channel and address (SEMANTICS 7.2, 8.3).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub suppressed: BTreeMap<String, Suppression>,
    /// Until when the contact wants no marketing at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Timestamp>,
    /// How much marketing the contact wants at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
}

/// At most so many marketing messages in a span of time, over all channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequency {
    /// How many.
    pub max: u32,
    /// In which rolling window.
    pub per: Period,
}

impl fmt::Display for Frequency {
    /// `at most 1 per 1w`, as records and the ledger have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {} per {}", self.max, self.per)
    }
}

impl Frequency {
    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (max, per) = text.strip_prefix("at most ")?.split_once(" per ")?;
        Some(Self { max: max.parse().ok()?, per: Period::parse(per)? })
    }

    /// Whether it is a frequency that a contact may choose.
    pub fn is_sane(&self) -> bool {
        (1..=CAP_OF_CONTACT_MAX).contains(&self.max)
            && self.per > Period::ZERO
            && self.per.as_millis() <= PAUSE_FOR_MS_MAX
    }

    /// Whether it allows fewer messages in the long run than another.
    pub fn is_rarer_than(&self, other: &Self) -> bool {
        let [left, right] = [(self, other), (other, self)]
            .map(|(one, other)| i128::from(one.max) * i128::from(other.per.as_millis()));
        (left, self.per) < (right, other.per)
    }
}

/// Why and since when an address is not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// Since when.
    pub at: Timestamp,
    /// The reason: `hard bounce: 550 5.1.1 …`, `complaint`, `by hand`.
    pub reason: String,
}

/// What somebody answers for a contact, all at once: the contact itself through a signed link, or a team on its behalf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Answers {
    /// Answers for whole channels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: BTreeMap<Channel, Answer>,
    /// Answers for categories.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub categories: BTreeMap<Category, Answer>,
    /// When marketing is wanted again, if that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<PauseChoice>,
    /// How much marketing is wanted, if that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<FrequencyChoice>,
    /// What allows messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// Where the answers came from, such as `preference page` or `paper form of 3 May`; without it, who gives the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The message whose link was followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<MessageId>,
    /// Whether a subscription counts without being confirmed, because it was confirmed elsewhere or just now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub confirmed: bool,
}

/// When marketing is wanted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseChoice {
    /// Not before this instant.
    Until(Timestamp),
    /// Now.
    Over,
}

/// How much marketing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrequencyChoice {
    /// At most so much.
    AtMost(Frequency),
    /// As it comes.
    Any,
}

/// One line of the ledger: what was answered, when, and what allows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentChange {
    /// What it is about: `category news`, `channel email`, `pause`, `frequency`, `address email`.
    pub of: String,
    /// What was answered: `subscribed`, `unsubscribed`, `unconfirmed`, `until 2026-…`, `at most 1 per 1w`, `suppressed`, …
    pub answer: String,
    /// When it took effect.
    pub at: Timestamp,
    /// Where it came from.
    pub source: String,
    /// What allows messages, if somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The message whose link was followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<MessageId>,
}

impl Consent {
    /// The key under which an address of a channel is suppressed.
    pub fn suppression_key(channel: &Channel, address: &str) -> String {
        format!("{channel}:{}", address.trim().to_lowercase())
    }

    /// Whether nothing was ever answered or suppressed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether there is room for a further answer.
    pub fn has_room(&self) -> bool {
        self.channels.len() + self.categories.len() + self.unconfirmed.len() < CONSENT_ANSWERS_MAX
    }

    /// Joins what another document of the same person says (SEMANTICS 13.3): the strictest consent holds.
    ///
    /// Where both answered, an opt-out counts over a subscription, and of two equal answers the later one stays, because it
    /// is the one that can be proved best. A longer pause and a lower frequency count over a shorter and a higher one.
    pub fn absorb(&mut self, other: Self) {
        if planted!("merge-forgets-consent") {
            return;
        }
        join(&mut self.channels, other.channels, stricter);
        join(&mut self.categories, other.categories, stricter);
        join(&mut self.unconfirmed, other.unconfirmed, |one, other| {
            if (other.at, &other.source) < (one.at, &one.source) { other } else { one }
        });
        // What the other document has an answer for is no longer open.
        let answered = &self.categories;
        self.unconfirmed.retain(|category, open| {
            answered
                .get(category)
                .is_none_or(|given| given.answer == Answer::Unsubscribed && given.at <= open.at)
        });
        join(&mut self.suppressed, other.suppressed, |one, other| {
            if (other.at, &other.reason) < (one.at, &one.reason) { other } else { one }
        });
        while self.suppressed.len() > SUPPRESSED_MAX {
            self.suppressed.pop_first();
        }
        self.paused_until = self.paused_until.max(other.paused_until);
        self.frequency = match (self.frequency, other.frequency) {
            (Some(one), Some(other)) => Some(if other.is_rarer_than(&one) { other } else { one }),
            (one, other) => one.or(other),
        };
    }
}

fn join<K: Ord, V>(into: &mut BTreeMap<K, V>, from: BTreeMap<K, V>, choose: impl Fn(V, V) -> V) {
    for (key, value) in from {
        let joined = match into.remove(&key) {
            Some(known) => choose(known, value),
            None => value,
        };
        into.insert(key, joined);
    }
}

fn stricter(one: Given, other: Given) -> Given {
    // The source and the basis only so that the order of the two doesn't matter.
    let rank =
        |given: &Given| (given.answer == Answer::Unsubscribed, given.at, given.source.clone(), given.basis);
    if rank(&other) > rank(&one) { other } else { one }
}

#[cfg(test)]
mod tests;
