//! What publishing a version means for the runs of older ones (SEMANTICS 2.4, 9.1, 9.2).

use super::turn::Turn;
use crate::input::Migration;

/// Moves the contact's runs of a workflow to another version.
pub(super) fn migrate(_turn: &mut Turn<'_>, _migration: &Migration) {}
