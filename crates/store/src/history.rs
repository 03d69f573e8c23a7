//! What came in for a contact and what was decided, in order, kept for "why" and for replays.

use std::collections::BTreeMap;

use rusqlite::Connection;
use wend_domain::behaviour::Stretch;
use wend_domain::id::{ContactId, EventName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::bucket;
use crate::driver::Driver;
use crate::driver::sqlite;
use crate::driver::value::{Row, Value, params, values};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};
use crate::tail::SharedTail;

/// One input of a contact that was processed, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHistory {
    /// Whose.
    pub contact: ContactId,
    /// When the contact took it.
    pub at: Timestamp,
    /// The catalog that it was decided with.
    pub catalog_revision: u64,
    /// The event's name, if it was an event.
    pub event: Option<EventName>,
    /// When the client says that it happened, if it was an event.
    pub occurred_at: Option<Timestamp>,
    /// The input.
    pub input_json: String,
    /// What was decided, and why.
    pub record_json: String,
}

/// One input of a contact as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Its number: later ones of the same contact have higher ones.
    pub seq: i64,
    /// Whose.
    pub contact: ContactId,
    /// When the contact took it.
    pub at: Timestamp,
    /// The catalog that it was decided with.
    pub catalog_revision: u64,
    /// The event's name, if it was an event.
    pub event: Option<EventName>,
    /// When the client says that it happened, if it was an event.
    pub occurred_at: Option<Timestamp>,
    /// The input.
    pub input_json: String,
    /// What was decided, and why.
    pub record_json: String,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "seq, contact, at, catalog_revision, event, occurred_at, input_json, record_json"
    };
}

/// What the columns of a new row hold, key first (PostgreSQL).
const NEW: &[Kind] = &[
    Kind::Text,
    Kind::Integer,
    Kind::Text,
    Kind::Integer,
    Kind::Integer,
    Kind::Text,
    Kind::Integer,
    Kind::Text,
    Kind::Text,
];

statements! {
    PAGE: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM history WHERE workspace = $1 AND bucket = $2 AND contact = $3 AND seq > $4
         ORDER BY seq LIMIT $5",
    ));
    BY_NAME: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM history WHERE workspace = $1 AND bucket = $2 AND contact = $3 AND event = $4
           AND occurred_at BETWEEN $5 AND $6
         ORDER BY seq",
    ));
    LOGGED: Statement =
        Statement::Sqlite(concat!("SELECT ", columns!(), " FROM history_log WHERE seq = $1"));
    LOG: Many = Many::Sqlite(
        "INSERT INTO history_log (seq, workspace, contact, at, catalog_revision, event, occurred_at, input_json,
                                  record_json)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    KEY_PUT: Many = Many::Sqlite(
        "INSERT INTO history_key (workspace, bucket, contact, seq, at, event, occurred_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    /// The numbers are given in the order of the rows.
    PUT: Many = Many::Postgres {
        kinds: NEW,
        text: "INSERT INTO history (workspace, bucket, contact, at, catalog_revision, event, occurred_at, input_json,
                                    record_json)
               SELECT * FROM {rows}",
    };
}

impl Store {
    /// A contact's history after a number, oldest first.
    pub async fn history(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
        after_seq: i64,
        limit: usize,
    ) -> Result<Vec<HistoryRow>, Error> {
        let params = params![workspace.as_str(), bucket::of_contact(contact), contact, after_seq, limit];
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                let seqs = logged(&self.inner.tail, workspace, contact);
                let page = sqlite.read(move |connection| {
                    let (keyed, logged) = snapshot(connection, |connection| {
                        let seqs = seqs.iter().filter(|seq| **seq > after_seq).take(limit);
                        let logged = seqs.map(|seq| sqlite::query(connection, LOGGED, &values![*seq]));
                        let logged = logged.collect::<Result<Vec<_>, _>>()?;
                        Ok((sqlite::query(connection, PAGE, &params)?, logged))
                    })?;
                    let mut page = merge(keyed, logged)?;
                    page.truncate(limit);
                    Ok(page)
                });
                page.await
            }
            Driver::Postgres(postgres) => postgres.query(PAGE, params).await?.into_iter().map(read).collect(),
        }
    }
}

/// The events of these names and times in a contact's history, oldest first (SQLite).
pub(crate) fn events(
    connection: &Connection,
    tail: &SharedTail,
    workspace: &WorkspaceId,
    contact: ContactId,
    wanted: &BTreeMap<EventName, Stretch>,
) -> Result<Vec<HistoryRow>, Error> {
    let seqs = logged(tail, workspace, contact);
    let mut keyed = Vec::new();
    for (name, stretch) in wanted {
        let key = by_name_key(workspace, contact, name, *stretch);
        keyed.append(&mut sqlite::query(connection, BY_NAME, &key)?);
    }
    let logged = seqs.iter().map(|seq| sqlite::query(connection, LOGGED, &values![*seq]));
    let mut events = merge(keyed, logged.collect::<Result<Vec<_>, _>>()?)?;
    events.retain(|event| is_wanted(wanted, event.event.as_ref(), event.occurred_at));
    Ok(events)
}

/// Whether an event is one of these names and times.
pub fn is_wanted(
    wanted: &BTreeMap<EventName, Stretch>,
    event: Option<&EventName>,
    occurred_at: Option<Timestamp>,
) -> bool {
    let stretch = event.and_then(|name| wanted.get(name));
    stretch.zip(occurred_at).is_some_and(|(stretch, at)| stretch.has(at))
}

/// The parameters of [`BY_NAME`].
pub(crate) fn by_name_key(
    workspace: &WorkspaceId,
    contact: ContactId,
    name: &EventName,
    stretch: Stretch,
) -> Vec<Value> {
    params![
        workspace.as_str(),
        bucket::of_contact(contact),
        contact,
        name.as_str(),
        stretch.from,
        stretch.until
    ]
}

/// Where the history of a contact that isn't folded is in the log.
fn logged(tail: &SharedTail, workspace: &WorkspaceId, contact: ContactId) -> Vec<i64> {
    tail.read().contact(workspace, contact).map(|contact| contact.history.clone()).unwrap_or_default()
}

/// Reads twice from one moment.
pub(crate) fn snapshot<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    sqlite::script(connection, "BEGIN")?;
    let answer = work(connection);
    sqlite::script(connection, "COMMIT")?;
    answer
}

/// What is keyed and what is in the log, in order; what was folded in between is in both or only keyed.
fn merge(keyed: Vec<Row>, logged: Vec<Vec<Row>>) -> Result<Vec<HistoryRow>, Error> {
    let rows = keyed.into_iter().chain(logged.into_iter().flatten());
    let mut merged = rows.map(read).collect::<Result<Vec<_>, _>>()?;
    merged.sort_by_key(|row| row.seq);
    merged.dedup_by_key(|row| row.seq);
    Ok(merged)
}

/// Reads a row of [`PAGE`] or [`BY_NAME`].
pub(crate) fn read(row: Row) -> Result<HistoryRow, Error> {
    let mut row = row.columns("history");
    Ok(HistoryRow {
        seq: row.integer()?,
        contact: row.id()?,
        at: row.time()?,
        catalog_revision: row.count()?,
        event: row.optional_name()?,
        occurred_at: row.optional_time()?,
        input_json: row.text()?,
        record_json: row.text()?,
    })
}

/// The values of a new row after its key.
pub(crate) fn row_values(new: NewHistory) -> Vec<Value> {
    params![
        new.contact,
        new.at,
        new.catalog_revision,
        new.event.as_ref().map(EventName::as_str),
        new.occurred_at,
        new.input_json,
        new.record_json
    ]
}
