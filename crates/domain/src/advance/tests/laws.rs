//! What holds in every play, whatever happens in which order.

mod generate;
mod generated;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::play::{Trace, catalogs, play_catalogs, render};
use crate::advance::{advance, at_step, gauges as gauges_of, in_segment, on_list, take};
use crate::catalog::Catalog;
use crate::contact::Contact;
use crate::effect::Effect;
use crate::input::Cause;
use crate::message::Message;
use crate::record::{Decision, Record};
use crate::time::{Period, Timestamp};

/// A bit of everything.
const PORTFOLIO: &str = "
workflow: cart
title: Cart
category: offers
priority: 60
trigger: { event: Cart, where: { n: { gte: 1 } } }
key: cart
again: refresh
reentry: { every: 2d }
goals:
  - { event: Ordered, where: { cart: { eq: $trigger.cart } }, within: 5d, value: total, exit: true }
steps:
  - id: cool
    wait_for:
      - { event: Seen, then: [ { id: soon, wait: 20m } ] }
    timeout: 1h
  - id: which
    branch:
      - { if: { segment: loyal }, then: [ { id: loyal, send: { email: loyal, expires: 2d } } ] }
    else:
      - { id: plain, send: { email: plain, expires: 30h, on_blocked: exit } }
  - { id: morning, wait: { until: \"10:00\", after: 12h, zone: contact } }
  - { id: nudge, send: { push: nudge, expires: 6h } }
---
workflow: win-back
title: Win back
category: news
priority: 40
trigger: { segment_entered: lapsed }
exit_when:
  - { event: Ordered }
  - if: { event: Seen, count: { gte: 2 }, within: 1d }
steps:
  - { id: miss, send: { email: miss } }
  - { id: opened, wait_for: [ { if: { message: miss, is: opened }, then: [ { id: score, update: { traits: { score: { add: 1 } } } } ] } ], timeout: 4d }
  - { id: tell, emit: { event: Dormant, with: { score: $contact.score } } }
  - { id: offer, send: { email: offer } }
---
workflow: scored
title: Scored
category: offers
priority: 10
trigger:
  - { trait_changed: score }
  - { event: Dormant }
  - { workflow: delivery }
again: restart
steps:
  - { id: quiet, wait_for: [ { if: { event: Seen, last: { before: 3d } } } ], timeout: 6d }
  - { id: sms, send: { sms: sms } }
---
workflow: journey
title: Journey
category: news
priority: 20
trigger: { event: Seen }
reentry: { every: 1d }
exit_when:
  - if: { all: [ { run: n, gte: 3 }, { tag: busy } ] }
goals:
  - { event: Ordered, where: { total: { gte: $run.n } }, within: 3d }
steps:
  - id: path
    split:
      experiment: path
      variants:
        a: { weight: 1, steps: [ { id: hours, wait: { window: { from: \"09:00\", to: \"17:00\" } } } ] }
        b: { weight: 1, steps: [ { id: best, wait: { best_time: { within: 2d } } } ] }
  - id: rounds
    repeat:
      times: 3
      until: { event: Ordered, count: { gte: 2 }, within: 2d }
      steps:
        - { set: { n: { add: 1 } } }
        - { id: tips, send: { email: tips } }
        - id: evening
          wait_for:
            - { if: { time: { from: \"18:00\", to: \"02:00\", days: [friday, saturday] } } }
            - { event: Ordered }
          timeout: 2d
        - { id: mark, update: { tags: { add: busy }, lists: { add: seen } } }
---
workflow: receipt
title: Receipt
category: service
priority: 90
trigger: { event: Ordered }
reentry: always
steps:
  - { id: receipt, send: { email: receipt } }
---
workflow: delivery
title: Delivery
priority: 70
trigger: { event: Ordered }
again: restart
exit_when: [ { event: Dormant } ]
steps:
  - id: stock
    webhook: { url: \"https://stock.example\", json: { cart: $trigger.cart }, save: { status: status }, retry_for: 6h }
    on_error: [ { id: ring, task: { title: Look, for: ops, due: 2d, escalate: { after: 1d, for: lead } } } ]
  - { id: ask, call: { workflow: survey, with: { cart: $trigger.cart }, save: survey }, timeout: 5d }
  - { id: again, enter: { workflow: scored } }
---
workflow: survey
title: Survey
key: cart
trigger: { workflow: delivery }
reentry: { every: 1d }
steps:
  - { id: seen, wait_for: [ { event: Seen } ], timeout: 7d }
  - { id: end, exit: { result: { cart: $trigger.cart } } }
---
workflow: missed
title: Missed
category: news
priority: 20
trigger:
  - { absence: Cart, not: Ordered, not_where: { cart: { eq: $trigger.cart } }, within: 30h }
  - { date: day, offset: 1d, repeats: yearly }
  - { consent: news, is: subscribed }
reentry: always
steps:
  - { id: count, update: { traits: { missed: { add: 1 } } } }
  - { id: rest, wait: 7h }
---
segment: lapsed
title: Lapsed
where: { all: [ { event: Ordered }, { event: Ordered, last: { before: 6d } } ] }
---
segment: loyal
title: Loyal
where: { event: Ordered, count: { gte: 2 }, within: 8d }
---
segment: night
title: Night
where: { all: [ { list: seen }, { time: { from: \"22:00\", to: \"04:00\", days: [sunday] } } ] }
---
timezone: Europe/Berlin
categories:
  offers: { title: Offers }
  news: { title: News }
  service: { title: Service, transactional: true }
quiet_hours: { channels: [email, sms], from: \"21:00\", to: \"08:00\", then: defer, spread: 45m }
send_windows: { channels: [sms], days: [monday, tuesday, wednesday, thursday, friday], from: \"09:00\", to: \"17:00\", then: defer }
caps:
  - { channels: [email], categories: [offers, news], max: 2, per: 3d, then: defer }
  - { channels: [push], max: 1, per: 24h, then: drop }
  - { channels: [email, sms], max: 3, per: 5d, then: defer }
";

/// The caps of [`PORTFOLIO`] again, for marketing: channels, most, in which window.
const CAPS: [(&[&str], usize, i64); 3] = [(&["email"], 2, 3), (&["push"], 1, 1), (&["email", "sms"], 3, 5)];

static CATALOGS: LazyLock<Vec<Catalog>> = LazyLock::new(|| catalogs(PORTFOLIO));

const PROFILE: &str = "+0m traits {\"email\": \"a@b.example\", \"phone\": \"+491\", \"push_token\": \"t\"}\n";

fn happening() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (1..4, 0..3).prop_map(|(cart, n)| format!("event Cart {{\"cart\": {cart}, \"n\": {n}}}")),
        6 => Just("event Seen".to_owned()),
        4 => (1..4, 1..90).prop_map(|(cart, total)| format!("event Ordered {{\"cart\": {cart}, \"total\": {total}}}")),
        1 => (1..4, 1..200).prop_map(|(cart, ago)| format!("event Ordered {{\"cart\": {cart}}} ago {ago}h")),
        1 => Just("event Ordered {\"cart\": 2} imported".to_owned()),
        2 => (0..3).prop_map(|score| format!("traits {{\"score\": {score}}}")),
        1 => (5..31).prop_map(|day| format!("traits {{\"day\": \"2026-01-{day:02}\"}}")),
        2 => prop_oneof![Just("Asia/Tokyo"), Just("Nowhere/Land"), Just("America/New_York")]
            .prop_map(|zone| format!("traits {{\"timezone\": \"{zone}\"}}")),
        1 => prop_oneof![Just("null"), Just("\"a@b.example\""), Just("\"c@d.example\"")]
            .prop_map(|email| format!("traits {{\"email\": {email}}}")),
        2 => (prop_oneof![Just("offers"), Just("news"), Just("email"), Just("sms")], any::<bool>())
            .prop_map(|(of, yes)| format!("consent {of} {}", if yes { "subscribed" } else { "unsubscribed" })),
        1 => any::<bool>().prop_map(|yes| format!("{}suppress email a@b.example", if yes { "un" } else { "" })),
    ]
}

/// A script of a month, and how the provider answers.
fn script() -> impl Strategy<Value = String> {
    let answer = prop_oneof![5 => Just("accepted"), 2 => Just("temporary"), 1 => Just("unknown"), 1 => Just("permanent")];
    let lines = prop::collection::vec((0_i64..30 * 24 * 60, happening()), 1..40);
    (prop::collection::vec(answer, 1..12), lines).prop_map(|(answers, lines)| {
        let lines = lines.into_iter().map(|(minute, what)| format!("+{minute}m {what}"));
        format!(
            "provider {}\nuntil 90d\n{PROFILE}{}\n",
            answers.join(" "),
            lines.collect::<Vec<_>>().join("\n")
        )
    })
}

fn played(script: &str) -> Trace {
    play_catalogs(CATALOGS.clone(), script)
}

/// What a marketer would see of a play.
fn seen(trace: &Trace) -> [Vec<String>; 5] {
    [trace.entered(), trace.ended(), trace.goals(), trace.sent(), trace.stopped()]
}

/// Every message with each instant at which it was sent.
fn sendings(trace: &Trace) -> Vec<(Timestamp, Message)> {
    let shown = |id| {
        trace.inputs.iter().flat_map(|played| &played.effects).find_map(|effect| match effect {
            Effect::Show(message) if message.id == id => Some((**message).clone()),
            _ => None,
        })
    };
    let lines = trace.inputs.iter().flat_map(|played| played.record.iter().map(|line| (played.at, line)));
    lines
        .filter(|(_, line)| matches!(line.decision, Decision::Sent { .. }))
        .map(|(at, line)| (at, shown(line.message.expect("a message")).expect("it is shown")))
        .collect()
}

/// Takes the recorded inputs again, through JSON of document and inputs.
fn replays(trace: &Trace) -> Result<(), TestCaseError> {
    let mut contact = trace.first.clone();
    for played in trace.inputs.iter().filter(|played| played.is_outer) {
        let stored = Contact::from_bytes(&contact.to_bytes()).unwrap();
        let input = serde_json::from_slice(&serde_json::to_vec(&played.input).unwrap()).unwrap();
        let taken = take(&trace.catalogs[played.revision], stored, input, played.at, &mut render).unwrap();
        let recorded = trace.inputs.iter().skip_while(|other| other.input.id != played.input.id);
        for (again, recorded) in taken.inputs.iter().zip(recorded) {
            let stored = serde_json::to_string(&again.record).unwrap();
            prop_assert_eq!(
                &serde_json::from_str::<Record>(&stored).unwrap(),
                &again.record,
                "a record can be read"
            );
            prop_assert_eq!(
                serde_json::to_string(&again.record).unwrap(),
                serde_json::to_string(&recorded.record).unwrap()
            );
            prop_assert_eq!(&again.effects, &recorded.effects);
        }
        contact = taken.contact;
    }
    prop_assert_eq!(contact.to_bytes(), trace.contact.to_bytes());
    Ok(())
}

/// The gauges say how many runs rest at each step.
fn gauges_add_up(trace: &Trace) -> Result<(), TestCaseError> {
    let mut gauges: BTreeMap<&str, i64> = BTreeMap::new();
    for effect in trace.inputs.iter().flat_map(|played| &played.effects) {
        if let Effect::Count { counter, by } = effect
            && ["at:", "segment:", "list:"].iter().any(|gauge| counter.starts_with(gauge))
        {
            *gauges.entry(counter).or_default() += by;
        }
    }
    gauges.retain(|_, n| *n != 0);
    let mut resting: BTreeMap<String, i64> = BTreeMap::new();
    for run in &trace.contact.runs {
        *resting.entry(at_step(&run.workflow, run.version, run.state.step())).or_default() += 1;
    }
    resting.extend(trace.contact.segments.keys().map(|segment| (in_segment(segment), 1)));
    resting.extend(trace.contact.lists.keys().map(|list| (on_list(list), 1)));
    prop_assert_eq!(&gauges_of(&trace.contact), &resting);
    prop_assert!(
        gauges.iter().map(|(name, n)| (*name, *n)).eq(resting.iter().map(|(name, n)| (name.as_str(), *n)))
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn s12_2_replaying_recorded_inputs_gives_the_recorded_decisions_byte_for_byte(script in script()) {
        replays(&played(&script))?;
    }

    #[test]
    fn s7_9_no_window_ever_holds_more_than_its_cap(script in script()) {
        let trace = played(&script);
        let sent = sendings(&trace);
        for (channels, max, days) in CAPS {
            let times: Vec<Timestamp> = sent
                .iter()
                .filter(|(_, message)| !message.transactional && channels.contains(&message.channel.as_str()))
                .map(|(at, _)| *at)
                .collect();
            for group in times.windows(max + 1) {
                let span = group[max].since(group[0]);
                prop_assert!(span >= Period::from_millis(days * 86_400_000), "{channels:?} {group:?}\n{}", trace.text());
            }
        }
    }

    #[test]
    fn s7_13_nobody_is_sent_what_they_opted_out_of(script in script()) {
        let trace = played(&script);
        let (mut out, mut suppressed) = (Vec::new(), false);
        for (played, line) in trace.inputs.iter().flat_map(|played| played.record.iter().map(move |line| (played, line))) {
            match &line.decision {
                Decision::ConsentChanged { of, answer } if answer == "unsubscribed" => out.push(of.clone()),
                Decision::ConsentChanged { of, .. } => out.retain(|other| other != of),
                Decision::SuppressionChanged { suppressed: now, .. } => suppressed = *now,
                Decision::Sent { .. } => {
                    let (_, message) = sendings(&trace)
                        .into_iter()
                        .find(|(at, message)| *at == played.at && Some(message.id) == line.message)
                        .expect("it was sent");
                    let of = [format!("channel {}", message.channel), format!("category {}", message.category)];
                    let is_out = of.iter().any(|of| out.contains(of)) && !message.transactional;
                    prop_assert!(!is_out, "{} {message:?}\n{}", trace.since_start(played.at), trace.text());
                    let shown = trace.contact.ledger.iter().find(|known| known.id == message.id);
                    let address = shown.map(|message| message.address.as_str());
                    prop_assert!(!suppressed || address != Some("a@b.example"), "{}", trace.text());
                }
                _ => {}
            }
        }
    }

    #[test]
    fn s2_7_the_alarm_is_never_later_than_the_next_thing_that_happens(
        script in script(),
        pokes in prop::collection::vec(0_i64..60 * 24 * 60, 1..30),
    ) {
        let poked = pokes.iter().map(|minute| format!("+{minute}m poke")).collect::<Vec<_>>().join("\n");
        let (trace, other) = (played(&script), played(&format!("{script}{poked}")));
        prop_assert_eq!(seen(&trace), seen(&other), "{}\n\n{}", trace.text(), other.text());
    }

    #[test]
    fn s3_2_the_same_input_twice_changes_nothing(script in script()) {
        let trace = played(&script);
        let mut contact = trace.first.clone();
        for played in trace.inputs.iter().filter(|played| played.is_outer) {
            let catalog = &trace.catalogs[played.revision];
            let taken = take(catalog, contact, played.input.clone(), played.at, &mut render).unwrap();
            contact = taken.contact;
            if let Cause::Event(_) = &played.input.cause {
                let later = played.at + Period::from_millis(5 * 86_400_000);
                let again = advance(catalog, contact.clone(), &played.input, later);
                prop_assert_eq!(&again.contact, &contact);
                prop_assert_eq!(again.alarm, taken.alarm);
                prop_assert!(again.effects.is_empty());
                let is_duplicate = matches!(&again.record[..], [line] if matches!(line.decision, Decision::Duplicate { .. }));
                prop_assert!(is_duplicate, "{:?}", again.record);
            }
        }
    }

    #[test]
    fn s9_2_the_gauges_of_steps_add_up_to_where_the_runs_rest(script in script()) {
        gauges_add_up(&played(&script))?;
    }

    #[test]
    fn s2_7_after_an_outage_nothing_is_sent_twice_or_to_those_who_left(
        script in script(),
        from in 0_i64..20 * 24,
        hours in 1_i64..240,
    ) {
        let trace = played(&format!("{script}down {from}h {}h\n", from + hours));
        let mut sent: Vec<_> = sendings(&trace).into_iter().map(|(_, message)| message.id).collect();
        let n_sent = sent.len();
        sent.sort();
        sent.dedup();
        prop_assert_eq!(sent.len(), n_sent);
    }
}
