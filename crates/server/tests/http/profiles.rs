//! Traits and accounts, as the API shows them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use wend_server::auth::Scope;

use crate::app::{ADMIN, App};

const TRAITS: &str = "traits:\n  age: { type: number, title: Age }\n  plan: { type: text, in: [free, pro] }\n\
                      computed:\n  orders: { event: Ordered, count: true, within: 30d }\n\
                      accounts:\n  rollups:\n    seats: { count: members }\n";

async fn with(users: &[(&str, Value)]) -> App {
    let app = App::start().await;
    let files = json!([
        {"path": "traits.yaml", "text": TRAITS},
        {"path": "segments/pros.yaml", "text": "segment: pros\nwhere: { account: plan, eq: pro }\n"},
    ]);
    app.post("/api/v1/apply", json!({"files": files})).await;
    for (user, traits) in users {
        let event = json!({"userId": user, "messageId": format!("i{user}"), "traits": traits});
        assert_eq!(app.events("/v1/identify", &event.to_string()).await.status, StatusCode::OK);
    }
    app
}

async fn group(app: &App, user: &str, account: &str, traits: Value) {
    let event = json!({"userId": user, "messageId": format!("g{user}{account}"), "groupId": account, "traits": traits});
    assert_eq!(app.events("/v1/group", &event.to_string()).await.status, StatusCode::OK);
    app.settle().await;
}

fn named<'v>(answer: &'v Value, name: &str) -> &'v Value {
    let traits = answer["traits"].as_array().unwrap();
    traits.iter().find(|of| of["name"] == name).unwrap_or_else(|| panic!("{name} in {answer}"))
}

#[tokio::test]
async fn traits_show_what_is_declared_computed_and_seen_and_where_that_disagrees() {
    let users = [
        ("ada", json!({"age": 30, "plan": "pro", "size": 7, "when": "2026-01-05"})),
        ("bob", json!({"age": "old", "plan": "por", "size": "large", "when": "soon", "orders": 9})),
    ];
    let app = with(&users).await;
    let all = app.get("/api/v1/traits").await;
    assert_eq!(
        (&named(&all, "age")["type"], &named(&all, "age")["title"]),
        (&json!("number"), &json!("Age"))
    );
    assert_eq!(named(&all, "orders")["computed"], "the number of Ordered within 30d");
    assert_eq!(named(&all, "when")["conflict"], false, "a date is a text, too");
    let conflicts = app.get("/api/v1/traits?conflicts=true").await;
    let names: Vec<&str> =
        conflicts["traits"].as_array().unwrap().iter().map(|of| of["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["age", "orders", "plan", "size"]);
    let age = &named(&conflicts, "age")["faults"][0];
    assert_eq!((&age["fault"], &age["type"], &age["n"]), (&json!("type"), &json!("text"), &json!(1)));
    assert_eq!(age["contact"], app.get("/api/v1/contacts/bob").await["id"]);
    assert_eq!(app.get("/api/v1/contacts/bob").await["traits"]["age"], "old", "nothing is dropped");
}

#[tokio::test]
async fn an_account_is_told_by_group_calls_and_by_the_api_and_shows_its_members() {
    let app = with(&[]).await;
    group(&app, "ada", "acme", json!({"plan": "free", "name": "Acme"})).await;
    group(&app, "bob", "acme", json!({})).await;
    let answer = app
        .call(
            ADMIN,
            Method::PUT,
            "/api/v1/accounts/acme",
            Some(json!({"traits": {"plan": "pro", "name": null}})),
        )
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    app.settle().await;
    let acme = app.get("/api/v1/accounts/acme").await;
    assert_eq!(acme["traits"], json!({"plan": "pro", "seats": 2}));
    assert_eq!((&acme["n_members"], &acme["shared"]), (&json!(2), &json!(["plan"])));
    let ada = app.get("/api/v1/contacts/ada").await;
    assert_eq!(ada["accounts"]["acme"]["traits"], json!({"plan": "pro"}));
    assert!(ada["segments"]["pros"].is_string());
    let first = app.get("/api/v1/accounts/acme/members?limit=1").await;
    assert_eq!(first["members"][0]["who"]["id"], first["members"][0]["contact"]);
    let next = first["next"].as_str().unwrap();
    let second = app.get(&format!("/api/v1/accounts/acme/members?limit=1&after={next}")).await;
    assert_eq!((second["members"].as_array().unwrap().len(), &second["next"]), (1, &Value::Null));

    let order = json!({"order": {"account": {"account": "acme", "on": false}}, "reason": "left the company"});
    app.post("/api/v1/contacts/ada/commands", order).await;
    app.settle().await;
    assert_eq!(app.get("/api/v1/accounts/acme").await["traits"]["seats"], 1);
    assert_eq!(app.get("/api/v1/contacts/ada").await["accounts"], json!({}));
    let accounts = app.get("/api/v1/accounts").await;
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn traits_and_accounts_of_another_workspace_are_not_to_be_seen() {
    let app = with(&[("ada", json!({"age": 30}))]).await;
    group(&app, "ada", "acme", json!({"plan": "pro"})).await;
    app.post("/api/v1/workspaces", json!({"name": "other"})).await;
    app.key("other", "others", Scope::Manage).await;
    for path in ["/api/v1/accounts/acme", "/api/v1/accounts/acme/members"] {
        assert_eq!(app.call("others", Method::GET, path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let traits = app.call("others", Method::GET, "/api/v1/traits", None).await.json();
    assert_eq!(traits["traits"], json!([]));
    let body = json!({"traits": {"plan": "free"}});
    app.call("others", Method::PUT, "/api/v1/accounts/acme", Some(body)).await;
    app.settle().await;
    assert_eq!(app.get("/api/v1/accounts/acme").await["traits"]["plan"], "pro");
    let theirs = app.call("others", Method::GET, "/api/v1/accounts/acme", None).await.json();
    assert_eq!((&theirs["traits"], &theirs["n_members"]), (&json!({"plan": "free"}), &json!(0)));
}
