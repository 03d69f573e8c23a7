use super::format;
use crate::source::SourceFile;

fn formatted(text: &str) -> String {
    let file = SourceFile { path: "workflows/a.yaml".into(), text: text.into() };
    let once = format(&file).expect("it is YAML");
    let again = format(&SourceFile { text: once.clone(), ..file }).expect("it is YAML");
    assert_eq!(again, once, "formatting twice is formatting once");
    once
}

#[test]
fn layout_becomes_even_and_comments_stay_with_what_they_explain() {
    let text = "\n\n# The first line.\n\ntitle:   A  # what people read\nworkflow: 'a'\n\n\n# Below: how to enter.\ntrigger:\n- event:    X   # this\n  where: {b: 1,a: [1,2]}\n# and that\n- api: true\n    # deep tail\n# before the steps\nsteps:\n\n    # first\n    - wait: 20m\n\n    - {send: {expires: 6h, email: hello}}\n    - # odd\n      id: x\n      note: |\n           two\n             lines\n\n           here\n\n      exit: >-\n         folded\n         text\n    - if: a\n      note: \"multi\n        line\"\n# the end\n";
    insta::assert_snapshot!(formatted(text), @r#"
    # The first line.

    workflow: 'a'
    title: A  # what people read

    # Below: how to enter.
    trigger:
      - event: X   # this
        where: { b: 1, a: [1, 2] }
      # and that
      - api: true
        # deep tail
    # before the steps
    steps:
      # first
      - id: wait-20m
        wait: 20m

      - { id: hello, send: { email: hello, expires: 6h } }
      # odd
      - id: x
        note: |
          two
            lines

          here

        exit: >-
          folded
          text
      - if: a
        note: "multi
          line"
    # the end
    "#);
}

#[test]
fn text_that_cannot_be_read_is_not_touched() {
    let file = SourceFile { path: "workflows/a.yaml".into(), text: "a: [".into() };
    assert!(format(&file).unwrap_err()[0].to_string().contains("E0101"));
}

#[test]
fn files_that_are_no_part_of_a_portfolio_are_given_back() {
    let file = SourceFile { path: ".github/ci.yaml".into(), text: "a:   1".into() };
    assert_eq!(format(&file).unwrap(), "a:   1");
}

#[test]
fn missing_ids_are_readable_and_unique() {
    let text = "workflow: a\nsteps:\n  - wait: 20m\n  - { wait: 20m }\n  - send: { push: hello, expires: 6h }\n  - wait_for: [ { event: Order Completed } ]\n  - branch:\n      - if: { not: { segment: a } }\n        then: [\n          {wait: { until: \"10:00\" }},\n          { id: hello, exit: true }, # c\n        ]\n      - if: { trait: plan, eq: pro }\n  # here\n  - wait: { date: birthday }\n  - goto: hello\n";
    insta::assert_snapshot!(formatted(text), @r#"
    workflow: a
    steps:
      - id: wait-20m
        wait: 20m
      - { id: wait-20m-2, wait: 20m }
      - id: hello-2
        send: { push: hello, expires: 6h }
      - id: wait-for-order-completed
        wait_for: [{ event: Order Completed }]
      - id: branch
        branch:
          - if: { not: { segment: a } }
            then: [
              { id: wait-until-10-00, wait: { until: "10:00" }},
              { id: hello, exit: true }, # c
            ]
          - if: { trait: plan, eq: pro }
      # here
      - id: wait-birthday
        wait: { date: birthday }
      - goto: hello
    "#);
}

#[test]
fn windows_line_ends_and_marks_become_plain() {
    assert_eq!(formatted("\u{feff}workflow: a\r\ntitle: b"), "workflow: a\ntitle: b\n");
}

#[test]
fn text_blocks_that_keep_their_end_keep_it() {
    let text = "workflow: a\nnote: |+\n    x\n\n\ntitle: b\nowner: |+\n  y\n\n";
    assert_eq!(formatted(text), "workflow: a\nnote: |+\n  x\n\n\ntitle: b\nowner: |+\n  y\n\n");
}

#[test]
fn steps_inside_of_splits_rounds_tasks_and_ways_get_ids_too() {
    let text = "workflow: a
steps:
  - split: { variants: { x: { weight: 1, steps: [ { wait: { window: { from: \"09:00\" } } } ] }, y: { steps: [], weight: 1 } } }
  - repeat:
      steps:
        - wait_for: { reply: any }
          on_timeout: [ { wait: { best_time: {} } } ]
          timeout: 2d
      times: 3
  - on_timeout: [ { wait: 2h } ]
    task: { title: \"Call {{ contact.name }}\", for: sales, due: 2d, outcomes: { won: [ { wait: 1h } ] } }
  - on_error: [ { split: { experiment: coupon, variants: {} } } ]
    webhook: { url: x }
  - call: { workflow: score }
  - note: only a note
";
    insta::assert_snapshot!(formatted(text), @r#"
    workflow: a
    steps:
      - id: split
        split: { variants: { x: { weight: 1, steps: [{ id: wait-window, wait: { window: { from: "09:00" } } }] }, y: { weight: 1, steps: [] } } }
      - id: repeat
        repeat:
          times: 3
          steps:
            - id: wait-for-reply
              wait_for: { reply: any }
              timeout: 2d
              on_timeout: [{ id: wait-best-time, wait: { best_time: {} } }]
      - id: call
        task: { title: "Call {{ contact.name }}", for: sales, due: 2d, outcomes: { won: [{ id: wait-1h, wait: 1h }] } }
        on_timeout: [{ id: wait-2h, wait: 2h }]
      - id: webhook
        webhook: { url: x }
        on_error: [{ id: coupon, split: { experiment: coupon, variants: {} } }]
      - id: call-score
        call: { workflow: score }
      - note: only a note
    "#);
}
