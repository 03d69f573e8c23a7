//! Filters that encode and decode.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE};

use super::Call;
use crate::error::Fault;
use crate::value::Value;

/// Reads URL-safe base64 with or without the padding.
const URL_SAFE_INDIFFERENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn base64_encode(text: &str) -> String {
    STANDARD.encode(text)
}

pub(super) fn base64_url_safe_encode(text: &str) -> String {
    URL_SAFE.encode(text)
}

pub(super) fn base64_decode<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    decode(call, &STANDARD, "base64_decode")
}

pub(super) fn base64_url_safe_decode<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    decode(call, &URL_SAFE_INDIFFERENT, "base64_url_safe_decode")
}

fn decode<'a>(call: &Call<'_, 'a>, engine: &GeneralPurpose, name: &str) -> Result<Value<'a>, Fault> {
    let bytes = engine
        .decode(call.input.to_text().as_str())
        .map_err(|_| Fault::argument(format!("filter `{name}` was given invalid base64")))?;
    into_text(bytes, name)
}

fn into_text<'a>(bytes: Vec<u8>, name: &str) -> Result<Value<'a>, Fault> {
    String::from_utf8(bytes)
        .map(Value::owned)
        .map_err(|_| Fault::argument(format!("filter `{name}` decoded bytes that are no UTF-8 text")))
}

/// Encodes as forms do: a space is `+`.
pub(super) fn url_encode(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => output.push(byte as char),
            b' ' => output.push('+'),
            _ => write!(output, "%{byte:02X}").expect("a string takes any text"),
        }
    }
    output
}

pub(super) fn url_decode<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let text = call.input.to_text();
    let mut rest = text.as_str().as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(hex(*high) * 16 + hex(*low));
                rest = after;
            }
            _ => bytes.push(byte),
        }
    }
    into_text(bytes, "url_decode")
}

fn hex(digit: u8) -> u8 {
    (digit as char).to_digit(16).map_or(0, |value| value as u8)
}
