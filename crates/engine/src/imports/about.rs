//! What is known of a file, how far the work is, and what became of a row: as the store keeps it and the API shows it.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use serde::{Deserialize, Serialize};
use wend_domain::id::ContactId;
use wend_domain::import::Fault;
use wend_domain::import::mapping::Settings;
use wend_domain::time::Timestamp;

use super::detect::EncodingFound;
use super::records::{Format, Shape};

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The file comes in.
    Receiving,
    /// The file is here; nothing was done with it.
    Uploaded,
    /// A dry run is under way.
    Checking,
    /// A dry run is over.
    Checked,
    /// The rows are taken in.
    Running,
    /// All rows were taken in or reported.
    Finished,
    /// It was stopped; what was taken in stays.
    Cancelled,
    /// What it changed is given back.
    Undoing,
    /// What it changed was given back.
    Undone,
}

impl ImportState {
    const ALL: [(&'static str, Self); 9] = [
        ("receiving", Self::Receiving),
        ("uploaded", Self::Uploaded),
        ("checking", Self::Checking),
        ("checked", Self::Checked),
        ("running", Self::Running),
        ("finished", Self::Finished),
        ("cancelled", Self::Cancelled),
        ("undoing", Self::Undoing),
        ("undone", Self::Undone),
    ];

    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, state)| *state)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, state)| *state == self).map_or("", |(name, _)| name)
    }

    /// Whether there is work to do.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::Undoing)
    }
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct About {
    /// Its size as it is kept, in bytes.
    pub bytes: u64,
    /// What it is.
    pub format: Option<Format>,
    /// How its bytes are read.
    pub encoding: EncodingFound,
    /// What separates cells.
    pub delimiter: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Where its first row begins, in bytes.
    pub data_at: u64,
    /// The line of its first row.
    pub data_line: u64,
    /// What a person should know of it.
    pub notes: Vec<String>,
    /// How it might be imported.
    pub suggested: Settings,
    /// How it is imported.
    pub settings: Option<Settings>,
}

impl About {
    /// How its rows are told apart.
    pub(super) fn shape(&self) -> Shape {
        let format = self.format.unwrap_or(Format::Csv);
        let n_columns = if format == Format::Csv { self.columns.len() } else { 0 };
        let delimiter = self.delimiter.bytes().next().unwrap_or(b',');
        Shape { format, delimiter, n_columns, encoding: self.single_bytes() }
    }

    /// What bytes above ASCII mean where they aren't UTF-8: UTF-16 is kept as UTF-8.
    pub(super) fn single_bytes(&self) -> Option<&'static Encoding> {
        let encoding = Encoding::for_label(self.encoding.name.as_bytes())?;
        (encoding != UTF_8 && encoding != UTF_16LE && encoding != UTF_16BE).then_some(encoding)
    }
}

/// How far the work is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Progress {
    /// How many bytes of the file are done.
    pub offset: u64,
    /// The line that the next row begins in.
    pub line: u64,
    /// How many rows were read.
    pub rows: u64,
    /// How many contacts were made.
    pub created: u64,
    /// How many contacts changed.
    pub updated: u64,
    /// How many rows said what was known.
    pub unchanged: u64,
    /// How many rows were left out because their contact was there.
    pub skipped: u64,
    /// How many rows make no sense.
    pub bad: u64,
    /// How many rows wait with their contact because it can't take anything in at the moment.
    pub set_aside: u64,
    /// When the work began.
    pub started_at: Option<Timestamp>,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
    /// How far the undo is.
    pub undo: Option<UndoProgress>,
}

/// How far an undo is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct UndoProgress {
    /// The page of the report that was done last.
    pub page: u64,
    /// How many rows were looked at.
    pub rows: u64,
    /// How many contacts were given something back.
    pub restored: u64,
    /// How many values stay because something newer changed them.
    pub kept: u64,
    /// How many contacts the import made that nothing else ever came in for: they stay, with what they were given back.
    pub only_imported: u64,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It made a contact.
    Created,
    /// It changed a contact.
    Updated,
    /// The contact knew it all.
    Unchanged,
    /// The contact was there, and such rows are left out.
    Skipped,
    /// It makes no sense.
    Bad,
    /// It waits with its contact.
    SetAside,
}

/// What became of a row, for the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    /// Its number, from 1.
    pub row: u64,
    /// Its line in the file, from 1.
    pub line: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

impl Progress {
    /// Counts a row.
    pub(super) fn count(&mut self, outcome: Outcome) {
        self.rows += 1;
        let counter = match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Bad => &mut self.bad,
            Outcome::SetAside => &mut self.set_aside,
        };
        *counter += 1;
    }
}
