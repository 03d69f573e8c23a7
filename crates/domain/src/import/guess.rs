//! Which mapping suits a file, from its header and some of its rows: a proposal that people look at and change.

use std::collections::BTreeSet;

use super::cell::{CellType, boolean, date, number};
use super::mapping::{Formulas, Place, Settings, Target};

/// A column of a file, as its beginning shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its name.
    pub column: String,
    /// Its cells that aren't empty, in the order of the rows.
    pub cells: Vec<String>,
    /// Whether they are JSON already, so that their type is known.
    pub is_json: bool,
}

/// Words by which columns are known, without case and punctuation, and the places that they mean.
const WORDS: [(&str, &str); 30] = [
    ("userid", "user_id"),
    ("customerid", "user_id"),
    ("externalid", "user_id"),
    ("contactid", "user_id"),
    ("memberid", "user_id"),
    ("kundennummer", "user_id"),
    ("kundenid", "user_id"),
    ("id", "user_id"),
    ("anonymousid", "anonymous_id"),
    ("email", "trait:email"),
    ("emailaddress", "trait:email"),
    ("mail", "trait:email"),
    ("phone", "trait:phone"),
    ("phonenumber", "trait:phone"),
    ("mobile", "trait:phone"),
    ("telefon", "trait:phone"),
    ("firstname", "trait:first_name"),
    ("givenname", "trait:first_name"),
    ("vorname", "trait:first_name"),
    ("lastname", "trait:last_name"),
    ("surname", "trait:last_name"),
    ("familyname", "trait:last_name"),
    ("nachname", "trait:last_name"),
    ("timezone", "trait:timezone"),
    ("language", "trait:locale"),
    ("locale", "trait:locale"),
    ("country", "trait:country"),
    ("tags", "tags"),
    ("lists", "lists"),
    ("createdat", "created_at"),
];

/// Parts of names whose digits are no numbers: nobody adds them up, and a leading zero counts.
const DIGITS_ARE_TEXT: [&str; 9] =
    ["phone", "mobile", "telefon", "zip", "plz", "postal", "postcode", "code", "id"];

/// More digits than this are an id or a card, and would lose their end as a number.
const NUMBER_DIGITS_MAX: usize = 15;

/// The settings that suit a file with these columns.
pub fn settings(seen: &[Seen]) -> Settings {
    let mut settings = Settings::default();
    let mut taken: BTreeSet<Place> = BTreeSet::new();
    let own = seen.iter().filter(|seen| is_own(&seen.column)).count();
    if own == seen.len() && own > 0 {
        // It is an export of ours, whose header says it all.
        settings.formulas = Formulas::Escaped;
    }
    for seen in seen {
        let target = target(seen);
        let target = if taken.insert(target.place.clone()) {
            target
        } else {
            Target { place: Place::Trait(as_trait(&seen.column)), ..target }
        };
        let is_free = target.place == Place::Ignore || taken.insert(target.place.clone());
        // A place of the second choice may be taken as well: then a person has to decide.
        let target =
            if is_free || taken.contains(&target.place) { target.print() } else { "ignore".to_owned() };
        settings.columns.insert(seen.column.clone(), target);
    }
    settings
}

/// Whether a column is called like a place, as exports call them.
fn is_own(column: &str) -> bool {
    Target::parse(column).is_ok()
}

fn target(seen: &Seen) -> Target {
    if let Ok(target) = Target::parse(&seen.column) {
        return target;
    }
    let word: String = seen.column.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let word = word.to_lowercase();
    let known = WORDS.iter().find(|(known, _)| *known == word);
    let place = known.and_then(|(_, place)| Target::parse(place).ok()).map(|target| target.place);
    match place {
        Some(place) => Target { place, cell_type: None },
        None => Target { place: Place::Trait(as_trait(&seen.column)), cell_type: cell_type(seen) },
    }
}

/// `First Name` as a trait: `first_name`.
fn as_trait(column: &str) -> String {
    let mut name = String::new();
    for letter in column.trim().chars() {
        if letter.is_alphanumeric() {
            name.extend(letter.to_lowercase());
        } else if !name.ends_with('_') && !name.is_empty() {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() { column.to_owned() } else { name.to_owned() }
}

/// What all cells that were seen can be read as; none for a text.
fn cell_type(seen: &Seen) -> Option<CellType> {
    if seen.is_json || seen.cells.is_empty() {
        return None;
    }
    let all = |reads: &dyn Fn(&str) -> bool| seen.cells.iter().all(|cell| reads(cell.trim()));
    let name = seen.column.to_lowercase();
    let is_of_digits = DIGITS_ARE_TEXT.iter().any(|part| name.contains(part));
    if !is_of_digits && all(&is_number) {
        return Some(CellType::Number);
    }
    if all(&|cell| boolean(cell).is_some() && cell.len() > 1) {
        return Some(CellType::Boolean);
    }
    if all(&|cell| cell.len() >= "2026-01-31".len() && date(cell).is_some()) {
        return Some(CellType::Date);
    }
    if let Some(order) = day_order(&seen.cells) {
        return Some(order);
    }
    let is_json = |cell: &str| {
        (cell.starts_with('{') || cell.starts_with('['))
            && serde_json::from_str::<serde::de::IgnoredAny>(cell).is_ok()
    };
    all(&is_json).then_some(CellType::Json)
}

/// A number that stays what it is when it is written again.
fn is_number(cell: &str) -> bool {
    let digits = cell.trim_start_matches('-');
    let has_leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let is_plain = !cell.starts_with('+') && !cell.contains(['e', 'E']);
    is_plain && !has_leading_zero && digits.len() <= NUMBER_DIGITS_MAX && number(cell).is_some()
}

/// Days as people write them: which comes first shows where one is above twelve; else the point means day first.
fn day_order(cells: &[String]) -> Option<CellType> {
    let reads = |order: CellType| cells.iter().all(|cell| order.read(cell).is_ok());
    match (reads(CellType::DateDmy), reads(CellType::DateMdy)) {
        (true, false) => Some(CellType::DateDmy),
        (false, true) => Some(CellType::DateMdy),
        (true, true) if cells.iter().all(|cell| cell.contains('.')) => Some(CellType::DateDmy),
        (true, true) | (false, false) => None,
    }
}
