//! Other workflows: entering them, ending them, waiting for them.

use serde_json::{Value, json};

use super::play::{Trace, play};

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\", \"plan\": \"pro\"}\n";

const CHILD: &str = "
---
workflow: child
title: Child
trigger: [ { workflow: parent } ]
audience: { trait: plan, eq: pro }
exit_when: [ { event: Stop } ]
steps:
  - { id: grade, set: { grade: $trigger.total } }
  - { id: pause, wait: 1d }
  - { id: end, exit: { reason: graded, result: { grade: $run.grade, plan: $contact.plan } } }
";

const PARENT: &str = "
workflow: parent
title: Parent
trigger: { event: Go }
exit_when: [ { event: Leave } ]
steps:
  - id: sub
    call: { workflow: child, with: { total: $trigger.total }, save: result }
    timeout: 7d
    on_timeout: [ { id: late, set: { late: true } } ]
  - { id: after, wait: 100d }
";

fn called(script: &str) -> Trace {
    play(&format!("{PARENT}{CHILD}"), &format!("{ANN}{script}\nuntil 20d"))
}

fn variables(trace: &Trace, workflow: &str) -> Value {
    let run = trace.contact.runs.iter().find(|run| run.workflow.as_str() == workflow);
    Value::Object(run.expect("a live run").variables.clone())
}

#[test]
fn s5_4_a_run_waits_for_the_end_of_a_run_of_another_workflow_and_gets_its_result() {
    let trace = called("+0m event Go {\"total\": 3}");
    trace.says(&[
        "4.1 parent: the contact entered",
        "4.1 child (hop 1): the contact entered by workflow parent",
        "5.4 parent/sub: the run waits for the end of the workflow child, until +7d at most",
        "+1d alarm",
        "5.3 child/end: the run ended",
        "5.4 parent/sub: the workflow child that the run waited for has ended: exit step",
        "2.4 parent/after",
    ]);
    let result = json!({ "ended": "exit_step", "grade": 3, "plan": "pro" });
    assert_eq!(variables(&trace, "parent"), json!({ "result": result }));
}

#[test]
fn s5_4_however_the_other_run_ends_the_one_that_waits_goes_on() {
    for (script, ended) in [
        ("+0m event Go\n+1h event Stop", "exit_condition"),
        ("+0m event Go\n+1h end child", "removed_by_hand"),
    ] {
        let trace = called(script);
        assert_eq!(variables(&trace, "parent"), json!({ "result": { "ended": ended } }), "{script}");
        trace.says(&["+1h", "5.4 parent/sub", "2.4 parent/after"]);
    }
}

#[test]
fn s5_4_after_its_time_out_the_one_that_waits_goes_on_and_the_other_run_too() {
    let slow = CHILD.replace("wait: 1d", "wait: 9d");
    let trace = play(&format!("{PARENT}{slow}"), &format!("{ANN}+0m event Go\nuntil 20d"));
    trace.says(&[
        "+7d alarm",
        "5.4 parent/sub: nothing came before the time-out",
        "+9d alarm",
        "5.3 child/end",
    ]);
    assert_eq!(variables(&trace, "parent"), json!({ "late": true }));
    trace.never_says("that the run waited for has ended");
}

#[test]
fn s5_4_a_contact_that_is_not_let_in_is_a_result_too() {
    let trace = called("+0m traits {\"plan\": \"free\"}\n+0m event Go");
    let result = json!({ "ended": "refused", "reason": "audience" });
    assert_eq!(variables(&trace, "parent"), json!({ "result": result }));
    assert_eq!(trace.refused(), ["+0s child audience"]);
}

#[test]
fn s5_4_when_the_one_that_waits_leaves_the_other_run_goes_on() {
    let trace = called("+0m event Go\n+1h event Leave");
    assert_eq!(trace.ended(), ["+1h parent exit_condition", "+1d child exit_step"]);
}

#[test]
fn s5_4_a_workflow_without_steps_is_over_at_once() {
    let empty = "
---
workflow: child
title: Child
trigger: [ { workflow: any } ]
steps: []
";
    let trace = play(&format!("{PARENT}{empty}"), &format!("{ANN}+0m event Go\nuntil 1d"));
    assert_eq!(variables(&trace, "parent"), json!({ "result": { "ended": "completed" } }));
}

const ENTERING: &str = "
workflow: parent
title: Parent
trigger: { event: Go }
steps:
  - { id: first, enter: { workflow: child, with: { total: $trigger.total }, replace: REPLACE } }
  - { id: after, wait: 100d }
";

#[test]
fn s4_6_a_step_lets_the_contact_into_a_workflow_that_allows_it_and_goes_on() {
    let portfolio = format!("{}{CHILD}", ENTERING.replace("REPLACE", "false"));
    let trace = play(&portfolio, &format!("{ANN}+0m event Go {{\"total\": 5}}\nuntil 12h"));
    assert_eq!(trace.entered(), ["+0s parent", "+0s child"]);
    assert_eq!(variables(&trace, "child"), json!({ "grade": 5 }));
    trace.says(&["2.4 parent/after"]);
}

#[test]
fn s4_6_who_is_inside_already_stays_unless_the_step_replaces_the_run() {
    let again = ENTERING.replace("title: Parent", "title: Parent\nkey: id");
    let script = format!("{ANN}+0m event Go {{\"id\": \"a\"}}\n+1h event Go {{\"id\": \"b\"}}\nuntil 12h");
    let trace = play(&format!("{}{CHILD}", again.replace("REPLACE", "false")), &script);
    assert_eq!(trace.refused(), ["+1h child already_inside"]);
    let trace = play(&format!("{}{CHILD}", again.replace("REPLACE", "true")), &script);
    assert_eq!(trace.ended(), ["+1h child replaced"]);
    assert_eq!(trace.entered().len(), 4);
}

#[test]
fn s5_4_a_step_ends_the_live_runs_of_another_workflow() {
    let portfolio = "
workflow: stopper
title: Stopper
trigger: { event: Halt }
steps: [ { id: out, exit_workflow: welcome }, { id: after, wait: 100d } ]
---
workflow: welcome
title: Welcome
key: n
trigger: { event: Go }
steps: [ { id: pause, wait: 100d } ]
";
    let script = "+0m event Go {\"n\": 1}\n+0m event Go {\"n\": 2}\n+1h event Halt\nuntil 1d";
    let trace = play(portfolio, &format!("{ANN}{script}"));
    assert_eq!(trace.ended(), ["+1h welcome replaced", "+1h welcome replaced"]);
    trace.says(&["5.4 welcome/pause: the run ended", "step stopper/out"]);
}

#[test]
fn s3_14_workflows_that_enter_one_another_end_at_the_bound_of_hops() {
    let portfolio = "
workflow: ping
title: Ping
trigger: [ { event: Go }, { workflow: pong } ]
reentry: always
steps: [ { id: a, enter: { workflow: pong } } ]
---
workflow: pong
title: Pong
trigger: [ { workflow: ping } ]
reentry: always
steps: [ { id: b, enter: { workflow: ping } } ]
";
    let trace = play(portfolio, &format!("{ANN}+0m event Go\nuntil 1d"));
    assert!(trace.entered().len() <= 17, "{}", trace.text());
    assert!(trace.contact.runs.is_empty());
}

#[test]
fn s3_14_the_bound_of_hops_is_said_where_keys_keep_runs_apart() {
    let portfolio = "
workflow: ping
title: Ping
trigger: [ { event: Go }, { workflow: any } ]
key: n
reentry: always
steps:
  - { id: more, set: { n: $trigger.n } }
  - { id: next, set: { n: { add: 1 } } }
  - { id: a, enter: { workflow: pong, with: { n: $run.n } } }
---
workflow: pong
title: Pong
trigger: [ { workflow: any } ]
key: n
reentry: always
steps: [ { id: b, call: { workflow: ping, with: { n: $trigger.n } } } ]
";
    let trace = play(portfolio, &format!("{ANN}+0m event Go {{\"n\": 0}}\nuntil 1d"));
    assert_eq!(trace.entered().len(), 17);
    trace.says(&["(hop 16): A chain of inputs that cause one another was cut"]);
    assert!(trace.contact.runs.is_empty(), "every run that waited went on");
}
