//! Who is who (SEMANTICS 13): contacts found by any identifier, merges, claims that were refused.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use wend_server::auth::Scope;

use crate::app::App;

async fn taken(app: &App, call: &str, event: Value) {
    assert_eq!(app.events(call, &event.to_string()).await.status, StatusCode::OK);
    app.settle().await;
}

async fn app() -> App {
    let app = App::start().await;
    let policies = "identity: { country: DE, external: [crm] }\n";
    app.post("/api/v1/apply", json!({"files": [{"path": "policies.yaml", "text": policies}]})).await;
    app.settle().await;
    app
}

#[tokio::test]
async fn s13_5_a_contact_is_found_by_whatever_it_is_called_and_one_that_has_gone_answers_who_stays() {
    let app = app().await;
    let traits = json!({"email": "Ada@Example.com", "phone": "030/901820"});
    let context =
        json!({"externalIds": [{"type": "crm", "id": "7", "collection": "users", "encoding": "none"}]});
    taken(&app, "/v1/identify", json!({"anonymousId": "phone", "traits": traits, "context": context})).await;
    let visitor = app.get("/api/v1/contacts/phone").await["id"].as_str().unwrap().to_owned();
    taken(&app, "/v1/track", json!({"userId": "ada", "event": "Seen"})).await;
    taken(&app, "/v1/track", json!({"userId": "ada", "anonymousId": "phone", "event": "Logged In"})).await;

    let ada = app.get("/api/v1/contacts/ada").await;
    assert_eq!(ada["merged"].as_object().unwrap().keys().collect::<Vec<_>>(), [&visitor]);
    assert_eq!(ada["emails"], json!(["ada@example.com"]));
    assert_eq!(ada["phones"], json!(["+4930901820"]));
    assert_eq!(ada["external_ids"], json!({"crm": "7"}));
    for reference in ["phone", "ADA@example.com", "%2B4930901820", "crm:7"] {
        assert_eq!(app.get(&format!("/api/v1/contacts/{reference}")).await["id"], ada["id"], "{reference}");
    }
    let found = app.get(&format!("/api/v1/contacts/{visitor}")).await;
    assert_eq!((&found["id"], &found["redirected_from"]), (&ada["id"], &json!(visitor)));
    let why = app.get("/api/v1/contacts/ada/why").await;
    let told = why["entries"].as_array().unwrap();
    assert!(told.iter().any(|entry| entry["taken_by"] == json!(visitor)), "the history of both: {why}");
    assert!(why.to_string().contains("became part of this one"), "{why}");
}

#[tokio::test]
async fn s13_1_an_address_alone_names_somebody_and_one_that_is_none_is_quarantined() {
    let app = app().await;
    taken(&app, "/v1/identify", json!({"traits": {"email": "ada@example.com", "plan": "pro"}})).await;
    assert_eq!(app.get("/api/v1/contacts/ada@example.com").await["traits"]["plan"], "pro");
    taken(&app, "/v1/identify", json!({"traits": {"email": "nobody"}})).await;
    let quarantine = app.get("/api/v1/quarantine").await;
    assert_eq!(quarantine["events"].as_array().unwrap().len(), 1, "{quarantine}");
}

#[tokio::test]
async fn s13_2_a_merge_by_hand_is_decided_on_and_what_is_refused_is_listed_until_it_is_dismissed() {
    let app = app().await;
    for user in ["ada", "bob"] {
        taken(&app, "/v1/identify", json!({"userId": user, "traits": {"email": "both@example.com"}})).await;
    }
    taken(&app, "/v1/track", json!({"anonymousId": "phone", "event": "Seen"})).await;
    let merged =
        app.post("/api/v1/contacts/phone/merge", json!({"with": "ada", "reason": "she said so"})).await;
    assert!(merged["decisions"].to_string().contains("she said so"), "{merged}");
    app.settle().await;
    assert_eq!(app.get("/api/v1/contacts/phone").await["user_id"], "ada");
    app.pass(1_000);
    let refused = app.post("/api/v1/contacts/bob/merge", json!({"with": "ada"})).await;
    assert!(refused["decisions"].to_string().contains("stay two contacts"), "{refused}");

    let claims = app.get("/api/v1/claims").await["claims"].clone();
    let kinds: Vec<&str> =
        claims.as_array().unwrap().iter().map(|claim| claim["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["contact", "email"]);
    let id = claims[0]["id"].as_str().unwrap();
    let path = format!("/api/v1/claims/{id}");

    // Another workspace sees neither claims nor contacts, and can't make them one with its own.
    app.post("/api/v1/workspaces", json!({"name": "other"})).await;
    app.key("other", "others", Scope::Admin).await;
    let theirs = app.call("others", Method::GET, "/api/v1/claims", None).await.json();
    assert_eq!(theirs["claims"], json!([]));
    let ada = app.get("/api/v1/contacts/ada").await["id"].as_str().unwrap().to_owned();
    for (method, path, body) in [
        (Method::DELETE, path.as_str(), json!({})),
        (Method::POST, "/api/v1/contacts/ada/merge", json!({"with": ada})),
        (Method::POST, &format!("/api/v1/contacts/{ada}/merge"), json!({"with": "bob"})),
    ] {
        let answer = app.call("others", method, path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.text());
    }
    assert_eq!(app.call(crate::app::ADMIN, Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.get("/api/v1/claims").await["claims"].as_array().unwrap().len(), 1);
}
