//! Who may enter when workflows speak of each other: exclusion groups, entry caps, hold-outs.

use super::play::play;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

fn workflow(name: &str, event: &str, priority: i32, more: &str) -> String {
    format!(
        "workflow: {name}\ntitle: {name}\ncategory: offers\npriority: {priority}\ntrigger: {{ event: {event} }}\n{more}\
         steps:\n  - {{ id: rest, wait: 1d }}\n  - {{ id: send, send: {{ email: {name} }} }}\n---\n"
    )
}

fn two(policies: &str) -> String {
    [workflow("first", "First", 50, ""), workflow("second", "Second", 60, "")].concat() + policies
}

#[test]
fn s4_7_a_contact_is_in_one_workflow_of_a_group_at_a_time() {
    let portfolio = two("exclusive: { group: g, workflows: [first, second] }\n");
    let trace = play(&portfolio, "+0m event First\n+1h event Second\n+25h event Second\n+26h event First");
    assert_eq!(trace.entered(), ["+0s first", "+1d1h second"]);
    assert_eq!(trace.refused(), ["+1h second exclusive", "+1d2h first exclusive"]);
    trace.says(&["the contact is in `first` of the group `g` since +0s"]);
}

#[test]
fn s4_7_a_higher_priority_replaces_a_lower_one_where_the_group_says_so() {
    let portfolio = two("exclusive: { group: g, workflows: [first, second], then: replace }\n");
    let trace = play(&portfolio, "+0m event First\n+1h event Second\n+2h event First");
    assert_eq!(trace.entered(), ["+0s first", "+1h second"]);
    assert_eq!(trace.ended()[0], "+1h first replaced");
    assert_eq!(trace.refused(), ["+2h first exclusive"]);
    trace.says(&[
        "`second` of the group `g` takes its place: priority 60 over 50",
        "the contact is in `second` of the group `g` since +1h; its priority is 60, this one's is 50",
    ]);
}

#[test]
fn s4_7_a_run_is_kept_if_another_group_refuses_who_would_replace_it() {
    let portfolio = two("exclusive:\n  - { group: a, workflows: [first, second], then: replace }\n  \
                         - { group: b, workflows: [third, second] }\n---\n")
        + &workflow("third", "Third", 70, "");
    let trace = play(&portfolio, "+0m event First\n+0m event Third\n+1h event Second");
    assert_eq!(trace.refused(), ["+1h second exclusive"]);
    assert_eq!(trace.ended(), ["+1d third completed", "+1d first completed"]);
}

#[test]
fn s4_7_runs_of_one_workflow_do_not_exclude_each_other() {
    let portfolio = workflow("first", "First", 50, "key: n\n")
        + &workflow("second", "Second", 60, "")
        + "exclusive: { group: g, workflows: [first, second] }\n";
    let trace = play(&portfolio, "+0m event First {\"n\": 1}\n+1h event First {\"n\": 2}");
    assert_eq!(trace.entered().len(), 2);
}

fn capped(more: &str) -> String {
    workflow("first", "First", 50, &format!("entry_cap: {{ max: 2, per: total }}\nreentry: never\n{more}"))
}

#[test]
fn s4_3_a_run_rests_until_its_place_is_granted_and_enters_then() {
    let trace = play(&capped(""), &format!("{ANN}+0m event First\n+2h grant first"));
    assert_eq!(trace.entered(), ["+2h first"]);
    assert_eq!(trace.sent(), ["+1d2h first"], "waits count from the entry");
    trace.says(&[
        "4.3 first/rest: a place under the entry caps was asked for",
        "4.3 first/rest: the entry was granted (1 of 2 in all)",
        "4.1 first: the contact entered by the trigger of +0s",
    ]);
}

#[test]
fn s4_3_a_refused_entry_is_counted_and_spends_no_re_entry() {
    let trace = play(&capped(""), "+0m event First\n+1h refuse first\n+2h event First\n+2h grant first");
    assert_eq!(trace.refused(), ["+1h first entry_cap"]);
    assert_eq!(trace.entered(), ["+2h first"]);
    trace.says(&["the entry was refused (2 of 2 in all)"]);
    let trace = play(&capped(""), "+0m event First\n+1h refuse first room 3h\n+2h event First");
    assert_eq!(trace.refused(), ["+1h first entry_cap"], "nobody waits unless the cap says so");
}

#[test]
fn s4_3_who_waits_for_room_asks_again_when_there_is_some() {
    let portfolio = capped("").replace("per: total", "per: 1d, then: wait");
    let trace = play(&portfolio, "+0m event First\n+1h refuse first room 3h\n+5h grant first");
    assert_eq!(trace.entered(), ["+5h first"]);
    assert!(trace.refused().is_empty());
    trace.says(&[
        "+1h grant",
        "4.3 first/rest: the run waits until +4h",
        "+4h alarm",
        "a place under the entry caps",
    ]);
    // An answer that comes while nothing is asked says so and changes nothing.
    let trace =
        play(&portfolio, "+0m event First\n+1h refuse first room 3h\n+2h grant first\n+5h grant first");
    assert_eq!(trace.entered(), ["+5h first"]);
    trace.says(&["+2h grant", "asks for no place now"]);
}

#[test]
fn s4_3_exits_goals_and_opting_out_end_a_request() {
    let with = |more: &str, what: &str| {
        play(&capped(more), &format!("{ANN}+0m event First\n+1h {what}\n+2h grant first"))
    };
    let exit = with("exit_when: [ { event: Gone } ]\n", "event Gone");
    assert_eq!(exit.ended(), ["+1h first exit_condition"]);
    let goal = with("goals: [ { event: Bought, within: 7d, exit: true } ]\n", "event Bought");
    assert_eq!(goal.ended(), ["+1h first goal"]);
    assert!(goal.goals().is_empty(), "who hasn't entered earns no credit");
    assert_eq!(with("", "consent offers unsubscribed").ended(), ["+1h first unsubscribed"]);
    for trace in [exit, goal] {
        assert!(trace.entered().is_empty());
        trace.says(&["+2h grant", "asks for no place any more"]);
    }
    let other = with("goals: [ { event: Bought, within: 7d } ]\n", "event Bought");
    assert_eq!(other.entered(), ["+2h first"]);
    assert!(other.goals().is_empty());
}

#[test]
fn s4_3_triggers_while_a_place_is_asked_for_do_as_again_says() {
    let with = |again: &str| {
        let portfolio = capped(&format!("again: {again}\n")).replace("reentry: never", "reentry: always");
        play(
            &portfolio,
            "+0m event First {\"n\": 1}\n+1h event First {\"n\": 2}\n+2h grant first\n+3h event First",
        )
    };
    let trace = with("ignore");
    assert_eq!(trace.refused(), ["+1h first already_inside", "+3h first already_inside"]);
    assert_eq!(with("refresh").entered(), ["+2h first"]);
    let trace = with("restart");
    assert_eq!(trace.entered(), ["+2h first", "+3h first"], "who is inside has a place already");
    assert_eq!(trace.ended()[0], "+3h first replaced");
}

#[test]
fn s4_3_the_groups_are_asked_when_the_place_is_granted() {
    let portfolio = capped("")
        + &workflow("second", "Second", 60, "")
        + "exclusive: { group: g, workflows: [first, second] }\n";
    let trace = play(&portfolio, "+0m event First\n+1h event Second\n+2h grant first");
    assert_eq!(trace.entered(), ["+1h second"]);
    assert_eq!(trace.refused(), ["+2h first exclusive"]);
    let portfolio = capped("").replace("priority: 50", "priority: 70")
        + &workflow("second", "Second", 60, "")
        + "exclusive: { group: g, workflows: [first, second], then: replace }\n";
    let trace = play(&portfolio, "+0m event Second\n+1h event First\n+2h grant first");
    assert_eq!(trace.ended()[0], "+2h second replaced", "not before there is a place");
}

const HELD_OUT: &str = "
workflow: w
title: W
category: offers
holdout: { percent: 100 }
trigger: { event: Go }
goals: [ { event: Bought, within: 30d } ]
steps:
  - { id: hello, send: { email: hello } }
  - { id: mark, update: { traits: { marked: true } } }
  - { id: tell, emit: { event: Told } }
  - { id: pause, wait: 1d }
  - { id: after, send: { email: after } }
  - { id: receipt, send: { email: receipt, category: transactional } }
---
workflow: real
title: Real
category: offers
trigger: { event: Real }
steps:
  - { id: real, send: { email: real } }
";

#[test]
fn s4_5_a_held_out_contact_goes_through_as_a_ghost_and_gets_nothing() {
    let trace = play(HELD_OUT, &format!("{ANN}+1h event Go\n+2h event Bought"));
    assert_eq!(trace.ghosts(), ["+1h hello", "+1d1h after"]);
    assert_eq!(trace.sent(), ["+1d1h receipt"], "transactional messages are never held out");
    assert_eq!(trace.goals(), ["+2h w Bought"]);
    assert_eq!(trace.ended(), ["+1d1h w completed"]);
    trace.says(&[
        "4.5 w: the contact is held out of the workflow w (drew",
        "7.8 w/hello: the message would have gone at +1h, but the contact is held out",
        "4.5 w/mark: the contact is held out, else: the contact would be updated (1 changes)",
        "4.5 w/tell: the contact is held out, else: the event Told would be emitted",
    ]);
    trace.never_says("\"marked\"");
    let counters: Vec<&str> = trace
        .inputs
        .iter()
        .flat_map(|played| &played.effects)
        .filter_map(|effect| match effect {
            crate::effect::Effect::Count { counter, .. } => Some(counter.as_str()),
            _ => None,
        })
        .collect();
    for counter in ["entered:w:ghost", "goal:w:Bought:ghost", "message:w:ghost", "ended:w:completed:ghost"] {
        assert!(counters.contains(&counter), "{counter}: {counters:?}");
    }
    assert!(!counters.contains(&"goal:w:Bought"));
}

#[test]
fn s4_5_transactional_workflows_are_never_held_out() {
    let portfolio = "
workflow: w
title: W
category: transactional
trigger: { event: Go }
steps:
  - { id: hello, send: { email: hello } }
---
holdout: { percent: 100 }
";
    assert_eq!(play(portfolio, &format!("{ANN}+0m event Go")).sent(), ["+0s hello"]);
}

#[test]
fn s4_5_a_global_hold_out_may_speak_of_some_categories() {
    let with = |category: &str| {
        let portfolio = HELD_OUT.replace("holdout: { percent: 100 }\n", "")
            + &format!("---\nholdout: {{ percent: 100, categories: [{category}] }}\n");
        play(&portfolio, &format!("{ANN}+0m event Real"))
    };
    assert_eq!(with("offers").ghosts(), ["+0s real"]);
    with("offers").says(&["the contact is held out of all workflows (drew"]);
    assert_eq!(with("news").sent(), ["+0s real"]);
}

#[test]
fn s4_7_a_ghost_keeps_out_and_ends_no_real_run() {
    let group = "---\nexclusive: { group: g, workflows: [w, real], then: replace }\n";
    let portfolio =
        format!("{HELD_OUT}{group}").replace("{ id: real,", "{ id: rest, wait: 2d }\n  - { id: real,");
    let trace = play(&portfolio, &format!("{ANN}+0m event Go\n+1h event Real"));
    assert_eq!(trace.entered(), ["+0s w", "+1h real"]);
    let first = portfolio.replace("title: W\n", "title: W\npriority: 90\n");
    let trace = play(&first, &format!("{ANN}+0m event Real\n+1h event Go"));
    assert_eq!(trace.entered(), ["+0s real", "+1h w"]);
    assert_eq!(trace.sent().last().map(String::as_str), Some("+2d real"), "it is not replaced by a ghost");
}

#[test]
fn s7_8_real_messages_see_no_ghosts_and_ghosts_see_both() {
    let cap = "---\ncaps: { channels: [email], max: 1, per: 7d, then: drop }\n";
    let portfolio = format!("{HELD_OUT}{cap}");
    let trace = play(&portfolio, &format!("{ANN}+0m event Go\n+1h event Real"));
    assert_eq!(trace.ghosts(), ["+0s hello"]);
    assert_eq!(trace.sent(), ["+1h real", "+1d receipt"]);
    let trace = play(&portfolio, &format!("{ANN}+0m event Real\n+1h event Go"));
    assert_eq!(trace.sent()[0], "+0s real");
    assert!(trace.ghosts().is_empty());
    assert_eq!(trace.stopped(), ["+1h hello blocked by 7.9", "+1d1h after blocked by 7.9"]);
}

#[test]
fn s7_8_a_ghost_stands_in_the_window_of_its_channel_like_any_other() {
    let hold = "---\narbitration: { email: { hold: 10m, losers: drop } }\n";
    let portfolio = format!("{HELD_OUT}{hold}").replace("title: Real\n", "title: Real\npriority: 40\n");
    let trace = play(&portfolio, &format!("{ANN}+0m event Go\n+1m event Real\nuntil 1h"));
    assert_eq!(trace.ghosts(), ["+10m hello"]);
    assert_eq!(trace.sent(), ["+11m real"], "its window is its own");
    let portfolio = portfolio.replace("priority: 40", "priority: 60");
    let trace = play(&portfolio, &format!("{ANN}+0m event Real\n+1m event Go\nuntil 1h"));
    assert_eq!(trace.sent(), ["+10m real"]);
    assert_eq!(trace.stopped(), ["+10m hello blocked by 7.11"]);
}
