use super::*;

const AT: i64 = 1_800_000_000_000;

fn ids(user: Option<&str>, anonymous: Option<&str>) -> Identifiers {
    Identifiers { user_id: user.map(str::to_owned), anonymous_id: anonymous.map(str::to_owned) }
}

fn known(value: &str) -> ContactId {
    ContactId::hashed(Timestamp::default(), &[value.as_bytes()])
}

/// Resolves with these owners: (identifier's value, contact's name, whether the contact has a user id).
fn resolved(identifiers: &Identifiers, owners: &[(&str, &str, bool)]) -> Resolution {
    let owner_of = |identifier: &Identifier| {
        let (_, contact, has_user_id) = owners.iter().find(|(value, ..)| *value == identifier.value)?;
        Some(Owner { contact: known(contact), has_user_id: *has_user_id })
    };
    resolve(&WorkspaceId::from("w"), identifiers, Timestamp::from_millis(AT), owner_of).unwrap()
}

fn values(identifiers: &[Identifier]) -> Vec<&str> {
    identifiers.iter().map(|identifier| identifier.value.as_str()).collect()
}

#[test]
fn s13_1_an_event_without_identifiers_is_about_nobody() {
    let nobody = resolve(&WorkspaceId::from("w"), &ids(None, None), Timestamp::default(), |_| None);
    assert_eq!(nobody, None);
}

#[test]
fn s13_1_unknown_identifiers_make_one_contact_that_is_the_same_each_time() {
    let first = resolved(&ids(Some("u"), Some("a")), &[]);
    assert!(first.is_new);
    assert_eq!(values(&first.claims), ["u", "a"]);
    assert_eq!(first, resolved(&ids(Some("u"), Some("a")), &[]));
    assert_ne!(first.contact, resolved(&ids(None, Some("a")), &[]).contact);
}

#[test]
fn s13_1_an_anonymous_contact_becomes_known_by_its_first_user_id() {
    let found = resolved(&ids(Some("u"), Some("a")), &[("a", "visitor", false)]);
    assert_eq!((found.contact, found.is_new), (known("visitor"), false));
    assert_eq!(values(&found.claims), ["u"]);
}

#[test]
fn s13_1_a_known_user_brings_a_new_device_along() {
    let found = resolved(&ids(Some("u"), Some("a")), &[("u", "ada", true)]);
    assert_eq!(found.contact, known("ada"));
    assert_eq!(values(&found.claims), ["a"]);
}

#[test]
fn s13_2_an_anonymous_id_that_appears_with_another_user_begins_a_new_association() {
    let unknown_user = resolved(&ids(Some("u2"), Some("a")), &[("a", "ada", true)]);
    assert!(unknown_user.is_new);
    assert_eq!(values(&unknown_user.claims), ["u2"]);
    assert_eq!(values(&unknown_user.reassigned), ["a"]);
    let known_user = resolved(&ids(Some("u2"), Some("a")), &[("a", "ada", true), ("u2", "bob", true)]);
    assert_eq!(known_user.contact, known("bob"));
    assert_eq!(values(&known_user.reassigned), ["a"]);
    assert!(known_user.refused.is_empty());
}

#[test]
fn s13_2_a_visitor_who_turns_out_to_be_a_known_user_is_told_apart_and_recorded() {
    let found = resolved(&ids(Some("u"), Some("a")), &[("a", "visitor", false), ("u", "ada", true)]);
    assert_eq!(found.contact, known("ada"));
    assert_eq!(values(&found.reassigned), ["a"]);
    assert!(found.refused[0].1.contains("not merged yet"), "{:?}", found.refused);
}

#[test]
fn s13_1_the_same_owner_of_both_needs_no_claim() {
    let found = resolved(&ids(Some("u"), Some("a")), &[("a", "ada", true), ("u", "ada", true)]);
    assert_eq!(found, Resolution::of(known("ada"), false, Vec::new()));
}
