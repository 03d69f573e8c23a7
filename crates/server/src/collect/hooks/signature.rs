//! Whether a call comes from where it says: an HMAC over exactly the bytes that came in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use wend_domain::hook::SignatureStyle;
use wend_domain::time::{Period, Timestamp};

/// How far the time in a signature may be off: a call that somebody has overheard is no use later.
const AGE_MAX: Period = Period::from_millis(5 * 60_000);

/// The most signatures in one header; while a secret is changed there are two.
const SIGNATURES_MAX: usize = 8;

/// Checks the header's value; compares in constant time.
pub(super) fn check(
    style: SignatureStyle,
    secret: &[u8],
    given: Option<&str>,
    body: &[u8],
    at: Timestamp,
) -> Result<(), &'static str> {
    let given = given.ok_or("the call has no signature in the hook's header")?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let is_good = match style {
        SignatureStyle::Body => {
            let given = given.trim();
            let given = given.strip_prefix("sha256=").unwrap_or(given);
            decoded(given).is_some_and(|tag| hmac::verify(&key, body, &tag).is_ok())
        }
        SignatureStyle::Timestamped => timestamped(&key, given, body, at)?,
    };
    if is_good { Ok(()) } else { Err("the signature is not that of this body under the hook's secret") }
}

fn timestamped(key: &hmac::Key, given: &str, body: &[u8], at: Timestamp) -> Result<bool, &'static str> {
    let parts = || given.split(',').filter_map(|part| part.trim().split_once('='));
    let seconds = parts().find(|(name, _)| *name == "t").map(|(_, seconds)| seconds);
    let signed_at = seconds.and_then(|seconds| seconds.parse::<i64>().ok()?.checked_mul(1_000));
    let (Some(seconds), Some(signed_at)) = (seconds, signed_at) else {
        return Err("the signature has no time: expected `t=SECONDS,v1=HEXADECIMAL`");
    };
    let off_by = at.as_millis().saturating_sub(signed_at).saturating_abs();
    if off_by > AGE_MAX.as_millis() {
        return Err("the signature's time is more than 5 minutes from now");
    }
    let signed = [seconds.as_bytes(), b".", body].concat();
    let tags = parts().filter(|(name, _)| *name == "v1").take(SIGNATURES_MAX);
    let is_good = |tag: &[u8]| hmac::verify(key, &signed, tag).is_ok();
    Ok(tags.filter_map(|(_, tag)| from_hexadecimal(tag)).any(|tag| is_good(&tag)))
}

/// A signature as it is mostly written: hexadecimal, or base64.
fn decoded(text: &str) -> Option<Vec<u8>> {
    from_hexadecimal(text).or_else(|| STANDARD.decode(text).ok())
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    const DIGITS: usize = 2 * ring::digest::SHA256_OUTPUT_LEN;
    if text.len() != DIGITS || !text.is_ascii() {
        return None;
    }
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests;
