//! What is asked of whom, and what of it is fit to be sent.
//!
//! **Invariant:** no error in here shows a path, a query, a header's value or a body: they hold other people's tokens.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Request, Uri};
use url::{Host, Url};

use super::allowed::Allowed;

/// The most bytes of a URL.
pub const URL_BYTES_MAX: usize = 8 * 1024;
/// The most headers of a call.
pub const HEADERS_MAX: usize = 50;
/// The most bytes of all names and values of a call's headers.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// The most bytes of a body that is sent.
pub const BODY_SENT_BYTES_MAX: usize = 1024 * 1024;
/// The most bytes of a call's key.
pub const KEY_BYTES_MAX: usize = 255;

/// Who calls.
const USER_AGENT: &str = concat!("Wend/", env!("CARGO_PKG_VERSION"));
/// The header that lets a receiver know a call that it had already.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Headers that belong to the connection or to this client.
const HEADERS_OURS: [&str; 15] = [
    "accept-encoding",
    "connection",
    "content-length",
    "cookie2",
    "expect",
    "host",
    "http2-settings",
    "idempotency-key",
    "keep-alive",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];
/// What names of headers for proxies begin with.
const HEADERS_OF_PROXIES: &str = "proxy-";
/// Ports of services that aren't HTTP and might obey what they are sent: those that browsers refuse, and databases.
const PORTS_REFUSED: [u16; 96] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103,
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 138, 139, 143, 161, 162, 179, 389, 427, 445, 465,
    512, 513, 514, 515, 526, 530, 531, 532, 540, 543, 544, 548, 554, 556, 563, 587, 601, 636, 873, 989, 990,
    993, 995, 1433, 1719, 1720, 1723, 2049, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566,
    6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
];

/// What a call wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// To read.
    Get,
    /// To read only the headers.
    Head,
    /// To give something in.
    Post,
    /// To replace.
    Put,
    /// To change a part.
    Patch,
    /// To delete.
    Delete,
}

impl Method {
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    fn takes_body(self) -> bool {
        !matches!(self, Self::Get | Self::Head)
    }
}

impl FromStr for Method {
    type Err = String;

    /// Reads the word, in any case.
    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete];
        all.into_iter()
            .find(|method| method.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| "a method is GET, HEAD, POST, PUT, PATCH or DELETE".to_owned())
    }
}

/// One call, as a user aimed it; nothing of it is trusted.
#[derive(Clone)]
pub struct Call {
    /// What it wants.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// What is sent along.
    pub body: Option<Vec<u8>>,
    /// Sent as `Idempotency-Key`: the same for every attempt of one message.
    pub key: String,
    /// How long to wait for the whole answer; the options' bound holds too.
    pub timeout: Duration,
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = Url::parse(&self.url).map_or("?".to_owned(), |url| url.origin().ascii_serialization());
        formatter
            .debug_struct("Call")
            .field("method", &self.method)
            .field("origin", &origin)
            .field("n_headers", &self.headers.len())
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .field("key", &self.key)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// A call that may be sent.
pub(super) struct Checked {
    pub(super) request: Request<Full<Bytes>>,
    /// Scheme, host and port: all of the URL that may be shown.
    pub(super) origin: String,
    pub(super) is_https: bool,
}

/// Makes the request, or says why it is never sent.
pub(super) fn check(call: &Call, allowed: &Allowed) -> Result<Checked, String> {
    let url = check_url(&call.url, allowed)?;
    let uri: Uri =
        url.as_str().parse().map_err(|_| "the URL has characters that HTTP can't carry".to_owned())?;
    let body = call.body.clone().unwrap_or_default();
    if !body.is_empty() && !call.method.takes_body() {
        return Err(format!("a {} has no body: use POST, or leave the body out", call.method.name()));
    }
    if body.len() > BODY_SENT_BYTES_MAX {
        return Err(format!("the body has {} bytes; at most {BODY_SENT_BYTES_MAX} are sent", body.len()));
    }
    let mut request = Request::new(Full::new(Bytes::from(body)));
    *request.uri_mut() = uri;
    *request.method_mut() =
        hyper::Method::from_bytes(call.method.name().as_bytes()).expect("every name is a method of HTTP");
    let headers = request.headers_mut();
    for (name, value) in check_headers(&call.headers)? {
        headers.append(name, value);
    }
    headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(USER_AGENT));
    headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(IDEMPOTENCY_KEY, check_key(&call.key)?);
    Ok(Checked { request, origin: url.origin().ascii_serialization(), is_https: url.scheme() == "https" })
}

fn check_url(text: &str, allowed: &Allowed) -> Result<Url, String> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    if text.len() > URL_BYTES_MAX {
        return Err(format!("the URL has {} bytes; at most {URL_BYTES_MAX} are sent", text.len()));
    }
    // A parser of URLs drops these silently, and the host isn't what it seemed.
    if text.chars().any(char::is_control) {
        return Err("the URL has a line break or another control character inside".to_owned());
    }
    let url =
        Url::parse(text).map_err(|error| format!("this is no URL: {error}; write https://HOST/PATH"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!(
            "a URL that begins with `{}:` isn't called; only https: and http: are",
            url.scheme()
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "the URL has a user or a password before its host: send an Authorization header instead".into()
        );
    }
    let port = url.port_or_known_default().unwrap_or_default();
    if PORTS_REFUSED.contains(&port) {
        return Err(format!("port {port} isn't called: another kind of service than HTTP has it"));
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err("the URL has no host; write https://HOST/PATH".to_owned()),
    };
    match literal.map_or(Ok(()), |address| allowed.check_literal(address)) {
        Ok(()) => Ok(url),
        Err(forbidden) => Err(forbidden.to_string()),
    }
}

fn check_headers(headers: &[(String, String)]) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    if headers.len() > HEADERS_MAX {
        return Err(format!("there are {} headers; at most {HEADERS_MAX} are sent", headers.len()));
    }
    let n_bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    if n_bytes > HEADER_BYTES_MAX {
        return Err(format!("the headers have {n_bytes} bytes; at most {HEADER_BYTES_MAX} are sent"));
    }
    let numbered = headers.iter().enumerate().map(|(n, (name, value))| (n + 1, name, value));
    numbered.map(|(n, name, value)| check_header(n, name, value)).collect()
}

fn check_header(n: usize, name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    // A name that is none may be a whole header with its token: it isn't shown.
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| format!("the name of header {n} is none: letters, digits and `-` make a name"))?;
    if HEADERS_OURS.contains(&name.as_str()) || name.as_str().starts_with(HEADERS_OF_PROXIES) {
        return Err(format!("header `{name}` can't be set: it belongs to the connection; leave it out"));
    }
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| format!("the value of header `{name}` has a line break or another control character"))?;
    value.set_sensitive(true);
    Ok((name, value))
}

fn check_key(key: &str) -> Result<HeaderValue, String> {
    if key.is_empty() || key.len() > KEY_BYTES_MAX {
        return Err(format!("the key has {} bytes; it must have from 1 to {KEY_BYTES_MAX}", key.len()));
    }
    HeaderValue::from_str(key).map_err(|_| "the key has characters that a header can't carry".to_owned())
}

#[cfg(test)]
mod tests;
