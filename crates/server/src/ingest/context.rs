//! What clients say of an event's surroundings, kept as properties so that rules can ask for it: the page that it
//! happened on, and the campaign that brought the visitor. All else in `context` is dropped.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use wend_domain::event::EventKind;

use crate::ingest::limits::{
    CONTEXT_VALUE_BYTES_MAX, EXTERNAL_ID_BYTES_MAX, EXTERNAL_IDS_MAX, NAMESPACE_BYTES_MAX,
};

/// The members of `context.page`, with their properties in a page call, which is about the page, and in a track call,
/// whose own `url` may be that of a product.
const PAGE: [(&str, &str, &str); 5] = [
    ("url", "url", "page_url"),
    ("path", "path", "page_path"),
    ("search", "search", "page_search"),
    ("referrer", "referrer", "page_referrer"),
    ("title", "title", "page_title"),
];

/// The members of `context.campaign`, with their properties.
const CAMPAIGN: [(&str, &str); 5] = [
    ("source", "utm_source"),
    ("medium", "utm_medium"),
    ("name", "utm_campaign"),
    ("term", "utm_term"),
    ("content", "utm_content"),
];

/// The ids of the person in other systems: `context.externalIds`, by their types, which are namespaces.
///
/// What is not an id of a person in plain text, or is too long, is passed over; of two of one type the first counts.
pub(super) fn external_ids(context: Option<&Value>) -> BTreeMap<String, String> {
    let listed = context.and_then(|context| context.get("externalIds")).and_then(Value::as_array);
    let mut external = BTreeMap::new();
    for item in listed.into_iter().flatten().take(EXTERNAL_IDS_MAX) {
        let text = |name: &str| item.get(name).and_then(Value::as_str).map(str::trim);
        let is_of_a_person = text("collection").is_none_or(|collection| collection == "users");
        let is_plain = text("encoding").is_none_or(|encoding| encoding == "none");
        let (Some(namespace), Some(id)) = (text("type"), text("id")) else { continue };
        let is_named = !namespace.is_empty()
            && namespace.len() <= NAMESPACE_BYTES_MAX
            && namespace.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
        let is_id = !id.is_empty() && id.len() <= EXTERNAL_ID_BYTES_MAX && !id.chars().any(char::is_control);
        if is_of_a_person && is_plain && is_named && is_id {
            external.entry(namespace.to_owned()).or_insert_with(|| id.to_owned());
        }
    }
    external
}

/// Adds what `context` says of page and campaign to an event's properties, but for those that the client sent itself.
///
/// Only texts are kept, and only up to their longest length; a context of another shape is no reason to refuse an event.
pub(super) fn keep(kind: EventKind, context: Option<Value>, properties: &mut Map<String, Value>) {
    let (is_page, has_page) = match kind {
        EventKind::Page => (true, true),
        EventKind::Track => (false, true),
        EventKind::Screen => (false, false),
        EventKind::Identify | EventKind::Group | EventKind::Alias => return,
    };
    let Some(Value::Object(mut context)) = context else { return };
    if has_page && let Some(Value::Object(mut page)) = context.remove("page") {
        for (member, of_page, of_track) in PAGE {
            add(properties, if is_page { of_page } else { of_track }, page.remove(member));
        }
    }
    if let Some(Value::Object(mut campaign)) = context.remove("campaign") {
        for (member, property) in CAMPAIGN {
            add(properties, property, campaign.remove(member));
        }
    }
}

fn add(properties: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    let Some(Value::String(text)) = value else { return };
    if !text.trim().is_empty() && text.len() <= CONTEXT_VALUE_BYTES_MAX && !properties.contains_key(name) {
        properties.insert(name.to_owned(), Value::String(text));
    }
}
