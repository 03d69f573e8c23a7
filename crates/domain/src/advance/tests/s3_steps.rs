//! What steps do with a run and its contact: variables, repetitions, lists, tags, notes, exits (SEMANTICS 3.9, 3.14).

use super::play::{catalogs, play};

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\", \"orders\": 4}\n";

/// A workflow of these steps that an event `Go` begins.
fn steps(steps: &str) -> String {
    format!("workflow: w\ncategory: offers\ntrigger: {{ event: Go }}\nreentry: always\nsteps:\n{steps}\n")
}

#[test]
fn variables_are_set_added_to_and_removed_and_each_change_sees_those_before_it() {
    let text = steps(
        "  - set: { score: 3, of: $trigger.cart, orders: $contact.orders, deep.er: [1, 2] }
  - set: { score: { add: 2 }, twice: $run.score, fresh: { add: 1.5 }, orders: { remove: true } }
  - set: { score: { add: $run.twice }, deep.er: { remove: true }, none: $trigger.nothing }
  - { id: rest, wait: 1d }",
    );
    let trace = play(&text, &format!("{ANN}+0m event Go {{\"cart\": \"c1\"}}\nuntil +1h\n"));
    let variables = serde_json::to_string(&trace.contact.runs[0].variables).unwrap();
    assert_eq!(variables, r#"{"deep":{},"fresh":1.5,"of":"c1","score":10,"twice":5}"#);
    trace.says(&["the variable score is 3", "the variable score is 5", "the variable score is 10"]);
}

#[test]
fn conditions_and_operands_ask_variables_and_templates_read_them() {
    let text = steps(
        "  - set: { grade: a, n: 3 }
  - id: which
    branch:
      - if: { all: [ { run: grade, eq: a }, { run: n, gte: 3 }, { trait: orders, gt: $run.n } ] }
        then: [ { id: yes, send: { email: good } } ]
    else: [ { id: no, send: { email: bad } } ]
  - { id: tell, emit: { event: Graded, with: { grade: $run.grade } } }
  - { id: keep, update: { traits: { last_grade: $run.grade } } }",
    );
    let trace = play(&text, &format!("{ANN}+0m event Go\n"));
    assert_eq!(trace.sent(), ["+0s good"]);
    assert_eq!(trace.contact.traits["last_grade"], "a");
    assert!(trace.text().contains("Graded"));
}

#[test]
fn variables_that_grow_too_large_stay_as_they_were() {
    let text = steps("  - set: { small: 1, large: $trigger.text }\n  - { id: rest, wait: 1d }");
    let script = format!("{ANN}+0m event Go {{\"text\": \"{}\"}}\nuntil +1h\n", "x".repeat(9_000));
    let trace = play(&text, &script);
    trace.says(&["nothing was done: the run's variables would take more than 8192 bytes with `large`"]);
    assert_eq!(serde_json::to_string(&trace.contact.runs[0].variables).unwrap(), r#"{"small":1}"#);
}

#[test]
fn a_repetition_goes_through_its_steps_a_bounded_number_of_times() {
    let text = steps(
        "  - id: remind
    repeat:
      times: 3
      until: { event: Paid, count: { gte: 1 } }
      steps:
        - { id: ask, send: { email: ask } }
        - { id: rest, wait: 1d }
  - { id: end, send: { email: end } }",
    );
    let all = play(&text, &format!("{ANN}+0m event Go\n"));
    assert_eq!(all.sent(), ["+0s ask", "+1d ask", "+2d ask", "+3d end"]);
    all.says(&[
        "round 1 of at most 3 begins",
        "round 3 of at most 3",
        "the repetition is done after 3 rounds",
    ]);
    let paid = play(&text, &format!("{ANN}+0m event Go\n+30h event Paid\n"));
    assert_eq!(paid.sent(), ["+0s ask", "+1d ask", "+2d end"], "`until` is asked before each round");
    let before = play(&text, &format!("{ANN}+0m event Paid\n+0m event Go\n"));
    assert_eq!(before.sent(), ["+0s end"], "also before the first");
}

#[test]
fn a_repetition_inside_another_begins_anew_in_each_round() {
    let text = steps(
        "  - id: outer
    repeat:
      times: 2
      steps:
        - id: inner
          repeat:
            times: 2
            steps:
              - { id: count, set: { n: { add: 1 } } }
              - { id: r, wait: 1h }
  - { id: keep, update: { traits: { n: $run.n } } }",
    );
    let trace = play(&text, &format!("{ANN}+0m event Go\n"));
    assert_eq!(trace.contact.traits["n"], 4);
    assert_eq!(trace.ended(), ["+4h w completed"]);
}

#[test]
fn a_jump_out_of_a_round_keeps_its_count_so_that_nothing_is_endless() {
    let text = steps(
        "  - id: rounds
    repeat:
      times: 3
      steps:
        - { set: { n: { add: 1 } } }
        - { goto: outside }
  - { id: keep, update: { traits: { n: $run.n } } }
  - { exit: done }
  - { id: outside, note: somewhere else }
  - { goto: rounds }",
    );
    let trace = play(&text, &format!("{ANN}+0m event Go\n"));
    assert_eq!(trace.contact.traits["n"], 3);
    assert_eq!(trace.ended(), ["+0s w exit_step"]);
}

#[test]
fn lists_and_tags_change_at_once_and_segments_follow() {
    let text = [
        steps(
            "  - { id: in, update: { lists: { add: [vip, pilots] }, tags: { add: beta, remove: old } } }
  - { id: rest, wait: 1d }
  - { id: out, update: { lists: { remove: vip }, tags: { remove: [beta] } } }",
        ),
        "segment: chosen\nwhere: { all: [ { list: vip }, { tag: beta } ] }\n".to_owned(),
        "workflow: x\ncategory: offers\ntrigger: [ { segment_entered: chosen }, { segment_left: chosen } ]\nreentry: always\nsteps:\n  - { id: hi, send: { email: hello } }\n".to_owned(),
    ]
    .join("---\n");
    let trace = play(&text, &format!("{ANN}+0m event Go\n"));
    trace.says(&[
        "the contact was put on the list vip",
        "the contact got the tag \"beta\"",
        "The contact entered the segment chosen",
        "the contact was taken off the list vip",
        "The contact left the segment chosen",
    ]);
    assert_eq!(trace.entered(), ["+0s w", "+0s x", "+1d x"]);
    trace.never_says("old");
    assert_eq!(trace.contact.lists.keys().map(ToString::to_string).collect::<Vec<_>>(), ["pilots"]);
    assert!(trace.contact.tags.is_empty());
}

#[test]
fn a_note_does_nothing_and_an_exit_may_say_why() {
    let text = steps("  - { note: this is for you }\n  - exit: { reason: not for us, result: { n: 1 } }");
    let trace = play(&text, "+0m event Go\n");
    trace.says(&["the run ended: it came to an exit (not for us)"]);
}

#[test]
fn a_random_share_is_named_by_where_it_stands() {
    use crate::id::WorkflowName;
    use crate::predicate::Predicate;
    use crate::workflow::Action;
    let text = steps(
        "  - id: b
    branch:
      - { if: { share: 12.5 }, then: [ { id: r, wait: 1d } ] }
      - { if: { share: 1, of: pilots } }",
    );
    let catalog = &catalogs(&format!("{text}---\nsegment: some\nwhere: {{ share: 50 }}\n"))[0];
    let workflow = catalog.current(&WorkflowName::from("w")).unwrap();
    let Action::Branch { arms, .. } = &workflow.steps[0].action else { panic!("a branch") };
    let share = |of_10_000: u32, name: &str| Predicate::Share { of_10_000, name: name.to_owned() };
    assert_eq!(arms[0].0, share(1_250, "w/b"));
    assert_eq!(arms[1].0, share(100, "pilots"));
    let segment = catalog.segments.values().next().unwrap();
    assert_eq!(segment.rule, share(5_000, "segment:some"));
}

#[test]
fn s5_1_an_exit_condition_that_asks_a_variable_interrupts_as_it_is_set() {
    let text = steps(
        "  - id: rounds
    repeat:
      times: 5
      steps:
        - { set: { n: { add: 1 } } }
        - { id: ask, send: { email: ask } }
        - { id: rest, wait: 1h }",
    )
    .replace(
        "steps:\n  - id: rounds",
        "exit_when: [ { if: { run: n, gte: $contact.orders } } ]\nsteps:\n  - id: rounds",
    );
    let trace = play(&text, &format!("{ANN}+0m event Go\n"));
    assert_eq!(trace.sent(), ["+0s ask", "+1h ask", "+2h ask"], "the fourth round doesn't ask");
    assert_eq!(trace.ended(), ["+3h w exit_condition"]);
}

#[test]
fn lists_and_tags_are_bounded() {
    let names = |letter: &str| (0..201).map(|n| format!("{letter}{n}")).collect::<Vec<_>>().join(", ");
    let text = steps(&format!(
        "  - {{ id: all, update: {{ lists: {{ add: [{}] }}, tags: {{ add: [{}] }} }} }}",
        names("l"),
        names("t")
    ));
    let trace = play(&text, "+0m event Go\n");
    assert_eq!((trace.contact.lists.len(), trace.contact.tags.len()), (200, 200));
    trace.says(&[
        "nothing was done: the contact is on 200 lists already, so not on l200",
        "nothing was done: the contact has 200 tags already, so it did not get t200",
    ]);
}
