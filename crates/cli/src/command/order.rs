//! What is done to contacts, to one or to many: the options of each order, and the order as the API takes it.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::exit::Failure;

/// An order that the API can carry out.
pub trait Order {
    /// It, as the API takes it.
    fn order(&self) -> Result<Value, Failure>;
}

/// Let into a workflow by hand.
#[derive(Debug, Args)]
pub struct Start {
    /// The workflow; it needs the trigger `manual`, or with --api the trigger `api`
    #[arg(value_name = "WORKFLOW")]
    workflow: String,
    /// The trigger's data
    #[arg(long, value_name = "JSON", default_value = "{}")]
    data: String,
    /// Start it as a program does, rather than a person
    #[arg(long)]
    api: bool,
}

/// Which live runs.
#[derive(Debug, Args)]
pub struct Runs {
    /// Only runs of this workflow
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
    /// Only runs that rest at this step
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
}

/// Which live runs, and to which step of their version they go.
#[derive(Debug, Args)]
pub struct MoveRuns {
    /// Which
    #[command(flatten)]
    runs: Runs,
    /// The step to go to
    #[arg(long, value_name = "STEP")]
    to: String,
}

/// A list or a tag, put on or taken off.
#[derive(Debug, Args)]
pub struct Mark {
    /// What to do
    change: Change,
    /// The name
    name: String,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Change {
    /// Put it on
    Add,
    /// Take it off
    Remove,
}

/// What can be done to runs without more words.
#[derive(Debug, Clone, Copy)]
pub enum Verb {
    /// End them.
    End,
    /// Hold them where they are.
    Pause,
    /// Let them go on.
    Resume,
    /// Leave the step by its ordinary way.
    Skip,
}

impl Start {
    /// Into this workflow.
    pub fn of(workflow: &str, data: &str, api: bool) -> Self {
        Self { workflow: workflow.to_owned(), data: data.to_owned(), api }
    }
}

impl Order for Start {
    fn order(&self) -> Result<Value, Failure> {
        let data = json_object("data", &self.data)?;
        Ok(json!({ "start_run": { "workflow": self.workflow, "data": data, "by_hand": !self.api } }))
    }
}

impl Runs {
    /// Ends, pauses, resumes or skips them.
    pub fn to(&self, verb: Verb) -> Value {
        let what = match verb {
            Verb::End => "end",
            Verb::Pause => "pause",
            Verb::Resume => "resume",
            Verb::Skip => "skip",
        };
        json!({ "on_runs": { "runs": self.which(), "what": what } })
    }

    fn which(&self) -> Value {
        let given = [("workflow", &self.workflow), ("step", &self.step)];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        given.map(|(name, value)| (name.to_owned(), value.as_str().into())).collect::<Map<_, _>>().into()
    }
}

impl Order for MoveRuns {
    fn order(&self) -> Result<Value, Failure> {
        Ok(json!({ "on_runs": { "runs": self.runs.which(), "what": { "move": self.to } } }))
    }
}

impl Mark {
    /// As a list.
    pub fn list(&self) -> Value {
        json!({ "list": { "list": self.name, "on": self.change == Change::Add } })
    }

    /// As a tag.
    pub fn tag(&self) -> Value {
        json!({ "tag": { "tag": self.name, "on": self.change == Change::Add } })
    }
}

/// The JSON object of an option.
pub fn json_object(option: &str, text: &str) -> Result<Value, Failure> {
    let value: Value = serde_json::from_str(text)
        .with_context(|| format!("--{option} isn't JSON"))
        .map_err(|error| Failure::usage(format!("{error:#}")))?;
    if value.is_object() {
        return Ok(value);
    }
    Err(Failure::usage(format!("--{option} is not a JSON object")).hint("write {\"name\": \"value\"}"))
}
