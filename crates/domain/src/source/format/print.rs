//! Items to text.

use super::layout::{Item, Items, Lead, Value};

/// The spaces of one level.
const INDENT: usize = 2;

/// Prints a file.
pub(super) fn root(root: &Items) -> String {
    let mut out = String::new();
    items(root, 0, &mut out);
    out
}

fn leads(leads: &[Lead], indent: usize, out: &mut String) {
    for lead in leads {
        blank(lead.blank_before, out);
        line(indent, &lead.text, out);
    }
}

/// Writes a blank line, but not at the beginning of a file, and never two.
fn blank(wanted: bool, out: &mut String) {
    if wanted && !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
}

fn line(indent: usize, text: &str, out: &mut String) {
    if !text.is_empty() {
        spaces(indent, out);
        out.push_str(text);
    }
    out.push('\n');
}

fn spaces(n: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', n));
}

fn items(items: &Items, indent: usize, out: &mut String) {
    for (n, item) in items.items.iter().enumerate() {
        first_without_blank(item, n == 0, indent, out);
        match &item.key {
            Some(key) => {
                spaces(indent, out);
                out.push_str(key);
                out.push(':');
                value(item, indent, out);
            }
            None => dashed(item, indent, out),
        }
    }
    leads(&items.tail, indent, out);
}

/// The comments before an item; the first of a block has no blank line above it.
fn first_without_blank(item: &Item, first: bool, indent: usize, out: &mut String) {
    for (n, lead) in item.leads.iter().enumerate() {
        blank(lead.blank_before && !(first && n == 0), out);
        line(indent, &lead.text, out);
    }
    blank(item.blank_before && !(first && item.leads.is_empty()), out);
}

/// An item of a list: what is inside begins on the line of the dash.
fn dashed(item: &Item, indent: usize, out: &mut String) {
    let inner = match &item.value {
        Value::Map(inner) | Value::List(inner) => inner,
        Value::Inline(_) | Value::Verbatim { .. } | Value::Block { .. } => {
            spaces(indent, out);
            out.push('-');
            return value(item, indent, out);
        }
    };
    // Begun apart, so that no blank line slips between the dash and what belongs to it.
    let mut text = String::new();
    items(inner, indent + INDENT, &mut text);
    spaces(indent, out);
    out.push('-');
    out.push_str(&text[(indent + INDENT - 1).min(text.len())..]);
}

fn value(item: &Item, indent: usize, out: &mut String) {
    let comment =
        item.trailing.as_ref().map_or_else(String::new, |(gap, text)| format!("{}{text}", " ".repeat(*gap)));
    match &item.value {
        Value::Inline(text) => {
            if !text.is_empty() {
                out.push(' ');
            }
            out.push_str(text);
            out.push_str(&comment);
            out.push('\n');
        }
        Value::Verbatim { first, rest } => {
            out.push(' ');
            out.push_str(first);
            for (deeper, text) in rest {
                out.push('\n');
                if !text.is_empty() {
                    spaces((indent as isize + deeper).max(0) as usize, out);
                    out.push_str(text);
                }
            }
            out.push_str(&comment);
            out.push('\n');
        }
        Value::Block { header, lines } => {
            out.extend([" ", header, &comment, "\n"]);
            for text in lines {
                line(indent + INDENT, text, out);
            }
        }
        Value::Map(inner) | Value::List(inner) => {
            out.push_str(&comment);
            out.push('\n');
            items(inner, indent + INDENT, out);
        }
    }
}
