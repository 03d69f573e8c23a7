//! Templates: their channel and parts; rendering is another crate's.

use std::collections::BTreeMap;

use super::names::Reading;
use crate::id::{Channel, TemplateName};
use crate::policy::ChannelPolicy;
use crate::source::codes;
use crate::source::grammar::other::TEMPLATE;
use crate::source::suggest::did_you_mean;
use crate::source::yaml::{Entry, Node, Place};
use crate::template::{CONTENTS, Layout, Partial, Template, TemplatePart};

/// The keys of a template's file that are not parts.
const NOT_PARTS: [&str; 7] =
    ["template", "channel", "layout", "strict", "sample", "link_parameters", "locales"];

/// The parts that a partial may have.
const PARTIAL_PARTS: [&str; 3] = ["html", "markdown", "text"];

/// The part that is a document rather than a text.
pub(super) const BLOCKS: &str = "blocks";

/// The channel whose messages have HTML.
const EMAIL: &str = "email";

/// The parts that only e-mails have, because something is made of them.
const ONLY_MAIL: [&str; 3] = ["markdown", "mjml", BLOCKS];

/// Whether a key of a template's file is not a part of the template.
pub(super) fn is_head(key: &str) -> bool {
    NOT_PARTS.contains(&key)
}

/// Compiles a template.
pub(super) fn template(
    reading: &mut Reading<'_>,
    node: &Node,
    channels: &BTreeMap<Channel, ChannelPolicy>,
) -> Option<Template> {
    let name = node.text_of("template")?;
    let channel_node = node.get("channel")?;
    let channel = reading.channel(channel_node.text()?, channel_node.place);
    let policy = channels.get(&channel);
    let mut parts = BTreeMap::new();
    for entry in node.entries().iter().filter(|entry| !is_head(&entry.key)) {
        let declared = policy.is_some_and(|policy| policy.parts.contains(&entry.key));
        if !declared && TEMPLATE.fields().all(|field| field.name != entry.key) {
            let known = TEMPLATE.fields().map(|field| field.name);
            let fix = did_you_mean(&entry.key, known)
                .unwrap_or_else(|| "declare the part under `channels:` of the policies".to_owned());
            let message = format!("a template for `{channel}` has no part `{}`", entry.key);
            reading.say(&codes::UNKNOWN_KEY, entry.place, message).fix = Some(fix);
        }
        if let Some(part) = part(entry) {
            parts.insert(entry.key.clone(), part);
        }
    }
    missing(reading, node, &channel, policy);
    let template = Template::new(TemplateName::from(name), channel, parts);
    let template = template.with(locales(reading, node), parameters(node));
    let layout = node.get("layout").and_then(|layout| reading.layout(layout.text()?, layout.place));
    let template = template.in_layout(layout, node.get("strict").is_some());
    if let Some(mjml) = node.entry("mjml").filter(|_| node.get("layout").is_some()) {
        reading.say(&codes::BAD_LAYOUT, mjml.place, "MJML is a whole page, and stands in no layout").fix =
            Some("write the content as `html`, `markdown` or `blocks`, or leave `layout` out".to_owned());
    }
    Some(Template { sample: node.get("sample").map(Node::to_json), ..template })
}

/// Compiles a partial.
pub(super) fn partial(reading: &mut Reading<'_>, node: &Node) -> Option<(String, Partial)> {
    let name = node.text_of("partial")?;
    let place = node.get("partial").map_or(node.place, |name| name.place);
    let parts = node.entries().iter().filter(|entry| PARTIAL_PARTS.contains(&entry.key.as_str()));
    let parts: BTreeMap<_, _> = parts.filter_map(|entry| Some((entry.key.clone(), part(entry)?))).collect();
    if parts.is_empty() {
        reading.say(&codes::MISSING_PART, place, "a partial needs `html`, `markdown` or `text`").fix =
            Some("add `markdown:`: it is printed in HTML and in plain texts".to_owned());
    }
    if let (Some(_), Some(other)) = (node.entry("html"), node.entry("markdown")) {
        let message = "the partial has `html` and `markdown`";
        reading.say(&codes::SEVERAL_CONTENTS, other.place, message).fix =
            Some("keep one of them; what plain texts print is `text`".to_owned());
    }
    Some((name.to_owned(), Partial { parts }))
}

/// The layout that a file describes, with its name.
pub(super) fn layout(node: &Node) -> Option<(String, Layout)> {
    let entry = node.entries().iter().find(|entry| ["html", "mjml"].contains(&entry.key.as_str()))?;
    let layout = Layout { format: entry.key.clone(), source: entry.value.text()?.to_owned() };
    Some((node.text_of("layout")?.to_owned(), layout))
}

fn part(entry: &Entry) -> Option<TemplatePart> {
    let source = match entry.value.text() {
        Some(text) => text.to_owned(),
        None if entry.key == BLOCKS && entry.value.is_map() => entry.value.to_json().to_string(),
        None => return None,
    };
    Some(TemplatePart { source, line: entry.value.place.line })
}

/// What links carry.
pub(super) fn parameters(node: &Node) -> BTreeMap<String, String> {
    let entries = node.get("link_parameters").map(Node::entries).unwrap_or_default().iter();
    entries.filter_map(|entry| Some((entry.key.clone(), entry.value.text()?.to_owned()))).collect()
}

/// The parts for other languages.
fn locales(reading: &mut Reading<'_>, node: &Node) -> BTreeMap<String, BTreeMap<String, TemplatePart>> {
    let mut locales = BTreeMap::new();
    for entry in node.get("locales").map(Node::entries).unwrap_or_default() {
        let parts = entry.value.entries().iter();
        let parts: BTreeMap<_, _> =
            parts.filter_map(|entry| Some((entry.key.clone(), part(entry)?))).collect();
        let contents: Vec<&Entry> =
            entry.value.entries().iter().filter(|entry| CONTENTS.contains(&entry.key.as_str())).collect();
        if let [first, other, ..] = contents.as_slice() {
            let message = format!("the locale has `{}` and `{}`", first.key, other.key);
            reading.say(&codes::SEVERAL_CONTENTS, other.place, message).fix =
                Some("keep one of them".to_owned());
        }
        locales.insert(entry.key.replace('_', "-"), parts);
    }
    locales
}

fn missing(reading: &mut Reading<'_>, node: &Node, channel: &Channel, policy: Option<&ChannelPolicy>) {
    let place = node.get("template").map_or(node.place, |name| name.place);
    for part in policy.iter().flat_map(|policy| &policy.parts).filter(|part| node.get(part).is_none()) {
        let message = format!("a template for `{channel}` needs `{part}`");
        reading.say(&codes::MISSING_PART, place, message).fix = Some(format!("add `{part}:`"));
    }
    if channel.as_str() == EMAIL {
        contents(reading, node, place);
    } else {
        for entry in node.entries().iter().filter(|entry| ONLY_MAIL.contains(&entry.key.as_str())) {
            let message = format!("`{}` is for e-mails, and this template is for `{channel}`", entry.key);
            reading.say(&codes::UNKNOWN_KEY, entry.place, message).fix =
                Some("write the text as `body:`".to_owned());
        }
    }
}

/// An e-mail says something, and says it in one language.
fn contents(reading: &mut Reading<'_>, node: &Node, place: Place) {
    let there: Vec<&Entry> =
        node.entries().iter().filter(|entry| CONTENTS.contains(&entry.key.as_str())).collect();
    if there.is_empty() && node.get("text").is_none() {
        let message = "a template for `email` needs `html`, `markdown`, `mjml`, `blocks` or `text`";
        reading.say(&codes::MISSING_PART, place, message).fix =
            Some("add `markdown:` or `html:`; the plain text is made from it".to_owned());
    }
    if let [first, others @ ..] = there.as_slice() {
        for other in others {
            let message = format!("the template has `{}` and `{}`", first.key, other.key);
            reading.say(&codes::SEVERAL_CONTENTS, other.place, message).fix =
                Some("keep one of them, or make two templates".to_owned());
        }
    }
}
