//! Runs the cases of the golden-liquid suite and compares what fails with the list that is known.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};
use wend_liquid::{Partials, RenderOptions, Template};

const SUITE: &str = include_str!("golden/golden_liquid.json");
const KNOWN_FAILURES: &str = include_str!("golden/known_failures.txt");

struct Files(BTreeMap<String, Arc<Template>>);

impl Partials for Files {
    fn partial(&self, name: &str) -> Option<Arc<Template>> {
        self.0.get(name).cloned()
    }
}

fn rendered(case: &Map<String, Value>) -> Result<String, wend_liquid::Error> {
    let mut files = BTreeMap::new();
    for (name, source) in case.get("templates").and_then(Value::as_object).into_iter().flatten() {
        files.insert(
            name.clone(),
            Arc::new(Template::parse(source.as_str().expect("a template is a string"))?),
        );
    }
    let files = Files(files);
    let globals = case.get("data").cloned().unwrap_or_default();
    let mut options = RenderOptions::new(Timestamp::UNIX_EPOCH);
    options.partials = &files;
    Template::parse(case["template"].as_str().expect("a template is a string"))?.render(&globals, &options)
}

/// Says what is wrong with a case, if anything is.
fn failure(case: &Map<String, Value>) -> Option<String> {
    let result = rendered(case);
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

#[test]
fn the_golden_suite_fails_only_where_it_is_known_to() {
    let suite: Value = serde_json::from_str(SUITE).unwrap();
    let known: BTreeSet<&str> =
        KNOWN_FAILURES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut failed = BTreeMap::new();
    for case in suite["tests"].as_array().unwrap() {
        let case = case.as_object().unwrap();
        if let Some(failure) = failure(case) {
            failed.insert(case["name"].as_str().unwrap(), failure);
        }
    }
    let mut report = String::new();
    for (name, failure) in failed.iter().filter(|(name, _)| !known.contains(*name)) {
        writeln!(report, "fails: {name}\n    {failure}").unwrap();
    }
    for name in known.iter().filter(|name| !failed.contains_key(*name)) {
        writeln!(report, "passes, so strike it from known_failures.txt: {name}").unwrap();
    }
    assert!(report.is_empty(), "\n{report}");
}
