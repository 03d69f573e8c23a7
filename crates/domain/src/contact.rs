//! The contact document: all that any rule may ask about one person. One document, one row.

mod membership;
mod seen;
mod timer;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::activity::Activity;
use crate::behaviour::Summaries;
use crate::consent::Consent;
use crate::id::{ContactId, ListName, SegmentName, WorkflowName};
use crate::message::Message;
use crate::run::{ClosedRun, Run};
use crate::time::Timestamp;
use crate::zone::Zone;

pub use membership::{Membership, Memberships, absorb as absorb_memberships};
pub use seen::Seen;
pub use timer::{Timer, TimerOf};

/// One person's document.
///
/// Stored as JSON with the format's number in `v`, upcast on load (see [`Contact::from_bytes`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// The document format.
    pub v: u32,
    /// Who it is.
    pub id: ContactId,
    /// The revision of the catalog that last advanced it; older ones must not touch it.
    #[serde(rename = "cat")]
    pub catalog_revision: u64,
    /// How many inputs it has taken.
    #[serde(rename = "n")]
    pub n_inputs: u64,
    /// The `at` of the last input: monotone (SEMANTICS 2.1).
    pub at: Timestamp,
    /// When it was first heard of.
    pub created_at: Timestamp,
    /// The team's own id, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Devices and browsers, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anonymous_ids: Vec<String>,
    /// Ids in other systems by their namespaces.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external_ids: BTreeMap<String, String>,
    /// The e-mail addresses that mean the contact, in their normal form, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// The phone numbers that mean the contact, in the form E.164, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// The contacts that have become one with this one, and when (SEMANTICS 13.3).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub merged: BTreeMap<ContactId, Timestamp>,
    /// Contacts that it was found not to be one with.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub apart: BTreeSet<ContactId>,
    /// The contact that this one has become part of: it is frozen, and whatever comes for it is that one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<Redirect>,
    /// What is known about the person.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub traits: Map<String, Value>,
    /// The traits among them that are computed here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub computed: BTreeSet<String>,
    /// What the person agreed to.
    #[serde(default, skip_serializing_if = "Consent::is_empty")]
    pub consent: Consent,
    /// What the person did, as far as rules ask for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub summaries: Summaries,
    /// The segments that the contact is in, and since when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub segments: BTreeMap<SegmentName, Timestamp>,
    /// The static lists that the contact is on, and since when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<ListName, Timestamp>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// The accounts that the contact is a member of, with what is known of them here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: Memberships,
    /// The variant of each experiment that the contact was exposed to: it stays (SEMANTICS 10.2).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exposures: BTreeMap<String, Exposure>,
    /// At which hours of the week the contact is active.
    #[serde(default, skip_serializing_if = "Activity::is_empty")]
    pub activity: Activity,
    /// Deadlines that belong to no run, in the order of their instants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timers: Vec<Timer>,
    /// The live runs, in the order of their entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Run>,
    /// What re-entry and goals still need of ended runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<ClosedRun>,
    /// The last entry into each workflow and key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entries: BTreeMap<WorkflowName, BTreeMap<String, Entry>>,
    /// Messages: scheduled, under way, and the recent past, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<Message>,
    /// The message ids of recent events (SEMANTICS 3.2).
    #[serde(default, skip_serializing_if = "Seen::is_empty")]
    pub seen: Seen,
}

/// Where a contact has gone that became part of another one (SEMANTICS 13.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The other one.
    pub contact: ContactId,
    /// When.
    pub at: Timestamp,
    /// How many inputs it had taken by then: what tells this time from an earlier one that came to nothing.
    pub n_inputs: u64,
}

/// A contact's last entry into a workflow with a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// How many there were so far.
    pub n: u32,
}

/// What a contact was shown in an experiment, and when first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// The variant.
    pub variant: String,
    /// When.
    pub at: Timestamp,
    /// Whether the contact was held out, so that it was shown nothing yet and only stays on its way (SEMANTICS 4.5).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ghost: bool,
}

/// The document format that this code writes.
pub const CONTACT_FORMAT: u32 = 1;

/// A stored document that makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It isn't the JSON that a contact is written as.
    #[error("cannot read the contact document: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It was written by a newer version of Wend.
    #[error(
        "the contact document has format {0}, newer than {CONTACT_FORMAT}: this version of wend is too old"
    )]
    TooNew(u32),
}

impl Contact {
    /// The contacts that are this person: itself, and those that became part of it.
    pub fn parts(&self) -> impl Iterator<Item = ContactId> {
        std::iter::once(self.id).chain(self.merged.keys().copied())
    }

    /// A contact that nothing is known of yet.
    pub fn new(id: ContactId, catalog_revision: u64, at: Timestamp) -> Self {
        Self {
            v: CONTACT_FORMAT,
            id,
            catalog_revision,
            n_inputs: 0,
            at,
            created_at: at,
            user_id: None,
            anonymous_ids: Vec::new(),
            external_ids: BTreeMap::new(),
            emails: Vec::new(),
            phones: Vec::new(),
            merged: BTreeMap::new(),
            apart: BTreeSet::new(),
            into: None,
            traits: Map::new(),
            computed: BTreeSet::new(),
            consent: Consent::default(),
            summaries: BTreeMap::new(),
            segments: BTreeMap::new(),
            lists: BTreeMap::new(),
            tags: BTreeSet::new(),
            accounts: BTreeMap::new(),
            exposures: BTreeMap::new(),
            activity: Activity::default(),
            timers: Vec::new(),
            runs: Vec::new(),
            closed: Vec::new(),
            entries: BTreeMap::new(),
            ledger: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// Reads a stored document, upcasting older formats.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let contact: Self = serde_json::from_slice(bytes)?;
        if contact.v > CONTACT_FORMAT {
            return Err(DocumentError::TooNew(contact.v));
        }
        Ok(contact)
    }

    /// The document as it is stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a contact has only text keys")
    }

    /// The account that the contact was last named a member of.
    pub fn account(&self) -> Option<(&String, &Membership)> {
        self.accounts.iter().max_by_key(|(_, membership)| membership.named_at)
    }

    /// The contact's own zone, if its `timezone` trait names one (SEMANTICS 2.2).
    pub fn zone(&self) -> Option<Zone> {
        self.traits.get("timezone").and_then(Value::as_str).and_then(Zone::named)
    }
}
