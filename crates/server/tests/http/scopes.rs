//! Deny by default: every route of the management API, as its description lists them, with keys that may not use it.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use wend_server::auth::Scope;
use wend_server::openapi;

use crate::app::{App, WRITE_KEY};

/// A route of the management API and the scope that it is documented to need.
#[derive(Debug, Clone)]
struct Route {
    method: Method,
    path: String,
    scope: Scope,
}

/// All of them.
fn routes() -> Vec<Route> {
    let description = serde_json::to_value(openapi()).unwrap();
    let mut routes = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        if !path.starts_with("/api/") {
            continue;
        }
        for (method, operation) in methods.as_object().unwrap() {
            let scope = operation["security"][0]["key"][0].as_str();
            let scope = scope.unwrap_or_else(|| panic!("{method} {path} names no scope"));
            routes.push(Route {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                scope: Scope::parse(scope).unwrap(),
            });
        }
    }
    routes
}

/// The route with its parameters filled in.
fn filled(path: &str, with: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { with } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn the_description_lists_every_route() {
    let listed: Vec<String> =
        routes().iter().map(|route| format!("{} {} {}", route.scope, route.method, route.path)).collect();
    insta::assert_snapshot!(listed.join("\n"));
}

#[tokio::test]
async fn every_route_refuses_whoever_may_not_use_it() {
    let app = App::start().await;
    app.key("default", "reads", Scope::Read).await;
    app.key("default", "manages", Scope::Manage).await;
    let keys = [(WRITE_KEY, Scope::Ingest), ("reads", Scope::Read), ("manages", Scope::Manage)];
    for route in routes() {
        let path = filled(&route.path, "1");
        let without = Request::builder().method(route.method.clone()).uri(&path).body(Body::empty()).unwrap();
        assert_eq!(app.send(without).await.status, StatusCode::UNAUTHORIZED, "{route:?}");
        let unknown = app.call("sk_unknown", route.method.clone(), &path, None).await;
        assert_eq!(unknown.status, StatusCode::UNAUTHORIZED, "{route:?}");
        for (secret, scope) in keys {
            let status = app.call(secret, route.method.clone(), &path, None).await.status;
            let is_refused = status == StatusCode::FORBIDDEN;
            assert_eq!(is_refused, !scope.allows(route.scope), "{route:?} with {scope}: {status}");
        }
    }
}

#[tokio::test]
async fn a_key_of_another_workspace_sees_nothing_of_this_one() {
    let app = App::start().await;
    app.post("/api/v1/workspaces", json!({"name": "other"})).await;
    app.key("other", "others", Scope::Admin).await;
    let bad = r#"{"batch":[{"type":"track","event":"Seen","userId":"u"},17]}"#;
    assert_eq!(app.events("/v1/batch", bad).await.status, StatusCode::OK);
    let contact = app.get("/api/v1/contacts/u").await["id"].as_str().unwrap().to_owned();
    let quarantined = app.get("/api/v1/quarantine").await["events"][0]["id"].as_str().unwrap().to_owned();
    for route in routes() {
        for reference in [contact.as_str(), "u", quarantined.as_str(), "key_WRITEKEY"] {
            if !route.path.contains('{') {
                continue;
            }
            let body = body_of(&route.path);
            let answer =
                app.call("others", route.method.clone(), &filled(&route.path, reference), Some(body)).await;
            let hidden = [StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST].contains(&answer.status);
            assert!(hidden, "{route:?} with {reference}: {} {}", answer.status, answer.text());
        }
    }
    for list in ["messages", "quarantine", "stuck", "jobs", "claims"] {
        let answer = app.call("others", Method::GET, &format!("/api/v1/{list}"), None).await.json();
        let rows = answer.as_object().unwrap().values().find_map(Value::as_array).unwrap();
        assert_eq!(*rows, Vec::<Value>::new(), "{list}");
    }
    app.get("/api/v1/contacts/u").await;
    assert_eq!(app.get("/api/v1/quarantine").await["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn workflows_drafts_secrets_jobs_and_tasks_are_their_workspaces_own() {
    let app = App::start().await;
    app.post("/api/v1/workspaces", json!({"name": "other"})).await;
    app.key("other", "others", Scope::Admin).await;
    let text = "workflow: w\ntitle: W\ncategory: offers\ntrigger: { event: Seen }\nsteps:\n  - { id: t, task: { title: T, for: sales, due: 1d } }\n";
    let file = json!({"path": "workflows/w.yaml", "text": text});
    app.post("/api/v1/apply", json!({"files": [file]})).await;
    app.put("/api/v1/drafts/workflows%2Fw.yaml", json!({"text": text, "expected_revision": 0})).await;
    app.put("/api/v1/secrets/crm", json!({"value": "x"})).await;
    app.settle().await;
    app.events("/v1/track", r#"{"userId":"u","event":"Seen","messageId":"m"}"#).await;
    app.settle().await;
    let task = app.get("/api/v1/tasks").await["tasks"][0]["id"].as_str().unwrap().to_owned();
    let task = format!("/api/v1/tasks/{task}");
    let begun = json!({"select": {"all": true}, "order": {"tag": {"tag": "t", "on": true}}, "reason": "r", "id": "j"});
    app.post("/api/v1/bulk", begun).await;
    for (method, path, body) in [
        ("GET", "/api/v1/workflows/w", json!({})),
        ("POST", "/api/v1/workflows/w/stop", json!({})),
        ("POST", "/api/v1/workflows/w/rollback", json!({"to": 1})),
        ("POST", "/api/v1/workflows/w/rollout", json!({"do": "next"})),
        ("GET", "/api/v1/drafts/workflows%2Fw.yaml", json!({})),
        ("POST", "/api/v1/drafts/workflows%2Fw.yaml/publish", json!({"revision": 1})),
        ("DELETE", "/api/v1/drafts/workflows%2Fw.yaml", json!({})),
        ("DELETE", "/api/v1/secrets/crm", json!({})),
        ("GET", "/api/v1/jobs/bulk-j", json!({})),
        ("POST", "/api/v1/jobs/bulk-j/cancel", json!({})),
        ("GET", &task, json!({})),
        ("POST", &format!("{task}/claim"), json!({})),
        ("POST", &format!("{task}/complete"), json!({"outcome": "done"})),
    ] {
        let answer = app.call("others", method.parse().unwrap(), path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}: {}", answer.text());
    }
    for list in ["workflows", "drafts", "secrets", "jobs", "tasks"] {
        let theirs = app.call("others", Method::GET, &format!("/api/v1/{list}"), None).await.json();
        assert_eq!(theirs[list], json!([]), "{list}");
        let ours = app.get(&format!("/api/v1/{list}")).await;
        assert!(!ours[list].as_array().unwrap().is_empty(), "{list}");
    }
}

/// A body that a route would take.
fn body_of(path: &str) -> Value {
    if path.ends_with("/commands") {
        return json!({"order": {"category_consent": {"category": "offers", "answer": "unsubscribed"}}});
    }
    if path.ends_with("/merge") {
        return json!({"with": "u"});
    }
    if path.ends_with("/start") {
        return json!({"contact": "u"});
    }
    json!({})
}
