//! Contacts: one document each, and the instant of its alarm.

use std::collections::BTreeMap;

use rusqlite::Connection;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::bucket;
use crate::driver::Driver;
use crate::driver::sqlite;
use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};
use crate::tail::SharedTail;

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

statements! {
    GET_ONE: Statement = Statement::Both(
        "SELECT document FROM contact WHERE workspace = $1 AND bucket = $2 AND contact = $3",
    );
    /// The rows are locked in the order of ids, so that two transactions never wait for each other in a circle.
    GET: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Integer, Kind::Text],
        sqlite: "SELECT contact, document FROM contact WHERE workspace = $1 AND bucket = $2 AND contact = $3",
        postgres: "SELECT known.contact, known.document
                   FROM {rows} AS asked (workspace, bucket, contact)
                   JOIN contact AS known USING (workspace, bucket, contact)
                   ORDER BY known.contact FOR UPDATE OF known",
    };
    PAGE: Statement = Statement::Both(
        "SELECT contact, document FROM contact WHERE workspace = $1 AND (bucket, contact) > ($2, $3)
         ORDER BY bucket, contact LIMIT $4",
    );
    IN_BUCKETS: Statement = Statement::Both(
        "SELECT contact, document FROM contact WHERE workspace = $1 AND bucket >= $2 AND bucket < $3",
    );
    LOG: Many = Many::Sqlite(
        "INSERT INTO contact_log (seq, workspace, contact, document, alarm_at) VALUES ($1, $2, $3, $4, $5)",
    );
    PUT: Many = Many::Postgres {
        kinds: &[Kind::Text, Kind::Integer, Kind::Text, Kind::Bytes],
        text: "INSERT INTO contact (workspace, bucket, contact, document) SELECT * FROM {rows}
               ON CONFLICT (workspace, bucket, contact) DO UPDATE SET document = excluded.document",
    };
    ALARM_PUT: Many = Many::Postgres {
        kinds: &[Kind::Text, Kind::Integer, Kind::Text, Kind::Integer],
        text: "INSERT INTO alarm (workspace, bucket, contact, alarm_at) SELECT * FROM {rows}
               ON CONFLICT (workspace, bucket, contact) DO UPDATE SET alarm_at = excluded.alarm_at
               WHERE alarm.alarm_at <> excluded.alarm_at",
    };
    ALARM_REMOVE: Many = Many::Postgres {
        kinds: &[Kind::Text, Kind::Integer, Kind::Text],
        text: "DELETE FROM alarm USING {rows} AS gone (workspace, bucket, contact)
               WHERE alarm.workspace = gone.workspace AND alarm.bucket = gone.bucket AND alarm.contact = gone.contact",
    };
}

impl Store {
    /// The document of a contact.
    pub async fn contact_by_id(
        &self,
        workspace: &WorkspaceId,
        id: ContactId,
    ) -> Result<Option<Vec<u8>>, Error> {
        if let Some(version) = self.inner.tail.version(workspace, id) {
            return Ok(Some(version.document.to_vec()));
        }
        let row = self.inner.driver.query_first(GET_ONE, key(workspace, id)).await?;
        row.map(|row| Ok(row.columns("contact").bytes()?.to_vec())).transpose()
    }

    /// A page of contacts after one of them, in an order that stays the same (it is not the order of ids).
    pub async fn contacts_page(
        &self,
        workspace: &WorkspaceId,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Vec<(ContactId, Vec<u8>)>, Error> {
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                let (tail, workspace) = (self.inner.tail.clone(), workspace.clone());
                sqlite.read(move |connection| page(connection, &tail, &workspace, after, limit)).await
            }
            Driver::Postgres(postgres) => {
                let rows = postgres.query(PAGE, page_key(workspace, after, limit)).await?;
                rows.into_iter().map(read).collect()
            }
        }
    }
}

impl Store {
    /// All contacts of some buckets, `to` not among them, in the order of buckets and ids; buckets divide contacts by
    /// chance.
    pub async fn contacts_in_buckets(
        &self,
        workspace: &WorkspaceId,
        from: u16,
        to: u16,
    ) -> Result<Vec<(ContactId, Vec<u8>)>, Error> {
        let params = params![workspace.as_str(), from, to];
        let Driver::Sqlite(sqlite) = &self.inner.driver else {
            return self.inner.driver.query(IN_BUCKETS, params).await?.into_iter().map(read).collect();
        };
        // The tail first, as for a page.
        let mut contacts: BTreeMap<(u16, ContactId), Vec<u8>> = {
            let tail = self.inner.tail.read();
            let part = tail.workspaces.get(workspace);
            let lowest = crate::tail::lowest();
            let known = part.into_iter().flat_map(|part| part.contacts.range((from, lowest)..(to, lowest)));
            known.filter_map(|(key, known)| Some((*key, known.version.as_ref()?.document.to_vec()))).collect()
        };
        let rows = sqlite.read(move |connection| sqlite::query(connection, IN_BUCKETS, &params)).await?;
        for row in rows {
            let (id, document) = read(row)?;
            contacts.entry((bucket::of_contact(id), id)).or_insert(document);
        }
        Ok(contacts.into_iter().map(|((_, id), document)| (id, document)).collect())
    }
}

/// The key of a contact's row.
pub(crate) fn key(workspace: &WorkspaceId, id: ContactId) -> Vec<Value> {
    params![workspace.as_str(), bucket::of_contact(id), id]
}

/// Reads a row of an id and a document.
pub(crate) fn read(row: Row) -> Result<(ContactId, Vec<u8>), Error> {
    let mut row = row.columns("contact");
    Ok((row.id()?, row.bytes()?.to_vec()))
}

fn page_key(workspace: &WorkspaceId, after: Option<ContactId>, limit: usize) -> Vec<Value> {
    match after {
        Some(id) => params![workspace.as_str(), bucket::of_contact(id), id, limit],
        None => params![workspace.as_str(), -1_i64, "", limit],
    }
}

/// A page of what is folded and what isn't (SQLite).
fn page(
    connection: &Connection,
    tail: &SharedTail,
    workspace: &WorkspaceId,
    after: Option<ContactId>,
    limit: usize,
) -> Result<Vec<(ContactId, Vec<u8>)>, Error> {
    // The tail first: what is folded after this look is found in the table, with the same or a newer version.
    let mut page: Vec<((u16, ContactId), Vec<u8>)> = {
        let tail = tail.read();
        let part = tail.workspaces.get(workspace);
        let from = match after {
            Some(id) => std::ops::Bound::Excluded((bucket::of_contact(id), id)),
            None => std::ops::Bound::Unbounded,
        };
        let contacts =
            part.into_iter().flat_map(|part| part.contacts.range((from, std::ops::Bound::Unbounded)));
        let versions =
            contacts.filter_map(|(key, contact)| Some((*key, contact.version.as_ref()?.document.to_vec())));
        versions.take(limit).collect()
    };
    for row in sqlite::query(connection, PAGE, &page_key(workspace, after, limit))? {
        let (id, document) = read(row)?;
        page.push(((bucket::of_contact(id), id), document));
    }
    // The sort is stable, so of two versions the tail's comes first and stays.
    page.sort_by_key(|(key, _)| *key);
    page.dedup_by_key(|(key, _)| *key);
    page.truncate(limit);
    Ok(page.into_iter().map(|((_, id), document)| (id, document)).collect())
}
