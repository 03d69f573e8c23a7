//! What clients are told.

use axum::body::to_bytes;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::Error;

/// The status, the header `Retry-After` and the body of an error.
async fn told(error: Error) -> (StatusCode, Option<String>, String) {
    let response = error.into_response();
    let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    let status = response.status();
    let body = to_bytes(response.into_body(), 100_000).await.unwrap();
    (status, retry_after, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_database_that_is_away_is_told_with_when_to_come_again_and_nothing_else() {
    let away = wend_store::Error::Unavailable { what: "postgres://wend:secret@10.0.0.1 refused".to_owned() };
    let (status, retry_after, body) = told(away.into()).await;
    assert_eq!((status, retry_after.as_deref()), (StatusCode::SERVICE_UNAVAILABLE, Some("5")));
    assert!(!body.contains("secret"), "{body}");
}

#[tokio::test]
async fn the_engines_words_for_a_store_that_is_away_mean_the_same() {
    let away = anyhow::Error::new(wend_store::Error::Unavailable { what: "disk full".to_owned() });
    assert_eq!(told(away.context("cannot load").into()).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_fault_inside_is_told_without_its_text() {
    let (status, _, body) =
        told(Error::internal(anyhow::anyhow!("the row of ana@example.com is broken"))).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.contains("ana"), "{body}");
}

#[tokio::test]
async fn when_to_come_again_is_at_least_a_whole_second() {
    let (status, retry_after, _) = told(Error::Overloaded { retry_after_s: 0 }).await;
    assert_eq!((status, retry_after.as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("1")));
}
