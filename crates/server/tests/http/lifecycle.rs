//! What is done to workflows that are published: pause, stop, put away, go back, roll out, move runs.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{ADMIN, App, codes};

/// The welcome workflow with these steps.
fn welcome(steps: &str) -> Value {
    json!([
        {"path": "policies.yaml", "text": "timezone: UTC\nsender: Shop <hello@shop.example>\n"},
        {"path": "templates/hello.yaml", "text": "template: hello\nchannel: email\nsubject: Hello\ntext: Hello\n"},
        {"path": "workflows/welcome.yaml", "text": format!(
            "workflow: welcome\ntitle: Welcome\ncategory: offers\ntrigger:\n  - {{ event: Signed Up }}\n  - {{ api: true }}\n\
             reentry: always\nsteps:\n{steps}")},
    ])
}

const WAIT_THEN_SEND: &str = "  - { id: pause, wait: 1d }\n  - { id: hello, send: { email: hello } }\n";
const LATER: &str = "  - { id: rest, wait: 2d }\n  - { id: hello, send: { email: hello } }\n";

/// An installation in which `u` rests at the first step.
async fn waiting() -> App {
    let app = App::start().await;
    app.post("/api/v1/apply", json!({"files": welcome(WAIT_THEN_SEND)})).await;
    app.settle().await;
    sign_up(&app, "u").await;
    app
}

async fn sign_up(app: &App, user: &str) {
    let batch = json!({"batch": [
        {"type": "identify", "userId": user, "messageId": format!("i{user}"), "traits": {"email": format!("{user}@example.com")}},
        {"type": "track", "userId": user, "messageId": format!("t{user}"), "event": "Signed Up"},
    ]});
    assert_eq!(app.events("/v1/batch", &batch.to_string()).await.status, StatusCode::OK);
    app.settle().await;
}

async fn change(app: &App, what: &str, body: Value) -> Value {
    let done = app.post(&format!("/api/v1/workflows/welcome/{what}"), body).await;
    app.settle().await;
    done
}

async fn runs(app: &App, user: &str) -> Vec<(u64, String)> {
    let contact = app.get(&format!("/api/v1/contacts/{user}")).await;
    let runs = contact["runs"].as_array().unwrap();
    let shown = |run: &Value| (run["version"].as_u64().unwrap(), run["step"].as_str().unwrap().to_owned());
    runs.iter().map(shown).collect()
}

async fn status(app: &App) -> Value {
    app.get("/api/v1/workflows/welcome").await["status"].clone()
}

#[tokio::test]
async fn a_workflow_is_shown_with_who_rests_where() {
    let app = waiting().await;
    sign_up(&app, "v").await;
    let shown = app.get("/api/v1/workflows/welcome").await;
    assert_eq!((shown["live"].clone(), shown["entered"].clone()), (json!(2), json!(2)));
    assert_eq!(
        shown["versions"][0]["steps"],
        json!([
            {"id": "pause", "here": 2, "taken": 2},
            {"id": "hello", "here": 0, "taken": 0},
        ])
    );
    assert_eq!(shown["counted"]["entered"], 2);
    let listed = app.get("/api/v1/workflows").await["workflows"][0].clone();
    assert_eq!((listed["name"].clone(), listed["status"].clone()), (json!("welcome"), json!("live")));
    let missing = app.call(ADMIN, Method::GET, "/api/v1/workflows/nothing", None).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_paused_workflow_lets_nobody_in_and_goes_on_when_it_is_resumed() {
    let app = waiting().await;
    change(&app, "pause", json!({"reason": "a wrong price"})).await;
    assert_eq!(status(&app).await, "paused");
    sign_up(&app, "late").await;
    assert_eq!(runs(&app, "late").await, []);
    app.pass(2 * 86_400_000);
    app.settle().await;
    assert_eq!(app.get("/api/v1/messages").await["messages"], json!([]));
    let done = change(&app, "resume", json!({})).await;
    assert!(done["job"].is_string(), "{done}");
    assert_eq!(status(&app).await, "live");
    assert_eq!(app.get("/api/v1/messages?state=sent").await["messages"].as_array().unwrap().len(), 1);
    let again = app.call(ADMIN, Method::POST, "/api/v1/workflows/welcome/resume", Some(json!({}))).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("there is nothing to resume"), "{}", again.text());
}

#[tokio::test]
async fn a_stop_holds_everything_and_is_in_the_audit_with_its_reason() {
    let app = waiting().await;
    let done = change(&app, "stop", json!({"reason": "legal asks"})).await;
    assert_eq!(done["job"], Value::Null, "nobody must be told");
    app.pass(2 * 86_400_000);
    app.settle().await;
    assert_eq!(runs(&app, "u").await, [(1, "pause".to_owned())]);
    let audit = app.get("/api/v1/audit").await.to_string();
    assert!(audit.contains("legal asks") && audit.contains("halt"), "{audit}");
}

#[tokio::test]
async fn an_archived_workflow_is_hidden_and_gives_its_runs_up_if_asked_to() {
    let app = waiting().await;
    change(&app, "archive", json!({"discard": true, "reason": "over"})).await;
    assert_eq!(runs(&app, "u").await, []);
    assert_eq!(app.get("/api/v1/workflows").await["workflows"], json!([]));
    assert_eq!(app.get("/api/v1/workflows?archived=true").await["workflows"][0]["status"], "archived");
    change(&app, "restore", json!({})).await;
    sign_up(&app, "v").await;
    assert_eq!(runs(&app, "v").await.len(), 1);
}

#[tokio::test]
async fn a_publication_moves_runs_where_it_was_told_to_and_is_refused_without() {
    let app = waiting().await;
    let choices = |steps: Value| json!({"migrations": {"welcome": {"steps": steps}}});
    let undecided = json!({"files": welcome(LATER), "choices": choices(json!({}))});
    let plan = app.post("/api/v1/plan", undecided.clone()).await;
    assert_eq!(plan["valid"], false);
    assert_eq!(plan["waiting"], json!([{"workflow": "welcome", "version": 1, "step": "pause", "runs": 1}]));
    let refused = app.call(ADMIN, Method::POST, "/api/v1/apply", Some(undecided)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(codes(&refused.json()["error"]["diagnostics"]).contains(&"E0601".to_owned()));
    let decided = json!({"files": welcome(LATER), "choices": choices(json!({"pause": {"to": "rest"}}))});
    let published = app.post("/api/v1/apply", decided).await;
    assert_eq!(published["revision"], 2);
    assert!(published["jobs"].to_string().contains("migrate-welcome-2"), "{published}");
    app.settle().await;
    assert_eq!(runs(&app, "u").await, [(2, "rest".to_owned())]);
    let job = app.get("/api/v1/jobs/migrate-welcome-2").await;
    assert_eq!((job["state"].clone(), job["done"].clone()), (json!("finished"), json!(1)));
}

#[tokio::test]
async fn runs_stay_on_their_version_unless_a_publication_moves_them() {
    let app = waiting().await;
    app.post("/api/v1/apply", json!({"files": welcome(LATER)})).await;
    app.settle().await;
    sign_up(&app, "v").await;
    assert_eq!(runs(&app, "u").await, [(1, "pause".to_owned())]);
    assert_eq!(runs(&app, "v").await, [(2, "rest".to_owned())]);
    change(&app, "rollback", json!({"to": 1, "reason": "worse"})).await;
    sign_up(&app, "w").await;
    assert_eq!(runs(&app, "w").await, [(1, "pause".to_owned())]);
    let unknown =
        app.call(ADMIN, Method::POST, "/api/v1/workflows/welcome/rollback", Some(json!({"to": 9}))).await;
    assert_eq!(unknown.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_version_is_rolled_out_by_shares() {
    let app = waiting().await;
    let plan =
        json!({"stages": [{"percent": 10, "for": "1d"}, {"percent": 50, "for": "6h"}], "on_broken": "halt"});
    let body = json!({"files": welcome(LATER), "choices": {"rollouts": {"welcome": plan}}});
    app.post("/api/v1/apply", body).await;
    app.settle().await;
    let rollout = app.get("/api/v1/workflows/welcome").await["rollout"].clone();
    assert_eq!(rollout["stages"], json!([{"percent": 10.0, "for": "1d"}, {"percent": 50.0, "for": "6h"}]));
    assert_eq!((rollout["version"].clone(), rollout["percent"].clone()), (json!(2), json!(10.0)));
    change(&app, "rollout", json!({"do": "next"})).await;
    assert_eq!(app.get("/api/v1/workflows/welcome").await["rollout"]["percent"], 50.0);
    change(&app, "rollout", json!({"do": {"share": 75.5}})).await;
    let rollout = app.get("/api/v1/workflows/welcome").await["rollout"].clone();
    assert_eq!((rollout["percent"].clone(), rollout["by_hand"].clone()), (json!(75.5), json!(true)));
    change(&app, "rollout", json!({"do": "abort"})).await;
    assert_eq!(app.get("/api/v1/workflows/welcome").await["current"], 1);
    change(&app, "rollout", json!({"do": {"start": {"plan": {"stages": [{"percent": 100, "for": "1d"}]}}}}))
        .await;
    change(&app, "rollout", json!({"do": "finish"})).await;
    assert_eq!(app.get("/api/v1/workflows/welcome").await["current"], 2);
    for wrong in [
        json!({"do": {"share": 101}}),
        json!({"do": {"start": {"plan": {"stages": [{"percent": 1, "for": "soon"}]}}}}),
    ] {
        let answer = app.call(ADMIN, Method::POST, "/api/v1/workflows/welcome/rollout", Some(wrong)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_backfill_lets_those_in_who_match_already() {
    let app = App::start().await;
    let mut files = welcome(WAIT_THEN_SEND);
    app.post("/api/v1/apply", json!({"files": files})).await;
    app.settle().await;
    let identify =
        json!({"batch": [{"type": "identify", "userId": "u", "messageId": "m", "traits": {"plan": "pro"}}]});
    app.events("/v1/batch", &identify.to_string()).await;
    files.as_array_mut().unwrap().push(json!({"path": "workflows/pros.yaml", "text":
        "workflow: pros\ntitle: Pros\ncategory: offers\ntrigger: { trait_changed: plan, to: pro }\nsteps:\n  - { id: p, wait: 1d }\n"}));
    let body = json!({"files": files, "choices": {"backfill": [{"workflow": "pros", "pace": 100}]}});
    app.post("/api/v1/apply", body).await;
    app.settle().await;
    assert_eq!(runs(&app, "u").await, [(1, "p".to_owned())]);
    let body = json!({"files": files, "choices": {"backfill": [{"workflow": "nobody"}]}});
    let unknown = app.call(ADMIN, Method::POST, "/api/v1/apply", Some(body)).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn files_that_others_changed_meanwhile_are_not_overwritten() {
    let app = waiting().await;
    app.post("/api/v1/apply", json!({"files": welcome(LATER), "base": 1})).await;
    let mine = welcome("  - { id: pause, wait: 3d }\n");
    let answer =
        app.call(ADMIN, Method::POST, "/api/v1/apply", Some(json!({"files": mine, "base": 1}))).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let error = answer.json()["error"].clone();
    assert_eq!(error["revision"], 2);
    assert_eq!(
        error["message"],
        "somebody changed workflows/welcome.yaml since revision 1 and published revision 2: nothing was applied"
    );
    let conflict = &error["conflicts"][0];
    assert_eq!(conflict["path"], "workflows/welcome.yaml");
    assert!(conflict["theirs"].as_str().unwrap().contains("+  - { id: rest, wait: 2d }"), "{conflict}");
    assert!(conflict["mine"].as_str().unwrap().contains("+  - { id: pause, wait: 3d }"), "{conflict}");
    change(&app, "pause", json!({})).await;
    let on_top = json!({"files": mine, "base": 2});
    assert_eq!(app.post("/api/v1/apply", on_top).await["revision"], 4, "a pause is no conflict");
    let future =
        app.call(ADMIN, Method::POST, "/api/v1/apply", Some(json!({"files": mine, "base": 99}))).await;
    assert_eq!(future.status, StatusCode::BAD_REQUEST);
}

const DRAFT: &str = "/api/v1/drafts/workflows%2Fwelcome.yaml";

#[tokio::test]
async fn a_draft_is_saved_on_top_of_what_was_seen_and_published() {
    let app = waiting().await;
    let text = welcome(LATER)[2]["text"].clone();
    let saved = app.put(DRAFT, json!({"text": text, "expected_revision": 0})).await;
    assert_eq!(saved, json!({"revision": 1}));
    let shown = app.get(DRAFT).await;
    assert_eq!((shown["text"].clone(), shown["base_revision"].clone()), (text.clone(), json!(1)));
    assert_eq!(shown["is_behind"], false);
    let stale = json!({"text": "workflow: welcome\n", "expected_revision": 0});
    let answer = app.call(ADMIN, Method::PUT, DRAFT, Some(stale)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(answer.json()["error"]["conflicts"][0]["path"], "workflows/welcome.yaml");
    assert_eq!(app.get("/api/v1/drafts").await["drafts"].as_array().unwrap().len(), 1);
    let choices = json!({"migrations": {"welcome": {"default": "exit"}}});
    let published = app.post(&format!("{DRAFT}/publish"), json!({"revision": 1, "choices": choices})).await;
    assert_eq!(published["revision"], 2);
    app.settle().await;
    assert_eq!(runs(&app, "u").await, []);
    assert_eq!(app.get("/api/v1/drafts").await["drafts"], json!([]));
}

#[tokio::test]
async fn a_draft_that_somebody_else_published_over_is_not_published() {
    let app = waiting().await;
    let mine = welcome("  - { id: pause, wait: 3d }\n")[2]["text"].clone();
    app.put(DRAFT, json!({"text": mine, "expected_revision": 0})).await;
    app.post("/api/v1/apply", json!({"files": welcome(LATER)})).await;
    assert_eq!(app.get(DRAFT).await["is_behind"], true);
    let body = Some(json!({"revision": 1}));
    let answer = app.call(ADMIN, Method::POST, &format!("{DRAFT}/publish"), body).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.json()["error"]["conflicts"][0]["theirs"].as_str().unwrap().contains("rest"));
    let gone = app.call(ADMIN, Method::DELETE, &format!("{DRAFT}?revision=2"), None).await;
    assert_eq!(gone.status, StatusCode::CONFLICT);
    assert_eq!(app.call(ADMIN, Method::DELETE, DRAFT, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.call(ADMIN, Method::GET, DRAFT, None).await.status, StatusCode::NOT_FOUND);
    for path in ["secrets%2Fx.yaml", "..%2Fworkflows%2Fx.yaml", "workflows%2F..%2Fx.yaml"] {
        let body = Some(json!({"text": "a: 1", "expected_revision": 0}));
        let answer = app.call(ADMIN, Method::PUT, &format!("/api/v1/drafts/{path}"), body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    }
}
