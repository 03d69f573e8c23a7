//! Imports of contacts: what a column becomes, what a row says, and what an undo gives back. Pure.
//!
//! Read in this order: this file (what a row brings to its contact), [`cell`] (one cell to one value), [`mapping`]
//! (columns to places in a contact), [`row`] (a row to events, or to what is wrong with it), [`guess`] (which mapping
//! suits a file), [`undo`] (what an import changed and nothing newer did).
//!
//! A row becomes an imported event of its contact (SEMANTICS 2.1): identity, traits, consent, lists and segments hold
//! as for any other, and it triggers nothing unless a trigger says `late: true`.

pub mod cell;
pub mod guess;
pub mod mapping;
pub mod row;
pub mod undo;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::consent::{Answer, Basis, Frequency, Unconfirmed};
use crate::id::{Category, ListName};
use crate::predicate::ConsentOf;
use crate::time::Timestamp;

/// What becomes of a row whose contact is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// The row's values replace those that the contact has.
    #[default]
    Update,
    /// Only what the contact lacks is taken from the row.
    Fill,
    /// The contact stays as it is.
    Skip,
}

/// What a row of an import brings beside traits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Brought {
    /// The import.
    pub import: String,
    /// What becomes of it if the contact is there already.
    #[serde(default, skip_serializing_if = "is_update")]
    pub duplicates: Duplicates,
    /// Since when the contact is known elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Lists to put the contact on, and since when it is on them elsewhere.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<ListName, Option<Timestamp>>,
    /// Lists to take the contact off.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub off_lists: BTreeSet<ListName>,
    /// Tags to give.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Tags to take away.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub off_tags: BTreeSet<String>,
    /// Answers of consent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consent: Vec<Answered>,
    /// Subscriptions that the person has yet to confirm.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unconfirmed: BTreeMap<Category, Unconfirmed>,
    /// Until when the person wants no marketing at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Timestamp>,
    /// How much marketing the person wants at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<Frequency>,
    /// Addresses that must not be used, by channel and address as `email:ann@example.com`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub suppressed: BTreeMap<String, Suppressed>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_update(duplicates: &Duplicates) -> bool {
    *duplicates == Duplicates::Update
}

/// An answer of consent that was given elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Of what.
    pub of: ConsentOf,
    /// The answer.
    pub answer: Answer,
    /// When it was given, if the file says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Through what it was given, if the file says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What allows messages, if the file says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

/// Why and since when an address is not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// Since when, if the file says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The reason.
    pub reason: String,
}

/// What is wrong with a row, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The column, if one is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// How to mend it.
    pub fix: String,
}

impl Fault {
    /// A fault of the row as a whole.
    pub fn of_row(reason: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { column: None, reason: reason.into(), fix: fix.into() }
    }

    /// A fault of one column.
    pub fn of_column(column: &str, reason: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { column: Some(column.to_owned()), reason: reason.into(), fix: fix.into() }
    }
}

/// How much of a cell a fault quotes, in characters.
const QUOTED_CHARS_MAX: usize = 60;

/// A cell as a fault quotes it.
pub(crate) fn quoted(cell: &str) -> String {
    match cell.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => format!("`{}…`", &cell[..end]),
        None => format!("`{cell}`"),
    }
}

#[cfg(test)]
mod tests;
