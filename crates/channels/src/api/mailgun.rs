//! Mailgun: `POST /v3/DOMAIN/messages.mime`, with the whole message as it would go by SMTP.
//!
//! Recipient variables of one request share its content, and our messages are rendered one by one: each is a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Fit;
use super::client::{Answered, Request};
use super::options::ApiOptions;
use crate::email::Unfit;
use crate::outcome::Outcome;
use crate::provider::MESSAGE_TAG;

pub(super) fn request(options: &ApiOptions, fit: Fit<'_>) -> Result<Request, Unfit> {
    let composed = fit.email.compose()?;
    let boundary = boundary(&fit.email.message_key, &composed.bytes);
    let variable = format!("v:{MESSAGE_TAG}");
    let mut body = Vec::with_capacity(composed.bytes.len() + 1_024);
    let fields = [
        ("to", fit.checked.to.address.as_str()),
        (variable.as_str(), fit.email.message_key.as_str()),
        // Links and pixels are ours: the provider's would point elsewhere.
        ("o:tracking", "no"),
    ];
    for (name, value) in fields {
        let part =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"message\"; filename=\"message.mime\"\r\n\
         Content-Type: message/rfc822\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(&composed.bytes);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let login = STANDARD.encode(format!("api:{}", options.key.0));
    Ok(Request {
        url: options.url(&format!("/v3/{}/messages.mime", options.domain)),
        headers: vec![
            ("authorization", format!("Basic {login}")),
            ("content-type", format!("multipart/form-data; boundary={boundary}")),
        ],
        body,
    })
}

/// One that isn't in the message.
fn boundary(key: &str, bytes: &[u8]) -> String {
    let letters: String = key.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    let mut boundary = format!("wend-form-{letters}");
    while bytes.windows(boundary.len()).any(|window| window == boundary.as_bytes()) {
        // Each round makes it longer than the last, so a message of finite length ends this.
        boundary.push('0');
    }
    boundary
}

pub(super) fn outcome(answered: &Answered) -> Outcome {
    let json = answered.json();
    let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    match answered.status {
        200..=299 => {
            // `<…@domain>`; webhooks write it without the brackets.
            let id = text("id").trim_start_matches('<').trim_end_matches('>').to_owned();
            Outcome::Accepted { reply: answered.words(), id: (!id.is_empty()).then_some(id) }
        }
        400 if text("message").starts_with("'to' parameter")
            || text("message").starts_with("to parameter") =>
        {
            Outcome::Permanent { reply: answered.words(), suppress: true }
        }
        _ => answered.refusal(),
    }
}
