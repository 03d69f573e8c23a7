//! How measurements are asked for; `tests/smoke.rs` runs them.

use super::*;

#[test]
fn the_names_of_measurements_are_taken_from_the_command_line() {
    let arguments = Arguments::parse_from(["bench", "ingest", "--quick", "--database", "sqlite"]);
    assert_eq!(arguments.names, ["ingest"]);
    assert!(arguments.quick && arguments.part.is_none());
    let client =
        Arguments::parse_from(["bench", "client", "--address", "a", "--events", "1", "--contacts", "1"]);
    assert!(matches!(client.part, Some(Part::Client(_))));
}
