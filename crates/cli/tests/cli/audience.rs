//! Segments, lists and searches by command.

use crate::harness::{Installation, eventually};

const FANS: &str =
    "segment: fans\ntitle: Fans\nwhere: { event: Order Completed, count: { gte: 2 }, within: 30d }\n";

#[test]
fn who_is_meant_is_shown_explained_previewed_and_found() {
    let installation = Installation::start();
    std::fs::create_dir(installation.path("shop/segments")).unwrap();
    std::fs::write(installation.path("shop/segments/fans.yaml"), FANS).unwrap();
    installation.apply();
    for (user, orders) in [("ada", 2), ("bo", 1)] {
        let traits = format!(
            "{{\"email\": \"{user}@example.com\", \"first_name\": \"{user}\", \"last_name\": \"Tea\"}}"
        );
        installation.wend(&["events", "send", "--user", user, "--traits", &traits]).good();
        for _ in 0..orders {
            installation.wend(&["events", "send", "--user", user, "--event", "Order Completed"]).good();
        }
    }
    eventually("the segments are built", || {
        let listed = installation.wend(&["segment", "list"]).good();
        (!listed.contains("building") && listed.contains("fans  1")).then_some(())
    });
    let shown = installation.wend(&["segment", "show", "fans"]).good();
    assert!(shown.contains("contacts  1") && shown.contains(FANS.trim_end()), "{shown}");
    let members = installation.wend(&["segment", "members", "fans"]).good();
    assert!(members.contains("ada@example.com") && !members.contains("bo@example.com"), "{members}");
    let why = installation.wend(&["segment", "why", "fans", "bo"]).good();
    let expected = "no, because the number of `Order Completed` within 30d is at least 2: it is 1";
    assert!(why.starts_with(expected), "{why}");

    let file = installation.path("shop/segments/fans.yaml");
    std::fs::write(&file, FANS.replace("gte: 2", "gte: 1")).unwrap();
    let preview = installation.wend(&["segment", "preview", file.to_str().unwrap(), "--count"]).good();
    assert!(preview.contains("2 of 2 contacts") && preview.contains("exactly 2 contacts of 2"), "{preview}");
    let condition = "{ trait: first_name, eq: ada }";
    let preview = installation.wend(&["segment", "preview", "--where", condition, "--json"]).good_json();
    assert_eq!((&preview["matched"], &preview["estimate"]["exact"]), (&1.into(), &true.into()));
    assert_eq!(installation.wend(&["segment", "preview", "--where", "{ colour: 1 }"]).code, 3);
    assert_eq!(installation.wend(&["segment", "show", "nobody"]).code, 4);

    installation.wend(&["contact", "list", "bo", "add", "fair", "--reason", "met there"]).good();
    assert!(installation.wend(&["list", "all"]).good().contains("fair  1"));
    assert!(installation.wend(&["list", "members", "fair"]).good().contains("bo@example.com"));
    let overlap = installation.wend(&["segment", "overlap", "fans", "list:fair"]).good();
    assert!(overlap.contains("segment fans and list fair"), "{overlap}");
    let found = installation.wend(&["contact", "search", "tea", "--json"]).good_json();
    assert_eq!(found["contacts"].as_array().unwrap().len(), 2);
    let found = installation.wend(&["contact", "search", "tea", "--where", condition]).good();
    assert!(found.contains("ada@example.com") && !found.contains("bo@"), "{found}");
    let history = installation.wend(&["contact", "segments", "ada"]).good();
    assert!(history.contains("fans") && history.contains("Order Completed"), "{history}");
}
