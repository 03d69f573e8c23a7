//! The clients that customers use, as they come from `npm` and `PyPI`, against the real server.
//!
//! Between the two stands a proxy that plays what goes wrong on the way. What a client counts as delivered must be in
//! the contacts' history exactly once, whatever happened.

use crate::harness::ledger::{compare, event_of, events_known};
use crate::harness::proxy::{Fault, Proxy};
use crate::harness::server::{Setup, wend};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How many contacts the events are about.
const N_CONTACTS: usize = 8;
/// How long a client may take until its first batch reaches the server.
const FIRST_BATCH_MAX: Duration = Duration::from_mins(4);
/// How many events a client sends through a limiter that takes fewer at once.
const N_LIMITED: usize = 100;
/// More than an event may have: 32 KB.
const TOO_LARGE_BYTES: usize = 40_000;
/// What a client sends at once at most by its own limits, in bytes: near the 500 KB of the contract.
const NEAR_LIMIT_BYTES: usize = 400_000;

/// One of the clients.
struct Client {
    name: &'static str,
    /// Whether it can pack its requests, and whether it does so here.
    gzip: bool,
    /// Whether it refuses events that are too large before it sends them.
    refuses_large: bool,
    /// How many events it is given at once for a batch at the limits, and how many bytes each has besides.
    at_limits: (usize, usize),
}

/// As many events as the contract allows; this client cuts them into batches of just under its own 475 KB.
const CUT_BY_THE_CLIENT: (usize, usize) = (2_500, 10);
/// As many small events as fit into the 500 KB of the contract: this client doesn't count bytes, or counts to 4 MB.
const ALL_AT_ONCE: (usize, usize) = (1_500, 10);
/// Fewer and larger ones for the clients that measure their whole queue anew for each event.
const FEWER_LARGER: (usize, usize) = (500, 600);

const SEGMENT_NODE: Client =
    Client { name: "@segment/analytics-node", gzip: false, refuses_large: false, at_limits: ALL_AT_ONCE };
const ANALYTICS_NODE: Client =
    Client { name: "analytics-node", gzip: false, refuses_large: true, at_limits: FEWER_LARGER };
const RUDDER_NODE: Client = Client {
    name: "@rudderstack/rudder-sdk-node",
    gzip: true,
    refuses_large: false,
    at_limits: FEWER_LARGER,
};
const SEGMENT_PYTHON: Client = Client {
    name: "segment-analytics-python",
    gzip: true,
    refuses_large: true,
    at_limits: CUT_BY_THE_CLIENT,
};
const RUDDER_PYTHON: Client =
    Client { name: "rudder-sdk-python", gzip: true, refuses_large: false, at_limits: ALL_AT_ONCE };

/// What a client says became of its events.
struct Told {
    delivered: BTreeSet<String>,
    failed: Vec<String>,
    refused: BTreeSet<String>,
}

/// A client's run that can still be waited for.
struct Running {
    child: std::process::Child,
    name: &'static str,
}

impl Client {
    /// Starts the client's process with all it is to do.
    fn begin(&self, proxy: &Proxy, write_key: &str, flush_at: usize, events: &[Value]) -> Running {
        let job = json!({
            "client": self.name, "host": format!("http://{}", proxy.address), "writeKey": write_key,
            "flushAt": flush_at, "gzip": self.gzip, "events": events,
        });
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients");
        let (program, script) = if self.name.ends_with("python") {
            (provided("WEND_TEST_PYTHON"), folder.join("deliver.py"))
        } else {
            assert!(
                folder.join("node_modules").exists(),
                "tests/clients has no packages: run `cargo xtask test`"
            );
            (provided("WEND_TEST_NODE"), folder.join("deliver.mjs"))
        };
        let mut command = Command::new(program);
        let mut child = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(job.to_string().as_bytes()).unwrap();
        Running { child, name: self.name }
    }
}

impl Running {
    fn wait(self) -> Told {
        let output = self.child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}'s process failed: {}", self.name, output.status);
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let ids = |name: &str| {
            told[name].as_array().unwrap().iter().map(|entry| match entry {
                Value::Array(pair) => pair[0].as_str().unwrap().to_owned(),
                id => id.as_str().unwrap().to_owned(),
            })
        };
        let failed = told["failed"].as_array().unwrap().iter().map(ToString::to_string).collect();
        Told { delivered: ids("delivered").collect(), failed, refused: ids("refused").collect() }
    }
}

fn provided(variable: &str) -> PathBuf {
    let set = std::env::var_os(variable);
    set.map_or_else(|| panic!("{variable} isn't set: run `cargo xtask test`"), PathBuf::from)
}

/// Each call that the clients know, with what it is about; then poison; then tracks.
fn events_of_every_kind(n_tracks: usize) -> Vec<Value> {
    let mut events = vec![
        json!({ "type": "identify", "messageId": "identify", "userId": "u0", "traits": { "email": "u0@example.com" } }),
        json!({ "type": "track", "messageId": "track", "userId": "u0", "event": "Order Completed", "properties": { "total": 12.5 } }),
        json!({ "type": "page", "messageId": "page", "userId": "u0", "name": "Home", "properties": { "url": "https://shop.example/" } }),
        json!({ "type": "screen", "messageId": "screen", "userId": "u0", "name": "Cart", "properties": {} }),
        json!({ "type": "group", "messageId": "group", "userId": "u0", "groupId": "g1", "traits": { "name": "Acme" } }),
        json!({ "type": "alias", "messageId": "alias", "userId": "u0", "previousId": "device-0" }),
        json!({ "type": "track", "messageId": "anonymous", "anonymousId": "device-1", "event": "Visited", "properties": {} }),
        json!({ "type": "track", "messageId": "poison-nameless", "userId": "u0", "event": "   ", "properties": {} }),
        json!({ "type": "track", "messageId": "poison-idless", "userId": "   ", "event": "Visited", "properties": {} }),
        json!({ "type": "track", "messageId": "poison-large", "userId": "u0", "event": "Visited", "properties": { "text": "x".repeat(TOO_LARGE_BYTES) } }),
    ];
    events.extend((0..n_tracks).map(|n| track(&format!("track-{n}"), n, 0)));
    events
}

fn track(id: &str, n: usize, n_bytes: usize) -> Value {
    let properties = json!({ "n": n, "text": "x".repeat(n_bytes) });
    json!({ "type": "track", "messageId": id, "userId": format!("u{}", n % N_CONTACTS), "event": "Visited", "properties": properties })
}

fn ids(events: &[Value]) -> BTreeSet<String> {
    events.iter().map(|event| event["messageId"].as_str().unwrap().to_owned()).collect()
}

fn contacts() -> Vec<String> {
    (0..N_CONTACTS).map(|n| format!("u{n}")).chain(["device-1".to_owned()]).collect()
}

/// 429, 5xx and cut connections: the client comes back, nothing is lost, nothing is double, the poison is set aside.
fn survives_faults_on_the_way(client: &Client) {
    let folder = tempfile::tempdir().unwrap();
    let server = Setup::new(folder.path()).start();
    let api = server.api();
    let proxy = Proxy::start(server.address);
    let busy = || Fault::Answer { status: 429, retry_after: Some(1) };
    let gone = || Fault::Answer { status: 503, retry_after: None };
    proxy.plan([busy(), gone(), Fault::CutAnswer, Fault::CutRequest, Fault::CutAnswer]);
    let events = events_of_every_kind(40);
    let told = client.begin(&proxy, &api.write_key(), 15, &events).wait();

    assert_eq!(proxy.n_planned(), 0, "every planned fault happened: {:#?}", proxy.seen());
    assert_eq!(told.failed, Vec::<String>::new(), "the client comes back until it is answered");
    assert_eq!(told.delivered.len() + told.refused.len(), events.len());
    let large = BTreeSet::from(["poison-large".to_owned()]);
    assert_eq!(told.refused, if client.refuses_large { large } else { BTreeSet::new() });
    let poison: BTreeSet<String> =
        told.delivered.iter().filter(|id| id.starts_with("poison-")).cloned().collect();
    let good: BTreeSet<String> = told.delivered.difference(&poison).cloned().collect();
    let contacts = contacts();
    let known = events_known(&api, contacts.iter().map(String::as_str));
    assert_eq!(compare(&good, &BTreeSet::new(), &known), Vec::<String>::new(), "{:#?}", proxy.seen());
    assert_eq!(quarantined(&wend(&api, &["quarantine", "list"])), poison);
    for seen in proxy.seen() {
        assert_eq!((seen.path.as_str(), seen.is_gzip), ("/v1/batch", client.gzip), "{seen:?}");
    }
    kinds_are_told_apart(&api.why("u0"));
    server.stop();
}

/// The poison in quarantine, by the client's id, once each however often it was sent; its text may be cut.
fn quarantined(list: &Value) -> BTreeSet<String> {
    let events = list["events"].as_array().unwrap_or_else(|| panic!("the quarantine lists events: {list}"));
    let mut found = BTreeSet::new();
    for event in events {
        let reason = event["reason"].as_str().unwrap();
        let id = match reason {
            reason if reason.contains("needs `event`") => "poison-nameless",
            reason if reason.contains("neither `userId` nor `anonymousId`") => "poison-idless",
            reason if reason.contains("bytes, more than 32768") => "poison-large",
            reason => panic!("a reason that names none of the poison: {reason}"),
        };
        found.insert(id.to_owned());
    }
    found
}

fn kinds_are_told_apart(entries: &[Value]) {
    let calls: BTreeSet<&str> =
        entries.iter().filter_map(event_of).map(|event| event["call"].as_str().unwrap()).collect();
    assert_eq!(calls, BTreeSet::from(["identify", "track", "page", "screen", "group", "alias"]));
}

/// The server dies while it has a batch as large as the client makes them, and comes back while the client retries.
fn survives_a_server_that_dies_with_a_batch(client: &Client) {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::new(folder.path());
    let mut server = setup.start();
    let write_key = server.api().write_key();
    let proxy = Proxy::start(server.address);
    let (tell, told_to) = mpsc::channel();
    proxy.plan([Fault::Tell(tell.clone()), Fault::Tell(tell)]);
    let (n_events, n_bytes) = client.at_limits;
    let events: Vec<Value> = (0..n_events).map(|n| track(&format!("large-{n}"), n, n_bytes)).collect();
    let running = client.begin(&proxy, &write_key, n_events, &events);
    for _ in 0..2 {
        told_to.recv_timeout(FIRST_BATCH_MAX).expect("the client sends a batch");
        server.kill();
        server = setup.start();
        proxy.point_at(server.address);
    }
    let told = running.wait();

    assert_eq!(told.failed, Vec::<String>::new(), "the client comes back until it is answered");
    assert_eq!(told.delivered, ids(&events), "{:#?}", proxy.seen());
    let contacts = contacts();
    let known = events_known(&server.api(), contacts.iter().map(String::as_str));
    assert_eq!(
        compare(&told.delivered, &BTreeSet::new(), &known),
        Vec::<String>::new(),
        "{:#?}",
        proxy.seen()
    );
    let largest = proxy.seen().iter().map(|seen| seen.n_bytes).max().unwrap();
    assert!(largest > NEAR_LIMIT_BYTES, "the largest batch has {largest} bytes, which is far from the limit");
    server.stop();
}

/// The server's own limiter says 429 again and again: whether the client waits as long as it is told or not, the
/// limiter holds, and all arrives in the end.
fn survives_the_limiter(client: &Client) {
    let folder = tempfile::tempdir().unwrap();
    let slow = Setup::new(folder.path()).set("server.events_per_second=10").set("server.burst_events=30");
    let server = slow.start();
    let api = server.api();
    let proxy = Proxy::start(server.address);
    let events: Vec<Value> = (0..N_LIMITED).map(|n| track(&format!("limited-{n}"), n, 0)).collect();
    let told = client.begin(&proxy, &api.write_key(), 20, &events).wait();

    assert_eq!(told.failed, Vec::<String>::new(), "the client comes back until it is answered");
    let n_refused = proxy.seen().iter().filter(|seen| seen.status == Some(429)).count();
    assert!(n_refused > 0, "the limiter took everything at once: {:#?}", proxy.seen());
    let contacts = contacts();
    let known = events_known(&api, contacts.iter().map(String::as_str));
    assert_eq!(compare(&ids(&events), &BTreeSet::new(), &known), Vec::<String>::new(), "{:#?}", proxy.seen());
    server.stop();
}

/// A refusal that no repetition changes is taken as one: the client gives up at once instead of keeping its queue waiting.
#[test]
fn every_client_gives_up_at_once_when_its_key_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let server = Setup::new(folder.path()).start();
    let events = [track("refused", 0, 0)];
    for client in [SEGMENT_NODE, ANALYTICS_NODE, RUDDER_NODE, SEGMENT_PYTHON, RUDDER_PYTHON] {
        let proxy = Proxy::start(server.address);
        let told = client.begin(&proxy, "wk_nobody", 20, &events).wait();
        assert_eq!((told.failed.len(), told.delivered.len()), (1, 0), "{}", client.name);
        let seen: Vec<_> = proxy.seen().iter().map(|seen| seen.status).collect();
        assert_eq!(seen, [Some(401)], "{}", client.name);
    }
    server.stop();
}

#[test]
fn segment_for_node_heeds_the_limiter_and_loses_nothing() {
    survives_the_limiter(&SEGMENT_NODE);
}

#[test]
fn rudder_for_python_ignores_what_the_limiter_says_and_loses_nothing() {
    survives_the_limiter(&RUDDER_PYTHON);
}

#[test]
fn segment_for_node_loses_and_doubles_nothing_on_a_bad_network() {
    survives_faults_on_the_way(&SEGMENT_NODE);
}

#[test]
fn segment_for_node_loses_and_doubles_nothing_when_the_server_dies() {
    survives_a_server_that_dies_with_a_batch(&SEGMENT_NODE);
}

#[test]
fn analytics_node_loses_and_doubles_nothing_on_a_bad_network() {
    survives_faults_on_the_way(&ANALYTICS_NODE);
}

#[test]
fn analytics_node_loses_and_doubles_nothing_when_the_server_dies() {
    survives_a_server_that_dies_with_a_batch(&ANALYTICS_NODE);
}

#[test]
fn rudder_for_node_loses_and_doubles_nothing_on_a_bad_network() {
    survives_faults_on_the_way(&RUDDER_NODE);
}

#[test]
fn rudder_for_node_loses_and_doubles_nothing_when_the_server_dies() {
    survives_a_server_that_dies_with_a_batch(&RUDDER_NODE);
}

#[test]
fn segment_for_python_loses_and_doubles_nothing_on_a_bad_network() {
    survives_faults_on_the_way(&SEGMENT_PYTHON);
}

#[test]
fn segment_for_python_loses_and_doubles_nothing_when_the_server_dies() {
    survives_a_server_that_dies_with_a_batch(&SEGMENT_PYTHON);
}

#[test]
fn rudder_for_python_loses_and_doubles_nothing_on_a_bad_network() {
    survives_faults_on_the_way(&RUDDER_PYTHON);
}

#[test]
fn rudder_for_python_loses_and_doubles_nothing_when_the_server_dies() {
    survives_a_server_that_dies_with_a_batch(&RUDDER_PYTHON);
}
