use super::*;

fn given(answer: Answer, at: i64) -> Given {
    Given { answer, at: Timestamp::from_millis(at), source: "test".to_owned(), basis: None }
}

fn of(category: &str, given: Given) -> Consent {
    Consent { categories: BTreeMap::from([(Category::from(category), given)]), ..Consent::default() }
}

#[test]
fn s13_3_of_two_documents_the_strictest_consent_holds_in_either_order() {
    let (yes, no) = (given(Answer::Subscribed, 9), given(Answer::Unsubscribed, 1));
    for (one, other) in [(yes.clone(), no.clone()), (no.clone(), yes)] {
        let mut joined = of("news", one);
        joined.absorb(of("news", other));
        assert_eq!(joined, of("news", no.clone()));
    }
}

#[test]
fn s13_3_answers_that_only_one_document_has_stay() {
    let mut joined = of("news", given(Answer::Subscribed, 1));
    joined.absorb(of("offers", given(Answer::Unsubscribed, 2)));
    assert_eq!(joined.categories.len(), 2);
}

#[test]
fn s13_3_the_longer_pause_and_the_lower_frequency_hold() {
    let week = Period::from_millis(7 * 86_400_000);
    let day = Period::from_millis(86_400_000);
    let consent = |until: i64, max, per| Consent {
        paused_until: Some(Timestamp::from_millis(until)),
        frequency: Some(Frequency { max, per }),
        ..Consent::default()
    };
    for (one, other) in [(consent(5, 1, day), consent(9, 2, week)), (consent(9, 2, week), consent(5, 1, day))]
    {
        let mut joined = one;
        joined.absorb(other);
        assert_eq!(joined, consent(9, 2, week), "two a week are fewer than one a day");
    }
}

#[test]
fn s13_3_a_subscription_that_waits_for_its_confirmation_ends_with_an_answer() {
    let open = Unconfirmed { at: Timestamp::from_millis(5), source: "event".to_owned() };
    let waiting =
        || Consent { unconfirmed: BTreeMap::from([("news".into(), open.clone())]), ..Consent::default() };
    let mut joined = waiting();
    joined.absorb(of("news", given(Answer::Unsubscribed, 6)));
    assert!(joined.unconfirmed.is_empty(), "who opted out later is not asked any more");
    let mut joined = of("news", given(Answer::Unsubscribed, 4));
    joined.absorb(waiting());
    assert_eq!(joined.unconfirmed.len(), 1, "who asked later may still confirm");
}

#[test]
fn a_basis_is_found_by_its_name() {
    for basis in [Basis::Consent, Basis::Contract, Basis::LegalObligation, Basis::LegitimateInterest] {
        assert_eq!(Basis::named(basis.as_str()), Some(basis));
        assert_eq!(serde_json::to_value(basis).unwrap(), basis.as_str());
    }
    assert_eq!(Basis::named("because"), None);
}
