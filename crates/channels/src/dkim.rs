//! DKIM signatures (RFC 6376, RFC 8463), relaxed/relaxed, by RSA-SHA256 or Ed25519.
//!
//! The design names the crate mail-auth for this. Its `ring` feature brings a DNS resolver and some
//! eighty more crates that a signer doesn't need, it reads the clock, and it can't sign a header's
//! absence. What is left for us is to put two byte strings into canonical form; the cryptography is
//! ring's, and the tests have a foreign verifier (dkimpy) check both kinds of key.
//!
//! **Invariant:** the private key is in no `Debug`, error or log.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use crate::email::Composed;

/// The headers that are signed wherever they occur.
const HEADERS_SIGNED: [&str; 11] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Reply-To",
];
/// The headers whose absence beyond those is signed too, so that nobody can add a second one.
const HEADERS_SEALED: [&str; 6] = ["From", "To", "Subject", "Date", "Reply-To", "Content-Type"];
/// The characters of base64 on one line of the signature's header.
const BASE64_LINE_CHARS: usize = 72;

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// What signs: a domain, a selector and the private key whose public half is in that domain's DNS.
pub struct Dkim {
    domain: String,
    selector: String,
    key: Key,
}

/// Why a signer can't be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file can't be read.
    #[error("cannot read the DKIM key {path}: {source}")]
    File {
        /// The file that was tried.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file holds no key of a kind that signs.
    #[error(
        "the DKIM key {path} is not usable: {why}; make one with `openssl genrsa 2048` or `openssl genpkey -algorithm ed25519`"
    )]
    Key {
        /// Where the key came from.
        path: String,
        /// What is wrong with it, never its content.
        why: String,
    },
    /// The domain or the selector can't be written into a signature.
    #[error("{value:?} is not a DKIM {what}: use a name such as `mail.example.com`")]
    Name {
        /// "domain" or "selector".
        what: &'static str,
        /// What was given.
        value: String,
    },
}

impl fmt::Debug for Dkim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Dkim")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

impl Dkim {
    /// Reads the private key from a PEM file: PKCS#8 (RSA or Ed25519) or PKCS#1 (RSA).
    pub fn from_file(domain: &str, selector: &str, path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let pem = std::fs::read(path).map_err(|source| Error::File { path: shown.clone(), source })?;
        Self::from_pem(domain, selector, &pem, &shown)
    }

    /// Makes a signer from the text of a PEM file; `origin` is named in errors.
    pub fn from_pem(domain: &str, selector: &str, pem: &[u8], origin: &str) -> Result<Self, Error> {
        check_name("domain", domain)?;
        check_name("selector", selector)?;
        let unusable = |why: String| Error::Key { path: origin.to_owned(), why };
        let key = match PrivateKeyDer::from_pem_slice(pem) {
            Ok(PrivateKeyDer::Pkcs1(der)) => Key::Rsa(Box::new(
                RsaKeyPair::from_der(der.secret_pkcs1_der()).map_err(|error| unusable(error.to_string()))?,
            )),
            Ok(PrivateKeyDer::Pkcs8(der)) => from_pkcs8(der.secret_pkcs8_der()).map_err(unusable)?,
            Ok(_) => return Err(unusable("it is neither RSA nor Ed25519".into())),
            Err(_) => return Err(unusable("it holds no private key in PEM form".into())),
        };
        Ok(Self { domain: domain.to_owned(), selector: selector.to_owned(), key })
    }

    /// Puts the signature's header before the e-mail's own.
    ///
    /// `at` is the signature's time in seconds since 1970.
    pub fn sign(&self, email: &mut Composed, at: i64) -> Result<(), SigningFailed> {
        let (headers, body) = split(&email.bytes);
        let (names, canonical) = signed_headers(&headers);
        let body_hash = STANDARD.encode(digest(&SHA256, &relaxed_body(body)));
        let unsigned = format!(
            "DKIM-Signature: v=1; a={}; c=relaxed/relaxed; d={};\r\n\ts={}; t={};\r\n\th={};\r\n\tbh={body_hash};\r\n\tb=",
            self.algorithm(),
            self.domain,
            self.selector,
            at.max(0),
            names.join(":\r\n\t"),
        );
        let mut input = canonical;
        input.extend_from_slice(&relaxed_header(unsigned.as_bytes()));
        let signature = STANDARD.encode(self.signature(&input)?);

        let mut signed = unsigned.into_bytes();
        for (index, line) in signature.as_bytes().chunks(BASE64_LINE_CHARS).enumerate() {
            if index > 0 {
                signed.extend_from_slice(b"\r\n\t");
            }
            signed.extend_from_slice(line);
        }
        signed.extend_from_slice(b"\r\n");
        signed.extend_from_slice(&email.bytes);
        email.bytes = signed;
        Ok(())
    }

    /// Makes one signature of a hash's worth of bytes, for nobody: how fast that is says how fast a machine can sign.
    pub fn signature_of_nothing(&self) -> bool {
        self.signature(&[0; 32]).is_ok()
    }

    /// The domain that it signs for.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Selector, kind of key and public key in base64, as the DNS record has them.
    pub fn published(&self) -> (String, &'static str, String) {
        let (kind, key) = match &self.key {
            Key::Rsa(pair) => ("rsa", subject_public_key_info(pair.public().as_ref())),
            // RFC 8463: the bare 32 bytes.
            Key::Ed25519(pair) => ("ed25519", pair.public_key().as_ref().to_vec()),
        };
        (self.selector.clone(), kind, STANDARD.encode(key))
    }

    fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn signature(&self, input: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        match &self.key {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input, &mut signature)
                    .map_err(|_| SigningFailed)?;
                Ok(signature)
            }
            // RFC 8463: what is signed is the hash, not the text.
            Key::Ed25519(pair) => Ok(pair.sign(digest(&SHA256, input).as_ref()).as_ref().to_vec()),
        }
    }
}

/// An RSA key as verifiers expect it: wrapped in the structure that `openssl rsa -pubout` writes.
fn subject_public_key_info(key: &[u8]) -> Vec<u8> {
    // SEQUENCE { OBJECT IDENTIFIER rsaEncryption, NULL }
    const ALGORITHM: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let mut bits = vec![0];
    bits.extend_from_slice(key);
    let mut inner = ALGORITHM.to_vec();
    inner.extend(der(0x03, &bits));
    der(0x30, &inner)
}

fn der(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    if let short @ 0..128 = content.len() {
        out.push(short as u8);
    } else {
        out.push(0x80 | digits.len() as u8);
        out.extend_from_slice(digits);
    }
    out.extend_from_slice(content);
    out
}

/// The key refused to sign, as when the system's random numbers fail.
#[derive(Debug, thiserror::Error)]
#[error("the DKIM key failed to sign")]
pub struct SigningFailed;

fn from_pkcs8(der: &[u8]) -> Result<Key, String> {
    // OpenSSL writes Ed25519 keys without their public half, hence "maybe unchecked".
    if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
        return Ok(Key::Ed25519(pair));
    }
    match RsaKeyPair::from_pkcs8(der) {
        Ok(pair) => Ok(Key::Rsa(Box::new(pair))),
        Err(error) => Err(format!("{error} (RSA keys of 2048 to 4096 bits and Ed25519 keys are taken)")),
    }
}

fn check_name(what: &'static str, value: &str) -> Result<(), Error> {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let good =
        value.len() <= 253 && value.split('.').all(|label| !label.is_empty() && label.bytes().all(letters));
    if good { Ok(()) } else { Err(Error::Name { what, value: value.to_owned() }) }
}

/// The header fields, each with its folded lines and without its last CR LF, and the body.
fn split(bytes: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut headers = Vec::new();
    let mut rest = bytes;
    loop {
        let end = field_end(rest);
        let (field, after) = rest.split_at(end);
        let after = after.strip_prefix(b"\r\n").unwrap_or(after);
        if field.is_empty() {
            return (headers, after);
        }
        headers.push(field);
        rest = after;
    }
}

/// Where a field ends: at the first CR LF that no white space follows.
fn field_end(bytes: &[u8]) -> usize {
    let folded = |at: usize| matches!(bytes.get(at + 2), Some(b' ' | b'\t'));
    let mut ends = bytes.windows(2).enumerate().filter(|(_, pair)| *pair == b"\r\n").map(|(at, _)| at);
    ends.find(|at| *at == 0 || !folded(*at)).unwrap_or(bytes.len())
}

fn name_of(field: &[u8]) -> &[u8] {
    let colon = field.iter().position(|byte| *byte == b':').unwrap_or(field.len());
    field[..colon].trim_ascii_end()
}

/// The names for `h=`, and the canonical form of those headers in that order.
fn signed_headers(headers: &[&[u8]]) -> (Vec<&'static str>, Vec<u8>) {
    let mut names = Vec::new();
    let mut canonical = Vec::new();
    for name in HEADERS_SIGNED {
        // A verifier takes several headers of one name from the last to the first.
        for field in headers.iter().rev().filter(|field| name_of(field).eq_ignore_ascii_case(name.as_bytes()))
        {
            names.push(name);
            canonical.extend_from_slice(&relaxed_header(field));
            canonical.extend_from_slice(b"\r\n");
        }
    }
    names.extend(HEADERS_SEALED);
    (names, canonical)
}

/// RFC 6376, 3.4.2: the name in lower case, lines unfolded, runs of white space as one space.
fn relaxed_header(field: &[u8]) -> Vec<u8> {
    let colon = field.iter().position(|byte| *byte == b':').unwrap_or(field.len());
    let mut out = name_of(field).to_ascii_lowercase();
    out.push(b':');
    let value = field.get(colon + 1..).unwrap_or_default();
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    out
}

/// RFC 6376, 3.4.4: runs of white space as one space, none at a line's end, no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut space = false;
        for byte in line {
            if matches!(byte, b' ' | b'\t') {
                space = true;
                continue;
            }
            if space {
                out.push(b' ');
                space = false;
            }
            out.push(*byte);
        }
        out.extend_from_slice(b"\r\n");
    }
    while out.ends_with(b"\r\n\r\n") {
        out.truncate(out.len() - 2);
    }
    if out == b"\r\n" { Vec::new() } else { out }
}

#[cfg(test)]
mod tests;
