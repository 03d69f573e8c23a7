//! What types traits were seen with and what was wrong with them: appended as it comes, added up by the janitor.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, Value, params};
use crate::driver::{Bulk, Transaction};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// The most traits of a workspace whose types are kept; what comes of further ones is added up under the name `*`.
pub const TRAITS_MAX: usize = 1_000;

/// The name under which traits beyond [`TRAITS_MAX`] are added up.
pub const OTHERS: &str = "*";

/// How many rows are added up in one go.
const ADD_UP_MAX: usize = 10_000;

/// How often a trait was seen with one type and one fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraitSeenRow {
    /// The trait.
    pub name: String,
    /// The type of its values; empty where it was missing.
    pub kind: String,
    /// What was wrong with them; empty if nothing was.
    pub fault: String,
    /// How often.
    pub n: u64,
    /// When first.
    pub first_at: Timestamp,
    /// When last.
    pub last_at: Timestamp,
    /// One of the contacts.
    pub contact: String,
}

/// What was seen, by trait, type and fault.
pub type SeenTraits = BTreeMap<(String, String, String), SeenNow>;

/// What one commit has seen of a trait, a type and a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenNow {
    /// How often.
    pub n: u64,
    /// When.
    pub at: Timestamp,
    /// One of the contacts.
    pub contact: String,
}

statements! {
    ADD: Many = Many::Insert {
        table: "trait_delta",
        columns: &[
            ("workspace", Kind::Text),
            ("name", Kind::Text),
            ("kind", Kind::Text),
            ("fault", Kind::Text),
            ("n", Kind::Integer),
            ("at", Kind::Integer),
            ("contact", Kind::Text),
        ],
        conflict: "",
    };
    ALL: Statement = Statement::Both(
        "SELECT name, kind, fault, CAST(SUM(n) AS BIGINT), MIN(first_at), MAX(last_at), MAX(contact) FROM (
             SELECT name, kind, fault, n, first_at, last_at, contact FROM trait_seen WHERE workspace = $1
             UNION ALL
             SELECT name, kind, fault, n, at AS first_at, at AS last_at, contact FROM trait_delta WHERE workspace = $1
         ) AS parts GROUP BY name, kind, fault ORDER BY name, kind, fault",
    );
    NAMES: Statement = Statement::Both("SELECT DISTINCT name FROM trait_seen WHERE workspace = $1");
    OLDEST: Statement = Statement::Both(
        "WITH oldest AS MATERIALIZED (SELECT seq AS s FROM trait_delta ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED)
         DELETE FROM trait_delta WHERE seq IN (SELECT s FROM oldest)
         RETURNING workspace, name, kind, fault, n, at, contact",
    );
    ADD_UP: Many = Many::Insert {
        table: "trait_seen",
        columns: &[
            ("workspace", Kind::Text),
            ("name", Kind::Text),
            ("kind", Kind::Text),
            ("fault", Kind::Text),
            ("n", Kind::Integer),
            ("first_at", Kind::Integer),
            ("last_at", Kind::Integer),
            ("contact", Kind::Text),
        ],
        conflict: "ON CONFLICT (workspace, name, kind, fault) DO UPDATE SET n = trait_seen.n + excluded.n,
                   first_at = CASE WHEN excluded.first_at < trait_seen.first_at
                              THEN excluded.first_at ELSE trait_seen.first_at END,
                   last_at = CASE WHEN excluded.last_at > trait_seen.last_at
                             THEN excluded.last_at ELSE trait_seen.last_at END,
                   contact = excluded.contact",
    };
}

impl Store {
    /// What types the traits of a workspace were seen with, and what was wrong with them, by name.
    pub async fn traits_seen(&self, workspace: &WorkspaceId) -> Result<Vec<TraitSeenRow>, Error> {
        let rows = self.inner.driver.query(ALL, params![workspace.as_str()]).await?;
        rows.into_iter().map(read).collect()
    }
}

fn read(row: Row) -> Result<TraitSeenRow, Error> {
    let mut row = row.columns("trait_seen");
    Ok(TraitSeenRow {
        name: row.text()?,
        kind: row.text()?,
        fault: row.text()?,
        n: row.count()?,
        first_at: row.time()?,
        last_at: row.time()?,
        contact: row.text()?,
    })
}

/// The rows of what a commit has seen.
pub(crate) fn row_values(workspace: &WorkspaceId, seen: SeenTraits) -> Vec<Vec<Value>> {
    let row = |((name, kind, fault), seen): ((String, String, String), SeenNow)| {
        params![workspace.as_str(), name, kind, fault, seen.n, seen.at, seen.contact]
    };
    seen.into_iter().map(row).collect()
}

/// What several rows come to.
struct Sum {
    n: u64,
    first_at: Timestamp,
    last_at: Timestamp,
    contact: String,
}

/// Adds up the oldest rows; answers how many there were, and whether there may be more.
pub(crate) async fn add_up(transaction: &mut Transaction) -> Result<(u64, bool), Error> {
    let rows = transaction.query(OLDEST, params![ADD_UP_MAX]).await?;
    let n_rows = rows.len();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // In order, so that two nodes never wait for each other in a circle.
    let mut sums: BTreeMap<(String, String, String, String), Sum> = BTreeMap::new();
    for row in rows {
        let mut row = row.columns("trait_delta");
        let (workspace, mut name, kind, fault) = (row.text()?, row.text()?, row.text()?, row.text()?);
        let (n, at, contact): (u64, Timestamp, String) = (row.count()?, row.time()?, row.text()?);
        if !known.contains_key(&workspace) {
            let names = transaction.query(NAMES, params![workspace.as_str()]).await?;
            let names =
                names.into_iter().map(|row| row.columns("trait_seen").text()).collect::<Result<_, _>>()?;
            known.insert(workspace.clone(), names);
        }
        let names = known.entry(workspace.clone()).or_default();
        if names.len() < TRAITS_MAX {
            names.insert(name.clone());
        } else if !names.contains(&name) {
            OTHERS.clone_into(&mut name);
        }
        let key = (workspace, name, kind, fault);
        let sum = sums.entry(key).or_insert(Sum { n: 0, first_at: at, last_at: at, contact: String::new() });
        sum.n += n;
        sum.first_at = sum.first_at.min(at);
        sum.last_at = sum.last_at.max(at);
        sum.contact = contact;
    }
    let rows = sums.into_iter().map(|((workspace, name, kind, fault), sum)| {
        params![workspace, name, kind, fault, sum.n, sum.first_at, sum.last_at, sum.contact]
    });
    let bulk: Bulk = (&ADD_UP, rows.collect());
    transaction.execute_all(vec![bulk]).await?;
    Ok((n_rows as u64, n_rows == ADD_UP_MAX))
}
