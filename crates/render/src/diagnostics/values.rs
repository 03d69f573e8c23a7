//! The traits that a template prints: whether somebody declared them, and what is printed for who hasn't got them.

use std::collections::BTreeSet;

use serde_json::Value;
use wend_domain::compile::{Known, PartSource};
use wend_domain::source::Diagnostic;
use wend_domain::source::codes::{NO_FALLBACK, NOT_IN_SAMPLE, UNKNOWN_TRAIT};
use wend_domain::source::suggest::nearest;
use wend_liquid::VariablePath;

use crate::content::{constructs, line_and_column};

/// The root under which templates read traits.
const CONTACT: &str = "contact";

/// What every template can read of a contact, declared or not.
const ALWAYS: [&str; 1] = ["user_id"];

/// Checks the traits of a part.
pub(super) fn check(
    part: &PartSource,
    variables: &[VariablePath],
    known: &Known,
    found: &mut Vec<Diagnostic>,
) {
    if let Some(traits) = &known.traits {
        let mut told = BTreeSet::new();
        for path in variables {
            let [root, name, ..] = path.segments.as_slice() else { continue };
            let is_known = traits.contains_key(name) || ALWAYS.contains(&name.as_str());
            if root != CONTACT || is_known || !told.insert(name.clone()) {
                continue;
            }
            let message = format!("{}: nobody declared the trait `{name}`", part.part);
            let fix = match nearest(name, traits.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`? Else declare it in traits.yaml"),
                None => "declare it in traits.yaml".to_owned(),
            };
            found.push(part.finding(&UNKNOWN_TRAIT, path.line, path.column, message).fix(fix));
        }
    }
    if part.template.is_some() {
        fallbacks(part, known, found);
    }
    sampled(part, variables, found);
}

/// Finds what is read of a root that the template's sample shows, and that the sample doesn't have.
fn sampled(part: &PartSource, variables: &[VariablePath], found: &mut Vec<Diagnostic>) {
    let Some(sample) = part.template.as_ref().and_then(|head| head.sample.as_ref()) else { return };
    let mut told = BTreeSet::new();
    for path in variables {
        let [root, names @ ..] = path.segments.as_slice() else { continue };
        let Some(mut value) = sample.get(root) else { continue };
        for name in names {
            // Lists and texts have `size`, `first` and the like.
            let Value::Object(members) = value else { break };
            if let Some(member) = members.get(name) {
                value = member;
                continue;
            }
            let whole = path.segments.join(".");
            if told.insert(whole.clone()) {
                let message = format!("{}: the sample has no `{whole}`", part.part);
                let fix = match nearest(name, members.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`? Else add `{name}` to `sample:`"),
                    None => format!("add `{name}` to `sample:`"),
                };
                found.push(part.finding(&NOT_IN_SAMPLE, path.line, path.column, message).fix(fix));
            }
            break;
        }
    }
}

/// Finds traits that are printed without a word for who hasn't got them, outside of any condition that asks.
fn fallbacks(part: &PartSource, known: &Known, found: &mut Vec<Diagnostic>) {
    let mut asked: Vec<String> = Vec::new();
    let mut told = BTreeSet::new();
    for construct in constructs(&part.source) {
        let text = &part.source[construct.range.clone()];
        let inside = text.trim_matches(['{', '}', '%', '-', ' ', '\n', '\t', '\r']);
        if construct.is_tag {
            condition(inside, &mut asked);
            continue;
        }
        let end = inside
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')))
            .unwrap_or(inside.len());
        let path = &inside[..end];
        let Some(name) = path.strip_prefix("contact.").and_then(|path| path.split('.').next()) else {
            continue;
        };
        let is_there = known.traits.as_ref().and_then(|traits| traits.get(name)).copied().unwrap_or(false);
        let is_asked = asked.iter().any(|condition| condition.contains(path));
        if is_there || is_asked || inside[end..].contains("default") || !told.insert(path.to_owned()) {
            continue;
        }
        let message = format!("{}: `{path}` prints as nothing for who hasn't got it", part.part);
        let fix = format!("write `{{{{ {path} | default: '…' }}}}`, or ask first: `{{% if {path} %}}`");
        let (line, column) = line_and_column(&part.source, construct.range.start);
        found.push(part.finding(&NO_FALLBACK, line, column, message).fix(fix));
    }
}

/// Follows which conditions are open.
fn condition(tag: &str, asked: &mut Vec<String>) {
    match tag.split_whitespace().next().unwrap_or_default() {
        "if" | "unless" | "case" | "for" => asked.push(tag.to_owned()),
        "elsif" | "when" => {
            if let Some(top) = asked.last_mut() {
                top.push(' ');
                top.push_str(tag);
            }
        }
        "endif" | "endunless" | "endcase" | "endfor" => {
            asked.pop();
        }
        _ => {}
    }
}
