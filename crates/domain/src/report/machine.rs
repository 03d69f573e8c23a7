//! Whether a person or a machine opened a message or followed a link: signs, each with its reason.
//!
//! Mailboxes fetch pictures before anybody reads (Apple's Mail Privacy Protection), and security scanners follow every
//! link before a message is shown. Neither says anything about the person. What is judged here: what the program calls
//! itself, the network that it comes from, whether it comes too soon after the message left, whether many links are
//! followed at once, and whether a link was followed that no person sees. A proxy that fetches pictures when a person
//! looks (Gmail's, Yahoo's) counts as the person.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use super::{Click, Visit};
use crate::time::{Period, Timestamp};

/// A click within this time after the message left is a machine's: mail takes time to arrive, be seen and be read.
pub const CLICK_AFTER: Period = Period::from_millis(2_000);

/// The same for an opened message, which may be looked at as it arrives.
pub const OPEN_AFTER: Period = Period::from_millis(1_000);

/// How long a click waits to be judged.
pub const JUDGED_AFTER: Period = Period::from_millis(2_000);

/// Within which time many links followed are a machine's doing.
pub const BURST: Period = Period::from_millis(1_000);

/// So many different links within [`BURST`] are many.
pub const BURST_LINKS: usize = 3;

/// How long before and after the link that no person sees was followed everything else is the machine's as well.
pub const SCANNED_FOR: Period = Period::from_millis(60_000);

/// A network that is known for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// Apple's own, from which Mail Privacy Protection fetches.
    Apple,
    /// Of a service that looks into mail for others.
    Scanner,
}

/// Networks by their first address and the length of their prefix: what their owners publish as used for mail security.
const NETWORKS: &[([u8; 4], u32, Network)] = &[
    ([17, 0, 0, 0], 8, Network::Apple),
    // Microsoft Exchange Online Protection.
    ([40, 92, 0, 0], 15, Network::Scanner),
    ([40, 107, 0, 0], 16, Network::Scanner),
    ([52, 100, 0, 0], 14, Network::Scanner),
    ([104, 47, 0, 0], 17, Network::Scanner),
    // Proofpoint.
    ([67, 231, 144, 0], 20, Network::Scanner),
    ([148, 163, 128, 0], 19, Network::Scanner),
    // Barracuda.
    ([64, 235, 144, 0], 20, Network::Scanner),
    ([209, 222, 80, 0], 21, Network::Scanner),
    // Mimecast.
    ([205, 139, 110, 0], 24, Network::Scanner),
    ([207, 211, 30, 0], 24, Network::Scanner),
];

/// What programs that are no mail client and no browser call themselves, in lower case, and who they are.
const AGENTS: &[(&str, &str)] = &[
    ("barracuda", "Barracuda"),
    ("mimecast", "Mimecast"),
    ("proofpoint", "Proofpoint"),
    ("symantec", "Symantec"),
    ("messagelabs", "Symantec"),
    ("trendmicro", "Trend Micro"),
    ("sophos", "Sophos"),
    ("forcepoint", "Forcepoint"),
    ("fireeye", "FireEye"),
    ("cloudmark", "Cloudmark"),
    ("vade", "Vade"),
    ("microsoft office existence discovery", "Microsoft Office"),
    ("bingpreview", "Bing"),
    ("skypeuripreview", "Skype"),
    ("headlesschrome", "a browser without a screen"),
    ("phantomjs", "a browser without a screen"),
    ("facebookexternalhit", "Facebook's preview"),
    ("whatsapp", "WhatsApp's preview"),
    ("telegrambot", "Telegram's preview"),
    ("slackbot", "Slack's preview"),
    ("slack-imgproxy", "Slack's preview"),
    ("discordbot", "Discord's preview"),
    ("linkedinbot", "LinkedIn's preview"),
    ("twitterbot", "Twitter's preview"),
    ("googlebot", "Googlebot"),
    ("curl/", "a program"),
    ("wget/", "a program"),
    ("python-", "a program"),
    ("python/", "a program"),
    ("aiohttp", "a program"),
    ("go-http-client", "a program"),
    ("java/", "a program"),
    ("okhttp", "a program"),
    ("apache-httpclient", "a program"),
    ("axios/", "a program"),
    ("node-fetch", "a program"),
    ("libwww-perl", "a program"),
    ("ruby", "a program"),
    ("bot/", "a robot"),
    ("bot;", "a robot"),
    ("crawler", "a robot"),
    ("spider", "a robot"),
    ("scanner", "a scanner"),
];

/// All that Mail Privacy Protection calls itself.
const BARE_AGENT: &str = "Mozilla/5.0";

/// The known network that an address belongs to.
pub fn network(address: IpAddr) -> Option<Network> {
    let address = match address.to_canonical() {
        IpAddr::V4(address) => u32::from(address),
        IpAddr::V6(_) => return None,
    };
    let is_in = |(first, length, _): &&([u8; 4], u32, Network)| {
        let first = u32::from(Ipv4Addr::from(*first));
        (address ^ first) >> (32 - length) == 0
    };
    NETWORKS.iter().find(is_in).map(|(_, _, network)| *network)
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The pixel was fetched.
    Open,
    /// A link was followed.
    Click,
}

/// Why what was done is a machine's doing, judged by itself alone; none if nothing speaks against a person.
pub fn judge(
    act: Act,
    visit: &Visit,
    since_sent: Option<Period>,
    since_scan: Option<Period>,
) -> Option<String> {
    if visit.said_machine {
        return Some("the provider says so".to_owned());
    }
    if visit.prefetch {
        return Some("it only fetched ahead".to_owned());
    }
    let agent = visit.agent.trim().to_ascii_lowercase();
    if agent.is_empty() {
        return Some("it doesn't say what it is".to_owned());
    }
    if act == Act::Open && (visit.agent.trim() == BARE_AGENT || visit.network == Some(Network::Apple)) {
        return Some("Apple's Mail Privacy Protection fetches pictures ahead".to_owned());
    }
    if let Some((_, name)) = AGENTS.iter().find(|(part, _)| agent.contains(part)) {
        return Some(format!("it calls itself {name}"));
    }
    if visit.network == Some(Network::Scanner) {
        return Some("it comes from the network of a mail scanner".to_owned());
    }
    let (too_soon, what) = match act {
        Act::Open => (OPEN_AFTER, "opened"),
        Act::Click => (CLICK_AFTER, "followed"),
    };
    if let Some(since) = since_sent.filter(|since| *since < too_soon) {
        return Some(format!("{what} {} ms after the message left", since.as_millis()));
    }
    if since_scan.is_some_and(|since| since <= SCANNED_FOR) {
        return Some(HIDDEN.to_owned());
    }
    None
}

/// What following the link that no person sees means.
pub const HIDDEN: &str = "a link was followed that no person sees";

/// Why clicks that came close to one another are a machine's doing; none for those that are a person's.
///
/// The answers are in the order of the clicks.
pub fn judge_clicks(clicks: &[Click], scanned_at: Option<Timestamp>) -> Vec<Option<String>> {
    let near =
        |one: Timestamp, other: Timestamp, within: Period| one.max(other).since(one.min(other)) <= within;
    let reason = |click: &Click| {
        if scanned_at.is_some_and(|at| near(click.at, at, SCANNED_FOR)) {
            return Some(HIDDEN.to_owned());
        }
        let mut links: Vec<&str> = clicks
            .iter()
            .filter(|other| near(click.at, other.at, BURST))
            .map(|other| other.link.as_str())
            .collect();
        links.sort_unstable();
        links.dedup();
        (links.len() >= BURST_LINKS).then(|| format!("{} links were followed within a second", links.len()))
    };
    clicks.iter().map(reason).collect()
}
