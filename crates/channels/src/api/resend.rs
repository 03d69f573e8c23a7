//! Resend: `POST /emails`, and `POST /emails/batch` for up to 100; the only one of the five that honours a key.
//!
//! A batch is sent in the permissive mode, in which one bad message doesn't stop the others.

use std::fmt::Write as _;

use ring::digest::{Context, SHA256};
use serde_json::{Value, json};

use super::answers::shortened;
use super::client::{Answered, Request};
use super::options::ApiOptions;
use super::{Fit, mailbox};
use crate::outcome::{Fault, Outcome};
use crate::provider::MESSAGE_TAG;

pub(super) fn request(options: &ApiOptions, fit: Fit<'_>) -> Request {
    post(options, "/emails", &message(fit), fit.email.message_key.clone())
}

pub(super) fn batch_request(options: &ApiOptions, fits: &[Fit<'_>]) -> Request {
    let messages: Vec<Value> = fits.iter().map(|fit| message(*fit)).collect();
    let mut request = post(options, "/emails/batch", &Value::Array(messages), batch_key(fits));
    request.headers.push(("x-batch-validation", "permissive".to_owned()));
    request
}

/// The key of a batch is made of those of its messages: the same messages have the same key.
fn batch_key(fits: &[Fit<'_>]) -> String {
    let mut hash = Context::new(&SHA256);
    for fit in fits {
        hash.update(fit.email.message_key.as_bytes());
        hash.update(b"\n");
    }
    let mut key = "batch-".to_owned();
    for byte in hash.finish().as_ref() {
        write!(key, "{byte:02x}").expect("a String takes any text");
    }
    key
}

fn post(options: &ApiOptions, path: &str, body: &Value, key: String) -> Request {
    Request {
        url: options.url(path),
        headers: vec![
            ("authorization", format!("Bearer {}", options.key.0)),
            ("content-type", "application/json".to_owned()),
            ("idempotency-key", key),
        ],
        body: body.to_string().into_bytes(),
    }
}

fn message(fit: Fit<'_>) -> Value {
    let (email, checked) = (fit.email, fit.checked);
    let mut body = json!({
        "from": mailbox(&checked.from),
        "to": [mailbox(&checked.to)],
        "subject": email.subject,
        "tags": [{ "name": MESSAGE_TAG, "value": email.message_key }],
    });
    for (name, part) in [("html", &email.html), ("text", &email.text)] {
        if let Some(part) = part {
            body[name] = Value::from(part.as_str());
        }
    }
    if let Some(reply_to) = &checked.reply_to {
        body["reply_to"] = Value::from(mailbox(reply_to));
    }
    if !email.headers.is_empty() {
        let headers = email.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        body["headers"] = Value::Object(headers.collect());
    }
    body
}

pub(super) fn outcome(answered: &Answered) -> Outcome {
    let json = answered.json();
    if (200..=299).contains(&answered.status) {
        return Outcome::Accepted { reply: answered.words(), id: id(&json) };
    }
    let name = json.get("name").and_then(Value::as_str).unwrap_or_default();
    match (answered.status, name) {
        // The key was used for other bytes, so something with this key was taken.
        (409, "invalid_idempotent_request") => Outcome::Unknown { what: answered.words() },
        (409, _) => answered.temporary(Fault::Provider),
        (422, _) if answered.body.contains("`to`") => {
            Outcome::Permanent { reply: answered.words(), suppress: true }
        }
        _ => answered.refusal(),
    }
}

fn id(json: &Value) -> Option<String> {
    json.get("id").and_then(Value::as_str).map(ToOwned::to_owned)
}

/// One outcome for each message: those in `errors` by their places, and the ids of the others in their order.
pub(super) fn batch_outcomes(answered: &Answered, n_messages: usize) -> Vec<Outcome> {
    if !(200..=299).contains(&answered.status) {
        return vec![outcome(answered); n_messages];
    }
    let json = answered.json();
    let mut outcomes: Vec<Option<Outcome>> = vec![None; n_messages];
    for error in json.get("errors").and_then(Value::as_array).into_iter().flatten() {
        let place = error.get("index").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let said = error.get("message").and_then(Value::as_str).unwrap_or_default();
        if let Some(outcome) = usize::try_from(place).ok().and_then(|place| outcomes.get_mut(place)) {
            let reply = shortened(&format!("{} {said}", answered.status));
            *outcome = Some(Outcome::Permanent { reply, suppress: said.contains("`to`") });
        }
    }
    let n_taken = outcomes.iter().filter(|outcome| outcome.is_none()).count();
    let taken: Vec<Option<String>> =
        json.get("data").and_then(Value::as_array).into_iter().flatten().map(id).collect();
    if taken.len() != n_taken {
        let what = format!("the answer to {n_messages} messages has no line for each: {}", answered.words());
        return outcomes
            .into_iter()
            .map(|known| known.unwrap_or(Outcome::Unknown { what: what.clone() }))
            .collect();
    }
    let mut taken = taken.into_iter();
    let mut accepted = || {
        let id = taken.next().flatten();
        Outcome::Accepted { reply: format!("{} {}", answered.status, id.as_deref().unwrap_or_default()), id }
    };
    outcomes.into_iter().map(|known| known.unwrap_or_else(&mut accepted)).collect()
}
