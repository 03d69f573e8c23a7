//! What people ask for: preview, start, cancel, undo, the report, and to forget an import.

use anyhow::Context;
use wend_domain::id::WorkspaceId;
use wend_domain::import::Fault;
use wend_domain::import::mapping::{Mapping, Settings};
use wend_domain::time::Timestamp;
use wend_store::{ImportPage, ImportStep};

use super::about::{About, ImportState, Progress, ReportRow};
use super::detect::NoTable;
use super::preview::{self, Preview};
use super::run::{CHECK, RUN};
use super::{Import, undo};
use crate::changes::json;
use crate::engine::Engine;
use crate::tick::Worker;

/// Why something can't be done with an import.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is none of this id.
    #[error("there is no such import")]
    Missing,
    /// The workspace keeps too many.
    #[error("there are too many imports: remove old ones first")]
    TooMany,
    /// The file is too large.
    #[error("the file is larger than {} bytes: split it", super::UPLOAD_BYTES_MAX)]
    TooLarge,
    /// The file is no table.
    #[error(transparent)]
    NoTable(#[from] NoTable),
    /// The settings make no sense for the file.
    #[error("the settings make no sense for this file")]
    Settings(Vec<Fault>),
    /// It isn't where that can be done.
    #[error("the import is {}: {what}", state.as_str())]
    NotNow {
        /// Where it is.
        state: ImportState,
        /// Why that can't be done.
        what: &'static str,
    },
    /// Something else moved it at the same time.
    #[error("the import was moved by another request at the same time")]
    Moved,
    /// The store refused or is away.
    #[error(transparent)]
    Store(#[from] wend_store::Error),
    /// A fault inside.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// The rows of a page of a report.
pub(super) fn report(page: &ImportPage) -> anyhow::Result<Vec<ReportRow>> {
    serde_json::from_str(&page.rows_json).context("a page of an import's report makes no sense")
}

impl Engine {
    /// One import.
    pub async fn import(&self, workspace: &WorkspaceId, id: &str) -> Result<Import, ImportError> {
        let row = self.store().import(workspace, id).await?.ok_or(ImportError::Missing)?;
        Ok(Import::read(row)?)
    }

    /// What the beginning of its file would become.
    pub async fn import_preview(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        settings: Settings,
        at: Timestamp,
    ) -> Result<Preview, ImportError> {
        let import = self.import(workspace, id).await?;
        has_file(&import)?;
        let window = super::window(self.shared(), &import, 0).await?;
        let catalog = self.catalog(workspace);
        let work = move || {
            let identity = &catalog.policies.identity;
            preview::preview(&import, &settings, identity, &window.bytes, window.at_end, at)
        };
        Ok(tokio::task::spawn_blocking(work).await.context("a preview could not be made")?)
    }

    /// Begins to take its rows in, or only to try.
    pub async fn import_start(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        settings: Settings,
        dry_run: bool,
        at: Timestamp,
    ) -> Result<Import, ImportError> {
        let import = self.import(workspace, id).await?;
        has_file(&import)?;
        let catalog = self.catalog(workspace);
        Mapping::new(settings.clone(), &import.about.columns, &catalog.policies.identity)
            .map_err(ImportError::Settings)?;
        self.store().import_forget_pages(workspace, id, CHECK).await?;
        let progress = Progress {
            offset: import.about.data_at,
            line: import.about.data_line,
            started_at: Some(at),
            ..Progress::default()
        };
        let about = About { settings: Some(settings), ..import.about.clone() };
        let state = if dry_run { ImportState::Checking } else { ImportState::Running };
        let step = ImportStep { about_json: Some(json(&about)), ..import.step(state, &progress, at) };
        self.moved(&import, step).await
    }

    /// Stops it where it is; what was taken in stays.
    pub async fn import_cancel(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        at: Timestamp,
    ) -> Result<Import, ImportError> {
        // A running import moves all the time: the request isn't to lose against it for ever.
        const TRIES_MAX: usize = 100;
        for _ in 0..TRIES_MAX {
            let import = self.import(workspace, id).await?;
            let state = match import.state {
                ImportState::Checking => ImportState::Uploaded,
                ImportState::Running | ImportState::Undoing => ImportState::Cancelled,
                state => return Err(ImportError::NotNow { state, what: "nothing is under way" }),
            };
            let progress = Progress { finished_at: Some(at), ..import.progress.clone() };
            let step = import.step(state, &progress, at);
            if self.store().import_move(workspace, step).await? {
                if state == ImportState::Cancelled {
                    self.store().import_forget_file(workspace, id).await?;
                }
                return self.import(workspace, id).await;
            }
        }
        Err(ImportError::Moved)
    }

    /// Begins to give back what it changed, where nothing newer changed it.
    pub async fn import_undo(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        at: Timestamp,
    ) -> Result<Import, ImportError> {
        let import = self.import(workspace, id).await?;
        if !matches!(import.state, ImportState::Finished | ImportState::Cancelled) {
            let what = "only an import that is finished or was cancelled can be undone";
            return Err(ImportError::NotNow { state: import.state, what });
        }
        let undo = import.progress.undo.clone().unwrap_or_else(undo::begun);
        let progress = Progress { undo: Some(undo), finished_at: None, ..import.progress.clone() };
        let step = import.step(ImportState::Undoing, &progress, at);
        self.moved(&import, step).await
    }

    /// Forgets it, with its file and report; contacts stay as they are.
    pub async fn import_forget(&self, workspace: &WorkspaceId, id: &str) -> Result<(), ImportError> {
        let import = self.import(workspace, id).await?;
        if import.state.is_under_way() {
            return Err(ImportError::NotNow { state: import.state, what: "cancel it first" });
        }
        if self.store().import_remove(workspace, id, import.row.revision).await? {
            return Ok(());
        }
        Err(ImportError::Moved)
    }

    /// What became of rows after a number: a page, and where the next one begins.
    pub async fn import_report(
        &self,
        import: &Import,
        after: u64,
        bad_only: bool,
    ) -> Result<Option<(u64, Vec<ReportRow>)>, ImportError> {
        let kind = match import.state {
            ImportState::Checking | ImportState::Checked => CHECK,
            _ => RUN,
        };
        let (workspace, id) = (&import.row.workspace, &import.row.id);
        let pages = self.store().import_pages(workspace, id, kind, after, bad_only, 1).await?;
        let Some(page) = pages.into_iter().next() else { return Ok(None) };
        Ok(Some((page.n, report(&page)?)))
    }

    async fn moved(&self, import: &Import, step: ImportStep) -> Result<Import, ImportError> {
        let (workspace, id) = (&import.row.workspace, &import.row.id);
        if !self.store().import_move(workspace, step).await? {
            return Err(ImportError::Moved);
        }
        self.shared().wakers.wake(Worker::Imports);
        self.import(workspace, id).await
    }
}

/// Refuses where the file isn't whole yet or not kept any more.
fn has_file(import: &Import) -> Result<(), ImportError> {
    let what = match import.state {
        ImportState::Uploaded | ImportState::Checked => return Ok(()),
        ImportState::Receiving => "its file is not whole yet",
        ImportState::Checking | ImportState::Running | ImportState::Undoing => "wait for it, or cancel it",
        ImportState::Finished | ImportState::Cancelled | ImportState::Undone => {
            "its file is not kept any more: upload it again"
        }
    };
    Err(ImportError::NotNow { state: import.state, what })
}
