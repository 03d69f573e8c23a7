//! "Did you mean …?" for a name that doesn't exist.

/// How alike two names must be to be suggested, from 0 to 1.
const LIKENESS_MIN: f64 = 0.75;

/// The longest name that is worth comparing.
const NAME_BYTES_MAX: usize = 64;

/// Finds the candidate most like the name, if any is alike enough.
pub(crate) fn closest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= NAME_BYTES_MAX)
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// Completes a message with a suggestion, if there is one.
pub(crate) fn with_suggestion<'c>(
    message: String,
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> String {
    match closest(name, candidates) {
        Some(candidate) => format!("{message}: did you mean `{candidate}`?"),
        None => message,
    }
}
