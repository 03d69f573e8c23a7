//! What mailboxes, filters and readers would hold against the e-mails of a template, told at its place in the file.

use std::collections::BTreeMap;

use wend_domain::compile::{Known, PartSource};
use wend_domain::source::Diagnostic;
use wend_domain::source::codes::NO_UNSUBSCRIBE;
use wend_domain::source::grammar::FileKind;

use crate::checks::{self, Finding};
use crate::content::{Format, Shielded, line_and_column, markdown_links};

/// What a template reads where it gives a way out.
const WAYS_OUT: [&str; 2] = ["unsubscribe_url", "preferences_url"];

/// The channel whose messages people unsubscribe from by a link.
const EMAIL: &str = "email";

/// Checks the HTML of an e-mail as its author wrote it.
pub(super) fn markup(part: &PartSource, format: Format, found: &mut Vec<Diagnostic>) {
    let shielded = Shielded::new(&part.source);
    let plain = shielded.plain();
    let is_liquid = |text: &str| shielded.is_in(text);
    let mut findings = checks::markup(&plain, &is_liquid);
    if format == Format::Markdown {
        let links = markdown_links(&plain);
        findings.extend(links.iter().flat_map(|link| checks::written(link, &is_liquid)));
    }
    for finding in findings {
        let offset = shielded.source_offset(&plain, finding.at);
        tell(part, finding, offset, found);
    }
}

/// Checks the HTML that was made of a document.
pub(super) fn document(part: &PartSource, html: &str, found: &mut Vec<Diagnostic>) {
    let shielded = Shielded::new(html);
    for finding in checks::markup(&shielded.plain(), &|text| shielded.is_in(text)) {
        tell(part, finding, 0, found);
    }
}

/// Checks the size of what is made of a part.
pub(super) fn size(part: &PartSource, html: &str, found: &mut Vec<Diagnostic>) {
    if let Some(finding) = checks::size(html, true) {
        tell(part, finding, 0, found);
    }
}

/// Checks a part that is one line.
pub(super) fn line(part: &PartSource, found: &mut Vec<Diagnostic>) {
    if part.part != "subject" || part.template.is_none() {
        return;
    }
    let is_whole = !part.source.contains("{{") && !part.source.contains("{%");
    for finding in checks::subject(&part.source, is_whole) {
        tell(part, finding, 0, found);
    }
}

fn tell(part: &PartSource, finding: Finding, offset: usize, found: &mut Vec<Diagnostic>) {
    let (line, column) = line_and_column(&part.source, offset);
    let message = format!("{}: {}", part.part, finding.message);
    found.push(part.finding(finding.code, line, column, message).fix(finding.fix));
}

/// Tells of marketing from which nobody gets out.
pub(super) fn ways_out(all: &[PartSource], known: &Known, found: &mut Vec<Diagnostic>) {
    let mut templates: BTreeMap<&str, Vec<&PartSource>> = BTreeMap::new();
    for part in all {
        if let Some(head) = part.template.as_ref().filter(|head| head.channel == EMAIL) {
            templates.entry(&head.name).or_default().push(part);
        }
    }
    for (name, parts) in templates {
        let Some(workflow) = known.marketing.get(name) else { continue };
        let has_way = |part: &PartSource| WAYS_OUT.iter().any(|way| part.source.contains(way));
        // Who prints a piece that has a way out has one too; a layout is taken to be the one that is named.
        let is_around = |piece: &PartSource, part: &PartSource| match (piece.kind, &piece.named) {
            (FileKind::Layout, _) => part.template.as_ref().is_some_and(|head| head.has_layout),
            (FileKind::Partial, Some(name)) => {
                part.source.contains(&format!("'{name}'")) || part.source.contains(&format!("\"{name}\""))
            }
            _ => false,
        };
        let with_way: Vec<&PartSource> = all.iter().filter(|piece| has_way(piece)).collect();
        let gets_out =
            |part: &&PartSource| has_way(part) || with_way.iter().any(|piece| is_around(piece, part));
        if parts.iter().any(gets_out) {
            continue;
        }
        let content = parts.iter().find(|part| Format::of_part(&part.part).is_some());
        let Some(part) = content.or_else(|| parts.iter().find(|part| part.part == "text")) else { continue };
        let message = format!(
            "{}: the workflow `{workflow}` sends this as marketing, and nobody can unsubscribe",
            part.part
        );
        let fix = match part.part.as_str() {
            "markdown" => "add `[Unsubscribe]({{ unsubscribe_url }})` at its end",
            "text" => "add `{{ unsubscribe_url }}` at its end",
            _ => "add `<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>` at its end",
        };
        found.push(part.finding(&NO_UNSUBSCRIBE, 1, 1, message).fix(fix));
    }
}
