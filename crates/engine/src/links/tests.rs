use super::*;

#[test]
fn a_key_is_32_bytes_in_base64_and_anything_else_is_refused() {
    let shop = WorkspaceId::from("shop");
    assert_eq!(read(&shop, &STANDARD.encode([5; 32])).unwrap(), LinkKey::new([5; 32]));
    for wrong in ["", "x", &STANDARD.encode([5; 31])] {
        assert!(read(&shop, wrong).unwrap_err().to_string().contains("shop"));
    }
}

#[test]
fn an_address_is_hashed_without_regard_to_case_and_with_regard_to_its_channel() {
    let key = LinkKey::new([5; 32]);
    let hash = |channel: &str, address: &str| address_hash(&key, &Channel::from(channel), address);
    assert_eq!(hash("email", " Ada@Example.com"), hash("email", "ada@example.com"));
    assert_ne!(hash("email", "1"), hash("sms", "1"));
}
