use serde_json::json;

use super::shown;

#[test]
fn a_plan_tells_who_waits_where_and_where_each_goes() {
    let changes: Vec<wend_domain::compile::PlannedChange> = serde_json::from_value(json!([{
        "kind": "workflow", "name": "welcome", "change": "changed", "from_version": 1, "to_version": 2,
        "moves": [
            {"version": 1, "step": "a", "action": "wait", "goes": "stay"},
            {"version": 1, "step": "b", "action": "wait", "goes": {"to": "c"}, "anew": true},
            {"version": 1, "step": "d", "action": "task", "goes": "exit"},
            {"version": 1, "step": "e", "action": "wait"},
            {"version": 1, "step": "f", "action": "send", "goes": "stay"},
        ],
    }]))
    .unwrap();
    let answer = json!({"waiting": [
        {"workflow": "welcome", "version": 1, "step": "a", "runs": 1},
        {"workflow": "welcome", "version": 1, "step": "b", "runs": 20},
        {"workflow": "welcome", "version": 1, "step": "e", "runs": 3},
        {"workflow": "gone", "version": 4, "step": "x", "runs": 2},
    ]});
    insta::assert_snapshot!(shown(&changes, &answer), @r"
    WORKFLOW  VERSION  STEP  DOES  WAITING  GOES
    welcome   1        a     wait  1        stays on version 1
    welcome   1        b     wait  20       to `c` of version 2, begins it anew
    welcome   1        d     task  0        out
    welcome   1        e     wait  3        must be decided: --move
    gone      4        x           2        stays on version 4, to its end
    gone: 2 runs stay where they are
    welcome: 1 run stays where it is, 20 runs move, 3 runs must be decided on
    ");
    assert_eq!(shown(&[], &json!({"waiting": []})), "");
}
