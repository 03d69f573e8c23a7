//! How a file comes in: piece by piece, looked at on the way.

use anyhow::Context;
use wend_domain::id::WorkspaceId;
use wend_domain::import::guess;
use wend_domain::time::Timestamp;
use wend_store::{ImportRow, ImportStep};

use super::about::{About, ImportState, Progress};
use super::control::ImportError;
use super::detect::{Intake, look};
use super::records::Format;
use super::{CHUNK_BYTES, Import, preview};
use crate::changes::json;
use crate::engine::Engine;

/// The largest file, in bytes: 8 GB.
pub const UPLOAD_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;

/// How many pieces are written in one transaction.
const CHUNKS_AT_ONCE: usize = 8;

/// What the caller says of a file; what isn't said is found out.
#[derive(Debug, Clone, Default)]
pub struct Declared {
    /// What people call it.
    pub name: String,
    /// What it is.
    pub format: Option<Format>,
    /// How its bytes are read.
    pub encoding: Option<String>,
    /// What separates cells.
    pub delimiter: Option<u8>,
}

/// A file that comes in.
pub struct Upload {
    engine: Engine,
    import: Import,
    declared: Declared,
    intake: Intake,
    held: Vec<u8>,
    n_chunks: u64,
    n_bytes: u64,
}

impl Engine {
    /// Begins to take a file in.
    pub async fn import_begin(
        &self,
        workspace: &WorkspaceId,
        id: String,
        declared: Declared,
        by: &str,
        at: Timestamp,
    ) -> Result<Upload, ImportError> {
        let intake = Intake::new(declared.encoding.as_deref())?;
        let row = ImportRow {
            workspace: workspace.clone(),
            id,
            name: declared.name.clone(),
            state: ImportState::Receiving.as_str().to_owned(),
            revision: 0,
            about_json: json(&About::default()),
            progress_json: json(&Progress::default()),
            made_by: by.to_owned(),
            created_at: at,
            updated_at: at,
        };
        if !self.store().import_create(&row).await? {
            return Err(ImportError::TooMany);
        }
        let import = Import::read(row)?;
        let engine = self.clone();
        Ok(Upload { engine, import, declared, intake, held: Vec::new(), n_chunks: 0, n_bytes: 0 })
    }
}

impl Upload {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.import.row.id
    }

    /// Takes the next bytes.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), ImportError> {
        self.n_bytes += bytes.len() as u64;
        if self.n_bytes > UPLOAD_BYTES_MAX {
            return Err(ImportError::TooLarge);
        }
        let kept = self.intake.push(bytes)?;
        self.held.extend_from_slice(&kept);
        if self.held.len() >= CHUNKS_AT_ONCE * CHUNK_BYTES {
            self.write(CHUNK_BYTES).await?;
        }
        Ok(())
    }

    /// Writes what is held, whole pieces only.
    async fn write(&mut self, least: usize) -> Result<(), ImportError> {
        let mut chunks = Vec::new();
        let mut held = std::mem::take(&mut self.held);
        while held.len() >= least.max(1) {
            let rest = held.split_off(held.len().min(CHUNK_BYTES));
            chunks.push(std::mem::replace(&mut held, rest));
        }
        self.held = held;
        let n_new = chunks.len() as u64;
        let row = &self.import.row;
        self.engine.store().import_chunks_add(&row.workspace, &row.id, self.n_chunks, chunks).await?;
        self.n_chunks += n_new;
        Ok(())
    }

    /// Takes the end of the file, and answers what it is.
    pub async fn finish(mut self, at: Timestamp) -> Result<Import, ImportError> {
        let intake = std::mem::replace(&mut self.intake, Intake::new(None)?);
        let (last, encoding) = intake.finish()?;
        self.held.extend_from_slice(&last);
        let n_held = self.held.len() as u64;
        let whole_before = self.n_chunks * CHUNK_BYTES as u64;
        self.write(1).await?;
        let mut about = About { bytes: whole_before + n_held, encoding, ..About::default() };
        let mut import = Import { about: about.clone(), ..self.import };
        let window = super::window(self.engine.shared(), &import, 0).await?;
        let found = look(
            &window.bytes,
            window.at_end,
            about.single_bytes(),
            self.declared.format,
            self.declared.delimiter,
        )?;
        about.format = Some(found.format);
        about.delimiter = char::from(found.delimiter).to_string();
        about.columns = found.columns;
        (about.data_at, about.data_line) = (found.data_at, found.data_line);
        about.notes = found.notes;
        about.suggested = guess::settings(&preview::seen(&about, &window.bytes, window.at_end));
        let progress = Progress { line: about.data_line, offset: about.data_at, ..Progress::default() };
        let step = ImportStep {
            about_json: Some(json(&about)),
            ..import.step(ImportState::Uploaded, &progress, at)
        };
        if !self.engine.store().import_move(&import.row.workspace, step).await? {
            return Err(ImportError::Moved);
        }
        import.row = self
            .engine
            .store()
            .import(&import.row.workspace, &import.row.id)
            .await?
            .context("the import is gone")?;
        Ok(Import::read(import.row)?)
    }
}
