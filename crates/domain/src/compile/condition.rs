//! One condition outside of any file: who is meant by something that a person does to many contacts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::names::{Names, Reading};
use super::operand::Data;
use super::predicate::{Where, predicate};
use super::summaries::Summaries;
use crate::behaviour::SummaryDefinition;
use crate::catalog::Catalog;
use crate::predicate::Predicate;
use crate::source::check::check_shape;
use crate::source::diagnostic::{any_error, in_order};
use crate::source::grammar::predicate::CONDITION;
use crate::source::yaml::{self, Place};
use crate::source::{Diagnostic, SourceFile, codes};

/// What findings call the file that a condition would stand in.
const FILE: &str = "where";

/// Compiles a condition of the file format, written as JSON, against what is published.
///
/// Questions about what contacts did are answered by what is kept for rules: one that no published rule asks can't be
/// answered here.
pub fn condition(catalog: &Catalog, condition: &Value) -> Result<Predicate, Vec<Diagnostic>> {
    let text = condition.to_string();
    let (node, mut diagnostics) = yaml::parse(&SourceFile { path: FILE.to_owned(), text });
    let Some(node) = node else { return Err(diagnostics) };
    diagnostics.extend(check_shape(FILE, &node, &CONDITION, FILE));
    let names = Names::of_catalog(catalog);
    let mut reading = Reading::new(FILE, &names, false);
    let mut summaries = Summaries::default();
    let at = Where { data: Data::CONTACT, workflow: None, draw: FILE };
    let compiled = predicate(&mut reading, &mut summaries, &node, at);
    diagnostics.append(&mut reading.diagnostics);
    for (id, asked) in summaries.finish(&BTreeMap::new(), catalog.revision) {
        if !catalog.summaries.get(&id).is_some_and(|known| answers(known, &asked)) {
            let message =
                format!("no published rule asks this of `{}`, so nobody has counted it", asked.event);
            diagnostics.push(
                Diagnostic::new(&codes::BAD_CHOICE, FILE, Place::START, message)
                    .fix("publish a segment with this condition, and select the segment"),
            );
        }
    }
    if any_error(&diagnostics) { Err(in_order(diagnostics)) } else { Ok(compiled) }
}

/// Whether what is kept for other rules answers this one too.
fn answers(known: &SummaryDefinition, asked: &SummaryDefinition) -> bool {
    let enough = |n: Option<usize>| n.unwrap_or(usize::MAX);
    asked.window_max <= known.window_max && enough(asked.newest_enough) <= enough(known.newest_enough)
}

#[cfg(test)]
mod tests;
