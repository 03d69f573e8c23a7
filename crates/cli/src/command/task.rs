//! `wend task`: what colleagues are to do for contacts.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::command::contact::rows;
use crate::command::decided;
use crate::exit::Failure;
use crate::output::{member, plain};

const EXAMPLES: &str = "\
Examples:
  wend task list --for sales
  wend task show ID
  wend task claim ID --by ada
  wend task complete ID won --note 'they want ten' --by ada";

/// What colleagues are to do.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Task {
    /// List tasks, those that are due first at the head
    List(Wanted),
    /// Show one task
    Show {
        /// Its id, from the list
        id: String,
    },
    /// Take a task on, so that nobody else does it too
    Claim(Taking),
    /// Give a task back
    Release(Taking),
    /// Say how a task came out: the run goes on that way at once
    Complete {
        /// Its id, from the list
        id: String,
        /// One of its outcomes
        outcome: String,
        /// What else there is to say
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Who has done it, if not whom the key is named after
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
}

/// Which tasks.
#[derive(Debug, Args)]
pub struct Wanted {
    /// Those in this state: open, done, overdue or cancelled; without it those that are open, and of a contact all
    #[arg(long)]
    state: Option<String>,
    /// Only those that this person or team is to do
    #[arg(long = "for", value_name = "NAME")]
    assignee: Option<String>,
    /// Only those about this contact
    #[arg(long)]
    contact: Option<String>,
    /// Only those of this workflow
    #[arg(long)]
    workflow: Option<String>,
    /// Only those that this person has taken on
    #[arg(long, value_name = "NAME")]
    claimed_by: Option<String>,
    /// Only those after this one: `next` of the page before
    #[arg(long, value_name = "NEXT")]
    after: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
}

/// Which task, and who.
#[derive(Debug, Args)]
pub struct Taking {
    /// Its id, from the list
    id: String,
    /// Who, if not whom the key is named after
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl Task {
    /// Prints the tasks, or what was decided.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::List(wanted) => {
                let answer = client.get(&["tasks"], &wanted.query()).await?;
                let columns =
                    ["due_at", "assignee", "title", "contact", "workflow", "claimed_by", "state", "id"];
                output.finish(&answer, || rows(answer.get("tasks"), &columns))
            }
            Self::Show { id } => {
                let task = client.get(&["tasks", id], &[]).await?;
                output.finish(&task, || shown(&task))
            }
            Self::Claim(Taking { id, by }) => {
                let body = json!({ "by": by, "release": false });
                let task = client.post(&["tasks", id, "claim"], &body).await?;
                output.finish(&task, || format!("{} has task {id}", member(&task, "claimed_by")))
            }
            Self::Release(Taking { id, by }) => {
                let body = json!({ "by": by, "release": true });
                let task = client.post(&["tasks", id, "claim"], &body).await?;
                output.finish(&task, || format!("task {id} is free again"))
            }
            Self::Complete { id, outcome, note, by } => {
                let body = json!({ "outcome": outcome, "note": note, "by": by });
                decided::finish(output, &client.post(&["tasks", id, "complete"], &body).await?)
            }
        }
    }
}

impl Wanted {
    fn query(&self) -> Vec<(&'static str, String)> {
        let named = [
            ("state", &self.state),
            ("assignee", &self.assignee),
            ("contact", &self.contact),
            ("workflow", &self.workflow),
            ("claimed_by", &self.claimed_by),
            ("after", &self.after),
        ];
        let given = named.into_iter().filter_map(|(name, value)| Some((name, value.clone()?)));
        given.chain([("limit", self.limit.to_string())]).collect()
    }
}

fn shown(task: &Value) -> String {
    let outcomes: Vec<String> =
        task.get("outcomes").and_then(Value::as_array).into_iter().flatten().map(plain).collect();
    let mut lines = vec![member(task, "title"), member(task, "note")];
    lines.retain(|line| !line.is_empty());
    lines.push(format!("outcomes    {}", outcomes.join(", ")));
    let names = [
        "state",
        "assignee",
        "claimed_by",
        "due_at",
        "contact",
        "workflow",
        "step",
        "outcome",
        "outcome_note",
    ];
    for name in names.into_iter().chain(["done_by", "id"]) {
        let value = member(task, name);
        if !value.is_empty() {
            lines.push(format!("{name:<12}{value}"));
        }
    }
    lines.join("\n")
}
