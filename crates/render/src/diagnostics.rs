//! What is wrong with templates, told before anything is sent.

use wend_domain::catalog::Catalog;
use wend_domain::source::{Diagnostic, Severity};
use wend_domain::template::{Template, TemplatePart};

use crate::renderer::line_in_file;

/// The code of a template that can't be parsed.
pub const CODE_SYNTAX: &str = "E0501";

/// The code of a variable that no template can read.
pub const CODE_UNKNOWN_VARIABLE: &str = "W0501";

/// What every template can read, besides its own variables.
const READABLE: [&str; 4] = ["contact", "trigger", "workflow", "message"];

/// Everything that is wrong with a catalog's templates, in the order of name, part and place.
pub fn diagnostics(catalog: &Catalog) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for template in catalog.templates.values() {
        for (name, part) in &template.parts {
            check_part(template, name, part, &mut found);
        }
    }
    found
}

fn check_part(template: &Template, name: &str, part: &TemplatePart, found: &mut Vec<Diagnostic>) {
    let file = format!("templates/{}.yaml", template.name);
    let compiled = match wend_liquid::Template::parse(&part.source) {
        Ok(compiled) => compiled,
        Err(error) => {
            found.push(Diagnostic {
                severity: Severity::Error,
                code: CODE_SYNTAX.to_owned(),
                file,
                line: line_in_file(part.line, error.line),
                column: error.column,
                message: format!("{name}: {}", error.message),
                why: Some("a message of this template would fail when it is due".to_owned()),
                fix: None,
            });
            return;
        }
    };
    for path in compiled.variables() {
        let Some(root) = path.segments.first() else { continue };
        if READABLE.contains(&root.as_str()) {
            continue;
        }
        found.push(Diagnostic {
            severity: Severity::Warning,
            code: CODE_UNKNOWN_VARIABLE.to_owned(),
            file: file.clone(),
            line: line_in_file(part.line, path.line),
            column: path.column,
            message: format!("{name}: `{root}` is nothing that a template can read, and prints as nothing"),
            why: None,
            fix: Some(format!(
                "write `contact.{0}` for a trait, `trigger.{0}` for the trigger's data",
                path.segments.join(".")
            )),
        });
    }
}

#[cfg(test)]
mod tests;
