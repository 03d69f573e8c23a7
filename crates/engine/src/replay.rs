//! Replaying a contact: its recorded inputs must give its recorded decisions, byte for byte (SEMANTICS 12.2).

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde::Serialize;
use wend_domain::advance::advance;
use wend_domain::catalog::Catalog;
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::input::Input;
use wend_store::HistoryRow;

use crate::catalogs::compiled;
use crate::changes::json;
use crate::engine::Engine;
use crate::tick::compute::compute;

/// How many rows of history are read at once.
const PAGE_ROWS: usize = 500;

/// The most differences that a report lists.
const DIFFERENCES_MAX: usize = 100;

/// What a replay came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplayReport {
    /// How many inputs were replayed.
    pub inputs: u64,
    /// Where the replay differs from the record; empty if it doesn't.
    pub differences: Vec<Difference>,
}

/// Where a replay differs from the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The number of the input's row of history; none for the document that all of them lead to.
    pub seq: Option<i64>,
    /// What was recorded then.
    pub recorded: String,
    /// What is decided now.
    pub replayed: String,
}

impl Engine {
    /// Replays a contact's history from the beginning, each input with the catalog of its time.
    pub async fn replay(&self, workspace: &WorkspaceId, contact: ContactId) -> anyhow::Result<ReplayReport> {
        // Read first: inputs that arrive meanwhile are then in the history and not the other way round.
        let document = self.store().contact_by_id(workspace, contact).await?;
        // One that can't be read has nothing to be compared with; the stuck inputs say so.
        let document =
            document.and_then(|document| Some((Contact::from_bytes(&document).ok()?.n_inputs, document)));
        let mut replay = Replay { document, ..Replay::default() };
        let (mut after, threads) = (0, self.shared().options.one_thread());
        loop {
            let rows = self.store().history(workspace, contact, after, PAGE_ROWS).await?;
            let Some(last) = rows.last() else { break };
            after = last.seq;
            let is_last = rows.len() < PAGE_ROWS;
            for row in &rows {
                self.load_catalog_of(workspace, row.catalog_revision, &mut replay.catalogs).await?;
            }
            let page = (replay, rows, Ok(()));
            let done = compute(vec![page], threads, |(replay, rows, result)| *result = replay.take_all(rows))
                .await?;
            let (next, _, result) = done.into_iter().next().context("a page was not replayed")?;
            result?;
            replay = next;
            if is_last {
                break;
            }
        }
        Ok(ReplayReport { inputs: replay.n_inputs, differences: replay.differences })
    }

    async fn load_catalog_of(
        &self,
        workspace: &WorkspaceId,
        revision: u64,
        known: &mut BTreeMap<u64, Arc<Catalog>>,
    ) -> anyhow::Result<()> {
        if known.contains_key(&revision) {
            return Ok(());
        }
        let current = self.shared().catalogs.get(workspace);
        let catalog = if current.catalog.revision == revision {
            Arc::clone(&current.catalog)
        } else if revision == 0 {
            Arc::new(Catalog::empty(workspace.clone()))
        } else {
            let row = self.store().catalog_at(workspace, revision).await?;
            let Some(row) = row else { bail!("revision {revision} of the catalog is not in the store") };
            compiled(workspace, row, current, self.shared().options.one_thread()).await?.catalog
        };
        known.insert(revision, catalog);
        Ok(())
    }
}

#[derive(Default)]
struct Replay {
    /// The document that the store has, and how many inputs led to it.
    document: Option<(u64, Vec<u8>)>,
    contact: Option<Contact>,
    catalogs: BTreeMap<u64, Arc<Catalog>>,
    n_inputs: u64,
    differences: Vec<Difference>,
}

impl Replay {
    fn take_all(&mut self, rows: &[HistoryRow]) -> anyhow::Result<()> {
        rows.iter().try_for_each(|row| self.take(row))
    }

    fn take(&mut self, row: &HistoryRow) -> anyhow::Result<()> {
        let catalog =
            self.catalogs.get(&row.catalog_revision).context("a page's catalogs are loaded first")?;
        let input: Input = serde_json::from_str(&row.input_json)
            .with_context(|| format!("cannot read the input of history row {}", row.seq))?;
        let contact =
            self.contact.take().unwrap_or_else(|| Contact::new(row.contact, row.catalog_revision, row.at));
        let advanced = advance(catalog, contact, &input, row.at);
        self.note(Some(row.seq), &row.record_json, json(&advanced.record));
        self.contact = Some(advanced.contact);
        self.n_inputs += 1;
        self.compare_document();
        Ok(())
    }

    /// Compares the documents when the replay has come as far as the stored one.
    fn compare_document(&mut self) {
        let (Some((n_inputs, stored)), Some(contact)) = (&self.document, &self.contact) else { return };
        if *n_inputs == contact.n_inputs {
            let replayed = String::from_utf8_lossy(&contact.to_bytes()).into_owned();
            let stored = String::from_utf8_lossy(stored).into_owned();
            self.note(None, &stored, replayed);
        }
    }

    fn note(&mut self, seq: Option<i64>, recorded: &str, replayed: String) {
        if recorded != replayed && self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(Difference { seq, recorded: recorded.to_owned(), replayed });
        }
    }
}
