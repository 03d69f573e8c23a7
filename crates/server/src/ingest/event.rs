//! One event's text to an event, or to the reason why it is none.

use serde_json::{Map, Value};
use wend_domain::event::{Event, EventKind, standard_name};
use wend_domain::id::{EventName, digest};
use wend_domain::identity::Identifiers;
use wend_domain::time::Timestamp;

use crate::ingest::limits::{
    EVENT_BYTES_MAX, EVENT_DEPTH_MAX, ID_BYTES_MAX, MESSAGE_ID_BYTES_MAX, NAME_BYTES_MAX,
};
use crate::ingest::{Endpoint, Envelope, context, split, time};

/// Reads the event that stands at `index` of its request.
pub(crate) fn parse(text: &str, index: usize, envelope: &Envelope<'_>) -> Result<Event, String> {
    if text.len() > EVENT_BYTES_MAX {
        return Err(format!("the event has {} bytes, more than {EVENT_BYTES_MAX}", text.len()));
    }
    if split::depth(text) > EVENT_DEPTH_MAX {
        return Err(format!("the event is nested deeper than {EVENT_DEPTH_MAX} levels"));
    }
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("the event is not JSON: {error}"))?;
    let Value::Object(mut fields) = value else {
        return Err("the event is not a JSON object".to_owned());
    };
    let kind = kind(&fields, envelope.endpoint)?;
    let times = Times::read(&fields, envelope)?;
    let identifiers = identifiers(kind, &fields, envelope)?;
    let name = name(kind, &fields)?;
    let message_id = message_id(&fields, text, index, &times)?;
    let traits = traits(kind, &mut fields)?;
    Ok(Event {
        kind,
        name,
        message_id,
        occurred_at: time::occurred_at(times.original, times.sent, times.received),
        identifiers,
        properties: properties(kind, fields)?,
        traits,
        imported: envelope.endpoint == Endpoint::Batch { imported: true },
        brought: None,
    })
}

/// The kinds by the names that clients use.
const KINDS: [(&str, EventKind); 6] = [
    ("track", EventKind::Track),
    ("identify", EventKind::Identify),
    ("page", EventKind::Page),
    ("screen", EventKind::Screen),
    ("group", EventKind::Group),
    ("alias", EventKind::Alias),
];

fn kind(fields: &Map<String, Value>, endpoint: Endpoint) -> Result<EventKind, String> {
    if let Endpoint::Single(kind) = endpoint {
        return Ok(kind);
    }
    let expected = "track, identify, page, screen, group or alias";
    match present(fields, "type") {
        Some(Value::String(name)) => KINDS
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, kind)| *kind)
            .ok_or_else(|| format!("`type` is \"{name}\"; expected {expected}")),
        Some(other) => Err(format!("`type` is {other}; expected {expected}")),
        None => Err(format!("`type` is missing; expected {expected}")),
    }
}

/// An event that is kept with the type that its path gave it, so that it can be sent again in a batch.
pub(crate) fn with_type(event_json: &str, endpoint: Endpoint) -> String {
    let Endpoint::Single(kind) = endpoint else { return event_json.to_owned() };
    let Ok(Value::Object(mut fields)) = serde_json::from_str(event_json) else {
        return event_json.to_owned();
    };
    if let Some((name, _)) = KINDS.iter().find(|(_, known)| *known == kind) {
        fields.insert("type".to_owned(), Value::from(*name));
    }
    Value::Object(fields).to_string()
}

/// The times of an event, as its client and this server give them.
struct Times {
    original: Option<Timestamp>,
    sent: Option<Timestamp>,
    received: Timestamp,
}

impl Times {
    fn read(fields: &Map<String, Value>, envelope: &Envelope<'_>) -> Result<Self, String> {
        let field = ["originalTimestamp", "timestamp"]
            .into_iter()
            .find_map(|name| present(fields, name).map(|value| (name, value)));
        let original = match field {
            None => None,
            Some((name, value)) => Some(time::instant(value).ok_or_else(|| {
                format!("`{name}` is {value}; expected an instant such as \"2026-01-31T12:00:00.000Z\"")
            })?),
        };
        // The event's own sending time is nearer to the client's clock than the batch's; one that isn't an instant
        // says nothing.
        let sent = present(fields, "sentAt").and_then(time::instant).or(envelope.sent_at);
        Ok(Self { original, sent, received: envelope.received_at })
    }
}

fn identifiers(
    kind: EventKind,
    fields: &Map<String, Value>,
    envelope: &Envelope<'_>,
) -> Result<Identifiers, String> {
    let user_id = id(fields, "userId")?;
    let anonymous_id = id(fields, "anonymousId")?;
    if kind == EventKind::Alias {
        // The device's own anonymous id, if it is there too, comes with every other event of the device.
        return match (user_id, id(fields, "previousId")?) {
            (Some(user_id), Some(previous)) => {
                Ok(Identifiers { user_id: Some(user_id), previous: Some(previous), ..Identifiers::default() })
            }
            _ => Err("an alias needs `userId` and `previousId`".to_owned()),
        };
    }
    let external = context::external_ids(fields.get("context"));
    if user_id.is_none() && anonymous_id.is_none() && (!external.is_empty() || has_address(kind, fields)) {
        // Whether the workspace takes these for identifiers is its policy.
        return Ok(Identifiers { external, ..Identifiers::default() });
    }
    if user_id.is_none() && anonymous_id.is_none() {
        let Some(from_header) = envelope.anonymous_id else {
            return Err("neither `userId` nor `anonymousId` is given".to_owned());
        };
        let anonymous_id = checked("AnonymousId", from_header.to_owned(), ID_BYTES_MAX)?;
        return Ok(Identifiers { anonymous_id, ..Identifiers::default() });
    }
    Ok(Identifiers { user_id, anonymous_id, external, previous: None })
}

/// Whether an identify call has an address among its traits.
fn has_address(kind: EventKind, fields: &Map<String, Value>) -> bool {
    let traits = fields.get("traits").and_then(Value::as_object);
    let is_text = |name: &str| {
        let value = traits.and_then(|traits| traits.get(name)).and_then(Value::as_str);
        value.is_some_and(|text| !text.trim().is_empty())
    };
    kind == EventKind::Identify && (is_text("email") || is_text("phone"))
}

/// An identifier: a text, or a whole number as its digits; null and blank count as absent.
fn id(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match scalar(fields, name)? {
        Some(text) => checked(name, text, ID_BYTES_MAX),
        None => Ok(None),
    }
}

/// A text or a whole number.
fn scalar(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match present(fields, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) if !number.is_f64() => Ok(Some(number.to_string())),
        Some(other) => Err(format!("`{name}` is {other}; expected a text or a whole number")),
    }
}

/// A text that may stand in an index: not blank, bounded, without control characters (PostgreSQL can't keep NUL).
fn checked(name: &str, text: String, bytes_max: usize) -> Result<Option<String>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    if text.len() > bytes_max {
        return Err(format!("`{name}` has {} bytes, more than {bytes_max}", text.len()));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("`{name}` holds control characters"));
    }
    Ok(Some(text))
}

fn name(kind: EventKind, fields: &Map<String, Value>) -> Result<EventName, String> {
    if kind != EventKind::Track {
        return Ok(standard_name(kind));
    }
    let name = match scalar(fields, "event")? {
        Some(text) => checked("event", text, NAME_BYTES_MAX)?,
        None => None,
    };
    name.map(EventName::from).ok_or_else(|| "a track call needs `event`, the event's name".to_owned())
}

/// The client's message id, or a hash where it has none or an unreasonable one.
///
/// The hash of a retried request is the same, so that it counts once. Two equal events without any time of their own
/// can't be told from a retry: they count twice, since losing one would be worse.
fn message_id(
    fields: &Map<String, Value>,
    text: &str,
    index: usize,
    times: &Times,
) -> Result<String, String> {
    let given = scalar(fields, "messageId")?.filter(|given| !given.trim().is_empty());
    let hash = |parts: &[&[u8]]| -> String {
        let hash = digest("message id", parts);
        format!("{:032x}", u128::from_be_bytes(hash[..16].try_into().expect("a digest has 32 bytes")))
    };
    Ok(match given {
        Some(given) if given.len() <= MESSAGE_ID_BYTES_MAX && !given.chars().any(char::is_control) => given,
        Some(given) => hash(&[given.as_bytes()]),
        None => {
            let has_time = times.original.is_some() || times.sent.is_some();
            let received = if has_time { 0 } else { times.received.as_millis() };
            let sent = times.sent.map_or(0, Timestamp::as_millis);
            hash(&[
                text.as_bytes(),
                &(index as u64).to_be_bytes(),
                &sent.to_be_bytes(),
                &received.to_be_bytes(),
            ])
        }
    })
}

/// The person's traits: of an identify call, those in its context and its own, which win.
fn traits(kind: EventKind, fields: &mut Map<String, Value>) -> Result<Map<String, Value>, String> {
    if kind != EventKind::Identify {
        return Ok(Map::new());
    }
    let mut traits = match fields.get_mut("context") {
        Some(Value::Object(context)) => {
            object(context, "traits").map_err(|_| "`context.traits` is not an object".to_owned())?
        }
        _ => Map::new(),
    };
    traits.extend(object(fields, "traits")?);
    Ok(traits)
}

/// What the event says of itself, with the members that the calls keep elsewhere.
fn properties(kind: EventKind, mut fields: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut properties = object(&mut fields, "properties")?;
    context::keep(kind, fields.remove("context"), &mut properties);
    match kind {
        EventKind::Track | EventKind::Identify => {}
        EventKind::Page | EventKind::Screen => {
            for name in ["name", "category"] {
                if let Some(value) = present(&fields, name) {
                    properties.entry(name).or_insert_with(|| value.clone());
                }
            }
        }
        EventKind::Group => {
            let Some(group) = id(&fields, "groupId")? else {
                return Err("a group call needs `groupId`".to_owned());
            };
            properties.insert("groupId".to_owned(), Value::from(group));
            properties.insert("traits".to_owned(), Value::Object(object(&mut fields, "traits")?));
        }
        EventKind::Alias => {
            if let Some(previous) = id(&fields, "previousId")? {
                properties.insert("previousId".to_owned(), Value::from(previous));
            }
        }
    }
    Ok(properties)
}

/// A member that is an object; null and absent count as empty.
fn object(fields: &mut Map<String, Value>, name: &str) -> Result<Map<String, Value>, String> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(format!("`{name}` is not an object")),
    }
}

/// A member that is there and not null.
fn present<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.get(name).filter(|value| !value.is_null())
}
