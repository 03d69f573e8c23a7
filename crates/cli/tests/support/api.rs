//! The management API, and sending events, as a test uses them.

use std::io;
use std::net::SocketAddr;

use serde_json::{Value, json};

use super::http::{Message, ask};

/// How many rows one page has.
const PAGE_ROWS: usize = 1_000;

/// One server and the key that it is spoken to with.
#[derive(Debug, Clone)]
pub struct Api {
    pub address: SocketAddr,
    pub key: String,
}

impl Api {
    pub fn new(address: SocketAddr, key: &str) -> Self {
        Self { address, key: key.to_owned() }
    }

    /// Reads something; the server must be there and have it.
    pub fn get(&self, path: &str) -> Value {
        let (status, document) = self.try_get(path).unwrap_or_else(|error| panic!("GET {path}: {error}"));
        assert_eq!(status, 200, "GET {path}: {document}");
        document
    }

    pub fn try_get(&self, path: &str) -> io::Result<(u16, Value)> {
        let answer = ask(self.address, &self.signed(Message::request("GET", &format!("/api/v1/{path}"))))?;
        Ok((answer.status(), answer.document()))
    }

    /// Asks for something to be done, which must be done.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.signed(Message::request("POST", &format!("/api/v1/{path}"))).json(body);
        let answer = ask(self.address, &request).unwrap_or_else(|error| panic!("POST {path}: {error}"));
        let text = String::from_utf8_lossy(&answer.body);
        assert!((200..300).contains(&answer.status()), "POST {path}: {} {text}", answer.status());
        if answer.body.is_empty() { Value::Null } else { answer.document() }
    }

    /// Asks for something to be done; an error says nothing about what became of it.
    pub fn try_post(&self, path: &str, body: &Value) -> io::Result<(u16, Value)> {
        let request = self.signed(Message::request("POST", &format!("/api/v1/{path}"))).json(body);
        let answer = ask(self.address, &request)?;
        let document = if answer.body.is_empty() { Value::Null } else { answer.document() };
        Ok((answer.status(), document))
    }

    fn signed(&self, request: Message) -> Message {
        request.with("authorization", format!("Bearer {}", self.key))
    }

    /// Makes a write key.
    pub fn write_key(&self) -> String {
        let made = self.post("keys", &json!({ "scope": "ingest", "name": "test" }));
        made["secret"].as_str().expect("a new key's secret is shown once").to_owned()
    }

    /// Publishes files, given as path and text.
    pub fn apply(&self, files: &[(&str, &str)]) {
        let files: Vec<Value> =
            files.iter().map(|(path, text)| json!({ "path": path, "text": text })).collect();
        self.post("apply", &json!({ "files": files }));
    }

    /// All that is recorded of a contact, oldest first; nothing if nobody ever heard of it.
    pub fn why(&self, contact: &str) -> Vec<Value> {
        let mut entries: Vec<Value> = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("contacts/{contact}/why?limit={PAGE_ROWS}{after}");
            let (status, mut page) =
                self.try_get(&path).unwrap_or_else(|error| panic!("GET {path}: {error}"));
            if status == 404 {
                return entries;
            }
            assert_eq!(status, 200, "GET {path}: {page}");
            let Value::Array(found) = page["entries"].take() else { panic!("why has entries: {page}") };
            entries.extend(found);
            match page["next"].as_i64() {
                Some(next) => after = format!("&after={next}"),
                None => return entries,
            }
        }
    }

    /// All messages of a filter such as `state=sent`.
    pub fn messages(&self, filter: &str) -> Vec<Value> {
        let mut messages: Vec<Value> = Vec::new();
        let mut before = String::new();
        loop {
            let mut page = self.get(&format!("messages?limit={PAGE_ROWS}&{filter}{before}"));
            let Value::Array(found) = page["messages"].take() else { panic!("there are messages: {page}") };
            let n_found = found.len();
            messages.extend(found);
            let last = messages.last().and_then(|message| message["id"].as_str());
            match last {
                Some(last) if n_found == PAGE_ROWS => before = format!("&before={last}"),
                _ => return messages,
            }
        }
    }
}

/// Events as a client's batch, sent to wherever it listens.
pub fn send(address: SocketAddr, write_key: &str, events: &[Value]) -> io::Result<Message> {
    let body = json!({ "batch": events, "writeKey": write_key });
    ask(address, &Message::request("POST", "/v1/batch").json(&body))
}
