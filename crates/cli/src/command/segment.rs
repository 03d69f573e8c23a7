//! `wend segment`: who is meant - how many, who, why, and who would be.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::args::General;
use crate::client::Client;
use crate::command::choices::parsed;
use crate::command::contact::rows;
use crate::command::jobs::over;
use crate::exit::{Exit, Failure};
use crate::output::{Output, counted, member, plain, table};

const EXAMPLES: &str = "\
Examples:
  wend segment list
  wend segment show vips --days 90
  wend segment members vips --limit 20
  wend segment preview segments/vips.yaml --count
  wend segment preview --where '{ trait: country, eq: AT }'
  wend segment overlap vips newsletter --count
  wend segment why vips 42";

/// The most pages that one command follows on its own.
const PAGES_MAX: usize = 10_000;

/// Who is meant.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Segment {
    /// List segments with how many contacts are in each
    List,
    /// Show a segment: its file, how many contacts, and how that came about
    Show {
        /// Its name
        name: String,
        /// How many days of growth to show
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=400))]
        days: u32,
    },
    /// List the contacts in a segment
    Members {
        /// Its name
        name: String,
        /// Which of them
        #[command(flatten)]
        page: Page,
    },
    /// Ask a random sample of contacts who would be meant
    Preview(Preview),
    /// Show how many contacts are in several segments at once
    Overlap(Overlap),
    /// Explain why a contact is in a segment, or why not
    Why {
        /// The segment
        name: String,
        /// A user id, an anonymous id, or our own id of the contact
        #[arg(value_name = "CONTACT")]
        contact: String,
    },
}

/// Which page of contacts.
#[derive(Debug, Args)]
pub struct Page {
    /// Only those after this place: `next` of the page before
    #[arg(long, value_name = "NEXT")]
    after: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

/// Who would be meant.
#[derive(Debug, Args)]
pub struct Preview {
    /// A published segment, or the file of one that isn't
    #[arg(value_name = "NAME_OR_FILE", required_unless_present = "condition")]
    what: Option<String>,
    /// A condition of the file format
    #[arg(long = "where", value_name = "CONDITION", conflicts_with = "what")]
    condition: Option<String>,
    /// How it is asked
    #[command(flatten)]
    asking: Asking,
}

/// Several segments at once.
#[derive(Debug, Args)]
pub struct Overlap {
    /// Two to eight: a segment's name, `list:NAME` or `tag:NAME`
    #[arg(value_name = "NAME", num_args = 2..=8, required = true)]
    names: Vec<String>,
    /// How it is asked
    #[command(flatten)]
    asking: Asking,
}

/// How contacts are asked.
#[derive(Debug, Args)]
struct Asking {
    /// Count exactly, too, and wait for it
    #[arg(long)]
    count: bool,
    /// Another number asks another random sample
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

impl Segment {
    /// Prints what was asked for.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::List => {
                let answer = client.get(&["segments"], &[]).await?;
                output.finish(&answer, || listed(&answer))
            }
            Self::Show { name, days } => {
                let answer = client.get(&["segments", name], &[("days", days.to_string())]).await?;
                output.finish(&answer, || shown(&answer))
            }
            Self::Members { name, page } => {
                let members = page.all(&client, output, &["segments", name, "members"]).await?;
                output.finish(&members, || contacts(&members))
            }
            Self::Preview(preview) => {
                let answer = preview.asked(&client, output).await?;
                output.finish(&answer, || previewed(&answer))
            }
            Self::Overlap(overlap) => {
                let of: Vec<Value> = overlap.names.iter().map(|name| selected(name)).collect();
                let body = json!({ "of": of, "count": overlap.asking.count, "seed": overlap.asking.seed });
                let mut answer = client.post(&["segments", "overlap"], &body).await?;
                with_exact(&client, output, &mut answer).await?;
                output.finish(&answer, || overlapped(&answer))
            }
            Self::Why { name, contact } => {
                let answer = client.get(&["segments", name, "why", contact], &[]).await?;
                output.finish(&answer, || explained(&answer))
            }
        }
    }
}

impl Page {
    /// Contacts of a list, page by page until there are enough.
    pub async fn all(&self, client: &Client, output: Output, path: &[&str]) -> Result<Value, Failure> {
        let ask = async |after: Option<String>, limit: usize| {
            let mut query = vec![("limit", limit.to_string())];
            query.extend(after.map(|after| ("after", after)));
            client.get(path, &query).await
        };
        self.collect(output, ask).await
    }

    /// Contacts of a search, page by page until there are enough.
    pub async fn found(&self, client: &Client, output: Output, body: &Value) -> Result<Value, Failure> {
        let ask = async |after: Option<String>, limit: usize| {
            let mut body = body.clone();
            body["limit"] = json!(limit);
            if let Some(after) = after {
                body["after"] = json!(after);
            }
            client.post(&["contacts", "search"], &body).await
        };
        self.collect(output, ask).await
    }

    async fn collect(
        &self,
        output: Output,
        ask: impl AsyncFn(Option<String>, usize) -> Result<Value, Failure>,
    ) -> Result<Value, Failure> {
        /// The most contacts that the server gives at once.
        const PAGE_MAX: usize = 1_000;
        let limit = self.limit as usize;
        let progress = output.progress("looking", None);
        let mut found: Vec<Value> = Vec::new();
        let mut after = self.after.clone();
        let mut answer = json!({});
        for _ in 0..PAGES_MAX {
            answer = ask(after.clone(), (limit - found.len()).min(PAGE_MAX)).await?;
            let page = answer["contacts"].take();
            found.extend(page.as_array().cloned().unwrap_or_default());
            progress.inc(answer["looked_at"].as_u64().unwrap_or_default());
            let next = answer["next"].as_str().map(str::to_owned);
            if next.is_none() || found.len() >= limit {
                break;
            }
            after = next;
        }
        progress.finish_and_clear();
        answer["contacts"] = Value::Array(found);
        Ok(answer)
    }
}

impl Preview {
    async fn asked(&self, client: &Client, output: Output) -> Result<Value, Failure> {
        let mut body = match (&self.condition, &self.what) {
            (Some(condition), _) => json!({ "where": read("--where", condition)? }),
            (None, Some(what)) if Path::new(what).is_file() => json!({ "where": rule_of(what)? }),
            (None, what) => json!({ "segment": what }),
        };
        body["count"] = json!(self.asking.count);
        body["seed"] = json!(self.asking.seed);
        let mut answer = client.post(&["segments", "preview"], &body).await?;
        with_exact(client, output, &mut answer).await?;
        Ok(answer)
    }
}

/// YAML or JSON, as a person writes it.
pub fn read(what: &str, text: &str) -> Result<Value, Failure> {
    parsed(what, text.to_owned()).map_err(|found| {
        Failure::new(Exit::Usage, "usage", format!("{what} can't be read")).diagnostics(found)
    })
}

/// The rule in the file of a segment.
fn rule_of(file: &str) -> Result<Value, Failure> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    let segment = read(file, &text)?;
    match segment.get("where") {
        Some(rule) => Ok(rule.clone()),
        None => Err(Failure::usage(format!("{file} has no `where:`: name the file of a segment"))),
    }
}

/// A name on the command line: a segment, a list or a tag.
fn selected(name: &str) -> Value {
    match name.split_once(':') {
        Some(("list", list)) => json!({ "list": list }),
        Some(("tag", tag)) => json!({ "tag": tag }),
        _ => json!({ "segment": name }),
    }
}

/// Waits for the job that counts, and puts what it has counted beside the estimate.
async fn with_exact(client: &Client, output: Output, answer: &mut Value) -> Result<(), Failure> {
    let Some(job) = answer["job"].as_str().map(str::to_owned) else { return Ok(()) };
    let job = over(client, output, &job).await?;
    answer["exact"] = job["result"].clone();
    Ok(())
}

/// `building, 120 of 5,000`, or nothing if it is whole.
fn building(value: &Value) -> String {
    let building = value.get("building").unwrap_or(&Value::Null);
    match member(building, "state").as_str() {
        "" | "whole" => String::new(),
        state => format!("{state}, {} of {}", member(building, "looked_at"), member(building, "of")),
    }
}

fn listed(answer: &Value) -> String {
    let segments = answer["segments"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |segment: &Value| {
        vec![
            member(segment, "name"),
            member(segment, "n_contacts"),
            building(segment),
            member(segment, "title"),
        ]
    };
    let rows: Vec<Vec<String>> = segments.iter().map(row).collect();
    table(&["name", "contacts", "state", "title"], &rows, "no segments are published\n")
}

fn shown(segment: &Value) -> String {
    let mut lines = vec![format!("segment   {}  {}", member(segment, "name"), member(segment, "title"))];
    lines.push(format!("contacts  {}", member(segment, "n_contacts")));
    let state = building(segment);
    if !state.is_empty() {
        lines.push(format!("state     {state}: the number is of those who have been told"));
    }
    if let Some(file) = segment.get("file") {
        lines.push(format!("\n{}\n{}", member(file, "path"), member(file, "text").trim_end()));
    }
    lines.push(format!("\n{}", grown(segment)));
    lines.join("\n")
}

/// Who came and went on the days on which anybody did.
pub fn grown(of: &Value) -> String {
    let days = of["growth"].as_array().map(Vec::as_slice).unwrap_or_default();
    let moved = ["entered", "left", "defined_in", "defined_out"];
    let mut rows: Vec<Vec<String>> = Vec::new();
    for day in days.iter().filter(|day| moved.iter().any(|what| day[*what] != 0)) {
        let mut row = vec![member(day, "day"), member(day, "n_contacts")];
        row.extend(moved.iter().map(|what| member(day, what)));
        rows.push(row);
    }
    let heading = ["day", "contacts", "entered", "left", "defined in", "defined out"];
    table(&heading, &rows, "nobody came or went in these days\n")
}

/// A page of contacts, and how it goes on.
pub fn contacts(page: &Value) -> String {
    let mut text = rows(page.get("contacts"), &["user_id", "name", "email", "since", "last_input_at", "id"]);
    let state = building(page);
    if !state.is_empty() {
        let _ = writeln!(text, "the segment is {state}: there may be more");
    }
    if let Some(next) = page["next"].as_str() {
        let _ = writeln!(text, "more with --after '{next}'");
    }
    text
}

/// `about 1,200 (1,100 to 1,300)`, or the number.
fn estimated(estimate: &Value) -> String {
    let n = member(estimate, "n");
    if estimate["exact"] == true {
        return n;
    }
    format!("about {n} ({} to {})", member(estimate, "low"), member(estimate, "high"))
}

fn previewed(answer: &Value) -> String {
    let mut text = format!(
        "{} of {} contacts: {} of {} asked\n",
        estimated(&answer["estimate"]),
        member(answer, "contacts"),
        member(answer, "matched"),
        member(answer, "asked")
    );
    if let Some(exact) = answer["exact"]["sets"].get(0) {
        let n = exact["n"].as_u64().unwrap_or_default();
        let _ = writeln!(text, "exactly {} of {}", counted(n, "contact"), answer["exact"]["asked"]);
    }
    for name in answer["building"].as_array().into_iter().flatten() {
        let _ = writeln!(text, "the segment {} is being built: it may be as before", plain(name));
    }
    let members = rows(answer.get("members"), &["user_id", "name", "email", "id"]);
    let _ = write!(
        text,
        "
{members}"
    );
    text
}

fn overlapped(answer: &Value) -> String {
    let sets = answer["sets"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (n, set) in sets.iter().enumerate() {
        let of: Vec<String> = set["of"].as_array().into_iter().flatten().map(plain).collect();
        let share = set["estimate"]["share"].as_f64().unwrap_or_default() * 100.0;
        let exact = answer["exact"]["sets"].get(n).map(|exact| member(exact, "n")).unwrap_or_default();
        rows.push(vec![of.join(" and "), estimated(&set["estimate"]), format!("{share:.1} %"), exact]);
    }
    table(&["of", "contacts", "share", "exactly"], &rows, "")
}

fn explained(answer: &Value) -> String {
    let lines: Vec<String> = answer["lines"].as_array().into_iter().flatten().map(plain).collect();
    let mut text = format!("{}\n\n{}\n", member(answer, "text"), lines.join("\n"));
    for (name, what) in [("since", "in it since"), ("may_change_at", "time alone may change it at")] {
        let value = member(answer, name);
        if !value.is_empty() {
            let _ = write!(
                text,
                "
{what} {value}"
            );
        }
    }
    text
}
