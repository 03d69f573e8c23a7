use super::*;
use crate::limits::{TRACKED_LINK_BYTES_MAX, TRACKED_TARGET_BYTES_MAX};

fn link(purpose: Purpose) -> Link {
    let at = Timestamp::from_millis(1_700_000_000_000);
    Link {
        purpose,
        at,
        contact: ContactId::hashed(at, &[b"ada"]),
        message: MessageId::hashed(at, &[b"hello"]),
        channel: Channel::from("email"),
        category: Category::from("news & more"),
    }
}

fn key() -> LinkKey {
    LinkKey::new([7; 32])
}

#[test]
fn a_link_says_after_signing_what_it_said_before() {
    for purpose in [Purpose::Unsubscribe, Purpose::Preferences, Purpose::Confirm] {
        let signed = link(purpose).sign(&key(), &WorkspaceId::from("shop"));
        assert!(signed.len() <= SIGNED_LINK_BYTES_MAX);
        assert_eq!(Link::read(&signed, &key(), &WorkspaceId::from("shop")), Some(link(purpose)));
    }
}

#[test]
fn a_link_holds_in_no_other_workspace_and_with_no_other_key() {
    let signed = link(Purpose::Unsubscribe).sign(&key(), &WorkspaceId::from("shop"));
    assert_eq!(Link::read(&signed, &key(), &WorkspaceId::from("shop2")), None);
    assert_eq!(Link::read(&signed, &LinkKey::new([8; 32]), &WorkspaceId::from("shop")), None);
}

#[test]
fn no_byte_of_a_link_can_be_changed_and_none_left_out() {
    let shop = WorkspaceId::from("shop");
    let bytes = URL_SAFE_NO_PAD.decode(link(Purpose::Unsubscribe).sign(&key(), &shop)).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert_eq!(Link::read(&URL_SAFE_NO_PAD.encode(&changed), &key(), &shop), None, "byte {place}");
        assert_eq!(Link::read(&URL_SAFE_NO_PAD.encode(&bytes[..place]), &key(), &shop), None);
    }
}

#[test]
fn what_is_no_link_is_none() {
    let shop = WorkspaceId::from("shop");
    for text in ["", "x", "%%%", &"A".repeat(SIGNED_LINK_BYTES_MAX + 1), &"A".repeat(100)] {
        assert_eq!(Link::read(text, &key(), &shop), None);
    }
}

#[test]
fn a_link_for_unsubscribing_never_expires_and_others_do() {
    let at = link(Purpose::Unsubscribe).at;
    assert!(link(Purpose::Unsubscribe).holds(Timestamp::MAX));
    assert!(link(Purpose::Preferences).holds(at + PREFERENCES_FOR - Period::from_millis(1)));
    assert!(!link(Purpose::Preferences).holds(at + PREFERENCES_FOR));
    assert!(!link(Purpose::Confirm).holds(at + CONFIRM_FOR));
}

#[test]
fn the_keyed_hash_of_a_text_depends_on_key_and_kind() {
    assert_eq!(key().hash("address", "a"), key().hash("address", "a"));
    assert_ne!(key().hash("address", "a"), key().hash("phone", "a"));
    assert_ne!(key().hash("address", "a"), LinkKey::new([8; 32]).hash("address", "a"));
}

fn tracked(visited: Visited) -> Tracked {
    let link = link(Purpose::Unsubscribe);
    Tracked { contact: link.contact, message: link.message, visited }
}

#[test]
fn a_tracked_link_says_after_signing_what_it_said_before() {
    let shop = WorkspaceId::from("shop");
    let longest = format!("https://shop.example/{}", "x".repeat(TRACKED_TARGET_BYTES_MAX - 21));
    let target = "https://shop.example/a?b=c&d=%20#e".to_owned();
    for visited in
        [Visited::Pixel, Visited::Hidden, Visited::Link(target.clone()), Visited::Link(longest.clone())]
    {
        let signed = tracked(visited.clone()).sign(&key(), &shop).unwrap();
        assert!(signed.len() <= TRACKED_LINK_BYTES_MAX);
        assert_eq!(Tracked::read(&signed, &key(), &shop), Some(tracked(visited)));
    }
    let bad = ["javascript:alert(1)", "//evil.example", "https://a.example/\r\nX: y", "mailto:a@b.example"];
    for target in bad.map(ToOwned::to_owned).into_iter().chain([format!("{longest}x")]) {
        assert_eq!(tracked(Visited::Link(target)).sign(&key(), &shop), None);
    }
}

#[test]
fn no_byte_of_a_tracked_link_can_be_changed_so_that_it_leads_elsewhere() {
    let shop = WorkspaceId::from("shop");
    let signed = tracked(Visited::Link("https://shop.example".to_owned())).sign(&key(), &shop).unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(&signed).unwrap();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert_eq!(Tracked::read(&URL_SAFE_NO_PAD.encode(changed), &key(), &shop), None);
    }
    for length in 0..bytes.len() {
        assert_eq!(Tracked::read(&URL_SAFE_NO_PAD.encode(&bytes[..length]), &key(), &shop), None);
    }
    assert_eq!(Tracked::read(&signed, &key(), &WorkspaceId::from("other")), None);
    assert_eq!(Link::read(&signed, &key(), &shop), None);
    let unsubscribe = link(Purpose::Unsubscribe).sign(&key(), &shop);
    assert_eq!(Tracked::read(&unsubscribe, &key(), &shop), None);
}

#[test]
fn an_address_of_mail_that_comes_back_is_read_in_any_case_and_signed() {
    let shop = WorkspaceId::from("shop");
    for purpose in [MailPurpose::Bounce, MailPurpose::Reply] {
        let address = MailAddress { purpose, message: link(Purpose::Confirm).message };
        let local_part = address.sign(&key(), &shop);
        assert_eq!(local_part.len(), 41);
        assert_eq!(MailAddress::read(&local_part, &key(), &shop), Some(address));
        assert_eq!(MailAddress::read(&local_part.to_uppercase(), &key(), &shop), Some(address));
        assert_eq!(MailAddress::read(&local_part, &key(), &WorkspaceId::from("other")), None);
        assert_eq!(MailAddress::read(&local_part, &LinkKey::new([8; 32]), &shop), None);
        for place in 0..40 {
            let mut changed: Vec<char> = local_part.chars().collect();
            changed[place] = if changed[place] == 'b' { 'r' } else { 'b' };
            assert_eq!(MailAddress::read(&changed.iter().collect::<String>(), &key(), &shop), None);
        }
    }
    for other in ["", "b", "b-", "b-é", "postmaster", &"b-a".repeat(20), &"a".repeat(41)] {
        assert_eq!(MailAddress::read(other, &key(), &shop), None);
    }
}
