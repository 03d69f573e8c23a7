//! The management API over a running workflow.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{ADMIN, App, codes};

/// A workflow that lacks nearly everything.
const BARE: &str = "workflow: welcome\n";

/// The files of a workflow that greets by e-mail, waits for a day and ends.
fn files() -> Value {
    json!([
        {
            "path": "policies.yaml",
            "text": "timezone: Europe/Berlin\nsender: Shop <hello@shop.example>\n",
        },
        {
            "path": "templates/hello.yaml",
            "text": "template: hello\nchannel: email\nsubject: \"Hello {{ contact.first_name | default: 'you' }}\"\n\
                     html: <p>Hello</p><!-- {{ unsubscribe_url }} -->\n",
        },
        {
            "path": "workflows/welcome.yaml",
            "text": "workflow: welcome\ntitle: Welcome\ncategory: offers\n\
                     trigger:\n  - { event: Signed Up }\n  - { api: true }\nreentry: always\nsteps:\n  \
                     - { id: hello, send: { email: hello } }\n  - { id: pause, wait: 1d }\n",
        },
    ])
}

/// An installation in which one contact was greeted.
async fn greeted() -> App {
    let app = App::start().await;
    app.post("/api/v1/apply", json!({"files": files()})).await;
    app.settle().await;
    let batch = json!({"batch": [
        {"type": "identify", "userId": "u", "messageId": "m1",
            "traits": {"email": "ana@example.com", "first_name": "Ana"}},
        {"type": "track", "userId": "u", "messageId": "m2", "event": "Signed Up"},
    ]});
    assert_eq!(app.events("/v1/batch", &batch.to_string()).await.status, StatusCode::OK);
    app.settle().await;
    app
}

#[tokio::test]
async fn a_message_is_listed_shown_with_its_content_and_explained() {
    let app = greeted().await;
    let messages = app.get("/api/v1/messages?state=sent&workflow=welcome&contact=u&channel=email").await;
    insta::assert_json_snapshot!(messages);
    let id = messages["messages"][0]["id"].as_str().unwrap();
    let message = app.get(&format!("/api/v1/messages/{id}")).await;
    assert_eq!(message["id"], id);
    let why = app.get("/api/v1/contacts/u/why").await;
    let told =
        why["entries"].as_array().unwrap().iter().flat_map(|entry| entry["decisions"].as_array().unwrap());
    let told: Vec<&str> = told.map(|decision| decision["text"].as_str().unwrap()).collect();
    insta::assert_snapshot!(told.join("\n"));
    insta::assert_json_snapshot!(app.get("/api/v1/contacts/u").await);
    assert_eq!(app.get("/api/v1/contacts/u/replay").await["same"], true);
    assert_eq!(app.get("/api/v1/messages?state=failed").await["messages"], json!([]));
    let step = messages["messages"][0]["step"].as_str().unwrap();
    let of_step = app.get(&format!("/api/v1/messages?step={step}")).await;
    assert_eq!(of_step["messages"][0]["id"], messages["messages"][0]["id"]);
    assert_eq!(app.get("/api/v1/messages?step=other").await["messages"], json!([]));
}

#[tokio::test]
async fn a_run_is_started_and_ended_by_hand() {
    let app = greeted().await;
    let started = app
        .post("/api/v1/workflows/welcome/start", json!({"contact": "u", "data": {}, "reason": "a gift"}))
        .await;
    let decisions: Vec<&str> = started["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|decision| decision["decision"].as_str().unwrap())
        .collect();
    assert!(decisions.contains(&"commanded"), "{decisions:?}");
    let run = app.get("/api/v1/contacts/u").await["runs"][0]["id"].clone();
    app.post(
        "/api/v1/contacts/u/commands",
        json!({"order": {"on_runs": {"runs": {"run": run}, "what": "end"}}}),
    )
    .await;
    let runs = app.get("/api/v1/contacts/u").await["runs"].as_array().unwrap().clone();
    assert!(runs.iter().all(|left| left["id"] != run), "{runs:?}");
    let missing = json!({"contact": "u"});
    let answer = app.call(ADMIN, Method::POST, "/api/v1/workflows/nothing/start", Some(missing)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_message_that_was_sent_is_not_sent_again_by_a_requeue() {
    let app = greeted().await;
    let id = app.get("/api/v1/messages").await["messages"][0]["id"].as_str().unwrap().to_owned();
    app.post(&format!("/api/v1/messages/{id}/requeue"), json!({"reason": "again"})).await;
    app.settle().await;
    let message = app.get(&format!("/api/v1/messages/{id}")).await;
    assert_eq!((message["state"].clone(), message["attempts"].clone()), (json!("sent"), json!(1)));
}

#[tokio::test]
async fn what_was_published_is_given_back_byte_for_byte() {
    let app = greeted().await;
    let portfolio = app.get("/api/v1/portfolio").await;
    assert_eq!(portfolio["files"], files());
    assert_eq!(portfolio["revision"], 1);
    insta::assert_json_snapshot!(app.get("/api/v1/jobs").await);
    let again = app.post("/api/v1/plan", json!({"files": files()})).await;
    insta::assert_json_snapshot!(again);
}

#[tokio::test]
async fn status_says_how_the_installation_is_doing() {
    let app = App::start().await;
    insta::assert_json_snapshot!(app.get("/api/v1/status").await);
}

#[tokio::test]
async fn a_contact_is_found_by_any_of_its_ids() {
    let app = App::start().await;
    let identify = json!({
        "type": "identify", "userId": "u/1", "anonymousId": "device", "messageId": "m1",
        "timestamp": "2026-11-22T09:00:00Z", "traits": {"email": "a@example.com"},
    });
    assert_eq!(app.events("/v1/identify", &identify.to_string()).await.status, StatusCode::OK);
    let contact = app.get("/api/v1/contacts/u%2F1").await;
    insta::assert_json_snapshot!(contact);
    assert_eq!(app.get("/api/v1/contacts/device").await, contact);
    assert_eq!(app.get(&format!("/api/v1/contacts/{}", contact["id"].as_str().unwrap())).await, contact);
    let missing = app.call(ADMIN, Method::GET, "/api/v1/contacts/nobody", None).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    insta::assert_json_snapshot!(app.get("/api/v1/contacts/device/why").await);
    insta::assert_json_snapshot!(app.get("/api/v1/contacts/device/replay").await);
}

#[tokio::test]
async fn why_is_paged() {
    let app = App::start().await;
    for n in 0..5 {
        let event = json!({"event": "Seen", "userId": "u", "messageId": format!("m{n}")});
        assert_eq!(app.events("/v1/track", &event.to_string()).await.status, StatusCode::OK);
    }
    let mut seen = Vec::new();
    let mut path = "/api/v1/contacts/u/why?limit=2".to_owned();
    loop {
        let page = app.get(&path).await;
        seen.extend(page["entries"].as_array().unwrap().iter().map(|entry| entry["seq"].as_i64().unwrap()));
        let Some(next) = page["next"].as_i64() else { break };
        path = format!("/api/v1/contacts/u/why?limit=2&after={next}");
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted());
}

#[tokio::test]
async fn a_command_is_carried_out_audited_and_explained() {
    let app = App::start().await;
    assert_eq!(app.events("/v1/track", r#"{"event":"Seen","userId":"u"}"#).await.status, StatusCode::OK);
    let order = json!({"category_consent": {"category": "offers", "answer": "unsubscribed"}});
    let answer =
        app.post("/api/v1/contacts/u/commands", json!({"order": order, "reason": "asked by phone"})).await;
    insta::assert_json_snapshot!(answer);
    let contact = app.get("/api/v1/contacts/u").await;
    assert_eq!(contact["consent"]["categories"]["offers"]["answer"], "unsubscribed");
    insta::assert_json_snapshot!(app.get("/api/v1/audit").await);
}

#[tokio::test]
async fn files_with_errors_are_refused_with_all_of_them() {
    let app = App::start().await;
    let files = json!([{"path": "workflows/welcome.yaml", "text": BARE}]);
    let plan = app.post("/api/v1/plan", json!({"files": files})).await;
    assert_eq!(plan["valid"], false);
    let answer = app.call(ADMIN, Method::POST, "/api/v1/apply", Some(json!({"files": files}))).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let error = answer.json();
    assert_eq!(error["error"]["code"], "invalid");
    assert_eq!(error["error"]["diagnostics"], plan["diagnostics"]);
    assert!(!plan["diagnostics"].as_array().unwrap().is_empty());
    assert_eq!(app.get("/api/v1/portfolio").await, json!({"revision": 0, "files": [], "versions": []}));
}

#[tokio::test]
async fn a_publication_on_top_of_another_revision_is_refused() {
    let app = App::start().await;
    let published = app.post("/api/v1/apply", json!({"files": [], "expected_revision": 0})).await;
    let revision = published["revision"].as_u64().unwrap();
    let body = json!({"files": [], "expected_revision": revision + 1});
    let answer = app.call(ADMIN, Method::POST, "/api/v1/apply", Some(body)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn lists_are_empty_in_a_new_installation() {
    let app = App::start().await;
    let empty: Vec<Value> = Vec::new();
    assert_eq!(app.get("/api/v1/messages").await, json!({"messages": empty, "next": null}));
    assert_eq!(app.get("/api/v1/stuck").await, json!({"inputs": empty}));
    assert_eq!(app.get("/api/v1/jobs").await, json!({"jobs": empty}));
    assert_eq!(app.get("/api/v1/quarantine").await, json!({"events": empty, "next": null}));
    assert_eq!(app.get("/api/v1/counters").await, json!({"counters": {}}));
}

#[tokio::test]
async fn a_back_up_is_streamed_and_whole() {
    let app = App::start().await;
    let answer = app.call(ADMIN, Method::GET, "/api/v1/backup", None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/gzip");
    let folder = tempfile::tempdir().unwrap();
    let database = wend_store::Database::Sqlite { folder: folder.path().to_owned() };
    let report = wend_store::Store::load(&database, std::io::Cursor::new(answer.body)).await.unwrap();
    assert!(report.rows.values().sum::<u64>() > 0);
}

#[tokio::test]
async fn a_template_is_previewed_for_a_contact_and_as_a_file_that_nobody_published() {
    let app = greeted().await;
    let shown = app.post("/api/v1/templates/preview", json!({"template": "hello", "contact": "u"})).await;
    assert_eq!(shown["content"]["subject"], "Hello Ana");
    assert_eq!(shown["content"]["text"], "Hello\n");
    let file = json!({
        "path": "templates/hello.yaml",
        "text": "template: hello\nchannel: email\nsubject: \"Hi {{ contact.first_name | default: 'you' }}\"\n\
                 markdown: |\n  ![](https://shop.example/{{ trigger.sku }}.png)\n",
    });
    let asked = json!({"file": file, "context": {"trigger": {"sku": "s 1"}}, "dark": true});
    let shown = app.post("/api/v1/templates/preview", asked).await;
    assert_eq!(shown["content"]["subject"], "Hi you");
    assert!(codes(&shown["inspection"]["checks"]).contains(&"W0508".to_owned()), "{shown}");
    assert!(codes(&shown["diagnostics"]).contains(&"W0506".to_owned()), "{shown}");
    assert!(shown["content"]["html"].as_str().unwrap().contains("min-width: 0px"));
    let listed = app.get("/api/v1/templates").await;
    assert_eq!(listed["templates"][0]["used_by"], json!(["welcome"]));
    assert_eq!(app.get("/api/v1/messages").await["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_test_goes_to_colleagues_and_is_no_message_to_a_contact() {
    let app = greeted().await;
    let to = json!(["ada@example.com", "grace@example.com"]);
    let tested =
        app.post("/api/v1/templates/test", json!({"template": "hello", "contact": "u", "to": to})).await;
    assert_eq!(tested["sent"][1]["outcome"], "accepted", "{tested}");
    assert_eq!(app.get("/api/v1/messages").await["messages"].as_array().unwrap().len(), 1);
    let gone = Some(json!({"template": "gone", "to": to}));
    let answer = app.call(ADMIN, Method::POST, "/api/v1/templates/test", gone).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
