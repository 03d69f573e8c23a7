//! The ledger of consent: every answer that a contact ever gave.

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::bucket;
use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// A new line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConsentChange {
    /// Whose.
    pub contact: ContactId,
    /// Its id, which sorts as the contact took its inputs.
    pub id: String,
    /// When it took effect.
    pub at: Timestamp,
    /// What was answered, as JSON.
    pub change_json: String,
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRow {
    /// Its id.
    pub id: String,
    /// When it took effect.
    pub at: Timestamp,
    /// What was answered, as JSON.
    pub change_json: String,
}

statements! {
    PUT: Many = Many::Insert {
        table: "consent_change",
        columns: &[
            ("workspace", Kind::Text),
            ("bucket", Kind::Integer),
            ("contact", Kind::Text),
            ("id", Kind::Text),
            ("at", Kind::Integer),
            ("change_json", Kind::Text),
        ],
        conflict: "ON CONFLICT (workspace, bucket, contact, id) DO NOTHING",
    };
    OF_CONTACT: Statement = Statement::Both(
        "SELECT id, at, change_json FROM consent_change
         WHERE workspace = $1 AND bucket = $2 AND contact = $3 AND id > $4 ORDER BY id LIMIT $5",
    );
}

/// A row for [`PUT`].
pub(crate) fn row_values(workspace: &WorkspaceId, new: NewConsentChange) -> Vec<Value> {
    let bucket = bucket::of_contact(new.contact);
    params![workspace.as_str(), bucket, new.contact, new.id, new.at, new.change_json]
}

impl Store {
    /// A page of a contact's ledger, oldest first, after a line.
    pub async fn consent_changes(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ConsentRow>, Error> {
        let key = params![workspace.as_str(), bucket::of_contact(contact), contact, after, limit];
        let rows = self.inner.driver.query(OF_CONTACT, key).await?;
        let read = |row: Row| {
            let mut row = row.columns("consent_change");
            Ok(ConsentRow { id: row.text()?, at: row.time()?, change_json: row.text()? })
        };
        rows.into_iter().map(read).collect()
    }
}
