//! Tests of the whole language: other systems, people, chance, other workflows.

use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::WorkspaceId;
use wend_domain::source::SourceFile;
use wend_render::Renderer;

use super::file;
use crate::scenario::{Coverage, Outcome, Reached, coverage, run};

const LEADS: &str = "\
workflow: leads
title: Hand leads over
category: offers
trigger: [{ event: Asked }, { manual: true }]
steps:
  - id: score-lead
    webhook:
      url: https://crm.example/score
      json: { id: \"{{ contact.user_id }}\" }
      save: { grade: body.grade }
      retry_for: 1h
    on_error:
      - { id: no-score, set: { grade: unknown } }
  - id: by-grade
    branch:
      - if: { run: grade, eq: A }
        then:
          - id: call-them
            task:
              title: Call them
              for: sales
              due: 2d
              outcomes:
                won: [{ id: thank, send: { email: thanks } }]
                lost: []
            on_timeout:
              - { id: nobody-called, update: { traits: { called: false } } }
    else:
      - id: style
        split:
          experiment: leads-style
          variants:
            plain: { weight: 50, steps: [{ id: plain, send: { email: plain } }] }
            bold: { weight: 50, steps: [{ id: bold, send: { email: bold } }] }
  - { id: rest, wait: 1d }
  - { id: mark, update: { tags: { add: [handled] }, lists: { add: [leads] } } }
";

const SALE: &str = "\
workflow: sale
title: Tell of sales
category: offers
holdout: { percent: 1 }
entry_cap: { max: 100, per: 1d, then: drop }
trigger:
  - page: /sale/**
  - business: Price Dropped
    match: { event: Product Viewed, property: sku }
  - schedule: FREQ=WEEKLY;BYDAY=MO
    at: 09:00
  - { event: Product Viewed, where: { wanted: true } }
reentry: always
steps:
  - { id: tell, send: { email: plain } }
";

fn files() -> Vec<SourceFile> {
    let template = |name: &str| {
        file(
            &format!("templates/{name}.yaml"),
            &format!("template: {name}\nchannel: email\nsubject: Hi\ntext: This is {name}\n"),
        )
    };
    let mut files = vec![file("workflows/leads.yaml", LEADS), file("workflows/sale.yaml", SALE)];
    files.extend(["thanks", "plain", "bold"].map(template));
    files
}

/// What comes of a test of what follows its beginning, and what of the workflow it reaches.
fn play(rest: &str) -> (Outcome, Coverage) {
    let files = files();
    let portfolio = Portfolio { files: files.clone(), ..Portfolio::default() };
    let compiled = compile(&WorkspaceId::from("lab"), 1, &portfolio);
    let catalog = compiled.catalog.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let text = format!("test: it does what it should\nat: 2026-03-02T12:00Z\n{rest}");
    let outcome = run(&catalog, &Renderer::new(&catalog), &file("tests/it.test.yaml", &text));
    let mut reached = Reached::default();
    reached.add(&outcome.reached);
    let coverage = coverage(&catalog, &files, &reached);
    (outcome, coverage)
}

#[track_caller]
fn passes(rest: &str) -> Vec<String> {
    let (outcome, coverage) = play(rest);
    assert!(outcome.has_passed(), "{outcome}");
    coverage.workflows[0].missed.iter().map(|missed| format!("{} {}", missed.line, missed.what)).collect()
}

#[test]
fn an_answer_that_the_test_gives_decides_and_a_task_is_done() {
    let missed = passes(
        "contact: { traits: { email: ann@b.example } }
when:
  - { at: +0m, answer: score-lead, body: { grade: A } }
  - { at: +0m, event: Asked }
  - { at: +3h, task: call-them, outcome: won, note: they liked it }
expect:
  - { called: score-lead, at: +0m }
  - { task: call-them, for: sales, at: +0m }
  - { variable: grade, workflow: leads, eq: A }
  - { sent: thanks, at: +3h }
  - { tag: handled }
  - { list: leads }
  - { run: leads, ended: completed }
",
    );
    assert_eq!(
        missed,
        [
            "12 call score-lead never failed",
            "13 step no-score was never taken",
            "25 task call-them never came out as lost",
            "26 call-them never timed out",
            "27 step nobody-called was never taken",
            "28 in by-grade, one of the conditions always held, so never else",
            "29 step style was never taken",
            "33 step plain was never taken",
            "34 step bold was never taken",
        ]
    );
}

#[test]
fn a_task_that_nobody_does_is_overdue() {
    passes(
        "contact: { traits: { email: ann@b.example } }
when:
  - { at: +0m, answer: score-lead, body: { grade: A } }
  - { at: +0m, start: leads }
expect:
  - { trait: called, eq: false }
  - { messages: none }
  - { run: leads, ended: completed }
",
    );
}

#[test]
fn a_call_that_fails_for_long_enough_takes_the_way_of_errors() {
    let missed = passes(
        "contact: { traits: { email: ann@b.example }, variants: { leads-style: bold } }
when:
  - { at: +0m, answer: score-lead, status: 503 }
  - { at: +0m, event: Asked }
expect:
  - { variable: grade, eq: unknown }
  - { messages: [bold] }
  - { run: leads, variant: { leads-style: bold } }
",
    );
    assert!(!missed.iter().any(|missed| missed.contains("never failed")), "{missed:?}");
    assert!(missed.contains(&"33 variant plain of style was never taken".to_owned()), "{missed:?}");
}

#[test]
fn calls_are_answered_well_unless_the_test_says_otherwise() {
    passes(
        "contact: { traits: { email: ann@b.example }, variants: { leads-style: plain } }
when:
  - { at: +0m, event: Asked }
expect:
  - { variable: grade, exists: false }
  - { messages: [plain] }
",
    );
}

#[test]
fn people_hold_move_skip_and_end_runs() {
    passes(
        "contact: { traits: { email: ann@b.example }, variants: { leads-style: plain } }
when:
  - { at: +0m, event: Asked }
  - { at: +1h, pause: leads }
  - { at: +2d, resume: leads }
  - { at: +3d, event: Asked }
  - { at: +3d1h, skip: leads }
  - { at: +4d, event: Asked }
  - { at: +4d1h, move: leads, to: mark }
  - { at: +5d, event: Asked }
  - { at: +5d1h, end: leads }
expect:
  - { messages: [plain, plain, plain, plain] }
  - { run: leads, ended: completed }
  - { run: leads, ended: removed_by_hand }
",
    );
}

#[test]
fn pages_set_times_business_events_and_backfills_let_the_contact_in() {
    passes(
        "contact: { traits: { email: ann@b.example } }
when:
  - { at: +0m, business: Price Dropped, with: { sku: s1 } }
  - { at: +1m, page: \"https://shop.example/sale/shoes\" }
  - { at: +2m, page: \"https://shop.example/other\" }
  - { at: +3m, event: Product Viewed, with: { sku: s1, wanted: false } }
  - { at: +1h, business: Price Dropped, with: { sku: s2 } }
  - { at: +2h, business: Price Dropped, with: { sku: s1 } }
  - { at: 2026-03-09T09:00Z, schedule: sale }
until: +8d
expect:
  - { sent: plain, at: +1m }
  - { sent: plain, at: +2h }
  - { sent: plain, at: 2026-03-09T09:00Z }
  - { messages: [plain, plain, plain] }
",
    );
    passes(
        "contact: { traits: { email: ann@b.example } }
when:
  - { at: +0m, event: Product Viewed, with: { wanted: true }, occurred: -2d }
  - { at: +1h, backfill: sale, within: 1d }
  - { at: +2h, backfill: sale, within: 7d }
until: +3h
expect:
  - { sent: plain, at: +2h }
  - { messages: [plain] }
",
    );
}

#[test]
fn an_entry_cap_has_room_unless_the_test_says_otherwise() {
    passes(
        "contact: { traits: { email: ann@b.example } }
when:
  - { at: +0m, grant: sale, refused: true }
  - { at: +1m, page: \"https://shop.example/sale/a\" }
  - { at: +1h, grant: sale }
  - { at: +1h, page: \"https://shop.example/sale/b\" }
until: +2h
expect:
  - { sent: plain, at: +1h }
  - { messages: [plain] }
",
    );
}

#[test]
fn nobody_is_held_out_but_who_the_test_says() {
    passes(
        "contact: { traits: { email: ann@b.example }, held_out: sale }
when:
  - { at: +0m, page: \"https://shop.example/sale/a\" }
until: +1h
expect:
  - { ghost: plain, at: +0m }
  - { messages: none }
",
    );
    let (outcome, _) = play(
        "contact: { held_out: [leads] }
when: []
expect:
  - { messages: none }
",
    );
    assert!(outcome.to_string().contains("nobody can be held out of leads"), "{outcome}");
}

#[test]
fn a_task_that_is_not_open_is_told() {
    let (outcome, _) =
        play("when:\n  - { at: +0m, task: call-them, outcome: won }\nexpect:\n  - { messages: none }\n");
    assert!(outcome.to_string().contains("no task of the step call-them is open then"), "{outcome}");
}

#[test]
fn a_failure_tells_of_calls_tasks_and_variants_what_was_there_instead() {
    let (outcome, _) = play(
        "contact: { traits: { email: ann@b.example }, variants: { leads-style: plain } }
when:
  - { at: +0m, answer: score-lead, status: 404, body: { error: nobody } }
  - { at: +0m, event: Asked }
  - { at: +2d, answer: score-lead, body: { grade: A } }
  - { at: +2d, event: Asked }
expect:
  - { called: score-lead, at: +1h }
  - { task: call-them, for: support }
  - { run: leads, variant: { leads-style: bold } }
  - { variable: grade, eq: B }
  - { not_entered: leads }
  - { tag: handled, not: true }
  - { ghost: plain }
",
    );
    insta::assert_snapshot!(outcome);
}
