//! Where and how to reach an SMTP server, from one URL.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use url::Url;

/// The most connections one pool may have.
pub const POOL_MAX: usize = 64;
/// The connections a pool has when the URL doesn't say.
const POOL_DEFAULT: usize = 4;
/// How long a command may take when the URL doesn't say.
const TIMEOUT_DEFAULT: Duration = Duration::from_secs(30);
/// The longest time-out that can be asked for.
const TIMEOUT_SECONDS_MAX: u64 = 3_600;
/// How much longer than a command the answer to a finished message may take (RFC 5321, 4.5.3.2.6 asks
/// for 10 minutes): giving up here makes a message uncertain, so patience is cheap.
const FINAL_REPLY_FACTOR: u32 = 10;
/// The parameters that a URL may have.
const PARAMETERS: [&str; 6] = ["tls", "pool", "timeout", "final_timeout", "ca", "name"];

/// A text that no log shows.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Never encrypted: for a relay on the same machine or in a trusted network.
    None,
    /// Encrypted when the server offers it.
    Offered,
    /// Encrypted by STARTTLS, or nothing is sent.
    Required,
    /// Encrypted from the first byte (`smtps://`).
    Implicit,
}

/// Everything about one SMTP server that an operator can say.
///
/// ```
/// let options: wend_channels::SmtpOptions = "smtp://user:secret@mail.example.com:587?tls=required".parse()?;
/// assert_eq!(options.to_string(), "smtp://user:***@mail.example.com:587?tls=required");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpOptions {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) login: Option<(String, Secret)>,
    pub(crate) tls: Tls,
    /// Whether the operator chose `tls=none` in so many words.
    pub(crate) tls_waived: bool,
    pub(crate) pool: usize,
    pub(crate) timeout: Duration,
    pub(crate) final_timeout: Duration,
    pub(crate) ca: Option<PathBuf>,
    pub(crate) name: Option<String>,
}

/// What is wrong with a URL; never shows its password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the SMTP URL {why}; write smtp://[user:password@]host:port[?tls=none|starttls|required] or smtps://…"
)]
pub struct Error {
    why: String,
}

fn wrong(why: impl Into<String>) -> Error {
    Error { why: why.into() }
}

impl std::str::FromStr for SmtpOptions {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        // The parser's own error names a part, never the text.
        let url = Url::parse(text).map_err(|error| wrong(format!("can't be read: {error}")))?;
        let implicit = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            other => return Err(wrong(format!("begins with `{other}:`"))),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(wrong("has a path"));
        }
        let host = match url.host() {
            Some(url::Host::Ipv6(ip)) => ip.to_string(),
            Some(host) if !host.to_string().is_empty() => decoded("host", &host.to_string())?,
            _ => return Err(wrong("has no host")),
        };
        let mut options = Self {
            host,
            port: url.port().unwrap_or(if implicit { 465 } else { 587 }),
            login: login(&url)?,
            tls: if implicit { Tls::Implicit } else { Tls::Offered },
            tls_waived: false,
            pool: POOL_DEFAULT,
            timeout: TIMEOUT_DEFAULT,
            final_timeout: TIMEOUT_DEFAULT * FINAL_REPLY_FACTOR,
            ca: None,
            name: None,
        };
        let mut final_timeout = None;
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("tls", _) if implicit => return Err(wrong("has `tls=`, which smtps:// decides")),
                ("tls", "none") => (options.tls, options.tls_waived) = (Tls::None, true),
                ("tls", "starttls") => options.tls = Tls::Offered,
                ("tls", "required") => options.tls = Tls::Required,
                ("tls", other) => return Err(wrong(format!("has `tls={other}`"))),
                ("pool", value) => options.pool = number("pool", value, POOL_MAX as u64)? as usize,
                ("timeout", value) => options.timeout = seconds("timeout", value)?,
                ("final_timeout", value) => final_timeout = Some(seconds("final_timeout", value)?),
                ("ca", path) => options.ca = Some(PathBuf::from(path)),
                ("name", value) => options.name = Some(client_name(value)?),
                (other, _) => {
                    let known = PARAMETERS.join(", ");
                    return Err(wrong(format!("has the unknown parameter `{other}` (known: {known})")));
                }
            }
        }
        options.final_timeout = final_timeout.unwrap_or(options.timeout * FINAL_REPLY_FACTOR);
        Ok(options)
    }
}

impl SmtpOptions {
    /// How SPF names this server; none for one on this machine, which hands mail on by another.
    pub(crate) fn spf(&self) -> Option<String> {
        match self.host.parse::<std::net::IpAddr>() {
            Ok(address) if address.is_loopback() => None,
            Ok(std::net::IpAddr::V4(address)) => Some(format!("ip4:{address}")),
            Ok(std::net::IpAddr::V6(address)) => Some(format!("ip6:{address}")),
            Err(_) if self.host == "localhost" => None,
            Err(_) => Some(format!("a:{}", self.host)),
        }
    }
}

/// The URL without its password: safe to log.
impl fmt::Display for SmtpOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls == Tls::Implicit { "smtps" } else { "smtp" };
        write!(formatter, "{scheme}://")?;
        if let Some((user, _)) = &self.login {
            write!(formatter, "{user}:***@")?;
        }
        if self.host.contains(':') {
            write!(formatter, "[{}]:{}", self.host, self.port)?;
        } else {
            write!(formatter, "{}:{}", self.host, self.port)?;
        }
        match self.tls {
            Tls::None => formatter.write_str("?tls=none"),
            Tls::Offered => formatter.write_str("?tls=starttls"),
            Tls::Required => formatter.write_str("?tls=required"),
            Tls::Implicit => Ok(()),
        }
    }
}

fn login(url: &Url) -> Result<Option<(String, Secret)>, Error> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(wrong("has a user without a password, or the reverse")),
        (user, Some(password)) => Ok(Some((decoded("user", user)?, Secret(decoded("password", password)?)))),
    }
}

fn decoded(what: &str, text: &str) -> Result<String, Error> {
    let text = percent_decode_str(text).decode_utf8();
    let text = text.map_err(|_| wrong(format!("has a {what} that isn't UTF-8")))?;
    if text.chars().any(char::is_control) {
        return Err(wrong(format!("has a control character in its {what}")));
    }
    Ok(text.into_owned())
}

fn number(name: &str, value: &str, max: u64) -> Result<u64, Error> {
    match value.parse() {
        Ok(number) if (1..=max).contains(&number) => Ok(number),
        _ => Err(wrong(format!("has `{name}={value}`, which isn't a number from 1 to {max}"))),
    }
}

fn seconds(name: &str, value: &str) -> Result<Duration, Error> {
    number(name, value, TIMEOUT_SECONDS_MAX).map(Duration::from_secs)
}

/// What EHLO says must not smuggle a second command.
fn client_name(value: &str) -> Result<String, Error> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    if value.is_empty() || value.len() > 255 || !value.bytes().all(good) {
        return Err(wrong(format!("has `name={value}`, which isn't a host name")));
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests;
