//! Who says it: each provider's signature over exactly the bytes that came in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{hmac, signature};
use serde_json::Value;
use wend_domain::time::{Period, Timestamp};

use super::Incoming;

/// How far the time in a signature may be off: a call that somebody has overheard is no use later.
const AGE_MAX: Period = Period::from_millis(5 * 60_000);

/// The same for Mailgun, which signs when the event happened and tries again for hours with the same signature.
const MAILGUN_AGE_MAX: Period = Period::from_millis(12 * 3_600_000);

/// The most signatures in one header; while a secret is changed there are two.
const SIGNATURES_MAX: usize = 8;

/// The bytes before an uncompressed point of the curve P-256 in a public key (RFC 5480).
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

fn is_now(seconds: &str, at: Timestamp, age_max: Period) -> bool {
    let millis = seconds.trim().parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1_000));
    millis.is_some_and(|signed| at.as_millis().saturating_sub(signed).saturating_abs() <= age_max.as_millis())
}

/// `SendGrid`: ECDSA over timestamp and body; the secret is the public key in base64, as its settings show it.
pub(super) fn sendgrid(public_key: &str, call: Incoming<'_>, at: Timestamp) -> Result<(), &'static str> {
    let given = call.header("x-twilio-email-event-webhook-signature").ok_or("the call has no signature")?;
    let seconds = call.header("x-twilio-email-event-webhook-timestamp").ok_or("the call has no timestamp")?;
    if !is_now(seconds, at, AGE_MAX) {
        return Err("the signature's time is more than 5 minutes from now");
    }
    let key = STANDARD.decode(public_key).map_err(|_| "the secret is no public key in base64")?;
    let point = key.strip_prefix(&P256_PREFIX).ok_or("the secret is no public key of the curve P-256")?;
    let given = STANDARD.decode(given.trim()).map_err(|_| "the signature is no base64")?;
    let signed = [seconds.as_bytes(), call.body].concat();
    signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point)
        .verify(&signed, &given)
        .map_err(|_| "the signature is not that of this body")
}

/// Postmark: the user and password of the webhook's URL.
pub(super) fn basic(secret: &str, call: Incoming<'_>) -> Result<(), &'static str> {
    let given = call.header("authorization").ok_or("the call has no user and password")?;
    let (scheme, given) = given.split_once(' ').ok_or("the call has no user and password")?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err("the call has no user and password");
    }
    let given = STANDARD.decode(given.trim()).map_err(|_| "the user and password are no base64")?;
    same(&given, secret.as_bytes()).then_some(()).ok_or("the user or the password is wrong")
}

/// Equality that takes the same time wherever two texts differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"comparison");
    hmac::verify(&key, one, hmac::sign(&key, other).as_ref()).is_ok()
}

/// Mailgun: HMAC over timestamp and token, which stand in the body; the secret is the webhook signing key.
///
/// It covers neither the event nor its message, so that who overhears one call could tell another story with it: mail to
/// this endpoint has to come by HTTPS.
pub(super) fn mailgun(secret: &str, call: Incoming<'_>, at: Timestamp) -> Result<(), &'static str> {
    let body: Value = serde_json::from_slice(call.body).map_err(|_| "the body is no JSON")?;
    let part = |name: &str| body.get("signature")?.get(name)?.as_str();
    let (Some(seconds), Some(token), Some(given)) = (part("timestamp"), part("token"), part("signature"))
    else {
        return Err("the call has no signature");
    };
    if !is_now(seconds, at, MAILGUN_AGE_MAX) {
        return Err("the signature's time is more than 12 hours from now");
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let given = from_hexadecimal(given).ok_or("the signature is no hexadecimal")?;
    hmac::verify(&key, format!("{seconds}{token}").as_bytes(), &given)
        .map_err(|_| "the signature is not that of its timestamp and token")
}

/// Resend, by Svix: HMAC over id, timestamp and body; the secret begins with `whsec_`.
pub(super) fn svix(secret: &str, call: Incoming<'_>, at: Timestamp) -> Result<(), &'static str> {
    let header =
        |name: &str| call.header(&format!("svix-{name}")).or_else(|| call.header(&format!("webhook-{name}")));
    let (Some(id), Some(seconds), Some(given)) = (header("id"), header("timestamp"), header("signature"))
    else {
        return Err("the call has no signature");
    };
    if !is_now(seconds, at, AGE_MAX) {
        return Err("the signature's time is more than 5 minutes from now");
    }
    let secret = secret.strip_prefix("whsec_").unwrap_or(secret);
    let secret = STANDARD.decode(secret).map_err(|_| "the secret is no base64")?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let signed = [id.as_bytes(), b".", seconds.as_bytes(), b".", call.body].concat();
    let tags = given.split_whitespace().take(SIGNATURES_MAX).filter_map(|tag| tag.strip_prefix("v1,"));
    let is_good = |tag: &str| STANDARD.decode(tag).is_ok_and(|tag| hmac::verify(&key, &signed, &tag).is_ok());
    if tags.into_iter().any(is_good) { Ok(()) } else { Err("the signature is not that of this body") }
}

pub(super) fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
