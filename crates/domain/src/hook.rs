//! Incoming webhooks: which calls of another system become events, and what is read from them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::id::{EventName, HookName};
use crate::predicate::{PropertyTest, literal_test_holds};
use crate::time::Timestamp;
use crate::value::Path;

/// The property of an event by which it says which hook made it.
pub const HOOK_PROPERTY: &str = "hook";

/// A path at which another system calls, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct Hook {
    /// Its name: it stands in the address.
    pub name: HookName,
    /// What its events are called.
    pub event: EventName,
    /// Where the team's own id of the person stands.
    pub user_id: Option<Path>,
    /// Where the id of a person who isn't known yet stands.
    pub anonymous_id: Option<Path>,
    /// Where the other system's id of what happened stands.
    pub message_id: Option<Path>,
    /// Where it says when it happened.
    pub occurred_at: Option<Path>,
    /// The event's properties by name; none means the whole body.
    pub properties: Option<BTreeMap<String, Path>>,
    /// Traits of the contact that the call brings along.
    pub traits: BTreeMap<String, Path>,
    /// What a body must pass to become an event.
    pub filter: Vec<PropertyTest>,
    /// How a call proves where it comes from; none means that the key in its address is enough.
    pub signature: Option<Signature>,
}

/// How a call proves where it comes from: an HMAC with SHA-256 under a shared secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The header that has it, in lower case.
    pub header: String,
    /// What is signed, and how it is written.
    pub style: SignatureStyle,
    /// The name of the secret.
    pub secret: String,
}

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureStyle {
    /// The body as it is; written in hexadecimal or base64, `sha256=` before it or not.
    Body,
    /// Seconds since 1970, a dot, and the body; written `t=SECONDS,v1=HEXADECIMAL`.
    Timestamped,
}

/// What was read from a body; nothing of it is checked yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapped {
    /// The team's own id of the person.
    pub user_id: Option<Value>,
    /// The id of a person who isn't known yet.
    pub anonymous_id: Option<Value>,
    /// The other system's id of what happened.
    pub message_id: Option<Value>,
    /// When it happened.
    pub occurred_at: Option<Value>,
    /// The event's properties.
    pub properties: Map<String, Value>,
    /// Traits of the contact.
    pub traits: Map<String, Value>,
}

impl Hook {
    /// Reads a body; none if the hook isn't meant for it.
    pub fn read(&self, body: &Map<String, Value>, at: Timestamp) -> Option<Mapped> {
        let passes = |test: &PropertyTest| {
            test.tests.iter().all(|one| literal_test_holds(one, test.path.get(body), at))
        };
        if !self.filter.iter().all(passes) {
            return None;
        }
        let found = |path: &Option<Path>| path.as_ref().and_then(|path| path.get(body)).cloned();
        let mut properties = match &self.properties {
            Some(paths) => values(paths, body),
            None => body.clone(),
        };
        properties.insert(HOOK_PROPERTY.to_owned(), Value::from(self.name.as_str()));
        Some(Mapped {
            user_id: found(&self.user_id),
            anonymous_id: found(&self.anonymous_id),
            message_id: found(&self.message_id),
            occurred_at: found(&self.occurred_at),
            properties,
            traits: values(&self.traits, body),
        })
    }
}

/// What stands at paths; what isn't there is left out.
fn values(paths: &BTreeMap<String, Path>, body: &Map<String, Value>) -> Map<String, Value> {
    paths.iter().filter_map(|(name, path)| Some((name.clone(), path.get(body)?.clone()))).collect()
}

#[cfg(test)]
mod tests;
