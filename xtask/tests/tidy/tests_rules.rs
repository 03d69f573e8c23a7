//! What tests may do: no waiting by the clock, no ignoring, no repeating, and names that are sentences.

use crate::mask::mask;
use crate::repository::{assert_none, is_test_file, line_of, rust_files};

/// The fewest words that make a sentence.
const WORDS_MIN: usize = 3;
/// A helper that polls with a deadline begins with this, and is the only place in tests that may wait.
const POLLING: &str = "eventually";

fn sleeps(path: &str, text: &str) -> Vec<String> {
    if !is_test_file(path) {
        return Vec::new();
    }
    let code = mask(text).code;
    let inside_helper = |at: usize| {
        let function = code[..at].rfind("fn ").map(|start| &code[start + 3..at]);
        function.is_some_and(|function| function.starts_with(POLLING))
    };
    code.match_indices("sleep(")
        .filter(|(at, _)| !inside_helper(*at))
        .map(|(at, _)| {
            let line = line_of(&code, at);
            format!(
                "{path}:{line}: a test waits for something, not for a while: poll in a helper `fn {POLLING}…`"
            )
        })
        .collect()
}

fn ignored(path: &str, text: &str) -> Vec<String> {
    let code = mask(text).code;
    let places = code.match_indices("#[ignore");
    places.map(|(at, _)| format!("{path}:{}: a test that isn't run is none", line_of(&code, at))).collect()
}

/// The names of the tests in a text, with their lines.
fn tests(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for attribute in ["#[test]", "#[tokio::test"] {
        for (at, _) in code.match_indices(attribute) {
            let Some(start) = code[at..].find("fn ").map(|offset| at + offset + 3) else {
                continue;
            };
            let name: String =
                code[start..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            // A name that a macro makes is seen where the macro is used, as an argument.
            if !name.is_empty() {
                found.push((name, line_of(code, start)));
            }
        }
    }
    found
}

fn no_sentence(path: &str, text: &str) -> Vec<String> {
    tests(&mask(text).code)
        .into_iter()
        .filter(|(name, _)| name.starts_with("test_") || name.split('_').count() < WORDS_MIN)
        .map(|(name, line)| format!("{path}:{line}: `{name}`: a test's name is the sentence that is true"))
        .collect()
}

fn each(rule: fn(&str, &str) -> Vec<String>) -> Vec<String> {
    rust_files().iter().flat_map(|file| rule(&file.path, &file.text)).collect()
}

#[test]
fn no_test_waits_by_the_clock() {
    assert_none(&each(sleeps));
}

#[test]
fn no_test_is_ignored() {
    assert_none(&each(ignored));
}

#[test]
fn names_of_tests_are_sentences() {
    assert_none(&each(no_sentence));
}

#[test]
fn the_rules_of_tests_catch_what_they_forbid() {
    assert_eq!(sleeps("crates/a/tests/b.rs", "fn a() { thread::sleep(x); }").len(), 1);
    assert_eq!(sleeps("crates/a/tests/b.rs", "fn eventually() { thread::sleep(x); }").len(), 0);
    let attribute = format!("#[{}]\nfn a_b_c() {{}}", "ignore");
    assert_eq!(ignored("a.rs", &attribute).len(), 1);
    assert_eq!(no_sentence("a.rs", "#[test]\nfn works() {}").len(), 1);
    assert_eq!(
        no_sentence("a.rs", "#[tokio::test(start_paused = true)]\nasync fn test_that_it_works() {}").len(),
        1
    );
    assert_eq!(no_sentence("a.rs", "#[test]\nfn a_wait_sets_one_timer() {}").len(), 0);
}
