//! "Did you mean": the known word that is nearest to an unknown one.

/// Words with more than one difference in three letters are not offered.
const LETTERS_PER_DIFFERENCE: usize = 3;

/// The most letters of a word for which a neighbour is sought.
const LETTERS_MAX: usize = 100;

/// The known word nearest to `word`, if one is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let n_letters = word.chars().count();
    if n_letters > LETTERS_MAX {
        return None;
    }
    let lower = word.to_lowercase();
    let far = (n_letters / LETTERS_PER_DIFFERENCE).max(1);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            *distance <= far || (n_letters >= LETTERS_PER_DIFFERENCE && candidate.starts_with(word))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A sentence that offers the nearest known word, or lists the known ones if they are few.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    const LISTED_MAX: usize = 12;
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = nearest(word, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    (!known.is_empty() && known.len() <= LISTED_MAX).then(|| format!("there is {}", listed(&known)))
}

/// Words in a sentence: `a`, `b` and `c`.
pub fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
