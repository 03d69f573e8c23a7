use super::*;

fn headers(cookie: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
    headers
}

#[test]
fn the_secret_is_found_among_other_cookies() {
    assert_eq!(secret_of(&headers("a=b; wend_session=xyz; c=d")), Some("xyz".to_owned()));
    assert_eq!(secret_of(&headers("wend_sessions=xyz")), None);
    assert_eq!(secret_of(&headers("wend_session=")), None);
    assert_eq!(secret_of(&headers(&format!("wend_session={}", "x".repeat(SECRET_BYTES_MAX + 1)))), None);
    assert_eq!(secret_of(&HeaderMap::new()), None);
}

#[test]
fn the_token_is_the_sessions_own_and_does_not_tell_its_secret() {
    assert_ne!(csrf_token("one"), csrf_token("two"));
    assert!(!csrf_token("one").contains("one"));
}
