//! How files are laid out: their length, their names, their first lines.

use crate::repository::{assert_none, is_test_file, rust_files};

/// The most lines that a file may have; tests apart.
const FILE_LINES_MAX: usize = 800;

fn too_long(path: &str, text: &str) -> Option<String> {
    let n_lines = text.lines().count();
    let is_long = n_lines > FILE_LINES_MAX && !is_test_file(path);
    is_long.then(|| format!("{path}: {n_lines} lines; one file is one idea, at most {FILE_LINES_MAX}"))
}

fn named_mod(path: &str) -> Option<String> {
    path.ends_with("/mod.rs").then(|| format!("{path}: name it after its folder, beside the folder"))
}

fn without_doc(path: &str, text: &str) -> Option<String> {
    // `foo/tests.rs` is what its name says.
    let documented = text.trim_start().starts_with("//!") || path.ends_with("/tests.rs");
    (!documented).then(|| format!("{path}:1: open with a module doc (`//!`) that says what this file is"))
}

#[test]
fn no_file_is_too_long() {
    let files = rust_files();
    assert_none(&files.iter().filter_map(|file| too_long(&file.path, &file.text)).collect::<Vec<_>>());
}

#[test]
fn no_file_is_called_mod() {
    assert_none(&rust_files().iter().filter_map(|file| named_mod(&file.path)).collect::<Vec<_>>());
}

#[test]
fn every_file_opens_with_what_it_is() {
    let files = rust_files();
    assert_none(&files.iter().filter_map(|file| without_doc(&file.path, &file.text)).collect::<Vec<_>>());
}

#[test]
fn the_rules_of_layout_catch_what_they_forbid() {
    let long = "//! Doc.\n".repeat(FILE_LINES_MAX + 1);
    assert!(too_long("crates/a/src/b.rs", &long).is_some());
    assert!(too_long("crates/a/src/b/tests.rs", &long).is_none());
    assert!(too_long("crates/a/src/b.rs", "//! Doc.\n").is_none());
    assert!(named_mod("crates/a/src/b/mod.rs").is_some());
    assert!(named_mod("crates/a/src/model.rs").is_none());
    assert!(without_doc("a.rs", "use std::fmt;\n").is_some());
    assert!(without_doc("a.rs", "\n//! What it is.\n").is_none());
}
