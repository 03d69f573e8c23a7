//! What holds for every portfolio, whatever happens in which order.
//!
//! By hand with many more cases: `WEND_LAWS=2000 cargo test --release -p wend-domain laws::generated`. Without the
//! variable the cases are few and always the same.
#![expect(clippy::format_collect, reason = "texts are put together from small pieces")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError};

use super::super::play::{Played, Trace, play_catalogs, render};
use super::generate::{Case, ENDED_BY, Extent, case, published};
use super::{gauges_add_up, replays, seen, sendings};
use crate::advance::take;
use crate::catalog::Catalog;
use crate::consent::{Answer, Consent};
use crate::contact::Contact;
use crate::effect::Effect;
use crate::id::{MessageId, RunId, WorkflowName};
use crate::input::{Cause, News, NewsKind};
use crate::limits::HOPS_MAX;
use crate::message::Message;
use crate::record::{Decision, Line};
use crate::run::EndReason;
use crate::time::{Period, Timestamp};
use crate::workflow::{Again, Reentry};
use crate::zone::{TimeOfDay, Weekday};

type Held = Result<(), TestCaseError>;

/// Few cases that are always the same, or as many as `WEND_LAWS` says.
fn config(cases: u32) -> ProptestConfig {
    let many = std::env::var("WEND_LAWS").ok().and_then(|text| text.parse().ok());
    ProptestConfig {
        cases: many.unwrap_or(cases),
        rng_seed: if many.is_some() { RngSeed::Random } else { RngSeed::Fixed(4) },
        failure_persistence: None,
        max_global_rejects: 1_000_000,
        max_shrink_iters: 2_000,
        max_shrink_time: 60_000,
        ..ProptestConfig::default()
    }
}

fn played(case: &Case) -> Trace {
    play_catalogs(case.catalogs.clone(), &case.script)
}

/// One input that was given to `take`, with all that followed from it.
struct Outer<'t> {
    before: &'t Contact,
    after: &'t Contact,
    catalog: &'t Catalog,
    inputs: &'t [Played],
}

impl Outer<'_> {
    fn at(&self) -> Timestamp {
        self.inputs[0].at
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.inputs.iter().flat_map(|played| &played.record)
    }

    fn shown(&self) -> impl Iterator<Item = &Message> {
        self.inputs.iter().flat_map(|played| &played.effects).filter_map(|effect| match effect {
            Effect::Show(message) => Some(&**message),
            _ => None,
        })
    }
}

fn outer(trace: &Trace) -> Vec<Outer<'_>> {
    let mut groups: Vec<&[Played]> = Vec::new();
    let mut rest = &trace.inputs[..];
    while !rest.is_empty() {
        let n = rest.iter().skip(1).position(|played| played.is_outer).map_or(rest.len(), |n| n + 1);
        let (group, others) = rest.split_at(n);
        groups.push(group);
        rest = others;
    }
    let before = std::iter::once(&trace.first).chain(&trace.contacts);
    let all = groups.into_iter().zip(before).zip(&trace.contacts);
    all.map(|((inputs, before), after)| Outer {
        before,
        after,
        catalog: &trace.catalogs[inputs[0].revision],
        inputs,
    })
    .collect()
}

/// SEMANTICS 7.9.
fn caps_hold(trace: &Trace) -> Held {
    let sent = sendings(trace);
    for cap in &trace.catalogs[0].policies.caps {
        let counted = sent.iter().filter(|(_, message)| {
            let covers = cap.scope.covers(&message.channel, &message.category, &message.workflow);
            covers && !message.transactional
        });
        let times: Vec<Timestamp> = counted.map(|(at, _)| *at).collect();
        for group in times.windows(cap.max as usize + 1) {
            let span = group[cap.max as usize].since(group[0]);
            prop_assert!(span >= cap.per, "{cap:?}: {group:?}\n{}", trace.text());
        }
    }
    Ok(())
}

fn is_between(time: u32, from: TimeOfDay, to: TimeOfDay) -> bool {
    let (from, to) = (from.seconds(), to.seconds());
    if from <= to { (from..to).contains(&time) } else { time >= from || time < to }
}

/// SEMANTICS 2.2, 7.10: with the clocks where the contact is, or the workspace's.
fn hours_hold(trace: &Trace) -> Held {
    for outer in outer(trace) {
        let policies = &outer.catalog.policies;
        let zone = outer.after.zone().unwrap_or_else(|| policies.zone.clone());
        let local = zone.to_jiff().to_datetime(outer.at().to_jiff());
        let second = local.hour() as u32 * 3_600 + local.minute() as u32 * 60 + local.second() as u32;
        let released = |id: MessageId| {
            outer
                .lines()
                .any(|line| line.message == Some(id) && matches!(line.decision, Decision::Released { .. }))
        };
        for message in outer.shown().filter(|message| !message.transactional && released(message.id)) {
            let covers = |scope: &crate::policy::Scope| {
                scope.covers(&message.channel, &message.category, &message.workflow)
            };
            for hours in policies.quiet_hours.iter().filter(|hours| covers(&hours.scope)) {
                let is_quiet = is_between(second, hours.from, hours.to);
                prop_assert!(!is_quiet, "released at {local} in {hours:?}\n{}", trace.text());
            }
            for window in policies.send_windows.iter().filter(|window| covers(&window.scope)) {
                let is_day = window.days.is_empty() || window.days.contains(&Weekday::of(local.date()));
                let is_open = is_day && is_between(second, window.from, window.to);
                prop_assert!(is_open, "released at {local} outside of {window:?}\n{}", trace.text());
            }
        }
    }
    Ok(())
}

/// SEMANTICS 7.2, 7.3, 7.13: as the contact was when the message was handed over.
fn nobody_is_sent_what_they_do_not_want(trace: &Trace) -> Held {
    for outer in outer(trace) {
        let Cause::News(News { message, what: NewsKind::Attempted { .. } }) = &outer.inputs[0].input.cause
        else {
            continue;
        };
        let consent = &outer.before.consent;
        let known = outer.before.ledger.iter().find(|known| known.id == *message);
        let Some(known) = known.filter(|known| known.kind.is_send() && !known.state.is_settled()) else {
            continue;
        };
        let key = Consent::suppression_key(&known.channel, &known.address);
        prop_assert!(!consent.suppressed.contains_key(&key), "{known:?}\n{}", trace.text());
        if known.transactional {
            continue;
        }
        let channel = consent.channels.get(&known.channel).map(|given| given.answer);
        let default = outer.catalog.policies.categories.get(&known.category).map(|policy| policy.default);
        let category = consent.categories.get(&known.category).map(|given| given.answer).or(default);
        let is_out = [channel, category].contains(&Some(Answer::Unsubscribed));
        prop_assert!(!is_out, "{known:?}\n{}", trace.text());
    }
    Ok(())
}

/// SEMANTICS 5.3, 2.7, 6.1: all deadlines have fired, every wait has a time-out, and everything was answered.
fn runs_end(trace: &Trace) -> Held {
    let days = |n: i64| Period::from_millis(n * 86_400_000);
    let long_ago = trace.start + days(ENDED_BY - 100);
    for run in &trace.contact.runs {
        prop_assert!(run.entered_at > long_ago, "it never ends: {run:?}\n{}", trace.text());
    }
    Ok(())
}

/// SEMANTICS 4.1, 5.3, 9.2: whoever is inside came in once, and whoever isn't any more left once, for one reason.
fn runs_are_neither_lost_nor_doubled(trace: &Trace) -> Held {
    let mut gone: BTreeSet<RunId> = BTreeSet::new();
    for outer in outer(trace) {
        let runs = |contact: &Contact| contact.runs.iter().map(|run| run.id).collect::<Vec<_>>();
        let (before, after) = (runs(outer.before), runs(outer.after));
        let said = |is: fn(&Decision) -> bool| {
            let lines = outer.lines().filter(move |line| is(&line.decision));
            lines.filter_map(|line| line.run).collect::<Vec<RunId>>()
        };
        let begun =
            said(|decision| matches!(decision, Decision::Entered { .. } | Decision::GrantRequested { .. }));
        let ended = said(|decision| {
            matches!(
                decision,
                Decision::Ended { .. }
                    | Decision::GrantAnswered { granted: false, .. }
                    | Decision::Refused { .. }
            )
        });
        let ends = said(|decision| matches!(decision, Decision::Ended { .. }));
        for id in &after {
            let n = after.iter().filter(|other| *other == id).count();
            prop_assert_eq!(n, 1, "two runs of one id\n{}", trace.text());
            prop_assert!(
                before.contains(id) || begun.contains(id),
                "{} came from nowhere\n{}",
                id,
                trace.text()
            );
            prop_assert!(!gone.contains(id), "{} is back\n{}", id, trace.text());
        }
        for id in before.iter().chain(&begun).filter(|id| !after.contains(*id)) {
            prop_assert!(ended.contains(id), "{} is lost\n{}", id, trace.text());
            gone.insert(*id);
        }
        for id in &ends {
            let n = ends.iter().filter(|other| *other == id).count();
            prop_assert_eq!(n, 1, "it ended twice\n{}", trace.text());
            prop_assert!(!after.contains(id), "{} ended and lives\n{}", id, trace.text());
        }
    }
    Ok(())
}

/// SEMANTICS 8.1.
fn messages_are_sent_once(trace: &Trace) -> Held {
    let mut n_allowed: BTreeMap<MessageId, i32> = BTreeMap::new();
    for line in trace.inputs.iter().flat_map(|played| &played.record) {
        let Some(id) = line.message else { continue };
        let n_allowed = n_allowed.entry(id).or_insert(1);
        match line.decision {
            Decision::Requeued => *n_allowed += 1,
            Decision::Sent { .. } => *n_allowed -= 1,
            _ => {}
        }
        prop_assert!(*n_allowed >= 0, "{} was sent twice\n{}", id, trace.text());
    }
    let mut runs: BTreeMap<MessageId, RunId> = BTreeMap::new();
    for outer in outer(trace) {
        for message in outer.shown() {
            prop_assert_eq!(*runs.entry(message.id).or_insert(message.run), message.run, "{}", trace.text());
        }
    }
    Ok(())
}

/// SEMANTICS 4.1: a contact is in one workflow of a group at a time.
fn groups_exclude(trace: &Trace) -> Held {
    for contact in &trace.contacts {
        for group in &trace.catalogs[0].policies.exclusive {
            let inside = contact.runs.iter().filter(|run| group.workflows.contains(&run.workflow));
            let inside: BTreeSet<&WorkflowName> = inside.map(|run| &run.workflow).collect();
            prop_assert!(inside.len() < 2, "{inside:?}\n{}", trace.text());
        }
    }
    Ok(())
}

/// SEMANTICS 4.2, 4.3.
fn reentry_holds(trace: &Trace) -> Held {
    let mut last: BTreeMap<(WorkflowName, String), Timestamp> = BTreeMap::new();
    let mut replaced: BTreeSet<WorkflowName> = BTreeSet::new();
    for (at, line) in
        trace.inputs.iter().flat_map(|played| played.record.iter().map(|line| (played.at, line)))
    {
        let Some((name, _)) = &line.workflow else { continue };
        if let Decision::Ended { reason: EndReason::Replaced, .. } = line.decision {
            replaced.insert(name.clone());
        }
        let Decision::Entered { key, .. } = &line.decision else { continue };
        let workflow = trace.catalogs[0].current(name).expect("it was entered");
        let before = last.insert((name.clone(), key.clone()), at);
        if workflow.again == Again::Restart || replaced.contains(name) {
            continue;
        }
        let may = match (workflow.reentry, before) {
            (_, None) | (Reentry::AfterExit | Reentry::Always, _) => true,
            (Reentry::Never, Some(_)) => false,
            (Reentry::Every(period), Some(before)) => at.since(before) >= period,
        };
        prop_assert!(may, "{name} was entered again too soon\n{}", trace.text());
    }
    Ok(())
}

/// SEMANTICS 4.3: nobody takes a step before there is a place.
fn places_are_granted_first(trace: &Trace) -> Held {
    let mut asking: BTreeSet<RunId> = BTreeSet::new();
    for line in trace.inputs.iter().flat_map(|played| &played.record) {
        let Some(run) = line.run else { continue };
        match &line.decision {
            Decision::GrantRequested { .. } => _ = asking.insert(run),
            Decision::GrantAnswered { granted: true, .. } => _ = asking.remove(&run),
            Decision::Stepped { .. } | Decision::Intended { .. } | Decision::Entered { .. } => {
                prop_assert!(!asking.contains(&run), "{} went on without a place\n{}", run, trace.text());
            }
            _ => {}
        }
    }
    Ok(())
}

/// SEMANTICS 7.11: of two messages that steps of one input want, before any is decided on, the one of the higher
/// workflow priority, then step priority, goes first.
fn priorities_hold(trace: &Trace) -> Held {
    for played in &trace.inputs {
        let catalog = &trace.catalogs[played.revision];
        let rendered: Vec<MessageId> = played
            .effects
            .iter()
            .filter_map(
                |effect| if let Effect::Render(render) = effect { Some(render.message) } else { None },
            )
            .collect();
        // Groups of messages wanted with no decision on any between them.
        let mut groups: Vec<Vec<&Line>> = vec![Vec::new()];
        for line in &played.record {
            match line.decision {
                Decision::Intended { .. } => groups.last_mut().expect("there is one").push(line),
                Decision::Stepped { .. } | Decision::Entered { .. } | Decision::WaitEnded { .. } => {}
                _ => groups.push(Vec::new()),
            }
        }
        for group in groups {
            let ranked = group.iter().filter_map(|line| {
                let (name, version) = line.workflow.as_ref()?;
                let place = rendered.iter().position(|id| Some(*id) == line.message)?;
                let workflow = catalog.version(name, *version)?;
                let crate::workflow::Action::Send(send) = &workflow.step(line.step.as_ref()?)?.1.action
                else {
                    return None;
                };
                Some((place, (workflow.priority, send.priority)))
            });
            let mut ranked: Vec<_> = ranked.collect();
            ranked.sort_unstable();
            let is_in_order = ranked.windows(2).all(|pair| pair[0].1 >= pair[1].1);
            prop_assert!(is_in_order, "{ranked:?}\n{}", trace.text());
        }
    }
    Ok(())
}

fn hops_are_bounded(trace: &Trace) -> Held {
    for played in &trace.inputs {
        let deepest = played.record.iter().map(|line| line.hop).max().unwrap_or_default();
        prop_assert!(deepest <= HOPS_MAX && played.input.hop <= HOPS_MAX, "{}", trace.text());
    }
    Ok(())
}

/// SEMANTICS 3.2, 4.3, 8.1, 9.2: what was taken before and comes again at once.
fn taken_twice_is_taken_once(trace: &Trace) -> Held {
    for outer in outer(trace) {
        let input = &outer.inputs[0].input;
        let is_told_again = match &input.cause {
            Cause::Event(_) | Cause::Grant(_) | Cause::Migrate(_) | Cause::Discard { .. } | Cause::Alarm => {
                true
            }
            Cause::News(news) => !matches!(news.what, NewsKind::Engaged { .. }),
            // The inbox takes these once.
            Cause::Command(_)
            | Cause::CatalogChanged
            | Cause::Scheduled { .. }
            | Cause::Business(_)
            | Cause::Backfill { .. }
            | Cause::Account(_)
            | Cause::Resumed { .. }
            | Cause::Merge(_)
            | Cause::Absorb(_)
            | Cause::Thaw(_)
            | Cause::Forwarded(_) => false,
        };
        if !is_told_again {
            continue;
        }
        let again = take(outer.catalog, outer.after.clone(), input.clone(), outer.at(), &mut render)
            .expect("it rests");
        let mut contact = again.contact;
        contact.n_inputs = outer.after.n_inputs;
        prop_assert_eq!(&contact, outer.after, "{:?}\n{}", input.cause, trace.text());
        for effect in again.inputs.iter().flat_map(|taken| &taken.effects) {
            let is_harmless = matches!(effect, Effect::Settle { .. } | Effect::Show(_));
            prop_assert!(is_harmless, "{:?}: {:?}\n{}", input.cause, effect, trace.text());
        }
    }
    Ok(())
}

/// With one contact held out of everything: the same messages at the same times, as ghosts.
fn with_everybody_held_out(case: &Case) -> Option<Trace> {
    let portfolio = format!("{}holdout: {{ percent: 100 }}\n", case.portfolio);
    let catalogs = super::super::play::try_catalogs(&portfolio).ok()?;
    Some(play_catalogs(catalogs, &case.script))
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

/// What the made-up plays must reach, or their laws would hold for nothing.
const REACHED: &[&str] = &[
    "answered",
    "attempted",
    "blocked",
    "branched",
    "called",
    "cancelled",
    "consent_changed",
    "deferred",
    "emitted",
    "ended",
    "engaged",
    "entered",
    "exposed",
    "failed",
    "goal_reached",
    "grant_answered",
    "held",
    "history_loaded",
    "migrated",
    "refused",
    "released",
    "render_failed",
    "resumed",
    "retrying",
    "round",
    "run_returned",
    "segment_entered",
    "sent",
    "task_opened",
    "task_overdue",
    "timed_out",
    "timer_set",
    "variable_set",
    "wait_ended",
    "wait_ended_by",
    "waits_for_run",
    "won",
];

#[test]
fn made_up_plays_reach_nearly_every_kind_of_decision() {
    let mut runner = proptest::test_runner::TestRunner::new(config(0));
    let mut n_reached: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..config(60).cases {
        let case = published().new_tree(&mut runner).expect("a case").current();
        let trace = played(&case);
        for line in trace.inputs.iter().flat_map(|played| &played.record) {
            let name = serde_json::to_value(&line.decision).unwrap()["decision"].as_str().unwrap().to_owned();
            *n_reached.entry(name).or_default() += 1;
        }
    }
    let missing: Vec<&&str> = REACHED.iter().filter(|name| !n_reached.contains_key(**name)).collect();
    assert!(missing.is_empty(), "{n_reached:?} lacks {missing:?}");
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn s7_9_no_cap_of_any_portfolio_is_ever_exceeded(case in case(Extent::Whole)) {
        caps_hold(&played(&case))?;
    }

    #[test]
    fn s7_10_nothing_is_released_in_quiet_hours_of_any_portfolio(case in case(Extent::Whole)) {
        hours_hold(&played(&case))?;
    }

    #[test]
    fn s7_13_no_portfolio_sends_what_somebody_opted_out_of(case in case(Extent::Whole)) {
        nobody_is_sent_what_they_do_not_want(&played(&case))?;
    }

    #[test]
    fn s5_3_every_run_that_can_end_ends(case in case(Extent::Whole)) {
        runs_end(&played(&case))?;
    }

    #[test]
    fn s4_2_nobody_enters_again_too_soon_or_without_a_place(case in case(Extent::Whole)) {
        let trace = played(&case);
        reentry_holds(&trace)?;
        places_are_granted_first(&trace)?;
        groups_exclude(&trace)?;
    }

    #[test]
    fn s7_11_priorities_hold_among_the_messages_of_one_input(case in case(Extent::Whole)) {
        let trace = played(&case);
        priorities_hold(&trace)?;
        hops_are_bounded(&trace)?;
    }

    #[test]
    fn s3_2_no_input_of_any_portfolio_changes_anything_when_it_comes_again(case in published()) {
        taken_twice_is_taken_once(&played(&case))?;
    }

    #[test]
    fn s12_2_every_portfolio_can_be_replayed_byte_for_byte(case in published()) {
        replays(&played(&case))?;
    }

    #[test]
    fn s9_2_a_migration_loses_and_doubles_nobody(case in published()) {
        let trace = played(&case);
        runs_are_neither_lost_nor_doubled(&trace)?;
        messages_are_sent_once(&trace)?;
        gauges_add_up(&trace)?;
        runs_end(&trace)?;
    }

    #[test]
    fn s7_8_a_ghost_is_exactly_a_message_that_would_have_gone(case in case(Extent::Calm)) {
        let trace = played(&case);
        if let Some(ghosts) = with_everybody_held_out(&case) {
            // Transactional messages go to everybody.
            let would_be = [ghosts.ghosts(), ghosts.released()].concat();
            prop_assert_eq!(sorted(trace.released()), sorted(would_be), "{}\n\n{}", trace.text(), ghosts.text());
            prop_assert_eq!(trace.entered(), ghosts.entered());
            prop_assert_eq!(trace.ended(), ghosts.ended());
            prop_assert!(sendings(&ghosts).iter().all(|(_, message)| message.transactional));
        }
    }

    #[test]
    fn s2_7_alarms_that_nobody_set_change_nothing_in_any_portfolio(
        case in case(Extent::Whole),
        pokes in prop::collection::vec(0_i64..40 * 24 * 60, 1..20),
    ) {
        let poked = pokes.iter().map(|minute| format!("+{minute}m poke\n")).collect::<String>();
        let (trace, other) = (played(&case), play_catalogs(case.catalogs.clone(), &format!("{}{poked}", case.script)));
        prop_assert_eq!(seen(&trace), seen(&other), "{}\n\n{}", trace.text(), other.text());
    }

    #[test]
    fn s2_7_after_an_outage_every_law_still_holds(case in published(), from in 0_i64..12 * 24, hours in 1_i64..72) {
        let trace = play_catalogs(case.catalogs.clone(), &format!("{}down {from}h {}h\n", case.script, from + hours));
        nobody_is_sent_what_they_do_not_want(&trace)?;
        runs_are_neither_lost_nor_doubled(&trace)?;
        messages_are_sent_once(&trace)?;
        runs_end(&trace)?;
        hours_hold(&trace)?;
    }
}
