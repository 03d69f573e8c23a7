//! Everything about a person, given and erased.

use axum::http::{Method, StatusCode};
use serde_json::json;
use wend_server::auth::Scope;

use crate::app::{ADMIN, App};

async fn installation() -> App {
    let app = App::start().await;
    let files = json!([
        {"path": "policies.yaml", "text": "sender: Shop <hello@shop.example>\n"},
        {"path": "templates/hello.yaml", "text":
            "template: hello\nchannel: email\nsubject: Hello {{ contact.name }}\ntext: Hi\n"},
        {"path": "workflows/w.yaml", "text":
            "workflow: w\ntitle: W\ncategory: offers\ntrigger: { event: Go }\nreentry: always\nsteps:\n\
             \x20 - { id: hello, send: { email: hello } }\n"},
    ]);
    app.post("/api/v1/apply", json!({"files": files})).await;
    app.settle().await;
    go(&app, "1").await;
    app
}

/// Ada tells who she is and sets the workflow off.
async fn go(app: &App, id: &str) {
    let ada = json!({"userId": "ada-77", "messageId": format!("i{id}"),
        "traits": {"name": "Ada Zqxlace", "email": "ada.zqxlace@example.com"}});
    assert_eq!(app.events("/v1/identify", &ada.to_string()).await.status, StatusCode::OK);
    let go = json!({"userId": "ada-77", "messageId": format!("g{id}"), "event": "Go"});
    assert_eq!(app.events("/v1/track", &go.to_string()).await.status, StatusCode::OK);
    app.settle().await;
}

#[tokio::test]
async fn an_archive_has_the_profile_the_consent_the_messages_and_the_history() {
    let app = installation().await;
    app.post(
        "/api/v1/contacts/ada-77/consent",
        json!({"categories": {"offers": "subscribed"}, "source": "form"}),
    )
    .await;
    let archive = app.get("/api/v1/contacts/ada-77/archive").await;
    assert_eq!(archive["contact"]["traits"]["name"], "Ada Zqxlace");
    assert_eq!(archive["consent"][0]["source"], "form");
    assert_eq!(archive["messages"][0]["content"]["subject"], "Hello Ada Zqxlace");
    let events: Vec<_> =
        archive["history"].as_array().unwrap().iter().map(|entry| entry["input"]["kind"].clone()).collect();
    assert!(events.contains(&json!("event")) && events.contains(&json!("command")), "{events:?}");
    assert_eq!(archive["next"], json!(null));
    assert!(app.get("/api/v1/audit").await.to_string().contains("archived"));
}

#[tokio::test]
async fn an_erased_person_is_unknown_and_is_never_written_to_again() {
    let app = installation().await;
    assert_eq!(app.parcels().len(), 1);
    let path = "/api/v1/contacts/ada-77/erase";
    app.key("default", "manages", Scope::Manage).await;
    let refused = app.call("manages", Method::POST, path, Some(json!({"reason": "asked"}))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let erased = app.post(path, json!({"reason": "asked by letter"})).await;
    assert_eq!(
        app.call(ADMIN, Method::GET, "/api/v1/contacts/ada-77", None).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(app.get("/api/v1/messages").await["messages"], json!([]));
    let audit = app.get("/api/v1/audit").await.to_string();
    assert!(audit.contains("asked by letter") && audit.contains(erased["contact"].as_str().unwrap()));
    assert!(!audit.contains("zqxlace"), "{audit}");
    let compacted = app.call(ADMIN, Method::POST, "/api/v1/compact", None).await;
    assert_eq!(compacted.status, StatusCode::NO_CONTENT, "{}", compacted.text());
    let left = std::fs::read_dir(app.folder()).unwrap().filter(|entry| {
        let bytes = std::fs::read(entry.as_ref().unwrap().path()).unwrap_or_default();
        [&b"Zqxlace"[..], b"zqxlace", b"ada-77"]
            .iter()
            .any(|text| bytes.windows(text.len()).any(|part| part == *text))
    });
    assert_eq!(left.count(), 0, "nothing of her is left in the files");

    // The same person comes again: a new contact, whose address stays suppressed.
    app.pass(1_000);
    go(&app, "2").await;
    let again = app.get("/api/v1/contacts/ada-77").await;
    assert_ne!(again["id"], erased["contact"]);
    assert_eq!(again["messages"][0]["state"], "blocked");
    assert_eq!(app.parcels().len(), 1);
}

#[tokio::test]
async fn only_administrators_of_the_first_workspace_compact() {
    let app = App::start().await;
    app.post("/api/v1/workspaces", json!({"name": "other"})).await;
    app.key("other", "others", Scope::Admin).await;
    assert_eq!(app.call("others", Method::POST, "/api/v1/compact", None).await.status, StatusCode::FORBIDDEN);
}
