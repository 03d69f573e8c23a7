//! What providers tell by webhook: signatures over the raw bytes, and the events in them.
//!
//! Read in this order: this file (providers, and from bytes to reports), `signature` (who says it), [`sns`] (Amazon's
//! envelope), `events` (what each provider calls what).

mod events;
mod signature;
pub mod sns;

use serde_json::Value;
use wend_domain::id::MessageId;
use wend_domain::report::Report;
use wend_domain::time::Timestamp;

/// The most events of one call that are looked at.
pub const EVENTS_MAX: usize = 1_000;

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    /// Amazon SES, through SNS.
    Ses,
    /// `SendGrid`'s event webhook.
    Sendgrid,
    /// Postmark.
    Postmark,
    /// Mailgun.
    Mailgun,
    /// Resend.
    Resend,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ses, Self::Sendgrid, Self::Postmark, Self::Mailgun, Self::Resend];

    /// Its name in paths, secrets and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ses => "ses",
            Self::Sendgrid => "sendgrid",
            Self::Postmark => "postmark",
            Self::Mailgun => "mailgun",
            Self::Resend => "resend",
        }
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == name)
    }
}

/// A call as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'i> {
    /// The headers by their names in lower case.
    pub headers: &'i [(String, String)],
    /// The raw bytes.
    pub body: &'i [u8],
}

impl<'i> Incoming<'i> {
    fn header(&self, name: &str) -> Option<&'i str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why a call tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It doesn't prove where it comes from.
    #[error("{0}")]
    Unproven(&'static str),
    /// It makes no sense.
    #[error("{0}")]
    Unreadable(String),
}

/// Whether a call comes from the provider: one of the secrets, a line each, proves it. Amazon's are proven by [`sns`].
pub fn check(provider: Provider, secrets: &str, call: Incoming<'_>, at: Timestamp) -> Result<(), Refused> {
    let mut why = "no secret is set for this provider";
    for secret in secrets.lines().map(str::trim).filter(|secret| !secret.is_empty()) {
        let checked = match provider {
            Provider::Sendgrid => signature::sendgrid(secret, call, at),
            Provider::Postmark => signature::basic(secret, call),
            Provider::Mailgun => signature::mailgun(secret, call, at),
            Provider::Resend => signature::svix(secret, call, at),
            Provider::Ses => Err("calls of Amazon are proven by their certificate"),
        };
        match checked {
            Ok(()) => return Ok(()),
            Err(reason) => why = reason,
        }
    }
    Err(Refused::Unproven(why))
}

/// What a call tells, and of which messages; what is told of messages that aren't ours, or means nothing, is left out.
pub fn read(provider: Provider, body: &[u8], at: Timestamp) -> Result<Vec<(MessageId, Report)>, Refused> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Refused::Unreadable(format!("the body is no JSON: {error}")))?;
    let listed: Vec<&Value> = match &value {
        Value::Array(list) => list.iter().take(EVENTS_MAX).collect(),
        other => vec![other],
    };
    let one = |event: &Value| match provider {
        Provider::Ses => events::ses(event, at),
        Provider::Sendgrid => events::sendgrid(event, at),
        Provider::Postmark => events::postmark(event, at),
        Provider::Mailgun => events::mailgun(event, at),
        Provider::Resend => events::resend(event, at),
    };
    Ok(listed.into_iter().filter_map(one).collect())
}

#[cfg(test)]
mod tests;
