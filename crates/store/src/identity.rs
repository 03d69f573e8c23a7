//! Identifiers, and which contact each of them means.

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::identity::Identifier;

use crate::error::Error;
use crate::open::Store;

impl Store {
    /// Which contact an identifier means.
    pub async fn contact_by_identifier(
        &self,
        _workspace: &WorkspaceId,
        _identifier: &Identifier,
    ) -> Result<Option<ContactId>, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
