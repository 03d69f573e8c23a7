//! What real clients were seen to send, sent again: the events that come of it.

use std::fmt::Write as _;
use std::io::Write as _;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_json::Value;
use wend_domain::id::WorkspaceId;
use wend_domain::input::{Cause, Input};

use crate::app::App;

/// One recorded request.
#[derive(Deserialize)]
struct Recorded {
    method: String,
    path: String,
    headers: std::collections::BTreeMap<String, String>,
    gzip_body: bool,
    body: String,
}

/// Sends the requests of a recording and shows the history that they lead to.
async fn replayed(recording: &str) -> String {
    let path = format!("{}/tests/clients/{recording}.json", env!("CARGO_MANIFEST_DIR"));
    let requests: Vec<Recorded> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let app = App::start().await;
    let mut shown = String::new();
    for recorded in &requests {
        let mut request = Request::builder().method(recorded.method.as_str()).uri(&recorded.path);
        for (name, value) in &recorded.headers {
            if !name.eq_ignore_ascii_case("content-length") {
                request = request.header(name, value);
            }
        }
        request = request.header("host", "events.example.com");
        let body = if recorded.gzip_body { gzip(&recorded.body) } else { recorded.body.clone().into_bytes() };
        let answer = app.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let path = recorded.path.split('?').next().unwrap();
        writeln!(shown, "{} {path} {}", recorded.method, answer.text()).unwrap();
    }
    writeln!(shown, "{}", history(&app).await).unwrap();
    let quarantine = app.get("/api/v1/quarantine").await;
    assert_eq!(quarantine["events"], Value::Array(vec![]));
    shown
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// All events of all contacts in the order in which they were taken, and whether they had come before.
async fn history(app: &App) -> String {
    let workspace = WorkspaceId::from("default");
    let contacts = app.store.contacts_page(&workspace, None, 100).await.unwrap();
    let mut rows = Vec::new();
    for (contact, _) in contacts {
        rows.extend(app.store.history(&workspace, contact, 0, 1_000).await.unwrap());
    }
    rows.sort_by_key(|row| row.seq);
    let mut shown = String::new();
    for row in rows {
        let input: Input = serde_json::from_str(&row.input_json).unwrap();
        let Cause::Event(event) = &input.cause else { continue };
        let occurred_at = event.occurred_at.to_string();
        let mut event = serde_json::to_value(event).unwrap();
        event["occurred_at"] = Value::from(occurred_at);
        let again = if row.record_json.contains("\"duplicate\"") { " (had come before)" } else { "" };
        writeln!(shown, "{event}{again}").unwrap();
    }
    shown
}

macro_rules! recordings {
    ($($name:ident: $file:literal),* $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            insta::assert_snapshot!(replayed($file).await);
        }
    )*};
}

recordings! {
    segment_for_node_is_understood: "segment-node.ok",
    segment_for_node_counts_once_after_retries_on_429: "segment-node.429",
    segment_for_node_counts_once_after_retries_on_500: "segment-node.500",
    segment_for_python_is_understood: "segment-py.ok",
    segment_for_python_is_understood_packed: "segment-py.gzip",
    segment_for_python_counts_once_after_retries: "segment-py.429",
    segment_for_browsers_is_understood: "segment-browser.single",
    segment_for_browsers_is_understood_in_batches: "segment-browser.batch",
    rudder_for_node_is_understood: "rudder-node.ok",
    rudder_for_node_is_understood_unpacked: "rudder-node.nogzip",
    rudder_for_python_is_understood: "rudder-py.ok",
    rudder_for_browsers_is_understood: "rudder-browser.single",
    rudder_for_browsers_is_understood_in_batches: "rudder-browser.batch",
    the_legacy_client_for_node_counts_once_after_retries: "analytics-node-v6.ok",
}
