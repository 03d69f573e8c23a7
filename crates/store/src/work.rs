//! One transaction of the engine: what it reads, and the changes it commits.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::id::{ContactId, EventName, MessageId};
use wend_domain::identity::Identifier;
use wend_domain::time::Timestamp;

use crate::contact::ContactChange;
use crate::error::Error;
use crate::history::{HistoryRow, NewHistory};
use crate::inbox::{InboxRow, NewInbox};
use crate::message::MessageRow;
use crate::outbox::NewOutbox;

/// One transaction of one workspace. Dropping it rolls it back.
pub struct Work {}

/// All that one transaction changes.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// New versions of contacts, at most one of each.
    pub contacts: Vec<ContactChange>,
    /// What happened and what was decided; the order here is the order of `seq`.
    pub history: Vec<NewHistory>,
    /// Messages as they are now; the last one of an id wins.
    pub messages: Vec<MessageRow>,
    /// What is to be handed to a provider.
    pub outbox: Vec<NewOutbox>,
    /// Attempts to be made again, and when.
    pub outbox_retry: Vec<(MessageId, Timestamp)>,
    /// Rows to be taken back where they are still pending.
    pub outbox_cancel: Vec<MessageId>,
    /// Rows that are done.
    pub outbox_settle: Vec<MessageId>,
    /// Inputs to be queued for contacts.
    pub inbox_add: Vec<NewInbox>,
    /// Queued inputs that are done.
    pub inbox_done: Vec<i64>,
    /// What to add to counters; a name that begins with `store.` is the store's own.
    pub counters: BTreeMap<String, i64>,
}

impl Work {
    /// Which contacts these identifiers mean; unknown ones are absent.
    pub async fn identities(
        &mut self,
        _identifiers: &BTreeSet<Identifier>,
    ) -> Result<BTreeMap<Identifier, ContactId>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Claims identifiers nobody has for contacts, and answers who owns each of them now.
    pub async fn claim_identities(
        &mut self,
        _claims: &BTreeMap<Identifier, ContactId>,
    ) -> Result<BTreeMap<Identifier, ContactId>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Gives an identifier to another contact.
    pub async fn reassign_identity(&mut self, _identifier: &Identifier, _to: ContactId) -> Result<(), Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// The documents of these contacts, locked until the end of the transaction; a missing one is absent.
    pub async fn contacts(
        &mut self,
        _ids: &BTreeSet<ContactId>,
    ) -> Result<BTreeMap<ContactId, Vec<u8>>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Contacts whose alarm is due, earliest first; what another transaction holds is left out.
    pub async fn due_alarms(&mut self, _at: Timestamp, _limit: usize) -> Result<Vec<ContactId>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Queued inputs in order, without those of contacts that have a stuck one or that another transaction holds.
    pub async fn inbox_ready(&mut self, _limit: usize) -> Result<Vec<InboxRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Which of these contacts have queued inputs: what comes in for them later must queue behind.
    pub async fn contacts_with_inbox(
        &mut self,
        _ids: &BTreeSet<ContactId>,
    ) -> Result<BTreeSet<ContactId>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// The events of these names in a contact's history, oldest first.
    pub async fn events(
        &mut self,
        _contact: ContactId,
        _names: &BTreeSet<EventName>,
    ) -> Result<Vec<HistoryRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// Commits; when this answers, the changes survive a power cut.
    pub async fn commit(self, _changes: Changes) -> Result<(), Error> {
        Err(Error::internal("not reachable yet"))
    }
}
