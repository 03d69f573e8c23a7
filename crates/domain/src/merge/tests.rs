//! Laws of joining two documents (SEMANTICS 13.3).

use proptest::prelude::*;

use super::*;
use crate::behaviour::Occurrence;
use crate::consent::{Answer, Basis, Consent, Frequency, Given, Suppression};
use crate::id::{Category, Channel};
use crate::time::Period;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn given() -> impl Strategy<Value = Given> {
    (any::<bool>(), 0_i64..5, 0_u8..3).prop_map(|(in_, millis, source)| Given {
        answer: if in_ { Answer::Subscribed } else { Answer::Unsubscribed },
        at: at(millis),
        source: source.to_string(),
        basis: (source == 2).then_some(Basis::Contract),
    })
}

fn consents() -> impl Strategy<Value = Consent> {
    let name = 0_u8..3;
    let suppression = (0_i64..5, 0_u8..3);
    (
        prop::collection::btree_map(name.clone(), given(), 0..3),
        prop::collection::btree_map(name.clone(), given(), 0..3),
        prop::collection::btree_map(name, suppression, 0..3),
        prop::option::of(0_i64..5),
        prop::option::of((1_u32..3, 1_i64..3)),
    )
        .prop_map(|(channels, categories, suppressed, pause, frequency)| Consent {
            unconfirmed: BTreeMap::new(),
            paused_until: pause.map(at),
            frequency: frequency.map(|(max, per)| Frequency { max, per: Period::from_millis(per) }),
            channels: channels.into_iter().map(|(n, given)| (Channel::from(n.to_string()), given)).collect(),
            categories: categories
                .into_iter()
                .map(|(n, given)| (Category::from(n.to_string()), given))
                .collect(),
            suppressed: suppressed
                .into_iter()
                .map(|(n, (since, reason))| {
                    (n.to_string(), Suppression { at: at(since), reason: reason.to_string() })
                })
                .collect(),
        })
}

fn summary_of() -> impl Strategy<Value = Summary> {
    let entries = prop::collection::vec((0_i64..20, -3_i32..3), 0..5);
    entries.prop_map(|entries| {
        let mut summary = Summary { count: entries.len() as u64, ..Summary::default() };
        summary.entries =
            entries.iter().map(|(millis, value)| Occurrence(at(*millis), f64::from(*value), None)).collect();
        summary.entries.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        summary.sum = entries.iter().map(|(_, value)| f64::from(*value)).sum();
        summary.first = summary.entries.first().map(|occurrence| occurrence.0);
        summary.last = summary.entries.last().map(|occurrence| occurrence.0);
        summary
    })
}

fn joined(one: &Consent, other: &Consent) -> Consent {
    let mut joined = one.clone();
    joined.absorb(other.clone());
    joined
}

proptest! {
    #[test]
    fn s13_3_the_strictest_consent_holds_whoever_stays(one in consents(), two in consents(), three in consents()) {
        prop_assert_eq!(joined(&one, &two), joined(&two, &one));
        prop_assert_eq!(joined(&joined(&one, &two), &three), joined(&one, &joined(&two, &three)));
        prop_assert_eq!(joined(&one, &one), one.clone());
        let both = joined(&one, &two);
        for part in [&one, &two] {
            for (category, given) in &part.categories {
                let is_out = given.answer == Answer::Unsubscribed;
                prop_assert!(!is_out || both.categories[category].answer == Answer::Unsubscribed);
            }
            prop_assert!(part.suppressed.keys().all(|address| both.suppressed.contains_key(address)));
        }
    }

    #[test]
    fn s13_3_what_both_did_is_added_up_whoever_stays(one in summary_of(), two in summary_of(), three in summary_of()) {
        prop_assert_eq!(summary(&one, &two), summary(&two, &one));
        prop_assert_eq!(summary(&summary(&one, &two), &three), summary(&one, &summary(&two, &three)));
        prop_assert_eq!(summary(&one, &Summary::default()), one.clone());
        prop_assert_eq!(summary(&one, &two).count, one.count + two.count);
    }
}

fn contact(name: &str) -> Contact {
    Contact::new(ContactId::hashed(at(0), &[name.as_bytes()]), 1, at(0))
}

#[test]
fn s13_3_known_traits_win_and_the_others_are_kept() {
    let (mut ada, mut visitor) = (contact("ada"), contact("visitor"));
    ada.traits.insert("city".to_owned(), "Bonn".into());
    visitor.traits.insert("city".to_owned(), "Ulm".into());
    visitor.traits.insert("plan".to_owned(), "pro".into());
    join(&mut ada, visitor, at(9), |_| false);
    assert_eq!(serde_json::to_string(&ada.traits).unwrap(), r#"{"city":"Bonn","plan":"pro"}"#);
}

#[test]
fn s10_2_the_earliest_exposure_stays_and_one_that_was_shown_counts_over_a_ghosts() {
    let shown = |variant: &str, millis: i64, ghost: bool| Exposure {
        variant: variant.to_owned(),
        at: at(millis),
        ghost,
    };
    let of = |shown: Exposure| BTreeMap::from([("offer".to_owned(), shown)]);
    for (one, two, stays) in [
        (shown("a", 2, false), shown("b", 1, false), "b"),
        (shown("a", 1, false), shown("b", 2, false), "a"),
        (shown("a", 1, true), shown("b", 2, false), "b"),
    ] {
        for (mut own, others) in [(of(one.clone()), of(two.clone())), (of(two), of(one))] {
            exposures(&mut own, others);
            assert_eq!(own["offer"].variant, stays);
        }
    }
}

#[test]
fn s13_3_entries_of_both_count_for_reentry() {
    let of = |n: u32, millis: i64| {
        let keys = BTreeMap::from([(String::new(), Entry { at: at(millis), n })]);
        BTreeMap::from([(WorkflowName::from("welcome"), keys)])
    };
    let mut own = of(2, 5);
    entries(&mut own, of(1, 7));
    assert_eq!(own[&WorkflowName::from("welcome")][""], Entry { at: at(7), n: 3 });
}

#[test]
fn s13_3_who_was_part_of_either_is_part_of_both() {
    let (mut ada, mut visitor, first) = (contact("ada"), contact("visitor"), contact("first"));
    join(&mut visitor, first.clone(), at(3), |_| false);
    let id = visitor.id;
    join(&mut ada, visitor, at(9), |_| false);
    assert_eq!(ada.merged, BTreeMap::from([(first.id, at(3)), (id, at(9))]));
}
