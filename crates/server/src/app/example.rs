//! Workflows to start from: the library of examples, as it is in the binary.

use std::collections::BTreeSet;

use rust_embed::RustEmbed;

/// The folder `examples/library`.
#[derive(RustEmbed)]
#[folder = "../../examples/library"]
#[include = "*.yaml"]
struct Library;

/// The file of the policies.
const POLICIES: &str = "policies.yaml";

/// The policy that names workflows: one workflow alone does without it.
const OF_SEVERAL_WORKFLOWS: &str = "exclusive:";

/// The library of examples.
pub(crate) struct Examples;

impl Examples {
    /// The workflows' names, in alphabetical order.
    pub(crate) fn names() -> Vec<String> {
        let mut names: Vec<String> =
            Library::iter().filter_map(|path| name_in(&path, "workflows/").map(str::to_owned)).collect();
        names.sort();
        names
    }

    /// The text of a file.
    pub(crate) fn text(path: &str) -> Option<String> {
        String::from_utf8(Library::get(path)?.data.into_owned()).ok()
    }

    /// A workflow and every file that it needs, with its path and text: what it names, what that names, and so on.
    pub(crate) fn files(name: &str) -> Option<Vec<(String, String)>> {
        let first = format!("workflows/{name}.yaml");
        Self::text(&first)?;
        let all: BTreeSet<String> = Library::iter().map(|path| path.to_string()).collect();
        let mut needed = BTreeSet::from([first, POLICIES.to_owned()]);
        let mut open: Vec<String> =
            needed.iter().filter(|path| path.starts_with("workflows/")).cloned().collect();
        while let Some(path) = open.pop() {
            let text = Self::text(&path)?;
            let words: BTreeSet<&str> = text.split(|letter: char| !is_of_a_name(letter)).collect();
            for other in &all {
                let kinds = ["templates/", "segments/", "hooks/", "workflows/"];
                let is_named =
                    kinds.iter().any(|kind| name_in(other, kind).is_some_and(|it| words.contains(it)));
                if is_named && needed.insert(other.clone()) {
                    open.push(other.clone());
                }
            }
        }
        let file = |path: String| {
            let text = Self::text(&path)?;
            let is_policies = path == POLICIES;
            Some((path, if is_policies { without(&text, OF_SEVERAL_WORKFLOWS) } else { text }))
        };
        Some(needed.into_iter().filter_map(file).collect())
    }
}

/// A text without the key at its outermost level that begins so, and what stands below it.
fn without(text: &str, key: &str) -> String {
    let mut is_below = false;
    let kept = text.split_inclusive('\n').filter(|line| {
        is_below = line.starts_with(key) || (is_below && line.starts_with([' ', '-']));
        !is_below
    });
    kept.collect()
}

/// The name of the file `KIND/NAME.yaml`.
fn name_in<'a>(path: &'a str, kind: &str) -> Option<&'a str> {
    path.strip_prefix(kind)?.strip_suffix(".yaml")
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

#[cfg(test)]
mod tests;
