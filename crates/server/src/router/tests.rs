//! What a fault inside looks like from outside.

use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use super::{REQUEST_ID, request_id, say_panic, say_too_slow};

#[tokio::test]
async fn a_panic_is_answered_without_its_text() {
    let response = say_panic(Box::new("the password is 1234".to_owned()));
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(text.contains("\"code\":\"internal\""), "{text}");
    assert!(!text.contains("1234"), "{text}");
}

#[tokio::test]
async fn a_time_out_is_answered_as_json() {
    let bare = axum::http::Response::builder().status(408).body(axum::body::Body::empty()).unwrap();
    let response = say_too_slow(bare).await;
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    assert!(String::from_utf8(body.to_vec()).unwrap().contains("\"code\":\"too_slow\""));
}

#[test]
fn only_a_harmless_request_id_is_taken_over() {
    let id = |text: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_str(text).unwrap());
        request_id(&headers)
    };
    assert_eq!(id("abc-123_x.y"), Some("abc-123_x.y".to_owned()));
    assert_eq!(id(""), None);
    assert_eq!(id("a b"), None);
    assert_eq!(id(&"x".repeat(64)), Some("x".repeat(64)));
    assert_eq!(id(&"x".repeat(65)), None);
}
