//! Makes the histories of a portfolio anew, with the examples as they are today.

use std::path::Path;

use wend_domain::source::SourceFile;

use crate::frozen::{Frozen, folder, print};
use crate::player::play;
use crate::story::{path, paths};

/// The contacts of each portfolio.
const NAMES: [&str; 12] =
    ["ada", "ben", "cleo", "dirk", "edda", "finn", "greta", "hugo", "ida", "jan", "kira", "lars"];
/// What has no history: tests say nothing to a contact.
const LEFT_OUT: [&str; 2] = ["tests", "data"];
/// What a later publish changes: in which file, which text, and what it becomes.
const CHANGES: [(&str, &str, &str, &str); 6] = [
    (
        "library",
        "workflows/cart-rescue.yaml",
        "{ id: cooling-off, wait: 1h }",
        "{ id: cooling-off, wait: 3h }",
    ),
    ("library", "workflows/onboarding.yaml", "wait: 3 calendar days", "wait: 4 calendar days"),
    ("library", "workflows/order-and-review.yaml", "wait: 10 calendar days", "wait: 12 calendar days"),
    ("library", "segments/regulars.yaml", "count: { gte: 3 }", "count: { gte: 2 }"),
    ("shop", "workflows/welcome.yaml", "timeout: 3d", "timeout: 2d"),
    ("shop", "workflows/win-back.yaml", "{ id: two-weeks, wait: 14d }", "{ id: two-weeks, wait: 10d }"),
];

/// Records the portfolio and its contacts.
pub fn record(name: &str) {
    std::fs::create_dir_all(folder(name)).expect("the folder can be made");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let mut files = Vec::new();
    collect(&examples, "", &mut files);
    let changed = changed(name, &files);
    std::fs::write(folder(name).join("portfolio-1.txt"), print(&files)).expect("it can be written");
    std::fs::write(folder(name).join("portfolio-2.txt"), print(&changed)).expect("it can be written");
    for path in paths(name) {
        std::fs::remove_file(path).expect("it can be removed");
    }
    let frozen = Frozen::read(name);
    // The library has most of the features: most of the histories are its.
    let n_contacts = if name == "library" { NAMES.len() } else { NAMES.len() / 3 };
    for (n, contact) in NAMES.iter().take(n_contacts).enumerate() {
        let story = play(&frozen, contact, n);
        std::fs::write(path(name, contact), story.to_string()).expect("it can be written");
    }
}

fn collect(folder: &Path, within: &str, files: &mut Vec<SourceFile>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        if path.is_dir() && !LEFT_OUT.contains(&name.as_str()) {
            collect(&path, &format!("{within}{name}/"), files);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = std::fs::read_to_string(&path).expect("it is UTF-8");
            files.push(SourceFile { path: format!("{within}{name}"), text });
        }
    }
    files.sort();
}

fn changed(portfolio: &str, files: &[SourceFile]) -> Vec<SourceFile> {
    let changes = CHANGES.iter().filter(|(name, ..)| *name == portfolio);
    let files = changes.map(|(_, path, from, to)| {
        let file = files.iter().find(|file| file.path == *path).expect("the file that changes is there");
        assert!(file.text.contains(from), "{path} says `{from}`");
        SourceFile { path: file.path.clone(), text: file.text.replacen(from, to, 1) }
    });
    files.collect()
}
