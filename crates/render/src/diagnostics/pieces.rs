//! Partials and layouts: whether what templates name is there, can be printed where it stands, and ends.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::compile::PartSource;
use wend_domain::source::Diagnostic;
use wend_domain::source::codes::{BAD_LAYOUT, UNKNOWN_PARTIAL};
use wend_domain::source::grammar::FileKind;
use wend_domain::source::suggest::nearest;
use wend_liquid::{PartialName, Template};

use crate::content::{CONTENT, Format, content_place};

/// How many circles of partials are told.
const CIRCLES_MAX: usize = 10;

/// The partials of a portfolio: by name, their parts.
type Shelf<'p> = BTreeMap<String, Vec<&'p PartSource>>;

/// Whether a partial or a layout reads something that only it can read: what it is given, or the content.
pub(super) fn reads(part: &PartSource, root: &str) -> bool {
    match part.kind {
        // What a partial is given depends on who prints it.
        FileKind::Partial => true,
        FileKind::Layout => root == CONTENT,
        _ => false,
    }
}

/// Checks what names partials, and layouts themselves.
pub(super) fn check(parts: &[PartSource], found: &mut Vec<Diagnostic>) {
    let mut shelf = Shelf::new();
    for part in parts.iter().filter(|part| part.kind == FileKind::Partial) {
        shelf.entry(name_of(part)).or_default().push(part);
    }
    for part in parts {
        for call in calls(part) {
            known(part, &call, &shelf, found);
        }
        if part.kind == FileKind::Layout && content_place(&part.source).is_none() {
            let message = format!("{}: the layout has no `{{{{ content }}}}`, or several", part.part);
            let fix = "write `{{ content }}` once, where the content of e-mails stands";
            found.push(part.finding(&BAD_LAYOUT, 1, 1, message).fix(fix));
        }
        let is_page = Format::of_part(&part.part) == Some(Format::Html)
            && part.template.as_ref().is_some_and(|head| head.has_layout)
            && part.source.to_ascii_lowercase().contains("<body");
        if is_page {
            let message =
                format!("{}: the content has a `body` of its own, and stands in a layout", part.part);
            let fix = "keep what is inside of the body, or leave `layout` out";
            found.push(part.finding(&BAD_LAYOUT, 1, 1, message).fix(fix));
        }
    }
    circles(&shelf, found);
}

/// The name of the partial that a part is of.
fn name_of(part: &PartSource) -> String {
    part.named.clone().unwrap_or_default()
}

/// The partials that a part names in quotes.
fn calls(part: &PartSource) -> Vec<PartialName> {
    Template::parse(&part.source).map(|template| template.partials()).unwrap_or_default()
}

/// Whether a part becomes HTML.
fn is_html(part: &PartSource) -> bool {
    Format::of_part(&part.part).is_some() || part.part.starts_with("blocks, ")
}

fn known(part: &PartSource, call: &PartialName, shelf: &Shelf<'_>, found: &mut Vec<Diagnostic>) {
    let name = &call.name;
    let Some(pieces) = shelf.get(name) else {
        let message = format!("{}: there is no partial `{name}`", part.part);
        let fix = match nearest(name, shelf.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write it as `partials/{name}.yaml`"),
        };
        found.push(part.finding(&UNKNOWN_PARTIAL, call.line, call.column, message).fix(fix));
        return;
    };
    let has = |wanted: &str| pieces.iter().any(|piece| piece.part == wanted);
    if !is_html(part) && part.kind != FileKind::Partial && !has("text") && !has("markdown") {
        let message = format!("{}: the partial `{name}` has HTML only, and this is plain text", part.part);
        let fix = format!("add `text:` to the partial `{name}`");
        found.push(part.finding(&UNKNOWN_PARTIAL, call.line, call.column, message).fix(fix));
    }
}

/// Finds partials that print themselves, by way of others or at once.
fn circles(shelf: &Shelf<'_>, found: &mut Vec<Diagnostic>) {
    let named = |name: &str| -> BTreeSet<String> {
        let pieces = shelf.get(name).into_iter().flatten();
        pieces.flat_map(|piece| calls(piece)).map(|call| call.name).collect()
    };
    let graph: BTreeMap<&String, BTreeSet<String>> = shelf.keys().map(|name| (name, named(name))).collect();
    let mut n_told = 0;
    for (name, pieces) in shelf {
        for piece in pieces {
            let back = calls(piece).into_iter().find(|call| reaches(&graph, &call.name, name));
            if let Some(call) = back.filter(|_| n_told < CIRCLES_MAX) {
                n_told += 1;
                let message = if call.name == *name {
                    format!("{}: the partial prints itself, which never ends", piece.part)
                } else {
                    format!("{}: `{}` prints `{name}` again, which never ends", piece.part, call.name)
                };
                let fix = "print one of them somewhere else";
                found.push(piece.finding(&UNKNOWN_PARTIAL, call.line, call.column, message).fix(fix));
            }
        }
    }
}

/// Whether a partial prints another one, however far down.
fn reaches(graph: &BTreeMap<&String, BTreeSet<String>>, from: &String, to: &String) -> bool {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            open.extend(graph.get(name).into_iter().flatten());
        }
    }
    false
}
