//! `wend inbox`: the development inbox as a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use wend_channels::{Inbox as DevelopmentInbox, InboxOptions, Remark, RemarkLink, Remarks};
use wend_render::{Check, InspectedLink, Inspection, Rendered, inspect};

use crate::args::General;
use crate::command::serve::interrupted;
use crate::exit::Failure;
use crate::output::say;

const EXAMPLES: &str = "\
Examples:
  wend inbox
  wend inbox --smtp 127.0.0.1:2525 --http 127.0.0.1:8026 --data wend-data/inbox

Then start the server with: --smtp 'smtp://127.0.0.1:2525?tls=none' --inbox http://127.0.0.1:8026";

/// Takes mail over SMTP and messages of other channels over HTTP, delivers to nobody, and shows them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Inbox {
    /// Where it takes mail; port 0 takes any free port
    #[arg(long, default_value = "127.0.0.1:2525", value_name = "ADDR:PORT")]
    smtp: SocketAddr,
    /// Where it shows what it took; port 0 takes any free port
    #[arg(long, default_value = "127.0.0.1:8026", value_name = "ADDR:PORT")]
    http: SocketAddr,
    /// The folder that keeps the messages
    #[arg(long, default_value = "wend-data/inbox", value_name = "DIR")]
    data: PathBuf,
    /// The most messages that are kept; older ones are removed
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    keep: u32,
}

impl Inbox {
    /// Serves until Ctrl-C.
    pub async fn run(&self, general: &General) -> Result<(), Failure> {
        let options = InboxOptions {
            smtp: self.smtp,
            http: self.http,
            folder: self.data.clone(),
            mails_max: self.keep as usize,
        };
        let inbox = DevelopmentInbox::bind(options).await?.inspecting(remarks);
        let interrupted = interrupted();
        let (smtp, http) = (inbox.smtp_addr(), inbox.http_addr());
        if general.json {
            say(&serde_json::json!({ "smtp": format!("smtp://{smtp}"), "http": format!("http://{http}") })
                .to_string())?;
        } else {
            say(&format!("smtp smtp://{smtp}\nready http://{http}"))?;
        }
        inbox.run(interrupted).await?;
        Ok(())
    }
}

/// What there is to say of an e-mail that the inbox took.
fn remarks(subject: &str, html: Option<&str>, text: Option<&str>) -> Remarks {
    let message = Rendered {
        subject: Some(subject.to_owned()),
        html: html.map(str::to_owned),
        text: text.map(str::to_owned),
        ..Rendered::default()
    };
    let Inspection { html_bytes, text_bytes, links, checks, .. } = inspect(&message, None);
    let link = |link: InspectedLink| RemarkLink { text: link.text, url: link.url };
    let remark =
        |check: Check| Remark { code: check.code.to_owned(), message: check.message, fix: check.fix };
    Remarks {
        html_bytes,
        text_bytes,
        links: links.into_iter().map(link).collect(),
        checks: checks.into_iter().map(remark).collect(),
    }
}
