//! Claims of identifiers that were not granted, for a team to see (SEMANTICS 13.2).

use std::collections::BTreeMap;

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// A claim that was not granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedClaim {
    /// Its id; ids sort by the time of the first refusal.
    pub id: String,
    /// The kind of the identifier; `contact` for a contact that was thought to be the same person.
    pub kind: String,
    /// The identifier.
    pub value: String,
    /// The contact that claimed it.
    pub contact: ContactId,
    /// Why it did not get it, when it was last asked.
    pub why: String,
    /// When it was first refused.
    pub first_at: Timestamp,
    /// When it was last refused.
    pub last_at: Timestamp,
    /// How often.
    pub times: i64,
}

macro_rules! columns {
    () => {
        "id, kind, value, contact, why, first_at, last_at, times"
    };
}

statements! {
    PUT: Many = Many::Insert {
        table: "refused_claim",
        columns: &[
            ("workspace", Kind::Text),
            ("kind", Kind::Text),
            ("value", Kind::Text),
            ("contact", Kind::Text),
            ("id", Kind::Text),
            ("why", Kind::Text),
            ("first_at", Kind::Integer),
            ("last_at", Kind::Integer),
            ("times", Kind::Integer),
        ],
        conflict: "ON CONFLICT (workspace, kind, value, contact) DO UPDATE SET why = excluded.why,
                   last_at = excluded.last_at, times = refused_claim.times + excluded.times",
    };
    LIST: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM refused_claim WHERE workspace = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
    ));
    REMOVE: Statement = Statement::Both("DELETE FROM refused_claim WHERE workspace = $1 AND id = $2");
}

/// A text that is higher than every id.
const ABOVE_ALL_IDS: &str = "~";

impl Store {
    /// Claims that were not granted, newest first, before one of them (none: up to now).
    pub async fn refused_claims(
        &self,
        workspace: &WorkspaceId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<RefusedClaim>, Error> {
        let params = params![workspace.as_str(), before.unwrap_or(ABOVE_ALL_IDS), limit];
        self.inner.driver.query(LIST, params).await?.into_iter().map(read).collect()
    }

    /// Forgets one that somebody has looked at; false if it isn't there.
    pub async fn refused_claim_remove(&self, workspace: &WorkspaceId, id: &str) -> Result<bool, Error> {
        Ok(self.inner.driver.execute(REMOVE, params![workspace.as_str(), id]).await? > 0)
    }
}

/// One row of each identifier and contact.
pub(crate) fn rows(workspace: &WorkspaceId, claims: Vec<RefusedClaim>) -> Vec<Vec<Value>> {
    let mut last: BTreeMap<(String, String, ContactId), RefusedClaim> = BTreeMap::new();
    for claim in claims {
        let key = (claim.kind.clone(), claim.value.clone(), claim.contact);
        let times = last.get(&key).map_or(0, |before| before.times);
        last.insert(key, RefusedClaim { times: claim.times + times, ..claim });
    }
    let row = |claim: RefusedClaim| {
        params![
            workspace.as_str(),
            claim.kind,
            claim.value,
            claim.contact,
            claim.id,
            claim.why,
            claim.first_at,
            claim.last_at,
            claim.times
        ]
    };
    last.into_values().map(row).collect()
}

fn read(row: Row) -> Result<RefusedClaim, Error> {
    let mut row = row.columns("refused_claim");
    Ok(RefusedClaim {
        id: row.text()?,
        kind: row.text()?,
        value: row.text()?,
        contact: row.id()?,
        why: row.text()?,
        first_at: row.time()?,
        last_at: row.time()?,
        times: row.integer()?,
    })
}
