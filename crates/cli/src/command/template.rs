//! `wend template`: what uses a template, how it looks, and a test to colleagues.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::args::General;
use crate::exit::{Exit, Failure};
use crate::output::{counted, member, plain, table};
use crate::portfolio::write_whole;

const EXAMPLES: &str = "\
Examples:
  wend template list
  wend template preview welcome --contact 42
  wend template preview templates/welcome.yaml --data '{\"contact\":{\"first_name\":\"Ada\"}}' --save welcome.html
  wend template preview welcome --part html --dark > dark.html
  wend template test welcome --contact 42 --to ada@example.com --to grace@example.com";

/// How many links a preview lists.
const LINKS_SHOWN_MAX: usize = 20;

/// What a message says.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub enum Template {
    /// List templates with the workflows that send them
    List,
    /// Render a template for a contact or with made-up data, and say what speaks against it
    Preview(Preview),
    /// Send a template to colleagues, marked as a test
    Test(Test),
}

/// Which template, and for whom.
#[derive(Debug, Args)]
struct Trial {
    /// A published template, or the file of one that need not be
    #[arg(value_name = "NAME_OR_FILE")]
    what: String,
    /// A contact whose traits are read: a user id, an anonymous id, or our own id
    #[arg(long)]
    contact: Option<String>,
    /// What the template reads besides, as JSON by root: `{"trigger": {"cart_id": "c-1"}}`
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
    /// In which locale, such as `de-AT`; else the contact's own
    #[arg(long)]
    locale: Option<String>,
}

/// How a template looks.
#[derive(Debug, Args)]
pub struct Preview {
    #[command(flatten)]
    trial: Trial,
    /// As a mailbox that is dark shows it
    #[arg(long)]
    dark: bool,
    /// Print this part alone, as it is
    #[arg(long, value_enum)]
    part: Option<Part>,
    /// Write the HTML to a file, to look at it in a browser
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

/// A part that can be printed alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The HTML
    Html,
    /// The plain text
    Text,
    /// The subject
    Subject,
}

/// A test to colleagues.
#[derive(Debug, Args)]
pub struct Test {
    #[command(flatten)]
    trial: Trial,
    /// Where it goes; may be given up to 20 times
    #[arg(long, required_unless_present = "list", value_name = "ADDRESS")]
    to: Vec<String>,
    /// Also to the addresses of this seed list of the policies
    #[arg(long, value_name = "NAME")]
    list: Option<String>,
}

impl Trial {
    fn body(&self) -> Result<Value, Failure> {
        let mut body = json!({});
        let path = Path::new(&self.what);
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let text =
                std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            body["file"] = json!({ "path": format!("templates/{name}"), "text": text });
        } else {
            body["template"] = Value::from(self.what.clone());
        }
        if let Some(contact) = &self.contact {
            body["contact"] = Value::from(contact.clone());
        }
        if let Some(locale) = &self.locale {
            body["locale"] = Value::from(locale.clone());
        }
        if let Some(data) = &self.data {
            let read = serde_json::from_str(data).ok().filter(Value::is_object);
            body["context"] = read.ok_or_else(|| {
                Failure::new(Exit::Usage, "usage", "--data is no JSON object")
                    .hint("write '{\"contact\":{\"first_name\":\"Ada\"}}'")
            })?;
        }
        Ok(body)
    }
}

impl Template {
    /// Does what was asked for.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let (client, output) = (general.client()?, general.output());
        match self {
            Self::List => {
                let answer = client.get(&["templates"], &[]).await?;
                output.finish(&answer, || listed(&answer))
            }
            Self::Preview(preview) => {
                let mut body = preview.trial.body()?;
                body["dark"] = Value::from(preview.dark);
                let answer = client.post(&["templates", "preview"], &body).await?;
                if let Some(file) = &preview.save {
                    let html = answer["content"]["html"].as_str().unwrap_or_default();
                    write_whole(file, html.as_bytes())?;
                }
                output.finish(&answer, || match preview.part {
                    Some(Part::Html) => plain(&answer["content"]["html"]),
                    Some(Part::Text) => plain(&answer["content"]["text"]),
                    Some(Part::Subject) => plain(&answer["content"]["subject"]),
                    None => shown(&answer),
                })
            }
            Self::Test(test) => {
                let mut body = test.trial.body()?;
                body["to"] = json!(test.to);
                if let Some(list) = &test.list {
                    body["list"] = json!(list);
                }
                let answer = client.post(&["templates", "test"], &body).await?;
                output.finish(&answer, || tested(&answer))
            }
        }
    }
}

fn listed(answer: &Value) -> String {
    let rows = answer["templates"].as_array().into_iter().flatten().map(|template| {
        let used: Vec<&str> =
            template["used_by"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        vec![member(template, "name"), member(template, "channel"), used.join(", ")]
    });
    table(&["template", "channel", "sent by"], &rows.collect::<Vec<_>>(), "there are no templates")
}

fn shown(answer: &Value) -> String {
    let mut out = String::new();
    let content = &answer["content"];
    for part in ["from", "reply_to", "subject", "preheader", "title", "url"] {
        if let Some(text) = content[part].as_str() {
            _ = writeln!(out, "{part}: {text}");
        }
    }
    let body = content["text"].as_str().or_else(|| content["body"].as_str()).unwrap_or_default();
    _ = writeln!(out, "\n{}\n", body.trim_end());
    let inspection = &answer["inspection"];
    _ = writeln!(out, "{} bytes of HTML, {} of text", inspection["html_bytes"], inspection["text_bytes"]);
    let links = inspection["links"].as_array().map_or(&[][..], Vec::as_slice);
    for link in links.iter().take(LINKS_SHOWN_MAX) {
        _ = writeln!(out, "link: {} ({})", member(link, "url"), member(link, "text"));
    }
    if links.len() > LINKS_SHOWN_MAX {
        _ = writeln!(out, "and {}", counted((links.len() - LINKS_SHOWN_MAX) as u64, "link"));
    }
    for check in inspection["checks"].as_array().into_iter().flatten() {
        _ = writeln!(
            out,
            "{} {}, {}: {}\n  fix: {}",
            member(check, "severity"),
            member(check, "code"),
            member(check, "part"),
            member(check, "message"),
            member(check, "fix")
        );
    }
    out.trim_end().to_owned()
}

fn tested(answer: &Value) -> String {
    let rows = answer["sent"].as_array().into_iter().flatten();
    let rows = rows.map(|sent| vec![member(sent, "to"), member(sent, "outcome"), member(sent, "reply")]);
    table(&["to", "outcome", "reply"], &rows.collect::<Vec<_>>(), "nothing was sent")
}
