//! `wend test`: tests that pass, that fail and that make no sense, and what is told of them.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Process, command, wend, write_files};

const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop");

/// Passes.
const GREETED: &str = "\
test: who signs up is greeted
contact: { traits: { email: ann@example.com } }
at: 2026-03-02T12:00Z
when:
  - { at: +0m, event: Signed Up }
expect:
  - { sent: hello, at: +0m }
  - { run: greet, ended: completed }
";

/// Fails: nobody orders.
const THANKED: &str = "\
test: who orders is thanked <\"soon\"> & heartily
contact: { traits: { email: ann@example.com } }
at: 2026-03-02T12:00Z
when:
  - { at: +0m, event: Signed Up, with: { plan: pro } }
expect:
  - { sent: hello }
  - { sent: thanks, at: +1h }
  - { run: greet, ended: goal }
  - { messages: [hello, thanks] }
";

/// A small portfolio with these tests.
fn folder(tests: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    std::fs::create_dir(folder.path().join("tests")).unwrap();
    for (name, text) in tests {
        write_test(folder.path(), name, text);
    }
    folder
}

fn write_test(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(format!("tests/{name}.test.yaml")), text).unwrap();
}

fn shown(folder: &TempDir) -> &str {
    folder.path().to_str().unwrap()
}

/// What was printed, without the line that says how long it took.
fn without_time(text: &str) -> String {
    let lines = text.lines().map(|line| line.split(", in ").next().unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_tests_of_the_example_shop_pass_and_reach_all_of_it() {
    let ended = wend(&["test", SHOP, "--coverage-min", "100"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let n_passed = ended.stdout.matches("✓ tests/").count();
    assert!(n_passed >= 10, "{ended:?}");
    assert!(ended.stdout.contains(&format!("{n_passed} tests, all passed, in ")), "{ended:?}");
}

#[test]
fn a_failing_test_shows_what_happened_beside_what_was_expected_and_ends_with_1() {
    let folder = folder(&[("greeted", GREETED), ("thanked", THANKED)]);
    let ended = wend(&["test", shown(&folder)]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("1 of 2 tests failed"), "{ended:?}");
    insta::assert_snapshot!(without_time(&ended.stdout));
}

#[test]
fn a_script_gets_every_result_in_one_document_also_of_tests_that_fail() {
    let folder = folder(&[("greeted", GREETED), ("thanked", THANKED)]);
    let ended = wend(&["test", shown(&folder), "--json"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let document = ended.json();
    assert_eq!((&document["passed"], &document["failed"]), (&json!(1), &json!(1)));
    let [greeted, thanked] = document["tests"].as_array().unwrap().as_slice() else { panic!("{document}") };
    assert_eq!((&greeted["verdict"], &thanked["verdict"]), (&json!("passed"), &json!("failed")));
    assert_eq!(thanked["happened"][0]["at"], "2026-03-02T12:00:00Z");
    assert_eq!(thanked["expected"][1]["line"], 8);
    assert!(document.get("coverage").is_none());
}

#[test]
fn only_the_tests_that_are_asked_for_are_played() {
    let folder = folder(&[("greeted", GREETED), ("thanked", THANKED)]);
    for text in ["greet", "SIGNS up"] {
        let ended = wend(&["test", shown(&folder), "--filter", text]).good();
        assert!(ended.contains("1 test, all passed"), "{ended}");
    }
    let ended = wend(&["test", shown(&folder), "--filter", "nobody"]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert!(ended.stderr.contains("none of the 2 tests"), "{ended:?}");
}

#[test]
fn a_folder_without_tests_is_told_so_and_ends_with_4() {
    let folder = folder(&[]);
    let ended = wend(&["test", shown(&folder)]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert!(ended.stderr.contains("has no test") && ended.stderr.contains("docs/testing.md"), "{ended:?}");
}

#[test]
fn files_that_are_wrong_are_told_all_at_once_and_no_test_is_played() {
    let folder = folder(&[("greeted", &GREETED.replace("expect:", "expct:"))]);
    let path = folder.path().join("workflows/greet.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("email: hello", "email: helo")).unwrap();
    let ended = wend(&["test", shown(&folder)]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.stderr.contains("tests/greeted.test.yaml:6:"), "{ended:?}");
    assert!(ended.stderr.contains("workflows/greet.yaml:"), "{ended:?}");
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_test_that_names_what_is_not_there_fails_with_its_place_and_ends_with_3() {
    let folder = folder(&[("greeted", &GREETED.replace("sent: hello", "sent: helo"))]);
    let ended = wend(&["test", shown(&folder)]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.stdout.contains("tests/greeted.test.yaml:7:"), "{ended:?}");
    assert!(ended.stdout.contains("did you mean `hello`?"), "{ended:?}");
}

#[test]
fn junit_has_a_case_for_every_test_and_keeps_every_character() {
    let folder = folder(&[
        ("greeted", GREETED),
        ("misspelt", &GREETED.replace("sent: hello", "sent: helo")),
        ("thanked", THANKED),
    ]);
    let path = folder.path().join("out/tests.xml");
    let ended = wend(&["test", shown(&folder), "--junit", path.to_str().unwrap()]);
    assert_eq!(ended.code, 3, "{ended:?}");
    let text = std::fs::read_to_string(path).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    let counts = ["tests", "failures", "errors"].map(|name| suite.attribute(name).unwrap());
    assert_eq!(counts, ["3", "1", "1"]);
    let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
    let names: Vec<_> = cases.iter().map(|case| case.attribute("name").unwrap()).collect();
    assert_eq!(
        names,
        ["who signs up is greeted", "who signs up is greeted", "who orders is thanked <\"soon\"> & heartily"]
    );
    let failure = cases[2].children().find(|node| node.has_tag_name("failure")).unwrap();
    assert!(failure.attribute("message").unwrap().contains("\ntests/thanked.test.yaml:9: expected"));
    assert!(failure.text().unwrap().contains("│ ✗ thanks sent at Mon 2026-03-02 13:00 (+1h)"));
    assert!(cases[1].children().any(|node| node.has_tag_name("error")));
    assert_eq!(cases[0].children().count(), 0);
}

#[test]
fn coverage_names_what_no_test_reached_with_its_line_and_fails_below_a_minimum() {
    let folder = folder(&[("greeted", GREETED)]);
    let told = wend(&["test", shown(&folder), "--coverage"]).good();
    let told: Vec<&str> = told.lines().skip_while(|line| !line.starts_with("WORKFLOW")).collect();
    assert_eq!(
        told[..told.len() - 2],
        [
            "WORKFLOW  STEPS  BRANCHES  ALTERNATIVES  TIME-OUTS  REACHED",
            "greet     2/3    -         0/1           1/1        60 %",
            "reached: 3 of 5 (60 %)",
            "",
            "never reached:",
            "  workflows/greet.yaml:10: alternative 1 of order never came",
            "  workflows/greet.yaml:12: step thanks was never taken",
        ]
    );
    let ended = wend(&["test", shown(&folder), "--coverage-min", "61", "--json"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert_eq!(ended.json()["coverage"]["percent"], 60);
    assert_eq!(wend(&["test", shown(&folder), "--coverage-min", "60"]).code, 0);
    assert_eq!(wend(&["test", shown(&folder), "--coverage-min", "101"]).code, 2);
}

#[test]
fn watching_plays_the_tests_again_when_a_file_changes_until_it_is_interrupted() {
    let folder = folder(&[("greeted", GREETED)]);
    let mut watching = Process::start(&mut command(&["test", shown(&folder), "--watch"]));
    watching.expect("1 test, all passed");
    watching.expect("watching ");
    write_test(folder.path(), "thanked", THANKED);
    watching.expect("changed: tests/thanked.test.yaml");
    watching.expect("2 tests, 1 passed, 1 failed");
    std::fs::write(folder.path().join("policies.yaml"), "timezone: Mars/Olympus\n").unwrap();
    watching.expect("policies.yaml:1:");
    write_files(folder.path());
    std::fs::remove_file(folder.path().join("tests/thanked.test.yaml")).unwrap();
    watching.expect("1 test, all passed");
    assert_eq!(watching.stop("-INT"), 0);
    assert_eq!(wend(&["test", "nowhere-at-all", "--watch"]).code, 4);
    assert_eq!(wend(&["test", shown(&folder), "--watch", "--json"]).code, 2);
}
