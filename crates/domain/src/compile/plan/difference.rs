//! What two people changed at once: the files that both touched, with what the other one did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use similar::TextDiff;

use crate::source::SourceFile;

/// A file that two people changed in different ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Its path.
    pub path: String,
    /// From what both began with to what is there now, as a unified difference; an empty text is a file that isn't there.
    pub theirs: String,
    /// From what is there now to what was to be written.
    pub mine: String,
}

/// How many unchanged lines a difference shows around a changed one.
const CONTEXT_LINES: usize = 3;

/// The files that both sides changed since `base`, and not in the same way.
///
/// `theirs` is what is there now, `mine` what was to be written. A file that only one side changed is no conflict.
pub fn difference(base: &[SourceFile], theirs: &[SourceFile], mine: &[SourceFile]) -> Vec<Conflict> {
    let [base, theirs, mine] = [base, theirs, mine].map(by_path);
    let mut paths: Vec<&str> = base.keys().chain(theirs.keys()).chain(mine.keys()).copied().collect();
    paths.sort_unstable();
    paths.dedup();
    let conflict = |path: &str| {
        let [before, now, wanted] = [base.get(path), theirs.get(path), mine.get(path)];
        let both = now != before && wanted != before && now != wanted;
        let text = |text: Option<&&str>| text.copied().unwrap_or_default().to_owned();
        let [before, now, wanted] = [before, now, wanted].map(text);
        both.then(|| Conflict {
            path: path.to_owned(),
            theirs: unified(&before, &now, "before", "now"),
            mine: unified(&now, &wanted, "now", "yours"),
        })
    };
    paths.into_iter().filter_map(conflict).collect()
}

fn by_path(files: &[SourceFile]) -> BTreeMap<&str, &str> {
    files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect()
}

fn unified(from: &str, to: &str, old: &str, new: &str) -> String {
    TextDiff::from_lines(from, to).unified_diff().context_radius(CONTEXT_LINES).header(old, new).to_string()
}

#[cfg(test)]
mod tests;
