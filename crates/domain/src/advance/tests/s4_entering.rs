//! Who enters a workflow, and who doesn't, and why not.

use super::play::play;

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

fn welcome(more: &str) -> String {
    format!(
        "
workflow: welcome
title: Welcome
category: offers
trigger: {{ event: Signed Up }}
{more}
steps:
  - {{ id: pause, wait: 1d }}
  - {{ id: hello, send: {{ email: hello }} }}
"
    )
}

#[test]
fn s4_1_every_refusal_is_recorded_and_counted_by_reason() {
    let portfolio = welcome("audience: { trait: plan, eq: pro }");
    let trace = play(&portfolio, "+0m event Signed Up");
    assert_eq!(trace.refused(), ["+0s welcome audience"]);
    let counted = trace.inputs.iter().flat_map(|played| &played.effects).any(|effect| {
        matches!(effect, crate::effect::Effect::Count { counter, by: 1 } if counter == "refused:welcome:audience")
    });
    assert!(counted);
}

#[test]
fn s4_1_who_meets_an_exit_condition_already_does_not_enter() {
    let portfolio = welcome("exit_when:\n  - if: { trait: plan, eq: pro }");
    let trace = play(&portfolio, "+0m traits {\"plan\": \"pro\"}\n+1h event Signed Up");
    assert_eq!(trace.refused(), ["+1h welcome exit_condition"]);
}

#[test]
fn s4_1_several_triggers_that_match_one_input_are_one_entry() {
    let portfolio = "
workflow: welcome
title: Welcome
category: offers
trigger:
  - { trait_changed: plan, to: pro }
  - { event: Identify }
reentry: always
steps:
  - { id: pause, wait: 1d }
";
    let trace = play(portfolio, "+0m traits {\"plan\": \"pro\"}");
    assert_eq!(trace.entered().len(), 1);
    trace.says(&["4.1 welcome: the contact entered by trait plan changed"]);
}

#[test]
fn s4_2_reentry_never_lets_a_contact_in_once() {
    let trace = play(&welcome("reentry: never"), &format!("{ANN}+0m event Signed Up\n+5d event Signed Up"));
    assert_eq!(trace.entered(), ["+0s welcome"]);
    assert_eq!(trace.refused(), ["+5d welcome reentry"]);
}

#[test]
fn s4_2_reentry_after_exit_lets_a_contact_in_when_the_last_run_has_ended() {
    for more in ["", "reentry: after_exit", "reentry: always"] {
        let script = format!("{ANN}+0m event Signed Up\n+12h event Signed Up\n+2d event Signed Up");
        let trace = play(&welcome(more), &script);
        assert_eq!(trace.entered(), ["+0s welcome", "+2d welcome"]);
        assert_eq!(trace.refused(), ["+12h welcome already_inside"]);
    }
}

#[test]
fn s4_2_reentry_every_counts_from_the_last_entry_to_the_millisecond() {
    let script = format!("{ANN}+0m event Signed Up\n+2d23h59m59s999ms event Signed Up\n+3d event Signed Up");
    let trace = play(&welcome("reentry: { every: 3d }"), &script);
    assert_eq!(trace.entered(), ["+0s welcome", "+3d welcome"]);
}

#[test]
fn s4_2_runs_with_different_keys_live_side_by_side() {
    let portfolio = welcome("key: cart\nreentry: never");
    let script = format!(
        "{ANN}+0m event Signed Up {{\"cart\": 1}}\n+1h event Signed Up {{\"cart\": \"2\"}}\n+2h event Signed Up {{}}
        +3h event Signed Up {{\"cart\": 2}}\n+3d event Signed Up {{\"cart\": 1}}"
    );
    let trace = play(&portfolio, &script);
    assert_eq!(trace.entered(), ["+0s welcome", "+1h welcome"]);
    assert_eq!(trace.refused(), ["+2h welcome no_key", "+3h welcome already_inside", "+3d welcome reentry"]);
    assert_eq!(trace.sent(), ["+1d hello", "+1d1h hello"]);
}

#[test]
fn s4_2_again_refresh_replaces_the_triggers_data() {
    let portfolio = "
workflow: cart
title: Cart
category: offers
trigger: { event: Cart Updated }
again: refresh
exit_when:
  - if: { trigger: items, eq: 0 }
steps:
  - id: full
    wait_for:
      - if: { trigger: items, gte: 5 }
        then:
          - { id: mark, update: { traits: { items: $trigger.items } } }
";
    let trace =
        play(portfolio, "+0m event Cart Updated {\"items\": 1}\n+1h event Cart Updated {\"items\": 7}");
    trace.says(&[
        "4.2 cart/full: the live run took the trigger's new data",
        "6.1 cart/full",
        "\"items\" is 7",
    ]);
    assert_eq!(trace.ended(), ["+1h cart completed"]);
    let trace =
        play(portfolio, "+0m event Cart Updated {\"items\": 1}\n+1h event Cart Updated {\"items\": 0}");
    assert_eq!(trace.ended(), ["+1h cart exit_condition"], "an exit condition sees the new data too");
}

#[test]
fn s4_2_again_restart_begins_anew_whatever_reentry_says() {
    for reentry in ["", "\nreentry: never", "\nreentry: { every: 30d }"] {
        let portfolio = welcome(&format!("again: restart{reentry}"));
        let trace = play(&portfolio, &format!("{ANN}+0m event Signed Up\n+12h event Signed Up"));
        assert_eq!(trace.ended(), ["+12h welcome replaced", "+1d12h welcome completed"], "{reentry}");
        assert_eq!(trace.sent(), ["+1d12h hello"]);
    }
}

#[test]
fn s4_2_again_restart_takes_back_what_the_old_run_still_wants() {
    let portfolio = "
workflow: welcome
title: Welcome
category: offers
trigger: { event: Signed Up }
again: restart
steps:
  - { id: hello, send: { email: hello } }
---
quiet_hours: { from: \"21:00\", to: \"08:00\" }
";
    let trace = play(portfolio, &format!("{ANN}+22h event Signed Up\n+23h event Signed Up"));
    assert_eq!(trace.stopped(), ["+23h hello cancelled"]);
    assert_eq!(trace.sent(), ["+1d8h hello"]);
}

#[test]
fn s4_2_the_input_that_ended_a_run_cannot_restart_it() {
    let portfolio = welcome("exit_when:\n  - { event: Signed Up, where: { again: true } }");
    let trace =
        play(&portfolio, "+0m event Signed Up\n+1h event Signed Up {\"again\": true}\n+2h event Signed Up");
    assert_eq!(trace.ended()[0], "+1h welcome exit_condition");
    assert_eq!(trace.refused(), ["+1h welcome same_input"]);
    assert_eq!(trace.entered(), ["+0s welcome", "+2h welcome"]);
}

#[test]
fn s4_2_an_update_that_ends_with_its_run_cannot_restart_it() {
    let portfolio = "
workflow: count
title: Count
category: offers
trigger: { trait_changed: n }
steps:
  - { id: pause, wait: 1d }
  - { id: add, update: { traits: { n: { add: 1 } } } }
";
    let trace = play(portfolio, "+0m traits {\"n\": 1}");
    assert_eq!(trace.entered(), ["+0s count"]);
    assert_eq!(trace.refused(), ["+1d count same_input"]);
}

#[test]
fn s4_1_traits_trigger_by_path_and_by_value() {
    let portfolio = "
workflow: moved
title: Moved
category: offers
trigger: { trait_changed: address.city, from: Bonn, to: Berlin }
steps:
  - { id: pause, wait: 1d }
";
    let trace = play(
        portfolio,
        "+0m traits {\"address\": {\"city\": \"Bonn\"}}
        +1m traits {\"address\": {\"city\": \"Bonn\", \"zip\": 1}}
        +2m traits {\"address\": {\"city\": \"Berlin\"}}",
    );
    assert_eq!(trace.entered(), ["+2m moved"]);
}

#[test]
fn s4_1_the_api_starts_only_workflows_that_say_so() {
    let portfolio = "
workflow: by-api
title: By the API
category: offers
trigger: { api: true }
steps:
  - { id: mark, update: { traits: { plan: $trigger.plan } } }
---
workflow: by-event
title: By an event
category: offers
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 1d }
";
    let script =
        "+0m event Seen\n+1h start by-api {\"plan\": \"pro\"}\n+2h start by-event\n+3h start nothing";
    let trace = play(portfolio, script);
    assert_eq!(trace.entered(), ["+1h by-api"]);
    assert_eq!(trace.refused(), ["+2h  no_api_trigger", "+3h  no_api_trigger"]);
    trace.says(&["\"plan\" is \"pro\""]);
}

#[test]
fn s4_1_a_contact_has_a_bounded_number_of_live_runs() {
    let lines = (0..=crate::limits::RUNS_PER_CONTACT_MAX)
        .map(|cart| format!("+{cart}m event Signed Up {{\"cart\": {cart}}}"));
    let script = lines.collect::<Vec<_>>().join("\n");
    let trace = play(&welcome("key: cart"), &script);
    assert_eq!(trace.entered().len(), crate::limits::RUNS_PER_CONTACT_MAX);
    assert_eq!(trace.refused(), ["+50m welcome too_many_runs"]);
}

#[test]
fn s3_5_a_contact_that_is_first_heard_of_by_a_command_is_in_its_segments() {
    let portfolio = "
segment: unknown
title: Without an address
where: { trait: email, exists: false }
---
workflow: by-api
title: By the API
category: offers
trigger: [{ api: true }]
audience: { segment: unknown }
steps:
  - { id: pause, wait: 1d }
";
    assert_eq!(play(portfolio, "+0m start by-api").entered(), ["+0s by-api"]);
}

#[test]
fn s4_5_calls_tasks_and_entries_of_a_ghost_are_only_recorded_and_its_tasks_run_out() {
    let portfolio = "
workflow: w
title: W
trigger: { event: Go }
steps:
  - { id: pause, wait: 1h }
  - id: crm
    webhook: { url: \"https://crm.example\", save: { status: status } }
    on_error: [ { id: sorry, exit: sorry } ]
  - { id: in, enter: { workflow: other } }
  - { id: out, exit_workflow: other }
  - { id: sub, call: { workflow: other } }
  - id: ring
    task: { title: Ring, for: sales, due: 1d, escalate: { after: 2h, for: lead } }
    on_timeout: [ { id: late, exit: late } ]
---
workflow: other
title: Other
trigger: [ { event: Go }, { workflow: any } ]
steps: [ { id: rest, wait: 100d } ]
";
    let trace = play(portfolio, "+0m event Go\n+1m ghost w\nuntil 9d");
    trace.says(&[
        "+1h alarm",
        "4.5 w/crm: the contact is held out, else: crm.example is asked (POST)",
        "4.5 w/in: the contact is held out, else: the contact enters other",
        "4.5 w/out: the contact is held out, else: the contact's runs of other end",
        "4.5 w/sub: the contact is held out, else: the contact enters other, and the run waits",
        "4.5 w/ring: the contact is held out, else: a task for sales is opened",
        "+1d1h alarm",
        "5.3 w/late",
    ]);
    assert!(trace.contact.ledger.is_empty());
    assert_eq!(trace.ended(), ["+1d1h w exit_step"]);
}
