//! What becomes of runs and contacts when something is published: the options that plan, apply and drafts share.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use wend_domain::source::{Diagnostic, SourceFile, yaml};
use wend_domain::time::Period;

use crate::exit::{Exit, Failure};

/// The examples of these options, for the help of the commands that take them.
pub const EXAMPLES: &str = "\
What becomes of runs (nothing is moved that isn't chosen):
  --migrate welcome                       to the same step of the new version
  --migrate welcome=exit                  out
  --migrate welcome --move welcome:old=new --move welcome:gone=exit
  --rollout welcome=5%:1d,25%:1d,100% --errors-max 2 --entries-min 200
  --backfill welcome=100                  lets those in who match already, 100 contacts a second
  --choices publication.yaml              the same from a file:
    migrations:
      welcome: { default: same, steps: { old: { to: new }, gone: exit } }
    rollouts:
      welcome: { stages: [ { percent: 5, for: 1d }, { percent: 100, for: 0s } ] }
    backfill: [ { workflow: welcome, pace: 100 } ]";

/// What becomes of runs and contacts.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "What becomes of runs")]
pub struct Choices {
    /// A YAML or JSON file with the choices; the options are added to it
    #[arg(long = "choices", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Move the runs of older versions: `same` (the default; to the same step), `stay` or `exit`
    #[arg(long, value_name = "WORKFLOW[=same|stay|exit]")]
    migrate: Vec<String>,
    /// Where the runs at one step go: to a step of the new version, `exit` or `stay`
    #[arg(long = "move", value_name = "WORKFLOW:STEP=STEP|exit|stay")]
    moves: Vec<String>,
    /// Let a new version reach contacts by and by: shares, and how long each lasts at least
    #[arg(long, value_name = "WORKFLOW=5%:1d,25%:1d,100%")]
    rollout: Vec<String>,
    /// What must hold while the rollouts last
    #[command(flatten)]
    gates: Gates,
    /// Let those in who match already, at most so many a second
    #[arg(long, value_name = "WORKFLOW[=CONTACTS_A_SECOND]")]
    backfill: Vec<String>,
}

/// What must hold while a rollout lasts.
#[derive(Debug, Args, Default)]
pub struct Gates {
    /// At most so many of 100 entries into the new version may fail
    #[arg(long, value_name = "PERCENT")]
    errors_max: Option<u32>,
    /// The new version's goals per entry, in percent of the other version's, must be at least
    #[arg(long, value_name = "PERCENT")]
    goals_min: Option<u32>,
    /// At most this share of the new version's messages may come back
    #[arg(long, value_name = "PERCENT")]
    bounces_max: Option<f64>,
    /// At most this share of the new version's messages may be called spam, such as 0.1
    #[arg(long, value_name = "PERCENT")]
    complaints_max: Option<f64>,
    /// At most this share of the new version's messages may lead to an opt-out
    #[arg(long, value_name = "PERCENT")]
    unsubscribes_max: Option<f64>,
    /// Judge nothing, and begin no stage, before so many have entered the new version
    #[arg(long, value_name = "ENTRIES")]
    entries_min: Option<u64>,
    /// What a broken gate does
    #[arg(long, value_name = "WHAT")]
    on_broken: Option<OnBroken>,
}

/// What a broken gate does.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnBroken {
    /// The previous version takes everybody again
    Rollback,
    /// The workflow stops until a person decides
    Halt,
}

impl Choices {
    /// The choices as the API takes them.
    pub fn read(&self) -> Result<Value, Failure> {
        let mut choices = match &self.file {
            Some(path) => document(path)?,
            None => Map::new(),
        };
        for choice in &self.migrate {
            let (workflow, default) = choice.split_once('=').unwrap_or((choice, "same"));
            if workflow.is_empty() || !["same", "stay", "exit"].contains(&default) {
                return Err(wrong("migrate", choice, "WORKFLOW, or WORKFLOW=same, =stay or =exit"));
            }
            part(&mut choices, "migrations", workflow)?.insert("default".to_owned(), default.into());
        }
        for choice in &self.moves {
            let read =
                choice.split_once(':').and_then(|(workflow, rest)| Some((workflow, rest.split_once('=')?)));
            let Some((workflow, (from, to))) =
                read.filter(|(name, (from, to))| !name.is_empty() && !from.is_empty() && !to.is_empty())
            else {
                return Err(wrong("move", choice, "WORKFLOW:STEP=STEP, or =exit or =stay"));
            };
            let to = if ["exit", "stay"].contains(&to) { to.into() } else { json!({ "to": to }) };
            let migration = part(&mut choices, "migrations", workflow)?;
            object(migration.entry("steps").or_insert_with(|| json!({})), "steps")?
                .insert(from.to_owned(), to);
        }
        for choice in &self.rollout {
            let Some((workflow, stages)) = choice.split_once('=') else {
                return Err(wrong("rollout", choice, "WORKFLOW=5%:1d,25%:1d,100%"));
            };
            let plan = self.gates.plan(stages)?;
            let rollouts = object(choices.entry("rollouts").or_insert_with(|| json!({})), "rollouts")?;
            rollouts.insert(workflow.to_owned(), plan);
        }
        if self.rollout.is_empty() && self.gates.any() {
            return Err(
                Failure::usage("gates are named, but no rollout").hint("add --rollout WORKFLOW=STAGES")
            );
        }
        for choice in &self.backfill {
            let added = backfill(choice)?;
            let list = choices.entry("backfill").or_insert_with(|| json!([]));
            let Value::Array(list) = list else { return Err(not_so("backfill", "a list")) };
            list.push(added);
        }
        Ok(Value::Object(choices))
    }
}

impl Gates {
    /// A rollout's stages with these gates, as the API takes it.
    pub fn plan(&self, stages: &str) -> Result<Value, Failure> {
        let stages: Vec<Value> = stages.split(',').map(stage).collect::<Result<_, _>>()?;
        let mut gates = Map::new();
        let given = [
            ("errors_max_percent", self.errors_max.map(u64::from)),
            ("goal_rate_min_percent_of_previous", self.goals_min.map(u64::from)),
            ("entries_min", self.entries_min),
        ];
        gates.extend(given.into_iter().filter_map(|(name, given)| Some((name.to_owned(), given?.into()))));
        let shares = [
            ("bounces_max_percent", self.bounces_max),
            ("complaints_max_percent", self.complaints_max),
            ("unsubscribes_max_percent", self.unsubscribes_max),
        ];
        gates.extend(shares.into_iter().filter_map(|(name, given)| Some((name.to_owned(), given?.into()))));
        if !gates.contains_key("entries_min") {
            gates.insert("entries_min".to_owned(), 0.into());
        }
        let on_broken = match self.on_broken.unwrap_or(OnBroken::Rollback) {
            OnBroken::Rollback => "rollback",
            OnBroken::Halt => "halt",
        };
        Ok(json!({ "stages": stages, "gates": gates, "on_broken": on_broken }))
    }

    fn any(&self) -> bool {
        self.errors_max.is_some()
            || self.goals_min.is_some()
            || self.bounces_max.is_some()
            || self.complaints_max.is_some()
            || self.unsubscribes_max.is_some()
            || self.entries_min.is_some()
            || self.on_broken.is_some()
    }
}

/// A stage: a share, and how long it lasts at least; no time, if none is given.
fn stage(text: &str) -> Result<Value, Failure> {
    let text = text.trim();
    let (share, lasts) = text.split_once(':').unwrap_or((text, "0s"));
    let percent = share.strip_suffix('%').unwrap_or(share).parse::<f64>().ok();
    match (percent, Period::parse(lasts)) {
        (Some(percent), Some(_)) => Ok(json!({ "percent": percent, "for": lasts })),
        _ => Err(wrong("rollout", text, "a share and a time, such as 5%:1d")),
    }
}

fn backfill(choice: &str) -> Result<Value, Failure> {
    let Some((workflow, pace)) = choice.split_once('=') else {
        return Ok(json!({ "workflow": choice, "pace": null }));
    };
    match pace.trim_end_matches("/s").parse::<u32>() {
        Ok(pace) if pace > 0 => Ok(json!({ "workflow": workflow, "pace": pace })),
        _ => Err(wrong("backfill", choice, "WORKFLOW=100: at most 100 contacts a second")),
    }
}

/// The object of choices in a file; what is in it is judged by the server.
fn document(path: &Path) -> Result<Map<String, Value>, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    match parsed(&path.to_string_lossy(), text) {
        Ok(Value::Object(choices)) => Ok(choices),
        Ok(_) => Err(Failure::new(Exit::Invalid, "invalid", format!("{shown} is not an object"))
            .hint("its keys are `migrations`, `rollouts` and `backfill`")),
        Err(found) => {
            Err(Failure::new(Exit::Invalid, "invalid", format!("{shown} can't be read")).diagnostics(found))
        }
    }
}

/// A YAML text - JSON is YAML too - as JSON.
pub fn parsed(path: &str, text: String) -> Result<Value, Vec<Diagnostic>> {
    let (node, found) = yaml::parse(&SourceFile { path: path.to_owned(), text });
    match node {
        Some(node) if found.is_empty() => Ok(node.to_json()),
        _ => Err(found),
    }
}

/// The object `name` of the object `of`, made if it isn't there.
fn part<'a>(
    choices: &'a mut Map<String, Value>,
    of: &str,
    name: &str,
) -> Result<&'a mut Map<String, Value>, Failure> {
    let all = object(choices.entry(of).or_insert_with(|| json!({})), of)?;
    object(all.entry(name).or_insert_with(|| json!({})), name)
}

fn object<'a>(value: &'a mut Value, name: &str) -> Result<&'a mut Map<String, Value>, Failure> {
    value.as_object_mut().ok_or_else(|| not_so(name, "an object"))
}

fn not_so(name: &str, what: &str) -> Failure {
    Failure::new(Exit::Invalid, "invalid", format!("`{name}` in the file of choices is not {what}"))
}

fn wrong(option: &str, given: &str, expected: &str) -> Failure {
    Failure::usage(format!("--{option} is `{given}`")).hint(format!("write {expected}"))
}

#[cfg(test)]
mod tests;
