//! What a contact did, as a client reported it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{Channel, EventName};
use crate::identity::Identifiers;
use crate::import::Brought;
use crate::predicate::Engagement;
use crate::time::Timestamp;

/// The calls of the Segment specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Something named happened.
    Track,
    /// Who the person is, with traits.
    Identify,
    /// A page was seen.
    Page,
    /// A screen of an app was seen.
    Screen,
    /// The person belongs to an account.
    Group,
    /// Two ids are the same person.
    Alias,
}

/// One event of one contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Which call it was.
    pub kind: EventKind,
    /// Its name; calls without one have a standard name (see [`standard_name`]).
    pub name: EventName,
    /// The client's id of it: an event that comes twice counts once (SEMANTICS 3.2).
    pub message_id: String,
    /// When the client says that it happened (SEMANTICS 2.1).
    pub occurred_at: Timestamp,
    /// Who it is about.
    pub identifiers: Identifiers,
    /// What it says of itself.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
    /// Traits of the person that it brings along.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub traits: Map<String, Value>,
    /// Whether it came through `/v1/import`: it updates profile and history but triggers nothing (SEMANTICS 2.1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    /// What the row of an import brings beside traits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought: Option<Box<Brought>>,
}

/// The event name of a call that carries none of its own.
pub fn standard_name(kind: EventKind) -> EventName {
    EventName::from(match kind {
        EventKind::Track => "Track",
        EventKind::Identify => "Identify",
        EventKind::Page => "Page Viewed",
        EventKind::Screen => "Screen Viewed",
        EventKind::Group => "Group",
        EventKind::Alias => "Alias",
    })
}

/// The name of the event that news of a message is told as, by the Segment specification for e-mail; none for what isn't
/// told, because it has an event of its own or is no news of the contact's.
pub fn news_event_name(channel: &Channel, engagement: Engagement) -> Option<EventName> {
    if channel.as_str() != "email" {
        return None;
    }
    Some(EventName::from(match engagement {
        Engagement::Delivered => "Email Delivered",
        Engagement::Opened => "Email Opened",
        Engagement::Clicked => "Email Link Clicked",
        Engagement::Bounced => "Email Bounced",
        Engagement::Complained => "Email Marked as Spam",
        Engagement::Replied => "Email Replied",
        Engagement::Sent | Engagement::Unsubscribed | Engagement::Failed => return None,
    }))
}

/// The name of the events that an incoming hook makes which gives them none; each says in its property `hook` which one made it.
pub fn hook_event_name(hook: &str) -> EventName {
    EventName::from(format!("Hook {hook}"))
}
