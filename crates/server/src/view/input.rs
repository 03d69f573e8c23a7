//! Inputs as the API shows them.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use wend_domain::event::Event;
use wend_domain::input::{Cause, Input};

use crate::view::{object, shown};

/// Something that happened to a contact.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct InputView {
    /// Its id.
    pub id: String,
    /// `event`, `alarm`, `command`, `news`, `catalog_changed`, `scheduled`, `business`, `backfill`, `migrate`, `resumed`,
    /// `discard`, `grant`, `merge`, `absorb`, `thaw` or `forwarded`.
    pub kind: &'static str,
    /// How many hops from what a client or person did.
    pub hop: u32,
    /// The event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventView>,
    /// The command.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub command: Option<Map<String, Value>>,
    /// The news about a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub news: Option<Map<String, Value>>,
    /// The other contact of a merge, of a document or of what was sent on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// How many past events were loaded to decide on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history_events: Option<usize>,
}

/// An event as it was taken.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EventView {
    /// `track`, `identify`, `page`, `screen`, `group` or `alias`.
    pub call: String,
    /// Its name.
    pub name: String,
    /// The client's id of it.
    pub message_id: String,
    /// When the client says that it happened.
    pub occurred_at: String,
    /// The team's own id of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// A device's or browser's id of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<String>,
    /// What it says of itself.
    #[schema(value_type = Object)]
    pub properties: Map<String, Value>,
    /// Traits of the person that it brought along.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub traits: Map<String, Value>,
    /// Whether it was imported history.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
    /// What the row of an import brought beside traits: lists, tags, consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub brought: Option<Map<String, Value>>,
}

impl From<&Input> for InputView {
    fn from(input: &Input) -> Self {
        let mut view = Self {
            id: input.id.to_string(),
            kind: input.cause.name(),
            hop: input.hop,
            event: None,
            command: None,
            news: None,
            contact: None,
            history_events: input.history.as_ref().map(Vec::len),
        };
        match &input.cause {
            Cause::Event(event) => {
                view.event = Some(EventView::from(event.as_ref()));
            }
            Cause::Command(command) => {
                view.command = Some(object(command));
            }
            Cause::News(news) => {
                view.news = Some(object(news));
            }
            Cause::Merge(merge) => view.contact = Some(merge.other.to_string()),
            Cause::Absorb(absorb) => view.contact = Some(absorb.document.id.to_string()),
            Cause::Thaw(thaw) => view.contact = Some(thaw.other.to_string()),
            Cause::Forwarded(forwarded) => {
                view.contact = Some(forwarded.from.to_string());
                view.event = forwarded.cause.event().map(EventView::from);
            }
            _ => {}
        }
        view
    }
}

impl From<&Event> for EventView {
    fn from(event: &Event) -> Self {
        let call = match serde_json::to_value(event.kind) {
            Ok(Value::String(name)) => name,
            _ => String::new(),
        };
        Self {
            call,
            name: event.name.to_string(),
            message_id: event.message_id.clone(),
            occurred_at: shown(event.occurred_at),
            user_id: event.identifiers.user_id.clone(),
            anonymous_id: event.identifiers.anonymous_id.clone(),
            properties: event.properties.clone(),
            traits: event.traits.clone(),
            imported: event.imported,
            brought: event.brought.as_deref().map(object),
        }
    }
}
