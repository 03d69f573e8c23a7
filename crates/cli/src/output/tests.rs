use serde_json::json;

use super::{member, printable, table};

#[test]
fn a_table_is_as_wide_as_what_is_in_it() {
    let rows = [vec!["1".to_owned(), "sent".to_owned()], vec!["22".to_owned(), String::new()]];
    assert_eq!(table(&["id", "state"], &rows, "none"), "ID  STATE\n1   sent\n22\n");
    assert_eq!(table(&["id"], &[], "no messages"), "no messages");
}

#[test]
fn a_large_event_in_quarantine_does_not_flood_the_screen() {
    let shown = table(&["event"], &[vec!["é".repeat(200_000)]], "none");
    assert!(shown.lines().all(|line| line.chars().count() == 160 || line == "EVENT"), "{}", shown.len());
    assert!(shown.ends_with("é…\n"));
}

#[test]
fn a_member_that_is_missing_or_null_is_shown_as_nothing() {
    let value = json!({ "a": "text", "b": null, "c": 3 });
    assert_eq!(["a", "b", "c", "d"].map(|name| member(&value, name)), ["text", "", "3", ""]);
}

#[test]
fn a_name_that_somebody_sent_cannot_give_orders_to_the_terminal() {
    assert_eq!(printable("trait \"\u{1b}[2Ja\0\"\n\tß\r"), "trait \"\\u{1b}[2Ja\\u{0}\"\n\tß\\u{d}");
}
