//! The part of the table that describes what steps change and say: the contact, variables, events, the end.

use super::predicate::ANSWER;
use super::{Field, Group, Object, Shape, TextKind};

/// A change of a trait or variable by other means than a value.
static CHANGE: Object = Object {
    name: "a change of a value",
    doc: "Adds to a number, or removes the value.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new(
                "add",
                Shape::Either(&[Shape::Number, Shape::Text(TextKind::Line)]),
                "Adds a number, also a negative one or one that a reference names; a missing one counts as zero.",
            ),
            Field::new("remove", Shape::True, "Removes it."),
        ],
    }],
    exactly_one: &["add", "remove"],
    rest: None,
};

/// A value that is written or looked up.
pub(super) static VALUE: Shape = Shape::Either(&[Shape::Scalar, Shape::List(&Shape::Any)]);

/// A value, or a change of the one that is there.
static NEW_VALUE: Shape = Shape::Either(&[Shape::Object(&CHANGE), Shape::Scalar, Shape::List(&Shape::Any)]);

/// What is added and what is taken away.
static MEMBERSHIP: Object = Object {
    name: "names to add and to remove",
    doc: "Lists or tags that the contact gets and loses.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("add", Shape::OneOrMany(&Shape::Text(TextKind::Name)), "The contact gets these."),
            Field::new("remove", Shape::OneOrMany(&Shape::Text(TextKind::Name)), "The contact loses these."),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// What an update step changes.
pub(super) static UPDATE: Object = Object {
    name: "changes of the contact",
    doc: "Changes traits, lists, tags and consent; segments follow at once. A score is a trait that is a number: \
          `score: { add: 5 }`.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new(
                "traits",
                Shape::Map { key: TextKind::Path, value: &NEW_VALUE },
                "Traits with their new values, `{ add: 1 }` or `{ remove: true }`.",
            ),
            Field::new(
                "lists",
                Shape::Object(&MEMBERSHIP),
                "Static lists; the first contact makes the list.",
            ),
            Field::new("tags", Shape::Object(&MEMBERSHIP), "Tags."),
            Field::new(
                "consent",
                Shape::Map { key: TextKind::Name, value: &Shape::Choice(ANSWER) },
                "Categories or channels with the answer.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// An event that a step emits.
pub(super) static EMIT: Object = Object {
    name: "an event to emit",
    doc: "An event of the contact, taken at once as if a client had sent it.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("event", Shape::Text(TextKind::EventName), "Its name.").required(),
            Field::new(
                "with",
                Shape::Map { key: TextKind::Line, value: &VALUE },
                "Its properties: values, or references such as `$trigger.total`.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// Variables of the run that a step changes.
pub(super) static SET: Shape = Shape::Map { key: TextKind::Path, value: &NEW_VALUE };

/// An end with what it leaves.
pub(super) static EXIT: Object = Object {
    name: "an exit",
    doc: "Ends the run.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("reason", Shape::Text(TextKind::Line), "Why, in the team's words."),
            Field::new(
                "result",
                Shape::Map { key: TextKind::Line, value: &VALUE },
                "What a workflow that waits for this run gets: values, or references such as `$run.grade`.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: None,
};
