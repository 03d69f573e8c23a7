//! `[sender.NAME]`: any number of senders of e-mail.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use wend_channels::{Api, ApiKind, ApiOptions, ApiWords, Dkim, NewSender, Provider, Smtp, SmtpOptions};
use wend_domain::sending::breaker::BreakerRule;
use wend_domain::sending::choice::WEIGHT_MAX;
use wend_domain::sending::gate::{DomainRule, GateRule};
use wend_domain::sending::pace::PaceRule;
use wend_domain::sending::warm_up::{self, WarmUp};
use wend_domain::time::Period;

use super::{Given, Secret};

/// What the names of these settings begin with.
pub const SECTION: &str = "sender.";

/// The provider whose address is a mail server's.
const SMTP: &str = "smtp";
/// The highest tier.
const TIER_MAX: i64 = 100;
/// The most domains that one sender treats by themselves.
const DOMAINS_MAX: usize = 1_000;
/// The most bytes of a file that holds a key.
const KEY_FILE_BYTES_MAX: u64 = 16 * 1024;

/// What an operator says of one sender.
#[derive(Debug, Clone)]
pub struct SenderSettings {
    provider: String,
    url: Secret,
    key: Secret,
    key_file: String,
    region: String,
    domain: String,
    stream: String,
    batch: usize,
    tier: u32,
    weight: u32,
    from: Vec<String>,
    pace: Option<PaceRule>,
    domains: BTreeMap<String, DomainRule>,
    warm_up: Vec<u32>,
    warm_up_from: Option<jiff::civil::Date>,
    breaker: BreakerRule,
}

impl Default for SenderSettings {
    fn default() -> Self {
        Self {
            provider: String::new(),
            url: Secret::default(),
            key: Secret::default(),
            key_file: String::new(),
            region: String::new(),
            domain: String::new(),
            stream: String::new(),
            batch: 0,
            tier: 1,
            weight: 1,
            from: Vec::new(),
            pace: None,
            domains: BTreeMap::new(),
            warm_up: Vec::new(),
            warm_up_from: None,
            breaker: BreakerRule::default(),
        }
    }
}

/// The settings of a sender, in the order of the file.
pub const KEYS: [&str; 18] = [
    "provider",
    "key",
    "key_file",
    "url",
    "region",
    "domain",
    "stream",
    "batch",
    "tier",
    "weight",
    "from",
    "rate",
    "domains",
    "warm_up",
    "warm_up_from",
    "breaker_failures",
    "breaker_window_ms",
    "breaker_open_ms",
];

/// Sets `NAME.KEY` of a sender, or says what is wrong in words that follow the setting's name.
pub fn set(senders: &mut BTreeMap<String, SenderSettings>, name: &str, given: &Given) -> Result<(), String> {
    // The environment has two underscores where a file has a dot.
    let Some((name, key)) = name.split_once('.').or_else(|| name.split_once("__")) else {
        return Err("is no setting: write [sender.NAME], and the settings of the sender under it".to_owned());
    };
    let letters =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if name.is_empty() || name.len() > 40 || !name.bytes().all(letters) {
        return Err("has a name that isn't made of up to 40 of a-z, 0-9, - and _".to_owned());
    }
    senders.entry(name.to_owned()).or_default().set(key, given)
}

impl SenderSettings {
    fn set(&mut self, key: &str, given: &Given) -> Result<(), String> {
        match key {
            "provider" => self.provider = provider(text(given)?)?,
            "key" => self.key = Secret(text(given)?.to_owned()),
            "key_file" => text(given)?.clone_into(&mut self.key_file),
            "url" => self.url = Secret(text(given)?.to_owned()),
            "region" => text(given)?.clone_into(&mut self.region),
            "domain" => text(given)?.clone_into(&mut self.domain),
            "stream" => text(given)?.clone_into(&mut self.stream),
            "batch" => self.batch = number(given, 0, 1_000)?,
            "tier" => self.tier = number(given, 1, TIER_MAX)?,
            "weight" => self.weight = number(given, 0, i64::from(WEIGHT_MAX))?,
            "from" => self.from = list(text(given)?).map(str::to_ascii_lowercase).collect(),
            "rate" => self.pace = if text(given)?.is_empty() { None } else { Some(pace(text(given)?)?) },
            "domains" => self.domains = domains(text(given)?)?,
            "warm_up" => self.warm_up = limits(text(given)?)?,
            "warm_up_from" => self.warm_up_from = day(text(given)?)?,
            "breaker_failures" => self.breaker.failures_max = number(given, 0, 1_000)?,
            "breaker_window_ms" => self.breaker.window = Period::from_millis(number(given, 1, 86_400_000)?),
            "breaker_open_ms" => self.breaker.open_for = Period::from_millis(number(given, 1, 86_400_000)?),
            other => {
                let hint = wend_domain::source::suggest::did_you_mean(other, KEYS);
                return Err(hint.map_or_else(
                    || format!("is no setting of a sender: {}", KEYS.join(", ")),
                    |hint| format!("is no setting of a sender; {hint}"),
                ));
            }
        }
        Ok(())
    }

    /// What can only be judged when all of it is known. Files aren't read yet.
    pub fn check(&self) -> Result<(), String> {
        if self.provider.is_empty() {
            return Err("`provider` is missing: smtp, ses, sendgrid, postmark, mailgun or resend".to_owned());
        }
        if !self.key.expose().is_empty() && !self.key_file.is_empty() {
            return Err("`key` and `key_file` are two ways to say the same: give one".to_owned());
        }
        if self.warm_up.is_empty() != self.warm_up_from.is_none() {
            return Err("`warm_up` and `warm_up_from` go together: give both, or none".to_owned());
        }
        if self.provider == SMTP {
            // The error never shows the password.
            let read = self.url.expose().parse::<SmtpOptions>();
            return read.map(|_| ()).map_err(|error| format!("`url` is wrong: {error}"));
        }
        if self.key_file.is_empty() {
            self.account(self.key.expose()).map(|_| ())?;
        }
        Ok(())
    }

    fn account(&self, key: &str) -> Result<ApiOptions, String> {
        let kind: ApiKind = self.provider.parse().map_err(|()| "`provider` is unknown".to_owned())?;
        let words = ApiWords {
            key: key.to_owned(),
            endpoint: self.url.expose().to_owned(),
            region: self.region.clone(),
            domain: self.domain.clone(),
            stream: self.stream.clone(),
            batch: self.batch,
        };
        ApiOptions::new(kind, &words).map_err(|error| format!("`{}` {}", error.what, error.why))
    }

    /// The sender; `dkim` makes the signer that SMTP needs.
    pub fn sender(
        &self,
        name: &str,
        dkim: impl FnOnce() -> anyhow::Result<Option<Dkim>>,
    ) -> anyhow::Result<NewSender> {
        let provider: Box<dyn Provider> = if self.provider == SMTP {
            let options: SmtpOptions = self.url.expose().parse().context("cannot use `url`")?;
            Box::new(Smtp::new(options, dkim()?).context("cannot use `url`")?)
        } else {
            let from_file = if self.key_file.is_empty() { None } else { Some(key_from(&self.key_file)?) };
            let key = from_file.as_deref().unwrap_or_else(|| self.key.expose());
            Box::new(Api::new(self.account(key).map_err(anyhow::Error::msg)?))
        };
        let warm_up = self.warm_up_from.map(|starts| WarmUp { starts, limits: self.warm_up.clone() });
        Ok(NewSender {
            name: name.to_owned(),
            provider,
            tier: self.tier,
            weight: self.weight,
            from_domains: self.from.clone(),
            rule: GateRule { breaker: self.breaker, pace: self.pace, warm_up, domains: self.domains.clone() },
        })
    }
}

fn key_from(path: &str) -> anyhow::Result<String> {
    let shown = || format!("cannot read `key_file` {path}");
    let size = fs::metadata(Path::new(path)).with_context(shown)?.len();
    anyhow::ensure!(size <= KEY_FILE_BYTES_MAX, "`key_file` {path} has {size} bytes: that is no key");
    Ok(fs::read_to_string(path).with_context(shown)?.trim().to_owned())
}

fn provider(text: &str) -> Result<String, String> {
    if text == SMTP || text.parse::<ApiKind>().is_ok() {
        return Ok(text.to_owned());
    }
    Err(format!("is `{text}`; it is smtp, ses, sendgrid, postmark, mailgun or resend"))
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

/// `20/s`, `600/m`, `20000/h`.
fn pace(text: &str) -> Result<PaceRule, String> {
    let wrong = || format!("has `{text}`, which is no rate such as 20/s, 600/m or 20000/h");
    let (max, unit) = text.split_once('/').ok_or_else(wrong)?;
    let per = match unit {
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    let max = max.parse().ok().filter(|max| *max > 0).ok_or_else(wrong)?;
    Ok(PaceRule { max, per: Period::from_millis(per) })
}

/// `gmail.com 20/s 10x, * 5x`.
fn domains(text: &str) -> Result<BTreeMap<String, DomainRule>, String> {
    let mut rules = BTreeMap::new();
    for entry in list(text) {
        let mut words = entry.split_whitespace();
        let domain = words.next().unwrap_or_default().to_ascii_lowercase();
        let mut rule = DomainRule::default();
        for word in words {
            match word.strip_suffix('x') {
                Some(ways) => {
                    let ways = ways.parse().ok().filter(|ways| *ways > 0);
                    rule.under_way_max =
                        Some(ways.ok_or_else(|| {
                            format!("has `{word}`, which is no number at a time such as 10x")
                        })?);
                }
                None => rule.pace = Some(pace(word)?),
            }
        }
        if rule == DomainRule::default() {
            return Err(format!(
                "says nothing of `{domain}`: write a rate (20/s), a number at a time (10x), or both"
            ));
        }
        if rules.insert(domain.clone(), rule).is_some() {
            return Err(format!("has `{domain}` twice"));
        }
    }
    if rules.len() > DOMAINS_MAX {
        return Err(format!("has {} domains; at most {DOMAINS_MAX} are kept", rules.len()));
    }
    Ok(rules)
}

fn limits(text: &str) -> Result<Vec<u32>, String> {
    let limits: Result<Vec<u32>, _> = list(text).map(str::parse).collect();
    let limits = limits
        .map_err(|_| "isn't made of numbers with commas between, such as \"50, 100, 500\"".to_owned())?;
    if limits.len() > warm_up::DAYS_MAX {
        return Err(format!("has {} days; at most {} are kept", limits.len(), warm_up::DAYS_MAX));
    }
    Ok(limits)
}

fn day(text: &str) -> Result<Option<jiff::civil::Date>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| format!("is `{text}`; write a day such as 2026-11-22"))
}

fn text(given: &Given) -> Result<&str, String> {
    match given {
        Given::Text(text) | Given::Words(text) => Ok(text),
        Given::Number(_) => Err("is a number; it must be a text in quotes".to_owned()),
        Given::Other(what) => Err(format!("is {what}; it must be a text in quotes")),
    }
}

fn number<T: TryFrom<i64>>(given: &Given, min: i64, max: i64) -> Result<T, String> {
    let wrong = || format!("must be a whole number from {min} to {max}");
    let number = match given {
        Given::Number(number) => *number,
        Given::Words(words) => words.parse().map_err(|_| wrong())?,
        Given::Text(_) | Given::Other(_) => return Err(wrong()),
    };
    if !(min..=max).contains(&number) {
        return Err(wrong());
    }
    T::try_from(number).map_err(|_| wrong())
}

#[cfg(test)]
mod tests;
