//! Computed traits: current with each event, and at the instant when one leaves the window.

use serde_json::{Value, json};

use super::play::play;

const SHOP: &str = "
computed:
  lifetime_orders: { event: Ordered, count: true }
  lifetime_value: { event: Ordered, sum: total }
  orders_30d: { event: Ordered, count: true, within: 30d }
  value_30d: { event: Ordered, sum: total, within: 30d }
  first_order_at: { event: Ordered, first: true }
  last_order_at: { event: Ordered, last: true }
  first_source: { event: Seen, first: source }
  last_seen: { event: Seen, last: sku }
  favourite: { event: Seen, most_frequent: sku }
  favourite_7d: { event: Seen, most_frequent: sku, within: 7d }
---
segment: regulars
where: { trait: orders_30d, gte: 2 }
---
workflow: lost
title: Lost
category: offers
trigger: { trait_changed: orders_30d, to: 0 }
steps:
  - { id: come-back, send: { email: come-back } }
---
workflow: thanks
title: Thanks
category: offers
trigger: { segment_entered: regulars }
steps:
  - { id: thanks, send: { email: thanks } }
";

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

#[track_caller]
fn check(script: &str, expected: &Value) {
    let trace = play(SHOP, &format!("{ANN}{script}"));
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(trace.contact.traits.get(name).unwrap_or(&Value::Null), value, "{name} after {script}");
    }
}

#[test]
fn s3_4_a_contact_begins_with_counts_and_sums_of_nothing() {
    check("", &json!({ "lifetime_orders": 0, "lifetime_value": 0, "orders_30d": 0, "favourite": null }));
    play(SHOP, ANN).never_says("lifetime");
}

#[test]
fn s3_4_a_computed_trait_is_current_before_triggers_and_segments_are_asked() {
    let script = "+1h event Ordered {\"total\": 10}\n+2h event Ordered {\"total\": 2.5}\nuntil +3h";
    check(
        script,
        &json!({ "lifetime_orders": 2, "lifetime_value": 12.5, "orders_30d": 2, "value_30d": 12.5 }),
    );
    let at = json!({ "first_order_at": "2026-01-05T01:00:00Z", "last_order_at": "2026-01-05T02:00:00Z" });
    check(script, &at);
    assert_eq!(play(SHOP, &format!("{ANN}{script}")).sent(), ["+2h thanks"]);
}

#[test]
fn s6_2_a_computed_trait_changes_at_the_very_instant_at_which_an_event_leaves_its_window() {
    let script = format!("{ANN}+1h event Ordered {{\"total\": 10}}\n+5d event Ordered {{\"total\": 5}}");
    let trace = play(SHOP, &script);
    assert_eq!(trace.sent(), ["+5d thanks", "+35d come-back"]);
    trace.says(&["\"orders_30d\" changed from 2 to 1", "\"orders_30d\" changed from 1 to 0"]);
    check("+1h event Ordered {\"total\": 10}\nuntil +30d", &json!({ "orders_30d": 1, "value_30d": 10 }));
    let later = "+1h event Ordered {\"total\": 10}";
    check(later, &json!({ "orders_30d": 0, "value_30d": 0, "lifetime_orders": 1, "lifetime_value": 10 }));
}

#[test]
fn s6_2_a_late_alarm_judges_each_deadline_as_of_itself() {
    let script = "+0m event Ordered {\"total\": 1}\n+1d event Ordered {\"total\": 1}\ndown +29d +40d";
    let trace = play(SHOP, &format!("{ANN}{script}"));
    assert_eq!(trace.sent(), ["+1d thanks", "+40d come-back"]);
    trace.says(&["\"orders_30d\" changed from 2 to 1", "\"orders_30d\" changed from 1 to 0"]);
}

#[test]
fn s3_4_first_last_and_most_frequent_go_by_when_it_happened() {
    let seen = |sku: &str, ago: &str| {
        format!("+10d event Seen {{\"sku\": \"{sku}\", \"source\": \"{sku}-ad\"}}{ago}\n")
    };
    let script = [
        seen("b", ""),
        seen("a", " ago 2d"),
        seen("b", " ago 1d"),
        seen("c", " ago 9d"),
        "until +11d".into(),
    ];
    let expected = json!({ "first_source": "c-ad", "last_seen": "b", "favourite": "b", "favourite_7d": "b" });
    check(&script.concat(), &expected);
    let later = [seen("b", ""), seen("b", ""), "+12d event Seen {\"sku\": \"d\"}\nuntil +17d".into()];
    check(&later.concat(), &json!({ "favourite": "b", "favourite_7d": "d", "last_seen": "d" }));
    check(&later.concat().replace("+17d", "+20d"), &json!({ "favourite": "b", "favourite_7d": null }));
}

#[test]
fn s3_4_what_clients_say_of_a_computed_trait_is_left_out_and_said() {
    let trace = play(SHOP, &format!("{ANN}+1h traits {{\"lifetime_orders\": 99, \"plan\": \"pro\"}}"));
    assert_eq!(trace.contact.traits["lifetime_orders"], 0);
    assert_eq!(trace.contact.traits["plan"], "pro");
    trace.says(&["the trait `lifetime_orders` is computed: the value that came for it is left out"]);
}

#[test]
fn s9_5_a_new_computed_trait_knows_the_past_and_a_removed_one_goes() {
    let before = "
computed:
  old: { event: Ordered, count: true }
";
    let after = "
computed:
  lifetime_value: { event: Ordered, sum: total }
  first_total: { event: Ordered, first: total }
---
workflow: rich
title: Rich
category: offers
trigger: { trait_changed: lifetime_value }
steps:
  - { id: rich, send: { email: rich } }
";
    let script = format!(
        "{ANN}+1h event Ordered {{\"total\": 10}}\n+2h event Ordered {{\"total\": 20}}\n+1d catalog\nuntil +2d"
    );
    let trace = play(&format!("{before}=== next\n{after}"), &script);
    assert_eq!(trace.contact.traits["lifetime_value"], 30);
    assert_eq!(trace.contact.traits["first_total"], 10);
    assert!(!trace.contact.traits.contains_key("old"));
    assert!(trace.sent().is_empty(), "a definition is no deed of the contact");
}
