//! What `wend contact` does with a person's data: the ledger of consent, answers, the archive, erasure.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::{Map, Value, json};

use crate::args::General;
use crate::command::contact::rows;
use crate::command::decided;
use crate::exit::Failure;
use crate::output::{member, plain};

/// The most pages of history of one archive: ten million inputs.
const PAGES_MAX: usize = 10_000;

/// Who is meant.
#[derive(Debug, Args)]
pub struct Who {
    /// A user id, an anonymous id, or our own id of the contact
    #[arg(value_name = "CONTACT")]
    contact: String,
}

impl Who {
    /// Prints the ledger of consent.
    pub async fn ledger(&self, general: &General) -> Result<(), Failure> {
        let client = general.client()?;
        let (mut changes, mut after) = (Vec::new(), None::<String>);
        for _ in 0..PAGES_MAX {
            let mut query = vec![("limit", "1000".to_owned())];
            query.extend(after.take().map(|after| ("after", after)));
            let answer = client.get(&["contacts", &self.contact, "consent"], &query).await?;
            changes.extend(answer.get("changes").and_then(Value::as_array).cloned().unwrap_or_default());
            after = answer.get("next").and_then(Value::as_str).map(ToOwned::to_owned);
            if after.is_none() {
                break;
            }
        }
        let ledger = json!({ "contact": self.contact, "changes": changes });
        let columns = ["at", "of", "answer", "legal_basis", "source", "message"];
        general.output().finish(&ledger, || rows(ledger.get("changes"), &columns))
    }
}

/// What is answered for a contact.
#[derive(Debug, Args)]
pub struct Answer {
    /// A user id, an anonymous id, or our own id of the contact
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// Categories that the contact subscribes to
    #[arg(long, value_name = "CATEGORY")]
    subscribe: Vec<String>,
    /// Categories that the contact unsubscribes from
    #[arg(long, value_name = "CATEGORY")]
    unsubscribe: Vec<String>,
    /// Channels that may be used
    #[arg(long, value_name = "CHANNEL")]
    allow: Vec<String>,
    /// Channels that may not be used
    #[arg(long, value_name = "CHANNEL")]
    forbid: Vec<String>,
    /// Until when the contact wants no marketing: an instant, or `over`
    #[arg(long, value_name = "INSTANT")]
    pause_until: Option<String>,
    /// How much marketing at most: `1 per 1w`, or `any`
    #[arg(long, value_name = "N per SPAN")]
    frequency: Option<String>,
    /// What allows messages: `consent`, `contract`, `legal_obligation` or `legitimate_interest`
    #[arg(long, value_name = "BASIS")]
    legal_basis: Option<String>,
    /// Where the answer came from, such as 'paper form of 3 May'
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,
    /// The subscription was confirmed elsewhere: don't ask the person again
    #[arg(long)]
    confirmed: bool,
    /// Why, in your words: `wend why` shows it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Answer {
    /// Gives the answers and prints what was decided.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let answers = |yes: &[String], no: &[String]| {
            let yes = yes.iter().map(|name| (name.clone(), Value::from("subscribed")));
            let no = no.iter().map(|name| (name.clone(), Value::from("unsubscribed")));
            yes.chain(no).collect::<Map<String, Value>>()
        };
        let body = json!({
            "categories": answers(&self.subscribe, &self.unsubscribe),
            "channels": answers(&self.allow, &self.forbid),
            "pause_until": self.pause_until,
            "frequency": self.frequency,
            "legal_basis": self.legal_basis,
            "source": self.source,
            "confirmed": self.confirmed,
            "reason": self.reason,
        });
        let answer = general.client()?.post(&["contacts", &self.contact, "consent"], &body).await?;
        decided::finish(general.output(), &answer)
    }
}

/// Whose archive, and where it goes.
#[derive(Debug, Args)]
pub struct Archive {
    /// A user id, an anonymous id, or our own id of the contact
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// The folder that is made for it
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

impl Archive {
    /// Writes `archive.json` and a page for reading, `index.html`.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let client = general.client()?;
        let mut archive = client.get(&["contacts", &self.contact, "archive"], &[]).await?;
        for _ in 0..PAGES_MAX {
            let Some(after) = archive.get("next").and_then(Value::as_i64) else { break };
            let query = [("after", after.to_string())];
            let mut page = client.get(&["contacts", &self.contact, "archive"], &query).await?;
            if let (Some(all), Some(more)) =
                (archive["history"].as_array_mut(), page["history"].as_array_mut())
            {
                all.append(more);
            }
            archive["next"] = page["next"].take();
        }
        if let Some(members) = archive.as_object_mut() {
            members.remove("next");
        }
        let shown = self.to.display();
        wend_store::make_private_folder(&self.to).with_context(|| format!("cannot make {shown}"))?;
        let text = serde_json::to_string_pretty(&archive).context("cannot write the archive")?;
        self.write("archive.json", &text)?;
        self.write("index.html", &page(&archive))?;
        let index = self.to.join("index.html");
        let done = json!({ "contact": self.contact, "folder": shown.to_string() });
        general.output().finish(&done, || format!("{} and archive.json beside it", index.display()))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path: &Path = &self.to.join(name);
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }
}

/// Who is erased, and why.
#[derive(Debug, Args)]
pub struct Erase {
    /// A user id, an anonymous id, or our own id of the contact
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// Why; the audit keeps it, so don't name the person
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Really: there is no way back
    #[arg(long)]
    yes: bool,
}

impl Erase {
    /// Erases the person.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        if !self.yes {
            return Err(Failure::usage("a person who is erased can't be brought back")
                .hint("look with `wend contact show`, then say --yes"));
        }
        let body = json!({ "reason": self.reason });
        let answer = general.client()?.post(&["contacts", &self.contact, "erase"], &body).await?;
        general.output().finish(&answer, || {
            format!(
                "contact {} is erased; `wend compact` rewrites the database's files",
                member(&answer, "contact")
            )
        })
    }
}

/// The archive for reading: one page without anything from elsewhere.
fn page(archive: &Value) -> String {
    let contact = &archive["contact"];
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Everything about one person</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>\
         :root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
         table{border-collapse:collapse;width:100%}th,td{border:1px solid;padding:.25rem .5rem;text-align:left;\
         vertical-align:top;overflow-wrap:anywhere}pre{white-space:pre-wrap;overflow-wrap:anywhere}</style></head><body>\
         <h1>Everything about one person</h1>",
    );
    let _ = write!(
        page,
        "<p>Made at {}. The same data for programs: archive.json.</p>",
        text(&archive["made_at"])
    );
    page.push_str("<h2>Profile</h2>");
    let about =
        ["id", "user_id", "anonymous_ids", "created_at", "last_input_at", "lists", "tags", "segments"];
    page.push_str(&pairs(about.iter().map(|name| (*name, &contact[*name]))));
    page.push_str("<h2>What is known</h2>");
    let traits = contact["traits"].as_object().into_iter().flatten();
    page.push_str(&pairs(traits.map(|(name, value)| (name.as_str(), value))));
    page.push_str("<h2>Consent</h2>");
    page.push_str(&grid(&archive["consent"], &["at", "of", "answer", "legal_basis", "source"]));
    page.push_str("<h2>Messages</h2>");
    for message in archive["messages"].as_array().into_iter().flatten() {
        let heading = [&message["state_at"], &message["channel"], &message["template"], &message["state"]];
        let heading: Vec<String> = heading.into_iter().map(text).collect();
        let content = &message["content"];
        let body = ["subject", "title", "text", "body"].iter().filter_map(|part| content[*part].as_str());
        let body: Vec<String> = body.map(escaped).collect();
        let _ = write!(
            page,
            "<details><summary>{}</summary><pre>{}</pre></details>",
            heading.join(" · "),
            body.join("\n\n")
        );
    }
    page.push_str("<h2>What happened</h2>");
    for entry in archive["history"].as_array().into_iter().flatten() {
        let decisions = entry["decisions"].as_array().into_iter().flatten();
        let decisions: Vec<String> =
            decisions.map(|line| format!("<li>{}</li>", text(&line["text"]))).collect();
        let decisions = decisions.concat();
        let _ = write!(
            page,
            "<details><summary>{} · {}</summary><pre>{}</pre><ul>{decisions}</ul></details>",
            text(&entry["at"]),
            text(&entry["input"]["kind"]),
            escaped(&serde_json::to_string_pretty(&entry["input"]).unwrap_or_default())
        );
    }
    page.push_str("</body></html>\n");
    page
}

fn pairs<'p>(pairs: impl Iterator<Item = (&'p str, &'p Value)>) -> String {
    let rows = pairs.filter(|(_, value)| !value.is_null());
    let rows: Vec<String> = rows
        .map(|(name, value)| format!("<tr><th>{}</th><td>{}</td></tr>", escaped(name), text(value)))
        .collect();
    format!("<table>{}</table>", rows.concat())
}

fn grid(list: &Value, columns: &[&str]) -> String {
    let heading: Vec<String> = columns.iter().map(|name| format!("<th>{}</th>", escaped(name))).collect();
    let heading = heading.concat();
    let items = list.as_array().into_iter().flatten();
    let rows = items.map(|item| {
        let cells: Vec<String> =
            columns.iter().map(|name| format!("<td>{}</td>", text(&item[*name]))).collect();
        format!("<tr>{}</tr>", cells.concat())
    });
    let rows: String = rows.collect();
    format!("<table><tr>{heading}</tr>{rows}</table>")
}

fn text(value: &Value) -> String {
    if value.is_null() { String::new() } else { escaped(&plain(value)) }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
