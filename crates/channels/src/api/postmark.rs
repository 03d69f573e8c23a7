//! Postmark: `POST /email`, and `POST /email/batch` for up to 500, each with an answer of its own.

use serde_json::{Value, json};

use super::answers::shortened;
use super::client::{Answered, Request};
use super::options::ApiOptions;
use super::{Fit, mailbox};
use crate::outcome::{Fault, Outcome};
use crate::provider::MESSAGE_TAG;

/// The codes that are about our account: senders that aren't confirmed, credits that are used up, approval that is pending.
const ACCOUNT: [i64; 9] = [10, 100, 400, 401, 405, 412, 413, 1_235, 1_236];

/// The recipient bounced for good, complained, or was suppressed by hand.
const INACTIVE_RECIPIENT: i64 = 406;

/// The request is wrong, which may be the recipient's address.
const INVALID_REQUEST: i64 = 300;

/// There were too many.
const RATE_LIMITED: i64 = 429;

pub(super) fn request(options: &ApiOptions, fit: Fit<'_>) -> Request {
    post(options, "/email", &message(options, fit))
}

pub(super) fn batch_request(options: &ApiOptions, fits: &[Fit<'_>]) -> Request {
    let messages: Vec<Value> = fits.iter().map(|fit| message(options, *fit)).collect();
    post(options, "/email/batch", &Value::Array(messages))
}

fn post(options: &ApiOptions, path: &str, body: &Value) -> Request {
    Request {
        url: options.url(path),
        headers: vec![
            ("x-postmark-server-token", options.key.0.clone()),
            ("accept", "application/json".to_owned()),
            ("content-type", "application/json".to_owned()),
        ],
        body: body.to_string().into_bytes(),
    }
}

fn message(options: &ApiOptions, fit: Fit<'_>) -> Value {
    let (email, checked) = (fit.email, fit.checked);
    let mut body = json!({
        "From": mailbox(&checked.from),
        "To": mailbox(&checked.to),
        "Subject": email.subject,
        "Metadata": { MESSAGE_TAG: email.message_key },
        // Links and pixels are ours: the provider's would point elsewhere.
        "TrackOpens": false,
        "TrackLinks": "None",
    });
    for (name, part) in [("HtmlBody", &email.html), ("TextBody", &email.text)] {
        if let Some(part) = part {
            body[name] = Value::from(part.as_str());
        }
    }
    if let Some(reply_to) = &checked.reply_to {
        body["ReplyTo"] = Value::from(mailbox(reply_to));
    }
    if !options.stream.is_empty() {
        body["MessageStream"] = Value::from(options.stream.as_str());
    }
    if !email.headers.is_empty() {
        let headers = email.headers.iter().map(|(name, value)| json!({ "Name": name, "Value": value }));
        body["Headers"] = headers.collect();
    }
    body
}

pub(super) fn outcome(answered: &Answered) -> Outcome {
    let json = answered.json();
    match answered.status {
        200..=299 | 422 if json.get("ErrorCode").is_some() => of_line(&json, answered),
        200..=299 => Outcome::Accepted { reply: answered.words(), id: None },
        _ => answered.refusal(),
    }
}

/// One outcome for each message, in their order.
pub(super) fn batch_outcomes(answered: &Answered, n_messages: usize) -> Vec<Outcome> {
    let json = answered.json();
    match json.as_array().filter(|_| answered.status == 200) {
        Some(lines) if lines.len() == n_messages => {
            lines.iter().map(|line| of_line(line, answered)).collect()
        }
        _ if answered.status == 200 => {
            let what =
                format!("the answer to {n_messages} messages has no line for each: {}", answered.words());
            vec![Outcome::Unknown { what }; n_messages]
        }
        // All of it was refused.
        _ => vec![outcome(answered); n_messages],
    }
}

fn of_line(line: &Value, answered: &Answered) -> Outcome {
    let code = line.get("ErrorCode").and_then(Value::as_i64).unwrap_or(-1);
    let said = line.get("Message").and_then(Value::as_str).unwrap_or_default();
    let reply = shortened(&format!("{} {code} {said}", answered.status));
    match code {
        0 => {
            let id = line.get("MessageID").and_then(Value::as_str).map(ToOwned::to_owned);
            Outcome::Accepted { reply, id }
        }
        INACTIVE_RECIPIENT => Outcome::Permanent { reply, suppress: true },
        INVALID_REQUEST => Outcome::Permanent { reply, suppress: said.contains("'To'") },
        RATE_LIMITED => {
            Outcome::Temporary { reply, fault: Fault::Haste, retry_after: answered.retry_after() }
        }
        code if ACCOUNT.contains(&code) => {
            let reply = format!("{reply} (check the sender's key and account)");
            Outcome::Temporary { reply, fault: Fault::Provider, retry_after: None }
        }
        _ => Outcome::unfit(reply),
    }
}
