//! The subject line: what filters count against it.

use wend_domain::source::codes::{SPAM_PRONE, SUBJECT};

use super::Finding;

/// The most characters that a telephone shows.
const SHOWN_MAX: usize = 70;

/// From how many letters on capitals are shouting.
const LETTERS_MIN: usize = 8;

/// Words that filters know from spam, in lower case.
const WORDS: [&str; 14] = [
    "100% free",
    "act now",
    "buy now!",
    "cash bonus",
    "click here",
    "double your",
    "earn money",
    "free money",
    "guaranteed!",
    "make money",
    "no risk",
    "risk-free",
    "urgent!",
    "winner!",
];

/// Looks at a subject. `is_whole` is false where values are still missing.
pub(crate) fn subject(subject: &str, is_whole: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut spam = |message: String, fix: &str| found.push(Finding::new(&SPAM_PRONE, 0, message, fix));
    let letters: Vec<char> = subject.chars().filter(|c| c.is_alphabetic()).collect();
    let n_upper = letters.iter().filter(|c| c.is_uppercase()).count();
    if letters.len() >= LETTERS_MIN && n_upper * 10 > letters.len() * 7 {
        spam("the subject is all capitals".to_owned(), "write it as a sentence");
    }
    if subject.contains("!!") || subject.contains("??") || subject.contains("$$") {
        spam("the subject has signs one after the other".to_owned(), "use one, or none");
    }
    let lower = subject.to_lowercase();
    if lower.starts_with("re:") || lower.starts_with("fwd:") || lower.starts_with("aw:") {
        spam("the subject looks like an answer that it isn't".to_owned(), "leave the beginning out");
    }
    if let Some(word) = WORDS.iter().find(|word| lower.contains(**word)) {
        spam(format!("filters know `{word}` from spam"), "say it in other words");
    }
    if is_whole && subject.trim().is_empty() {
        found.push(Finding::new(
            &SUBJECT,
            0,
            "the subject is empty",
            "write one, or a `default` for what it reads",
        ));
    }
    if is_whole && subject.chars().count() > SHOWN_MAX {
        let message =
            format!("the subject has {} characters; telephones show {SHOWN_MAX}", subject.chars().count());
        found.push(Finding::new(
            &SUBJECT,
            0,
            message,
            "say the main thing first, and the rest in `preheader`",
        ));
    }
    found
}
