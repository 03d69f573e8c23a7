use super::{Operation, Tell, change};
use crate::catalog::{Catalog, Status};
use crate::compile::rollout::{Gates, OnBroken, Plan, Stage};
use crate::compile::{Portfolio, compile, plan};
use crate::id::{ContactId, WorkflowName, WorkspaceId};
use crate::source::SourceFile;
use crate::time::{Period, Timestamp};

fn files(wait: &str) -> Vec<SourceFile> {
    let text = format!(
        "workflow: welcome\ncategory: news\ntrigger: {{ event: Signed Up }}\nsteps:\n  - {{ id: rest, wait: {wait} }}\n"
    );
    vec![SourceFile { path: "workflows/welcome.yaml".into(), text }]
}

/// Three versions: waits of 1, 2 and 3 days.
fn three() -> Portfolio {
    let mut portfolio = Portfolio::default();
    for n in 1..=3 {
        let planned = plan(&WorkspaceId::from("shop"), n, &portfolio, files(&format!("{n}d")));
        portfolio = planned.next.expect("no errors");
    }
    portfolio
}

fn welcome() -> WorkflowName {
    WorkflowName::from("welcome")
}

fn catalog(portfolio: &Portfolio) -> Catalog {
    compile(&WorkspaceId::from("shop"), 9, portfolio).catalog.expect("no errors")
}

/// Carries out operations one after the other: what became of each, then the status and the version that is entered.
fn after(operations: &[Operation]) -> Vec<String> {
    let mut portfolio = three();
    let mut said = Vec::new();
    for operation in operations {
        match change(&portfolio, 9, &welcome(), operation, Timestamp::default()) {
            Ok(changed) => {
                portfolio = changed.portfolio;
                let published = catalog(&portfolio).workflows[&welcome()].clone();
                let current = published.current.map_or(0, |current| current);
                let rollout = published.rollout.map_or_else(String::new, |rollout| {
                    format!(" v{} to {}", rollout.version, rollout.of_10_000)
                });
                said.push(format!("{:?} {:?} v{current}{rollout}", changed.tell, published.status));
            }
            Err(refused) => said.push(refused.to_string()),
        }
    }
    said
}

fn stages() -> Plan {
    let stage = |of_10_000| Stage { of_10_000, at_least: Period::from_millis(1) };
    Plan { stages: vec![stage(500), stage(5_000)], gates: Gates::default(), on_broken: OnBroken::Rollback }
}

#[test]
fn s9_4_each_operation_leads_to_one_status_and_nonsense_is_refused_in_words() {
    let (hold, discard) = (Operation::Pause { discard: false }, Operation::Pause { discard: true });
    let archive = Operation::Archive { discard: false };
    insta::assert_snapshot!(after(&[
        Operation::Resume,
        hold.clone(),
        hold.clone(),
        archive.clone(),
        discard.clone(),
        discard,
        Operation::Halt,
        Operation::Halt,
        archive.clone(),
        Operation::Resume,
        Operation::Restore,
        archive.clone(),
        archive,
        Operation::Resume,
        Operation::Halt,
        Operation::Resume,
        Operation::Restore,
        Operation::Archive { discard: true },
    ]).join("\n"), @r"
    the workflow `welcome` is live: there is nothing to resume
    Nobody Paused v3
    the workflow `welcome` is paused already
    the workflow `welcome` rests with its runs: resume it first, or give its runs up (discard)
    Discard Paused v3
    the workflow `welcome` is paused already
    Nobody Halted v3
    the workflow `welcome` is stopped already
    the workflow `welcome` rests with its runs: resume it first, or give its runs up (discard)
    Resumed Live v3
    the workflow `welcome` is not archived: there is nothing to restore
    Nobody Archived v3
    the workflow `welcome` is archived already
    the workflow `welcome` is archived: restore it instead
    Nobody Halted v3
    Resumed Archived v3
    Nobody Live v3
    Discard Archived v3
    ");
}

#[test]
fn s9_3_a_rollback_pins_a_version_and_a_rollout_grows_finishes_or_is_aborted() {
    let rollout = |version| Operation::StartRollout { version, plan: stages() };
    insta::assert_snapshot!(after(&[
        Operation::Rollback { to: 4 },
        Operation::Rollback { to: 3 },
        Operation::Rollback { to: 1 },
        rollout(1),
        rollout(2),
        rollout(3),
        Operation::NextStage,
        Operation::NextStage,
        Operation::SetShare { of_10_000: 10_001 },
        Operation::SetShare { of_10_000: 2_500 },
        Operation::AbortRollout,
        Operation::AbortRollout,
        rollout(3),
        Operation::FinishRollout,
        Operation::Rollback { to: 2 },
        rollout(3),
        Operation::Rollback { to: 2 },
    ]).join("\n"), @r"
    the workflow `welcome` has no version 4: its newest is 3
    the workflow `welcome` enters version 3 already
    Everybody Live v1
    the workflow `welcome` enters version 1 already
    Everybody Live v1 v2 to 500
    the workflow `welcome` is rolling out version 2: finish or abort that first
    Everybody Live v1 v2 to 5000
    the workflow `welcome` is at the last stage of its rollout: finish it
    10001 of 10,000 contacts is more than everybody
    Everybody Live v1 v2 to 2500
    Everybody Live v1
    the workflow `welcome` is not rolling anything out
    Everybody Live v1 v3 to 500
    Everybody Live v3
    Everybody Live v2
    Everybody Live v2 v3 to 500
    Everybody Live v2
    ");
}

#[test]
fn s9_4_a_stop_changes_no_definition_so_that_no_document_is_written() {
    let portfolio = three();
    let changed = change(&portfolio, 9, &welcome(), &Operation::Halt, Timestamp::default()).unwrap();
    assert_eq!((changed.tell, changed.portfolio.definitions), (Tell::Nobody, portfolio.definitions));
    let (before, after) = (catalog(&portfolio), catalog(&changed.portfolio));
    assert_eq!(before.definitions, after.definitions);
    assert!(before.may_attempt(&welcome()) && !after.may_attempt(&welcome()));
    let back = change(&changed.portfolio, 10, &welcome(), &Operation::Resume, Timestamp::default()).unwrap();
    assert_eq!(back.portfolio, portfolio, "nothing is left of it");
}

#[test]
fn s9_3_who_enters_the_new_version_still_does_when_its_share_grows() {
    let plan = |of_10_000| Plan { stages: vec![Stage { of_10_000, at_least: Period::ZERO }], ..stages() };
    let rolled_out = |of_10_000| {
        let operation = Operation::StartRollout { version: 2, plan: plan(of_10_000) };
        let pinned =
            change(&three(), 9, &welcome(), &Operation::Rollback { to: 1 }, Timestamp::default()).unwrap();
        catalog(
            &change(&pinned.portfolio, 9, &welcome(), &operation, Timestamp::default()).unwrap().portfolio,
        )
    };
    let (few, many) = (rolled_out(1_000), rolled_out(4_000));
    let mut n_new = [0, 0];
    for n in 0..1_000_u32 {
        let contact = ContactId::hashed(Timestamp::default(), &[&n.to_be_bytes()]);
        let [a, b] = [&few, &many].map(|catalog| catalog.version_for(&welcome(), contact).unwrap().version);
        assert!(a == 1 || b == 2, "nobody flips back");
        n_new[0] += u32::from(a == 2);
        n_new[1] += u32::from(b == 2);
    }
    assert!((70..130).contains(&n_new[0]) && (350..450).contains(&n_new[1]), "{n_new:?}");
}

#[test]
fn a_portfolio_that_was_stored_before_there_was_a_life_cycle_can_be_read() {
    let mut stored = serde_json::to_value(three()).unwrap();
    stored.as_object_mut().unwrap().remove("definitions");
    let portfolio: Portfolio = serde_json::from_value(stored).unwrap();
    assert_eq!(portfolio.lifecycle.len(), 0);
    let catalog = catalog(&portfolio);
    assert_eq!((catalog.definitions, catalog.status(&welcome())), (9, Status::Live));
}

#[test]
fn nothing_is_done_to_a_workflow_that_was_never_published_or_is_gone() {
    let refused = |portfolio: &Portfolio, operation| {
        let changed = change(portfolio, 9, &welcome(), &operation, Timestamp::default());
        changed.map(|changed| changed.tell).map_err(|refused| refused.to_string())
    };
    assert_eq!(
        refused(&Portfolio::default(), Operation::Halt),
        Err("no version of a workflow `welcome` was ever published".to_owned())
    );
    let gone = Portfolio { files: Vec::new(), ..three() };
    assert_eq!(refused(&gone, Operation::Halt), Ok(Tell::Nobody), "its runs can still be stopped");
    assert_eq!(
        refused(&gone, Operation::Rollback { to: 1 }),
        Err("the workflow `welcome` is no longer in the files: nobody enters it".to_owned())
    );
}
