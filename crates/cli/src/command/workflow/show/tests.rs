use serde_json::json;

use super::shown;

#[test]
fn a_workflow_is_shown_with_who_rests_where_and_its_rollout() {
    let workflow = json!({
        "name": "welcome", "title": "Welcome", "status": "live", "current": 1, "newest": 2, "live": 3, "entered": 9,
        "category": "offers", "priority": 0,
        "rollout": {
            "version": 2, "previous": 1, "percent": 5.0, "stage": 1, "stage_since": "2026-01-05T09:00:00Z", "by_hand": false,
            "stages": [{"percent": 5.0, "for": "1d"}, {"percent": 100.0, "for": "0ms"}],
            "gates": {"errors_max_percent": 2, "entries_min": 0}, "on_broken": "rollback",
        },
        "versions": [{"version": 2, "live": 3, "steps": [{"id": "rest", "here": 3, "taken": 5}]}],
        "counted": {"entered": 9},
    });
    insta::assert_snapshot!(shown(&workflow), @r"
    welcome  Welcome
    live; new runs enter version 1; 3 live, 9 entered so far
    category: offers
    priority: 0

    welcome: version 2 reaches 5.0 % of contacts, the others enter version 1
      stage 1 of 2 since 2026-01-05T09:00:00Z: 5.0 % for 1d, 100.0 % for 0ms
      gates: at most 2 % of entries fail; if not: rollback

    version 2: 3 live
    STEP  HERE  TAKEN
    rest  3     5

    counted
      entered  9
    ");
}
