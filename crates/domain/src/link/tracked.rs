//! Signed links of tracking: the pixel that tells that a message was opened, and the redirect that tells that a link
//! was followed.
//!
//! The target of a redirect is inside what is signed, so that nobody can make one of these links lead elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{LinkKey, SEAL_BYTES, hexadecimal, same};
use crate::id::{ContactId, MessageId, WorkspaceId};
use crate::limits::{TRACKED_LINK_BYTES_MAX, TRACKED_TARGET_BYTES_MAX};

/// The layout of the bytes that this code writes; other signed links have another one.
const FORMAT: u8 = 2;

/// How many bytes stand before the target: format, what it is, contact, message.
const FIXED_BYTES: usize = 1 + 1 + 16 + 16;

/// What following a link of tracking says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visited {
    /// The message was opened.
    Pixel,
    /// A link of it was followed, which leads here.
    Link(String),
    /// The link was followed that no person sees: what does that is a machine.
    Hidden,
}

/// A link of tracking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// Whose message it is in.
    pub contact: ContactId,
    /// The message.
    pub message: MessageId,
    /// What following it says.
    pub visited: Visited,
}

impl Tracked {
    /// The link as a text for a URL, signed; none if its target is not one that is tracked.
    pub fn sign(&self, key: &LinkKey, workspace: &WorkspaceId) -> Option<String> {
        let (what, target) = match &self.visited {
            Visited::Pixel => (1, ""),
            Visited::Link(target) => (2, target.as_str()),
            Visited::Hidden => (3, ""),
        };
        if matches!(self.visited, Visited::Link(_)) && !is_target(target) {
            return None;
        }
        let mut bytes = vec![FORMAT, what];
        bytes.extend(self.contact.to_bytes());
        bytes.extend(self.message.to_bytes());
        bytes.extend(target.as_bytes());
        let seal = key.seal(workspace, &bytes);
        bytes.extend(seal);
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a link; none unless it is whole and was signed with this key for this workspace.
    pub fn read(text: &str, key: &LinkKey, workspace: &WorkspaceId) -> Option<Self> {
        if text.len() > TRACKED_LINK_BYTES_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (said, seal) = bytes.split_at_checked(bytes.len().checked_sub(SEAL_BYTES)?)?;
        if !same(seal, &key.seal(workspace, said)) {
            return None;
        }
        let (fixed, target) = said.split_at_checked(FIXED_BYTES)?;
        let target = std::str::from_utf8(target).ok()?;
        let visited = match (fixed[0], fixed[1]) {
            (FORMAT, 1) => Visited::Pixel,
            (FORMAT, 2) if is_target(target) => Visited::Link(target.to_owned()),
            (FORMAT, 3) => Visited::Hidden,
            _ => return None,
        };
        Some(Self {
            contact: hexadecimal(&fixed[2..18]).parse().ok()?,
            message: hexadecimal(&fixed[18..34]).parse().ok()?,
            visited,
        })
    }
}

/// Whether a URL may be the target of a redirect: a web address, without anything that could end a header.
fn is_target(url: &str) -> bool {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
        && url.len() <= TRACKED_TARGET_BYTES_MAX
        && url.bytes().all(|byte| byte > b' ' && byte != 0x7f)
}
