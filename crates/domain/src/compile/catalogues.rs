//! Catalogues.

use super::names::Reading;
use crate::catalogue::{Catalogue, rows_of_csv};
use crate::id::CatalogueName;
use crate::source::codes;
use crate::source::yaml::Node;

/// The most rows that are told to be wrong.
const TOLD_MAX: usize = 5;

/// The column by which rows are found unless another one is said.
const KEY: &str = "id";

/// Compiles a catalogue.
pub(super) fn catalogue(reading: &mut Reading<'_>, node: &Node) -> Option<Catalogue> {
    let name = node.text_of("catalogue")?;
    let key = node.text_of("key").unwrap_or(KEY);
    let listed = node.get("rows").and_then(|rows| rows.to_json().as_array().cloned());
    let rows = listed.or_else(|| node.text_of("csv").map(rows_of_csv)).unwrap_or_default();
    let (catalogue, bad) = Catalogue::new(CatalogueName::from(name), key, rows);
    let place =
        ["rows", "csv"].iter().find_map(|key| node.entry(key)).map_or(node.place, |entry| entry.place);
    for bad in bad.iter().take(TOLD_MAX) {
        let message = format!("row {}: {}", bad.row, bad.message);
        reading.say(&codes::BAD_VALUE, place, message).why =
            Some("templates find a row by its key".to_owned());
    }
    if bad.len() > TOLD_MAX {
        let message = format!("{} more rows are wrong", bad.len() - TOLD_MAX);
        reading.say(&codes::BAD_VALUE, place, message);
    }
    Some(catalogue)
}
