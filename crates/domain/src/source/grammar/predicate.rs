//! The part of the table that describes conditions.

use super::wait::WINDOW;
use super::{Field, Group, Object, Shape, TextKind};

/// A value that a test compares with.
static OPERAND: Shape = Shape::Scalar;

/// The tests that a value can be put to.
pub static TEST_FIELDS: &[Field] = &[
    Field::new("eq", OPERAND, "Equal to it."),
    Field::new("ne", OPERAND, "Not equal to it; a missing value passes."),
    Field::new("gt", OPERAND, "Greater."),
    Field::new("gte", OPERAND, "Greater or equal."),
    Field::new("lt", OPERAND, "Less."),
    Field::new("lte", OPERAND, "Less or equal."),
    Field::new("in", Shape::List(&OPERAND), "One of these."),
    Field::new("not_in", Shape::List(&OPERAND), "None of these; a missing value passes."),
    Field::new("contains", OPERAND, "A list that has it, or a text that has it inside."),
    Field::new("starts_with", OPERAND, "A text that begins so."),
    Field::new("ends_with", OPERAND, "A text that ends so."),
    Field::new(
        "matches",
        Shape::Text(TextKind::UrlPattern),
        "An address of this pattern, such as `/pricing/**`: `*` within a part of the path, `**` over any parts.",
    ),
    Field::new("exists", Shape::Boolean, "Whether there is a value at all."),
    Field::new("within_last", Shape::Text(TextKind::Period), "An instant at most this long ago."),
    Field::new(
        "within_next",
        Shape::Text(TextKind::Period),
        "An instant that is still to come, at most this far ahead.",
    ),
];

/// Tests of one value.
pub static TESTS: Object = Object {
    name: "tests of a value",
    doc: "All of them must pass. Operands are plain values, or `$trigger.path`, `$run.path`, `$contact.path` and \
          `$event.path` where there are such data.",
    groups: &[Group { only_with: &[], fields: TEST_FIELDS }],
    exactly_one: &[],
    rest: None,
};

/// Property filters of an event.
pub static WHERE: Shape =
    Shape::Map { key: TextKind::Path, value: &Shape::Either(&[Shape::Scalar, Shape::Object(&TESTS)]) };

/// What a sum is of and must pass.
static SUM: Object = Object {
    name: "a test of a sum",
    doc: "Adds up a property of the events and tests the sum.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new("of", Shape::Text(TextKind::Path), "The property that is added up.").required()
            ],
        },
        Group { only_with: &[], fields: TEST_FIELDS },
    ],
    exactly_one: &[],
    rest: None,
};

/// A test of how long ago something was.
static AGE: Object = Object {
    name: "a test of how long ago",
    doc: "How long ago the first or the last event was; it fails if there was none.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("within", Shape::Text(TextKind::Period), "Less than this long ago."),
            Field::new("before", Shape::Text(TextKind::Period), "At least this long ago."),
        ],
    }],
    exactly_one: &["within", "before"],
    rest: None,
};

/// What may have become of a message.
pub static ENGAGEMENT: &[(&str, &str)] = &[
    ("sent", "The provider took it."),
    ("delivered", "The contact's mailbox took it."),
    ("opened", "It was opened."),
    ("clicked", "A link in it was clicked."),
    ("replied", "It was answered."),
    ("bounced", "It came back."),
    ("complained", "The contact called it spam."),
    ("unsubscribed", "The contact unsubscribed through it."),
    ("failed", "It failed for good, was blocked or expired."),
];

/// Only clicks on some links.
pub(super) const LINK: Field = Field::new(
    "link",
    Shape::Text(TextKind::UrlPattern),
    "Only clicks on links of this pattern, such as `https://shop.example/**`; only with `is: clicked`.",
);

/// Which messages are meant.
pub(super) static MESSAGE_OF: &[Field] = &[
    Field::new(
        "step",
        Shape::Text(TextKind::StepId),
        "Only messages of this step; in a workflow, only those of the same run.",
    ),
    Field::new("workflow", Shape::Text(TextKind::Name), "Only messages of this workflow."),
];

/// Answers to a question of consent.
pub static ANSWER: &[(&str, &str)] =
    &[("subscribed", "Messages are welcome."), ("unsubscribed", "No messages, please.")];

/// A condition, for shapes that hold one.
pub static CONDITION: Shape = Shape::Object(&PREDICATE);

/// A condition.
pub static PREDICATE: Object = Object {
    name: "a condition",
    doc: "A question about one contact at one instant. The same conditions serve segments, audiences, branches, waits \
          and exits.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new(
                    "trait",
                    Shape::Text(TextKind::Path),
                    "A trait of the contact, which the tests beside it must pass.",
                ),
                Field::new(
                    "account",
                    Shape::Text(TextKind::Path),
                    "A trait of one of the contact's accounts, which the tests beside it must pass.",
                ),
                Field::new(
                    "trigger",
                    Shape::Text(TextKind::Path),
                    "A property of the data that the run was entered with.",
                ),
                Field::new(
                    "run",
                    Shape::Text(TextKind::Path),
                    "A variable of the run, which the tests beside it must pass.",
                ),
                Field::new(
                    "event",
                    Shape::Text(TextKind::EventName),
                    "What the contact did; alone, at least once ever.",
                ),
                Field::new(
                    "message",
                    Shape::Text(TextKind::Name),
                    "What became of messages of this template; `any` means of any template.",
                ),
                Field::new("segment", Shape::Text(TextKind::Name), "The contact is in this segment."),
                Field::new("list", Shape::Text(TextKind::Name), "The contact is on this static list."),
                Field::new("tag", Shape::Text(TextKind::Name), "The contact has this tag."),
                Field::new(
                    "consent",
                    Shape::Text(TextKind::Name),
                    "The contact's answer for a category or a channel.",
                ),
                Field::new("time", Shape::Object(&WINDOW), "The local time is in this window."),
                Field::new(
                    "share",
                    Shape::Number,
                    "The contact is in this random share of all, in percent; it stays there.",
                ),
                Field::new("all", Shape::List(&CONDITION), "All of these hold."),
                Field::new("any", Shape::List(&CONDITION), "At least one of these holds."),
                Field::new("not", CONDITION, "This does not hold."),
            ],
        },
        Group { only_with: &["trait", "account", "trigger", "run"], fields: TEST_FIELDS },
        Group {
            only_with: &["event"],
            fields: &[
                Field::new(
                    "where",
                    WHERE,
                    "Only events whose properties pass; a plain value means `eq`. Only literals here.",
                ),
                Field::new("count", Shape::Object(&TESTS), "What their number must pass.").or("{ gte: 1 }"),
                Field::new("sum", Shape::Object(&SUM), "What the sum of a property must pass."),
                Field::new("first", Shape::Object(&AGE), "How long ago the first one was."),
                Field::new("last", Shape::Object(&AGE), "How long ago the last one was."),
                Field::new("never", Shape::True, "There was none: the same as `count: { eq: 0 }`."),
                Field::new("within", Shape::Text(TextKind::Period), "Only events at most this long ago.")
                    .or("ever"),
            ],
        },
        Group {
            only_with: &["message"],
            fields: &[
                Field::new("is", Shape::Choice(ENGAGEMENT), "What must have happened to one of them.")
                    .required(),
                LINK,
                Field::new(
                    "within",
                    Shape::Text(TextKind::Period),
                    "Only if it happened at most this long ago.",
                )
                .or("ever"),
            ],
        },
        Group { only_with: &["message"], fields: MESSAGE_OF },
        Group {
            only_with: &["share"],
            fields: &[Field::new(
                "of",
                Shape::Text(TextKind::Name),
                "What names the draw: shares of one name hold the same contacts, those of others are independent.",
            )
            .or("a name made of the workflow and the step, or of the segment")],
        },
        Group {
            only_with: &["consent"],
            fields: &[Field::new(
                "is",
                Shape::Choice(ANSWER),
                "The answer; unanswered counts as the category's default.",
            )
            .required()],
        },
    ],
    exactly_one: &[
        "trait", "account", "trigger", "run", "event", "message", "segment", "list", "tag", "consent", "time", "share",
        "all", "any", "not",
    ],
    rest: None,
};
