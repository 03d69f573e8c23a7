//! The configuration of `wend serve`: a file, over it the environment, over that the command line.
//!
//! Read in this order: `wend.toml` beside this module (every setting with its meaning), [`table`] (how each is read),
//! [`senders`] (the sections of which there may be any number), [`file`] (a file, with places), this file (who wins).
//!
//! **Invariants:** a setting that doesn't exist is refused wherever it comes from, with the nearest that does. The
//! embedded file has every setting with its default; a test compares it with the code. No secret is ever in an error.

mod file;

mod senders;

mod table;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wend_channels::web::WebOptions;
use wend_engine::EngineOptions;
use wend_server::ServerOptions;

use crate::exit::{Exit, Failure};

pub use senders::SenderSettings;

/// The commented file with all defaults.
pub const DEFAULT_FILE: &str = include_str!("settings/wend.toml");

/// What an environment variable that is a setting begins with.
const PREFIX: &str = "WEND_";
/// What stands between section and key in the environment.
const SEPARATOR: &str = "__";

/// A text that no log and no error shows.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// The text, for the one who needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "\"\"" } else { "***" })
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

/// Every setting of `wend serve`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The address that browsers reach it by, or empty.
    pub public_url: String,
    /// How many events one key may send in a second.
    pub events_per_second: u32,
    /// How many it may send at once after a pause.
    pub burst_events: u32,
    /// The most requests with events that are worked on at once.
    pub collecting_max: usize,
    /// The most requests with events whose bodies are received at once.
    pub receiving_max: usize,
    /// The folder for everything that is kept here.
    pub data: PathBuf,
    /// PostgreSQL, or empty for the embedded database.
    pub database: Secret,
    /// The embedded database's bound on changes in memory.
    pub tail_changes_max: usize,
    /// The embedded database's bound on bytes in memory.
    pub tail_bytes_max: usize,
    /// The mail server, or empty.
    pub smtp: Secret,
    /// The senders of e-mail by their names.
    pub senders: BTreeMap<String, SenderSettings>,
    /// The sender where nobody names one.
    pub from: String,
    /// The DNS server that is asked about domains, or empty for the system's.
    pub dns: String,
    /// The domain that signs.
    pub dkim_domain: String,
    /// The selector of its key.
    pub dkim_selector: String,
    /// The key's file.
    pub dkim_key_file: String,
    /// The domain to which bounces go, or empty.
    pub bounces_domain: String,
    /// Where they are received, if they are.
    pub bounces_listen: Option<SocketAddr>,
    /// Whether answers go there, too.
    pub bounces_replies: bool,
    /// The development inbox, or empty.
    pub inbox: String,
    /// What calls to the web may reach, and for how long.
    pub web: WebOptions,
    /// What seals the secrets of calls, in base64; empty for the key in the data folder.
    pub secrets_key: Secret,
    /// The engine's bounds.
    pub engine: EngineOptions,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines there are.
    pub log_level: String,
}

impl Default for Settings {
    fn default() -> Self {
        let server = ServerOptions::default();
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: String::new(),
            events_per_second: server.rate_limit.events_per_second,
            burst_events: server.rate_limit.burst_events,
            collecting_max: server.collecting_max,
            receiving_max: server.receiving_max,
            data: PathBuf::from("wend-data"),
            database: Secret::default(),
            tail_changes_max: 200_000,
            tail_bytes_max: 256 * 1024 * 1024,
            smtp: Secret::default(),
            senders: BTreeMap::new(),
            from: String::new(),
            bounces_domain: String::new(),
            bounces_listen: None,
            bounces_replies: false,
            dns: String::new(),
            dkim_domain: String::new(),
            dkim_selector: String::new(),
            dkim_key_file: String::new(),
            inbox: String::new(),
            web: WebOptions::default(),
            secrets_key: Secret::default(),
            engine: EngineOptions::default(),
            log_format: LogFormat::Text,
            log_level: "info".to_owned(),
        }
    }
}

/// A value as it was given.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A text in a file.
    Text(String),
    /// A whole number in a file.
    Number(i64),
    /// Words in the environment or on the command line, which may be a text or a number.
    Words(String),
    /// Anything else in a file, by the name of its type.
    Other(&'static str),
}

impl Settings {
    /// Reads the file, then the environment, then what the command line sets.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        command_line: &[(String, String)],
    ) -> Result<Self, Failure> {
        let mut settings = Self::default();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the configuration {}", path.display()))
                .map_err(|error| wrong(format!("{error:#}")))?;
            settings.apply_file(&path.display().to_string(), &text)?;
        }
        settings.apply_environment(environment)?;
        for (name, value) in command_line {
            settings.apply("the command line", name, &Given::Words(value.clone()))?;
        }
        settings.check()?;
        Ok(settings)
    }

    fn apply_file(&mut self, shown: &str, text: &str) -> Result<(), Failure> {
        let entries =
            file::read(text).map_err(|file::Broken { line, why }| wrong(format!("{shown}:{line}: {why}")))?;
        for file::Entry { line, name, value } in entries {
            self.apply(&format!("{shown}:{line}"), &name, &value)?;
        }
        Ok(())
    }

    fn apply_environment(
        &mut self,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), Failure> {
        let mut found: Vec<(String, String)> = environment
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX) && name.contains(SEPARATOR))
            .collect();
        found.sort();
        for (variable, value) in found {
            let name = variable[PREFIX.len()..].replacen(SEPARATOR, ".", 1).to_lowercase();
            self.apply(&format!("environment variable {variable}"), &name, &Given::Words(value))?;
        }
        Ok(())
    }

    fn apply(&mut self, origin: &str, name: &str, value: &Given) -> Result<(), Failure> {
        if let Some(rest) = name.strip_prefix(senders::SECTION) {
            return senders::set(&mut self.senders, rest, value)
                .map_err(|why| wrong(format!("{origin}: `{name}` {why}")));
        }
        let Some(setting) = table::TABLE.iter().find(|setting| setting.name == name) else {
            let hint = wend_domain::source::suggest::did_you_mean(
                name,
                table::TABLE.iter().map(|setting| setting.name),
            );
            return Err(wrong(format!("{origin}: there is no setting `{name}`"))
                .maybe_hint(hint.or_else(|| Some("`wend config` prints all settings".to_owned()))));
        };
        (setting.set)(self, value).map_err(|why| wrong(format!("{origin}: `{name}` {why}")))
    }

    /// What can only be judged when everything is known.
    fn check(&self) -> Result<(), Failure> {
        let dkim = [&self.dkim_domain, &self.dkim_selector, &self.dkim_key_file];
        let n_given = dkim.iter().filter(|text| !text.is_empty()).count();
        if n_given != 0 && n_given != dkim.len() {
            return Err(wrong("email.dkim_domain, email.dkim_selector and email.dkim_key_file go together")
                .hint("give all three, or none"));
        }
        for (name, sender) in &self.senders {
            sender.check().map_err(|why| wrong(format!("[sender.{name}]: {why}")))?;
        }
        Ok(())
    }
}

/// Every setting with its default, for scripts.
pub fn described() -> Vec<serde_json::Value> {
    let settings = Settings::default();
    let described = table::TABLE.iter().map(|setting| {
        let default = match (setting.get)(&settings) {
            Given::Number(number) => serde_json::Value::from(number),
            Given::Text(text) | Given::Words(text) => serde_json::Value::from(text),
            Given::Other(_) => serde_json::Value::Null,
        };
        let environment = format!("{PREFIX}{}", setting.name.to_uppercase().replacen('.', SEPARATOR, 1));
        serde_json::json!({ "name": setting.name, "default": default, "environment": environment, "secret": setting.secret })
    });
    described.collect()
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, "configuration", message)
}

#[cfg(test)]
mod tests;
