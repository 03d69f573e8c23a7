//! What the last days brought, and whether somebody would be let in.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{ADMIN, App};

const WELCOME: &str = "workflow: welcome
category: onboarding
reentry: never
trigger: { event: Signed Up }
audience: { trait: plan, eq: pro }
goals: [{ event: Order Completed, value: total, within: 30d }]
steps:
  - { id: a-day, wait: 1d }
";

async fn publish(app: &App) {
    let files = json!([
        {"path": "policies.yaml", "text": "timezone: UTC\nsender: Shop <hello@shop.example>\n"},
        {"path": "workflows/welcome.yaml", "text": WELCOME},
    ]);
    app.post("/api/v1/apply", json!({ "files": files })).await;
}

async fn track(app: &App, user: &str, event: &str, properties: Value) {
    let event = json!({"userId": user, "messageId": format!("{user}-{event}"), "event": event, "properties": properties});
    assert_eq!(app.events("/v1/track", &event.to_string()).await.status, StatusCode::OK);
}

async fn identify(app: &App, user: &str, plan: &str) {
    let event = json!({"userId": user, "messageId": format!("i-{user}-{plan}"), "traits": {"plan": plan}});
    assert_eq!(app.events("/v1/identify", &event.to_string()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_report_has_entries_goals_and_their_value_on_the_days_on_which_they_happened() {
    let app = App::start().await;
    publish(&app).await;
    identify(&app, "ada", "pro").await;
    track(&app, "ada", "Signed Up", json!({})).await;
    app.pass(24 * 3_600_000);
    track(&app, "ada", "Order Completed", json!({"total": 12.5})).await;
    app.settle().await;
    let report = app.get("/api/v1/report?days=3").await;
    assert_eq!(report["days"], json!(["2026-11-21", "2026-11-22", "2026-11-23"]));
    let welcome = &report["workflows"][0];
    assert_eq!(welcome["workflow"], "welcome");
    assert_eq!(welcome["entered"], json!([0, 1, 0]));
    assert_eq!(
        welcome["goals"],
        json!({"Order Completed": {"reached": [0, 0, 1], "value": [0.0, 0.0, 12.5]}})
    );
    let nothing = app.get("/api/v1/report?workflow=other").await;
    assert_eq!((nothing["days"].as_array().unwrap().len(), &nothing["workflows"]), (30, &json!([])));
    let refused = app.call(ADMIN, Method::GET, "/api/v1/report?days=401", None).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn each_rule_of_entering_is_told_with_what_was_found() {
    let app = App::start().await;
    publish(&app).await;
    identify(&app, "bob", "free").await;
    app.settle().await;
    let failing = |why: &Value| -> Vec<String> {
        let checks = why["checks"].as_array().unwrap();
        let failing = checks.iter().filter(|check| check["passes"] == false);
        failing.map(|check| format!("{} {}", check["rule"], check["asks"]).replace('"', "")).collect()
    };
    let why = app.get("/api/v1/workflows/welcome/why/bob").await;
    assert_eq!((&why["may_enter"], failing(&why)), (&json!(false), vec!["4.1 audience".to_owned()]));
    let audience =
        why["checks"].as_array().unwrap().iter().find(|check| check["asks"] == "audience").unwrap();
    assert_eq!(audience["text"], "no, because the trait `plan` is \"pro\": it is \"free\"");

    identify(&app, "bob", "pro").await;
    app.settle().await;
    let why = app.get("/api/v1/workflows/welcome/why/bob").await;
    assert_eq!((&why["may_enter"], failing(&why)), (&json!(true), Vec::new()));

    track(&app, "bob", "Signed Up", json!({})).await;
    app.settle().await;
    let why = app.get("/api/v1/workflows/welcome/why/bob").await;
    assert_eq!(failing(&why), ["4.2 inside", "4.2 reentry"]);
    app.post("/api/v1/workflows/welcome/pause", json!({"reason": "a wrong price"})).await;
    let why = app.get("/api/v1/workflows/welcome/why/bob").await;
    assert_eq!(failing(&why), ["9.4 status", "4.2 inside", "4.2 reentry"]);
    let missing = app.call(ADMIN, Method::GET, "/api/v1/workflows/other/why/bob", None).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
