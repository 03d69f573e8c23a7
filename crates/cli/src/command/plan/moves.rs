//! Who waits where, and where each goes when a folder is applied.

use std::collections::BTreeMap;

use serde_json::Value;
use wend_domain::compile::PlannedChange;
use wend_domain::input::Move;

use crate::output::{counted, member, table};

/// What becomes of the runs at a step, in the order in which it is summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Stays,
    Moves,
    Leaves,
    Undecided,
}

/// One step of one older version.
struct Row {
    workflow: String,
    version: u32,
    step: String,
    action: String,
    runs: i64,
    fate: Fate,
    goes: String,
}

/// A table of steps with runs, or with a way that was chosen, and its sum in words; nothing if there are none.
pub fn shown(changes: &[PlannedChange], answer: &Value) -> String {
    let rows = rows(changes, answer);
    if rows.is_empty() {
        return String::new();
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let (workflow, step, action) = (row.workflow.clone(), row.step.clone(), row.action.clone());
            vec![workflow, row.version.to_string(), step, action, row.runs.to_string(), row.goes.clone()]
        })
        .collect();
    let heading = ["workflow", "version", "step", "does", "waiting", "goes"];
    format!("{}{}", table(&heading, &cells, ""), in_words(&rows))
}

fn rows(changes: &[PlannedChange], answer: &Value) -> Vec<Row> {
    let mut waiting: BTreeMap<(String, u32, String), i64> = BTreeMap::new();
    for found in answer.get("waiting").and_then(Value::as_array).into_iter().flatten() {
        let version = found.get("version").and_then(Value::as_u64).unwrap_or_default();
        let key =
            (member(found, "workflow"), u32::try_from(version).unwrap_or_default(), member(found, "step"));
        waiting.insert(key, found.get("runs").and_then(Value::as_i64).unwrap_or_default());
    }
    let mut rows = Vec::new();
    for change in changes {
        let to = change.to_version.map_or_else(String::new, |version| format!(" of version {version}"));
        for planned in &change.moves {
            let step = planned.step.to_string();
            let runs = waiting.remove(&(change.name.clone(), planned.version, step.clone())).unwrap_or(0);
            let (fate, mut goes) = match &planned.goes {
                Some(Move::Stay) => (Fate::Stays, format!("stays on version {}", planned.version)),
                Some(Move::To(step)) => (Fate::Moves, format!("to `{step}`{to}")),
                Some(Move::Exit) => (Fate::Leaves, "out".to_owned()),
                None => (Fate::Undecided, "must be decided: --move".to_owned()),
            };
            if planned.anew {
                goes.push_str(", begins it anew");
            }
            if runs != 0 || fate != Fate::Stays {
                let (workflow, action) = (change.name.clone(), planned.action.clone());
                rows.push(Row { workflow, version: planned.version, step, action, runs, fate, goes });
            }
        }
    }
    let current = |name: &str, version: u32| {
        changes.iter().any(|change| change.name == name && change.to_version == Some(version))
    };
    rows.extend(waiting.into_iter().map(|((workflow, version, step), runs)| {
        let goes = if current(&workflow, version) {
            "stays: its version goes on".to_owned()
        } else {
            format!("stays on version {version}, to its end")
        };
        Row { workflow, version, step, action: String::new(), runs, fate: Fate::Stays, goes }
    }));
    rows
}

/// How many runs of each workflow go which way.
fn in_words(rows: &[Row]) -> String {
    let mut sums: BTreeMap<&str, BTreeMap<Fate, i64>> = BTreeMap::new();
    for row in rows {
        *sums.entry(&row.workflow).or_default().entry(row.fate).or_default() += row.runs;
    }
    let lines = sums.into_iter().map(|(workflow, fates)| {
        let said: Vec<String> =
            fates.into_iter().filter(|(_, n)| *n != 0).map(|(fate, n)| said(fate, n)).collect();
        let said = if said.is_empty() { "nobody waits there".to_owned() } else { said.join(", ") };
        format!("{workflow}: {said}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn said(fate: Fate, n: i64) -> String {
    let runs = counted(n.unsigned_abs(), "run");
    let (one, many) = match fate {
        Fate::Stays => ("stays where it is", "stay where they are"),
        Fate::Moves => ("moves", "move"),
        Fate::Leaves => ("leaves", "leave"),
        Fate::Undecided => ("must be decided on", "must be decided on"),
    };
    format!("{runs} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests;
