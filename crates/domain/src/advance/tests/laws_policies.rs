//! What holds whatever policies a portfolio has and whatever happens: generated workflows, policies and scripts.

use std::cmp::Reverse;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::play::{Trace, play};
use crate::catalog::Catalog;
use crate::effect::Effect;
use crate::id::MessageId;
use crate::message::Message;
use crate::policy::{Policies, QuietHours};
use crate::record::Decision;
use crate::time::{Period, Timestamp};

const PROFILE: &str = "+0m traits {\"email\": \"a@b.example\", \"phone\": \"+491\"}\n";

/// A portfolio in parts, so that one can be changed.
#[derive(Debug, Clone)]
struct Made {
    workflows: Vec<String>,
    policies: String,
}

impl Made {
    /// The files, with a line put into the workflow `w0` and one added to the policies.
    fn text(&self, of_first: &str, policy: &str) -> String {
        let mut text = String::new();
        for (n, workflow) in self.workflows.iter().enumerate() {
            let workflow = workflow.replace("MORE\n", if n == 0 { of_first } else { "" });
            _ = writeln!(text, "{workflow}---");
        }
        text + &self.policies + policy
    }
}

/// A step; sending ones are the most.
fn step(workflow: usize, n: usize) -> impl Strategy<Value = String> {
    let channel = prop_oneof![4 => Just("email"), 1 => Just("sms")];
    let expires = prop_oneof![3 => Just(String::new()), 1 => (1_i64..40).prop_map(|hours| format!(", expires: {hours}h"))];
    let more = prop_oneof![3 => Just(""), 1 => Just(", on_blocked: exit"), 1 => Just(", category: news")];
    let send = (channel, expires, -1..3, more).prop_map(move |(channel, expires, priority, more)| {
        format!("  - {{ id: s{n}, send: {{ {channel}: t{workflow}-{n}-{channel}, priority: {priority}{expires}{more} }} }}\n")
    });
    let waits_for = (1..60_i64).prop_map(move |hours| {
        format!("  - {{ id: s{n}, wait_for: [ {{ event: Seen }} ], timeout: {hours}h }}\n")
    });
    prop_oneof![
        4 => send,
        2 => (1..3000_i64).prop_map(move |minutes| format!("  - {{ id: s{n}, wait: {minutes}m }}\n")),
        1 => waits_for,
        1 => Just(format!(
            "  - {{ id: s{n}, branch: [ {{ if: {{ event: Seen }}, then: [ {{ id: s{n}-a, wait: 3h }} ] }} ] }}\n"
        )),
    ]
}

fn workflow(number: usize) -> impl Strategy<Value = String> {
    let steps: Vec<_> = (0..4).map(|n| step(number, n)).collect();
    let again = prop::sample::select(vec!["ignore", "refresh", "restart"]);
    let reentry = prop::sample::select(vec!["always", "after_exit", "{ every: 20h }"]);
    let event = prop::sample::select(vec!["A", "B"]);
    let exit = prop_oneof![2 => Just(""), 1 => Just("exit_when: [ { event: Bought } ]\n")];
    let category = prop_oneof![4 => Just("offers"), 1 => Just("news")];
    (steps, 1..4, again, reentry, event, exit, category).prop_map(
        move |(steps, priority, again, reentry, event, exit, category)| {
            format!(
                "workflow: w{number}\ntitle: W\ncategory: {category}\npriority: {priority}0\ntrigger: {{ event: {event} }}\n\
                 again: {again}\nreentry: {reentry}\n{exit}MORE\nsteps:\n{}",
                steps.concat()
            )
        },
    )
}

fn policies() -> impl Strategy<Value = String> {
    let zone = prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]);
    let then = || prop::sample::select(vec!["defer", "drop"]);
    let channels = prop::sample::select(vec!["[email]", "[email, sms]", "[sms]"]);
    let cap =
        (channels, 1..4, 2..100_i64, then(), any::<bool>()).prop_map(|(channels, max, hours, then, all)| {
            let categories = if all { "" } else { "categories: [offers], " };
            format!("  - {{ channels: {channels}, {categories}max: {max}, per: {hours}h, then: {then} }}\n")
        });
    let caps = prop::collection::vec(cap, 0..3).prop_map(|caps| match caps.as_slice() {
        [] => String::new(),
        caps => format!("caps:\n{}", caps.concat()),
    });
    let quiet = (0..24, 1..12, then()).prop_map(|(from, hours, then)| {
        format!(
            "quiet_hours: {{ channels: [email], from: \"{from:02}:00\", to: \"{:02}:00\", then: {then} }}\n",
            (from + hours) % 24
        )
    });
    let hold = (1..400, prop::sample::select(vec!["next", "drop"]))
        .prop_map(|(m, losers)| format!("hold: {m}m, losers: {losers}"));
    let reserve = (1..30).prop_map(|hours| format!("reserve: {hours}h"));
    let arbitration = prop_oneof![
        hold.clone().prop_map(|hold| format!("arbitration: {{ email: {{ {hold} }} }}\n")),
        reserve.clone().prop_map(|reserve| format!("arbitration: {{ email: {{ {reserve} }} }}\n")),
        (hold, reserve)
            .prop_map(|(hold, reserve)| format!("arbitration: {{ email: {{ {hold}, {reserve} }} }}\n")),
    ];
    let group = prop::sample::select(vec!["refuse", "replace"])
        .prop_map(|then| format!("exclusive: {{ group: g, workflows: [w0, w1], then: {then} }}\n"));
    let repeats = (1..50).prop_map(|hours| format!("repeats: {{ per: {hours}h }}\n"));
    let maybe = |strategy: BoxedStrategy<String>| prop_oneof![Just(String::new()), strategy];
    let parts = (
        zone,
        caps,
        maybe(quiet.boxed()),
        maybe(arbitration.boxed()),
        maybe(group.boxed()),
        maybe(repeats.boxed()),
    );
    parts.prop_map(|(zone, caps, quiet, arbitration, group, repeats)| {
        format!("timezone: {zone}\n{caps}{quiet}{arbitration}{group}{repeats}")
    })
}

fn made() -> impl Strategy<Value = Made> {
    let workflows: Vec<_> = (0..3).map(workflow).collect();
    (workflows, policies()).prop_map(|(workflows, policies)| Made { workflows, policies })
}

fn lines() -> impl Strategy<Value = String> {
    let happening = prop_oneof![
        5 => Just("event A".to_owned()),
        5 => Just("event B".to_owned()),
        2 => Just("event Seen".to_owned()),
        1 => Just("event Bought".to_owned()),
        1 => (prop::sample::select(vec!["offers", "news", "email"]), any::<bool>())
            .prop_map(|(of, yes)| format!("consent {of} {}", if yes { "subscribed" } else { "unsubscribed" })),
        1 => any::<bool>().prop_map(|yes| format!("{}suppress email a@b.example", if yes { "un" } else { "" })),
    ];
    prop::collection::vec((0_i64..10 * 24 * 60, happening), 1..25).prop_map(|lines| {
        lines.into_iter().fold(format!("until 40d\n{PROFILE}"), |script, (minute, what)| {
            format!("{script}+{minute}m {what}\n")
        })
    })
}

fn answers() -> impl Strategy<Value = String> {
    let answer = prop_oneof![5 => Just("accepted"), 2 => Just("temporary"), 1 => Just("unknown"), 1 => Just("permanent")];
    prop::collection::vec(answer, 1..12).prop_map(|answers| format!("provider {}\n", answers.join(" ")))
}

/// A message as it was shown last.
fn shown(trace: &Trace, id: MessageId) -> &Message {
    let effects = trace.inputs.iter().rev().flat_map(|played| played.effects.iter().rev());
    let mut messages = effects.filter_map(|effect| match effect {
        Effect::Show(message) if message.id == id => Some(&**message),
        _ => None,
    });
    messages.next().expect("every message is shown")
}

/// When which messages were sent.
fn sendings(trace: &Trace) -> Vec<(Timestamp, &Message)> {
    let lines =
        trace.inputs.iter().flat_map(|played| played.record.iter().map(move |line| (played.at, line)));
    lines
        .filter(|(_, line)| matches!(line.decision, Decision::Sent { .. }))
        .map(|(at, line)| (at, shown(trace, line.message.expect("a message"))))
        .collect()
}

/// Whether it is quiet, asked of the clock on the wall.
fn is_quiet(policies: &Policies, hours: &QuietHours, at: Timestamp) -> bool {
    let local = policies.zone.local(at);
    let now = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let (from, to) = (hours.from.as_millis() / 60_000, hours.to.as_millis() / 60_000);
    if from <= to { from <= now && now < to } else { from <= now || now < to }
}

/// Where a message stands among others: the order of SEMANTICS 7.11, first goes first.
fn standing<'m>(catalog: &Catalog, message: &'m Message) -> impl Ord + std::fmt::Debug + use<'m> {
    let workflow = catalog.version(&message.workflow, message.version).unwrap();
    let crate::workflow::Action::Send(send) = &workflow.step(&message.step).unwrap().1.action else {
        panic!("a send step")
    };
    (Reverse(workflow.priority), Reverse(send.priority), message.intent_at, &message.workflow)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn s7_8_a_ghost_is_exactly_a_message_that_would_have_gone(made in made(), lines in lines()) {
        let real = play(&made.text("", ""), &lines);
        let held_out = play(&made.text("", "holdout: { percent: 100 }\n"), &lines);
        prop_assert_eq!(held_out.ghosts(), real.sent(), "{}\n\n{}", held_out.text(), real.text());
        prop_assert!(held_out.sent().is_empty());
        prop_assert_eq!(held_out.stopped(), real.stopped());
        prop_assert_eq!(held_out.ended(), real.ended());
    }

    #[test]
    fn s7_8_real_messages_are_as_if_there_were_no_ghosts(made in made(), lines in lines()) {
        let mixed = play(&made.text("holdout: { percent: 100 }\n", ""), &lines);
        let alone = play(&made.text("audience: { trait: nobody, exists: true }\n", ""), &lines);
        prop_assert_eq!(mixed.sent(), alone.sent(), "{}\n\n{}", mixed.text(), alone.text());
        let of_others = |ended: Vec<String>| ended.into_iter().filter(|line| !line.contains(" w0 ")).collect::<Vec<_>>();
        prop_assert_eq!(of_others(mixed.ended()), of_others(alone.ended()));
    }

    #[test]
    fn s7_9_and_s7_10_no_window_is_overfull_and_nobody_is_sent_marketing_when_it_is_quiet(
        made in made(),
        lines in lines(),
        answers in answers(),
    ) {
        let trace = play(&made.text("", ""), &(answers + &lines));
        let policies = &trace.catalogs[0].policies;
        let sent = sendings(&trace);
        for (at, message) in &sent {
            for hours in policies.quiet_hours.iter().filter(|hours| hours.scope.covers(&message.channel, &message.category, &message.workflow)) {
                prop_assert!(!is_quiet(policies, hours, *at), "{} {}\n{}", trace.since_start(*at), message.template, trace.text());
            }
        }
        for cap in &policies.caps {
            let counted = sent.iter().filter(|(_, message)| cap.scope.covers(&message.channel, &message.category, &message.workflow));
            let times: Vec<Timestamp> = counted.map(|(at, _)| *at).collect();
            for group in times.windows(cap.max as usize + 1) {
                prop_assert!(group[group.len() - 1].since(group[0]) >= cap.per, "{cap:?} {group:?}\n{}", trace.text());
            }
        }
    }

    #[test]
    fn s7_3_nobody_who_opted_out_or_is_suppressed_is_sent_marketing(
        made in made(),
        lines in lines(),
        answers in answers(),
    ) {
        let trace = play(&made.text("", ""), &(answers + &lines));
        let (mut out, mut suppressed): (Vec<String>, bool) = (Vec::new(), false);
        for line in trace.inputs.iter().flat_map(|played| &played.record) {
            match &line.decision {
                Decision::ConsentChanged { of, answer } if answer == "unsubscribed" => out.push(of.clone()),
                Decision::ConsentChanged { of, .. } => out.retain(|other| other != of),
                Decision::SuppressionChanged { suppressed: now, .. } => suppressed = *now,
                Decision::Sent { .. } => {
                    let message = shown(&trace, line.message.unwrap());
                    let of = [format!("channel {}", message.channel), format!("category {}", message.category)];
                    prop_assert!(!of.iter().any(|of| out.contains(of)), "{message:?}\n{}", trace.text());
                    prop_assert!(!suppressed || message.channel.as_str() != "email", "{message:?}\n{}", trace.text());
                }
                _ => {}
            }
        }
    }

    #[test]
    fn s7_11_at_the_close_of_a_window_the_first_in_order_wins_and_one_alone(made in made(), lines in lines()) {
        let trace = play(&made.text("", ""), &lines);
        let catalog = &trace.catalogs[0];
        for played in &trace.inputs {
            let of_rule = |line: &&crate::record::Line| line.rule == "7.11";
            let (mut winner, mut losers) = (None, Vec::new());
            for line in played.record.iter().filter(of_rule) {
                match &line.decision {
                    Decision::Won { over } => {
                        prop_assert!(winner.is_none(), "two won\n{}", trace.text());
                        winner = Some((shown(&trace, line.message.unwrap()), *over));
                    }
                    Decision::Lost { .. } => losers.push(shown(&trace, line.message.unwrap())),
                    Decision::Blocked { why } if why.contains("goes first") => {
                        losers.push(shown(&trace, line.message.unwrap()));
                    }
                    _ => {}
                }
            }
            let Some((winner, over)) = winner else {
                prop_assert!(losers.is_empty(), "nobody won\n{}", trace.text());
                continue;
            };
            prop_assert_eq!(over, losers.len());
            for loser in losers {
                prop_assert!(
                    standing(catalog, winner) < standing(catalog, loser),
                    "{} before {}\n{}", winner.template, loser.template, trace.text()
                );
            }
        }
    }

    #[test]
    fn s7_11_nothing_goes_in_the_time_that_is_kept_free_for_a_higher_priority(made in made(), lines in lines()) {
        let trace = play(&made.text("", ""), &lines);
        let catalog = &trace.catalogs[0];
        let Some(policy) = catalog.policies.arbitration.values().next().filter(|policy| policy.reserve > Period::ZERO) else {
            return Ok(());
        };
        let priority = |message: &Message| catalog.version(&message.workflow, message.version).unwrap().priority;
        // As each message is sent, the others are as they were last shown.
        let mut now: std::collections::BTreeMap<MessageId, Message> = std::collections::BTreeMap::new();
        // With which input a message was last told to wait, and with which one it was let go: what was let go before
        // the other one was there at all took nothing from it.
        let mut told = std::collections::BTreeMap::new();
        let mut let_go = std::collections::BTreeMap::new();
        for (n, played) in trace.inputs.iter().enumerate() {
            for line in &played.record {
                let Decision::Released { .. } = line.decision else { continue };
                let message = shown(&trace, line.message.unwrap());
                for other in now.values().filter(|other| other.id != message.id && other.channel.as_str() == "email") {
                    let crate::message::MessageState::Scheduled { until } = other.state else { continue };
                    let is_kept = priority(other) > priority(message)
                        && message.channel == other.channel
                        && until - policy.reserve < played.at
                        && played.at <= until;
                    let was_there = let_go.get(&message.id).is_none_or(|let_go| told.get(&other.id) <= Some(let_go));
                    prop_assert!(!is_kept || !was_there, "{} before {}\n{}", message.template, other.template, trace.text());
                }
            }
            for effect in &played.effects {
                if let Effect::Show(message) = effect {
                    let is_waiting = matches!(message.state, crate::message::MessageState::Scheduled { .. });
                    if is_waiting { &mut told } else { &mut let_go }.entry(message.id).or_insert(n);
                    now.insert(message.id, (**message).clone());
                }
            }
        }
    }

    #[test]
    fn s2_7_windows_close_at_the_same_instant_whoever_wakes_the_contact(
        made in made(),
        lines in lines(),
        pokes in prop::collection::vec(0_i64..20 * 24 * 60, 1..20),
    ) {
        let poked = pokes.iter().map(|minute| format!("+{minute}m poke\n")).collect::<Vec<_>>().concat();
        let (trace, other) = (play(&made.text("", ""), &lines), play(&made.text("", ""), &(lines.clone() + &poked)));
        let seen = |trace: &Trace| [trace.entered(), trace.ended(), trace.sent(), trace.stopped()];
        prop_assert_eq!(seen(&trace), seen(&other), "{}\n\n{}", trace.text(), other.text());
    }

    #[test]
    fn s7_11_priorities_hold_among_the_intents_of_one_input(
        priorities in prop::collection::vec((0..3, 0..3), 1..8),
        max in 1..5_usize,
        window in any::<bool>(),
    ) {
        let mut portfolio = String::new();
        for (n, (priority, step)) in priorities.iter().enumerate() {
            _ = write!(
                portfolio,
                "workflow: w{n}\ntitle: W\ncategory: offers\npriority: {priority}\ntrigger: {{ event: A }}\nsteps:\n  \
                 - {{ id: s, send: {{ email: t{n}, priority: {step} }} }}\n---\n"
            );
        }
        _ = writeln!(portfolio, "caps: {{ channels: [email], max: {max}, per: 30d, then: drop }}");
        if window {
            portfolio += "arbitration: { email: { hold: 10m } }\n";
        }
        let mut order: Vec<usize> = (0..priorities.len()).collect();
        order.sort_by_key(|n| (Reverse(priorities[*n]), *n));
        let trace = play(&portfolio, &format!("{PROFILE}+1h event A"));
        let sent: Vec<String> = sendings(&trace).iter().map(|(_, message)| message.template.to_string()).collect();
        let expected: Vec<String> = order.iter().take(max).map(|n| format!("t{n}")).collect();
        prop_assert_eq!(sent, expected, "{}", trace.text());
    }
}
