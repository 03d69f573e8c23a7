//! Calls of other systems.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use ring::hmac;
use serde_json::{Value, json};
use wend_server::auth::Scope;

use crate::app::{Answer, App};

const SECRET: &str = "whsec_of-the-test";

fn files(signature: &str) -> Value {
    json!([
        {"path": "policies.yaml", "text": "timezone: UTC\n"},
        {"path": "hooks/stripe.yaml", "text": format!(
            "hook: stripe\nevent: Invoice Paid\nwhere: {{ type: invoice.paid }}\nuser_id: data.user\n\
             message_id: id\noccurred_at: created\nproperties: {{ total: data.total }}\n{signature}")},
        {"path": "workflows/thanks.yaml", "text":
            "workflow: thanks\ntitle: Thanks\ncategory: offers\ntrigger: { hook: stripe }\nreentry: always\n\
             steps:\n  - { id: pause, wait: 1d }\n"},
    ])
}

async fn app(signature: &str) -> App {
    let app = App::start().await;
    app.post("/api/v1/apply", json!({"files": files(signature)})).await;
    app.settle().await;
    app
}

fn paid(id: &str) -> Value {
    json!({"id": id, "type": "invoice.paid", "created": 1_795_341_600, "data": {"user": "u", "total": 80}})
}

async fn call(app: &App, path: &str, body: &str) -> Answer {
    app.send(Request::post(path).body(Body::from(body.to_owned())).unwrap()).await
}

const PATH: &str = "/v1/hooks/stripe?key=WRITEKEY";

#[tokio::test]
async fn a_call_becomes_an_event_that_starts_a_run_and_a_second_delivery_is_a_duplicate() {
    let app = app("").await;
    for _ in 0..2 {
        let answer = call(&app, PATH, &paid("evt_1").to_string()).await;
        assert_eq!((answer.status, answer.json()["events"].clone()), (StatusCode::OK, json!(1)));
    }
    let contact = app.get("/api/v1/contacts/u").await;
    assert_eq!(contact["runs"].as_array().unwrap().len(), 1);
    assert_eq!(contact["runs"][0]["trigger"], json!({"total": 80, "hook": "stripe"}));
    call(&app, PATH, &paid("evt_2").to_string()).await;
    let refused = app.get("/api/v1/counters").await;
    assert_eq!(refused["counters"]["entered:thanks"], 1);
}

#[tokio::test]
async fn a_call_that_is_not_meant_is_ignored_and_one_that_names_nobody_is_set_aside() {
    let app = app("").await;
    let mut other = paid("evt_1");
    other["type"] = json!("invoice.created");
    let answer = call(&app, PATH, &other.to_string()).await;
    assert_eq!((answer.status, answer.json()["ignored"].clone()), (StatusCode::OK, json!(1)));
    let mut nobody = paid("evt_2");
    nobody["data"] = json!({"total": 80});
    let list = json!([paid("evt_3"), nobody, 17]);
    let answer = call(&app, PATH, &list.to_string()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let reason = |index: usize, reason: &str| json!({"index": index, "reason": reason});
    assert_eq!(
        answer.json(),
        json!({
            "success": true, "events": 1, "ignored": 0, "quarantined": 2,
            "reasons": [
                reason(1, "the hook `stripe`: nobody is named: there is nothing at `data.user`"),
                reason(2, "the hook `stripe`: it is not an object"),
            ],
        })
    );
    let quarantine = app.get("/api/v1/quarantine").await;
    let rows = quarantine["events"].as_array().unwrap();
    let mendable = rows.iter().find(|row| row["event"]["event"] == "Invoice Paid").unwrap();
    let mut event = mendable["event"].clone();
    event["userId"] = json!("v");
    let path = format!("/api/v1/quarantine/{}/resend", mendable["id"].as_str().unwrap());
    app.post(&path, json!({"event": event})).await;
    assert_eq!(app.get("/api/v1/contacts/v").await["runs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn refusals_say_what_is_wrong() {
    let app = app("").await;
    app.key("default", "reads", Scope::Read).await;
    let body = paid("evt_1").to_string();
    for (path, body, status) in [
        ("/v1/hooks/stripe", body.as_str(), StatusCode::UNAUTHORIZED),
        ("/v1/hooks/stripe?key=nonsense", &body, StatusCode::UNAUTHORIZED),
        ("/v1/hooks/stripe?key=reads", &body, StatusCode::FORBIDDEN),
        ("/v1/hooks/unknown?key=WRITEKEY", &body, StatusCode::NOT_FOUND),
        (PATH, "user=u", StatusCode::BAD_REQUEST),
        (PATH, &" ".repeat(500 * 1024 + 1), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = call(&app, path, body).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(answer.json()["error"]["message"].is_string());
    }
    let get = app.send(Request::get(PATH).body(Body::empty()).unwrap()).await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    let basic = Request::post("/v1/hooks/stripe/").header("authorization", "Basic V1JJVEVLRVk6");
    assert_eq!(app.send(basic.body(Body::from(body)).unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_hook_of_another_workspace_is_none() {
    let app = app("").await;
    app.post("/api/v1/workspaces", json!({"name": "other"})).await;
    app.key("other", "theirs", Scope::Ingest).await;
    let answer = call(&app, "/v1/hooks/stripe?key=theirs", &paid("evt_1").to_string()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_signed_hook_takes_only_what_its_secret_signed() {
    let app = app("signature: { header: Stripe-Signature, style: timestamped, secret: stripe }\n").await;
    let body = paid("evt_1").to_string();
    let signed = |secret: &str| {
        let seconds = app.state.now().as_millis() / 1_000;
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
        let tag = tag.as_ref().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let request = Request::post(PATH).header("stripe-signature", format!("t={seconds},v1={tag}"));
        request.body(Body::from(body.clone())).unwrap()
    };
    assert_eq!(app.send(signed(SECRET)).await.status, StatusCode::SERVICE_UNAVAILABLE, "no secret yet");
    app.put("/api/v1/secrets/stripe", json!({"value": SECRET})).await;
    assert_eq!(app.send(signed("another")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&app, PATH, &body).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get("/api/v1/quarantine").await["events"], json!([]));
    assert_eq!(app.send(signed(SECRET)).await.status, StatusCode::OK);
    app.get("/api/v1/contacts/u").await;
}
