//! Experiments: sticky, independent, in the shares that are asked for; and what their goals are credited to.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::play::{Trace, catalogs, play, render};
use crate::advance::take;
use crate::catalog::Catalog;
use crate::contact::Contact;
use crate::effect::Effect;
use crate::id::{ContactId, InputId, WorkflowName};
use crate::input::{Cause, Command, Input, Order};
use crate::record::Decision;
use crate::time::Timestamp;

/// A workflow that splits; `weights` are those of its variants `a` and `b`.
fn splits(experiment: &str, weights: [u32; 2]) -> String {
    let [a, b] = weights;
    format!(
        "workflow: w
category: offers
trigger: {{ api: true }}
reentry: always
goals: [ {{ event: Bought, within: 7d }} ]
steps:
  - id: s
    split:
      experiment: {experiment}
      variants:
        a: {{ weight: {a}, steps: [ {{ id: wa, wait: 1h }} ] }}
        b: {{ weight: {b}, steps: [ {{ id: wb, wait: 2h }} ] }}
"
    )
}

/// How many contacts of a draw.
const CONTACTS: u32 = 10_000;

fn contact(n: u32) -> Contact {
    let at = Timestamp::parse("2026-01-05T00:00:00Z").unwrap();
    Contact::new(ContactId::hashed(at, &[&n.to_be_bytes()]), 1, at)
}

/// The contact after the API has started the workflow, and the variant that it took.
fn started(catalog: &Catalog, contact: Contact, n: u32) -> (Contact, String) {
    let at = contact.at;
    let order = Order::StartRun { workflow: WorkflowName::from("w"), data: Map::new(), by_hand: false };
    let command = Command { by: "api".to_owned(), reason: None, order };
    let input = Input {
        id: InputId::hashed(at, &[&n.to_be_bytes(), b"start"]),
        cause: Cause::Command(command),
        history: None,
        refused_claims: Vec::new(),
        hop: 0,
    };
    let taken = take(catalog, contact, input, at, &mut render).expect("it comes to rest");
    let mut lines = taken.inputs.iter().flat_map(|taken| &taken.record);
    let variant = lines
        .find_map(|line| match &line.decision {
            Decision::Exposed { variant, .. } | Decision::StaysIn { variant, .. } => Some(variant.clone()),
            _ => None,
        })
        .expect("it came through the split");
    (taken.contact, variant)
}

/// The variant of each of many contacts.
fn variants(experiment: &str, weights: [u32; 2]) -> Vec<String> {
    let catalog = &catalogs(&splits(experiment, weights))[0];
    (0..CONTACTS).map(|n| started(catalog, contact(n), n).1).collect()
}

fn share_of(variants: &[String], name: &str) -> f64 {
    variants.iter().filter(|variant| *variant == name).count() as f64 / f64::from(CONTACTS)
}

/// Four standard deviations of a share: chance alone goes beyond it once in 16,000 draws, and the draw is always the same.
fn bound(share: f64) -> f64 {
    4.0 * (share * (1.0 - share) / f64::from(CONTACTS)).sqrt()
}

#[test]
fn s10_1_variants_get_the_shares_that_their_weights_ask_for() {
    for (weights, share) in [([50, 50], 0.5), ([1, 9], 0.1), ([999, 1], 0.999)] {
        let found = share_of(&variants("coupon", weights), "a");
        assert!((found - share).abs() < bound(share), "{weights:?} gave {found}");
    }
    assert!(share_of(&variants("coupon", [0, 1]), "b") >= 1.0, "a weight of 0 lets nobody in");
}

#[test]
fn s10_1_experiments_are_independent_of_each_other_and_a_draw_never_changes() {
    let first = variants("coupon", [50, 50]);
    assert_eq!(first, variants("coupon", [50, 50]), "the same on every node and in every replay");
    let second = variants("subject", [50, 50]);
    let both = first.iter().zip(&second).filter(|(a, b)| *a == "a" && *b == "a").count();
    let both = both as f64 / f64::from(CONTACTS);
    assert!((both - 0.25).abs() < bound(0.25), "a quarter is in both first variants, not {both}");
}

#[test]
fn s10_1_a_random_share_is_sticky_has_its_size_and_is_independent_of_splits() {
    let text = "workflow: w
category: offers
trigger: { api: true }
steps:
  - id: s
    branch: [ { if: { share: 20, of: pilots }, then: [ { id: wa, wait: 1h } ] } ]
    else: [ { id: wb, wait: 2h } ]
  - id: t
    split: { experiment: coupon, variants: { a: { weight: 1 }, b: { weight: 1 } } }
";
    let catalog = &catalogs(text)[0];
    let inside = |n: u32| {
        let at = contact(n).at;
        let facts = crate::predicate::Facts {
            catalog,
            contact: &contact(n),
            at,
            trigger: None,
            variables: None,
            run: None,
            event: None,
        };
        let workflow = catalog.current(&WorkflowName::from("w")).unwrap();
        let crate::workflow::Action::Branch { arms, .. } = &workflow.steps[0].action else { panic!() };
        crate::predicate::holds(&arms[0].0, &facts)
    };
    let shares: Vec<bool> = (0..CONTACTS).map(inside).collect();
    assert_eq!(shares, (0..CONTACTS).map(inside).collect::<Vec<_>>());
    let found = shares.iter().filter(|inside| **inside).count() as f64 / f64::from(CONTACTS);
    assert!((found - 0.2).abs() < bound(0.2), "{found}");
    let split = variants("coupon", [50, 50]);
    let both = shares.iter().zip(&split).filter(|(inside, variant)| **inside && *variant == "a").count();
    let both = both as f64 / f64::from(CONTACTS);
    assert!((both - 0.1).abs() < bound(0.1), "{both}");
}

#[test]
fn s10_2_new_weights_concern_only_contacts_who_were_not_exposed() {
    let before = &catalogs(&splits("coupon", [50, 50]))[0];
    let after = &catalogs(&splits("coupon", [10, 90]))[0];
    let mut new = Vec::new();
    for n in 0..CONTACTS {
        if n % 2 == 0 {
            new.push(started(after, contact(n), n).1);
        } else if n < 1_000 {
            let (mut known, variant) = started(before, contact(n), n);
            known.runs.clear();
            assert_eq!(started(after, known, n + CONTACTS).1, variant);
        }
    }
    let found = new.iter().filter(|variant| *variant == "a").count() as f64 / new.len() as f64;
    assert!((found - 0.1).abs() < 2.0 * bound(0.1), "{found}");
}

/// The counters of a play that begin so, with how often each was counted.
fn counted(trace: &Trace, prefix: &str) -> BTreeMap<String, i64> {
    let mut counters = BTreeMap::new();
    for effect in trace.inputs.iter().flat_map(|played| &played.effects) {
        if let Effect::Count { counter, by } = effect
            && counter.starts_with(prefix)
        {
            *counters.entry(counter.clone()).or_insert(0) += *by;
        }
    }
    counters
}

#[test]
fn s10_2_who_is_exposed_stays_whatever_becomes_of_weights_and_versions() {
    let revisions = [[0, 1], [1, 0]].map(|weights| splits("coupon", weights)).join("=== next\n");
    let trace = play(&revisions, "+0m start w\n+1d catalog\n+1d start w\n");
    trace.says(&[
        "10.1 w/s: in the experiment coupon the contact's variant is b, and stays so.",
        "10.2 w@2/s: in the experiment coupon the contact stays in the variant b.",
    ]);
    assert_eq!(counted(&trace, "exposed:"), BTreeMap::from([("exposed:coupon:b".to_owned(), 1)]));
}

#[test]
fn s10_2_who_was_in_a_variant_that_is_gone_is_drawn_anew() {
    let other = splits("coupon", [1, 1]).replace("        b: {", "        c: {");
    let other = other.replace("a: { weight: 1", "a: { weight: 0");
    let revisions = [splits("coupon", [0, 1]), other].join("=== next\n");
    let trace = play(&revisions, "+0m start w\n+1d catalog\n+1d start w\n");
    trace.says(&[
        "the contact's variant is b",
        "10.1 w@2/s: in the experiment coupon the contact's variant is c",
    ]);
    assert_eq!(trace.contact.exposures["coupon"].variant, "c");
}

#[test]
fn s10_2_one_experiment_in_two_workflows_has_one_variant() {
    let second = splits("coupon", [1, 0]).replace("workflow: w", "workflow: x");
    let both = [splits("coupon", [0, 1]), second].join("---\n");
    let trace = play(&both, "+0m start w\n+1h start x\n");
    trace.says(&[
        "w/s: in the experiment coupon the contact's variant is b",
        "x/s: in the experiment coupon the contact stays in the variant b",
    ]);
}

#[test]
fn s5_2_the_version_and_the_variants_that_a_run_went_through_get_the_credit() {
    let trace = play(&splits("coupon", [0, 1]), "+0m start w\n+1h event Bought\n");
    let credited = BTreeMap::from([
        ("goal:w:Bought".to_owned(), 1),
        ("goal:w:Bought:v1".to_owned(), 1),
        ("goal_variant:coupon:b:w:Bought".to_owned(), 1),
    ]);
    assert_eq!(counted(&trace, "goal"), credited);
    let late = play(&splits("coupon", [0, 1]), "+0m start w\n+3d event Bought\n");
    assert_eq!(counted(&late, "goal"), credited, "windows outlive the run");
}

#[test]
fn s10_1_a_split_without_steps_goes_on_and_its_id_names_the_experiment() {
    let text = "workflow: w
category: offers
trigger: { api: true }
steps:
  - { id: s, split: { variants: { a: { weight: 1 }, b: { weight: 1 } } } }
  - { id: end, send: { email: hello } }
";
    let trace = play(text, "+0m traits {\"email\": \"a@b.example\"}\n+0m start w\n");
    trace.says(&["in the experiment w/s the contact's variant is", "it reached the end of its steps"]);
    let exposure: Vec<&String> = trace.contact.exposures.keys().collect();
    assert_eq!(exposure, ["w/s"]);
    let value: Value = serde_json::to_value(&trace.contact.exposures).unwrap();
    assert!(value["w/s"]["at"].is_string() || value["w/s"]["at"].is_number());
}

#[test]
fn s4_5_a_held_out_contact_takes_its_way_and_is_exposed_to_nothing() {
    let text =
        splits("coupon", [0, 1]).replace("reentry: always", "reentry: always\nholdout: { percent: 99.99 }");
    let trace = play(&text, "+0m start w\n+1h event Bought\n");
    trace.says(&[
        "4.5 w/s: the contact is held out, else: take the variant b of the experiment coupon",
        "w/wb",
    ]);
    assert!(trace.contact.exposures["coupon"].ghost, "it stays there and was shown nothing");
    assert!(counted(&trace, "exposed:").is_empty());
    assert!(counted(&trace, "goal_variant:").is_empty());
}

#[test]
fn s4_5_a_held_out_contact_did_not_stay_in_its_variant_when_weights_changed() {
    let split = |step: &str, a: u32, b: u32| {
        format!(
            "  - id: {step}
    split:
      experiment: colour
      variants:
        a: {{ weight: {a} }}
        b: {{ weight: {b}, steps: [ {{ id: in-b-{step}, wait: 1h }} ] }}
"
        )
    };
    let portfolio = format!(
        "workflow: w\ncategory: offers\nholdout: {{ percent: 100 }}\ntrigger: {{ api: true }}\nsteps:\n{}{}",
        split("first", 1, 0),
        split("second", 0, 1)
    );
    let trace = play(&portfolio, "+0m start w");
    assert_eq!(trace.ended(), ["+0s w completed"], "{}", trace.text());
    assert!(trace.contact.exposures["colour"].ghost);
    trace.never_says("stays in the variant");
}
