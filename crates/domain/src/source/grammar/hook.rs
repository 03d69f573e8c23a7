//! The part of the table that describes incoming webhooks.

use super::predicate::WHERE;
use super::{Field, Group, Object, Shape, TextKind};

/// A path into the body of a call.
const AT: Shape = Shape::Text(TextKind::Path);

/// Names with paths into the body.
const PATHS: Shape = Shape::Map { key: TextKind::Line, value: &AT };

/// What can be signed.
pub static STYLE: &[(&str, &str)] = &[
    ("body", "The body; the header has the signature in hexadecimal or base64, `sha256=` before it or not."),
    (
        "timestamped",
        "The time in seconds, a dot, and the body; the header has `t=SECONDS,v1=HEXADECIMAL`. A call that was signed \
         more than 5 minutes ago is refused.",
    ),
];

/// An incoming webhook.
pub static HOOK: Object = Object {
    name: "a hook",
    doc: "An address that another system calls: `POST /v1/hooks/NAME?key=WRITE_KEY`. What it sends becomes an event of a \
          contact. A body is a JSON object, a list of them, or a form; paths lead into one object, with numbers into \
          lists: `data.items.0.sku`.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("hook", Shape::Text(TextKind::Name), "Its name, which stands in the address.").required(),
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new("event", Shape::Text(TextKind::EventName), "What its events are called.")
                .or("`Hook NAME`"),
            Field::new("where", WHERE, "Only bodies that pass become events. Only literals here."),
            Field::new("user_id", AT, "Where the team's own id of the person stands."),
            Field::new("anonymous_id", AT, "Where the id of a person who isn't known yet stands."),
            Field::new(
                "message_id",
                AT,
                "Where the other system's id of what happened stands: what comes twice counts once.",
            )
            .or("a hash of the body"),
            Field::new(
                "occurred_at",
                AT,
                "Where the time stands at which it happened: RFC 3339, or seconds or milliseconds since 1970.",
            )
            .or("when it comes in"),
            Field::new("properties", PATHS, "The event's properties, each with where it stands.")
                .or("the whole body"),
            Field::new("traits", PATHS, "Traits that the contact takes from it, each with where it stands."),
            Field::new("signature", Shape::Object(&SIGNATURE), "How a call proves where it comes from.")
                .or("the write key alone"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// The signature of a call.
pub static SIGNATURE: Object = Object {
    name: "a signature",
    doc: "An HMAC under a secret that both systems know, over exactly the bytes that were sent. A call without a good one \
          is refused.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("header", Shape::Text(TextKind::Line), "The header that has it.").required(),
            Field::new(
                "algorithm",
                Shape::Choice(&[("hmac-sha256", "HMAC with SHA-256.")]),
                "How it is made.",
            )
            .or("hmac-sha256"),
            Field::new("style", Shape::Choice(STYLE), "What is signed.").or("body"),
            Field::new(
                "secret",
                Shape::Text(TextKind::Name),
                "The name of the secret, set with `wend secret set NAME`.",
            )
            .required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};
