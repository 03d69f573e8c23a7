//! Policies over the whole portfolio: caps, quiet hours, send windows, categories; arbitration, exclusion, hold-outs.
//!
//! What they mean for one message is [`instant`]; what is counted over all contacts is `entry` and `rate`.

mod entry;
pub mod instant;
mod rate;
pub mod retention;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use self::retention::Retention;
use crate::consent::{Answer, Consent, Frequency};
use crate::id::{Category, Channel, TemplateName, WorkflowName};
use crate::identity::IdentityPolicy;
use crate::report::{SoftBounces, Tracking};
use crate::time::Period;
use crate::zone::{TimeOfDay, Weekday, Zone};

pub use entry::{Place, entry_window, grant};
pub use rate::claimable;

/// A workspace's policies, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct Policies {
    /// The workspace's zone, for contacts without one (SEMANTICS 2.2).
    pub zone: Zone,
    /// Who e-mails come from when the template doesn't say: `Shop <hello@shop.example>`.
    pub sender: Option<String>,
    /// What the links of e-mails carry, by name.
    pub link_parameters: BTreeMap<String, String>,
    /// Who gets tests of templates, by the name of the list.
    pub seed_lists: BTreeMap<String, Vec<String>>,
    /// When not to send.
    pub quiet_hours: Vec<QuietHours>,
    /// When to send only.
    pub send_windows: Vec<SendWindow>,
    /// How much at most.
    pub caps: Vec<Cap>,
    /// The same content at most once within a window (SEMANTICS 7.4).
    pub repeats: Vec<Repeat>,
    /// What contacts can opt out of.
    pub categories: BTreeMap<Category, CategoryPolicy>,
    /// What is known of each channel beyond the built-in ones.
    pub channels: BTreeMap<Channel, ChannelPolicy>,
    /// On which channels one of several messages goes (SEMANTICS 7.11).
    pub arbitration: BTreeMap<Channel, Arbitration>,
    /// Workflows of which a contact is in one at a time.
    pub exclusive: Vec<Exclusion>,
    /// Who is held out of everything but transactional messages (SEMANTICS 4.5).
    pub holdout: Holdout,
    /// How fast the outbox may go.
    pub rates: Vec<Rate>,
    /// What tells who somebody is (SEMANTICS 13.1).
    pub identity: IdentityPolicy,
    /// When an address is given up from which messages come back for now.
    pub soft_bounces: SoftBounces,
    /// Which messages are tracked.
    pub tracking: Tracking,
    /// How long what is kept of people stays.
    pub retention: Retention,
}

/// What happens to a message that a policy stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It waits for the earliest instant that satisfies all policies together (SEMANTICS 7.10).
    Defer,
    /// It is blocked.
    Drop,
}

/// What a policy speaks of; an empty set means all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Channels.
    pub channels: BTreeSet<Channel>,
    /// Categories.
    pub categories: BTreeSet<Category>,
    /// Workflows.
    pub workflows: BTreeSet<WorkflowName>,
}

/// Local hours in which nothing is sent: from `from` (inclusive) to `to` (exclusive), over midnight if `from > to`.
#[derive(Debug, Clone, PartialEq)]
pub struct QuietHours {
    /// What it speaks of.
    pub scope: Scope,
    /// The local time at which they begin.
    pub from: TimeOfDay,
    /// The local time at which they end.
    pub to: TimeOfDay,
    /// What happens then.
    pub then: Then,
    /// Deferred messages are spread over this span after `to`, by a hash of the contact and the message.
    pub spread: Period,
}

/// Local days and hours in which alone messages are sent.
#[derive(Debug, Clone, PartialEq)]
pub struct SendWindow {
    /// What it speaks of.
    pub scope: Scope,
    /// The days; empty means every day.
    pub days: BTreeSet<Weekday>,
    /// The local time at which it opens.
    pub from: TimeOfDay,
    /// The local time at which it closes; `00:00` means the end of the day.
    pub to: TimeOfDay,
    /// What happens outside it.
    pub then: Then,
}

/// At most `max` messages in any window of `per`, to the millisecond (SEMANTICS 7.9).
#[derive(Debug, Clone, PartialEq)]
pub struct Cap {
    /// What it counts and stops.
    pub scope: Scope,
    /// How many.
    pub max: u32,
    /// The length of the rolling window.
    pub per: Period,
    /// What happens to the next one.
    pub then: Then,
    /// Whether the contact chose it, rather than the workspace.
    pub chosen: bool,
}

/// The same content at most once in any window of `per` (SEMANTICS 7.4).
#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    /// What it speaks of.
    pub scope: Scope,
    /// The window.
    pub per: Period,
}

/// A holding window on a channel (SEMANTICS 7.11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arbitration {
    /// How long the window is open from the first message on; it doesn't slide. Zero means that there is none.
    pub hold: Period,
    /// What happens to those that don't win.
    pub losers: Losers,
    /// How long before a scheduled message of a higher workflow priority nothing of a lower one goes.
    pub reserve: Period,
}

/// What happens to messages that don't win a holding window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Losers {
    /// They join the next window.
    Next,
    /// They are blocked.
    Drop,
}

/// A group of workflows of which a contact is in one at a time (SEMANTICS 4.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// What it is called.
    pub group: String,
    /// Its members.
    pub workflows: BTreeSet<WorkflowName>,
    /// Whether one of a higher priority ends the run of a lower one; else whoever came first stays.
    pub replace: bool,
}

/// A part of all contacts who get nothing, so that the others can be compared with them (SEMANTICS 4.5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdout {
    /// How many of 10,000.
    pub of_10_000: u32,
    /// Only of workflows of these categories; empty means all.
    pub categories: BTreeSet<Category>,
}

/// At most `max` messages of the workspace in `per`: the outbox waits, nothing is blocked (SEMANTICS 7.14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Which channels it counts together; empty means all.
    pub channels: BTreeSet<Channel>,
    /// How many.
    pub max: u32,
    /// In which time.
    pub per: Period,
}

/// How many contacts may enter a workflow in a span of time (SEMANTICS 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryCap {
    /// How many.
    pub max: u32,
    /// The span.
    pub per: EntrySpan,
    /// Whether one who finds no room waits for it; else the entry is refused.
    pub wait: bool,
}

/// The span of an entry cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntrySpan {
    /// An hour of the clock, in UTC.
    Hour,
    /// A day in the workspace's zone.
    Day,
    /// For ever.
    Total,
}

/// A category that contacts can opt out of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryPolicy {
    /// What a person reads.
    pub title: String,
    /// What a person reads in other languages, by their tags: `de`, `pt-BR`.
    pub titles: BTreeMap<String, String>,
    /// Whether its messages are transactional (SEMANTICS 7.12).
    pub transactional: bool,
    /// What counts for a contact who has not answered.
    pub default: Answer,
    /// The template that asks a person to confirm a subscription; none if a subscription counts at once.
    pub double_opt_in: Option<TemplateName>,
}

impl CategoryPolicy {
    /// What a person who reads this language calls it: `de-AT` finds `de-AT`, else `de`, else another German, else the
    /// title.
    pub fn title_in(&self, language: &str) -> &str {
        let plain = |tag: &str| tag.replace('_', "-").to_ascii_lowercase();
        let main = |tag: &str| plain(tag).split('-').next().unwrap_or_default().to_owned();
        let (wanted, language) = (plain(language), main(language));
        let found = self.titles.iter().find(|(tag, _)| plain(tag) == wanted);
        let found = found.or_else(|| self.titles.iter().find(|(tag, _)| plain(tag) == language));
        let found = found.or_else(|| self.titles.iter().find(|(tag, _)| main(tag) == language));
        found.map_or(&self.title, |(_, title)| title)
    }
}

/// How a channel reaches a contact: a channel is data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPolicy {
    /// The trait that holds the contact's address on the channel: `email`, `phone`, `push_token`.
    pub address: String,
    /// Whether its provider honours idempotency keys (SEMANTICS 8.4).
    pub honours_keys: bool,
    /// The parts that its templates must have.
    pub parts: BTreeSet<String>,
}

impl Scope {
    /// Whether a message of this channel, category and workflow is meant.
    pub fn covers(&self, channel: &Channel, category: &Category, workflow: &WorkflowName) -> bool {
        (self.channels.is_empty() || self.channels.contains(channel))
            && (self.categories.is_empty() || self.categories.contains(category))
            && (self.workflows.is_empty() || self.workflows.contains(workflow))
    }
}

impl Policies {
    /// The policies as they are for a contact: the workspace's, and what the contact chose. All of them count, so the
    /// strictest wins.
    ///
    /// What is more than a contact wants is dropped rather than deferred: who asked for one message a week must not get a
    /// queue of old ones, one each week.
    pub fn with_choices(&self, consent: &Consent) -> Cow<'_, Self> {
        let Some(Frequency { max, per }) = consent.frequency else { return Cow::Borrowed(self) };
        let mut policies = self.clone();
        policies.caps.push(Cap { scope: Scope::default(), max, per, then: Then::Drop, chosen: true });
        Cow::Owned(policies)
    }
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            zone: Zone::utc(),
            sender: None,
            link_parameters: BTreeMap::new(),
            seed_lists: BTreeMap::new(),
            quiet_hours: Vec::new(),
            send_windows: Vec::new(),
            caps: Vec::new(),
            repeats: Vec::new(),
            categories: BTreeMap::new(),
            channels: built_in_channels(),
            arbitration: BTreeMap::new(),
            exclusive: Vec::new(),
            holdout: Holdout::default(),
            rates: Vec::new(),
            identity: IdentityPolicy::default(),
            soft_bounces: SoftBounces::default(),
            tracking: Tracking::default(),
            retention: Retention::default(),
        }
    }
}

/// The channels that every workspace has.
pub fn built_in_channels() -> BTreeMap<Channel, ChannelPolicy> {
    [
        ("email", "email", false, &["subject"][..]),
        ("sms", "phone", true, &["body"]),
        ("push", "push_token", true, &["title", "body"]),
        ("webhook", "webhook_url", true, &["body"]),
    ]
    .into_iter()
    .map(|(channel, address, honours_keys, parts)| {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        (Channel::from(channel), ChannelPolicy { address: address.to_owned(), honours_keys, parts })
    })
    .collect()
}
