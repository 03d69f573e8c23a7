//! Signed addresses of mail that comes back: where bounces of one message go, and where answers to it go.
//!
//! Such an address says which message it belongs to. Mail servers may write it in capitals and take at most 64
//! characters before the `@`, so it is base32 of the message and a shorter seal.

use super::{LinkKey, hexadecimal, same};
use crate::id::{MessageId, WorkspaceId};

/// How many bytes of the keyed hash an address carries: who sends mail has no way to try many.
const SEAL_BYTES: usize = 8;

/// How many bytes the message's id has.
const ID_BYTES: usize = 16;

/// The digits of base32 (RFC 4648) in lower case.
const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The layout of the bytes that are sealed; other signed links have another one.
const FORMAT: u8 = 3;

/// What mail to an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailPurpose {
    /// The message came back, or somebody complains of it.
    Bounce,
    /// Somebody answers it.
    Reply,
}

impl MailPurpose {
    fn letter(self) -> char {
        match self {
            Self::Bounce => 'b',
            Self::Reply => 'r',
        }
    }
}

/// The part of an address before the `@`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailAddress {
    /// What mail to it is.
    pub purpose: MailPurpose,
    /// Which message it is about.
    pub message: MessageId,
}

impl MailAddress {
    /// The local part, signed: `b-` or `r-` and 39 characters.
    pub fn sign(self, key: &LinkKey, workspace: &WorkspaceId) -> String {
        let mut bytes = self.message.to_bytes().to_vec();
        bytes.extend(self.seal(key, workspace));
        format!("{}-{}", self.purpose.letter(), encoded(&bytes))
    }

    /// Whether a local part has the form of such an address, whoever signed it.
    pub fn may_be(local_part: &str) -> bool {
        decoded(local_part).is_some()
    }

    /// Reads a local part; none unless it was signed with this key for this workspace.
    pub fn read(local_part: &str, key: &LinkKey, workspace: &WorkspaceId) -> Option<Self> {
        let (purpose, bytes) = decoded(local_part)?;
        let (id, seal) = bytes.split_at_checked(ID_BYTES)?;
        let read = Self { purpose, message: hexadecimal(id).parse().ok()? };
        same(seal, &read.seal(key, workspace)).then_some(read)
    }

    fn seal(self, key: &LinkKey, workspace: &WorkspaceId) -> [u8; SEAL_BYTES] {
        let mut bytes = vec![FORMAT, self.purpose.letter() as u8];
        bytes.extend(self.message.to_bytes());
        let seal = key.seal(workspace, &bytes);
        seal[..SEAL_BYTES].try_into().expect("a seal has 16 bytes")
    }
}

fn encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut n_bits) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        n_bits += 8;
        while n_bits >= 5 {
            n_bits -= 5;
            text.push(char::from(DIGITS[(bits >> n_bits & 31) as usize]));
        }
    }
    if n_bits > 0 {
        text.push(char::from(DIGITS[(bits << (5 - n_bits) & 31) as usize]));
    }
    text
}

fn decoded(local_part: &str) -> Option<(MailPurpose, Vec<u8>)> {
    let (letter, digits) = local_part.split_once('-')?;
    let purpose = match letter {
        "b" | "B" => MailPurpose::Bounce,
        "r" | "R" => MailPurpose::Reply,
        _ => return None,
    };
    let mut bytes = Vec::with_capacity(ID_BYTES + SEAL_BYTES);
    if digits.len() != ((ID_BYTES + SEAL_BYTES) * 8).div_ceil(5) {
        return None;
    }
    let (mut bits, mut n_bits) = (0_u32, 0);
    for digit in digits.bytes() {
        let digit = DIGITS.iter().position(|known| known.eq_ignore_ascii_case(&digit))?;
        bits = bits << 5 | digit as u32;
        n_bits += 5;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits & 255) as u8);
        }
    }
    Some((purpose, bytes))
}
