//! The part of the table that describes segments, templates and tests.

use super::predicate::CONDITION;
use super::{Field, Group, Object, Rest, Shape, TextKind};

/// A segment.
pub static SEGMENT: Object = Object {
    name: "a segment",
    doc: "A named audience, kept current with every event and with the passing of time.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("segment", Shape::Text(TextKind::Name), "Its name.").required(),
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new("where", CONDITION, "Who is in it.").required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A part of a template.
const PART: Shape = Shape::Text(TextKind::Line);

/// A template.
pub static TEMPLATE: Object = Object {
    name: "a template",
    doc: "The content of a message on one channel. Its parts are Liquid texts.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("template", Shape::Text(TextKind::Name), "Its name.").required(),
            Field::new("channel", Shape::Text(TextKind::Channel), "The channel that it is for.").required(),
            Field::new("from", PART, "Who it comes from.").or("the policies' sender"),
            Field::new("reply_to", PART, "Where answers go."),
            Field::new("subject", PART, "The subject line."),
            Field::new("preheader", PART, "What mailboxes show after the subject."),
            Field::new("title", PART, "The title of a push message."),
            Field::new("html", PART, "The HTML of an e-mail."),
            Field::new("text", PART, "The plain text of an e-mail.").or("made from the HTML"),
            Field::new("body", PART, "The text of a message on other channels."),
            Field::new("url", PART, "Where a push message leads."),
        ],
    }],
    exactly_one: &[],
    rest: Some(Rest {
        key: TextKind::Name,
        shape: PART,
        doc: "Another part that the policies declare for the channel.",
        exactly_one: false,
    }),
};

static TEST_CONTACT: Object = Object {
    name: "the contact of a test",
    doc: "Who the contact is before anything happens.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("user_id", Shape::Text(TextKind::Line), "The team's own id of the contact."),
            Field::new(
                "traits",
                Shape::Map { key: TextKind::Line, value: &Shape::Any },
                "What is known about the person.",
            ),
            Field::new(
                "consent",
                Shape::Map { key: TextKind::Name, value: &Shape::Choice(super::predicate::ANSWER) },
                "What the person answered.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

static TEST_INPUT: Object = Object {
    name: "an input of a test",
    doc: "Something that happens to the contact.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new(
                    "at",
                    Shape::Text(TextKind::Line),
                    "When: an instant, or a time after the test's beginning such as `+40m`.",
                )
                .required(),
                Field::new("event", Shape::Text(TextKind::EventName), "An event arrives."),
                Field::new(
                    "traits",
                    Shape::Map { key: TextKind::Line, value: &Shape::Any },
                    "Traits change.",
                ),
                Field::new(
                    "consent",
                    Shape::Map { key: TextKind::Name, value: &Shape::Choice(super::predicate::ANSWER) },
                    "The contact answers.",
                ),
                Field::new(
                    "message",
                    Shape::Text(TextKind::Name),
                    "Something becomes of a message of this template.",
                ),
                Field::new(
                    "call",
                    Shape::Text(TextKind::Name),
                    "The API lets the contact into this workflow.",
                ),
            ],
        },
        Group {
            only_with: &["event", "call"],
            fields: &[Field::new(
                "with",
                Shape::Map { key: TextKind::Line, value: &Shape::Any },
                "The data that come with it.",
            )],
        },
        Group {
            only_with: &["message"],
            fields: &[Field::new("is", Shape::Choice(super::predicate::ENGAGEMENT), "What becomes of it.")
                .required()],
        },
    ],
    exactly_one: &["event", "traits", "consent", "message", "call"],
    rest: None,
};

static TEST_EXPECTATION: Object = Object {
    name: "an expectation of a test",
    doc: "What must be true in the end.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new("run", Shape::Text(TextKind::Name), "A run of this workflow."),
                Field::new("sent", Shape::Text(TextKind::Name), "A message of this template was sent."),
                Field::new("not_sent", Shape::Text(TextKind::Name), "No message of this template was sent."),
                Field::new("blocked", Shape::Text(TextKind::Name), "A message of this template was stopped."),
                Field::new(
                    "messages",
                    Shape::Either(&[
                        Shape::Choice(&[("none", "Nothing was sent.")]),
                        Shape::List(&Shape::Text(TextKind::Name)),
                    ]),
                    "The templates of all messages that were sent, in order.",
                ),
                Field::new("trait", Shape::Text(TextKind::Path), "A trait."),
                Field::new("segment", Shape::Text(TextKind::Name), "The contact is in this segment."),
            ],
        },
        Group {
            only_with: &["run"],
            fields: &[
                Field::new(
                    "ended",
                    Shape::Either(&[Shape::Text(TextKind::Line), Shape::Boolean]),
                    "The reason for which it ended; `false` if it is live.",
                ),
                Field::new("at_step", Shape::Text(TextKind::StepId), "The step at which it rests."),
                Field::new("value", Shape::Number, "The value of a goal that it reached."),
            ],
        },
        Group {
            only_with: &["sent"],
            fields: &[
                Field::new(
                    "at",
                    Shape::Text(TextKind::Line),
                    "Exactly then: an instant, or `+3d` after the beginning.",
                ),
                Field::new("after", Shape::Text(TextKind::Line), "Then or later."),
                Field::new("before", Shape::Text(TextKind::Line), "Earlier than that."),
            ],
        },
        Group {
            only_with: &["blocked"],
            fields: &[Field::new(
                "rule",
                Shape::Text(TextKind::Line),
                "By this rule of the contract, such as `7.1`.",
            )],
        },
        Group { only_with: &["trait"], fields: super::predicate::TEST_FIELDS },
    ],
    exactly_one: &["run", "sent", "not_sent", "blocked", "messages", "trait", "segment"],
    rest: None,
};

/// A test of workflows.
pub static TEST: Object = Object {
    name: "a test",
    doc: "What happens to one contact, and what must come of it.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("test", Shape::Text(TextKind::Line), "The sentence that is true.").required(),
            Field::new("contact", Shape::Object(&TEST_CONTACT), "Who the contact is."),
            Field::new("at", Shape::Text(TextKind::Line), "The instant at which the test begins.").required(),
            Field::new("when", Shape::List(&Shape::Object(&TEST_INPUT)), "What happens.").required(),
            Field::new(
                "until",
                Shape::Text(TextKind::Line),
                "When it ends: an instant, or `+30d` after its beginning.",
            )
            .or("when nothing more happens"),
            Field::new(
                "expect",
                Shape::List(&Shape::Object(&TEST_EXPECTATION)),
                "What must be true in the end.",
            )
            .required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};
