//! People in the loop: tasks.

use super::play::{Trace, play};
use crate::effect::{Effect, TaskState};

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

const RING: &str = "
workflow: w
title: W
trigger: { event: Go }
exit_when: [ { event: Stop } ]
steps:
  - id: ring
    task:
      title: \"Call {{ contact.name }}\"
      for: sales
      note: Be kind.
      due: 2d
      escalate: { after: 1d, for: lead }
      outcomes:
        won: [ { id: yes, exit: won } ]
        lost: [ { id: no, exit: lost } ]
    on_timeout: [ { id: late, exit: overdue } ]
";

fn ring(script: &str) -> Trace {
    play(RING, &format!("{ANN}{script}\nuntil 40d"))
}

/// The states of the task in the order in which lists show them: when, who, how.
fn shown(trace: &Trace) -> Vec<String> {
    let effects =
        trace.inputs.iter().flat_map(|played| played.effects.iter().map(|effect| (played.at, effect)));
    let tasks = effects.filter_map(|(at, effect)| match effect {
        Effect::Task(task) => Some((at, task)),
        _ => None,
    });
    tasks
        .map(|(at, task)| {
            let state = match &task.state {
                TaskState::Open => "open".to_owned(),
                TaskState::Done { outcome, note, by } => {
                    format!("{outcome} by {by} {}", note.as_deref().unwrap_or("-"))
                }
                TaskState::Overdue => "overdue".to_owned(),
                TaskState::Cancelled => "cancelled".to_owned(),
            };
            let escalated = if task.escalated { " escalated" } else { "" };
            let due = trace.since_start(task.due_at);
            format!("{} {} due {due} {state}{escalated}", trace.since_start(at), task.assignee)
        })
        .collect()
}

#[test]
fn s11_2_a_run_rests_until_a_person_has_done_its_task_and_goes_the_way_of_the_outcome() {
    let trace = ring("+0m event Go\n+3h done ring won {\"note\": \"on board\"}");
    assert_eq!(shown(&trace), ["+0s sales due +2d open", "+3h sales due +2d won by ann on board"]);
    trace.says(&["11.2 w/ring: a task for sales was opened", "11.2 w/ring: ann did the task: \"won\""]);
    assert_eq!(trace.ended(), ["+3h w exit_step"]);
    trace.says(&["5.3 w/yes"]);
}

#[test]
fn s11_2_a_task_that_nobody_does_goes_to_somebody_else_and_is_overdue_in_the_end() {
    let trace = ring("+0m event Go");
    assert_eq!(
        shown(&trace),
        ["+0s sales due +2d open", "+1d lead due +2d open escalated", "+2d lead due +2d overdue escalated"]
    );
    assert_eq!(trace.ended(), ["+2d w exit_step"]);
    trace.says(&["5.3 w/late"]);
    let trace = ring("down +1h +5d\n+0m event Go");
    assert_eq!(
        shown(&trace),
        ["+0s sales due +2d open", "+5d lead due +2d open escalated", "+5d lead due +2d overdue escalated"],
        "late alarms give what alarms on time would have given, later"
    );
}

#[test]
fn s11_2_only_an_open_task_is_completed_and_only_by_one_of_its_outcomes() {
    let trace = ring("+0m event Go\n+1h done ring maybe\n+2h done ring lost\n+3h done ring won");
    trace.says(&[
        "Nothing was done: a task of this step comes out as `won` or `lost`, not as `maybe`",
        "ann did the task: \"lost\"",
        "Nothing was done: the task is not open any more: it is done",
    ]);
    assert_eq!(trace.ended(), ["+2h w exit_step"]);
    let trace = ring("+0m event Go\n+3d done ring won");
    trace.says(&["Nothing was done: the task is not open any more: it is overdue"]);
}

#[test]
fn s11_2_a_run_that_leaves_takes_its_task_back() {
    let trace = ring("+0m event Go\n+1h event Stop\n+2h done ring won");
    assert_eq!(shown(&trace), ["+0s sales due +2d open", "+1h sales due +2d cancelled"]);
    trace
        .says(&["5.1 w/ring: the message was taken back", "Nothing was done: the task is not open any more"]);
    assert_eq!(trace.ended(), ["+1h w exit_condition"]);
}

#[test]
fn s11_2_a_task_without_outcomes_is_done() {
    let portfolio = "
workflow: w
title: W
trigger: { event: Go }
steps:
  - { id: look, task: { title: Look, for: ops, due: 1d } }
  - { id: after, exit: after }
";
    let trace = play(portfolio, &format!("{ANN}+0m event Go\n+1h done look done"));
    assert_eq!(trace.ended(), ["+1h w exit_step"]);
    let trace = play(portfolio, &format!("{ANN}+0m event Go"));
    assert_eq!(trace.ended(), ["+1d w exit_step"]);
}

#[test]
fn s11_2_a_task_that_cannot_be_rendered_is_never_opened() {
    let trace = play(&RING.replace("id: ring", "id: broken"), &format!("{ANN}+0m event Go"));
    assert!(shown(&trace).is_empty());
    trace.says(&["the template could not be rendered", "5.3 w/late"]);
}
