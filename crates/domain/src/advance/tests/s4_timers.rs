//! Triggers of time: dates, absences, set times; and those that are brought from outside.

use super::play::{Trace, play};

/// A workflow of this trigger that waits a second, with more at its head.
fn workflow(trigger: &str, more: &str) -> String {
    format!(
        "
workflow: w
title: W
trigger: {trigger}
reentry: always
{more}
steps:
  - {{ id: pause, wait: 1s }}
"
    )
}

fn entered(trigger: &str, script: &str) -> Vec<String> {
    times(&play(&workflow(trigger, ""), script))
}

fn times(trace: &Trace) -> Vec<String> {
    trace.entered().iter().map(|entry| entry.split(' ').next().expect("a time").to_owned()).collect()
}

// Dates

#[test]
fn s4_1_a_date_lets_in_before_on_and_after_it_at_a_local_time() {
    let script = "+0m traits {\"renewal\": \"2026-01-10\", \"timezone\": \"America/New_York\"}";
    assert_eq!(entered("{ date: renewal }", script), ["+5d14h"], "09:00 where nothing is said");
    assert_eq!(entered("{ date: renewal, at: \"10:30\" }", script), ["+5d15h30m"]);
    assert_eq!(entered("{ date: renewal, offset: -3d, zone: workspace }", script), ["+2d9h"]);
    assert_eq!(entered("{ date: renewal, offset: 2d, zone: Asia/Tokyo }", script), ["+7d"]);
    let exact = "+0m traits {\"renewal\": \"2026-01-10T18:20:00Z\"}";
    assert_eq!(entered("{ date: renewal }", exact), ["+5d18h20m"], "the instant has a time of its own");
    assert_eq!(entered("{ date: renewal, at: \"09:00\" }", exact), ["+5d9h"]);
    assert_eq!(entered("{ date: renewal }", "+0m traits {\"renewal\": \"soon\"}"), [""; 0]);
}

#[test]
fn s4_1_a_date_that_is_past_lets_nobody_in_and_a_new_one_does() {
    let script = "
        +0m traits {\"renewal\": \"2026-01-04\"}
        +1d traits {\"renewal\": \"2026-01-20\"}
        +2d traits {\"renewal\": \"2026-01-10\"}
        +3d traits {\"renewal\": \"2026-01-12\"}
        +8d traits {\"renewal\": null}";
    let trace = play(&workflow("{ date: renewal, offset: -1d }", ""), script);
    assert_eq!(times(&trace), ["+6d9h"]);
    assert!(trace.contact.timers.is_empty());
    let gone = "+0m traits {\"renewal\": \"2026-01-20\"}\n+1d traits {\"renewal\": null}";
    let trace = play(&workflow("{ date: renewal }", ""), gone);
    assert_eq!(times(&trace), [""; 0]);
    trace.says(&["the date renewal falls due at +15d9h", "the date renewal does not fall due any more"]);
}

#[test]
fn s4_1_a_yearly_date_comes_round_also_for_those_born_on_29_february() {
    let script = "until 1200d\n+0m traits {\"birthday\": \"1992-02-29\"}";
    // 2026-02-28, 2027-02-28, 2028-02-29, 2029-02-28.
    assert_eq!(
        entered("{ date: birthday, repeats: yearly }", script),
        ["+54d9h", "+419d9h", "+785d9h", "+1150d9h"]
    );
    assert_eq!(
        entered("{ date: birthday, repeats: yearly, offset: -60d }", script),
        ["+359d9h", "+725d9h", "+1090d9h"],
        "the day before the new year belongs to the next year's date"
    );
    let to_come = "until 1200d\n+0m traits {\"birthday\": \"2027-03-01\"}";
    assert_eq!(entered("{ date: birthday, repeats: yearly }", to_come), ["+420d9h", "+786d9h", "+1151d9h"]);
}

#[test]
fn s4_1_who_moves_to_another_zone_gets_a_date_once_by_the_clocks_there() {
    let trigger = "{ date: birthday, repeats: yearly }";
    let born = "until 300d\n+0m traits {\"birthday\": \"1990-01-07\", \"timezone\": \"Europe/Berlin\"}\n";
    let moved = |script: &str| entered(trigger, &format!("{born}{script}"));
    assert_eq!(moved(""), ["+2d8h"]);
    assert_eq!(moved("+1d traits {\"timezone\": \"America/New_York\"}"), ["+2d14h"]);
    let east = moved("+2d2h traits {\"timezone\": \"Pacific/Auckland\"}");
    assert_eq!(east, ["+2d2h1ms"], "09:00 had passed there: at once rather than never");
    let west = moved("+2d9h traits {\"timezone\": \"Pacific/Honolulu\"}");
    assert_eq!(west, ["+2d8h"], "it came by the old clocks: not again");
}

#[test]
fn s4_1_a_date_whose_alarm_is_late_lets_in_late_as_on_time() {
    let trigger = "{ date: birthday, repeats: yearly }";
    let script = "+0m traits {\"birthday\": \"1990-01-07\", \"plan\": \"pro\"}\n+3d traits {\"plan\": \"free\"}\ndown 1d 4d";
    let portfolio = workflow(trigger, "audience: { trait: plan, eq: pro }");
    assert_eq!(times(&play(&portfolio, script)), ["+3d"], "before the input that finds it due");
    let seen = "+0m traits {\"birthday\": \"1990-01-07\"}\n+0m event Seen\ndown 1d 20d";
    let portfolio = workflow(trigger, "audience: { event: Seen, last: { within: 5d } }");
    assert_eq!(times(&play(&portfolio, seen)), ["+20d"], "the audience is asked as of the deadline");
}

#[test]
fn s4_2_a_publish_sets_the_dates_of_what_is_known_and_triggers_nothing_by_itself() {
    let other = "workflow: other\ntitle: Other\ntrigger: { api: true }\nsteps:\n  - { id: p, wait: 1d }\n";
    let with = |trigger: &str| format!("{other}=== next\n{other}---\n{}", workflow(trigger, ""));
    let script = "+0m traits {\"renewal\": \"2026-01-10\"}\n+1d catalog\n";
    assert_eq!(times(&play(&with("{ date: renewal }"), script)), ["+5d9h"]);
    assert_eq!(times(&play(&with("{ date: renewal, offset: -5d }"), script)), [""; 0]);
    let back = |other: &str| format!("{}=== next\n{other}", workflow("{ date: renewal }", ""));
    assert_eq!(times(&play(&back(other), script)), [""; 0], "the workflow is gone");
    let later = back(&workflow("{ date: renewal, offset: 1d }", ""));
    assert_eq!(times(&play(&later, script)), ["+6d9h"]);
    let due = "+0m traits {\"renewal\": \"2026-01-10\"}\n+6d catalog\ndown 4d 7d";
    assert_eq!(times(&play(&later, due)), ["+6d", "+7d"], "what was due before it, and what is due by it");
}

// Absences

const CART: &str = "{ absence: Checkout Started, where: { n: { gte: 1 } }, not: Order Completed, within: 2d,
  not_where: { cart: { eq: $trigger.cart } } }";

#[test]
fn s4_1_an_absence_lets_in_at_the_exact_instant_with_the_data_of_what_happened() {
    let script = "+1h event Checkout Started {\"cart\": \"a\", \"n\": 2}\n+2h event Checkout Started {\"cart\": \"b\"}";
    let trace = play(&workflow(CART, ""), script);
    assert_eq!(times(&trace), ["+2d1h"]);
    trace.says(&[
        "the absence of Order Completed falls due at +2d1h",
        "entered by the absence of Order Completed",
    ]);
}

#[test]
fn s4_1_what_was_missed_ends_an_absence_and_something_else_does_not() {
    let begun = "+0h event Checkout Started {\"cart\": \"a\", \"n\": 1}\n";
    let after = |script: &str| entered(CART, &format!("{begun}{script}"));
    assert_eq!(after("+1d event Order Completed {\"cart\": \"b\"}"), ["+2d"]);
    assert_eq!(after("+1d event Order Completed {\"cart\": \"a\"}"), [""; 0]);
    assert_eq!(
        after("+1d event Checkout Started {\"cart\": \"a\", \"n\": 1}"),
        ["+3d"],
        "a later one moves it"
    );
    assert_eq!(after("+1d event Order Completed {\"cart\": \"a\"} imported"), [""; 0], "also by an import");
    let before = "+1d event Order Completed {\"cart\": \"a\"} ago 40d";
    assert_eq!(after(before), ["+2d"], "old news of what was before it ends nothing");
    let old = "+0h event Checkout Started {\"cart\": \"a\", \"n\": 1} ago 25h";
    assert_eq!(entered(CART, old), [""; 0], "old news begins nothing");
    let late = "down 1d 5d\n+3d event Order Completed {\"cart\": \"a\"}";
    assert_eq!(after(late), ["+3d"], "the deadline was before it");
}

#[test]
fn s4_1_absences_of_different_keys_are_entries_of_their_own() {
    let keyed = workflow(CART, "key: cart");
    let script = "
        +0h event Checkout Started {\"cart\": \"a\", \"n\": 1}
        +0h event Checkout Started {\"cart\": \"b\", \"n\": 1}
        +1h event Checkout Started {\"cart\": \"c\", \"n\": 1}
        +2h event Order Completed {\"cart\": \"c\"}";
    assert_eq!(times(&play(&keyed, script)), ["+2d", "+2d"]);
    assert_eq!(entered(CART, script), [""; 0], "without a key there is one, of the newest cart");
}

#[test]
fn s4_1_a_contact_has_a_bounded_number_of_deadlines_of_triggers() {
    let carts = (0..=100).map(|n| format!("+{n}m event Checkout Started {{\"cart\": \"{n}\", \"n\": 1}}\n"));
    let trace = play(&workflow(CART, "key: cart"), &carts.collect::<String>());
    assert_eq!(times(&trace).len(), 100);
    trace.says(&["nothing was done: the contact has 100 deadlines of triggers already"]);
}

// Set times

#[test]
fn s4_1_a_set_time_lets_in_when_it_is_that_time_where_the_contact_is() {
    let trigger = "{ schedule: \"FREQ=WEEKLY;BYDAY=MO\", zone: contact }";
    // The engine tells it when it is 09:00 in UTC+14.
    let script =
        |zone: &str| format!("+0m traits {{\"timezone\": \"{zone}\"}}\n+6d19h schedule w 2026-01-12T09:00");
    assert_eq!(entered(trigger, &script("Pacific/Kiritimati")), ["+6d19h"]);
    assert_eq!(entered(trigger, &script("Europe/Berlin")), ["+7d8h"]);
    assert_eq!(entered(trigger, &script("America/New_York")), ["+7d14h"]);
    let moves = format!("{}\n+7d traits {{\"timezone\": \"Europe/Berlin\"}}", script("America/New_York"));
    assert_eq!(entered(trigger, &moves), ["+7d8h"]);
    let unknown = play(&workflow(trigger, ""), &script("Nowhere/Land"));
    assert_eq!(times(&unknown), ["+7d9h"]);
    unknown.says(&["2.2 w: the contact's time zone is unknown"]);
}

#[test]
fn s4_1_a_set_time_is_asked_of_the_audience_and_missed_after_a_day() {
    let trigger = "{ schedule: \"FREQ=DAILY\" }";
    let portfolio = workflow(trigger, "audience: { trait: plan, eq: pro }");
    let script = "
        +0m traits {\"plan\": \"pro\"}
        +9h schedule w 2026-01-05T09:00
        +2d8h schedule w 2026-01-06T09:00
        +3d10h schedule w 2026-01-07T09:00
        +3d11h traits {\"plan\": \"free\"}
        +3d12h schedule w 2026-01-08T09:00";
    let trace = play(&portfolio, script);
    assert_eq!(times(&trace), ["+9h", "+2d8h"]);
    assert_eq!(trace.refused(), ["+3d10h w missed", "+3d12h w audience"]);
}

// The business, and those who match already

#[test]
fn s4_1_a_business_event_lets_in_by_its_properties_and_the_evidence_of_history() {
    let trigger = "{ business: Price Dropped, where: { drop: { gte: 10 } },
  match: { event: Product Viewed, property: sku, within: 30d } }";
    let script = "
        +0m event Seen
        +1h business w Price Dropped {\"sku\": 1, \"drop\": 20} evidence 29d
        +2h business w Price Dropped {\"sku\": 1, \"drop\": 20} evidence 30d
        +3h business w Price Dropped {\"sku\": 1, \"drop\": 5} evidence 1d";
    let trace = play(&workflow(trigger, ""), script);
    assert_eq!(times(&trace), ["+1h"]);
    assert_eq!(trace.refused(), ["+2h w no_match", "+3h w no_match"]);
}

#[test]
fn s4_4_a_backfill_lets_in_those_who_match_now() {
    let script = "
        +0m traits {\"plan\": \"pro\"}
        +1d event Bought {\"total\": 5}
        +2d event Bought {\"total\": 50}
        +40d backfill w 39d
        until 41d";
    let after = |trigger: &str, script: &str| {
        let trace = play(&workflow(trigger, ""), script);
        let late: Vec<_> = times(&trace).into_iter().filter(|time| time == "+40d").collect();
        (late.len(), trace.refused().len())
    };
    assert_eq!(after("{ event: Bought }", script), (1, 0));
    assert_eq!(
        after("{ event: Bought, where: { total: { lt: 10 } } }", script),
        (0, 1),
        "39 days ago to the minute"
    );
    assert_eq!(after("{ event: Bought }", &script.replace(" 39d", "")), (0, 1), "30 days unless it is said");
    assert_eq!(after("{ trait_changed: plan, to: pro }", script), (1, 0));
    assert_eq!(after("{ trait_changed: plan, to: free }", script), (0, 1));
    assert_eq!(after("{ trait_changed: plan }", script), (0, 1));
    assert_eq!(after("{ manual: true }", script), (1, 0), "the audience alone decides");
    assert_eq!(after("{ schedule: FREQ=DAILY }", script), (0, 1));
    let member = "segment: buyers\ntitle: Buyers\nwhere: { event: Bought }\n---\n";
    for (trigger, n) in [("segment_entered", 1), ("segment_left", 0)] {
        let trace = play(&format!("{member}{}", workflow(&format!("{{ {trigger}: buyers }}"), "")), script);
        assert_eq!(trace.entered().iter().filter(|entry| entry.starts_with("+40d")).count(), n, "{trigger}");
    }
}

#[test]
fn s4_4_a_backfill_lets_in_once_for_each_key_with_the_newest_event() {
    let portfolio = workflow("{ event: Cart }", "key: cart").replace("wait: 1s", "wait: 9d");
    let script = "
        +0m event Cart {\"cart\": \"a\", \"n\": 1}
        +20d event Cart {\"cart\": \"a\", \"n\": 2}
        +20d event Cart {\"cart\": \"b\", \"n\": 3}
        +29d12h backfill w
        until 30d";
    let trace = play(&portfolio, script);
    assert_eq!(times(&trace).iter().filter(|time| *time == "+29d12h").count(), 2);
    let data: Vec<_> = trace.contact.runs.iter().map(|run| run.trigger["n"].clone()).collect();
    assert_eq!(data, [2, 3]);
}
