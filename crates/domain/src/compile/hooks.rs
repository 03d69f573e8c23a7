//! Incoming webhooks.

use std::collections::BTreeMap;

use super::names::Reading;
use super::operand::{Data, filter, path_of};
use crate::event::hook_event_name;
use crate::hook::{HOOK_PROPERTY, Hook, Signature, SignatureStyle};
use crate::id::{EventName, HookName};
use crate::source::codes;
use crate::source::yaml::Node;
use crate::value::Path;

/// What the events of a hook are called that gives them no name.
pub(super) fn event_name(node: &Node, hook: &str) -> EventName {
    node.text_of("event").map_or_else(|| hook_event_name(hook), EventName::from)
}

/// Compiles a hook.
pub(super) fn hook(reading: &mut Reading<'_>, node: &Node) -> Option<Hook> {
    let name = node.text_of("hook")?;
    if node.get("user_id").is_none() && node.get("anonymous_id").is_none() {
        let place = node.get("hook").map_or(node.place, |node| node.place);
        let message = "a hook needs `user_id` or `anonymous_id`: its events are about nobody";
        reading.say(&codes::MISSING_KEY, place, message).fix =
            Some("add `user_id:` with the path at which the person's id stands in the body".to_owned());
    }
    let properties = node.get("properties").map(|_| paths(reading, node, "properties"));
    if let Some(entry) = node.get("properties").and_then(|node| node.entry(HOOK_PROPERTY)) {
        let message = "the property `hook` is the hook's name already";
        reading.say(&codes::BAD_VALUE, entry.place, message).fix = Some("give it another name".to_owned());
    }
    Some(Hook {
        name: HookName::from(name),
        event: event_name(node, name),
        user_id: path_of(node, "user_id"),
        anonymous_id: path_of(node, "anonymous_id"),
        message_id: path_of(node, "message_id"),
        occurred_at: path_of(node, "occurred_at"),
        properties,
        traits: paths(reading, node, "traits"),
        filter: filter(reading, node.get("where"), Data::LITERALS),
        signature: node.get("signature").and_then(|node| signature(reading, node)),
    })
}

fn paths(reading: &mut Reading<'_>, node: &Node, key: &str) -> BTreeMap<String, Path> {
    let mut paths = BTreeMap::new();
    for entry in node.get(key).map(Node::entries).unwrap_or_default() {
        if entry.key.contains('.') {
            let message = format!("`{}` has a dot, and no rule could ask for it", entry.key);
            reading.say(&codes::BAD_VALUE, entry.place, message).fix =
                Some(format!("write `{}`", entry.key.replace('.', "_")));
        }
        paths.extend(entry.value.text().and_then(Path::parse).map(|path| (entry.key.clone(), path)));
    }
    paths
}

fn signature(reading: &mut Reading<'_>, node: &Node) -> Option<Signature> {
    let header = node.get("header")?;
    let name = header.text()?;
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.chars().all(is_token) {
        let message = format!("`{name}` is not the name of a header");
        reading.say(&codes::BAD_VALUE, header.place, message).fix =
            Some("use letters, digits and dashes, such as `X-Signature`".to_owned());
    }
    let style = match node.text_of("style") {
        Some("timestamped") => SignatureStyle::Timestamped,
        _ => SignatureStyle::Body,
    };
    Some(Signature { header: name.to_ascii_lowercase(), style, secret: node.text_of("secret")?.to_owned() })
}
