//! What others tell of a message: its provider, a mail that came back, or whoever fetched its pixel or followed a link.
//!
//! Read in this order: this file (what is told), [`machine`] (whether a person did it).

pub mod machine;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::Channel;
use crate::limits::{AGENT_BYTES_MAX, REPORT_WORDS_BYTES_MAX};
use crate::predicate::Engagement;
use crate::time::{Period, Timestamp};

/// What somebody tells of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What.
    pub what: Told,
    /// When it happened, as the source says.
    pub occurred_at: Timestamp,
    /// Who says it: `sendgrid`, `bounce mail`, `pixel`, `link`.
    pub source: String,
    /// The message's channel and address, for the case that the contact's ledger has forgotten it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<(Channel, String)>,
}

/// What is told of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Told {
    /// The mailbox's server took it.
    Delivered {
        /// Its words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        words: String,
    },
    /// The mailbox's server doesn't take it yet; the provider tries again.
    Deferred {
        /// Its words.
        words: String,
    },
    /// It came back.
    Bounced {
        /// Why.
        class: BounceClass,
        /// The words of the server that refused it.
        words: String,
    },
    /// The person called it spam.
    Complained {
        /// What the mailbox calls it: `abuse`, `fraud`, …
        #[serde(default, skip_serializing_if = "String::is_empty")]
        words: String,
    },
    /// Its pixel was fetched.
    Opened {
        /// By whom.
        visit: Visit,
    },
    /// A link was followed.
    Clicked {
        /// Where it leads; none for the link that no person sees.
        link: Option<String>,
        /// By whom.
        visit: Visit,
    },
    /// The person unsubscribed through it, by means that the provider offers.
    Unsubscribed,
    /// The person answered it.
    Replied {
        /// What the person wrote, without what is quoted.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        words: String,
    },
}

/// Why a message came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceClass {
    /// There is no such mailbox, or it was closed.
    NoMailbox,
    /// The domain doesn't exist or takes no mail.
    NoDomain,
    /// The mailbox is full.
    Full,
    /// The message is too large.
    TooLarge,
    /// The server doesn't want it: content, reputation or policy.
    Refused,
    /// It was not taken for as long as it was tried.
    Temporary,
    /// It came back, and nothing says why.
    Unknown,
}

impl BounceClass {
    /// Whether nothing will ever reach the address; what is refused may be the message's or the sender's fault.
    pub fn is_hard(self) -> bool {
        match self {
            Self::NoMailbox | Self::NoDomain => true,
            Self::Full | Self::TooLarge | Self::Refused | Self::Temporary | Self::Unknown => false,
        }
    }

    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoMailbox => "no such mailbox",
            Self::NoDomain => "no such domain",
            Self::Full => "mailbox full",
            Self::TooLarge => "too large",
            Self::Refused => "refused",
            Self::Temporary => "not taken in time",
            Self::Unknown => "unknown",
        }
    }

    /// The class of an enhanced status code (RFC 3463), such as `5.1.1`; none if it says nothing.
    pub fn of_status(status: &str) -> Option<Self> {
        let mut parts = status.trim().splitn(3, '.');
        let class: u8 = parts.next()?.parse().ok()?;
        let subject: u16 = parts.next()?.parse().ok()?;
        let detail: u16 = parts.next()?.parse().ok()?;
        if class != 4 && class != 5 {
            return None;
        }
        Some(match (subject, detail) {
            (2, 2) => Self::Full,
            (2, 3) | (3, 4) => Self::TooLarge,
            _ if class == 4 => Self::Temporary,
            // Bad destination mailbox, its syntax, moved without a new address, its mailbox disabled.
            (1, 1 | 3 | 6) | (2, 1) => Self::NoMailbox,
            (1, 2 | 10) | (4, 4) => Self::NoDomain,
            (0 | 1 | 2 | 4, _) => Self::Unknown,
            _ => Self::Refused,
        })
    }
}

/// Who fetched a pixel or followed a link, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Visit {
    /// What the program calls itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub agent: String,
    /// The network that it comes from, if it is one that is known for machines; addresses themselves aren't kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<machine::Network>,
    /// Whether it said that it only fetches ahead, or asked for the head alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub prefetch: bool,
    /// Whether a provider says that it was a machine.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub said_machine: bool,
}

/// A click that is not judged yet: whether many links are followed at once is known a little later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Click {
    /// When it came.
    pub at: Timestamp,
    /// Where it leads.
    pub link: String,
    /// Who says it.
    pub source: String,
}

/// How a message came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// When that was told first.
    pub at: Timestamp,
    /// Why.
    pub class: BounceClass,
    /// The words of the server that refused it.
    pub words: String,
    /// Who said so.
    pub source: String,
}

/// What was reported of a message besides what the person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Reported {
    /// What machines did with it, and when first.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub machine: BTreeMap<Engagement, Timestamp>,
    /// How it came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce: Option<Bounce>,
    /// Clicks that are to be judged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clicks: Vec<Click>,
    /// When a machine followed the link that no person sees, last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scanned_at: Option<Timestamp>,
}

/// When a mailbox that takes nothing for now is given up: so many messages came back in a rolling window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoftBounces {
    /// How many.
    pub max: u32,
    /// In which time.
    pub per: Period,
}

impl Default for SoftBounces {
    fn default() -> Self {
        Self { max: 5, per: Period::from_millis(30 * 24 * 3_600_000) }
    }
}

/// Which messages are tracked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tracking {
    /// Whether they carry a pixel that tells that they were opened.
    pub opens: bool,
    /// Whether their links tell that they were followed.
    pub clicks: bool,
    /// Whether they have a link that no person sees, so that machines give themselves away.
    pub hidden_link: bool,
}

impl Tracking {
    /// Nothing is tracked.
    pub const NONE: Self = Self { opens: false, clicks: false, hidden_link: false };
}

impl Default for Tracking {
    fn default() -> Self {
        Self { opens: true, clicks: true, hidden_link: true }
    }
}

impl Report {
    /// A report whose words are bounded and free of control characters: what others say is never trusted.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        match &mut self.what {
            Told::Delivered { words }
            | Told::Deferred { words }
            | Told::Bounced { words, .. }
            | Told::Complained { words }
            | Told::Replied { words } => *words = tidy(words, REPORT_WORDS_BYTES_MAX),
            Told::Opened { visit } | Told::Clicked { visit, .. } => {
                visit.agent = tidy(&visit.agent, AGENT_BYTES_MAX);
            }
            Told::Unsubscribed => {}
        }
        self
    }
}

fn tidy(text: &str, bytes_max: usize) -> String {
    let words = text.split(|character: char| character.is_whitespace() || character.is_control());
    let mut tidy = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut end = tidy.len().min(bytes_max);
    while !tidy.is_char_boundary(end) {
        end -= 1;
    }
    tidy.truncate(end);
    tidy
}

#[cfg(test)]
mod tests;
