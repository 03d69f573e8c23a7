//! The part of the table that describes traits.

use super::predicate::WHERE;
use super::{Field, Group, Object, Shape, TextKind};

/// What the value of a trait is.
pub static TRAIT_TYPE: &[(&str, &str)] = &[
    ("text", "A text."),
    ("number", "A number."),
    ("boolean", "`true` or `false`."),
    ("date", "A date `2026-01-05`, or an instant as RFC 3339 writes it."),
    ("list", "A list of values."),
    ("object", "An object with members."),
];

/// What a text must look like.
pub static TRAIT_FORMAT: &[(&str, &str)] = &[
    ("email", "An e-mail address."),
    ("phone", "A phone number with its country, such as `+49 30 901820`."),
    ("url", "An address that begins with `http://` or `https://`."),
];

/// A declared trait.
pub static DECLARED_TRAIT: Object = Object {
    name: "a declared trait",
    doc: "What a trait is. A value that is something else is stored and reported, and conditions take it for missing.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("type", Shape::Choice(TRAIT_TYPE), "What its value is.").required(),
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new(
                "required",
                Shape::Boolean,
                "Whether each known contact should have it; identify calls that leave one without it are reported.",
            )
            .or("false"),
            Field::new(
                "format",
                Shape::Either(&[Shape::Choice(TRAIT_FORMAT), Shape::Text(TextKind::UrlPattern)]),
                "What a text must look like: one of these words, or a pattern of addresses.",
            ),
            Field::new("in", Shape::List(&Shape::Scalar), "The only values that it has."),
            Field::new(
                "personal",
                Shape::Boolean,
                "Whether it says something of a person that others should not see.",
            )
            .or("false"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// Traits by their names.
static DECLARED: Shape = Shape::Map { key: TextKind::Path, value: &Shape::Object(&DECLARED_TRAIT) };

/// When something was, or what a property said then.
static INSTANT_OR_VALUE: Shape = Shape::Either(&[Shape::True, Shape::Text(TextKind::Path)]);

/// A computed trait.
pub static COMPUTED_TRAIT: Object = Object {
    name: "a computed trait",
    doc: "A trait that follows from what the contact did: current with each event, and at the instant when one leaves the \
          window. Counts and sums of nothing are 0.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new(
                "personal",
                Shape::Boolean,
                "Whether it says something of a person that others should not see.",
            )
            .or("false"),
            Field::new("event", Shape::Text(TextKind::EventName), "Of which events.").required(),
            Field::new("count", Shape::True, "How many there are."),
            Field::new("sum", Shape::Text(TextKind::Path), "The sum of this property."),
            Field::new(
                "first",
                INSTANT_OR_VALUE,
                "What this property said the first time; `true` means when that was.",
            ),
            Field::new(
                "last",
                INSTANT_OR_VALUE,
                "What this property said the last time; `true` means when that was.",
            ),
            Field::new(
                "most_frequent",
                Shape::Text(TextKind::Path),
                "What this property said most often; of several values, the one that came last.",
            ),
            Field::new(
                "where",
                WHERE,
                "Only events whose properties pass; a plain value means `eq`. Only literals here.",
            ),
            Field::new("within", Shape::Text(TextKind::Period), "Only events at most this long ago.")
                .or("ever"),
        ],
    }],
    exactly_one: &["count", "sum", "first", "last", "most_frequent"],
    rest: None,
};

/// Computed traits by their names.
static COMPUTED: Shape = Shape::Map { key: TextKind::Path, value: &Shape::Object(&COMPUTED_TRAIT) };

/// A sum over members.
pub static ROLLUP: Object = Object {
    name: "a sum over members",
    doc: "A trait of an account that adds up something of its members. Each member reports what it counts for whenever \
          that changes.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new(
                "count",
                Shape::Choice(&[("members", "How many members there are.")]),
                "What is counted.",
            ),
            Field::new("sum", Shape::Text(TextKind::Path), "The trait of members that is added up."),
            Field::new(
                "where",
                WHERE,
                "Only members whose traits pass; a plain value means `eq`. Only literals here, and nothing that time alone \
                 changes.",
            ),
        ],
    }],
    exactly_one: &["count", "sum"],
    rest: None,
};

/// What is said of accounts.
pub static ACCOUNTS: Object = Object {
    name: "the traits of accounts",
    doc: "What is known of accounts (groups), and what is added up over their members.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("traits", DECLARED, "Traits of accounts, by their names."),
            Field::new(
                "rollups",
                Shape::Map { key: TextKind::Path, value: &Shape::Object(&ROLLUP) },
                "Sums over the members of an account, by their names.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// What is said of traits.
pub static TRAITS: Object = Object {
    name: "the traits",
    doc: "What is known of contacts, and what of it must be so. Traits that are not declared here are welcome, too: \
          `wend trait list` shows what was seen of them.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("traits", DECLARED, "Traits of contacts, by their names."),
            Field::new("computed", COMPUTED, "Traits that follow from what contacts did, by their names."),
            Field::new(
                "accounts",
                Shape::Object(&ACCOUNTS),
                "Traits of accounts, and sums over their members.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: None,
};
