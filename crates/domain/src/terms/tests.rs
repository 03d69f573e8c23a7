use serde_json::json;

use super::*;
use crate::id::ContactId;
use crate::time::Timestamp;

fn contact(traits: Value) -> Contact {
    let at = Timestamp::from_millis(0);
    let mut contact = Contact::new(ContactId::hashed(at, &[]), 0, at);
    let Value::Object(traits) = traits else { panic!("traits are an object") };
    contact.traits = traits;
    contact
}

#[test]
fn a_contact_is_found_by_name_word_e_mail_segment_list_and_tag() {
    let at = Timestamp::from_millis(0);
    let mut ada =
        contact(json!({"email": "Ada@Example.COM", "first_name": "Ada", "last_name": "King  Lovelace"}));
    ada.segments.insert(SegmentName::from("pros"), at);
    ada.lists.insert(ListName::from("vip"), at);
    ada.tags.insert("Staff".to_owned());
    let terms: Vec<String> = of(&ada).into_iter().collect();
    assert_eq!(
        terms,
        [
            "e:ada@example.com",
            "l:vip",
            "n:ada",
            "n:ada king lovelace",
            "n:king",
            "n:king lovelace",
            "n:lovelace",
            "s:pros",
            "t:Staff"
        ]
    );
}

#[test]
fn what_begins_as_typed_lies_in_one_span_and_nothing_else_does() {
    let [(from, to), names] = spans("  ADA ");
    for (term, inside) in [
        ("e:ada", true),
        ("e:ada@example.com", true),
        ("e:adam@x", true),
        ("e:ad", false),
        ("e:adb", false),
        ("n:ada", false),
    ] {
        assert_eq!(from.as_str() <= term && term < to.as_str(), inside, "{term}");
    }
    assert_eq!(names.0, "n:ada");
}

#[test]
fn only_what_changed_is_gained_or_lost() {
    let before = contact(json!({"email": "a@x", "name": "Ada", "plan": "free"}));
    let mut mark = Mark::of(&before);
    let same = contact(json!({"email": "a@x", "name": "Ada", "plan": "pro"}));
    assert_eq!(mark.move_to(&same), (vec![], vec![]));
    let after = contact(json!({"email": "b@x", "name": "Ada"}));
    assert_eq!(mark.move_to(&after), (vec!["e:b@x".to_owned()], vec!["e:a@x".to_owned()]));
    assert_eq!(mark, Mark::of(&after));
}

#[test]
fn terms_are_bounded_in_number_and_length() {
    let words: Vec<String> = (0..100).map(|n| format!("w{n:03}")).collect();
    let long = contact(json!({"name": words.join(" "), "email": "ä".repeat(1_000)}));
    let terms = of(&long);
    assert_eq!(terms.len(), NAME_TERMS_MAX + 1);
    assert!(terms.iter().all(|term| term.len() <= TERM_BYTES_MAX + 2));
    assert!(of(&contact(json!({"name": 7, "email": null}))).is_empty());
}
