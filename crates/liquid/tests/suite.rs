//! Runs the cases of the golden-liquid suite and compares what fails with the list that is known.

#[path = "golden/cases.rs"]
mod cases;
#[path = "golden/rendering.rs"]
mod rendering;

use std::fmt::Write as _;

const SUITE: &str = include_str!("golden/golden_liquid.json");
const KNOWN_FAILURES: &str = include_str!("golden/known_failures.txt");

#[test]
fn the_golden_suite_fails_only_where_it_is_known_to() {
    let known = cases::known(KNOWN_FAILURES);
    let outcome = cases::run(SUITE).unwrap();
    assert!(outcome.n_passed > 700);
    let mut report = String::new();
    for (name, failure) in outcome.failed.iter().filter(|(name, _)| !known.contains(name.as_str())) {
        writeln!(report, "fails: {name}\n    {failure}").unwrap();
    }
    for name in known.iter().filter(|known| !outcome.failed.iter().any(|(name, _)| name == *known)) {
        writeln!(report, "passes, so strike it from known_failures.txt: {name}").unwrap();
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn a_file_of_another_shape_is_refused_and_a_case_without_a_template_fails() {
    assert!(cases::run("{").is_err());
    assert!(cases::run("{\"a\": 1}").is_err());
    let outcome = cases::run(r#"{"tests": [{"name": "a"}, {"template": "x", "result": "x"}, 1]}"#).unwrap();
    let names: Vec<&str> = outcome.failed.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((outcome.n_passed, names), (1, vec!["a", "case 3"]));
}
