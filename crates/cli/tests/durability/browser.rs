//! What browsers send, as it was recorded from the real libraries, and the limits of the contract, byte by byte.
//!
//! The recordings in `tests/clients/recorded` hold method, path, headers and body of each request of a page that uses
//! the library of Segment or `RudderStack`, one by one and in batches.

use crate::harness::api::{Api, send};
use crate::harness::http::{Message, ask};
use crate::harness::ledger::{compare, events_known};
use crate::harness::server::{Server, Setup};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// The key that stands in the recordings.
const RECORDED_KEY: &str = "WRITEKEY";
/// The headers that browsers must be allowed to send.
const HEADERS: [&str; 6] =
    ["authorization", "content-type", "x-retry-count", "anonymousid", "sentat", "x-write-key"];
/// The most events of one batch.
const BATCH_EVENTS_MAX: usize = 2_500;
/// The most bytes of one batch.
const BATCH_BYTES_MAX: usize = 500 * 1024;

struct Site {
    _folder: tempfile::TempDir,
    server: Server,
    api: Api,
    key: String,
}

impl Site {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Setup::new(folder.path()).start();
        let api = server.api();
        let key = api.write_key();
        Self { _folder: folder, server, api, key }
    }

    fn ask(&self, request: &Message) -> Message {
        ask(self.server.address, request).unwrap()
    }

    /// Sends what a browser sent then, with a key that is known here.
    fn again(&self, recorded: &Value) -> Message {
        let text = |name: &str| recorded[name].as_str().unwrap().replace(RECORDED_KEY, &self.key);
        let mut request = Message::request(&text("method"), &text("path")).body(text("body"));
        for (name, value) in recorded["headers"].as_object().unwrap() {
            let value = value.as_str().unwrap().replace(&basic(RECORDED_KEY), &basic(&self.key));
            request = request.with(name, value);
        }
        self.ask(&request)
    }
}

fn basic(key: &str) -> String {
    STANDARD.encode(format!("{key}:"))
}

fn recording(name: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/recorded");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn may_be_read_by_pages(answer: &Message) {
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{answer:?}");
    let exposed = answer.header("access-control-expose-headers").unwrap_or_default().to_lowercase();
    assert!(exposed.contains("retry-after"), "{answer:?}");
}

fn is_an_allowing_preflight(answer: &Message, wanted: &[&str]) {
    assert!(matches!(answer.status(), 200 | 204), "{answer:?}");
    let allowed = answer.header("access-control-allow-headers").unwrap_or_default().to_lowercase();
    let allowed: Vec<&str> = allowed.split(',').map(str::trim).collect();
    for header in wanted {
        assert!(allowed.contains(header), "{header} is not among {allowed:?}");
    }
}

/// Plays a recording twice, as if the first answers had been lost, and compares with what is known then.
fn the_library_is_served(name: &str) {
    let site = Site::start();
    let recorded = recording(name);
    let (mut sent, mut contacts) = (BTreeSet::new(), BTreeSet::new());
    for recorded in recorded.iter().chain(recorded.iter()) {
        let answer = site.again(recorded);
        may_be_read_by_pages(&answer);
        if recorded["method"] == "OPTIONS" {
            let wanted = recorded["headers"]["Access-Control-Request-Headers"].as_str().unwrap();
            is_an_allowing_preflight(&answer, &wanted.split(',').collect::<Vec<_>>());
            continue;
        }
        assert_eq!(answer.status(), 200, "{recorded}: {answer:?}");
        if recorded["method"] == "POST" {
            assert_eq!(answer.document()["success"], true);
            let body: Value = serde_json::from_str(recorded["body"].as_str().unwrap()).unwrap();
            let single = vec![body.clone()];
            for event in body["batch"].as_array().unwrap_or(&single) {
                sent.insert(event["messageId"].as_str().unwrap().to_owned());
                contacts.extend(event["userId"].as_str().map(str::to_owned));
            }
        }
    }
    assert!(sent.len() >= 5, "the recording holds events");
    let known = events_known(&site.api, contacts.iter().map(String::as_str));
    assert_eq!(compare(&sent, &BTreeSet::new(), &known), Vec::<String>::new());
    assert_eq!(site.api.get("quarantine")["events"], json!([]));
    site.server.stop();
}

#[test]
fn the_browser_library_of_segment_is_served_event_by_event() {
    the_library_is_served("segment-browser.single.json");
}

#[test]
fn the_browser_library_of_segment_is_served_in_batches() {
    the_library_is_served("segment-browser.batch.json");
}

#[test]
fn the_browser_library_of_rudderstack_is_served_event_by_event() {
    the_library_is_served("rudder-browser.single.json");
}

#[test]
fn the_browser_library_of_rudderstack_is_served_in_batches() {
    the_library_is_served("rudder-browser.batch.json");
}

#[test]
fn browsers_are_told_where_to_send_and_beacons_need_no_header() {
    let site = Site::start();
    let settings =
        site.ask(&Message::request("GET", &format!("/v1/projects/{}/settings", site.key))).document();
    let segment = &settings["integrations"]["Segment.io"];
    assert_eq!(segment["apiKey"], site.key.as_str());
    assert_eq!(segment["apiHost"], format!("{}/v1", site.server.address));
    let source =
        site.ask(&Message::request("GET", &format!("/sourceConfig/?writeKey={}", site.key))).document();
    assert_eq!(source["source"]["enabled"], true);
    let unknown = site.ask(&Message::request("GET", "/v1/projects/wk_nobody/settings"));
    assert_eq!(unknown.status(), 401);

    let event = json!({ "type": "track", "messageId": "b1", "userId": "u1", "event": "Left" });
    let body = json!({ "batch": [event], "sentAt": "2026-11-22T09:40:10.217Z" }).to_string();
    let beacon = Message::request("POST", &format!("/beacon/v1/batch?writeKey={}", site.key));
    let answer = site.ask(&beacon.with("content-type", "text/plain").body(body.clone()));
    assert_eq!(answer.status(), 200, "{answer:?}");
    let keyless = site.ask(&Message::request("POST", "/beacon/v1/batch").body(body));
    assert_eq!(keyless.status(), 401);
    may_be_read_by_pages(&keyless);
    assert_eq!(events_known(&site.api, ["u1"]).keys().collect::<Vec<_>>(), ["b1"]);
    for path in ["/v1/batch", "/v1/t/", "/beacon/v1/batch", "/sourceConfig"] {
        is_an_allowing_preflight(&site.ask(&Message::request("OPTIONS", path)), &HEADERS);
    }
}

#[test]
fn the_limits_of_a_batch_hold_to_the_event_and_nothing_redirects() {
    let site = Site::start();
    let event =
        |n: usize| json!({ "type": "track", "messageId": format!("m{n}"), "userId": "u1", "event": "E" });
    let events: Vec<Value> = (0..=BATCH_EVENTS_MAX).map(event).collect();
    let taken = send(site.server.address, &site.key, &events[..BATCH_EVENTS_MAX]).unwrap();
    assert_eq!((taken.status(), &taken.document()["success"]), (200, &json!(true)));
    assert_eq!(events_known(&site.api, ["u1"]).len(), BATCH_EVENTS_MAX);
    assert_eq!(send(site.server.address, &site.key, &events).unwrap().status(), 413);

    // Twenty events of just under 32 KB are more than 500 KB; fifteen are not.
    let large = |n: usize| json!({ "type": "track", "messageId": format!("l{n}"), "userId": "u2", "event": "E", "properties": { "text": "x".repeat(32 * 1024 - 200) } });
    let large: Vec<Value> = (0..20).map(large).collect();
    assert!(json!(large[..15]).to_string().len() > BATCH_BYTES_MAX - 40_000);
    assert_eq!(send(site.server.address, &site.key, &large[..15]).unwrap().status(), 200);
    assert_eq!(events_known(&site.api, ["u2"]).len(), 15);
    assert_eq!(send(site.server.address, &site.key, &large).unwrap().status(), 413);

    assert_eq!(send(site.server.address, "wk_nobody", &events[..1]).unwrap().status(), 401);
    let body = json!({ "batch": [event(9_999)], "writeKey": site.key });
    for path in ["/v1/batch", "/v1/batch/", "/v1/b", "/v1/b/"] {
        let answer = site.ask(&Message::request("POST", path).json(&body));
        assert_eq!((path, answer.status()), (path, 200));
    }
}
