//! Every setting by name: how it is read and what it is now.

use std::path::PathBuf;

use wend_engine::SecretsKey;

use super::{Given, LogFormat, Secret, Settings};

/// The largest number that any setting takes.
const NUMBER_MAX: i64 = 1 << 40;

/// One setting.
pub struct Setting {
    /// Section and key, with a dot between.
    pub name: &'static str,
    /// Whether its value is never shown.
    pub secret: bool,
    /// Sets it, or says what is wrong in words that follow its name.
    pub set: fn(&mut Settings, &Given) -> Result<(), String>,
    /// What it is set to.
    pub get: fn(&Settings) -> Given,
}

macro_rules! text {
    ($name:literal, $($field:ident).+) => {
        Setting {
            name: $name,
            secret: false,
            set: |settings, given| text(given).map(|text| settings.$($field).+ = text),
            get: |settings| Given::Text(settings.$($field).+.clone()),
        }
    };
}

macro_rules! secret {
    ($name:literal, $field:ident, $check:expr) => {
        Setting {
            name: $name,
            secret: true,
            set: |settings, given| {
                let text = text(given)?;
                if !text.is_empty() {
                    let check: fn(&str) -> Result<(), String> = $check;
                    check(&text)?;
                }
                settings.$field = Secret(text);
                Ok(())
            },
            get: |settings| Given::Text(settings.$field.expose().to_owned()),
        }
    };
}

macro_rules! number {
    ($name:literal, $min:literal, $($field:ident).+) => {
        Setting {
            name: $name,
            secret: false,
            set: |settings, given| {
                let number = number(given, $min)?;
                settings.$($field).+ = number.try_into().map_err(|_| "is too large for this machine".to_owned())?;
                Ok(())
            },
            get: |settings| Given::Number(i64::try_from(settings.$($field).+).unwrap_or(i64::MAX)),
        }
    };
}

/// All settings, in the order of the file.
pub const TABLE: [Setting; 38] = [
    Setting {
        name: "server.listen",
        secret: false,
        set: |settings, given| {
            let text = text(given)?;
            settings.listen = text
                .parse()
                .map_err(|_| format!("is `{text}`; write ADDRESS:PORT, such as 127.0.0.1:8080"))?;
            Ok(())
        },
        get: |settings| Given::Text(settings.listen.to_string()),
    },
    text!("server.public_url", public_url),
    number!("server.events_per_second", 1, events_per_second),
    number!("server.burst_events", 1, burst_events),
    number!("server.collecting_max", 1, collecting_max),
    number!("server.receiving_max", 1, receiving_max),
    Setting {
        name: "data.folder",
        secret: false,
        set: |settings, given| {
            let text = text(given)?;
            if text.is_empty() {
                return Err("is empty; name a folder".to_owned());
            }
            settings.data = PathBuf::from(text);
            Ok(())
        },
        get: |settings| Given::Text(settings.data.display().to_string()),
    },
    secret!("database.url", database, |text| {
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        if is_postgres { Ok(()) } else { Err("is no postgres://user:password@host:port/database".to_owned()) }
    }),
    number!("database.tail_changes_max", 1_000, tail_changes_max),
    number!("database.tail_bytes_max", 1_048_576, tail_bytes_max),
    secret!("email.smtp", smtp, |text| {
        // The error never shows the password.
        text.parse::<wend_channels::SmtpOptions>().map(|_| ()).map_err(|error| format!("is wrong: {error}"))
    }),
    text!("email.from", from),
    text!("email.dns", dns),
    text!("email.dkim_domain", dkim_domain),
    text!("email.dkim_selector", dkim_selector),
    text!("email.dkim_key_file", dkim_key_file),
    text!("bounces.domain", bounces_domain),
    Setting {
        name: "bounces.listen",
        secret: false,
        set: |settings, given| {
            let text = text(given)?;
            settings.bounces_listen = match text.as_str() {
                "" => None,
                text => Some(text.parse().map_err(|_| {
                    format!("is `{text}`; write ADDRESS:PORT, such as 127.0.0.1:2525, or nothing")
                })?),
            };
            Ok(())
        },
        get: |settings| {
            Given::Text(settings.bounces_listen.map(|address| address.to_string()).unwrap_or_default())
        },
    },
    Setting {
        name: "bounces.replies",
        secret: false,
        set: |settings, given| {
            settings.bounces_replies = match text(given)?.as_str() {
                "here" => true,
                "sender" => false,
                other => return Err(format!("is `{other}`; it is `sender` or `here`")),
            };
            Ok(())
        },
        get: |settings| Given::Text(if settings.bounces_replies { "here" } else { "sender" }.to_owned()),
    },
    text!("inbox.url", inbox),
    Setting {
        name: "web.allow",
        secret: false,
        set: |settings, given| {
            settings.web.allow = text(given)?.parse().map_err(|error| format!("is wrong: {error}"))?;
            Ok(())
        },
        get: |settings| Given::Text(settings.web.allow.to_string()),
    },
    number!("web.timeout_ms", 100, web.timeout_ms),
    secret!("secrets.key", secrets_key, |text| {
        SecretsKey::from_base64(text).map(|_| ()).map_err(|error| format!("is wrong: {error}"))
    }),
    number!("engine.batch_inputs_max", 1, engine.batch_inputs_max),
    number!("engine.queue_events_max", 1, engine.queue_events_max),
    number!("engine.conflicts_max", 0, engine.conflicts_max),
    number!("engine.compute_threads", 1, engine.compute_threads),
    number!("engine.alarms_max", 1, engine.alarms_max),
    number!("engine.inbox_rows_max", 1, engine.inbox_rows_max),
    number!("engine.outbox_concurrency", 1, engine.outbox_concurrency),
    number!("engine.attempt_timeout_ms", 100, engine.attempt_timeout_ms),
    number!("engine.orphans_max", 1, engine.orphans_max),
    number!("engine.poll_ms", 10, engine.poll_ms),
    number!("engine.job_page_max", 1, engine.job_page_max),
    number!("engine.job_pause_ms", 0, engine.job_pause_ms),
    number!("engine.stop_for_ms", 0, engine.stop_for_ms),
    Setting {
        name: "logs.format",
        secret: false,
        set: |settings, given| {
            settings.log_format = match text(given)?.as_str() {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                other => return Err(format!("is `{other}`; it is `text` or `json`")),
            };
            Ok(())
        },
        get: |settings| {
            let name = match settings.log_format {
                LogFormat::Text => "text",
                LogFormat::Json => "json",
            };
            Given::Text(name.to_owned())
        },
    },
    Setting {
        name: "logs.level",
        secret: false,
        set: |settings, given| {
            let text = text(given)?;
            crate::logs::filter(&text).map_err(|error| format!("is `{text}`: {error}"))?;
            settings.log_level = text;
            Ok(())
        },
        get: |settings| Given::Text(settings.log_level.clone()),
    },
];

fn text(given: &Given) -> Result<String, String> {
    match given {
        Given::Text(text) | Given::Words(text) => Ok(text.clone()),
        Given::Number(_) => Err("is a number; it must be a text in quotes".to_owned()),
        Given::Other(what) => Err(format!("is {what}; it must be a text in quotes")),
    }
}

fn number(given: &Given, min: i64) -> Result<i64, String> {
    let number = match given {
        Given::Number(number) => *number,
        Given::Words(words) => {
            words.parse().map_err(|_| format!("is `{words}`; it must be a whole number of at least {min}"))?
        }
        Given::Text(_) => return Err(format!("is a text; it must be a whole number of at least {min}")),
        Given::Other(what) => return Err(format!("is {what}; it must be a whole number of at least {min}")),
    };
    if (min..=NUMBER_MAX).contains(&number) {
        return Ok(number);
    }
    Err(format!("is {number}; it must be from {min} to {NUMBER_MAX}"))
}
