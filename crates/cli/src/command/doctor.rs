//! `wend doctor`: what is wrong with an installation, and how to mend it.

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use wend_domain::time::Timestamp;
use wend_engine::{Clock as _, SystemClock};

use crate::args::General;
use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::output::{member, say};

/// How far the two clocks may be apart, in milliseconds.
const CLOCKS_APART_MS_MAX: i64 = 10_000;
/// How late the earliest deadline may be, in milliseconds.
const ALARM_LATE_MS_MAX: i64 = 60_000;
/// How many messages may wait to be handed out.
const OUTBOX_ROWS_MAX: i64 = 10_000;
/// How many inputs may wait for their contact.
const INBOX_ROWS_MAX: i64 = 100_000;
/// How many failed or uncertain messages are counted at most.
const MESSAGES_MAX: usize = 1_000;

const EXAMPLES: &str = "\
Examples:
  wend doctor
  wend doctor --json | jq '.checks[] | select(.ok | not)'

Exit code 1 if something is wrong, 5 if the server can't be reached. Changes nothing.";

/// Looks for what is wrong with an installation, and says how to mend each.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Doctor {}

/// What one look found.
#[derive(Debug, Serialize, PartialEq, Eq)]
struct Check {
    name: &'static str,
    ok: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<&'static str>,
}

impl Check {
    fn new(name: &'static str, ok: bool, found: impl Into<String>, mend: &'static str) -> Self {
        Self { name, ok, found: found.into(), mend: (!ok).then_some(mend) }
    }
}

impl Doctor {
    /// Prints every check; fails if one of them does.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let checks = examine(&general.client()?).await?;
        let n_wrong = checks.iter().filter(|check| !check.ok).count();
        if general.json {
            say(&json!({ "ok": n_wrong == 0, "checks": checks }).to_string())?;
            // The one document is out; what is left is the exit code.
            if n_wrong > 0 {
                std::process::exit(Exit::Failed as i32);
            }
            return Ok(());
        }
        say(&shown(&checks))?;
        if n_wrong == 0 {
            return Ok(());
        }
        Err(Failure::new(
            Exit::Failed,
            "unwell",
            format!("{n_wrong} of {} checks found something wrong", checks.len()),
        ))
    }
}

async fn examine(client: &Client) -> Result<Vec<Check>, Failure> {
    let ready = client.is_ready().await?;
    let mut checks = vec![Check::new(
        "server",
        ready,
        if ready {
            format!("{} is ready", client.base())
        } else {
            format!("{} answers and isn't ready", client.base())
        },
        "the server's log says what it waits for: most often the database is gone or its disk is full",
    )];
    let status = client.get(&["status"], &[]).await?;
    checks.extend(of_status(&status, SystemClock.now()));
    for (state, mend) in [
        ("failed", "`wend messages --state failed` says why; mend that, then `wend messages requeue ID`"),
        (
            "uncertain",
            "they may or may not have arrived (SEMANTICS 8.4): `wend messages requeue ID` where twice is better than never",
        ),
    ] {
        let query = [("state", state.to_owned()), ("limit", MESSAGES_MAX.to_string())];
        let answer = client.get(&["messages"], &query).await?;
        let n_messages = answer.get("messages").and_then(Value::as_array).map_or(0, Vec::len);
        let more = if n_messages == MESSAGES_MAX { "at least " } else { "" };
        let name = if state == "failed" { "failed messages" } else { "uncertain messages" };
        checks.push(Check::new(name, n_messages == 0, format!("{more}{n_messages}"), mend));
    }
    checks.extend(of_senders(&status));
    let jobs = client.get(&["jobs"], &[]).await?;
    checks.push(of_jobs(&jobs));
    Ok(checks)
}

/// What the server's own numbers say; `now` is this machine's time.
fn of_status(status: &Value, now: Timestamp) -> Vec<Check> {
    let number = |name: &str| status.get(name).and_then(Value::as_i64).unwrap_or(0);
    let instant = |name: &str| status.get(name).and_then(Value::as_str).and_then(Timestamp::parse);
    let server_at = instant("at").unwrap_or(now);
    let apart_ms = now.since(server_at).as_millis().abs();
    let late_ms = instant("oldest_alarm").map_or(0, |alarm| server_at.since(alarm).as_millis().max(0));
    let revision = number("catalog_revision");
    let outbox = status.get("outbox").and_then(Value::as_object);
    let n_outbox: i64 = outbox.into_iter().flat_map(|states| states.values()).filter_map(Value::as_i64).sum();
    let (n_stuck, n_inbox, n_quarantined) = (number("stuck"), number("inbox"), number("quarantine"));
    vec![
        Check::new(
            "version",
            member(status, "version") == env!("CARGO_PKG_VERSION"),
            format!("server {}, this command {}", member(status, "version"), env!("CARGO_PKG_VERSION")),
            "use the command of the server's version",
        ),
        Check::new(
            "clock",
            apart_ms <= CLOCKS_APART_MS_MAX,
            format!("{apart_ms} ms apart"),
            "let both machines keep time by NTP: every decision depends on the server's clock",
        ),
        Check::new(
            "portfolio",
            revision > 0,
            format!("revision {revision}, {} contacts", number("contacts")),
            "nothing was published yet: `wend apply DIR`",
        ),
        Check::new(
            "stuck inputs",
            n_stuck == 0,
            n_stuck.to_string(),
            "their contacts wait: `wend stuck list` says why; then `wend stuck retry SEQ` or `wend stuck drop SEQ`",
        ),
        Check::new(
            "quarantine",
            n_quarantined == 0,
            n_quarantined.to_string(),
            "events made no sense: `wend quarantine list` says why; then `wend quarantine resend ID` or `drop ID`",
        ),
        Check::new(
            "inbox",
            n_inbox <= INBOX_ROWS_MAX,
            n_inbox.to_string(),
            "inputs queue up faster than they are taken: look at wend_batch_duration_seconds and the disk",
        ),
        Check::new(
            "outbox",
            n_outbox <= OUTBOX_ROWS_MAX,
            n_outbox.to_string(),
            "messages queue up: the provider is slow or away (wend_attempts_total), or engine.outbox_concurrency is low",
        ),
        Check::new(
            "deadlines",
            late_ms <= ALARM_LATE_MS_MAX,
            format!("the earliest is {} s late", late_ms / 1_000),
            "contacts are woken too slowly: look at wend_ticks_failed_total, the log and the machine's load",
        ),
    ]
}

/// Each sender of e-mail that is left alone, or one line that all are well.
fn of_senders(status: &Value) -> Option<Check> {
    let senders = status.get("senders").and_then(Value::as_array).filter(|senders| !senders.is_empty())?;
    let shut = senders.iter().filter(|sender| sender.get("until").is_some_and(Value::is_string));
    let shut: Vec<String> = shut
        .map(|sender| {
            let (name, until) = (member(sender, "name"), member(sender, "until"));
            format!("{name} is left alone until {until}: {}", member(sender, "failure"))
        })
        .collect();
    let found = if shut.is_empty() {
        let names = senders.iter().map(|sender| member(sender, "name"));
        names.collect::<Vec<_>>().join(", ")
    } else {
        shut.join("; ")
    };
    Some(Check::new(
        "senders",
        shut.is_empty(),
        found,
        "the provider's words say why; its account and [sender.NAME] in wend.toml; messages wait, or go by others",
    ))
}

fn of_jobs(jobs: &Value) -> Check {
    let open: Vec<&Value> = jobs
        .get("jobs")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|job| job.get("finished").and_then(Value::as_bool) == Some(false))
        .collect();
    let found = match open.first() {
        None => "none under way".to_owned(),
        Some(job) => {
            format!("{} under way: {} of {} contacts", open.len(), member(job, "done"), member(job, "total"))
        }
    };
    Check::new("jobs", true, found, "")
}

fn shown(checks: &[Check]) -> String {
    let lines = checks.iter().map(|check| {
        let Check { name, ok, found, mend } = check;
        let verdict = if *ok { "ok   " } else { "WRONG" };
        let mend = mend.map(|mend| format!("\n        {mend}")).unwrap_or_default();
        format!("{verdict} {name:<19} {found}{mend}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
