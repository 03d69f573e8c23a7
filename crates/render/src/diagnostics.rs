//! What is wrong with templates, told before anything is sent.

mod mail;
mod pieces;
mod values;

use std::collections::BTreeMap;

use wend_domain::compile::{Known, PartSource, known, template_parts};
use wend_domain::source::codes::{CONTENT, CONTENT_DOUBT, LIQUID, LIQUID_DOUBT};
use wend_domain::source::grammar::FileKind;
use wend_domain::source::{Diagnostic, SourceFile};
use wend_liquid::VariablePath;

use crate::call::SECRETS;
use crate::content::{self, Format};
use crate::links::{CONFIRM_URL, PREFERENCES_URL, UNSUBSCRIBE_URL};

/// What every template can read, besides its own variables.
const READABLE: [&str; 10] = [
    "contact",
    "account",
    "trigger",
    "run",
    "workflow",
    "message",
    "catalogues",
    UNSUBSCRIBE_URL,
    PREFERENCES_URL,
    CONFIRM_URL,
];

/// Everything that is wrong with the Liquid of templates and steps that can be read, whatever else is wrong with the files, in the
/// order of files and parts.
pub fn diagnostics(files: &[SourceFile]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let known = known(files);
    let parts = template_parts(files);
    for part in &parts {
        check_part(part, &known, &mut found);
    }
    mail::ways_out(&parts, &known, &mut found);
    pieces::check(&parts, &mut found);
    found
}

fn check_part(part: &PartSource, known: &Known, found: &mut Vec<Diagnostic>) {
    let name = &part.part;
    if Format::of_part(name) == Some(Format::Blocks) {
        return check_content(part, found);
    }
    let (before, after) = around(name);
    let shift = before.chars().count() as u32;
    let compiled = match wend_liquid::Template::parse(&format!("{before}{}{after}", part.source)) {
        Ok(compiled) => compiled,
        Err(error) => {
            let message = format!("{name}: {}", error.message);
            let finding = part.finding(&LIQUID, error.line, unshifted(error.column, shift), message);
            found.push(finding.why("a message of this template would fail when it is due"));
            return;
        }
    };
    check_content(part, found);
    let moved = |path: VariablePath| VariablePath { column: unshifted(path.column, shift), ..path };
    let variables: Vec<VariablePath> = compiled.variables().into_iter().map(moved).collect();
    values::check(part, &variables, known, found);
    for path in variables {
        let Some(root) = path.segments.first() else { continue };
        if root == SECRETS {
            check_secret(part, &path, found);
            continue;
        }
        if READABLE.contains(&root.as_str()) || pieces::reads(part, root) {
            continue;
        }
        let message = format!("{name}: `{root}` is nothing that a template can read, and prints as nothing");
        let fix = format!(
            "write `contact.{0}` for a trait, `trigger.{0}` for the trigger's data",
            path.segments.join(".")
        );
        found.push(part.finding(&LIQUID_DOUBT, path.line, path.column, message).fix(fix));
    }
}

/// What stands around the expressions of a block document where they become Liquid.
fn around(part: &str) -> (&'static str, &'static str) {
    match part {
        "blocks, if" => ("{% if ", " %}{% endif %}"),
        "blocks, products" => ("{% for item in ", " %}{% endfor %}"),
        _ => ("", ""),
    }
}

/// A column of the expression alone.
fn unshifted(column: u32, shift: u32) -> u32 {
    column.saturating_sub(shift).max(1)
}

/// What is made of the part can be made, and is read as Liquid again.
fn check_content(part: &PartSource, found: &mut Vec<Diagnostic>) {
    let name = &part.part;
    let Some(format) = Format::of_part(name).filter(|_| part.kind != FileKind::Workflow) else {
        return mail::line(part, found);
    };
    if format != Format::Blocks {
        mail::markup(part, format, found);
    }
    let made = match content::html_of(format, &part.source, &BTreeMap::new()) {
        Ok(made) => made,
        Err(mistake) => {
            let message = format!("{name}: {}", mistake.message);
            found.push(part.finding(&CONTENT, mistake.line, mistake.column, message).fix(mistake.fix));
            return;
        }
    };
    if format == Format::Blocks {
        mail::document(part, &made.html, found);
    }
    mail::size(part, &made.html, found);
    for doubt in made.doubts {
        let message = format!("{name}: {}", doubt.message);
        found.push(part.finding(&CONTENT_DOUBT, doubt.line, doubt.column, message).fix(doubt.fix));
    }
    if let Err(error) = wend_liquid::Template::parse(&made.html) {
        let (line, column) = made.places.source(error.line, error.column);
        let message = format!("{name}: in the HTML that is made of it, {}", error.message);
        let fix =
            "put tags that belong together on the same level: both inside of a paragraph, or both outside";
        found.push(part.finding(&CONTENT, line, column, message).fix(fix));
    }
}

/// A secret is read by calls only, and stands there as it is: a mark that a filter or a condition got hold of would not
/// be found when the call is made.
fn check_secret(part: &PartSource, path: &VariablePath, found: &mut Vec<Diagnostic>) {
    let name = &part.part;
    let (message, fix) = if !part.is_call {
        let message = format!("{name}: secrets can be read in webhook steps only");
        (message, "put it into the `webhook:` of a step: messages and tasks are read by people".to_owned())
    } else if path.segments.len() != 2 {
        (format!("{name}: `{}` names no secret", path.segments.join(".")), "write `secrets.NAME`".to_owned())
    } else if !stands_alone(&part.source, path) {
        let message = format!("{name}: a secret stands alone, without filters, conditions or tags");
        let secret = path.segments.join(".");
        (message, format!("write `{{{{ {secret} }}}}`, and keep the secret in the form in which it is sent"))
    } else {
        return;
    };
    found.push(part.finding(&LIQUID, path.line, path.column, message).fix(fix));
}

/// Whether a path is all that stands between `{{` and `}}`.
fn stands_alone(source: &str, path: &VariablePath) -> bool {
    let Some(line) = source.lines().nth(path.line.saturating_sub(1) as usize) else { return false };
    let at = path.column.saturating_sub(1) as usize;
    let Some((start, _)) = line.char_indices().nth(at) else { return false };
    let before = line[..start].trim_end().trim_end_matches('-');
    let Some(after) = line[start..].strip_prefix(path.segments.join(".").as_str()) else { return false };
    let after = after.trim_start().trim_start_matches('-');
    before.ends_with("{{") && after.starts_with("}}")
}

#[cfg(test)]
mod tests;
