//! What holds of every migration and of every pause, whatever the workflow.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::play::{Trace, play, render};
use crate::advance::take;
use crate::id::{InputId, RunId};
use crate::input::{Cause, Input, Migration};
use crate::record::Decision;

/// The ids that steps may have.
const N_IDS: usize = 7;

/// What a step does, and the template it would send.
fn step() -> impl Strategy<Value = String> {
    let template = 0..4;
    prop_oneof![
        3 => (1..90).prop_map(|hours| format!("wait: {hours}h")),
        1 => Just("wait: { until: \"10:00\", after: 3h }".to_owned()),
        3 => (1..90).prop_map(|hours| format!("wait_for: [ {{ event: Seen }}, {{ if: {{ trait: vip, eq: true }} }} ], timeout: {hours}h")),
        3 => template.clone().prop_map(|n| format!("send: {{ email: t{n} }}")),
        1 => (template, 2..40).prop_map(|(n, hours)| format!("send: {{ email: t{n}, expires: {hours}h }}")),
        1 => Just("update: { traits: { n: { add: 1 } } }".to_owned()),
    ]
}

/// A version of a workflow: some of the steps that there may be, in the order of their ids.
fn version() -> impl Strategy<Value = BTreeMap<usize, String>> {
    prop::collection::btree_map(0..N_IDS, step(), 1..N_IDS)
}

fn file(steps: &BTreeMap<usize, String>) -> String {
    let steps: Vec<String> = steps.iter().map(|(id, what)| format!("  - {{ id: s{id}, {what} }}")).collect();
    // So that every template is there, whatever the version sends.
    let all: Vec<String> = (0..4).map(|n| format!("  - {{ id: k{n}, send: {{ email: t{n} }} }}")).collect();
    format!(
        "workflow: w
title: W
category: offers
trigger: {{ event: Go }}
key: n
again: restart
goals: [ {{ event: Won, within: 9d, exit: true }} ]
steps:
{}
---
workflow: keeps
title: Keeps the templates
category: offers
trigger: {{ api: true }}
steps:
{}
---
quiet_hours: {{ channels: [email], from: \"21:00\", to: \"08:00\", then: defer, spread: 30m }}
caps:
  - {{ channels: [email], max: 2, per: 30h, then: defer }}
",
        steps.join("\n"),
        all.join("\n")
    )
}

const ANN: &str = "+0m traits {\"email\": \"ann@b.example\"}\n";

fn happening() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0..4).prop_map(|n| format!("event Go {{\"n\": {n}}}")),
        3 => Just("event Seen".to_owned()),
        1 => Just("event Won".to_owned()),
        1 => any::<bool>().prop_map(|vip| format!("traits {{\"vip\": {vip}}}")),
    ]
}

/// Where the runs of some steps go.
fn moves() -> impl Strategy<Value = String> {
    let goes = prop_oneof![
        Just("\"stay\"".to_owned()),
        Just("\"exit\"".to_owned()),
        (0..N_IDS).prop_map(|id| format!("{{\"to\": \"s{id}\"}}")),
    ];
    prop::collection::btree_map(0..N_IDS, goes, 0..N_IDS).prop_map(|moves| {
        let moves: Vec<String> = moves.into_iter().map(|(id, goes)| format!("\"s{id}\": {goes}")).collect();
        format!("{{{}}}", moves.join(", "))
    })
}

fn script(happenings: &[(i64, String)]) -> String {
    let lines: Vec<String> = happenings.iter().map(|(minute, what)| format!("+{minute}m {what}")).collect();
    lines.join("\n") + "\n"
}

/// How often each run was entered and ended.
fn runs(trace: &Trace) -> BTreeMap<RunId, (usize, usize)> {
    let mut runs: BTreeMap<RunId, (usize, usize)> = BTreeMap::new();
    for line in trace.inputs.iter().flat_map(|played| &played.record) {
        let Some(run) = line.run else { continue };
        match line.decision {
            Decision::Entered { .. } => runs.entry(run).or_default().0 += 1,
            Decision::Ended { .. } => runs.entry(run).or_default().1 += 1,
            _ => {}
        }
    }
    runs
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn s9_2_a_migration_loses_and_doubles_nobody(
        old in version(),
        new in version(),
        happenings in prop::collection::vec((0_i64..8 * 24 * 60, happening()), 1..25),
        at in 60_i64..6 * 24 * 60,
        moves in moves(),
        is_paused in any::<bool>(),
    ) {
        let portfolio = format!("{}=== next\n{}", file(&old), file(&new));
        let pause = if is_paused { format!("+{}m pause w\n+{}m resume w\n", at - 30, at + 600) } else { String::new() };
        let script = format!(
            "{ANN}{}+{}m catalog\n{pause}+{at}m migrate w 2 {moves}\nuntil 40d",
            script(&happenings),
            at - 45,
        );
        let trace = play(&portfolio, &script);
        for (run, (n_entered, n_ended)) in runs(&trace) {
            let n_live = trace.contact.runs.iter().filter(|live| live.id == run).count();
            prop_assert_eq!((n_entered, n_ended + n_live), (1, 1), "{}\n{}", script, trace.text());
        }
        let mut sent: Vec<_> = trace
            .inputs
            .iter()
            .flat_map(|played| &played.record)
            .filter(|line| matches!(line.decision, Decision::Released { .. }))
            .map(|line| line.message)
            .collect();
        let n_sent = sent.len();
        sent.sort();
        sent.dedup();
        prop_assert_eq!(sent.len(), n_sent, "a key was used twice");
    }

    #[test]
    fn s9_2_a_migration_taken_again_at_once_changes_nothing_more(
        old in version(),
        new in version(),
        happenings in prop::collection::vec((0_i64..3 * 24 * 60, happening()), 1..12),
        at in 60_i64..3 * 24 * 60,
        moves in moves(),
    ) {
        let portfolio = format!("{}=== next\n{}", file(&old), file(&new));
        let early: Vec<(i64, String)> = happenings.into_iter().filter(|(minute, _)| *minute < at - 1).collect();
        let script = format!(
            "{ANN}{}+{}m catalog\n+{at}m migrate w 2 {moves}\nuntil {at}m",
            script(&early),
            at - 1,
        );
        let trace = play(&portfolio, &script);
        let migration = trace.inputs.iter().find_map(|played| match &played.input.cause {
            Cause::Migrate(migration) => Some((**migration).clone()),
            _ => None,
        });
        let migration: Migration = migration.expect("it was taken");
        let id = InputId::hashed(trace.contact.at, &[b"again"]);
        let cause = Cause::Migrate(Box::new(migration));
        let input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
        let at = trace.contact.at;
        let catalog = trace.catalogs.last().expect("two revisions");
        let taken = take(catalog, trace.contact.clone(), input, at, &mut render).unwrap();
        prop_assert_eq!(&taken.contact.runs, &trace.contact.runs, "{}", trace.text());
        prop_assert_eq!(&taken.contact.ledger, &trace.contact.ledger);
        prop_assert_eq!(taken.alarm, trace.alarm);
    }

    #[test]
    fn s9_4_a_pause_in_which_nothing_happens_is_a_late_alarm(
        steps in version(),
        happenings in prop::collection::vec((0_i64..8 * 24, happening()), 1..20),
        from in 1_i64..7 * 24,
        hours in 1_i64..6 * 24,
    ) {
        // Not on the minute of anything that happens, so that neither comes first.
        let (pause, resume) = (from * 60 + 7, (from + hours) * 60 + 7);
        let quiet: Vec<(i64, String)> = happenings
            .into_iter()
            .map(|(hour, what)| (hour * 60, what))
            .filter(|(minute, _)| *minute < pause || *minute > resume)
            .collect();
        let portfolio = file(&steps);
        let script = format!("{ANN}{}until 40d\n", script(&quiet));
        let paused = play(&portfolio, &format!("{script}+{pause}m pause w\n+{resume}m resume w\n"));
        let late = play(&portfolio, &format!("{script}down {pause}m {resume}m\n"));
        let seen = |trace: &Trace| [trace.entered(), trace.ended(), trace.goals(), trace.sent(), trace.stopped()];
        prop_assert_eq!(seen(&paused), seen(&late), "{}\n\n{}\n\n{}", portfolio, paused.text(), late.text());
    }
}
