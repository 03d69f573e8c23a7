//! What is wrong with templates, told before anything is sent.

use wend_domain::compile::{PartSource, template_parts};
use wend_domain::source::codes::{LIQUID, LIQUID_DOUBT};
use wend_domain::source::{Diagnostic, SourceFile};

/// What every template can read, besides its own variables.
const READABLE: [&str; 4] = ["contact", "trigger", "workflow", "message"];

/// Everything that is wrong with the Liquid of templates that can be read, whatever else is wrong with the files, in the
/// order of files and parts.
pub fn diagnostics(files: &[SourceFile]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in template_parts(files) {
        check_part(&part, &mut found);
    }
    found
}

fn check_part(part: &PartSource, found: &mut Vec<Diagnostic>) {
    let name = &part.part;
    let compiled = match wend_liquid::Template::parse(&part.source) {
        Ok(compiled) => compiled,
        Err(error) => {
            let message = format!("{name}: {}", error.message);
            let finding = part.finding(&LIQUID, error.line, error.column, message);
            found.push(finding.why("a message of this template would fail when it is due"));
            return;
        }
    };
    for path in compiled.variables() {
        let Some(root) = path.segments.first() else { continue };
        if READABLE.contains(&root.as_str()) {
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

#[cfg(test)]
mod tests;
