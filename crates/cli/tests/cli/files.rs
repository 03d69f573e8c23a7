//! Commands that work on files: check, fmt, schema, pull.

use std::path::Path;

use crate::harness::{Installation, command, run, wend, write_files};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    folder
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn check_tells_every_error_at_once_with_its_place_and_ends_with_3() {
    let folder = folder();
    assert_eq!(wend(&["check", shown(folder.path())]).code, 0);
    let path = folder.path().join("workflows/greet.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace("email: hello", "email: helo").replace("timeout: 3d", "timeout: soon"),
    )
    .unwrap();
    let ended = wend(&["check", shown(folder.path()), "--json"]);
    assert_eq!(ended.code, 3);
    let diagnostics = ended.json()["error"]["diagnostics"].as_array().unwrap().clone();
    assert!(diagnostics.len() >= 2, "{diagnostics:?}");
    assert!(diagnostics.iter().all(|found| found["line"].as_u64() > Some(1)), "{diagnostics:?}");
    assert!(ended.stderr.contains("workflows/greet.yaml:"), "{ended:?}");
}

#[test]
fn check_finds_what_is_wrong_in_a_template() {
    let folder = folder();
    let path = folder.path().join("templates/hello.yaml");
    std::fs::write(&path, "template: hello\nchannel: email\nsubject: Hello\ntext: \"{% if x %}\"\n").unwrap();
    let ended = wend(&["check", shown(folder.path())]);
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("templates/hello.yaml:4:"), "{ended:?}");
}

#[test]
fn fmt_brings_files_into_the_one_layout_and_check_says_which_are_not() {
    let folder = folder();
    wend(&["fmt", shown(folder.path())]).good();
    assert_eq!(wend(&["fmt", "--check", shown(folder.path())]).code, 0);
    let path = folder.path().join("policies.yaml");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, before.replace("timezone: UTC", "timezone:    UTC   # kept")).unwrap();
    let ended = wend(&["fmt", "--check", shown(folder.path())]);
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("policies.yaml"), "{ended:?}");
    wend(&["fmt", shown(folder.path())]).good();
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(after.contains("timezone: UTC ") && after.contains("# kept"), "{after}");
}

#[test]
fn the_schema_is_one_json_document() {
    assert!(wend(&["schema"]).good_json().is_object());
}

#[test]
fn a_folder_that_is_not_there_ends_with_4() {
    assert_eq!(wend(&["check", "nowhere-at-all"]).code, 4);
}

#[test]
fn the_examples_of_the_repository_are_without_error_and_in_the_one_layout() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop");
    let ended = run(&mut command(&["check", folder]));
    assert_eq!(ended.code, 0, "{ended:?}");
    let ended = run(&mut command(&["fmt", "--check", folder]));
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn pull_gives_back_what_was_applied_byte_for_byte() {
    let installation = Installation::start();
    installation.apply();
    std::fs::create_dir_all(installation.path("pulled")).unwrap();
    std::fs::write(installation.path("pulled/old.yaml"), "workflow: old\n").unwrap();
    let report = installation.wend(&["pull", "pulled", "--prune", "--json"]).good_json();
    assert_eq!(report["report"]["removed"][0], "old.yaml");
    for path in ["workflows/greet.yaml", "templates/hello.yaml", "policies.yaml"] {
        let applied = std::fs::read(installation.path("shop").join(path)).unwrap();
        assert_eq!(std::fs::read(installation.path("pulled").join(path)).unwrap(), applied, "{path}");
    }
}

#[test]
fn files_with_errors_are_not_applied_and_end_with_3_and_a_stale_revision_with_7() {
    let installation = Installation::start();
    installation.apply();
    let stale = installation.wend(&["apply", "shop", "--expect", "0", "--json"]);
    assert_eq!(stale.code, 7, "{stale:?}");
    std::fs::write(installation.path("shop/policies.yaml"), "timezone: Mars/Olympus\n").unwrap();
    for arguments in [["apply", "shop", "--json"], ["plan", "shop", "--json"]] {
        let ended = installation.wend(&arguments);
        assert_eq!(ended.code, 3, "{ended:?}");
        assert!(ended.json()["error"]["diagnostics"][0]["file"].is_string(), "{ended:?}");
    }
    let portfolio = installation.wend(&["pull", "pulled", "--json"]).good_json();
    assert_eq!(portfolio["revision"], 1);
}
