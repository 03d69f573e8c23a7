//! Reads a file of cases in the shape of the golden-liquid suite and tells which of them fail.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use crate::rendering::rendered;

/// What a suite came to.
#[derive(Debug)]
pub struct Outcome {
    pub n_passed: usize,
    /// The names of the cases that failed, in the order of the file, with what went wrong.
    pub failed: Vec<(String, String)>,
}

/// The names of a list of known failures: one a line, `#` begins a comment.
pub fn known(list: &str) -> BTreeSet<&str> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// Runs all cases of a file.
pub fn run(text: &str) -> Result<Outcome, String> {
    let suite: Value = serde_json::from_str(text).map_err(|error| format!("it isn't JSON: {error}"))?;
    let cases = suite.get("tests").unwrap_or(&suite).as_array();
    let cases = cases.ok_or_else(|| "it has no list `tests`".to_owned())?;
    let mut outcome = Outcome { n_passed: 0, failed: Vec::new() };
    for (index, case) in cases.iter().enumerate() {
        let name = case.get("name").and_then(Value::as_str);
        let name = name.map_or_else(|| format!("case {}", index + 1), str::to_owned);
        // A panic is a failure like any other here, so that the names of all others are told.
        let failure = catch_unwind(AssertUnwindSafe(|| failure(case)));
        match failure.unwrap_or_else(|_| Some("it panicked".to_owned())) {
            None => outcome.n_passed += 1,
            Some(why) => outcome.failed.push((name, why)),
        }
    }
    Ok(outcome)
}

/// Says what is wrong with a case, if anything is.
fn failure(case: &Value) -> Option<String> {
    let Some(template) = case.get("template").and_then(Value::as_str) else {
        return Some("it has no template".to_owned());
    };
    let globals = case.get("data").cloned().unwrap_or_default();
    let partials = case.get("templates").and_then(Value::as_object);
    let result = rendered(template, partials, &globals);
    let is_invalid = case.get("invalid").is_some_and(|invalid| invalid == true);
    let mut expected: Vec<&Value> = case.get("result").into_iter().collect();
    expected.extend(case.get("results").and_then(Value::as_array).into_iter().flatten());
    match result {
        Err(_) if is_invalid => None,
        Ok(text) if !is_invalid && expected.iter().any(|expected| **expected == text) => None,
        Ok(text) if is_invalid => Some(format!("expected an error, rendered {text:?}")),
        Ok(text) => Some(format!("expected {expected:?}, rendered {text:?}")),
        Err(error) => Some(format!("expected {expected:?}, failed: {error}")),
    }
}
