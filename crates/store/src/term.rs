//! Terms: the words by which contacts are found. They offer candidates; a document says whether they still hold.

use std::collections::BTreeMap;

use rusqlite::Connection;
use wend_domain::id::{ContactId, WorkspaceId};

use crate::driver::sqlite;
use crate::driver::value::{Row, Value, params, values};
use crate::driver::{Bulk, Driver};
use crate::error::Error;
use crate::history::snapshot;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// How many changes of terms are merged in one transaction (SQLite).
const MERGED_AT_ONCE: usize = 20_000;

/// How many appended changes the janitor waits for: the more at once, the fewer pages for each.
pub(crate) const WORTH_MERGING: usize = 5_000;

/// A term that a contact has gained or lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermChange {
    /// Whose.
    pub contact: ContactId,
    /// The term.
    pub term: String,
    /// Whether the contact has it from now on.
    pub present: bool,
}

/// A place in the order of terms: after it a page begins.
pub type TermPlace = (String, ContactId);

const KEY: &[Kind] = &[Kind::Text, Kind::Text, Kind::Text];

statements! {
    LOG: Many = Many::Sqlite(
        "INSERT INTO contact_term_log (workspace, term, contact, present) VALUES ($1, $2, $3, $4)",
    );
    PUT: Many = Many::Postgres {
        kinds: KEY,
        text: "INSERT INTO contact_term (workspace, term, contact) SELECT * FROM {rows} ON CONFLICT DO NOTHING",
    };
    REMOVE: Many = Many::Postgres {
        kinds: KEY,
        text: "DELETE FROM contact_term AS known USING {rows} AS gone (workspace, term, contact)
               WHERE known.workspace = gone.workspace AND known.term = gone.term AND known.contact = gone.contact",
    };
    PAGE: Statement = Statement::Both(
        "SELECT term, contact FROM contact_term WHERE workspace = $1 AND (term, contact) > ($2, $3) AND term < $4
         ORDER BY term, contact LIMIT $5",
    );
    LOGGED: Statement = Statement::Sqlite(
        "SELECT term, contact, present FROM contact_term_log WHERE workspace = $1 AND term >= $2 AND term < $3
         ORDER BY seq",
    );
    LOG_LENGTH: Statement = Statement::Sqlite(
        "SELECT COALESCE((SELECT seq FROM contact_term_log ORDER BY seq DESC LIMIT 1), 0)
              - COALESCE((SELECT seq FROM contact_term_log ORDER BY seq LIMIT 1) - 1, 0)",
    );
    LOG_END: Statement = Statement::Sqlite(
        "SELECT MAX(seq) FROM (SELECT seq FROM contact_term_log ORDER BY seq LIMIT $1) AS first",
    );
    /// Of several changes of one term of one contact the last one counts.
    MERGE_LOST: Statement = Statement::Sqlite(
        "DELETE FROM contact_term WHERE (workspace, term, contact) IN (
             SELECT workspace, term, contact FROM (
                 SELECT workspace, term, contact, present, MAX(seq) FROM contact_term_log WHERE seq <= $1
                 GROUP BY workspace, term, contact
             ) WHERE present = 0
         )",
    );
    MERGE_GAINED: Statement = Statement::Sqlite(
        "INSERT INTO contact_term (workspace, term, contact)
         SELECT workspace, term, contact FROM (
             SELECT workspace, term, contact, present, MAX(seq) FROM contact_term_log WHERE seq <= $1
             GROUP BY workspace, term, contact
         ) WHERE present = 1 ORDER BY workspace, term, contact ON CONFLICT DO NOTHING",
    );
    LOG_REMOVE: Statement = Statement::Sqlite("DELETE FROM contact_term_log WHERE seq <= $1");
}

impl Store {
    /// The contacts with a term in a span (`from` is in it, `to` isn't), in the order of terms and ids: a page after a
    /// place.
    pub async fn terms_page(
        &self,
        workspace: &WorkspaceId,
        (from, to): (&str, &str),
        after: Option<&TermPlace>,
        limit: usize,
    ) -> Result<Vec<TermPlace>, Error> {
        // Nothing comes before the empty id, so the first page has the first term too.
        let (begin, contact) = after
            .filter(|(term, _)| term.as_str() >= from)
            .map_or((from.to_owned(), String::new()), |(term, id)| (term.clone(), id.to_string()));
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                let asked =
                    Asked { workspace: workspace.clone(), place: (begin, contact), to: to.to_owned(), limit };
                sqlite.read(move |connection| page(connection, &asked)).await
            }
            Driver::Postgres(postgres) => {
                let params = params![workspace.as_str(), begin, contact, to, limit];
                postgres.query(PAGE, params).await?.into_iter().map(read).collect()
            }
        }
    }

    /// Merges what commits have appended, if that is at least so much (SQLite).
    pub(crate) async fn merge_terms(&self, n_rows_min: usize) -> Result<(), Error> {
        let Driver::Sqlite(sqlite) = &self.inner.driver else { return Ok(()) };
        while sqlite.read(log_length).await? >= n_rows_min {
            sqlite.turn().await.run(|connection| merge_piece(connection)).await?;
        }
        Ok(())
    }
}

/// What a page is of (SQLite).
struct Asked {
    workspace: WorkspaceId,
    place: (String, String),
    to: String,
    limit: usize,
}

/// What is merged, and over it what is only in the log, from one moment.
fn page(connection: &Connection, asked: &Asked) -> Result<Vec<TermPlace>, Error> {
    let workspace = asked.workspace.as_str();
    let (begin, contact) = (&asked.place.0, &asked.place.1);
    snapshot(connection, |connection| {
        let mut logged: BTreeMap<TermPlace, bool> = BTreeMap::new();
        let changes =
            sqlite::query(connection, LOGGED, &values![workspace, begin.as_str(), asked.to.as_str()])?;
        for row in changes {
            let mut row = row.columns("contact_term_log");
            let place = (row.text()?, row.id::<ContactId>()?);
            let present = row.integer()? != 0;
            if (place.0.as_str(), place.1.to_string().as_str()) > (begin.as_str(), contact.as_str()) {
                logged.insert(place, present);
            }
        }
        // As many more as the log may take away.
        let n_lost = logged.values().filter(|present| !**present).count();
        let key =
            values![workspace, begin.as_str(), contact.as_str(), asked.to.as_str(), asked.limit + n_lost];
        let merged = sqlite::query(connection, PAGE, &key)?;
        let mut page: Vec<TermPlace> = merged.into_iter().map(read).collect::<Result<_, _>>()?;
        page.retain(|place| !logged.contains_key(place));
        page.extend(logged.into_iter().filter(|(_, present)| *present).map(|(place, _)| place));
        page.sort();
        page.truncate(asked.limit);
        Ok(page)
    })
}

fn read(row: Row) -> Result<TermPlace, Error> {
    let mut row = row.columns("contact_term");
    Ok((row.text()?, row.id()?))
}

fn log_length(connection: &Connection) -> Result<usize, Error> {
    let rows = sqlite::query(connection, LOG_LENGTH, &[])?;
    rows.into_iter().next().map_or(Ok(0), |row| row.columns("contact_term_log").count())
}

/// Merges a piece; false if there was nothing to merge.
pub(crate) fn merge_piece(connection: &Connection) -> Result<bool, Error> {
    let rows = sqlite::query(connection, LOG_END, &values![MERGED_AT_ONCE])?;
    let end = rows.into_iter().next().map(|row| row.columns("contact_term_log").optional_integer());
    let Some(end) = end.transpose()?.flatten() else { return Ok(false) };
    sqlite::transact(connection, |connection| {
        sqlite::execute(connection, MERGE_LOST, &values![end])?;
        sqlite::execute(connection, MERGE_GAINED, &values![end])?;
        sqlite::execute(connection, LOG_REMOVE, &values![end])
    })?;
    Ok(true)
}

/// What a commit appends (SQLite).
pub(crate) fn logged(workspace: &WorkspaceId, changes: Vec<TermChange>) -> Bulk {
    let row = |change: TermChange| {
        params![workspace.as_str(), change.term, change.contact, i64::from(change.present)]
    };
    (&LOG, changes.into_iter().map(row).collect())
}

/// What a commit puts and removes (PostgreSQL).
pub(crate) fn keyed(workspace: &WorkspaceId, changes: Vec<TermChange>) -> Vec<Bulk> {
    // Of several changes of one term of one contact the last one counts.
    let last: BTreeMap<(String, ContactId), bool> =
        changes.into_iter().map(|change| ((change.term, change.contact), change.present)).collect();
    let (gained, gone): (Vec<_>, Vec<_>) = last.into_iter().partition(|(_, present)| *present);
    let rows = |places: Vec<((String, ContactId), bool)>| -> Vec<Vec<Value>> {
        places.into_iter().map(|((term, contact), _)| params![workspace.as_str(), term, contact]).collect()
    };
    vec![(&REMOVE, rows(gone)), (&PUT, rows(gained))]
}
