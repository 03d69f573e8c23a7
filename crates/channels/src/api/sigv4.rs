//! AWS Signature Version 4, as far as one POST without a query needs it.

use std::fmt::Write as _;

use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use ring::hmac;

use super::options::ApiOptions;

/// What is signed with.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The headers that are signed, in order; `x-amz-security-token` stands after them if there is one.
const SIGNED: &str = "content-type;host;x-amz-date";

/// The headers that sign a request; `at` is its time in seconds since 1970.
pub(super) fn headers(
    options: &ApiOptions,
    path: &str,
    service: &str,
    body: &[u8],
    at: i64,
) -> Vec<(&'static str, String)> {
    let mut parts = options.key.0.splitn(3, ':');
    let (id, secret) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let token = parts.next();
    let time = Timestamp::from_second(at).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string();
    let day = &time[..8];
    let url = &options.endpoint;
    let host = match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    let base = url.path().trim_end_matches('/');
    let mut canonical =
        format!("POST\n{base}{path}\n\ncontent-type:application/json\nhost:{host}\nx-amz-date:{time}\n");
    let mut signed = SIGNED.to_owned();
    if let Some(token) = token {
        writeln!(canonical, "x-amz-security-token:{token}").expect("a String takes any text");
        signed.push_str(";x-amz-security-token");
    }
    write!(canonical, "\n{signed}\n{}", hex(digest(&SHA256, body).as_ref()))
        .expect("a String takes any text");

    let scope = format!("{day}/{}/{service}/aws4_request", options.region);
    let hashed = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
    let to_sign = format!("{ALGORITHM}\n{time}\n{scope}\n{hashed}");
    let mut key = mac(format!("AWS4{secret}").as_bytes(), day);
    for part in [options.region.as_str(), service, "aws4_request"] {
        key = mac(key.as_ref(), part);
    }
    let signature = hex(mac(key.as_ref(), &to_sign).as_ref());
    let authorization =
        format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={signed}, Signature={signature}");
    let mut headers = vec![("authorization", authorization), ("x-amz-date", time)];
    if let Some(token) = token {
        headers.push(("x-amz-security-token", token.to_owned()));
    }
    headers
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes any text");
        text
    })
}

#[cfg(test)]
mod tests;
