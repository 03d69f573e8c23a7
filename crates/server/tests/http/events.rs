//! Sending events: keys, paths, refusals, quarantine.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use wend_server::RateLimit;
use wend_server::auth::Scope;

use crate::app::{ADMIN, App, WRITE_KEY};

fn event(user: &str) -> String {
    json!({"type": "track", "event": "Seen", "userId": user, "messageId": user}).to_string()
}

#[tokio::test]
async fn every_path_takes_events_with_and_without_a_slash() {
    let app = App::start().await;
    let single = ["track", "t", "identify", "i", "page", "p", "screen", "s"];
    for path in single.iter().flat_map(|name| [format!("/v1/{name}"), format!("/v1/{name}/")]) {
        let answer = app.events(&path, &event("u")).await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (StatusCode::OK, r#"{"success":true}"#),
            "{path}"
        );
    }
    let group = json!({"userId": "u", "groupId": "g"}).to_string();
    let alias = json!({"userId": "u", "previousId": "a"}).to_string();
    let batch = format!(r#"{{"batch":[{}]}}"#, event("u"));
    for (names, body) in [
        (["group", "g"], group),
        (["alias", "a"], alias),
        (["batch", "b"], batch.clone()),
        (["import", "import"], batch),
    ] {
        for path in names.iter().flat_map(|name| [format!("/v1/{name}"), format!("/v1/{name}/")]) {
            let answer = app.events(&path, &body).await;
            assert_eq!(
                (answer.status, answer.text().as_str()),
                (StatusCode::OK, r#"{"success":true}"#),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_write_key_may_stand_in_any_of_five_places() {
    let app = App::start().await;
    let body = |user: &str| format!(r#"{{"batch":[{}]}}"#, event(user));
    let basic = "Basic V1JJVEVLRVk6";
    let requests = [
        Request::post("/v1/batch").header("authorization", basic).body(Body::from(body("a"))),
        Request::post("/v1/batch").header("authorization", "basic V1JJVEVLRVk=").body(Body::from(body("a2"))),
        Request::post("/v1/batch").header("authorization", "Bearer WRITEKEY").body(Body::from(body("b"))),
        Request::post("/v1/batch").header("x-write-key", WRITE_KEY).body(Body::from(body("c"))),
        Request::post("/beacon/v1/batch?writeKey=WRITEKEY").body(Body::from(body("d"))),
        Request::post("/v1/batch")
            .body(Body::from(format!(r#"{{"batch":[{}],"writeKey":"WRITEKEY"}}"#, event("e")))),
    ];
    for request in requests {
        let answer = app.send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }
    for user in ["a", "a2", "b", "c", "d", "e"] {
        app.get(&format!("/api/v1/contacts/{user}")).await;
    }
}

#[tokio::test]
async fn an_unknown_key_is_told_so_and_a_key_of_another_scope_too() {
    let app = App::start().await;
    app.key("default", "reads", Scope::Read).await;
    let send = async |key: &str| {
        let request =
            Request::post("/v1/track").header("x-write-key", key).body(Body::from(event("u"))).unwrap();
        let answer = app.send(request).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        (answer.status, answer.json())
    };
    insta::assert_json_snapshot!(send("nonsense").await.1, @r#"
    {
      "code": "unauthorized",
      "error": {
        "code": "unauthorized",
        "hint": "send `Authorization: Bearer SECRET` (management) or the write key as Basic user (events)",
        "message": "the key is not known or revoked"
      },
      "message": "the key is not known or revoked"
    }
    "#);
    assert_eq!(send("nonsense").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(send("reads").await.0, StatusCode::FORBIDDEN);
    assert_eq!(send(ADMIN).await.0, StatusCode::OK);
    let nobody = app.send(Request::post("/v1/track").body(Body::from(event("u"))).unwrap()).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn bad_events_are_quarantined_and_can_be_sent_again_once_mended() {
    let app = App::start().await;
    let body = format!(
        r#"{{"batch":[{},{{"type":"track","userId":"v","properties":{{"n":NaN}}}},17]}}"#,
        event("u")
    );
    let answer = app.events("/v1/batch", &body).await;
    assert_eq!(answer.status, StatusCode::OK);
    insta::assert_json_snapshot!(answer.json());
    let mut quarantine = app.get("/api/v1/quarantine").await;
    let events = quarantine["events"].as_array_mut().unwrap();
    events.sort_by_key(|event| event["reason"].to_string());
    insta::assert_json_snapshot!(quarantine);

    let id = quarantine["events"][1]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/quarantine/{id}/resend");
    let as_it_is = app.call(ADMIN, Method::POST, &path, Some(json!({}))).await;
    assert_eq!(as_it_is.status, StatusCode::BAD_REQUEST);
    let mended = json!({"type": "track", "userId": "v", "event": "Mended"});
    let answer = app.post(&path, json!({"event": mended})).await;
    assert_eq!(answer, json!({"success": true}));
    app.get("/api/v1/contacts/v").await;
    let left = app.get("/api/v1/quarantine").await["events"].as_array().unwrap().clone();
    assert_eq!(left.len(), 1);
    let gone = format!("/api/v1/quarantine/{}", left[0]["id"].as_str().unwrap());
    assert_eq!(app.call(ADMIN, Method::DELETE, &gone, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.call(ADMIN, Method::DELETE, &gone, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_refused_and_its_owner_sees_it() {
    let app = App::start().await;
    let answer = app.events("/v1/batch", "user=1&event=Seen").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let quarantine = app.get("/api/v1/quarantine").await;
    assert_eq!(quarantine["events"][0]["event"], json!("user=1&event=Seen"));
    assert_eq!(
        quarantine["events"][0]["reason"],
        "the whole request: the body is not a JSON object (plain or gzip): it does not begin with `{`"
    );
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_without_reading_on() {
    let app = App::start().await;
    let answer = app.events("/v1/batch", &" ".repeat(500 * 1024 + 1)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["error"]["code"], "too_large");
}

#[tokio::test]
async fn a_batch_at_its_limits_is_committed_as_a_whole() {
    let app = App::start().await;
    let events: Vec<String> = (0..2_500).map(|n| event(&format!("u{n}"))).collect();
    let body = format!(r#"{{"batch":[{}]}}"#, events.join(","));
    let padded = format!("{body}{}", " ".repeat(500 * 1024 - body.len()));
    let answer = app.events("/v1/batch", &padded).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, r#"{"success":true}"#));
    assert_eq!(app.get("/api/v1/status").await["contacts"], 2_500);
    app.get("/api/v1/contacts/u2499").await;
}

#[tokio::test]
async fn a_bad_event_of_a_single_path_can_be_sent_again() {
    let app = App::start().await;
    let answer = app.events("/v1/track", r#"{"userId":"u","properties":{"n":1}}"#).await;
    assert_eq!((answer.status, answer.json()["quarantined"].clone()), (StatusCode::OK, json!(1)));
    let kept = app.get("/api/v1/quarantine").await["events"][0].clone();
    assert_eq!(kept["event"], json!({"type": "track", "userId": "u", "properties": {"n": 1}}));
    let mut event = kept["event"].clone();
    event["event"] = json!("Seen");
    let path = format!("/api/v1/quarantine/{}/resend", kept["id"].as_str().unwrap());
    app.post(&path, json!({"event": event, "imported": true})).await;
    let why = app.get("/api/v1/contacts/u/why").await;
    assert_eq!(why["entries"][0]["input"]["event"]["imported"], true);
}

#[tokio::test]
async fn a_gzip_bomb_is_refused() {
    use std::io::Write;
    let app = App::start().await;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; 50_000_000]).unwrap();
    let bomb = encoder.finish().unwrap();
    let request = Request::post("/v1/batch").header("x-write-key", WRITE_KEY).body(Body::from(bomb)).unwrap();
    assert_eq!(app.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_key_that_sends_too_much_is_told_when_to_come_again() {
    let limit = RateLimit { events_per_second: 1, burst_events: 2 };
    let app = App::with(|options| options.rate_limit = limit).await;
    let batch = format!(r#"{{"batch":[{},{}]}}"#, event("a"), event("b"));
    assert_eq!(app.events("/v1/batch", &batch).await.status, StatusCode::OK);
    let refused = app.events("/v1/batch", &batch).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "2");
    assert_eq!(refused.header("access-control-expose-headers"), "Retry-After");
    app.pass(2_000);
    assert_eq!(app.events("/v1/batch", &batch).await.status, StatusCode::OK);
}

#[tokio::test]
async fn preflights_are_answered_whatever_the_state_of_the_server() {
    let app = App::with(|options| options.collecting_max = 0).await;
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri("/v1/t")
        .header("origin", "https://shop.example.com")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization");
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "authorization, content-type, x-retry-count, anonymousid, sentat, x-write-key"
    );
    assert_eq!(answer.header("access-control-allow-methods"), "GET, POST, OPTIONS");
    let overloaded = app.events("/v1/t", &event("u")).await;
    assert_eq!(overloaded.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(overloaded.header("retry-after"), "1");
}

#[tokio::test]
async fn a_server_that_stops_tells_clients_to_come_again() {
    let app = App::start().await;
    app.stop().await;
    let answer = app.events("/v1/track", &event("u")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "5");
    let ready = app.send(Request::get("/ready").body(Body::empty()).unwrap()).await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    let health = app.send(Request::get("/health").body(Body::empty()).unwrap()).await;
    assert_eq!(health.status, StatusCode::OK);
}

#[tokio::test]
async fn browser_libraries_learn_where_to_send_events() {
    let app = App::with(|options| options.public_url = Some("https://events.example.com/".to_owned())).await;
    let get = async |path: &str| app.send(Request::get(path).body(Body::empty()).unwrap()).await;
    let settings = get("/v1/projects/WRITEKEY/settings").await;
    let segment = &settings.json()["integrations"]["Segment.io"];
    assert_eq!(
        *segment,
        json!({"apiKey": "WRITEKEY", "apiHost": "events.example.com/v1", "protocol": "https"})
    );
    assert_eq!(get("/v1/projects/nonsense/settings").await.status, StatusCode::UNAUTHORIZED);
    let source = get("/sourceConfig/?writeKey=WRITEKEY").await.json();
    assert_eq!(source["source"]["enabled"], true);
    assert_eq!(source["source"]["destinations"], json!([]));
}

#[tokio::test]
async fn answers_to_events_are_json_also_for_other_methods() {
    let app = App::start().await;
    let answer = app.send(Request::get("/v1/track").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let error: Value = answer.json();
    assert_eq!(error["error"]["code"], "method_not_allowed");
}
