//! Time: what `occurred_at` and `at` decide, waits, and what is due late.

use super::play::play;

const WELCOME: &str = "
workflow: welcome
title: Welcome
category: offers
trigger: { event: Signed Up }
steps:
  - { id: hello, send: { email: hello } }
  - { id: pause, wait: 3d }
  - { id: tips, send: { email: tips } }
  - { id: pause-2, wait: 2d }
  - { id: more, send: { email: more } }
";

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

#[test]
fn s2_1_old_and_imported_events_update_the_profile_and_trigger_nothing() {
    let portfolio = "
workflow: welcome
title: Welcome
category: offers
trigger:
  - { event: Signed Up }
  - { segment_entered: signed-up }
steps:
  - { id: hello, send: { email: hello } }
---
segment: signed-up
title: Signed up
where: { event: Signed Up }
";
    let trace = play(portfolio, &format!("{ANN}+1h event Signed Up {{}} ago 25h"));
    assert!(trace.entered().is_empty());
    trace
        .says(&["3.5: The contact entered the segment signed-up", "2.1 welcome: the event occurred at +-1d"]);
    let trace = play(portfolio, &format!("{ANN}+1h event Signed Up {{}} imported"));
    assert!(trace.entered().is_empty());
    let trace = play(portfolio, &format!("{ANN}+1h event Signed Up {{}} ago 24h"));
    assert_eq!(trace.entered(), ["+1h welcome"], "24 hours to the millisecond is not yet late");
}

#[test]
fn s2_1_an_import_of_somebody_new_triggers_nothing() {
    let portfolio = "
workflow: welcome
title: Welcome
category: offers
trigger: { segment_entered: everybody }
steps:
  - { id: hello, send: { email: hello } }
---
segment: everybody
title: Without orders
where: { event: Ordered, never: true }
";
    assert!(play(portfolio, "+0m event Signed Up {} imported").entered().is_empty());
    assert_eq!(play(portfolio, "+0m event Signed Up {}").entered(), ["+0s welcome"]);
}

#[test]
fn s2_1_a_trigger_that_says_late_takes_old_and_imported_events() {
    let portfolio = WELCOME.replace("{ event: Signed Up }", "{ event: Signed Up, late: true }");
    let trace = play(&portfolio, &format!("{ANN}+1h event Signed Up {{}} ago 40d imported"));
    assert_eq!(trace.sent(), ["+1h hello", "+3d1h tips", "+5d1h more"], "waits count from `at`");
}

#[test]
fn s2_2_an_invalid_zone_counts_as_unknown_and_the_workspaces_protects() {
    let policies = "
timezone: Europe/Berlin
quiet_hours: { from: \"21:00\", to: \"08:00\" }
";
    let portfolio = format!("{WELCOME}---{policies}");
    let script = "
        +22h traits {\"email\": \"ann@b.example\", \"timezone\": \"Mars/Olympus\"}
        +22h event Signed Up
        until +2d";
    let trace = play(&portfolio, script);
    trace.says(&["2.2 welcome/hello: the contact's time zone is unknown, so the workspace's zone Europe/Berlin was used"]);
    assert_eq!(trace.sent(), ["+1d7h hello"], "08:00 in Berlin");
    let trace = play(&portfolio, &script.replace("Mars/Olympus", "America/New_York"));
    assert_eq!(trace.sent(), ["+22h hello"], "it is afternoon in New York");
    trace.never_says("zone is unknown");
}

#[test]
fn s2_2_quiet_hours_of_another_channel_are_not_said_to_have_asked_for_the_zone() {
    let policies = "
timezone: Europe/Berlin
quiet_hours: { channels: [sms], from: \"21:00\", to: \"08:00\" }
";
    let trace = play(&format!("{WELCOME}---{policies}"), &format!("{ANN}+22h event Signed Up"));
    assert_eq!(trace.sent().first().map(String::as_str), Some("+22h hello"), "an e-mail has no quiet hours");
    trace.never_says("zone is unknown");
}

#[test]
fn s2_3_days_are_72_hours_and_calendar_days_are_local() {
    let portfolio = "
workflow: spring
title: Over the night in which the clocks go forward
category: offers
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 1d }
  - { id: tips, send: { email: tips } }
---
workflow: calendar
title: The same, by the calendar
category: offers
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 1 calendar days at 02:30 }
  - { id: gap, send: { email: gap } }
---
timezone: Europe/Berlin
";
    // Berlin's clocks go from 02:00 to 03:00 on 29 March 2026, at 01:00 UTC.
    let script = "start 2026-03-28T11:00Z\n+0m traits {\"email\": \"a@b.example\"}\n+0m event Signed Up";
    assert_eq!(play(portfolio, script).sent(), ["+14h gap", "+1d tips"], "02:30 doesn't exist: 03:00 does");
}

#[test]
fn s2_4_a_wait_fixes_its_deadline_when_it_is_entered() {
    let portfolio = "
workflow: morning
title: The next morning
category: offers
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: { until: \"10:00\", zone: contact } }
  - { id: tips, send: { email: tips } }
=== next
workflow: morning
title: The next morning
category: offers
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 5d }
  - { id: tips, send: { email: tips } }
";
    let script = "
        +0m traits {\"email\": \"a@b.example\", \"timezone\": \"Europe/Berlin\"}
        +1m event Signed Up
        +1h traits {\"timezone\": \"America/New_York\"}
        +2h catalog";
    assert_eq!(play(portfolio, script).sent(), ["+9h tips"]);
}

#[test]
fn s2_5_no_wait_has_a_maximum() {
    let portfolio = WELCOME.replace("wait: 3d", "wait: 4000d");
    let trace = play(&portfolio, &format!("{ANN}+0m event Signed Up\nuntil 5000d"));
    assert_eq!(trace.sent(), ["+0s hello", "+4000d tips", "+4002d more"]);
}

#[test]
fn s2_6_a_date_that_is_past_when_the_wait_is_entered_does_what_the_step_says() {
    let portfolio = |if_past: &str| {
        format!(
            "
workflow: birthday
title: Birthday
category: offers
trigger: {{ event: Signed Up }}
steps:
  - {{ id: day, wait: {{ date: birthday, at: \"09:00\"{if_past} }} }}
  - {{ id: cake, send: {{ email: cake }} }}
"
        )
    };
    let script = "
        +0m traits {\"email\": \"a@b.example\", \"birthday\": \"2026-01-04\"}
        +0m event Signed Up
        until 400d";
    assert_eq!(play(&portfolio(""), script).sent(), ["+0s cake"], "continue is the default");
    let trace = play(&portfolio(", if_past: exit"), script);
    assert_eq!((trace.sent().len(), trace.ended()), (0, vec!["+0s birthday exit_step".to_owned()]));
    trace.says(&["2.6 birthday/day: the date +-15h had already passed, so: exit"]);
    assert_eq!(play(&portfolio(", if_past: next_year"), script).sent(), ["+364d9h cake"]);
    let upcoming = script.replace("2026-01-04", "2026-01-06");
    assert_eq!(play(&portfolio(", if_past: exit"), &upcoming).sent(), ["+1d9h cake"]);
    let nothing = script.replace("birthday\"", "other\"");
    assert_eq!(play(&portfolio(", if_missing: exit"), &nothing).ended(), ["+0s birthday exit_step"]);
}

#[test]
fn s2_7_what_is_due_at_one_instant_fires_by_priority_and_name() {
    let portfolio = "
workflow: a-late
title: Late
category: offers
priority: 10
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 1d }
  - { id: mark, update: { traits: { last: a-late } } }
---
workflow: z-early
title: Early
category: offers
priority: 90
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 1d }
  - { id: mark, update: { traits: { last: z-early } } }
---
workflow: b-late
title: Late
category: offers
priority: 10
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 1d }
  - { id: mark, update: { traits: { last: b-late } } }
";
    play(portfolio, "+0m event Signed Up").says(&[
        "4.1 z-early: the contact entered",
        "4.1 a-late: the contact entered",
        "4.1 b-late: the contact entered",
        "2.7 z-early/pause: the wait ended",
        "2.7 a-late/pause: the wait ended",
        "2.7 b-late/pause: the wait ended",
        "z-early/mark: the trait",
        "a-late/mark: the trait",
        "b-late/mark: the trait",
    ]);
}

#[test]
fn s2_7_a_delayed_sequence_keeps_its_spacing() {
    let trace = play(WELCOME, &format!("{ANN}+0m event Signed Up\ndown 1d 20d"));
    assert_eq!(trace.sent(), ["+0s hello", "+20d tips", "+22d more"], "never in a burst");
}

#[test]
fn s2_7_deadlines_fire_before_the_input_that_finds_them_due() {
    let portfolio = "
workflow: welcome
title: Welcome
category: offers
trigger: { event: Signed Up }
exit_when:
  - { event: Left }
steps:
  - { id: pause, wait: 1d }
  - { id: mark, update: { traits: { stage: waited } } }
  - { id: pause-2, wait: 1d }
  - { id: mark-2, update: { traits: { stage: twice } } }
";
    let trace = play(portfolio, "down 1d 3d\n+0m event Signed Up\n+2d event Left");
    trace.says(&[
        "+2d event Left",
        "2.7 welcome/pause: the wait ended at its deadline +1d",
        "is \"waited\"",
        "5.1 welcome",
    ]);
    trace.never_says("twice");
}

#[test]
fn s2_7_a_condition_is_judged_as_of_its_deadline_and_what_follows_happens_now() {
    let portfolio = "
workflow: quiet
title: Nothing was seen for ten days
category: offers
trigger: { event: Signed Up }
steps:
  - id: seen
    wait_for:
      - if: { all: [ { event: Seen, last: { before: 10d } }, { event: Seen, last: { within: 12d } } ] }
        then:
          - { id: back, send: { email: come-back } }
    timeout: 30d
  - { id: pause, wait: 1d }
  - { id: bye, send: { email: bye } }
";
    let script = format!("{ANN}+0m event Seen\n+0m event Signed Up\ndown 5d 20d");
    let trace = play(portfolio, &script);
    assert_eq!(trace.sent(), ["+20d come-back", "+21d bye"], "it held from +10d to +12d, while nothing ran");
}

#[test]
fn s2_7_a_wait_entered_late_is_not_ended_by_what_held_before_it_was_entered() {
    let portfolio = "
workflow: quiet
title: A pause, then a while without visits
category: offers
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 5d }
  - id: seen
    wait_for:
      - if: { all: [ { event: Seen, last: { before: 10d } }, { event: Seen, last: { within: 12d } } ] }
        then:
          - { id: back, send: { email: come-back } }
    timeout: 3d
  - { id: bye, send: { email: bye } }
";
    let script = format!("{ANN}+0m event Seen\n+0m event Signed Up\ndown 4d 20d");
    let trace = play(portfolio, &script);
    assert_eq!(
        trace.sent(),
        ["+23d bye"],
        "the wait began at +20d, when the condition had long ceased to hold"
    );
}

#[test]
fn s2_7_an_exit_condition_that_ceased_before_the_run_was_entered_does_not_end_it() {
    let portfolio = "
segment: lapsed
title: Not seen for five days
where: { event: Seen, last: { before: 5d } }
---
workflow: win-back
title: Ask back
category: offers
trigger: { segment_entered: lapsed }
exit_when:
  - if: { all: [ { event: Seen, last: { before: 10d } }, { event: Seen, last: { within: 12d } } ] }
steps:
  - { id: pause, wait: 1d }
  - { id: back, send: { email: come-back } }
";
    let trace = play(portfolio, &format!("{ANN}+0m event Seen\ndown 4d 20d"));
    assert_eq!(
        (trace.entered(), trace.sent()),
        (vec!["+20d win-back".to_owned()], vec!["+21d come-back".to_owned()])
    );
}

#[test]
fn s2_7_while_deadlines_are_made_up_for_other_waits_are_judged_as_of_the_same_deadline() {
    let portfolio = "
segment: lapsed
title: Not seen for five days
where: { event: Seen, last: { before: 5d } }
---
workflow: quiet
title: The first of two
category: offers
trigger: { event: Signed Up }
steps:
  - id: seen
    wait_for:
      - if: { event: Seen, last: { before: 10d } }
        then:
          - { id: second, send: { email: second } }
      - if: { event: Seen, last: { before: 8d } }
        then:
          - { id: first, send: { email: first } }
";
    let trace = play(portfolio, &format!("{ANN}+0m event Seen\n+0m event Signed Up\ndown 4d 20d"));
    assert_eq!(trace.sent(), ["+20d first"]);
}

#[test]
fn s2_7_a_message_past_its_expiry_is_recorded_as_expired() {
    let portfolio = WELCOME.replace("email: tips", "email: tips, expires: 6h");
    let policies = "---\nquiet_hours: { from: \"21:00\", to: \"08:00\" }\n";
    let script = format!("{ANN}+22h event Signed Up\ndown 3d 9d");
    // `tips` is wanted when the engine is up again, at midnight: too long before 08:00.
    let trace = play(&format!("{portfolio}{policies}"), &script);
    assert_eq!(trace.sent(), ["+1d8h hello", "+11d8h more"]);
    assert_eq!(trace.stopped(), ["+9d tips blocked by 7.10"]);
}

#[test]
fn s2_7_a_run_that_ended_by_a_deadline_can_be_entered_by_the_input_that_found_it_due() {
    let portfolio = "
workflow: welcome
title: Welcome
category: offers
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 1d }
";
    let on_time = play(portfolio, "+0m event Signed Up\n+2d event Signed Up\nuntil 3d");
    let late = play(portfolio, "down 1d 3d\n+0m event Signed Up\n+2d event Signed Up\nuntil 3d");
    assert_eq!(on_time.entered(), ["+0s welcome", "+2d welcome"]);
    assert_eq!(late.entered(), on_time.entered());
}

#[test]
fn s2_2_a_contact_that_moves_to_another_zone_is_in_the_segments_of_that_zone_at_once() {
    let portfolio = "
segment: soon
title: Birthday within a day
where: { trait: birthday, within_next: 1d }
";
    // Midnight of the 7th in Honolulu is 10:00 UTC, in Tokyo 15:00 UTC of the 6th.
    let script = "
        +0m traits {\"birthday\": \"2026-01-07\", \"timezone\": \"Pacific/Honolulu\"}
        +20h traits {\"timezone\": \"Asia/Tokyo\"}
        until 20h";
    let trace = play(portfolio, script);
    trace.says(&["+20h event Identify", "3.5: The contact entered the segment soon"]);
}
