//! `wend plan`: what applying a folder would change.

mod backfill;
mod moves;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use wend_domain::compile::{Change, PlannedChange, PlannedKind};
use wend_domain::id::StepId;
use wend_domain::source::Diagnostic;

use crate::args::General;
use crate::command::base;
use crate::command::choices::{self, Choices};
use crate::exit::{Exit, Failure};
use crate::portfolio;

const EXAMPLES: &str = "\
Examples:
  wend plan examples/shop
  wend plan examples/shop --migrate welcome
  wend plan examples/shop --json | jq .changes";

/// Asks the server what applying a folder would change; changes nothing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", choices::EXAMPLES))]
pub struct Plan {
    /// The folder with workflows/, segments/, templates/ and policies.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What becomes of runs
    #[command(flatten)]
    choices: Choices,
}

impl Plan {
    /// Prints the plan.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let files = portfolio::read(&self.folder)?;
        let client = general.client()?;
        let body = json!({ "files": files, "choices": self.choices.read()? });
        let answer = client.post(&["plan"], &body).await?;
        if answer.get("valid").and_then(Value::as_bool) == Some(false) {
            general.output().note(&shown(&answer));
            let message =
                format!("the files in {} have errors: nothing could be applied", self.folder.display());
            return Err(Failure::new(Exit::Invalid, "invalid", message).diagnostics(diagnostics(&answer)));
        }
        tell_warnings(&answer, general);
        let planned_on = answer.get("planned_on").and_then(Value::as_u64);
        if let Some(known) =
            base::known(&self.folder, client.base()).filter(|known| Some(*known) != planned_on)
        {
            general.output().note(&format!(
                "the folder was made from revision {known}, and others have published since: `wend apply` will refuse \
                 if they changed files"
            ));
        }
        if let Some(revision) = planned_on {
            general.output().note(&format!("planned on top of revision {revision}"));
        }
        general.output().finish(&answer, || shown(&answer))
    }
}

/// Prints what was found in the files, though it stops nothing.
pub fn tell_warnings(answer: &Value, general: &General) {
    for diagnostic in diagnostics(answer) {
        general.output().note(&diagnostic.to_string());
    }
}

fn diagnostics(answer: &Value) -> Vec<Diagnostic> {
    let found = answer.get("diagnostics").cloned().unwrap_or_default();
    serde_json::from_value(found).unwrap_or_default()
}

/// The plan for a person: a line per change.
pub fn shown(answer: &Value) -> String {
    let found = answer.get("changes").cloned().unwrap_or_default();
    let changes: Vec<PlannedChange> = serde_json::from_value(found).unwrap_or_default();
    let lines: Vec<String> = changes
        .iter()
        .filter(|change| change.change != Change::Unchanged || change.text_only)
        .map(line)
        .collect();
    let lines = if lines.is_empty() { "nothing changes".to_owned() } else { lines.join("\n") };
    let further = [moves::shown(&changes, answer), backfill::shown(answer)];
    let parts = std::iter::once(lines).chain(further.into_iter().filter(|part| !part.is_empty()));
    parts.collect::<Vec<_>>().join("\n\n")
}

fn line(change: &PlannedChange) -> String {
    let sign = match change.change {
        Change::Added => '+',
        Change::Changed => '~',
        Change::Removed => '-',
        Change::Unchanged => ' ',
    };
    let kind = match change.kind {
        PlannedKind::Workflow => "workflow",
        PlannedKind::Segment => "segment",
        PlannedKind::Template => "template",
        PlannedKind::Policies => "policies",
        PlannedKind::Traits => "traits",
        PlannedKind::Hook => "hook",
        PlannedKind::Catalogue => "catalogue",
        PlannedKind::Partial => "partial",
        PlannedKind::Layout => "layout",
        PlannedKind::Test => "test",
    };
    let mut out = format!("{sign} {kind:<9} {}", change.name);
    match (change.from_version, change.to_version) {
        (Some(from), Some(to)) if from != to => {
            let _ = write!(out, "  version {from} -> {to}");
        }
        (None, Some(to)) => {
            let _ = write!(out, "  version {to}");
        }
        _ => {}
    }
    for (what, steps) in
        [("new", &change.steps_added), ("changed", &change.steps_changed), ("removed", &change.steps_removed)]
    {
        if !steps.is_empty() && change.change == Change::Changed {
            let names: Vec<&str> = steps.iter().map(StepId::as_str).collect();
            let _ = write!(out, "  {what}: {}", names.join(", "));
        }
    }
    for (from, to) in &change.steps_renamed {
        let _ = write!(out, "  renamed: {from} -> {to}");
    }
    if let Some(rollout) = &change.rollout {
        let share = |of_10_000: u32| format!("{} %", f64::from(of_10_000) / 100.0);
        let stages: Vec<String> = rollout
            .stages
            .iter()
            .map(|stage| format!("{} for {}", share(stage.of_10_000), stage.at_least))
            .collect();
        let _ = write!(out, "  rolled out: {}", stages.join(", "));
    }
    if change.text_only {
        out.push_str("  (comments and layout only)");
    }
    out
}
