use serde_json::json;

use super::shown;

#[test]
fn the_timeline_says_what_came_in_and_what_was_decided() {
    let answer = json!({
        "contact": "0a",
        "entries": [
            {
                "seq": 7, "at": "2026-11-22T09:00:00Z", "catalog_revision": 2,
                "input": { "kind": "event", "event": { "name": "Cart Updated", "properties": { "cart_id": "c1" } } },
                "decisions": [{ "rule": "4.1", "decision": "entered", "text": "entered cart-rescue version 1" }],
            },
            { "seq": 9, "at": "2026-11-22T10:00:00Z", "catalog_revision": 2, "input": { "kind": "alarm" }, "decisions": [] },
        ],
    });
    assert_eq!(
        shown(&answer),
        "contact 0a\n\n\
         2026-11-22T09:00:00Z  Cart Updated {\"cart_id\":\"c1\"}  (#7, revision 2)\n    \
         entered cart-rescue version 1  [rule 4.1]\n\n\
         2026-11-22T10:00:00Z  a deadline came  (#9, revision 2)\n"
    );
    assert!(shown(&json!({ "contact": "0a", "entries": [] })).contains("nothing happened yet"));
}
