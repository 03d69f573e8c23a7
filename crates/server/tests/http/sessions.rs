//! People of the team sign in: who may, for how long, and what a foreign page can't make their browser do.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::app::{ADMIN, Answer, App};

const PASSWORD: &str = "a few easy words";

fn owner() -> Value {
    json!({ "name": "Ada", "email": "Ada@shop.example", "password": PASSWORD })
}

async fn ask(
    app: &App,
    method: Method,
    path: &str,
    cookie: Option<&str>,
    token: Option<&str>,
    body: Value,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    if let Some(token) = token {
        request = request.header("x-csrf-token", token);
    }
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// The cookie and the token of an answer that signed somebody in.
fn session(answer: &Answer) -> (String, String) {
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let token = answer.json()["person"]["csrf_token"].as_str().unwrap().to_owned();
    (cookie.split(';').next().unwrap().to_owned(), token)
}

async fn signed_in(app: &App) -> (String, String) {
    let answer = ask(app, Method::POST, "/app/setup", None, None, owner()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    session(&answer)
}

#[tokio::test]
async fn the_first_visitor_becomes_the_owner_and_nobody_after_them() {
    let app = App::start().await;
    let who = ask(&app, Method::GET, "/app/session", None, None, Value::Null).await.json();
    assert_eq!(who, json!({ "is_new": true, "person": null }));
    let (cookie, _) = signed_in(&app).await;
    let who = ask(&app, Method::GET, "/app/session", Some(&cookie), None, Value::Null).await.json();
    assert_eq!(
        (&who["is_new"], &who["person"]["email"], &who["person"]["scope"]),
        (&json!(false), &json!("ada@shop.example"), &json!("admin"))
    );
    let again = ask(&app, Method::POST, "/app/setup", None, None, owner()).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_changes_something_needs_the_sessions_own_token() {
    let app = App::start().await;
    let (cookie, token) = signed_in(&app).await;
    let body = json!({ "name": "web", "scope": "ingest" });
    let read = ask(&app, Method::GET, "/api/v1/status", Some(&cookie), None, Value::Null).await;
    assert_eq!(read.status, StatusCode::OK);
    let without = ask(&app, Method::POST, "/api/v1/keys", Some(&cookie), None, body.clone()).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN);
    let foreign = ask(&app, Method::POST, "/api/v1/keys", Some(&cookie), Some("another"), body.clone()).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let own = ask(&app, Method::POST, "/api/v1/keys", Some(&cookie), Some(&token), body).await;
    assert_eq!(own.status, StatusCode::CREATED, "{}", own.text());
    let audit = app.get("/api/v1/audit").await.to_string();
    assert!(audit.contains("ada@shop.example"), "{audit}");
}

#[tokio::test]
async fn a_session_ends_when_its_person_signs_out_is_removed_or_two_weeks_are_over() {
    let app = App::start().await;
    let (cookie, token) = signed_in(&app).await;
    let bob = json!({ "name": "Bob", "email": "bob@shop.example", "password": PASSWORD, "scope": "read" });
    let added = ask(&app, Method::POST, "/api/v1/team", Some(&cookie), Some(&token), bob).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    let credentials = json!({ "email": "bob@shop.example", "password": PASSWORD });
    let bobs = ask(&app, Method::POST, "/app/session", None, None, credentials.clone()).await;
    let (bobs, bobs_token) = session(&bobs);
    let status = async |cookie: &str| {
        ask(&app, Method::GET, "/api/v1/status", Some(cookie), None, Value::Null).await.status
    };
    assert_eq!(status(&bobs).await, StatusCode::OK);
    // He may read, and nothing else.
    let keys = ask(&app, Method::GET, "/api/v1/keys", Some(&bobs), None, Value::Null).await;
    assert_eq!(keys.status, StatusCode::FORBIDDEN);
    let path = format!("/api/v1/team/{}", added.json()["id"].as_str().unwrap());
    let removed = ask(&app, Method::DELETE, &path, Some(&cookie), Some(&token), Value::Null).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT, "{}", removed.text());
    assert_eq!(status(&bobs).await, StatusCode::UNAUTHORIZED);
    let back = ask(&app, Method::POST, "/app/session", None, Some(&bobs_token), credentials).await;
    assert_eq!(back.status, StatusCode::UNAUTHORIZED);
    let out = ask(&app, Method::DELETE, "/app/session", Some(&cookie), Some(&token), Value::Null).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert_eq!(status(&cookie).await, StatusCode::UNAUTHORIZED);
    let credentials = json!({ "email": "ada@shop.example", "password": PASSWORD });
    let (again, _) = session(&ask(&app, Method::POST, "/app/session", None, None, credentials).await);
    assert_eq!(status(&again).await, StatusCode::OK);
    app.pass(14 * 24 * 3_600_000);
    assert_eq!(status(&again).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_last_administrator_cannot_be_removed() {
    let app = App::start().await;
    let (cookie, token) = signed_in(&app).await;
    let team = ask(&app, Method::GET, "/api/v1/team", Some(&cookie), None, Value::Null).await.json();
    let path = format!("/api/v1/team/{}", team["members"][0]["id"].as_str().unwrap());
    let removed = ask(&app, Method::DELETE, &path, Some(&cookie), Some(&token), Value::Null).await;
    assert_eq!(removed.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn whoever_tries_passwords_must_wait_and_learns_nothing() {
    let app = App::start().await;
    signed_in(&app).await;
    let wrong = |email: &str| json!({ "email": email, "password": "not this one" });
    let known = ask(&app, Method::POST, "/app/session", None, None, wrong("ada@shop.example")).await;
    let unknown = ask(&app, Method::POST, "/app/session", None, None, wrong("eve@shop.example")).await;
    assert_eq!(known.status, StatusCode::UNAUTHORIZED);
    assert_eq!(known.text(), unknown.text());
    for _ in 0..9 {
        ask(&app, Method::POST, "/app/session", None, None, wrong("ada@shop.example")).await;
    }
    let over = ask(&app, Method::POST, "/app/session", None, None, wrong("ada@shop.example")).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(over.headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn the_session_of_one_workspace_sees_nothing_of_another() {
    let app = App::start().await;
    app.post("/api/v1/workspaces", json!({"name": "other"})).await;
    app.key("other", "others", wend_server::auth::Scope::Admin).await;
    let eve = json!({ "name": "Eve", "email": "eve@other.example", "password": PASSWORD, "scope": "admin" });
    assert_eq!(app.call("others", Method::POST, "/api/v1/team", Some(eve)).await.status, StatusCode::CREATED);
    app.events("/v1/identify", r#"{"userId":"u"}"#).await;
    let credentials = json!({ "email": "eve@other.example", "password": PASSWORD });
    let (cookie, _) = session(&ask(&app, Method::POST, "/app/session", None, None, credentials).await);
    let contact = ask(&app, Method::GET, "/api/v1/contacts/u", Some(&cookie), None, Value::Null).await;
    assert_eq!(contact.status, StatusCode::NOT_FOUND);
    assert_eq!(app.call(ADMIN, Method::GET, "/api/v1/contacts/u", None).await.status, StatusCode::OK);
    let team = ask(&app, Method::GET, "/api/v1/team", Some(&cookie), None, Value::Null).await.json();
    assert_eq!(team["members"].as_array().unwrap().len(), 1);
}
