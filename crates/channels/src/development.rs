//! Every channel that has no provider yet: push, SMS and webhook sends go to the development inbox.
//!
//! **Invariant:** only a loopback address is ever spoken to, so nothing a developer tries can leave the
//! machine.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::http;
use crate::outcome::Outcome;

/// How long the inbox may take to keep a message.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most characters of an answer that are kept.
const REPLY_CHARS_MAX: usize = 500;

/// A message of any channel but e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DevelopmentMessage {
    /// The channel's name, such as `push` or `sms`.
    pub channel: String,
    /// The address on that channel: a device's token, a telephone number, a URL.
    pub to: String,
    /// The title, where the channel has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text, or a webhook's payload.
    pub body: String,
    /// Our message's key, sent as `Idempotency-Key` too.
    pub message: String,
}

/// A channel into the development inbox, which takes one message per key however often it is sent.
#[derive(Debug, Clone)]
pub struct Development {
    client: reqwest::Client,
    endpoint: Url,
}

/// Why a URL can't be the development inbox.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL isn't plain HTTP with a host.
    #[error("{0:?} is not the URL of a development inbox: write http://127.0.0.1:PORT")]
    Url(String),
    /// The host isn't this machine.
    #[error(
        "{0} is not this machine: the development inbox is only used over loopback (127.0.0.1, [::1], localhost)"
    )]
    NotLoopback(String),
    /// The HTTP client can't be made.
    #[error("cannot make an HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

impl Development {
    /// Whether an attempt whose outcome is unknown may be repeated without a second message: yes.
    pub const HONOURS_KEYS: bool = true;

    /// Makes the channel; refuses any host that isn't this machine.
    pub fn new(url: &str) -> Result<Self, Error> {
        let parsed = Url::parse(url).map_err(|_| Error::Url(url.to_owned()))?;
        if parsed.scheme() != "http" {
            return Err(Error::Url(url.to_owned()));
        }
        let loopback = match parsed.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(domain)) => domain == "localhost",
            None => false,
        };
        if !loopback {
            return Err(Error::NotLoopback(parsed.host_str().unwrap_or(url).to_owned()));
        }
        let endpoint = parsed.join("/api/messages").map_err(|_| Error::Url(url.to_owned()))?;
        let client = http::client()
            .timeout(TIMEOUT)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // A hosts file that sends `localhost` elsewhere must not be believed.
            .resolve("localhost", SocketAddr::from(([127, 0, 0, 1], 0)))
            .build()?;
        Ok(Self { client, endpoint })
    }

    /// Hands one message over. The inbox honours keys: an unknown outcome may be tried again.
    pub async fn send(&self, message: &DevelopmentMessage) -> Outcome {
        let request =
            self.client.post(self.endpoint.clone()).header("Idempotency-Key", &message.message).json(message);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_builder() => return Outcome::unfit("the message's key can't be a header"),
            Err(error) if error.is_connect() => {
                return Outcome::temporary(format!(
                    "cannot connect to the development inbox at {}",
                    self.endpoint
                ));
            }
            Err(error) => {
                return Outcome::Unknown { what: format!("the development inbox didn't answer: {error}") };
            }
        };
        let status = response.status();
        let text: String = response.text().await.unwrap_or_default().chars().take(REPLY_CHARS_MAX).collect();
        let reply = format!("{status} {text}");
        match status.as_u16() {
            200..=299 => Outcome::Accepted { reply, id: None },
            408 | 425 | 429 | 500..=599 => Outcome::not_now(reply),
            _ => Outcome::Permanent { reply, suppress: false },
        }
    }
}

#[cfg(test)]
mod tests;
