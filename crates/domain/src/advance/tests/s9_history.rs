//! New definitions, and behaviour that the document doesn't hold.

use super::play::play;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

#[test]
fn s9_5_a_new_segment_counts_what_happened_before_it_and_triggers_nothing() {
    let portfolio = "
workflow: other
title: Other
category: offers
trigger: { event: Other }
steps:
  - { id: pause, wait: 3d }
=== next
segment: buyers
title: Bought twice
where: { event: Bought, count: { gte: 2 } }
---
segment: lapsed
title: Did not buy for 10 days
where: { event: Bought, last: { before: 10d } }
---
workflow: thanks
title: Thanks
category: offers
trigger:
  - { segment_entered: buyers }
  - { segment_entered: lapsed }
steps:
  - { id: thanks, send: { email: thanks } }
";
    let bought = "+1d event Bought\n+2d event Bought\n";
    for heard in ["catalog", "catalog silently\n+20d event Seen"] {
        let trace = play(portfolio, &format!("{ANN}{bought}+20d {heard}"));
        trace.says(&[
            "9.5: Behaviour was computed from history (2 events)",
            "the segment buyers",
            "the segment lapsed",
        ]);
        assert!(trace.entered().is_empty(), "a definition is no deed of the contact: {heard}");
    }
    let trace = play(portfolio, &format!("{ANN}{bought}+5d catalog"));
    assert_eq!(trace.entered(), ["+12d thanks"], "what time changes from then on does trigger");
    let trace = play(portfolio, &format!("{ANN}+1d event Bought\n+5d catalog\n+6d event Bought\nuntil 7d"));
    assert_eq!(trace.entered(), ["+6d thanks"]);
}

#[test]
fn s9_5_what_time_alone_changed_before_a_revision_is_not_made_up_by_its_definitions() {
    let portfolio = "
segment: lapsed
title: Did not buy for 30 days
where: { event: Bought, last: { before: 30d } }
---
workflow: win-back
title: Win back
category: offers
trigger: { segment_entered: lapsed }
steps:
  - { id: back, send: { email: back } }
=== next
segment: lapsed
title: Did not buy for 10 days
where: { event: Bought, last: { before: 10d } }
---
workflow: win-back
title: Win back
category: offers
trigger: { segment_entered: lapsed }
steps:
  - { id: back, send: { email: back } }
";
    let trace = play(portfolio, &format!("{ANN}+0m event Bought\n+20d catalog"));
    assert!(trace.sent().is_empty());
    assert_eq!(trace.contact.segments.len(), 1);
}

/// A segment that needs every occurrence of a month.
const SPENT: &str = "
segment: spenders
title: Spent 300 within a month
where: { event: Bought, sum: { of: total, gte: 300 }, within: 30d }
---
workflow: thanks
title: Thanks
category: offers
trigger: { segment_entered: spenders }
steps:
  - { id: mark, update: { traits: { spender: true } } }
  - { id: tell, emit: { event: Bought, with: { total: 1 } } }
---
workflow: over
title: Over
category: offers
trigger: { segment_left: spenders }
steps:
  - { id: mark, update: { traits: { spender: false } } }
";

#[test]
fn s9_5_what_is_counted_as_one_is_read_from_history_when_its_first_leaves_and_wakes_at_its_instant() {
    // One a minute: the 300th makes a spender; the first leaves the month 30 days later.
    let script: Vec<String> =
        (0..300).map(|minute| format!("+{minute}m event Bought {{\"total\": 1}}")).collect();
    let trace = play(SPENT, &script.join("\n"));
    assert_eq!(trace.entered(), ["+4h59m thanks", "+30d1m over"]);
    trace.says(&[
        "- +4h59m event Bought",
        "+30d alarm",
        "9.5: Behaviour was computed from history",
        "+30d1m alarm",
        "left the segment spenders",
    ]);
}

#[test]
fn s9_5_a_contact_with_thousands_of_events_reads_its_history_about_once() {
    let n: usize = 1_500;
    let script: Vec<String> = (0..n).map(|n| format!("+{}m event Bought {{\"total\": 1}}", n * 60)).collect();
    let trace = play(SPENT, &script.join("\n"));
    let read = trace.inputs.iter().filter_map(|played| played.input.history.as_ref()).map(Vec::len);
    let n_read: usize = read.sum();
    assert!((n / 4..2 * n).contains(&n_read), "{n_read} events were read for {n}");
}

#[test]
fn s2_1_the_time_of_a_contact_never_goes_back() {
    let portfolio = "
workflow: welcome
title: Welcome
category: offers
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 1d }
";
    let trace = play(portfolio, "+2d event Signed Up\nuntil 2d");
    let input = trace.inputs[0].input.clone();
    let early = trace.start;
    let input = crate::input::Input { cause: crate::input::Cause::Alarm, ..input };
    let advanced = crate::advance::advance(&trace.catalogs[0], trace.contact.clone(), &input, early);
    assert_eq!(advanced.contact.at, trace.contact.at);
    assert_eq!(advanced.alarm, trace.alarm);
}

#[test]
fn s2_7_and_s3_3_more_deadlines_than_one_input_fires_are_judged_as_of_now_and_recorded() {
    let segment = |days: u32| {
        format!(
            "
segment: spent-{days}
title: Spent within {days} days
where: {{ event: Bought, sum: {{ of: total, gte: 1 }}, within: {days}d }}
"
        )
    };
    let portfolio = (10..15).map(segment).collect::<Vec<_>>().join("---\n");
    let script: Vec<String> =
        (0..230).map(|minute| format!("+{minute}m event Bought {{\"total\": 1}}")).collect();
    let trace = play(&portfolio, &format!("{}\ndown 1d 30d", script.join("\n")));
    trace.says(&["+30d alarm", "2.7: A chain of inputs", "left the segment"]);
    assert!(trace.contact.segments.is_empty(), "{:?}", trace.contact.segments);
    assert_eq!(trace.alarm, None);
}
