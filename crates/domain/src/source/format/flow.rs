//! Values on one line: scalars as they were written, lists and objects with even spaces.

use super::Known;
use super::layout::canonical;
use super::text::Text;
use crate::source::yaml::{Entry, Kind, Node};

/// A value that stands on one line.
pub(super) fn inline(text: &Text, known: &Known, node: &Node) -> String {
    match &node.kind {
        Kind::Scalar(_) => text.slice(node.span),
        Kind::List { items, .. } => {
            let items: Vec<String> = items.iter().map(|item| inline(text, known, item)).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map { entries, .. } => map(text, known, node, entries),
    }
}

fn map(text: &Text, known: &Known, node: &Node, entries: &[Entry]) -> String {
    let mut ordered: Vec<&Entry> = entries.iter().collect();
    if let Some(object) = known.objects.get(&node.span.start)
        && let Some(places) = canonical(object, entries.iter().map(|entry| entry.key.as_str()))
    {
        ordered.sort_by_key(|entry| places.get(entry.key.as_str()).copied());
    }
    let mut parts: Vec<String> =
        known.ids.get(&node.span.start).map(|id| format!("id: {id}")).into_iter().collect();
    for entry in ordered {
        let key = text.slice(entry.span);
        let value = inline(text, known, &entry.value);
        parts.push(if value.is_empty() { format!("{key}:") } else { format!("{key}: {value}") });
    }
    if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
}
