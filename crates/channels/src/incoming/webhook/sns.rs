//! Amazon's envelope: messages of SNS, signed with a certificate that lies at Amazon.
//!
//! **Invariants**
//! - Nothing is fetched for a topic that the team hasn't named.
//! - A certificate, and the address that confirms a subscription, are fetched from `sns.REGION.amazonaws.com` by HTTPS or
//!   not at all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature;
use serde_json::Value;

use super::Refused;

/// The most bytes of a certificate.
pub const CERTIFICATE_BYTES_MAX: usize = 16 * 1024;

/// What a message of SNS is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// It carries an event.
    Notification,
    /// The topic asks whether this endpoint wants its messages: whoever fetches this address says yes.
    Confirmation(String),
    /// Somebody ended the subscription.
    Unsubscribed,
}

/// A message of SNS whose signature is yet to be verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What it is.
    pub kind: Kind,
    /// Where its certificate lies.
    pub certificate_url: String,
    /// What it carries.
    pub message: String,
    signed: Vec<u8>,
    signature: Vec<u8>,
    is_sha256: bool,
}

/// Reads a message of a topic that is among those named, a line each.
pub fn read(topics: &str, body: &[u8]) -> Result<Envelope, Refused> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Refused::Unreadable(format!("the body is no JSON: {error}")))?;
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let topic = text("TopicArn").unwrap_or_default();
    if topic.is_empty() || !topics.lines().any(|known| known.trim() == topic) {
        return Err(Refused::Unproven("the message is of no topic that is named here"));
    }
    let (kind, signed) = match text("Type") {
        Some("Notification") => {
            (Kind::Notification, vec!["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"])
        }
        Some(kind @ ("SubscriptionConfirmation" | "UnsubscribeConfirmation")) => {
            let names =
                vec!["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
            let kind = if kind == "SubscriptionConfirmation" {
                let url = text("SubscribeURL").unwrap_or_default();
                if !is_amazons(url) || !url.contains("Action=ConfirmSubscription") {
                    return Err(Refused::Unproven("the address of the confirmation is not Amazon's"));
                }
                Kind::Confirmation(url.to_owned())
            } else {
                Kind::Unsubscribed
            };
            (kind, names)
        }
        _ => return Err(Refused::Unreadable("the body is no message of SNS".to_owned())),
    };
    let certificate_url = text("SigningCertURL").unwrap_or_default();
    if !is_amazons(certificate_url) || certificate_url.rsplit('.').next() != Some("pem") {
        return Err(Refused::Unproven("the certificate does not lie at Amazon"));
    }
    let signature = text("Signature").and_then(|signature| STANDARD.decode(signature).ok());
    let mut bytes = Vec::new();
    for name in signed {
        if let Some(value) = text(name) {
            bytes.extend([name, "\n", value, "\n"].concat().into_bytes());
        }
    }
    Ok(Envelope {
        kind,
        certificate_url: certificate_url.to_owned(),
        message: text("Message").unwrap_or_default().to_owned(),
        signed: bytes,
        signature: signature.ok_or(Refused::Unproven("the message has no signature"))?,
        is_sha256: text("SignatureVersion") == Some("2"),
    })
}

/// Whether a URL leads to SNS of Amazon, and nowhere else by any trick.
fn is_amazons(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let Some(host) = url.host_str() else { return false };
    let host = host.strip_suffix(".cn").unwrap_or(host);
    let region = host.strip_prefix("sns.").and_then(|rest| rest.strip_suffix(".amazonaws.com"));
    let is_region = |region: &str| {
        !region.is_empty()
            && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && region.is_some_and(is_region)
}

impl Envelope {
    /// Whether the signature is the certificate's.
    pub fn verify(&self, certificate: &[u8]) -> Result<(), Refused> {
        let key = public_key(certificate).ok_or(Refused::Unproven("the certificate has no key of RSA"))?;
        let algorithm: &dyn signature::VerificationAlgorithm = if self.is_sha256 {
            &signature::RSA_PKCS1_2048_8192_SHA256
        } else {
            &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
        };
        signature::UnparsedPublicKey::new(algorithm, key)
            .verify(&self.signed, &self.signature)
            .map_err(|_| Refused::Unproven("the signature is not that of this message"))
    }
}

/// The tag of a sequence.
const SEQUENCE: u8 = 0x30;

/// The object identifier of RSA.
const RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// The public key of RSA in a certificate (PEM or DER).
fn public_key(certificate: &[u8]) -> Option<Vec<u8>> {
    let der = match std::str::from_utf8(certificate).ok().filter(|text| text.contains("-----BEGIN")) {
        Some(text) => {
            let body = text.split("-----BEGIN CERTIFICATE-----").nth(1)?.split("-----END").next()?;
            STANDARD.decode(body.split_whitespace().collect::<String>()).ok()?
        }
        None => certificate.to_vec(),
    };
    let (_, certificate, _) = element(&der).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let (_, mut rest, _) = element(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
    // Version (if any), serial, algorithm, issuer, validity, subject; then the key.
    if element(rest)?.0 == 0xa0 {
        rest = element(rest)?.2;
    }
    for _ in 0..5 {
        rest = element(rest)?.2;
    }
    let (_, info, _) = element(rest).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let (_, algorithm, key) = element(info)?;
    let (_, name, _) = element(algorithm)?;
    let (tag, bits, _) = element(key)?;
    let is_rsa = name == RSA && tag == 0x03 && bits.first() == Some(&0);
    is_rsa.then(|| bits[1..].to_vec())
}

/// The first element of DER: its tag, what is in it, and what stands behind it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let n = usize::from(first & 0x7f);
        if n == 0 || n > 3 {
            return None;
        }
        let (bytes, rest) = rest.split_at_checked(n)?;
        (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}
