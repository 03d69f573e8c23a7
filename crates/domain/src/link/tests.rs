use super::*;

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
