//! Test files that pass, that fail, and that make no sense.

mod language;

use wend_domain::catalog::Catalog;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::WorkspaceId;
use wend_domain::source::SourceFile;
use wend_render::Renderer;

use super::{Outcome, Verdict, run};

const WORKFLOW: &str = "\
workflow: welcome
title: Welcome
category: offers
trigger: [{ event: Signed Up }, { api: true }]
audience: { not: { segment: staff } }
goals:
  - { event: Ordered, within: 7d, value: total }
steps:
  - { id: hello, send: { email: hello } }
  - id: opened
    wait_for:
      - if: { message: hello, is: opened }
        then:
          - { id: thanks, send: { email: thanks } }
    timeout: 2d
  - { id: pause, wait: 1d }
  - { id: mark, update: { traits: { greeted: true } } }
  - { id: bye, send: { email: hello } }
";

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

fn catalog() -> Catalog {
    let template = |name: &str| {
        format!(
            "template: {name}\nchannel: email\nsubject: Hi {{{{ contact.name }}}}\ntext: This is {name}\n"
        )
    };
    let files = vec![
        file("workflows/welcome.yaml", WORKFLOW),
        file(
            "segments/staff.yaml",
            "segment: staff\nwhere: { trait: email, ends_with: \"@shop.example\" }\n",
        ),
        file("templates/hello.yaml", &template("hello")),
        file("templates/thanks.yaml", &template("thanks")),
        file("policies.yaml", "repeats: { channels: [email], per: 14d }\n"),
    ];
    let compiled = compile(&WorkspaceId::from("lab"), 1, &Portfolio { files, ..Portfolio::default() });
    compiled.catalog.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

fn outcome(rest: &str) -> Outcome {
    let catalog = catalog();
    let text = format!("test: it does what it should\nat: 2026-03-02T12:00Z\n{rest}");
    run(&catalog, &Renderer::new(&catalog), &file("tests/it.test.yaml", &text))
}

#[track_caller]
fn passes(rest: &str) {
    let outcome = outcome(rest);
    assert!(outcome.has_passed(), "{outcome}");
}

#[test]
fn a_test_passes_if_all_is_as_expected() {
    passes(
        "contact: { traits: { email: ann@b.example } }
when:
  - { at: +0m, event: Signed Up }
  - { at: +1d, message: hello, is: opened }
  - { at: +2d, event: Ordered, with: { total: 12.5 } }
expect:
  - { sent: hello, at: 2026-03-02T12:00Z }
  - { sent: thanks, at: +1d, after: +1d, before: 2026-03-03T12:01Z }
  - { messages: [hello, thanks] }
  - { blocked: hello, rule: \"7.4\" }
  - { run: welcome, ended: completed, value: 12.5 }
  - { run: welcome, ended: true }
  - { trait: greeted, eq: true }
  - { trait: plan, exists: false }
",
    );
}

#[test]
fn a_contact_is_in_its_segments_from_the_beginning_and_answers_hold() {
    passes(
        "contact: { user_id: ann, traits: { email: ann@shop.example }, consent: { email: subscribed, offers: unsubscribed } }
when:
  - { at: +0m, event: Signed Up }
  - { at: +1h, traits: { email: ann@b.example } }
  - { at: +2h, event: Signed Up }
  - { at: +3h, consent: { offers: subscribed } }
until: +4h
expect:
  - { blocked: hello, rule: \"7.3\" }
  - { not_sent: thanks }
  - { messages: none }
  - { run: welcome, ended: false, at_step: opened }
",
    );
    passes(
        "contact: { traits: { email: ann@shop.example } }
when:
  - { at: 2026-03-02T13:00Z, call: welcome }
expect:
  - { segment: staff }
  - { messages: none }
",
    );
}

#[test]
fn a_failure_shows_what_was_expected_beside_what_happened() {
    let outcome = outcome(
        "contact: { traits: { email: ann@b.example } }
when:
  - { at: +0m, event: Signed Up }
expect:
  - { sent: hello, at: +1h }
  - { sent: thanks }
  - { run: welcome, ended: goal, value: 5 }
  - { messages: none }
  - { blocked: hello, rule: \"7.9\" }
  - { trait: greeted, eq: false }
  - { segment: staff }
",
    );
    insta::assert_snapshot!(outcome);
}

#[test]
fn what_a_test_says_that_makes_no_sense_is_told_with_its_place() {
    let outcome = outcome(
        "when:
  - { at: +0x, event: Signed Up }
  - { at: 2026-03-01T12:00Z, event: Signed Up }
  - { at: +0m, call: welcom }
expect:
  - { sent: helo }
  - { run: welcome, ended: complete }
  - { trait: plan }
  - { segment: stuff }
",
    );
    let Verdict::Unreadable { diagnostics } = &outcome.verdict else { panic!("{outcome}") };
    let found: Vec<(u32, &str)> =
        diagnostics.iter().map(|found| (found.line, found.message.as_str())).collect();
    assert_eq!(
        found,
        [
            (4, "`+0x` is no instant"),
            (5, "this is before the test begins"),
            (6, "there is no workflow `welcom`"),
            (8, "there is no template `helo`"),
            (9, "`complete` is no reason for which a run ends"),
            (10, "nothing is expected of the trait"),
            (11, "there is no segment `stuff`"),
        ]
    );
}

#[test]
fn a_test_that_speaks_of_a_message_that_is_not_there_fails() {
    let outcome =
        outcome("when:\n  - { at: +0m, message: hello, is: opened }\nexpect:\n  - { messages: none }\n");
    assert!(outcome.to_string().contains("no message of hello is known by then"), "{outcome}");
    assert!(!outcome.has_passed());
}

#[test]
fn a_new_contact_enters_the_segments_that_the_first_event_makes_true() {
    passes(
        "contact: { new: true }
when:
  - { at: +0m, traits: { email: ann@shop.example } }
  - { at: +1m, event: Signed Up }
expect:
  - { segment: staff }
  - { not_entered: welcome }
",
    );
}

#[test]
fn an_event_that_comes_late_or_is_imported_lets_nobody_in() {
    passes(
        "contact: { traits: { email: ann@b.example } }
when:
  - { at: +0m, event: Signed Up, occurred: -3d }
  - { at: +1m, event: Signed Up, imported: true }
expect:
  - { not_entered: welcome }
",
    );
    passes(
        "contact: { traits: { email: ann@b.example } }
when:
  - { at: +0m, event: Signed Up, occurred: -3h }
until: +1m
expect:
  - { run: welcome, ended: false }
",
    );
}

#[test]
fn a_contact_has_the_lists_tags_and_id_that_the_test_says() {
    passes(
        "contact: { id: 0190000000000000000000000000abcd, lists: [vip], tags: [beta tester] }
when: []
expect:
  - { list: vip }
  - { list: vips, not: true }
  - { tag: beta tester }
  - { tag: alpha, not: true }
  - { segment: staff, not: true }
",
    );
}

#[test]
fn what_is_known_of_a_new_contact_and_ids_and_steps_that_are_none_are_refused() {
    let outcome = outcome(
        "contact: { new: true, traits: { plan: pro }, id: ann }
when:
  - { at: +0m, task: call-them }
  - { at: +0m, move: welcome, to: thank }
expect:
  - { called: crm }
  - { variable: score }
",
    );
    let Verdict::Unreadable { diagnostics } = &outcome.verdict else { panic!("{outcome}") };
    let found: Vec<(u32, &str)> =
        diagnostics.iter().map(|found| (found.line, found.message.as_str())).collect();
    assert_eq!(
        found,
        [
            (5, "there is no step `call-them`"),
            (6, "`welcome` has no step `thank`"),
            (3, "this is no id of a contact"),
            (3, "of a contact that is new, nothing is known yet"),
            (8, "there is no step `crm`"),
            (9, "nothing is expected of the variable"),
        ]
    );
}
