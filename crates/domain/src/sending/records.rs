//! The DNS records that a domain needs before mail from it arrives, and what is wrong with those that it has.
//!
//! What is wanted is made of what is configured; what is found comes from DNS. Both are values here, so that the same
//! judgement serves the command, the API and the tests.

use serde::Serialize;

/// How many look-ups a receiver makes for one SPF record at most (RFC 7208, 4.6.4).
const SPF_LOOKUPS_MAX: usize = 10;

/// The mechanisms and modifiers of SPF that cost a look-up.
const SPF_LOOKUPS: [&str; 6] = ["include", "a", "mx", "ptr", "exists", "redirect"];

/// What a record says that leads to the server itself, whose name nobody told.
const ONES_OWN: &str = "the name of your server";

/// What kind of DNS record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    /// Text.
    Txt,
    /// Another name.
    Cname,
    /// Where mail goes.
    Mx,
}

/// What a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Who may send.
    Spf,
    /// The key that signatures are checked with.
    Dkim,
    /// What to do with mail that is neither.
    Dmarc,
    /// Where links and pixels lead.
    Tracking,
    /// Where messages come back to.
    Bounces,
}

/// A record that should be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wanted {
    /// What it is for.
    pub purpose: Purpose,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// What it should say.
    pub value: String,
}

/// What is configured, as far as records depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The mechanisms by which the senders of this domain are named: `include:sendgrid.net`, `a:mail.example.com`.
    pub spf: Vec<String>,
    /// Selector, `rsa` or `ed25519`, and public key in base64, if we sign for the domain ourselves.
    pub dkim: Option<(String, &'static str, String)>,
    /// The host that links lead to.
    pub links_host: Option<String>,
    /// The domain of the addresses that messages come back to, and how those senders are named that use them: mail servers
    /// do, providers with an API have return paths of their own.
    pub bounces: Option<(String, Vec<String>)>,
}

/// What came of looking for a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// What is there, maybe nothing.
    There(Vec<String>),
    /// Nobody could tell.
    Unknown(String),
}

/// How a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Good,
    /// It works, and could be better.
    Weak,
    /// It isn't there.
    Missing,
    /// It is there and doesn't work.
    Wrong,
    /// Nobody could tell.
    Unknown,
}

/// A wanted record and how it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// What should be there.
    #[serde(flatten)]
    pub wanted: Wanted,
    /// How it is.
    pub state: State,
    /// What is there.
    pub found: Vec<String>,
    /// What to do, if anything.
    pub advice: String,
}

/// The records that a domain needs.
pub fn wanted(domain: &str, facts: &Facts) -> Vec<Wanted> {
    let record = |purpose, name: String, kind, value| Wanted { purpose, name, kind, value };
    let mut records = Vec::new();
    let spf = |terms: &[String]| format!("v=spf1 {} ~all", terms.join(" "));
    if !facts.spf.is_empty() {
        records.push(record(Purpose::Spf, domain.to_owned(), Kind::Txt, spf(&facts.spf)));
    }
    if let Some((selector, kind, key)) = &facts.dkim {
        let name = format!("{selector}._domainkey.{domain}");
        records.push(record(Purpose::Dkim, name, Kind::Txt, format!("v=DKIM1; k={kind}; p={key}")));
    }
    let value = format!("v=DMARC1; p=none; rua=mailto:dmarc@{domain}");
    records.push(record(Purpose::Dmarc, format!("_dmarc.{domain}"), Kind::Txt, value));
    if let Some(host) = &facts.links_host
        && host != domain
    {
        let is_own = host.ends_with(&format!(".{domain}"));
        let name = if is_own { host.clone() } else { format!("links.{domain}") };
        let value = if is_own { ONES_OWN.to_owned() } else { host.clone() };
        records.push(record(Purpose::Tracking, name, Kind::Cname, value));
    }
    if let Some((bounces, terms)) = &facts.bounces {
        records.push(record(Purpose::Bounces, bounces.clone(), Kind::Mx, ONES_OWN.to_owned()));
        // Receivers look at the domain of the envelope's sender, not at that of `From`.
        if !terms.is_empty() && bounces != domain {
            records.push(record(Purpose::Spf, bounces.clone(), Kind::Txt, spf(terms)));
        }
    }
    records
}

/// Judges what was found.
pub fn judge(wanted: Wanted, found: Found) -> Judged {
    let found = match found {
        Found::There(found) => found,
        Found::Unknown(why) => {
            let advice = format!("ask again later: {why}");
            return Judged { wanted, state: State::Unknown, found: Vec::new(), advice };
        }
    };
    let (state, advice) = match wanted.purpose {
        Purpose::Spf => spf(&wanted, &found),
        Purpose::Dkim => dkim(&wanted, &found),
        Purpose::Dmarc => dmarc(&found),
        Purpose::Tracking => tracking(&wanted, &found),
        Purpose::Bounces => bounces(&found),
    };
    Judged { wanted, state, found, advice }
}

fn missing() -> (State, String) {
    (State::Missing, "publish it".to_owned())
}

fn good() -> (State, String) {
    (State::Good, String::new())
}

fn spf(wanted: &Wanted, found: &[String]) -> (State, String) {
    let is_spf = |text: &&String| {
        let text = text.to_ascii_lowercase();
        text == "v=spf1" || text.starts_with("v=spf1 ")
    };
    let records: Vec<&String> = found.iter().filter(is_spf).collect();
    let [record] = records[..] else {
        if records.is_empty() {
            return missing();
        }
        let advice = "there are several SPF records, so receivers take none: make them one".to_owned();
        return (State::Wrong, advice);
    };
    let terms: Vec<String> = record.split_whitespace().skip(1).map(str::to_ascii_lowercase).collect();
    let has = |term: &str| terms.iter().any(|known| known.trim_start_matches('+') == term);
    let lacking: Vec<&str> = wanted
        .value
        .split_whitespace()
        .filter(|term| term.contains(':') && !has(&term.to_ascii_lowercase()))
        .collect();
    if !lacking.is_empty() {
        return (State::Wrong, format!("add {} before its `all`", lacking.join(" ")));
    }
    let n_lookups = terms.iter().filter(|term| costs_a_lookup(term)).count();
    if n_lookups > SPF_LOOKUPS_MAX {
        let advice =
            format!("it needs at least {n_lookups} look-ups; receivers give up after {SPF_LOOKUPS_MAX}");
        return (State::Wrong, advice);
    }
    match terms.last().map(String::as_str) {
        Some("-all" | "~all") => good(),
        Some("+all" | "all") => {
            (State::Wrong, "it lets everybody send in your name: end it with ~all or -all".to_owned())
        }
        _ if terms.iter().any(|term| term.starts_with("redirect=")) => good(),
        _ => (State::Weak, "it says nothing of others: end it with ~all or -all".to_owned()),
    }
}

fn costs_a_lookup(term: &str) -> bool {
    let name = term.trim_start_matches(['+', '-', '~', '?']);
    let name = name.split([':', '=', '/']).next().unwrap_or_default();
    SPF_LOOKUPS.contains(&name)
}

/// The value of a tag in `a=1; b=2`.
fn tag(text: &str, name: &str) -> Option<String> {
    text.split(';').find_map(|part| {
        let (known, value) = part.split_once('=')?;
        (known.trim().eq_ignore_ascii_case(name)).then(|| value.split_whitespace().collect())
    })
}

fn dkim(wanted: &Wanted, found: &[String]) -> (State, String) {
    let key = tag(&wanted.value, "p");
    match found.iter().find(|text| tag(text, "p").is_some()) {
        None => missing(),
        Some(text) if tag(text, "p").is_some_and(|key| key.is_empty()) => {
            (State::Wrong, "its key was withdrawn (`p=` is empty): publish ours".to_owned())
        }
        Some(text) if tag(text, "p") != key => (
            State::Wrong,
            "it has another key than the one that signs: replace it, or use its selector".to_owned(),
        ),
        Some(text)
            if tag(text, "k").unwrap_or_else(|| "rsa".to_owned())
                != tag(&wanted.value, "k").unwrap_or_default() =>
        {
            (State::Wrong, "its kind of key (`k=`) is not that of the key".to_owned())
        }
        Some(text) if tag(text, "t").is_some_and(|flags| flags.split(':').any(|flag| flag == "y")) => {
            (State::Weak, "it says that signing is only tried (`t=y`): take that out".to_owned())
        }
        Some(_) => good(),
    }
}

fn dmarc(found: &[String]) -> (State, String) {
    let is_dmarc = |text: &&String| tag(text, "v").is_some_and(|version| version == "DMARC1");
    let records: Vec<&String> = found.iter().filter(is_dmarc).collect();
    let [record] = records[..] else {
        if records.is_empty() {
            return missing();
        }
        return (
            State::Wrong,
            "there are several DMARC records, so receivers take none: leave one".to_owned(),
        );
    };
    match tag(record, "p").as_deref() {
        Some("none") => {
            let advice =
                "it only watches: when its reports show no mail of yours that fails, make it p=quarantine";
            (State::Weak, advice.to_owned())
        }
        Some("quarantine" | "reject") => good(),
        _ => (State::Wrong, "it says no policy: p=none, p=quarantine or p=reject".to_owned()),
    }
}

fn tracking(wanted: &Wanted, found: &[String]) -> (State, String) {
    let bare = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    let is_own = wanted.value == ONES_OWN;
    match found.first() {
        None if is_own => {
            let advice = "there is no CNAME: that is well if the name has an address (A or AAAA) of its own";
            (State::Weak, advice.to_owned())
        }
        None => {
            let name = &wanted.name;
            let advice = format!(
                "links lead to another domain than the sender's: publish it and set server.public_url to https://{name}"
            );
            (State::Weak, advice)
        }
        // Whose name it is, it leads somewhere: to where isn't ours to say.
        Some(_) if is_own => good(),
        Some(target) if bare(target) == bare(&wanted.value) => good(),
        Some(_) => (State::Wrong, "it leads elsewhere".to_owned()),
    }
}

fn bounces(found: &[String]) -> (State, String) {
    if found.is_empty() {
        let advice =
            "publish it: without it no bounce arrives at bounces.listen, and some receivers refuse such mail";
        return (State::Missing, advice.to_owned());
    }
    // Which mail server takes it and hands it on isn't ours to say.
    good()
}

#[cfg(test)]
mod tests;
