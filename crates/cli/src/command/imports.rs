//! `wend imports`: what became of files that were imported.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::client::Client;
use crate::command::export::save;
use crate::exit::{Exit, Failure};
use crate::output::{Output, counted, member, table};

/// How often an import that is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(300);

const EXAMPLES: &str = "\
Examples:
  wend imports                          the newest
  wend imports show ID --wait           returns when it is over
  wend imports report ID --bad          what is wrong with which row, as CSV
  wend imports cancel ID                it stops where it is; what it took in stays
  wend imports undo ID --wait           gives back what it changed and nothing newer did
  wend imports remove ID                forgets the file and the report; contacts stay";

/// Lists imports, shows one, downloads its report, cancels, undoes or removes it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Imports {
    #[command(subcommand)]
    command: Option<One>,
}

#[derive(Debug, Subcommand)]
enum One {
    /// Show one import and how far it is
    Show(Waited),
    /// Save what became of each row
    Report {
        /// Its id
        id: String,
        /// Only rows that make no sense, or wait with their contact
        #[arg(long)]
        bad: bool,
        /// The file to write; `-` for stdout
        #[arg(long, value_name = "FILE", default_value = "-")]
        to: PathBuf,
        /// Write JSON Lines instead of CSV
        #[arg(long)]
        json_lines: bool,
    },
    /// Stop it where it is
    Cancel {
        /// Its id
        id: String,
    },
    /// Give back what it changed, where nothing newer did
    Undo(Waited),
    /// Forget it with its file and report
    Remove {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Args)]
struct Waited {
    /// Its id
    id: String,
    /// Wait until it is over
    #[arg(long)]
    wait: bool,
}

impl Imports {
    /// Does what is asked.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match &self.command {
            None => {
                let answer = client.get(&["imports"], &[]).await?;
                output.finish(&answer, || listed(&answer))
            }
            Some(One::Show(Waited { id, wait })) => {
                let import = client.get(&["imports", id], &[]).await?;
                let import = if *wait { over(&client, output, import).await? } else { import };
                output.finish(&import, || shown(&import))
            }
            Some(One::Report { id, bad, to, json_lines }) => {
                let format = if *json_lines { "json_lines" } else { "csv" };
                save_report(&client, output, id, *bad, format, to).await
            }
            Some(One::Cancel { id }) => {
                let import = client.post(&["imports", id, "cancel"], &json!({})).await?;
                output.finish(&import, || shown(&import))
            }
            Some(One::Undo(Waited { id, wait })) => {
                let import = client.post(&["imports", id, "undo"], &json!({})).await?;
                let import = if *wait { over(&client, output, import).await? } else { import };
                output.finish(&import, || shown(&import))
            }
            Some(One::Remove { id }) => {
                client.delete(&["imports", id], &[]).await?;
                output.finish(&json!({ "removed": id }), || format!("removed {id}"))
            }
        }
    }
}

/// Saves the report of an import.
async fn save_report(
    client: &Client,
    output: Output,
    id: &str,
    bad_only: bool,
    format: &str,
    to: &std::path::Path,
) -> Result<(), Failure> {
    let query = [("bad_only", bad_only.to_string()), ("format", format.to_owned())];
    let response = client.download(&["imports", id, "report"], &query).await?;
    save(response, output, to).await
}

/// The import once nothing of it is under way.
pub async fn over(client: &Client, output: Output, mut import: Value) -> Result<Value, Failure> {
    let id = member(&import, "id");
    let length = import["file"]["bytes"].as_u64();
    let undoes = member(&import, "state") == "undoing";
    let bar = if undoes {
        output.progress("undoing (rows)", import["progress"]["rows"].as_u64())
    } else {
        output.progress("importing (bytes)", length)
    };
    loop {
        match member(&import, "state").as_str() {
            "checking" | "running" => {
                bar.set_position(import["progress"]["bytes"].as_u64().unwrap_or_default());
            }
            "undoing" => bar.set_position(import["progress"]["undo"]["rows"].as_u64().unwrap_or_default()),
            "cancelled" => {
                bar.finish_and_clear();
                let message = format!("the import `{id}` was cancelled");
                return Err(Failure::new(Exit::Conflict, "not_finished", message));
            }
            _ => {
                bar.finish_and_clear();
                return Ok(import);
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
        import = client.get(&["imports", &id], &[]).await?;
    }
}

fn listed(answer: &Value) -> String {
    let imports = answer.get("imports").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let row = |import: &Value| {
        let progress = &import["progress"];
        let mut cells: Vec<String> = ["created_at", "name", "state"].map(|name| member(import, name)).into();
        cells.extend(["rows", "created", "updated", "bad"].map(|name| member(progress, name)));
        cells.push(member(import, "id"));
        cells
    };
    let rows: Vec<Vec<String>> = imports.iter().map(row).collect();
    table(&["created_at", "name", "state", "rows", "created", "updated", "bad", "id"], &rows, "  none\n")
}

/// An import in words.
pub fn shown(import: &Value) -> String {
    let (file, progress) = (&import["file"], &import["progress"]);
    let number = |name: &str| progress.get(name).and_then(Value::as_u64).unwrap_or_default();
    let mut text = format!(
        "import {}  {}  {}\n{} bytes, {}, {}: {}\n",
        member(import, "id"),
        member(import, "name"),
        member(import, "state"),
        member(file, "bytes"),
        member(file, "format"),
        member(file, "encoding"),
        member(file, "encoding_why"),
    );
    for note in file.get("notes").and_then(Value::as_array).into_iter().flatten() {
        let _ = writeln!(text, "note: {}", note.as_str().unwrap_or_default());
    }
    let _ = write!(
        text,
        "{}: {} created, {} updated, {} unchanged, {} skipped, {} bad, {} set aside",
        counted(number("rows"), "row"),
        number("created"),
        number("updated"),
        number("unchanged"),
        number("skipped"),
        number("bad"),
        number("set_aside"),
    );
    let undo = &progress["undo"];
    if undo.is_object() {
        let number = |name: &str| undo.get(name).and_then(Value::as_u64).unwrap_or_default();
        let _ = write!(
            text,
            "\nundone: {} given back what they had; {} kept because something newer changed them; {} that only the \
             import had made are still there, without what it said",
            counted(number("restored"), "contact"),
            counted(number("kept"), "value"),
            number("only_imported"),
        );
    }
    text
}
