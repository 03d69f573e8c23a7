use serde_json::json;

use super::finish;
use crate::exit::Exit;
use crate::output::Output;

#[test]
fn an_order_that_came_to_nothing_is_a_conflict_with_the_reason() {
    let output = Output { json: true };
    let not_done = json!({"decisions": [{"decision": "not_done", "why": "no run", "text": "Not done."}]});
    let refused = json!({"decisions": [{"decision": "refused", "text": "It has no such trigger."}]});
    for (answer, why) in [(not_done, "no run"), (refused, "no such trigger")] {
        let failure = finish(output, &answer).unwrap_err();
        assert_eq!(failure.exit(), Exit::Conflict);
        assert!(failure.message().contains(why), "{failure}");
    }
    let both = json!({"decisions": [{"decision": "entered", "text": "In."}, {"decision": "refused", "text": "No."}]});
    finish(output, &both).unwrap();
    finish(output, &json!({"decisions": [{"decision": "entered", "text": "In."}]})).unwrap();
}
