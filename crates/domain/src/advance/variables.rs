//! Variables of a run.

use serde_json::Value;

use super::steps;
use super::turn::{About, Turn};
use crate::id::RunId;
use crate::record::Decision;
use crate::run::Run;
use crate::value::Path;
use crate::workflow::VariableChange;

/// Changes the variables of a run.
pub(super) fn change(_turn: &mut Turn<'_>, _run: &Run, _changes: &[VariableChange]) {}

/// Keeps a value that came from elsewhere as a variable of a run; null removes it.
pub(super) fn keep(turn: &mut Turn<'_>, run: RunId, path: &Path, value: Value) {
    let Some(live) = turn.run_mut(run) else { return };
    let whole = steps::with_value_at(live.variables.get(path.root()), &path.parts()[1..], value.clone());
    live.variables.insert(path.root().to_owned(), whole);
    let about = About::run(live);
    turn.note("3.9", about, Decision::VariableSet { name: path.to_string(), to: value });
}
