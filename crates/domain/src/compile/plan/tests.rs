use std::collections::BTreeMap;

use super::{Choices, MigrationChoice, MigrationDefault, Planned, PlannedKind, plan_with};
use crate::compile::lifecycle::{Operation, change};
use crate::compile::rollout::{self, Stage};
use crate::compile::{Portfolio, compile};
use crate::id::{StepId, WorkflowName, WorkspaceId};
use crate::input::Move;
use crate::source::SourceFile;
use crate::time::{Period, Timestamp};

const ONE: &str = "
  - { id: hello, send: { email: hello } }
  - { id: rest, wait: 1d }
  - { id: which, branch: [ { if: { trait: vip, eq: true }, then: [ { id: vip, wait: 2d } ] } ] }
  - { id: bye, send: { email: bye } }";

const TWO: &str = "
  - { id: hi, was: hello, send: { email: hello } }
  - { id: rest, wait_for: [ { event: Seen } ], timeout: 1d }
  - { id: bye, send: { email: bye } }";

fn files(steps: &str, more: &[(&str, &str)]) -> Vec<SourceFile> {
    let workflow =
        format!("workflow: welcome\ncategory: news\ntrigger: {{ event: Signed Up }}\nsteps:{steps}\n");
    let template = |name: &str| format!("template: {name}\nchannel: email\nsubject: Hello\ntext: {name}\n");
    let file = |path: String, text: String| SourceFile { path, text };
    let mut files = vec![file("workflows/welcome.yaml".into(), workflow)];
    for name in ["hello", "bye"] {
        files.push(file(format!("templates/{name}.yaml"), template(name)));
    }
    files.extend(more.iter().map(|(path, text)| file((*path).to_owned(), (*text).to_owned())));
    files
}

fn planned(revision: u64, current: &Portfolio, files: Vec<SourceFile>, choices: &Choices) -> Planned {
    plan_with(&WorkspaceId::from("shop"), revision, current, files, choices, Timestamp::default())
}

fn applied(revision: u64, current: &Portfolio, files: Vec<SourceFile>) -> Portfolio {
    let planned = planned(revision, current, files, &Choices::default());
    planned.next.unwrap_or_else(|| panic!("{:?}", planned.diagnostics))
}

fn welcome() -> WorkflowName {
    WorkflowName::from("welcome")
}

fn migrating(default: MigrationDefault, steps: &[(&str, Move)]) -> Choices {
    let steps = steps.iter().map(|(id, goes)| (StepId::from(*id), goes.clone())).collect();
    let choice = MigrationChoice { from: Vec::new(), default, steps };
    Choices { migrations: BTreeMap::from([(welcome(), choice)]), ..Choices::default() }
}

fn rolling_out() -> Choices {
    let stages = vec![Stage { of_10_000: 500, at_least: Period::from_millis(1) }];
    let plan = rollout::Plan { stages, gates: rollout::Gates::default(), on_broken: rollout::OnBroken::Halt };
    Choices { rollouts: BTreeMap::from([(welcome(), plan)]), ..Choices::default() }
}

/// Where runs go, and what is wrong.
fn said(planned: &Planned) -> String {
    let change = planned.changes.iter().find(|change| change.kind == PlannedKind::Workflow).unwrap();
    let moves = change.moves.iter().map(|planned| {
        let goes = match &planned.goes {
            Some(Move::To(to)) => format!("to {to}"),
            Some(Move::Stay) => "stay".to_owned(),
            Some(Move::Exit) => "exit".to_owned(),
            None => "?".to_owned(),
        };
        let anew = if planned.anew { ", anew" } else { "" };
        format!("v{} {} ({}): {goes}{anew}", planned.version, planned.step, planned.action)
    });
    let diagnostics = planned.diagnostics.iter().map(|found| format!("{} {}", found.code, found.message));
    moves.chain(diagnostics).collect::<Vec<_>>().join("\n")
}

#[test]
fn s9_2_without_a_choice_all_runs_stay_and_the_plan_says_so_of_every_step() {
    let first = applied(1, &Portfolio::default(), files(ONE, &[]));
    let planned = planned(2, &first, files(TWO, &[]), &Choices::default());
    insta::assert_snapshot!(said(&planned), @r"
    v1 hello (send): stay
    v1 rest (wait): stay
    v1 which (branch): stay
    v1 vip (wait): stay
    v1 bye (send): stay
    ");
    assert!(planned.migrations.is_empty());
}

#[test]
fn s9_2_a_step_that_is_gone_and_where_runs_may_rest_must_be_decided_on() {
    let first = applied(1, &Portfolio::default(), files(ONE, &[]));
    let undecided = planned(2, &first, files(TWO, &[]), &migrating(MigrationDefault::Same, &[]));
    insta::assert_snapshot!(said(&undecided), @r"
    v1 hello (send): to hi
    v1 rest (wait): to rest, anew
    v1 which (branch): stay
    v1 vip (wait): ?
    v1 bye (send): to bye
    E0601 the step `vip` (wait) of version 1 is gone, and runs of `welcome` may rest there
    ");
    assert_eq!((undecided.next, undecided.catalog), (None, None));

    let choices = migrating(MigrationDefault::Same, &[("vip", Move::To(StepId::from("bye")))]);
    let decided = planned(2, &first, files(TWO, &[]), &choices);
    let [migration] = &decided.migrations[..] else { panic!("{}", said(&decided)) };
    insta::assert_snapshot!(serde_json::to_string(migration).unwrap(), @r#"{"workflow":"welcome","from":[1],"to":2,"steps":{"bye":{"to":"bye"},"hello":{"to":"hi"},"rest":{"to":"rest"},"vip":{"to":"bye"},"which":"stay"}}"#);
    assert!(decided.next.is_some());
}

#[test]
fn s9_2_renames_are_followed_over_all_versions_in_between() {
    let first = applied(1, &Portfolio::default(), files(ONE, &[]));
    let second = applied(2, &first, files(TWO, &[]));
    let three = TWO.replace("id: hi, was: hello", "id: greet, was: hi");
    let choices = migrating(MigrationDefault::Same, &[("vip", Move::Exit)]);
    let planned = planned(3, &second, files(&three, &[]), &choices);
    insta::assert_snapshot!(said(&planned), @r"
    v1 hello (send): to greet
    v1 rest (wait): to rest, anew
    v1 which (branch): stay
    v1 vip (wait): exit
    v1 bye (send): to bye
    v2 hi (send): to greet
    v2 rest (wait_for): to rest
    v2 bye (send): to bye
    ");
    assert_eq!(
        planned.migrations.iter().map(|migration| &migration.from[..]).collect::<Vec<_>>(),
        [[1], [2]]
    );
}

#[test]
fn s9_2_choices_that_make_no_sense_are_told_and_nothing_is_applied() {
    let first = applied(1, &Portfolio::default(), files(ONE, &[]));
    let mut choices =
        migrating(MigrationDefault::Stay, &[("rets", Move::Exit), ("bye", Move::To(StepId::from("by")))]);
    choices.migrations.get_mut(&welcome()).unwrap().from = vec![7];
    choices.migrations.insert(WorkflowName::from("nothing"), MigrationChoice::default());
    let wrong = planned(2, &first, files(TWO, &[]), &choices);
    let found: Vec<&str> = wrong.diagnostics.iter().map(|found| found.message.as_str()).collect();
    insta::assert_snapshot!(found.join("\n"), @r"
    no file describes a workflow `nothing` to which runs could move
    no runs can move from version 7 of `welcome` to version 2
    version 2 of `welcome` has no step `by`
    no older version of `welcome` has a step `rets`
    ");
    assert_eq!(wrong.next, None);
}

#[test]
fn s9_3_a_new_version_may_be_rolled_out_from_its_publication_on() {
    let first = applied(1, &Portfolio::default(), files(ONE, &[]));
    let planned = planned(2, &first, files(TWO, &[]), &rolling_out());
    let next = planned.next.expect("no errors");
    let published = &planned.catalog.unwrap().workflows[&welcome()];
    assert_eq!((published.current, published.rollout.unwrap().version), (Some(1), 2));
    let three = TWO.replace("1d", "3d");
    let errors = |files: Vec<SourceFile>, choices: &Choices| {
        let planned = super::tests::planned(3, &next, files, choices);
        planned.diagnostics.iter().map(|found| found.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        errors(files(&three, &[]), &Choices::default()),
        ["version 2 of `welcome` is being rolled out"]
    );
    assert_eq!(errors(files(TWO, &[]), &rolling_out()), ["there is no new version of `welcome` to roll out"]);
    assert!(errors(files(&three, &[]), &rolling_out()).is_empty(), "a newer version takes its place");
    let moving = migrating(MigrationDefault::Exit, &[]);
    assert_eq!(
        errors(files(TWO, &[]), &moving),
        ["runs of `welcome` can't move while version 2 reaches contacts by and by"]
    );
}

#[test]
fn s9_3_the_next_publication_takes_the_place_of_a_version_that_was_gone_back_to() {
    let first = applied(1, &Portfolio::default(), files(ONE, &[]));
    let second = applied(2, &first, files(TWO, &[]));
    let back = Operation::Rollback { to: 1 };
    let pinned = change(&second, 3, &welcome(), &back, Timestamp::default()).unwrap().portfolio;
    let current = |portfolio: &Portfolio| {
        let catalog = compile(&WorkspaceId::from("shop"), 9, portfolio).catalog.unwrap();
        catalog.workflows[&welcome()].current
    };
    assert_eq!(current(&applied(4, &pinned, files(TWO, &[]))), Some(1), "the same files change nothing");
    let third = applied(4, &pinned, files(&TWO.replace("1d", "3d"), &[]));
    assert_eq!((current(&third), third.lifecycle.len()), (Some(3), 0));
}

#[test]
fn s9_4_a_publication_keeps_what_is_paused_and_tells_nobody_unless_definitions_change() {
    let first = applied(1, &Portfolio::default(), files(ONE, &[]));
    let paused = change(&first, 2, &welcome(), &Operation::Pause { discard: false }, Timestamp::default());
    let paused = paused.unwrap().portfolio;
    let same = planned(3, &paused, files(ONE, &[]), &Choices::default());
    assert_eq!((same.next.as_ref(), same.tell), (Some(&paused), false));
    let texts = files(ONE, &[("segments/vips.yaml", "segment: vips\nwhere: { trait: vip, eq: true }\n")]);
    let more = planned(3, &paused, texts.clone(), &Choices::default());
    assert!(more.tell && more.next.as_ref().unwrap().definitions == 3);
    let segment = more.next.unwrap();
    let mut other = texts;
    other[1].text = other[1].text.replace("Hello", "Hi");
    let template = planned(4, &segment, other, &Choices::default());
    assert_eq!(
        (template.tell, template.catalog.unwrap().definitions),
        (false, 3),
        "a template is no definition"
    );
    let gone = applied(5, &segment, Vec::new());
    assert_eq!(gone.lifecycle, paused.lifecycle, "its runs rest on");
}

#[test]
fn s9_2_what_older_versions_still_use_is_told_when_it_goes() {
    let first = applied(1, &Portfolio::default(), files(ONE, &[]));
    let two = "\n  - { id: hello, send: { email: hello } }\n  - { id: rest, wait: 1d }";
    let mut without = files(two, &[]);
    without.retain(|file| file.path != "templates/bye.yaml");
    let stays = planned(2, &first, without.clone(), &Choices::default());
    let found: Vec<&str> = stays.diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(found, ["version 1 of `welcome` still uses the template `bye`, which is gone"]);
    let moved = planned(2, &first, without.clone(), &migrating(MigrationDefault::Exit, &[]));
    assert!(moved.diagnostics.is_empty(), "nobody is left who would need it");
    let again = planned(3, &stays.next.unwrap(), without, &Choices::default());
    assert!(again.diagnostics.is_empty(), "it is told once, by the publication that takes it away");
}

#[test]
fn s9_1_texts_of_calls_and_tasks_make_no_version_by_their_names() {
    let steps = "\n  - { id: t, task: { title: Call, for: sales, due: 2d, outcomes: { won: [], lost: [] } } }\n  - { id: rest, wait: 1d }";
    let first = applied(1, &Portfolio::default(), files(steps, &[]));
    let second = applied(2, &first, files(&steps.replace("wait: 1d", "wait: 2d"), &[]));
    assert_eq!(second.versions.len(), 2);
    let third = applied(3, &second, files(&steps.replace("wait: 1d", "wait: 2d"), &[]));
    assert_eq!(third, second);
}

#[test]
fn s9_5_a_segment_begins_anew_when_it_means_something_else_and_only_then() {
    let of = |plain: &str, zone: &str, default: &str| {
        let policies =
            format!("timezone: {zone}\ncategories:\n  news: {{ title: News, default: {default} }}\n");
        let more = [
            ("policies.yaml", policies.as_str()),
            ("segments/plain.yaml", plain),
            ("segments/over.yaml", "segment: over\nwhere: { not: { segment: plain } }\n"),
            ("segments/other.yaml", "segment: other\nwhere: { tag: x }\n"),
        ];
        files(ONE, &more)
    };
    let since = |portfolio: &Portfolio| {
        let since = portfolio.segments.iter().map(|(name, since)| format!("{name}:{since}"));
        since.collect::<Vec<_>>().join(" ")
    };
    let counted = "segment: plain\nwhere: { event: Seen, count: { gte: 2 }, within: 7d }\n";
    let first = applied(1, &Portfolio::default(), of(counted, "UTC", "subscribed"));
    assert_eq!(since(&first), "other:1 over:1 plain:1");
    let commented = format!("# who comes often\n{counted}");
    let second = applied(2, &first, of(&commented, "UTC", "subscribed"));
    assert_eq!(since(&second), "other:1 over:1 plain:1");
    let wider = counted.replace("7d", "8d");
    let third = applied(3, &second, of(&wider, "UTC", "subscribed"));
    assert_eq!(since(&third), "other:1 over:3 plain:3", "what names it means something else, too");
    let fourth = applied(4, &third, of(&wider, "Asia/Tokyo", "subscribed"));
    assert_eq!(since(&fourth), "other:4 over:4 plain:4", "dates begin elsewhere");
    let fifth = applied(5, &fourth, of(&wider, "Asia/Tokyo", "unsubscribed"));
    assert_eq!(since(&fifth), "other:5 over:5 plain:5", "who never answered has answered otherwise");
}
