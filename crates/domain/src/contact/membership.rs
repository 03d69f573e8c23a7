//! The contact as a member of an account.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::time::Timestamp;

/// What a contact keeps of an account that it is a member of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// Since when.
    pub since: Timestamp,
    /// When it was last named as the contact's account: messages speak of the account that was named last.
    pub named_at: Timestamp,
    /// The version of the copy below; none while the account hasn't answered yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The copy of what live rules read of the account.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub traits: Map<String, Value>,
    /// What was last reported to the account's sums, in millionths; none if nothing was yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<BTreeMap<String, i64>>,
}

/// The memberships of a contact, by the accounts' ids.
pub type Memberships = BTreeMap<String, Membership>;

impl Membership {
    /// A membership that begins now.
    pub fn new(at: Timestamp) -> Self {
        Self { since: at, named_at: at, version: None, traits: Map::new(), reported: None }
    }
}

/// Takes over the memberships of a contact that turned out to be the same person: the older one of each counts, and each
/// is reported anew, because the account counts by contact.
pub fn absorb(into: &mut Memberships, other: Memberships) {
    for (account, mut membership) in other {
        membership.reported = None;
        match into.get_mut(&account) {
            Some(known) => {
                known.since = known.since.min(membership.since);
                known.named_at = known.named_at.max(membership.named_at);
                if membership.version > known.version {
                    known.version = membership.version;
                    known.traits = membership.traits;
                }
            }
            None => drop(into.insert(account, membership)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_keeps_every_membership_and_the_newest_copy_of_each() {
        let at = Timestamp::from_millis;
        let copy = |since: i64, version: u64| Membership {
            version: Some(version),
            reported: Some(BTreeMap::new()),
            ..Membership::new(at(since))
        };
        let mut into = Memberships::from([("a".to_owned(), copy(5, 2))]);
        absorb(&mut into, Memberships::from([("a".to_owned(), copy(3, 7)), ("b".to_owned(), copy(4, 1))]));
        assert_eq!((into["a"].since, into["a"].named_at, into["a"].version), (at(3), at(5), Some(7)));
        assert!(into["a"].reported.is_some(), "the winner is counted already");
        assert!(into["b"].reported.is_none(), "the winner is not counted there yet");
    }
}
