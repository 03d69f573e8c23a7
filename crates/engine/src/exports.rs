//! What is known, as files: contacts, events, messages and decisions as CSV, JSON Lines or Parquet.
//!
//! Read in this order: this file (an export and its next piece), `contacts`, `histories` and `messages` (from what is
//! kept to rows), `write` (rows to CSV and JSON Lines), `columnar` (rows to Parquet).
//!
//! **Invariants.** An export is never in memory: a page of it is. It is read while everything goes on, so a contact is
//! as it is when its page is read. What an export of contacts holds, an import takes back without loss.

mod columnar;
mod contacts;
mod histories;
mod messages;
mod write;

use std::sync::Arc;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wend_domain::catalog::Catalog;
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, MessageId, WorkspaceId};
use wend_domain::predicate::Predicate;
use wend_domain::time::Timestamp;

use crate::engine::Engine;
use crate::jobs::work::Selection;

pub use write::csv_line;

/// How many contacts are read at once.
const CONTACTS_AT_ONCE: usize = 500;

/// How many messages are read at once.
const MESSAGES_AT_ONCE: usize = 1_000;

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportOf {
    /// Contacts, as an import takes them back.
    Contacts,
    /// What contacts did.
    Events,
    /// Messages and what became of them.
    Messages,
    /// What was decided and why.
    Decisions,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Rows of cells.
    Csv,
    /// An object a line.
    JsonLines,
    /// Columns, for analysis.
    Parquet,
}

/// What is done about texts that a spreadsheet would take for a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum FormulaCells {
    /// They get a `'` in front, which an import takes off.
    #[default]
    Escape,
    /// They stand as they are.
    Keep,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportRequest {
    /// What is exported.
    pub of: ExportOf,
    /// How it is written.
    pub format: ExportFormat,
    /// Of which contacts.
    pub select: Selection,
    /// Only what happened since then; contacts that are known since then.
    pub since: Option<Timestamp>,
    /// Only what happened before then.
    pub until: Option<Timestamp>,
    /// What is done about texts that look like formulas; for CSV.
    pub formulas: FormulaCells,
    /// Whether contacts are given with our own ids, which other exports name them by.
    pub ids: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Text,
    Integer,
    Number,
    Boolean,
    Instant,
    Json,
}

/// A column of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: ColumnKind,
}

impl Column {
    fn new(name: &str, kind: ColumnKind) -> Self {
        Self { name: name.to_owned(), kind }
    }
}

/// A row: a value for each column; null where there is none. Instants are milliseconds.
pub(crate) type Row = Vec<Value>;

/// Which contacts and what of them, and all that tells it.
struct Asked {
    request: ExportRequest,
    catalog: Arc<Catalog>,
    condition: Option<Predicate>,
    at: Timestamp,
}

/// Where the reading goes on.
enum Cursor {
    Contacts(Option<ContactId>),
    Messages(Option<MessageId>),
    Over,
}

/// An export under way.
pub struct Export {
    engine: Engine,
    workspace: WorkspaceId,
    asked: Arc<Asked>,
    columns: Arc<Vec<Column>>,
    cursor: Cursor,
    writer: Option<write::Writer>,
}

impl Engine {
    /// Begins an export. Contacts as CSV or Parquet are gone through once beforehand, for the columns of their traits.
    ///
    /// Fails if what selects them makes no sense.
    pub async fn export(
        &self,
        workspace: &WorkspaceId,
        request: ExportRequest,
        at: Timestamp,
    ) -> anyhow::Result<Export> {
        let catalog = self.catalog(workspace);
        let condition = request.select.condition(&catalog)?;
        let asked = Arc::new(Asked { request, catalog, condition, at });
        let columns = match asked.request.of {
            ExportOf::Contacts => contacts::columns(self, workspace, &asked).await?,
            ExportOf::Events => histories::event_columns(),
            ExportOf::Messages => messages::columns(),
            ExportOf::Decisions => histories::decision_columns(),
        };
        let all = asked.request.select == Selection::All;
        let cursor = match asked.request.of {
            ExportOf::Messages if all => Cursor::Messages(None),
            _ => Cursor::Contacts(None),
        };
        let columns = Arc::new(columns);
        let writer = write::Writer::new(&asked.request, Arc::clone(&columns))?;
        let (engine, workspace) = (self.clone(), workspace.clone());
        Ok(Export { engine, workspace, asked, columns, cursor, writer: Some(writer) })
    }
}

impl Export {
    /// The next piece of the file; none at its end.
    pub async fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        loop {
            let Some(mut writer) = self.writer.take() else { return Ok(None) };
            if matches!(self.cursor, Cursor::Over) {
                let last = writer.finish()?;
                return Ok(Some(last).filter(|last| !last.is_empty()));
            }
            let rows = self.rows().await?;
            let work = move || {
                let written = writer.write(&rows)?;
                anyhow::Ok((writer, written))
            };
            let (writer, written) =
                tokio::task::spawn_blocking(work).await.context("an export could not be written")??;
            self.writer = Some(writer);
            if !written.is_empty() {
                return Ok(Some(written));
            }
        }
    }

    /// The next rows; the cursor says whether there are more.
    async fn rows(&mut self) -> anyhow::Result<Vec<Row>> {
        if let Cursor::Messages(before) = self.cursor {
            let (rows, next) = messages::page(&self.engine, &self.workspace, &self.asked, before).await?;
            self.cursor = next.map_or(Cursor::Over, |next| Cursor::Messages(Some(next)));
            return Ok(rows);
        }
        let Cursor::Contacts(after) = self.cursor else { return Ok(Vec::new()) };
        let page = self.engine.store().contacts_page(&self.workspace, after, CONTACTS_AT_ONCE).await?;
        let last = page.last().map(|(contact, _)| *contact);
        self.cursor = match last {
            Some(last) if page.len() == CONTACTS_AT_ONCE => Cursor::Contacts(Some(last)),
            _ => Cursor::Over,
        };
        let asked = Arc::clone(&self.asked);
        let found = tokio::task::spawn_blocking(move || asked.found(&page)).await?;
        match self.asked.request.of {
            ExportOf::Contacts => {
                let (asked, columns) = (Arc::clone(&self.asked), Arc::clone(&self.columns));
                let rows =
                    move || found.iter().map(|contact| contacts::row(contact, &columns, &asked)).collect();
                Ok(tokio::task::spawn_blocking(rows).await?)
            }
            ExportOf::Events | ExportOf::Decisions => {
                histories::rows(&self.engine, &self.workspace, &self.asked, found).await
            }
            ExportOf::Messages => {
                messages::of_contacts(&self.engine, &self.workspace, &self.asked, found).await
            }
        }
    }
}

impl Asked {
    /// The contacts of a page that are meant.
    fn found(&self, page: &[(ContactId, Vec<u8>)]) -> Vec<Contact> {
        let takes = |document: &[u8]| {
            self.request.select.takes(document, self.condition.as_ref(), &self.catalog, self.at)
        };
        let read = page.iter().filter(|(_, document)| takes(document));
        let contacts = read.filter_map(|(id, document)| match Contact::from_bytes(document) {
            Ok(contact) => Some(contact),
            Err(error) => {
                tracing::error!(contact.id = %id, %error, "a contact that can't be read is left out of an export");
                None
            }
        });
        contacts
            .filter(|contact| self.request.of != ExportOf::Contacts || self.is_within(contact.created_at))
            .collect()
    }

    /// Whether an instant is in the span that is asked for.
    fn is_within(&self, at: Timestamp) -> bool {
        self.request.since.is_none_or(|since| at >= since)
            && self.request.until.is_none_or(|until| at < until)
    }
}

/// A text, or null.
fn text(value: Option<impl AsRef<str>>) -> Value {
    value.map_or(Value::Null, |text| Value::from(text.as_ref()))
}

/// An instant as rows have it.
fn millis(at: Timestamp) -> Value {
    Value::from(at.as_millis())
}
