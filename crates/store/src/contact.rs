//! Contacts: one document each, and the instant of its alarm.

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// A new version of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactChange {
    /// Whose.
    pub id: ContactId,
    /// The document.
    pub document: Vec<u8>,
    /// When the contact wants to wake; none if it waits for nothing.
    pub alarm: Option<Timestamp>,
}

impl Store {
    /// The document of a contact.
    pub async fn contact_by_id(
        &self,
        _workspace: &WorkspaceId,
        _id: ContactId,
    ) -> Result<Option<Vec<u8>>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// A page of contacts after one of them, in an order that stays the same (it is not the order of ids).
    pub async fn contacts_page(
        &self,
        _workspace: &WorkspaceId,
        _after: Option<ContactId>,
        _limit: usize,
    ) -> Result<Vec<(ContactId, Vec<u8>)>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// The earliest alarm, and whose workspace has it.
    pub async fn next_alarm(&self) -> Result<Option<(WorkspaceId, Timestamp)>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// The workspaces in which an alarm is due.
    pub async fn alarms_due_workspaces(&self, _at: Timestamp) -> Result<Vec<WorkspaceId>, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
