//! The part of the table that describes policies.

use super::predicate::ANSWER;
use super::step::WEEKDAY;
use super::{Field, Group, Object, Shape, TextKind};

/// What a policy speaks of.
static SCOPE: &[Field] = &[
    Field::new("channels", Shape::List(&Shape::Text(TextKind::Channel)), "Only these channels.").or("all"),
    Field::new("categories", Shape::List(&Shape::Text(TextKind::Name)), "Only these categories.").or("all"),
    Field::new("workflows", Shape::List(&Shape::Text(TextKind::Name)), "Only these workflows.").or("all"),
];

/// What happens to a message that a policy stops.
static THEN: Field = Field::new(
    "then",
    Shape::Choice(&[
        ("defer", "It waits for the earliest instant that satisfies all policies together."),
        ("drop", "It is blocked."),
    ]),
    "What happens to the message.",
)
.or("defer");

/// The latest value of a cap that makes sense.
const CAP_MAX: i64 = 1_000;

static QUIET_HOURS: Object = Object {
    name: "quiet hours",
    doc: "Local hours in which nothing is sent, over midnight if `from` is later than `to`.",
    groups: &[
        Group { only_with: &[], fields: SCOPE },
        Group {
            only_with: &[],
            fields: &[
                Field::new("from", Shape::Text(TextKind::TimeOfDay), "When they begin.").required(),
                Field::new("to", Shape::Text(TextKind::TimeOfDay), "When they end.").required(),
                THEN,
                Field::new(
                    "spread",
                    Shape::Text(TextKind::PeriodOrZero),
                    "Deferred messages are spread over this span.",
                )
                .or("0s"),
            ],
        },
    ],
    exactly_one: &[],
    rest: None,
};

static SEND_WINDOW: Object = Object {
    name: "a send window",
    doc: "Local days and hours in which alone messages are sent.",
    groups: &[
        Group { only_with: &[], fields: SCOPE },
        Group {
            only_with: &[],
            fields: &[
                Field::new("days", Shape::OneOrMany(&Shape::Choice(WEEKDAY)), "On these days.")
                    .or("every day"),
                Field::new("from", Shape::Text(TextKind::TimeOfDay), "When it opens.").required(),
                Field::new(
                    "to",
                    Shape::Text(TextKind::TimeOfDay),
                    "When it closes; `00:00` is the end of the day.",
                )
                .required(),
                THEN,
            ],
        },
    ],
    exactly_one: &[],
    rest: None,
};

static CAP: Object = Object {
    name: "a cap",
    doc: "At most so many messages to a contact in any window of this length, to the millisecond.",
    groups: &[
        Group { only_with: &[], fields: SCOPE },
        Group {
            only_with: &[],
            fields: &[
                Field::new("max", Shape::Integer { min: 1, max: CAP_MAX }, "How many.").required(),
                Field::new("per", Shape::Text(TextKind::Period), "The length of the rolling window.")
                    .required(),
                THEN,
            ],
        },
    ],
    exactly_one: &[],
    rest: None,
};

static REPEAT: Object = Object {
    name: "a limit of repeats",
    doc: "The same content at most once to a contact in any window of this length.",
    groups: &[
        Group { only_with: &[], fields: SCOPE },
        Group {
            only_with: &[],
            fields: &[Field::new("per", Shape::Text(TextKind::Period), "The length of the rolling window.")
                .required()],
        },
    ],
    exactly_one: &[],
    rest: None,
};

static CATEGORY: Object = Object {
    name: "a category",
    doc: "What contacts can opt out of.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new(
                "transactional",
                Shape::Boolean,
                "Whether its messages skip marketing consent, caps and quiet hours.",
            )
            .or("false"),
            Field::new("default", Shape::Choice(ANSWER), "What counts for a contact who has not answered.")
                .or("subscribed"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

static CHANNEL: Object = Object {
    name: "a declared channel",
    doc: "How a channel reaches a contact. The channels `email`, `sms`, `push` and `webhook` are there already.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("address", Shape::Text(TextKind::Path), "The trait that holds the contact's address.")
                .required(),
            Field::new("honours_keys", Shape::Boolean, "Whether its provider honours idempotency keys.")
                .or("false"),
            Field::new(
                "parts",
                Shape::List(&Shape::Text(TextKind::Name)),
                "The parts that its templates must have.",
            )
            .or("none"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// The policies of the whole portfolio.
pub static POLICIES: Object = Object {
    name: "the policies",
    doc: "What counts for all workflows together.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("timezone", Shape::Text(TextKind::Zone), "The zone of contacts whose own is unknown.")
                .or("UTC"),
            Field::new(
                "sender",
                Shape::Text(TextKind::Line),
                "Who e-mails come from when the template doesn't say.",
            ),
            Field::new("quiet_hours", Shape::OneOrMany(&Shape::Object(&QUIET_HOURS)), "When not to send."),
            Field::new("send_windows", Shape::OneOrMany(&Shape::Object(&SEND_WINDOW)), "When to send only."),
            Field::new("caps", Shape::OneOrMany(&Shape::Object(&CAP)), "How much at most."),
            Field::new(
                "repeats",
                Shape::OneOrMany(&Shape::Object(&REPEAT)),
                "The same content at most once.",
            ),
            Field::new(
                "categories",
                Shape::Map { key: TextKind::Name, value: &Shape::Object(&CATEGORY) },
                "What contacts can opt out of; if given, all categories must be here. `transactional` is always there.",
            ),
            Field::new(
                "channels",
                Shape::Map { key: TextKind::Channel, value: &Shape::Object(&CHANNEL) },
                "Channels beyond the built-in ones.",
            ),
            Field::later("arbitration", "Which of several messages goes."),
            Field::later("exclusive", "Workflows that exclude each other."),
            Field::later("holdout", "Contacts that get nothing, for comparison."),
            Field::later("rules", "What check must prove for the whole portfolio."),
        ],
    }],
    exactly_one: &[],
    rest: None,
};
