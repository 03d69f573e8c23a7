//! Which account at which provider.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use url::{Host, Url};

use crate::smtp::options::Secret;

/// How long a request may take when nobody says.
const TIMEOUT_DEFAULT: Duration = Duration::from_secs(30);
/// The most e-mails in one request to Postmark.
const POSTMARK_BATCH_MAX: usize = 500;
/// The most e-mails in one request to Resend.
const RESEND_BATCH_MAX: usize = 100;
/// The most bytes of a key.
const KEY_BYTES_MAX: usize = 4_096;

/// The providers whose API is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKind {
    /// Amazon Simple Email Service, version 2.
    Ses,
    /// Twilio `SendGrid`.
    SendGrid,
    /// Postmark.
    Postmark,
    /// Mailgun.
    Mailgun,
    /// Resend.
    Resend,
}

impl ApiKind {
    /// Its name in settings, status and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ses => "ses",
            Self::SendGrid => "sendgrid",
            Self::Postmark => "postmark",
            Self::Mailgun => "mailgun",
            Self::Resend => "resend",
        }
    }

    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ses, Self::SendGrid, Self::Postmark, Self::Mailgun, Self::Resend];
}

impl FromStr for ApiKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// What an operator says of an account.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ApiWords {
    /// The API key; for SES the access key's id, a colon, its secret, and maybe a colon and a session token.
    pub key: String,
    /// The beginning of the provider's URLs, if not the usual one: Mailgun in the EU, a proxy, a test.
    pub endpoint: String,
    /// SES: the region.
    pub region: String,
    /// Mailgun: the domain that the account sends for.
    pub domain: String,
    /// SES: the configuration set; Postmark: the message stream.
    pub stream: String,
    /// The most e-mails in a request; 0 for as many as the provider takes.
    pub batch: usize,
}

/// An account that can be used.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiOptions {
    pub(crate) kind: ApiKind,
    pub(crate) key: Secret,
    pub(crate) endpoint: Url,
    pub(crate) region: String,
    pub(crate) domain: String,
    pub(crate) stream: String,
    pub(crate) batch: usize,
    pub(crate) timeout: Duration,
}

impl fmt::Debug for ApiOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiOptions")
            .field("kind", &self.kind)
            .field("endpoint", &self.endpoint.as_str())
            .finish_non_exhaustive()
    }
}

/// What is wrong with an account; never shows its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {why}")]
pub struct Error {
    /// Which part of it.
    pub what: &'static str,
    /// What is wrong.
    pub why: String,
}

fn wrong(what: &'static str, why: impl Into<String>) -> Error {
    Error { what, why: why.into() }
}

impl ApiOptions {
    /// Checks what an operator says.
    pub fn new(kind: ApiKind, words: &ApiWords) -> Result<Self, Error> {
        if words.key.is_empty() {
            return Err(wrong("key", "is missing: the provider's API key"));
        }
        if words.key.len() > KEY_BYTES_MAX || !words.key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong("key", "isn't one: it has characters that no key has, or is too long"));
        }
        if kind == ApiKind::Ses && words.key.split(':').count() < 2 {
            return Err(wrong("key", "of SES is ACCESS_KEY_ID:SECRET, and :SESSION_TOKEN if there is one"));
        }
        let name = |what, text: &str, example: &str| {
            let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            let is_good = text.len() <= 253 && text.bytes().all(letters);
            if is_good { Ok(()) } else { Err(wrong(what, format!("is no name such as {example}"))) }
        };
        name("region", &words.region, "eu-central-1")?;
        name("domain", &words.domain, "mail.example.com")?;
        name("stream", &words.stream, "broadcast")?;
        if kind == ApiKind::Ses && words.region.is_empty() {
            return Err(wrong("region", "is missing: SES is asked in one region, such as eu-central-1"));
        }
        if kind == ApiKind::Mailgun && words.domain.is_empty() {
            return Err(wrong("domain", "is missing: Mailgun sends for one, such as mail.example.com"));
        }
        let endpoint =
            if words.endpoint.is_empty() { usual(kind, &words.region) } else { words.endpoint.clone() };
        Ok(Self {
            kind,
            key: Secret(words.key.clone()),
            endpoint: checked_endpoint(&endpoint)?,
            region: words.region.clone(),
            domain: words.domain.clone(),
            stream: words.stream.clone(),
            batch: words.batch,
            timeout: TIMEOUT_DEFAULT,
        })
    }

    /// The most e-mails that one request carries.
    pub fn batch_max(&self) -> usize {
        let most = match self.kind {
            ApiKind::Ses | ApiKind::SendGrid | ApiKind::Mailgun => 1,
            ApiKind::Postmark => POSTMARK_BATCH_MAX,
            ApiKind::Resend => RESEND_BATCH_MAX,
        };
        if self.batch == 0 { most } else { self.batch.min(most) }
    }

    /// The URL of a path below the endpoint.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.endpoint.as_str().trim_end_matches('/'))
    }
}

fn usual(kind: ApiKind, region: &str) -> String {
    match kind {
        ApiKind::Ses => format!("https://email.{region}.amazonaws.com"),
        ApiKind::SendGrid => "https://api.sendgrid.com".to_owned(),
        ApiKind::Postmark => "https://api.postmarkapp.com".to_owned(),
        ApiKind::Mailgun => "https://api.mailgun.net".to_owned(),
        ApiKind::Resend => "https://api.resend.com".to_owned(),
    }
}

/// Keys go in the clear only within this machine.
fn checked_endpoint(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|error| wrong("endpoint", format!("is no URL: {error}")))?;
    let is_here = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return Err(wrong("endpoint", "has no host")),
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
        return Err(wrong("endpoint", "must begin with https:// (http:// only on this machine)"));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(wrong("endpoint", "has more than a host and a path"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests;
