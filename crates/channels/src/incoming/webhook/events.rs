//! What each provider calls what, as it documents it, in the one set of reports.

use std::net::IpAddr;

use serde_json::Value;
use wend_domain::id::MessageId;
use wend_domain::report::{BounceClass, Report, Told, Visit, machine};
use wend_domain::time::Timestamp;

use super::Provider;
use crate::incoming::mail::class;

/// The name under which our message's id goes along as metadata.
const MESSAGE: &str = "wend_message";

/// The header in which it stands as well.
const HEADER: &str = "x-wend-message";

fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    let found = path.iter().try_fold(value, |value, name| value.get(*name))?;
    found.as_str().filter(|text| !text.is_empty())
}

fn own(value: &Value, path: &[&str]) -> String {
    text(value, path).unwrap_or_default().to_owned()
}

/// The first value of a list of texts, or the text.
fn first<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    let found = path.iter().try_fold(value, |value, name| value.get(*name))?;
    found.as_str().or_else(|| found.as_array()?.first()?.as_str())
}

fn message(id: Option<&str>) -> Option<MessageId> {
    id?.trim().parse().ok()
}

/// When it happened: RFC 3339, or seconds since 1970.
fn instant(value: Option<&Value>, at: Timestamp) -> Timestamp {
    let read = match value {
        Some(Value::String(text)) => Timestamp::parse(text),
        Some(Value::Number(seconds)) => {
            seconds.as_f64().map(|seconds| Timestamp::from_millis((seconds * 1_000.0).round() as i64))
        }
        _ => None,
    };
    // What lies ahead is a clock that goes wrong.
    read.map_or(at, |read| read.min(at))
}

/// Who opened or clicked; a provider that doesn't say it has looked at that itself.
fn visit(agent: Option<&str>, address: Option<&str>, said_machine: bool, provider: Provider) -> Visit {
    let address = address.and_then(|address| address.parse::<IpAddr>().ok());
    Visit {
        agent: agent.unwrap_or(provider.as_str()).to_owned(),
        network: address.and_then(machine::network),
        prefetch: false,
        said_machine,
    }
}

fn report(message: MessageId, what: Told, occurred_at: Timestamp, provider: Provider) -> (MessageId, Report) {
    let source = provider.as_str().to_owned();
    (message, Report { what, occurred_at, source, address: None })
}

/// Amazon SES: its event publishing and its older notifications.
pub(super) fn ses(event: &Value, at: Timestamp) -> Option<(MessageId, Report)> {
    let in_headers = || {
        let headers = event.get("mail")?.get("headers")?.as_array()?;
        let is_ours =
            |header: &&Value| text(header, &["name"]).is_some_and(|name| name.eq_ignore_ascii_case(HEADER));
        text(headers.iter().find(is_ours)?, &["value"])
    };
    let id = message(first(event, &["mail", "tags", MESSAGE]).or_else(in_headers))?;
    let kind = text(event, &["eventType"]).or_else(|| text(event, &["notificationType"]))?;
    let (member, what) = match kind {
        "Delivery" => ("delivery", Told::Delivered { words: own(event, &["delivery", "smtpResponse"]) }),
        "DeliveryDelay" => {
            let first = event.get("deliveryDelay")?.get("delayedRecipients").and_then(|list| list.get(0));
            let words = first.map(|first| own(first, &["diagnosticCode"])).unwrap_or_default();
            ("deliveryDelay", Told::Deferred { words })
        }
        "Bounce" => ("bounce", ses_bounce(event.get("bounce")?)),
        "Complaint" => {
            ("complaint", Told::Complained { words: own(event, &["complaint", "complaintFeedbackType"]) })
        }
        "Reject" => {
            let words = own(event, &["reject", "reason"]);
            ("reject", Told::Bounced { class: BounceClass::Refused, words })
        }
        "Open" | "Click" => {
            let member = if kind == "Open" { "open" } else { "click" };
            let part = event.get(member)?;
            let visit = visit(text(part, &["userAgent"]), text(part, &["ipAddress"]), false, Provider::Ses);
            let what = match kind {
                "Open" => Told::Opened { visit },
                _ => Told::Clicked { link: Some(text(part, &["link"])?.to_owned()), visit },
            };
            (member, what)
        }
        "Subscription" => ("subscription", Told::Unsubscribed),
        _ => return None,
    };
    let occurred_at = instant(event.get(member).and_then(|part| part.get("timestamp")), at);
    Some(report(id, what, occurred_at, Provider::Ses))
}

fn ses_bounce(bounce: &Value) -> Told {
    let recipient = bounce.get("bouncedRecipients").and_then(|list| list.get(0));
    let words = recipient.map(|recipient| own(recipient, &["diagnosticCode"])).unwrap_or_default();
    let status = recipient.and_then(|recipient| text(recipient, &["status"]));
    let sub_type = text(bounce, &["bounceSubType"]).unwrap_or_default();
    let class = match (text(bounce, &["bounceType"]).unwrap_or_default(), sub_type) {
        (_, "MailboxFull") => BounceClass::Full,
        (_, "MessageTooLarge") => BounceClass::TooLarge,
        (_, "ContentRejected" | "AttachmentRejected") => BounceClass::Refused,
        ("Permanent", "General" | "NoEmail" | "Suppressed" | "OnAccountSuppressionList") => {
            match class(status, &words) {
                class @ (BounceClass::NoDomain | BounceClass::Refused) => class,
                _ => BounceClass::NoMailbox,
            }
        }
        ("Transient", _) => match class(status, &words) {
            class if class.is_hard() => BounceClass::Temporary,
            class => class,
        },
        _ => class(status, &words),
    };
    Told::Bounced { class, words: if words.is_empty() { sub_type.to_owned() } else { words } }
}

/// `SendGrid`: our id is a custom argument, which stands beside the event's own members.
pub(super) fn sendgrid(event: &Value, at: Timestamp) -> Option<(MessageId, Report)> {
    let id = message(text(event, &[MESSAGE]))?;
    let reason = || own(event, &["reason"]);
    let visit = || {
        let is_machine = event.get("sg_machine_open").and_then(Value::as_bool).unwrap_or(false);
        visit(text(event, &["useragent"]), text(event, &["ip"]), is_machine, Provider::Sendgrid)
    };
    let what = match text(event, &["event"])? {
        "delivered" => Told::Delivered { words: own(event, &["response"]) },
        "deferred" => {
            let words = text(event, &["response"]).or_else(|| text(event, &["reason"])).unwrap_or_default();
            Told::Deferred { words: words.to_owned() }
        }
        "bounce" => {
            let words = reason();
            let by_kind = text(event, &["bounce_classification"]).unwrap_or_default();
            let is_blocked = text(event, &["type"]) == Some("blocked");
            let class = match by_kind {
                "Invalid Address" => BounceClass::NoMailbox,
                "Mailbox Unavailable" => BounceClass::Full,
                "Reputation" | "Content" | "Technical Failure" => BounceClass::Refused,
                _ => class(text(event, &["status"]), &words),
            };
            // What was blocked may be taken tomorrow.
            let class = if is_blocked && class.is_hard() { BounceClass::Refused } else { class };
            Told::Bounced { class, words }
        }
        "dropped" => {
            let words = reason();
            let class = match words.as_str() {
                "Bounced Address" | "Invalid" | "Invalid SMTPAPI header" => BounceClass::NoMailbox,
                _ => BounceClass::Refused,
            };
            Told::Bounced { class, words }
        }
        "spamreport" => Told::Complained { words: String::new() },
        "unsubscribe" | "group_unsubscribe" => Told::Unsubscribed,
        "open" => Told::Opened { visit: visit() },
        "click" => Told::Clicked { link: Some(text(event, &["url"])?.to_owned()), visit: visit() },
        _ => return None,
    };
    Some(report(id, what, instant(event.get("timestamp"), at), Provider::Sendgrid))
}

/// Postmark.
pub(super) fn postmark(event: &Value, at: Timestamp) -> Option<(MessageId, Report)> {
    let id = message(text(event, &["Metadata", MESSAGE]))?;
    let visit = || visit(text(event, &["UserAgent"]), text(event, &["Geo", "IP"]), false, Provider::Postmark);
    let (when, what) = match text(event, &["RecordType"])? {
        "Delivery" => ("DeliveredAt", Told::Delivered { words: own(event, &["Details"]) }),
        "Bounce" => ("BouncedAt", postmark_bounce(event)?),
        "SpamComplaint" => ("BouncedAt", Told::Complained { words: String::new() }),
        "Open" => ("ReceivedAt", Told::Opened { visit: visit() }),
        "Click" => {
            let link = Some(text(event, &["OriginalLink"])?.to_owned());
            ("ReceivedAt", Told::Clicked { link, visit: visit() })
        }
        "SubscriptionChange" => {
            let is_off = event.get("SuppressSending").and_then(Value::as_bool).unwrap_or(false);
            let what = match text(event, &["SuppressionReason"]) {
                Some("ManualSuppression") if is_off => Told::Unsubscribed,
                // Bounces and complaints come as records of their own.
                _ => return None,
            };
            ("ChangedAt", what)
        }
        _ => return None,
    };
    Some(report(id, what, instant(event.get(when), at), Provider::Postmark))
}

fn postmark_bounce(event: &Value) -> Option<Told> {
    let words = text(event, &["Details"]).or_else(|| text(event, &["Description"])).unwrap_or_default();
    let words = words.to_owned();
    let class = match text(event, &["Type"])? {
        "HardBounce" => match class(None, &words) {
            BounceClass::NoDomain => BounceClass::NoDomain,
            _ => BounceClass::NoMailbox,
        },
        "BadEmailAddress" | "ManuallyDeactivated" => BounceClass::NoMailbox,
        "DnsError" => BounceClass::NoDomain,
        "SpamNotification" | "Blocked" | "VirusNotification" | "DMARCPolicy" | "ChallengeVerification" => {
            BounceClass::Refused
        }
        "Transient" => return Some(Told::Deferred { words }),
        "SoftBounce" => match class(None, &words) {
            class if class.is_hard() => BounceClass::Temporary,
            class => class,
        },
        "Unsubscribe" => return Some(Told::Unsubscribed),
        "SpamComplaint" => return Some(Told::Complained { words }),
        "AutoResponder" | "Subscribe" | "AddressChange" | "OpenRelayTest" => return None,
        _ => BounceClass::Unknown,
    };
    Some(Told::Bounced { class, words })
}

/// Mailgun.
pub(super) fn mailgun(event: &Value, at: Timestamp) -> Option<(MessageId, Report)> {
    let event = event.get("event-data")?;
    let id = message(text(event, &["user-variables", MESSAGE]))?;
    let words = || {
        let status = event.get("delivery-status");
        let said =
            status.and_then(|status| text(status, &["message"]).or_else(|| text(status, &["description"])));
        said.unwrap_or_default().to_owned()
    };
    let visit = || {
        let bot = text(event, &["client-info", "bot"]);
        let is_machine = matches!(bot, Some("apple" | "generic"));
        let agent = text(event, &["client-info", "user-agent"]);
        visit(agent, text(event, &["ip"]), is_machine, Provider::Mailgun)
    };
    let what = match text(event, &["event"])? {
        "delivered" => Told::Delivered { words: words() },
        "failed" if text(event, &["severity"]) == Some("temporary") => Told::Deferred { words: words() },
        "failed" => {
            let words = words();
            let status = text(event, &["delivery-status", "enhanced-code"]);
            let class = match text(event, &["reason"]) {
                Some("suppress-bounce") => BounceClass::NoMailbox,
                Some("suppress-complaint" | "suppress-unsubscribe" | "espblock") => BounceClass::Refused,
                Some("old") => BounceClass::Temporary,
                _ => class(status, &words),
            };
            Told::Bounced { class, words }
        }
        "opened" => Told::Opened { visit: visit() },
        "clicked" => Told::Clicked { link: Some(text(event, &["url"])?.to_owned()), visit: visit() },
        "unsubscribed" => Told::Unsubscribed,
        "complained" => Told::Complained { words: String::new() },
        _ => return None,
    };
    Some(report(id, what, instant(event.get("timestamp"), at), Provider::Mailgun))
}

/// Resend.
pub(super) fn resend(event: &Value, at: Timestamp) -> Option<(MessageId, Report)> {
    let data = event.get("data")?;
    let in_list = || {
        let tags = data.get("tags")?.as_array()?;
        text(tags.iter().find(|tag| text(tag, &["name"]) == Some(MESSAGE))?, &["value"])
    };
    let id = message(text(data, &["tags", MESSAGE]).or_else(in_list))?;
    let visit = |part: &str| {
        visit(text(data, &[part, "userAgent"]), text(data, &[part, "ipAddress"]), false, Provider::Resend)
    };
    let what = match text(event, &["type"])? {
        "email.delivered" => Told::Delivered { words: String::new() },
        "email.delivery_delayed" => Told::Deferred { words: String::new() },
        "email.complained" => Told::Complained { words: String::new() },
        "email.bounced" => {
            let words = own(data, &["bounce", "message"]);
            let class = match text(data, &["bounce", "type"]) {
                Some("Permanent") => match class(None, &words) {
                    class @ (BounceClass::NoDomain | BounceClass::Refused) => class,
                    _ => BounceClass::NoMailbox,
                },
                Some("Transient") => match class(None, &words) {
                    class if class.is_hard() => BounceClass::Temporary,
                    class => class,
                },
                _ => class(None, &words),
            };
            Told::Bounced { class, words }
        }
        "email.opened" => Told::Opened { visit: visit("open") },
        "email.clicked" => {
            Told::Clicked { link: Some(text(data, &["click", "link"])?.to_owned()), visit: visit("click") }
        }
        _ => return None,
    };
    Some(report(id, what, instant(event.get("created_at"), at), Provider::Resend))
}
