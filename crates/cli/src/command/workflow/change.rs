//! The life cycle of one workflow, of several, or of all.

use std::time::Instant;

use serde_json::{Value, json};

use crate::args::General;
use crate::client::Client;
use crate::command::workflow::Plain;
use crate::exit::Failure;
use crate::output::{counted, member};

/// One change of the life cycle.
pub struct Change {
    /// The last part of its path.
    path: &'static str,
    /// What the workflow is afterwards.
    done: &'static str,
    /// The states in which `--all` means a workflow.
    from: &'static [&'static str],
}

/// Nobody enters, runs rest.
pub const PAUSE: Change = Change { path: "pause", done: "paused", from: &["live"] };
/// It goes on.
pub const RESUME: Change = Change { path: "resume", done: "live", from: &["paused", "halted"] };
/// Nothing moves.
pub const STOP: Change =
    Change { path: "stop", done: "stopped", from: &["live", "paused", "archived", "removed"] };
/// Put away.
pub const ARCHIVE: Change = Change { path: "archive", done: "archived", from: &["live", "removed"] };
/// Taken out again.
pub const RESTORE: Change = Change { path: "restore", done: "live", from: &["archived"] };

/// Changes each, and prints which and how long it took. One that can't be changed doesn't keep the others.
pub async fn each(
    general: &General,
    change: &Change,
    plain: &Plain,
    discard: Option<bool>,
) -> Result<(), Failure> {
    let client = general.client()?;
    let begun = Instant::now();
    let names = if plain.which.all { all(&client, change).await? } else { plain.which.names.clone() };
    let (mut done, mut failed): (Vec<Value>, Vec<(String, Failure)>) = (Vec::new(), Vec::new());
    for name in names {
        let mut body = json!({ "reason": plain.reason });
        if let Some(discard) = discard {
            body["discard"] = discard.into();
        }
        match client.post(&["workflows", &name, change.path], &body).await {
            Ok(answer) => done.push(answer),
            Err(failure) => failed.push((name, failure)),
        }
    }
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    if !failed.is_empty() {
        return Err(several(change, &done, failed));
    }
    let document = json!({ "workflows": done, "took_ms": took_ms });
    general.output().finish(&document, || {
        let mut lines: Vec<String> = done.iter().map(|one| line(change, one)).collect();
        lines.push(format!("{} in {took_ms} ms", counted(done.len() as u64, "workflow")));
        lines.join("\n")
    })
}

/// Those that `--all` means.
async fn all(client: &Client, change: &Change) -> Result<Vec<String>, Failure> {
    let answer = client.get(&["workflows"], &[("archived", "true".to_owned())]).await?;
    let listed = answer.get("workflows").and_then(Value::as_array).into_iter().flatten();
    let meant = listed.filter(|workflow| change.from.contains(&&*member(workflow, "status")));
    Ok(meant.map(|workflow| member(workflow, "name")).collect())
}

fn line(change: &Change, answer: &Value) -> String {
    let job = member(answer, "job");
    let job = if job.is_empty() { job } else { format!("; the job {job} tells its contacts") };
    format!("{} is {}{job}", member(answer, "workflow"), change.done)
}

/// What was done and what was not, with the exit code of the first that was not.
fn several(change: &Change, done: &[Value], mut failed: Vec<(String, Failure)>) -> Failure {
    if done.is_empty() && failed.len() == 1 {
        return failed.remove(0).1;
    }
    let why: Vec<String> =
        failed.iter().map(|(name, failure)| format!("{name} not: {}", failure.message())).collect();
    let names: Vec<String> = done.iter().map(|one| member(one, "workflow")).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let message = format!("{}: {names}; {}", change.done, why.join("; "));
    Failure::new(failed[0].1.exit(), "some_failed", message)
}
