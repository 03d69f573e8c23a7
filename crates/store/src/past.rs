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
    RANGE_BARE: Statement = Statement::Postgres(
        "SELECT contact, seq, event, occurred_at, NULL FROM history
         WHERE workspace = $1 AND (bucket, contact) >= ($2, $3) AND (bucket, contact) <= ($4, $5) AND event = $6",
    );
    /// In the order of the keys; no row of the log is looked at.
    KEYS: Statement = Statement::Sqlite(
        "SELECT contact, seq, occurred_at FROM history_key
         WHERE workspace = $1 AND (bucket, contact) >= ($2, $3) AND (bucket, contact) <= ($4, $5) AND event = $6
         ORDER BY bucket, contact, seq",
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
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                let (tail, workspace) = (self.inner.tail.clone(), workspace.clone());
                sqlite.read(move |connection| read_sqlite(connection, &tail, &workspace, &asked)).await
            }
            Driver::Postgres(postgres) => {
                let statement = if with_inputs { RANGE } else { RANGE_BARE };
                let mut rows = Vec::new();
                for range in &asked.ranges {
                    rows.append(&mut postgres.query(statement, range.clone()).await?);
                }
                let mut events = Past::new();
                add_rows(&mut events, rows, &asked)?;
                Ok(in_order(events))
            }
        }
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
) -> Result<Past, Error> {
    // The tail first: what is folded after this look is found in the table too, and told apart by its number.
    let seqs: Vec<i64> = {
        let tail = tail.read();
        let of_contact = |contact: &ContactId| tail.contact(workspace, *contact);
        asked.contacts.iter().filter_map(of_contact).flat_map(|contact| contact.history.clone()).collect()
    };
    history::snapshot(connection, |connection| {
        let mut events = Past::new();
        for range in &asked.ranges {
            if asked.with_inputs {
                add_rows(&mut events, sqlite::query(connection, RANGE, range)?, asked)?;
            } else {
                add_keys(&mut events, connection, range, asked)?;
            }
        }
        let mut logged = Vec::new();
        for seq in seqs {
            logged.append(&mut sqlite::query(connection, LOGGED, &values![seq])?);
        }
        add_rows(&mut events, logged, asked)?;
        Ok(in_order(events))
    })
}

/// What each contact did.
type Past = BTreeMap<ContactId, Vec<PastRow>>;

/// Adds events of one name by their keys alone; those of a contact follow one another.
fn add_keys(events: &mut Past, connection: &Connection, range: &[Value], asked: &Asked) -> Result<(), Error> {
    let Some(Value::Text(name)) = range.last() else { return Ok(()) };
    let event = EventName::from(name.clone());
    let (mut whose, mut contact, mut rows) = (String::new(), None, Vec::new());
    let mut unreadable = None;
    let mut flush = |contact: Option<ContactId>, rows: &mut Vec<PastRow>| {
        if let Some(contact) = contact.filter(|contact| asked.contacts.contains(contact)) {
            events.entry(contact).or_default().append(rows);
        }
        rows.clear();
    };
    sqlite::each(connection, KEYS, range, |row| {
        let text = row.get_ref(0)?.as_str()?;
        if text != whose {
            flush(contact.take(), &mut rows);
            text.clone_into(&mut whose);
            match text.parse::<ContactId>() {
                Ok(id) => contact = Some(id),
                Err(why) => {
                    unreadable.get_or_insert_with(|| Error::inconsistent("history", &whose, why));
                }
            }
        }
        if contact.is_some() {
            let (seq, occurred_at) = (row.get(1)?, Timestamp::from_millis(row.get(2)?));
            rows.push(PastRow { seq, event: event.clone(), occurred_at, input_json: None });
        }
        Ok(())
    })?;
    flush(contact, &mut rows);
    unreadable.map_or(Ok(()), Err)
}

/// Adds the rows of the contacts that were asked for.
fn add_rows(events: &mut Past, rows: Vec<Row>, asked: &Asked) -> Result<(), Error> {
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
    Ok(())
}

/// Each event once, in order.
fn in_order(mut events: Past) -> Past {
    for rows in events.values_mut() {
        rows.sort_by_key(|row| row.seq);
        rows.dedup_by_key(|row| row.seq);
    }
    events
}
