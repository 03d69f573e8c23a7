//! What no kept text says: unfinished business, and places that exist on one machine only.

use crate::repository::{assert_none, files, has_extension, line_of};

/// Marks of unfinished business, in two halves so that this file doesn't hold them itself.
const UNFINISHED: [(&str, &str); 3] = [("TO", "DO"), ("FIX", "ME"), ("XX", "X")];
/// Paths and hosts that mean nothing elsewhere, in two halves likewise.
const PLACES: [(&str, &str); 9] = [
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("/ho", "me/"),
    ("/Us", "ers/"),
    ("registry.", "npmjs.org"),
    ("pypi", ".org"),
    ("files.python", "hosted.org"),
    ("static.", "crates.io"),
    ("deb.", "debian.org"),
];

fn found(path: &str, text: &str, words: &[(&str, &str)], why: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (first, second) in words {
        let word = format!("{first}{second}");
        for (at, _) in text.match_indices(&word) {
            let alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            let before = text[..at].chars().next_back();
            let is_word =
                word.starts_with('/') || alone(before) && alone(text[at + word.len()..].chars().next());
            // Behind a host or a dot, such as `https://host/folder/` and `./folder/`, it is no place on a machine.
            let is_rooted =
                !word.starts_with('/') || before.is_none_or(|c| !c.is_alphanumeric() && !"._-/}".contains(c));
            if is_word && is_rooted {
                found.push(format!("{path}:{}: `{word}`: {why}", line_of(text, at)));
            }
        }
    }
    found
}

fn unfinished(path: &str, text: &str) -> Vec<String> {
    if !has_extension(path, &["rs", "toml", "yaml"]) {
        return Vec::new();
    }
    found(path, text, &UNFINISHED, "finish it, or open an issue")
}

fn places(path: &str, text: &str) -> Vec<String> {
    if path == "Cargo.lock" || is_recorded(path) {
        return Vec::new();
    }
    found(path, text, &PLACES, "this exists on one machine, or names a registry's host")
}

/// Data that was recorded elsewhere is kept as it is.
fn is_recorded(path: &str) -> bool {
    path.contains("/data/") || path.contains("/golden")
}

fn each(rule: fn(&str, &str) -> Vec<String>) -> Vec<String> {
    files().iter().flat_map(|file| rule(&file.path, &file.text)).collect()
}

#[test]
fn nothing_kept_is_marked_as_unfinished() {
    assert_none(&each(unfinished));
}

#[test]
fn nothing_kept_names_a_place_on_one_machine() {
    assert_none(&each(places));
}

#[test]
fn the_rules_of_words_catch_what_they_forbid() {
    let word = format!("{}{}", UNFINISHED[0].0, UNFINISHED[0].1);
    assert_eq!(unfinished("a.rs", &format!("// {word}: later")).len(), 1);
    assert_eq!(unfinished("a.rs", &format!("let M{word}S = 1;")).len(), 0);
    let place = format!("{}{}main", PLACES[0].0, PLACES[0].1);
    assert_eq!(places("a.md", &format!("see {place}")).len(), 1);
    assert_eq!(places("a.md", &format!("see example.com{place}")).len(), 0);
    let host = format!("{}{}", PLACES[5].0, PLACES[5].1);
    assert_eq!(places("package-lock.json", &format!("\"https://{host}/simple\"")).len(), 1);
}
