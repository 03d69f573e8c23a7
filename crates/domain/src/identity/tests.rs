//! Which identifiers an event names, and whom they mean.

mod laws;

use serde_json::{Value, json};

use super::*;
use crate::event::{Event, EventKind};
use crate::id::{EventName, WorkspaceId};
use crate::time::Timestamp;

const AT: i64 = 1_800_000_000_000;

fn ids(user: Option<&str>, anonymous: Option<&str>) -> Named {
    with_traits(user, anonymous, &json!({}))
}

fn with_traits(user: Option<&str>, anonymous: Option<&str>, traits: &Value) -> Named {
    let identifiers = Identifiers {
        user_id: user.map(str::to_owned),
        anonymous_id: anonymous.map(str::to_owned),
        ..Identifiers::default()
    };
    named(&event(identifiers, traits), &policy())
}

fn policy() -> IdentityPolicy {
    IdentityPolicy { external: ["crm".to_owned()].into(), ..IdentityPolicy::default() }
}

fn event(identifiers: Identifiers, traits: &Value) -> Event {
    Event {
        kind: EventKind::Identify,
        name: EventName::from("Identify"),
        message_id: "m".to_owned(),
        occurred_at: Timestamp::default(),
        identifiers,
        properties: serde_json::Map::new(),
        traits: traits.as_object().cloned().unwrap_or_default(),
        imported: false,
        brought: None,
    }
}

fn known(value: &str) -> ContactId {
    ContactId::hashed(Timestamp::default(), &[value.as_bytes()])
}

/// Resolves with these owners: (identifier's value, contact's name, its user id if it has one).
fn resolved(named: &Named, owners: &[(&str, &str, Option<&str>)]) -> Resolution {
    let owner_of = |identifier: &Identifier| {
        let (_, contact, _) = owners.iter().find(|(value, ..)| *value == identifier.value)?;
        Some(known(contact))
    };
    let keys_of = |contact: ContactId| {
        let found = owners.iter().find(|(_, name, _)| known(name) == contact);
        let user_id = found.and_then(|(.., user)| *user).map(str::to_owned);
        Keys { user_id, ..Keys::default() }
    };
    resolve(&WorkspaceId::from("w"), named, Timestamp::from_millis(AT), owner_of, keys_of).unwrap()
}

fn values(identifiers: &[Identifier]) -> Vec<&str> {
    identifiers.iter().map(|identifier| identifier.value.as_str()).collect()
}

#[test]
fn s13_1_an_event_without_identifiers_is_about_nobody() {
    assert!(ids(None, None).is_empty());
    let nobody = resolve(
        &WorkspaceId::from("w"),
        &ids(None, None),
        Timestamp::default(),
        |_| None,
        |_| Keys::default(),
    );
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
    let found = resolved(&ids(Some("u"), Some("a")), &[("a", "visitor", None)]);
    assert_eq!((found.contact, found.is_new), (known("visitor"), false));
    assert_eq!(values(&found.claims), ["u"]);
}

#[test]
fn s13_1_a_known_user_brings_a_new_device_along() {
    let found = resolved(&ids(Some("u"), Some("a")), &[("u", "ada", Some("u"))]);
    assert_eq!(found.contact, known("ada"));
    assert_eq!(values(&found.claims), ["a"]);
}

#[test]
fn s13_2_an_anonymous_id_that_appears_with_another_user_begins_a_new_association() {
    let unknown_user = resolved(&ids(Some("u2"), Some("a")), &[("a", "ada", Some("u1"))]);
    assert!(unknown_user.is_new);
    assert_eq!(values(&unknown_user.claims), ["u2"]);
    assert_eq!(values(&unknown_user.reassigned), ["a"]);
    let owners = [("a", "ada", Some("u1")), ("u2", "bob", Some("u2"))];
    let known_user = resolved(&ids(Some("u2"), Some("a")), &owners);
    assert_eq!(known_user.contact, known("bob"));
    assert_eq!(values(&known_user.reassigned), ["a"]);
    assert!(known_user.refused.is_empty());
}

#[test]
fn s13_2_a_visitor_who_turns_out_to_be_a_known_user_becomes_one_with_them() {
    let owners = [("a", "visitor", None), ("u", "ada", Some("u"))];
    let found = resolved(&ids(Some("u"), Some("a")), &owners);
    assert_eq!(found.contact, known("ada"));
    let merged: Vec<ContactId> = found.merges.iter().map(|(contact, _)| *contact).collect();
    assert_eq!(merged, [known("visitor")]);
    assert!(found.reassigned.is_empty() && found.refused.is_empty());
}

#[test]
fn s13_2_an_address_of_another_known_person_stays_with_them() {
    let owners = [("u2", "bob", Some("u2")), ("ada@example.com", "ada", Some("u1"))];
    let found = resolved(&with_traits(Some("u2"), None, &json!({ "email": "ADA@example.com " })), &owners);
    assert_eq!(found.contact, known("bob"));
    assert_eq!(found.merges, []);
    let (claim, why) = &found.refused[0];
    assert_eq!(claim.value, "ada@example.com");
    assert!(why.contains("`u1` and `u2`") || why.contains("`u2` and `u1`"), "{why}");
}

#[test]
fn s13_1_the_same_owner_of_both_needs_no_claim() {
    let owners = [("a", "ada", Some("u")), ("u", "ada", Some("u"))];
    let found = resolved(&ids(Some("u"), Some("a")), &owners);
    assert_eq!((found.contact, found.is_new, found.claims.len()), (known("ada"), false, 0));
}

#[test]
fn s13_1_addresses_are_compared_in_their_normal_form() {
    let email = |text: &str| normal_email(text);
    assert_eq!(email("  Ada.Lovelace@Example.COM ").as_deref(), Some("ada.lovelace@example.com"));
    for nobody in ["ada", "ada@", "@example.com", "ada@localhost", "a b@example.com", "a@.com", ""] {
        assert_eq!(email(nobody), None, "{nobody}");
    }
    assert_eq!(normal_phone("+49 30 901820", None).as_deref(), Some("+4930901820"));
    assert_eq!(normal_phone("030/901820", Some("de")).as_deref(), Some("+4930901820"));
    assert_eq!(normal_phone("0049 30 901820", Some("DE")).as_deref(), Some("+4930901820"));
    for nobody in ["030/901820", "12", "call me", "", "+49"] {
        assert_eq!(normal_phone(nobody, None), None, "{nobody}");
    }
}

#[test]
fn s13_1_what_is_no_address_names_nobody_and_is_reported() {
    let named = with_traits(Some("u"), None, &json!({ "email": "none", "phone": "12" }));
    assert_eq!(values(&named.identifiers), ["u"]);
    let invalid: Vec<&str> = named.invalid.iter().map(|(identifier, _)| identifier.value.as_str()).collect();
    assert_eq!(invalid, ["none", "12"]);
}

#[test]
fn s13_1_only_the_declared_systems_ids_name_somebody() {
    let external = [("crm".to_owned(), "7".to_owned()), ("ga".to_owned(), "x".to_owned())].into();
    let of_both = event(
        Identifiers { external, ..Identifiers::default() },
        &json!({ "country": "DE", "phone": "030/901820" }),
    );
    assert_eq!(values(&named(&of_both, &policy()).identifiers), ["crm:7", "+4930901820"]);
    let off = IdentityPolicy { phone: false, ..IdentityPolicy::default() };
    assert!(named(&of_both, &off).is_empty());
}

#[test]
fn s13_1_an_alias_names_a_device_unless_it_was_a_user_before() {
    let alias = Identifiers {
        user_id: Some("u2".to_owned()),
        previous: Some("before".to_owned()),
        ..Identifiers::default()
    };
    let named = named(&event(alias, &json!({})), &policy());
    let of_a_device = resolved(&named, &[("before", "visitor", None)]);
    // Both kinds are looked up; the owner of a test holds both.
    assert_eq!(of_a_device.contact, known("visitor"));
    let unknown = resolved(&named, &[]);
    assert_eq!(values(&unknown.claims), ["u2", "before"]);
}
