use super::*;

#[tokio::test]
async fn a_password_is_known_again_and_no_other_is() {
    let kept = hash_password("correct horse battery".to_owned(), [7; SALT_BYTES]).await.unwrap();
    assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    assert!(is_password("correct horse battery".to_owned(), Some(kept.clone())).await.unwrap());
    assert!(!is_password("correct horse batterz".to_owned(), Some(kept)).await.unwrap());
}

#[tokio::test]
async fn nobody_has_the_password_of_an_unknown_address() {
    assert!(!is_password(String::new(), None).await.unwrap());
}

#[test]
fn a_password_is_neither_short_nor_endless() {
    assert!(checked_password("123456789").is_err());
    assert!(checked_password("ünïcödé-ok").is_ok());
    assert!(checked_password(&"x".repeat(PASSWORD_BYTES_MAX + 1)).is_err());
}
