//! Tests played by the API, and who is where in a workflow.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;

const WELCOME: &str = "workflow: welcome\ncategory: offers\ntrigger: { event: Signed Up }\nsteps:\n\
    \x20 - { id: pause, wait: 1d }\n  - { id: hello, send: { email: hello } }\n";

fn files(test: &str) -> Value {
    json!([
        {"path": "policies.yaml", "text": "timezone: UTC\nsender: Shop <hello@shop.example>\ncategories:\n  offers: {}\n"},
        {"path": "templates/hello.yaml", "text": "template: hello\nchannel: email\nsubject: Hello\ntext: Hello\n"},
        {"path": "workflows/welcome.yaml", "text": WELCOME},
        {"path": "tests/greeted.test.yaml", "text": test},
    ])
}

/// A test that expects this.
fn test(expected: &str) -> String {
    format!(
        "test: who signs up is greeted\ncontact: {{ traits: {{ email: ann@example.com }} }}\nat: 2026-03-02T12:00Z\n\
         when:\n  - {{ at: +0m, event: Signed Up }}\nexpect:\n  - {expected}\n"
    )
}

#[tokio::test]
async fn a_test_is_played_and_everything_that_happened_is_told() {
    let app = App::start().await;
    let played = app.post("/api/v1/test", json!({"files": files(&test("{ sent: hello, at: +1d }"))})).await;
    assert_eq!(played["diagnostics"], json!([]));
    let test = &played["tests"][0];
    assert_eq!(
        (&test["verdict"], &test["test"]),
        (&json!("passed"), &json!("who signs up is greeted")),
        "{played:#}"
    );
    let happened = test["happened"].as_array().unwrap();
    let waits = happened.iter().find(|row| row["place"]["step"] == "pause").unwrap();
    assert_eq!(
        (waits["after"].as_str(), waits["local"].as_str()),
        (Some("+0s"), Some("Mon 2026-03-02 12:00"))
    );
    let row = test["expected"][0]["row"].as_u64().unwrap() as usize;
    assert!(happened[row]["what"].as_str().unwrap().contains("hello sent"), "{happened:#?}");
    assert_eq!(
        test["steps"],
        json!([{"workflow": "welcome", "step": "hello"}, {"workflow": "welcome", "step": "pause"}])
    );
    assert_eq!(app.get("/api/v1/status").await["contacts"], 0, "nothing is kept");
}

#[tokio::test]
async fn a_test_that_fails_says_what_was_there_instead_and_one_that_makes_no_sense_says_why() {
    let app = App::start().await;
    let played = app.post("/api/v1/test", json!({"files": files(&test("{ sent: hello, at: +2d }"))})).await;
    let failed = &played["tests"][0];
    assert_eq!(failed["verdict"], "failed");
    assert!(failed["expected"][0]["instead"].is_string(), "{failed:#}");
    let played = app
        .post(
            "/api/v1/test",
            json!({"files": files(&test("{ sent: nothing-known }")), "only": ["tests/greeted.test.yaml"]}),
        )
        .await;
    let found = played["diagnostics"].as_array().unwrap().len()
        + played["tests"][0]["diagnostics"].as_array().map_or(0, Vec::len);
    assert!(found > 0, "{played:#}");
}

#[tokio::test]
async fn files_with_errors_play_nothing_and_others_are_left_out() {
    let app = App::start().await;
    let mut broken = files(&test("{ sent: hello }"));
    broken[2]["text"] = json!("workflow: welcome\n");
    let played = app.post("/api/v1/test", json!({"files": broken})).await;
    assert_eq!(played["tests"], json!([]));
    assert!(!played["diagnostics"].as_array().unwrap().is_empty());
    let other = json!({"files": files(&test("{ sent: hello }")), "only": ["tests/other.test.yaml"]});
    assert_eq!(app.post("/api/v1/test", other).await["tests"], json!([]));
}

#[tokio::test]
async fn live_runs_are_listed_by_step_and_version_page_by_page() {
    let app = App::start().await;
    app.post("/api/v1/apply", json!({"files": files(&test("{ sent: hello }"))})).await;
    app.settle().await;
    for user in ["ann", "bob", "cyd"] {
        let event = json!({"userId": user, "messageId": format!("t{user}"), "event": "Signed Up"});
        assert_eq!(app.events("/v1/track", &event.to_string()).await.status, StatusCode::OK);
    }
    app.settle().await;
    let mut users = Vec::new();
    let mut path = "/api/v1/workflows/welcome/runs?step=pause&version=1&limit=2".to_owned();
    for _ in 0..3 {
        let page = app.get(&path).await;
        let runs = page["runs"].as_array().unwrap();
        users.extend(runs.iter().map(|run| run["contact"]["user_id"].as_str().unwrap().to_owned()));
        assert!(runs.iter().all(|run| run["run"]["step"] == "pause" && run["run"]["state"] == "waiting"));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/workflows/welcome/runs?step=pause&limit=2&after={next}");
    }
    users.sort();
    assert_eq!(users, ["ann", "bob", "cyd"]);
    assert_eq!(app.get("/api/v1/workflows/welcome/runs?step=hello").await["runs"], json!([]));
    assert_eq!(app.get("/api/v1/workflows/welcome/runs?version=2").await["runs"], json!([]));
}
