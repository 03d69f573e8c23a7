//! Amazon SES, version 2: `POST /v2/email/outbound-emails`, with the whole message as it would go by SMTP.
//!
//! `SendBulkEmail` fills in templates that are kept there, and our messages are rendered here: each is a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::client::{Answered, Request};
use super::options::ApiOptions;
use super::{Fit, sigv4};
use crate::email::Unfit;
use crate::outcome::{Fault, Outcome};
use crate::provider::MESSAGE_TAG;

/// Where e-mails are posted.
const PATH: &str = "/v2/email/outbound-emails";

pub(super) fn request(options: &ApiOptions, fit: Fit<'_>) -> Result<Request, Unfit> {
    let (email, composed) = (fit.email, fit.email.compose()?);
    let mut body = json!({
        "FromEmailAddress": fit.checked.from.address,
        "Destination": { "ToAddresses": [fit.checked.to.address] },
        "Content": { "Raw": { "Data": STANDARD.encode(&composed.bytes) } },
        "EmailTags": [{ "Name": MESSAGE_TAG, "Value": email.message_key }],
    });
    if fit.checked.return_path != fit.checked.from.address {
        body["FeedbackForwardingEmailAddress"] = Value::from(fit.checked.return_path.as_str());
    }
    if !options.stream.is_empty() {
        body["ConfigurationSetName"] = Value::from(options.stream.as_str());
    }
    let body = body.to_string().into_bytes();
    let mut headers = vec![("content-type", "application/json".to_owned())];
    headers.extend(sigv4::headers(options, PATH, "ses", &body, email.date));
    Ok(Request { url: options.url(PATH), headers, body })
}

pub(super) fn outcome(answered: &Answered) -> Outcome {
    let json = answered.json();
    if (200..=299).contains(&answered.status) {
        let id = json.get("MessageId").and_then(Value::as_str).map(ToOwned::to_owned);
        return Outcome::Accepted { reply: answered.words(), id };
    }
    // `LimitExceededException:http://…` in a header, or the same in the body.
    let kind = answered.header("x-amzn-errortype").or_else(|| json.get("__type").and_then(Value::as_str));
    let kind = kind.and_then(|kind| kind.split(':').next()).unwrap_or_default();
    let kind = kind.rsplit('#').next().unwrap_or_default();
    match kind {
        "TooManyRequestsException" | "LimitExceededException" | "ThrottlingException" | "Throttling" => {
            Outcome::Temporary {
                reply: words(answered, kind),
                fault: Fault::Haste,
                retry_after: answered.retry_after(),
            }
        }
        "AccountSuspendedException"
        | "SendingPausedException"
        | "MailFromDomainNotVerifiedException"
        | "NotFoundException" => answered.needs_operator(),
        "MessageRejected" if answered.body.contains("not verified") => answered.needs_operator(),
        "MessageRejected" | "BadRequestException" => Outcome::unfit(words(answered, kind)),
        _ => answered.refusal(),
    }
}

fn words(answered: &Answered, kind: &str) -> String {
    super::answers::shortened(&format!("{} {kind} {}", answered.status, answered.body))
}
