//! Which files the repository has, and how a rule says what is wrong.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The fewest files that a run of the rules must have seen: fewer means that the list is broken.
const RUST_FILES_MIN: usize = 50;

/// One text file of the repository.
pub struct File {
    /// Its path in the repository, with `/`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_owned()
}

/// Every text file that is kept, or would be if it were added now.
pub fn files() -> Vec<File> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git is there");
    assert!(listed.status.success(), "git can't list the repository's files");
    let paths = String::from_utf8(listed.stdout).expect("paths are UTF-8");
    let paths = paths.split('\0').filter(|path| !path.is_empty());
    // A file that can't be read is one that was just removed; one that isn't UTF-8 is data.
    paths
        .filter_map(|path| {
            let text = std::fs::read_to_string(root().join(path)).ok()?;
            Some(File { path: path.to_owned(), text })
        })
        .collect()
}

/// The Rust files.
pub fn rust_files() -> Vec<File> {
    let files: Vec<File> = files().into_iter().filter(|file| has_extension(&file.path, &["rs"])).collect();
    assert!(files.len() >= RUST_FILES_MIN, "only {} Rust files were found", files.len());
    files
}

/// Whether a Rust file holds tests only.
pub fn is_test_file(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "benches"))
}

/// Whether a path ends in one of these extensions.
pub fn has_extension(path: &str, extensions: &[&str]) -> bool {
    Path::new(path).extension().is_some_and(|extension| extensions.iter().any(|one| extension == *one))
}

/// The number, from 1, of the line that a byte is in.
pub fn line_of(text: &str, byte: usize) -> usize {
    text[..byte].matches('\n').count() + 1
}

/// Fails with every finding at once.
pub fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{} finding(s):\n  {}\n", findings.len(), findings.join("\n  "));
}
