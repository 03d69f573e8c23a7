use super::*;
use crate::secrets::SecretsKey;

fn options(seal: Option<u8>) -> EngineOptions {
    let secrets_key = seal.map(|byte| SecretsKey::from_base64(&STANDARD.encode([byte; 32])).unwrap());
    EngineOptions { secrets_key, ..EngineOptions::default() }
}

#[test]
fn a_key_is_sealed_where_there_is_something_to_seal_it_with() {
    let shop = WorkspaceId::from("shop");
    let text = STANDARD.encode([5; 32]);
    let kept = keep(&options(Some(1)), &shop, &text).unwrap();
    assert!(!kept.contains(&text));
    assert_eq!(open(&options(Some(1)), &shop, &kept).unwrap(), LinkKey::new([5; 32]));
    let error = open(&options(Some(2)), &shop, &kept).unwrap_err();
    assert!(error.to_string().contains("secrets.key"), "{error:#}");
    assert!(open(&options(None), &shop, &kept).is_err());
    assert!(
        open(&options(Some(1)), &WorkspaceId::from("other"), &kept).is_err(),
        "it is bound to its workspace"
    );
}

#[test]
fn a_key_without_a_seal_is_kept_open_and_still_opens_when_there_is_one() {
    let shop = WorkspaceId::from("shop");
    let kept = keep(&options(None), &shop, &STANDARD.encode([5; 32])).unwrap();
    assert_eq!(open(&options(None), &shop, &kept).unwrap(), LinkKey::new([5; 32]));
    assert_eq!(open(&options(Some(1)), &shop, &kept).unwrap(), LinkKey::new([5; 32]));
}

#[test]
fn an_address_is_hashed_without_regard_to_case_and_with_regard_to_its_channel() {
    let key = LinkKey::new([5; 32]);
    let hash = |channel: &str, address: &str| address_hash(&key, &Channel::from(channel), address);
    assert_eq!(hash("email", " Ada@Example.com"), hash("email", "ada@example.com"));
    assert_ne!(hash("email", "1"), hash("sms", "1"));
}
