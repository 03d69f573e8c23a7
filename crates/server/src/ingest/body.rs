//! From the bytes of a request to its text: unpacked if packed, and bounded either way.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::ingest::limits::BODY_BYTES_MAX;

/// The two bytes that every gzip stream begins with.
const GZIP_MAGIC: [u8; 2] = [0x1F, 0x8B];

/// Why a body has no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is larger than a batch may be, perhaps only once unpacked.
    #[error("the body is larger than {BODY_BYTES_MAX} bytes once unpacked")]
    TooLarge,
    /// It begins like gzip and isn't.
    #[error("the body begins like gzip and cannot be unpacked: {0}")]
    BadGzip(String),
}

/// The text of a body.
///
/// Whether it is packed is told by its first bytes: clients label gzip as a form, or not at all. Bytes that aren't UTF-8
/// become the replacement character, so that one bad text doesn't fail the events beside it.
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, BodyError> {
    if bytes.len() > BODY_BYTES_MAX {
        return Err(BodyError::TooLarge);
    }
    if !bytes.starts_with(&GZIP_MAGIC) {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        return Ok(String::from_utf8_lossy(bytes));
    }
    let mut unpacked = Vec::new();
    // One byte beyond the bound tells too much from just enough; a gzip bomb is never unpacked further.
    MultiGzDecoder::new(bytes)
        .take(BODY_BYTES_MAX as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| BodyError::BadGzip(error.to_string()))?;
    if unpacked.len() > BODY_BYTES_MAX {
        return Err(BodyError::TooLarge);
    }
    Ok(Cow::Owned(
        String::from_utf8(unpacked)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    ))
}

#[cfg(test)]
mod tests;
