//! One condition outside of any file: who is meant by something that a person does to many contacts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::names::{Names, Reading};
use super::operand::Data;
use super::predicate::{Where, predicate};
use super::summaries::Summaries;
use crate::audience::Question;
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
/// answered here. [`question`] answers it from history.
pub fn condition(catalog: &Catalog, condition: &Value) -> Result<Predicate, Vec<Diagnostic>> {
    let Question { rule, summaries, .. } = question(catalog, condition)?;
    let unasked = |asked: &SummaryDefinition| {
        let message = format!("no published rule asks this of `{}`, so nobody has counted it", asked.event);
        Diagnostic::new(&codes::BAD_CHOICE, FILE, Place::START, message)
            .fix("publish a segment with this condition, and select the segment")
    };
    let diagnostics: Vec<Diagnostic> = summaries.values().map(unasked).collect();
    if diagnostics.is_empty() { Ok(rule) } else { Err(in_order(diagnostics)) }
}

/// Compiles a condition of the file format, written as JSON, against what is published, as a question that can be asked
/// of any contact.
pub fn question(catalog: &Catalog, condition: &Value) -> Result<Question, Vec<Diagnostic>> {
    let text = condition.to_string();
    let (node, mut diagnostics) = yaml::parse(&SourceFile { path: FILE.to_owned(), text });
    let Some(node) = node else { return Err(diagnostics) };
    diagnostics.extend(check_shape(FILE, &node, &CONDITION, FILE));
    let names = Names::of_catalog(catalog);
    let mut reading = Reading::new(FILE, &names, false);
    let mut summaries = Summaries::default();
    let at = Where { data: Data::CONTACT, workflow: None, draw: FILE };
    let rule = predicate(&mut reading, &mut summaries, &node, at);
    diagnostics.append(&mut reading.diagnostics);
    if any_error(&diagnostics) {
        return Err(in_order(diagnostics));
    }
    let mut summaries = summaries.finish(&BTreeMap::new(), catalog.revision);
    summaries.retain(|id, asked| !catalog.summaries.get(id).is_some_and(|known| answers(known, asked)));
    Ok(Question::new(rule, summaries))
}

/// Whether what is kept for other rules answers this one too.
fn answers(known: &SummaryDefinition, asked: &SummaryDefinition) -> bool {
    let enough = |n: Option<usize>| n.unwrap_or(usize::MAX);
    asked.window_max() <= known.window_max() && enough(asked.newest_enough) <= enough(known.newest_enough)
}

#[cfg(test)]
mod tests;
