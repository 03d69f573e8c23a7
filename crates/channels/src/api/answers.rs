//! What statuses mean with every provider, unless its own words say otherwise.

use std::time::Duration;

use serde_json::Value;

use super::client::Answered;
use crate::outcome::{Fault, Outcome};

/// The most characters of an answer that are kept.
const REPLY_CHARS_MAX: usize = 500;
/// The longest that a provider can make us wait.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);

impl Answered {
    /// The first value of a header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body, if it is JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// Status and the provider's own words, in one bounded line.
    pub(super) fn words(&self) -> String {
        shortened(&format!("{} {}", self.status, self.body))
    }

    /// Whether the message was certainly not taken because the provider can't now.
    pub(super) fn is_not_now(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 503)
    }

    /// Whether it may have been taken although it wasn't said so: the server, or one before it, broke down over it.
    pub(super) fn is_uncertain(&self) -> bool {
        matches!(self.status, 500..=599) && !self.is_not_now()
    }

    /// How long the provider asks us to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let number = |name| self.header(name).and_then(|text| text.trim().parse::<u64>().ok());
        if let Some(seconds) = number("retry-after").or_else(|| number("ratelimit-reset")) {
            return Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
        }
        // An instant, which is measured against the answer's own date.
        let now = date(self.header("date")?)?;
        let until = match self.header("retry-after") {
            Some(text) => date(text.trim())?,
            None => i64::try_from(number("x-ratelimit-reset")?).ok()?,
        };
        Some(Duration::from_secs(u64::try_from(until - now).unwrap_or(0)).min(RETRY_AFTER_MAX))
    }

    /// What the status says by itself of a message that wasn't taken.
    pub(super) fn refusal(&self) -> Outcome {
        match self.status {
            429 => self.temporary(Fault::Haste),
            401 | 402 | 403 | 404 | 405 | 407 => self.needs_operator(),
            _ if self.is_not_now() => self.temporary(Fault::Provider),
            _ if self.is_uncertain() => Outcome::Unknown { what: self.words() },
            _ => Outcome::unfit(self.words()),
        }
    }

    /// Not taken because of the account: no message is to be lost by a wrong key or an unpaid bill.
    pub(super) fn needs_operator(&self) -> Outcome {
        let reply = format!("{} (check the sender's key and account)", self.words());
        Outcome::Temporary { reply, fault: Fault::Provider, retry_after: self.retry_after() }
    }

    pub(super) fn temporary(&self, fault: Fault) -> Outcome {
        Outcome::Temporary { reply: self.words(), fault, retry_after: self.retry_after() }
    }
}

/// One bounded line without control characters.
pub(super) fn shortened(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").chars().filter(|character| !character.is_control()).take(REPLY_CHARS_MAX).collect()
}

fn date(text: &str) -> Option<i64> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok().map(jiff::Timestamp::as_second)
}
