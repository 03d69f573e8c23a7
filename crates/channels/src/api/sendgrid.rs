//! Twilio `SendGrid`: `POST /v3/mail/send`.
//!
//! Personalizations of one request share its content, and our messages are rendered one by one: each is a request.

use serde_json::{Map, Value, json};

use super::Fit;
use super::client::{Answered, Request};
use super::options::ApiOptions;
use crate::email::Mailbox;
use crate::outcome::Outcome;
use crate::provider::MESSAGE_TAG;

pub(super) fn request(options: &ApiOptions, fit: Fit<'_>) -> Request {
    let (email, checked) = (fit.email, fit.checked);
    // SendGrid wants the plain text before the HTML.
    let parts = [("text/plain", &email.text), ("text/html", &email.html)];
    let content: Vec<Value> = parts
        .into_iter()
        .filter_map(|(kind, part)| part.as_ref().map(|value| json!({ "type": kind, "value": value })))
        .collect();
    let mut body = json!({
        "personalizations": [{ "to": [address(&checked.to)] }],
        "from": address(&checked.from),
        "subject": email.subject,
        "content": content,
        "custom_args": { MESSAGE_TAG: email.message_key },
        // Links and pixels are ours: the provider's would point elsewhere.
        "tracking_settings": {
            "click_tracking": { "enable": false },
            "open_tracking": { "enable": false },
            "subscription_tracking": { "enable": false },
        },
    });
    if let Some(reply_to) = &checked.reply_to {
        body["reply_to"] = address(reply_to);
    }
    if !email.headers.is_empty() {
        let headers = email.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        body["headers"] = Value::Object(headers.collect::<Map<_, _>>());
    }
    Request {
        url: options.url("/v3/mail/send"),
        headers: vec![
            ("authorization", format!("Bearer {}", options.key.0)),
            ("content-type", "application/json".to_owned()),
        ],
        body: body.to_string().into_bytes(),
    }
}

fn address(mailbox: &Mailbox) -> Value {
    if mailbox.name.is_empty() {
        return json!({ "email": mailbox.address });
    }
    json!({ "email": mailbox.address, "name": mailbox.name })
}

pub(super) fn outcome(answered: &Answered) -> Outcome {
    match answered.status {
        200..=299 => Outcome::Accepted {
            reply: answered.words(),
            id: answered.header("x-message-id").map(ToOwned::to_owned),
        },
        400 if blames_recipient(answered) => Outcome::Permanent { reply: answered.words(), suppress: true },
        _ => answered.refusal(),
    }
}

/// `{"errors": [{"field": "personalizations.0.to.0.email", "message": "Does not contain a valid address."}]}`.
fn blames_recipient(answered: &Answered) -> bool {
    let json = answered.json();
    let errors = json.get("errors").and_then(Value::as_array).into_iter().flatten();
    let text =
        |error: &Value, name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    errors.into_iter().any(|error| {
        text(error, "field").starts_with("personalizations.0.to")
            && text(error, "message").contains("valid address")
    })
}
