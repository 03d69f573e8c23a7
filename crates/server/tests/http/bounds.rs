//! What surrounds every request: headers, ids, errors as JSON, health.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;

use crate::app::{ADMIN, App};

#[tokio::test]
async fn health_readiness_and_metrics_need_no_key() {
    let app = App::start().await;
    let get = async |path: &str| app.send(Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(get("/health").await.json(), json!({"status": "ok"}));
    assert_eq!(get("/ready").await.json(), json!({"status": "ok"}));
    let metrics = get("/metrics").await;
    assert!(metrics.header("content-type").starts_with("text/plain"));
    assert!(metrics.text().contains("wend_http_events_accepted_total 0"), "{}", metrics.text());
}

#[tokio::test]
async fn what_is_not_there_is_said_as_json() {
    let app = App::start().await;
    let answer = app.call(ADMIN, Method::GET, "/api/v1/nothing", None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "error": {
        "code": "not_found",
        "hint": "see /openapi.json for what there is",
        "message": "there is no such path"
      }
    }
    "#);
    let answer = app.call(ADMIN, Method::DELETE, "/api/v1/status", None).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.json()["error"]["code"], "method_not_allowed");
}

#[tokio::test]
async fn every_answer_has_an_id_and_forbids_browsers_to_misuse_it() {
    let app = App::start().await;
    for path in ["/health", "/nothing", "/v1/track", "/api/v1/status"] {
        let request = Request::get(path).header("x-request-id", "mine-1").body(Body::empty()).unwrap();
        let answer = app.send(request).await;
        assert_eq!(answer.header("x-request-id"), "mine-1", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    let request = Request::get("/health").header("x-request-id", "a b\"").body(Body::empty()).unwrap();
    assert_eq!(app.send(request).await.header("x-request-id").len(), 16);
}

#[tokio::test]
async fn a_body_that_is_not_what_is_asked_for_is_told_why() {
    let app = App::start().await;
    let told = async |path: &str, body: serde_json::Value| {
        let answer = app.call(ADMIN, Method::POST, path, Some(body)).await;
        format!("{} {}", answer.status.as_u16(), answer.json()["error"]["message"].as_str().unwrap())
    };
    let all = [
        told("/api/v1/keys", json!({"name": "a", "scope": "all"})).await,
        told("/api/v1/keys", json!({"name": "a b", "scope": "read"})).await,
        told("/api/v1/keys", json!({"name": "a", "scope": "read", "colour": 1})).await,
        told("/api/v1/workspaces", json!({})).await,
        told("/api/v1/plan", json!({"files": [{"path": "a", "text": ""}, {"path": "a", "text": ""}]})).await,
    ];
    insta::assert_snapshot!(all.join("\n"));
    let answer = app.call(ADMIN, Method::GET, "/api/v1/messages?limit=0", None).await;
    assert_eq!(answer.json()["error"]["message"], "`limit` is 0; expected 1 to 1000");
    let answer = app.call(ADMIN, Method::GET, "/api/v1/messages?state=gone", None).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_publication_may_be_large_and_other_bodies_may_not() {
    let app = App::start().await;
    let large = "x".repeat(128 * 1024);
    let answer =
        app.call(ADMIN, Method::POST, "/api/v1/keys", Some(json!({"name": large, "scope": "read"}))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let files = json!({"files": [{"path": "notes.txt", "text": large}]});
    let answer = app.call(ADMIN, Method::POST, "/api/v1/plan", Some(files)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}
