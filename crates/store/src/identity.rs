//! Identifiers, and which contact each of them means.

use std::collections::{BTreeMap, HashMap};

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::identity::{Identifier, IdentifierKind};

use crate::bucket;
use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// How many identifiers the cache holds: it forgets half of them when it is full.
const CACHE_MAX: usize = 200_000;

const KEY: &[Kind] = &[Kind::Text, Kind::Integer, Kind::Text, Kind::Text];

const COLUMNS: &[(&str, Kind)] = &[
    ("workspace", Kind::Text),
    ("bucket", Kind::Integer),
    ("kind", Kind::Text),
    ("value", Kind::Text),
    ("contact", Kind::Text),
];

statements! {
    GET_ONE: Statement = Statement::Both(
        "SELECT contact FROM identity WHERE workspace = $1 AND bucket = $2 AND kind = $3 AND value = $4",
    );
    GET: Many = Many::Each {
        kinds: KEY,
        sqlite: "SELECT kind, value, contact FROM identity
                 WHERE workspace = $1 AND bucket = $2 AND kind = $3 AND value = $4",
        postgres: "SELECT identity.kind, identity.value, identity.contact
                   FROM {rows} AS asked (workspace, bucket, kind, value)
                   JOIN identity USING (workspace, bucket, kind, value)",
    };
    /// Rows come in the order of (kind, value): two transactions that claim the same identifiers never wait for each
    /// other in a circle.
    CLAIM: Many = Many::Insert { table: "identity", columns: COLUMNS, conflict: "ON CONFLICT DO NOTHING" };
    HAND: Many = Many::Postgres {
        kinds: &[Kind::Text, Kind::Integer, Kind::Text, Kind::Text, Kind::Text, Kind::Text],
        text: "UPDATE identity SET contact = handed.new_contact
               FROM {rows} AS handed (workspace, bucket, kind, value, old_contact, new_contact)
               WHERE identity.workspace = handed.workspace AND identity.bucket = handed.bucket
               AND identity.kind = handed.kind AND identity.value = handed.value
               AND identity.contact = handed.old_contact",
    };
    ASSIGN: Many = Many::Insert {
        table: "identity",
        columns: COLUMNS,
        conflict: "ON CONFLICT (workspace, bucket, kind, value) DO UPDATE SET contact = excluded.contact",
    };
}

impl Store {
    /// Which contact an identifier means.
    pub async fn contact_by_identifier(
        &self,
        workspace: &WorkspaceId,
        identifier: &Identifier,
    ) -> Result<Option<ContactId>, Error> {
        let row = self.inner.driver.query_first(GET_ONE, key(workspace, identifier)).await?;
        row.map(|row| row.columns("identity").id()).transpose()
    }
}

/// The key of an identifier's row.
pub(crate) fn key(workspace: &WorkspaceId, identifier: &Identifier) -> Vec<Value> {
    params![
        workspace.as_str(),
        bucket::of_identifier(identifier),
        identifier.kind.as_str(),
        identifier.value.as_str()
    ]
}

/// A whole row.
pub(crate) fn row(workspace: &WorkspaceId, identifier: &Identifier, contact: ContactId) -> Vec<Value> {
    let mut row = key(workspace, identifier);
    row.push(contact.into());
    row
}

/// Reads what [`GET`] answered.
pub(crate) fn read(rows: Vec<Row>) -> Result<BTreeMap<Identifier, ContactId>, Error> {
    let read = |row: Row| {
        let mut row = row.columns("identity");
        let kind = row.text()?;
        let kind = IdentifierKind::parse(&kind)
            .ok_or_else(|| Error::inconsistent("identity", &kind, "there is no such kind of identifier"))?;
        Ok((Identifier { kind, value: row.text()? }, row.id()?))
    };
    rows.into_iter().map(read).collect()
}

/// What identifiers mean, as far as it was asked lately (SQLite, where this process is the only one that changes it).
///
/// Two generations: what is used moves to the young one; when that is full it becomes the old one, and what was old
/// is forgotten.
#[derive(Default)]
pub(crate) struct Cache {
    young: HashMap<WorkspaceId, HashMap<Identifier, ContactId>>,
    old: HashMap<WorkspaceId, HashMap<Identifier, ContactId>>,
    n_young: usize,
}

impl Cache {
    pub(crate) fn get(&mut self, workspace: &WorkspaceId, identifier: &Identifier) -> Option<ContactId> {
        if let Some(contact) = self.young.get(workspace).and_then(|known| known.get(identifier)) {
            return Some(*contact);
        }
        let contact = *self.old.get(workspace)?.get(identifier)?;
        self.put(workspace, identifier.clone(), contact);
        Some(contact)
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn put(&mut self, workspace: &WorkspaceId, identifier: Identifier, contact: ContactId) {
        if self.n_young >= CACHE_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
            self.n_young = 0;
        }
        let known = match self.young.get_mut(workspace) {
            Some(known) => known,
            None => self.young.entry(workspace.clone()).or_default(),
        };
        if known.insert(identifier, contact).is_none() {
            self.n_young += 1;
        }
    }
}
