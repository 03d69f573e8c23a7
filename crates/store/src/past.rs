//! What many contacts did, read at once: a question that documents aren't kept for is asked of a page of contacts, whose
//! history lies side by side.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use wend_domain::id::{ContactId, EventName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::bucket;
use crate::driver::Driver;
use crate::driver::sqlite;
use crate::driver::value::{Row, Value, params, values};
use crate::error::Error;
use crate::history;
use crate::open::Store;
use crate::statement::{Statement, statements};
use crate::tail::SharedTail;

/// How many contacts are read one by one; of more, all that lies between the first and the last is read in one go.
const ONE_BY_ONE_MAX: usize = 8;

/// One event of a contact's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRow {
    /// Its number: later ones of the same contact have higher ones.
    pub seq: i64,
    /// Its name.
    pub event: EventName,
    /// When it occurred.
    pub occurred_at: Timestamp,
    /// The input that it was; none if only names and instants were asked for.
    pub input_json: Option<String>,
}

statements! {
    RANGE: Statement = Statement::Both(
        "SELECT contact, seq, event, occurred_at, input_json FROM history
         WHERE workspace = $1 AND (bucket, contact) >= ($2, $3) AND (bucket, contact) <= ($4, $5) AND event = $6",
    );
    RANGE_BARE: Statement = Statement::Both(
        "SELECT contact, seq, event, occurred_at, NULL FROM history
         WHERE workspace = $1 AND (bucket, contact) >= ($2, $3) AND (bucket, contact) <= ($4, $5) AND event = $6",
    );
    LOGGED: Statement = Statement::Sqlite(
        "SELECT contact, seq, event, occurred_at, input_json FROM history_log WHERE seq = $1 AND event IS NOT NULL",
    );
}

/// Whose events are read, and which.
struct Asked {
    contacts: BTreeSet<ContactId>,
    ranges: Vec<Vec<Value>>,
    names: BTreeSet<EventName>,
    with_inputs: bool,
}

impl Asked {
    fn statement(&self) -> Statement {
        if self.with_inputs { RANGE } else { RANGE_BARE }
    }
}

impl Store {
    /// The events of these names that contacts did, oldest first; `with_inputs` with all that they say.
    ///
    /// It is made for contacts of one [page](Self::contacts_page): what lies between them is read too.
    pub async fn past_events(
        &self,
        workspace: &WorkspaceId,
        contacts: &BTreeSet<ContactId>,
        names: &BTreeSet<EventName>,
        with_inputs: bool,
    ) -> Result<BTreeMap<ContactId, Vec<PastRow>>, Error> {
        if contacts.is_empty() || names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let asked = Asked {
            ranges: ranges(workspace, contacts, names),
            contacts: contacts.clone(),
            names: names.clone(),
            with_inputs,
        };
        let rows = match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                let (tail, workspace) = (self.inner.tail.clone(), workspace.clone());
                let (rows, asked) = sqlite
                    .read(move |connection| {
                        let rows = read_sqlite(connection, &tail, &workspace, &asked)?;
                        Ok((rows, asked))
                    })
                    .await?;
                return grouped(rows, &asked);
            }
            Driver::Postgres(postgres) => {
                let mut rows = Vec::new();
                for range in &asked.ranges {
                    rows.append(&mut postgres.query(asked.statement(), range.clone()).await?);
                }
                rows
            }
        };
        grouped(rows, &asked)
    }
}

/// The parameters of each query: one from the first contact to the last for each name, or one for each contact.
fn ranges(
    workspace: &WorkspaceId,
    contacts: &BTreeSet<ContactId>,
    names: &BTreeSet<EventName>,
) -> Vec<Vec<Value>> {
    let mut keys: Vec<(u16, ContactId)> =
        contacts.iter().map(|contact| (bucket::of_contact(*contact), *contact)).collect();
    keys.sort_unstable();
    let spans: Vec<((u16, ContactId), (u16, ContactId))> = match (keys.first(), keys.last()) {
        (Some(first), Some(last)) if keys.len() > ONE_BY_ONE_MAX => vec![(*first, *last)],
        _ => keys.iter().map(|key| (*key, *key)).collect(),
    };
    let range = |((from_bucket, from), (to_bucket, to)), name: &EventName| {
        params![workspace.as_str(), from_bucket, from, to_bucket, to, name.as_str()]
    };
    spans.into_iter().flat_map(|span| names.iter().map(move |name| range(span, name))).collect()
}

/// What is keyed and what is only in the log, from one moment.
fn read_sqlite(
    connection: &Connection,
    tail: &SharedTail,
    workspace: &WorkspaceId,
    asked: &Asked,
) -> Result<Vec<Row>, Error> {
    // The tail first: what is folded after this look is found in the table too, and told apart by its number.
    let seqs: Vec<i64> = {
        let tail = tail.read();
        let of_contact = |contact: &ContactId| tail.contact(workspace, *contact);
        asked.contacts.iter().filter_map(of_contact).flat_map(|contact| contact.history.clone()).collect()
    };
    history::snapshot(connection, |connection| {
        let mut rows = Vec::new();
        for range in &asked.ranges {
            rows.append(&mut sqlite::query(connection, asked.statement(), range)?);
        }
        for seq in seqs {
            rows.append(&mut sqlite::query(connection, LOGGED, &values![seq])?);
        }
        Ok(rows)
    })
}

/// The rows of each contact that was asked for, in order and each once.
fn grouped(rows: Vec<Row>, asked: &Asked) -> Result<BTreeMap<ContactId, Vec<PastRow>>, Error> {
    let mut events: BTreeMap<ContactId, Vec<PastRow>> = BTreeMap::new();
    for row in rows {
        let mut row = row.columns("history");
        let (contact, seq, event) = (row.id()?, row.integer()?, row.name::<EventName>()?);
        if !asked.contacts.contains(&contact) || !asked.names.contains(&event) {
            continue;
        }
        let occurred_at = row
            .optional_time()?
            .ok_or_else(|| Error::inconsistent("history", seq.to_string(), "an event that never occurred"))?;
        let input_json = row.optional_text()?.filter(|_| asked.with_inputs);
        events.entry(contact).or_default().push(PastRow { seq, event, occurred_at, input_json });
    }
    for rows in events.values_mut() {
        rows.sort_by_key(|row| row.seq);
        rows.dedup_by_key(|row| row.seq);
    }
    Ok(events)
}
