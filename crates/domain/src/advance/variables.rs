//! Variables of a run.

use serde_json::{Map, Value};

use super::leaving;
use super::steps::{add, resolve, with_value_at};
use super::turn::{About, Turn};
use crate::id::RunId;
use crate::limits::VARIABLES_BYTES_MAX;
use crate::record::Decision;
use crate::run::Run;
use crate::value::Path;
use crate::workflow::{Occasion, VariableChange, Workflow};

/// Changes the variables of a run, in the file's order: each change sees those before it.
///
/// An exit condition that asks for variables interrupts here and now, as any other does (SEMANTICS 5.1).
pub(super) fn change(turn: &mut Turn<'_>, run: &Run, workflow: &Workflow, changes: &[VariableChange]) {
    for change in changes {
        let Some(run) = turn.run(run.id).cloned() else { return };
        let (path, value) = match change {
            VariableChange::Set(path, operand) => (path, resolve(turn, &run, operand).unwrap_or(Value::Null)),
            VariableChange::Add(path, operand) => {
                let by = resolve(turn, &run, operand);
                (path, add(path.get(&run.variables), by.as_ref()))
            }
            VariableChange::Remove(path) => (path, Value::Null),
        };
        keep(turn, run.id, path, value);
    }
    let asks =
        |occasion: &Occasion| matches!(occasion, Occasion::Condition(condition) if condition.asks_run());
    if workflow.exit_when.iter().any(asks) {
        leaving::exits_by_condition(turn, run.id);
    }
}

/// Sets one variable, or a part of it; null removes it. One that would make them too large is not done, and recorded.
pub(super) fn keep(turn: &mut Turn<'_>, id: RunId, path: &Path, value: Value) {
    let Some(run) = turn.run(id) else { return };
    let about = About::run(run);
    let mut variables = run.variables.clone();
    let whole = with_value_at(variables.get(path.root()), &path.parts()[1..], value.clone());
    if whole.is_null() {
        variables.remove(path.root());
    } else {
        variables.insert(path.root().to_owned(), whole);
    }
    if variables == run.variables {
        return;
    }
    if bytes(&variables) > VARIABLES_BYTES_MAX {
        let why =
            format!("the run's variables would take more than {VARIABLES_BYTES_MAX} bytes with `{path}`");
        return turn.note("3.9", about, Decision::NotDone { why });
    }
    turn.note("3.9", about, Decision::VariableSet { name: path.to_string(), to: value });
    if let Some(run) = turn.run_mut(id) {
        run.variables = variables;
    }
}

/// How much room variables take.
fn bytes(variables: &Map<String, Value>) -> usize {
    serde_json::to_vec(variables).map_or(usize::MAX, |bytes| bytes.len())
}
