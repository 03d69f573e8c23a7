//! What tests may do: no waiting by the clock, no ignoring, no repeating, and names that are sentences; and that every
//! rule of the contract has one.

use std::collections::BTreeSet;

use crate::mask::mask;
use crate::repository::{assert_none, is_test_file, line_of, root, rust_files};

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

/// The numbers of rules in a text, such as `7.10`.
fn numbers(text: &str) -> BTreeSet<(u32, u32)> {
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    words
        .filter_map(|word| {
            let (section, rule) = word.trim_matches('.').split_once('.')?;
            Some((section.parse().ok()?, rule.parse().ok()?))
        })
        .collect()
}

/// The rules of the contract: what its sections number as their own, but for those that it says are not built yet.
fn built_rules(contract: &str) -> BTreeSet<(u32, u32)> {
    let mut rules = BTreeSet::new();
    for section in contract.split("\n## ").skip(1) {
        let number = section.split('.').next().and_then(|number| number.parse::<u32>().ok());
        rules.extend(numbers(section).into_iter().filter(|(section, _)| Some(*section) == number));
    }
    let later = contract.split("\n\n").find(|paragraph| paragraph.starts_with("**Not built yet**"));
    &rules - &numbers(later.unwrap_or_default())
}

/// Whether one of the sentences bears a rule's number.
fn bears((section, rule): (u32, u32), name: &str) -> bool {
    let number = format!("s{section}_{rule}_");
    name.starts_with(&number) || name.contains(&format!("_{number}"))
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
fn every_rule_of_the_contract_that_is_built_has_a_test_that_bears_its_number() {
    let contract = std::fs::read_to_string(root().join("docs/semantics.md")).expect("the contract is there");
    let names: Vec<String> =
        rust_files().iter().flat_map(|file| tests(&mask(&file.text).code)).map(|(name, _)| name).collect();
    let untested =
        built_rules(&contract).into_iter().filter(|rule| !names.iter().any(|name| bears(*rule, name)));
    let untested =
        untested.map(|(section, rule)| format!("docs/semantics.md: no test bears {section}.{rule}"));
    assert_none(&untested.collect::<Vec<_>>());
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
    let contract = "**Not built yet**: caps (2.2).\n\n## 2. Time\n2.1 One; see 7.9. 2.2 Two. 2.10 Ten.\n";
    assert_eq!(built_rules(contract), BTreeSet::from([(2, 1), (2, 10)]));
    assert!(bears((2, 1), "s2_1_time_passes") && bears((2, 1), "s1_1_and_s2_1_time_passes"));
    assert!(!bears((2, 1), "s2_10_time_passes") && !bears((2, 1), "s12_1_time_passes"));
}
