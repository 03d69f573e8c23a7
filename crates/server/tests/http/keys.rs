//! Keys and workspaces.

use axum::http::{Method, StatusCode};
use serde_json::json;
use wend_server::auth::Scope;
use wend_server::{bootstrap, openapi};

use crate::app::{ADMIN, App};

#[tokio::test]
async fn a_key_is_shown_once_works_and_stops_working_when_revoked() {
    let app = App::start().await;
    let made = app.post("/api/v1/keys", json!({"name": "shop", "scope": "read"})).await;
    insta::assert_json_snapshot!(made);
    let secret = made["secret"].as_str().unwrap();
    assert_eq!(app.call(secret, Method::GET, "/api/v1/status", None).await.status, StatusCode::OK);
    let listed = app.get("/api/v1/keys").await;
    assert!(!listed.to_string().contains(secret));
    assert_eq!(listed["keys"].as_array().unwrap().len(), 3);
    let path = format!("/api/v1/keys/{}", made["id"].as_str().unwrap());
    assert_eq!(app.call(ADMIN, Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.call(secret, Method::GET, "/api/v1/status", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.call(ADMIN, Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
    insta::assert_json_snapshot!(app.get("/api/v1/audit").await);
}

#[tokio::test]
async fn a_key_revoked_on_another_node_stops_working_soon() {
    let app = App::start().await;
    app.key("default", "reads", Scope::Read).await;
    let status = async || app.call("reads", Method::GET, "/api/v1/status", None).await.status;
    assert_eq!(status().await, StatusCode::OK);
    let workspace = wend_domain::id::WorkspaceId::from("default");
    let at = wend_domain::time::Timestamp::from_millis(1);
    assert!(app.store.key_revoke(&workspace, "key_reads", at).await.unwrap());
    assert_eq!(status().await, StatusCode::OK);
    app.pass(2_000);
    assert_eq!(status().await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_administrator_of_default_makes_workspaces_and_their_first_keys() {
    let app = App::start().await;
    app.post("/api/v1/workspaces", json!({"name": "acme"})).await;
    let again = app.call(ADMIN, Method::POST, "/api/v1/workspaces", Some(json!({"name": "acme"}))).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(app.get("/api/v1/workspaces").await, json!({"workspaces": ["acme", "default"]}));
    let made = app.post("/api/v1/keys", json!({"name": "ana", "scope": "admin", "workspace": "acme"})).await;
    let ana = made["secret"].as_str().unwrap();
    let status = app.call(ana, Method::GET, "/api/v1/status", None).await.json();
    assert_eq!(status["workspace"], "acme");
    let own = app.call(ana, Method::GET, "/api/v1/workspaces", None).await.json();
    assert_eq!(own, json!({"workspaces": ["acme"]}));
    let body = json!({"name": "mine", "scope": "read", "workspace": "default"});
    assert_eq!(app.call(ana, Method::POST, "/api/v1/keys", Some(body)).await.status, StatusCode::NOT_FOUND);
    let body = json!({"name": "more"});
    assert_eq!(
        app.call(ana, Method::POST, "/api/v1/workspaces", Some(body)).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(app.call(ana, Method::GET, "/api/v1/backup", None).await.status, StatusCode::FORBIDDEN);
    let body = json!({"name": "x", "scope": "read", "workspace": "nowhere"});
    assert_eq!(app.call(ADMIN, Method::POST, "/api/v1/keys", Some(body)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_bootstrap_key_is_made_once_and_must_be_a_secret() {
    let app = App::start().await;
    let at = wend_domain::time::Timestamp::from_millis(0);
    bootstrap(&app.store, Some(ADMIN), at).await.unwrap();
    assert_eq!(app.get("/api/v1/keys").await["keys"].as_array().unwrap().len(), 2);
    bootstrap(&app.store, None, at).await.unwrap();
    let long = bootstrap(&app.store, Some(&"x".repeat(129)), at).await.unwrap_err().to_string();
    assert!(long.starts_with("the bootstrap key has 129 characters: choose 16 to 128"), "{long}");
    assert!(bootstrap(&app.store, Some("with a space in the middle"), at).await.is_err());
}

#[tokio::test]
async fn the_description_of_the_api_is_served() {
    let app = App::start().await;
    let served = app.get("/openapi.json").await;
    assert_eq!(served, serde_json::to_value(openapi()).unwrap());
}
