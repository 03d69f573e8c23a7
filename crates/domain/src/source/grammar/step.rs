//! The part of the table that describes steps.

use super::predicate::{ANSWER, CONDITION, WHERE};
use super::{Field, Group, Object, Rest, Shape, TextKind};

/// A list of steps.
pub static STEPS: Shape = Shape::List(&Shape::Object(&STEP));

/// A jump to a step.
static GOTO: Object = Object {
    name: "a jump",
    doc: "Goes on at another step of the workflow.",
    groups: &[Group {
        only_with: &[],
        fields: &[Field::new("goto", Shape::Text(TextKind::StepId), "The step.").required()],
    }],
    exactly_one: &[],
    rest: None,
};

/// Where a run goes that cannot do what the step says.
static OTHERWISE: Shape = Shape::Either(&[
    Shape::Choice(&[("continue", "On to the next step."), ("exit", "Out of the workflow.")]),
    Shape::Object(&GOTO),
]);

/// What a send step sends.
pub static SEND: Object = Object {
    name: "a message to send",
    doc: "Wants a message; the run rests at the step until the message is released, blocked or expired.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("category", Shape::Text(TextKind::Name), "Another category than the workflow's."),
            Field::new(
                "priority",
                Shape::Integer { min: -1_000_000, max: 1_000_000 },
                "The order among messages wanted at the same instant; high goes first.",
            )
            .or("0"),
            Field::new(
                "expires",
                Shape::Text(TextKind::Period),
                "Past this time the message is not sent any more.",
            )
            .or("30d"),
            Field::new(
                "on_blocked",
                OTHERWISE,
                "Where the run goes if the message is blocked, expires or fails.",
            )
            .or("continue"),
            Field::later("hold", "Waits for better messages."),
            Field::later("reserve", "Reserves room ahead."),
        ],
    }],
    exactly_one: &[],
    rest: Some(Rest {
        key: TextKind::Channel,
        shape: Shape::Text(TextKind::Name),
        doc: "The channel (`email`, `sms`, `push`, `webhook` or one that the policies declare) with the template.",
        exactly_one: true,
    }),
};

/// Days of the week.
pub static WEEKDAY: &[(&str, &str)] = &[
    ("monday", ""),
    ("tuesday", ""),
    ("wednesday", ""),
    ("thursday", ""),
    ("friday", ""),
    ("saturday", ""),
    ("sunday", ""),
];

/// What a wait waits for.
static WAIT: Object = Object {
    name: "a wait",
    doc: "Rests until an instant that is fixed when the wait is entered.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new(
                    "until",
                    Shape::Text(TextKind::TimeOfDay),
                    "The next instant with this local time.",
                ),
                Field::new("weekday", Shape::OneOrMany(&Shape::Choice(WEEKDAY)), "The next of these days."),
                Field::new("date", Shape::Text(TextKind::Path), "The date or instant that this trait holds."),
            ],
        },
        Group {
            only_with: &["until"],
            fields: &[
                Field::new(
                    "after",
                    Shape::Text(TextKind::PeriodOrZero),
                    "At least this long after the wait is entered.",
                )
                .or("0s"),
                Field::new("days", Shape::OneOrMany(&Shape::Choice(WEEKDAY)), "Only on these days.")
                    .or("any day"),
            ],
        },
        Group {
            only_with: &["weekday"],
            fields: &[Field::new("at", Shape::Text(TextKind::TimeOfDay), "The local time.").or("00:00")],
        },
        Group {
            only_with: &["date"],
            fields: &[
                Field::new(
                    "offset",
                    Shape::Text(TextKind::Days),
                    "Whole days before (negative) or after it.",
                )
                .or("0d"),
                Field::new("at", Shape::Text(TextKind::TimeOfDay), "The local time.")
                    .or("the trait's own, or midnight"),
                Field::new(
                    "if_past",
                    Shape::Choice(&[
                        ("continue", "The run goes on at once."),
                        ("exit", "The run ends."),
                        ("next_year", "The same day of the next year that is to come."),
                    ]),
                    "What happens if it is already past when the wait is entered.",
                )
                .or("continue"),
                Field::new("if_missing", OTHERWISE, "Where the run goes if the contact has no such date.")
                    .or("continue"),
            ],
        },
        Group {
            only_with: &[],
            fields: &[
                Field::new("zone", Shape::Text(TextKind::ZoneOf), "Whose local time counts.").or("contact")
            ],
        },
    ],
    exactly_one: &["until", "weekday", "date"],
    rest: None,
};

/// One thing that a wait may end by.
static ALTERNATIVE: Object = Object {
    name: "an alternative of a wait",
    doc: "An event that arrives after the wait was entered, or a condition; a condition that already holds passes at once.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new("event", Shape::Text(TextKind::EventName), "An event of this name arrives."),
                Field::new("if", CONDITION, "This holds, now, by an input or by the passing of time."),
            ],
        },
        Group {
            only_with: &["event"],
            fields: &[Field::new("where", WHERE, "Only if its properties pass; a plain value means `eq`.")],
        },
        Group {
            only_with: &[],
            fields: &[Field::new("then", STEPS, "The steps that the run then takes.").or("the next step")],
        },
    ],
    exactly_one: &["event", "if"],
    rest: None,
};

/// One way of a branch.
static ARM: Object = Object {
    name: "a way of a branch",
    doc: "The first way whose condition holds is taken.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("if", CONDITION, "What must hold.").required(),
            Field::new("then", STEPS, "The steps that the run then takes.").or("the next step"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A change of a trait by other means than a value.
static CHANGE: Object = Object {
    name: "a change of a trait",
    doc: "Adds to a number, or removes the trait.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new(
                "add",
                Shape::Either(&[Shape::Number, Shape::Text(TextKind::Line)]),
                "Adds a number, also a negative one or one that a reference names; a missing trait counts as zero.",
            ),
            Field::new("remove", Shape::True, "Removes the trait."),
        ],
    }],
    exactly_one: &["add", "remove"],
    rest: None,
};

/// A value that is written or looked up.
static VALUE: Shape = Shape::Either(&[Shape::Scalar, Shape::List(&Shape::Any)]);

/// What an update step changes.
static UPDATE: Object = Object {
    name: "changes of the contact",
    doc: "Changes traits and consent; segments follow at once.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new(
                "traits",
                Shape::Map {
                    key: TextKind::Path,
                    value: &Shape::Either(&[Shape::Object(&CHANGE), Shape::Scalar, Shape::List(&Shape::Any)]),
                },
                "Traits with their new values, `{ add: 1 }` or `{ remove: true }`.",
            ),
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
static EMIT: Object = Object {
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

/// One step.
pub static STEP: Object = Object {
    name: "a step",
    doc: "One step of a workflow. Its id is the step, across versions: runs, reports and migrations hold on to it.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new(
                    "id",
                    Shape::Text(TextKind::StepId),
                    "Its id; needed on steps that send, wait or branch, and written by `wend fmt`.",
                ),
                Field::new("was", Shape::Text(TextKind::StepId), "The id that it had before."),
                Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
                Field::new("send", Shape::Object(&SEND), "Sends a message."),
                Field::new(
                    "wait",
                    Shape::Either(&[Shape::Text(TextKind::Wait), Shape::Object(&WAIT)]),
                    "Rests until an instant.",
                ),
                Field::new(
                    "wait_for",
                    Shape::OneOrMany(&Shape::Object(&ALTERNATIVE)),
                    "Rests until one of several things happens; the first in the file wins a tie.",
                ),
            ],
        },
        Group {
            only_with: &["wait_for"],
            fields: &[
                Field::new("timeout", Shape::Text(TextKind::Period), "When to go on regardless.").or("never"),
                Field::new("on_timeout", STEPS, "The steps that the run then takes.").or("the next step"),
            ],
        },
        Group {
            only_with: &[],
            fields: &[Field::new(
                "branch",
                Shape::List(&Shape::Object(&ARM)),
                "Goes the first way whose condition holds.",
            )],
        },
        Group {
            only_with: &["branch"],
            fields: &[Field::new("else", STEPS, "The steps that the run takes if no condition holds.")
                .or("the next step")],
        },
        Group {
            only_with: &[],
            fields: &[
                Field::new("update", Shape::Object(&UPDATE), "Changes the contact."),
                Field::new("emit", Shape::Object(&EMIT), "Emits an event of the contact."),
                Field::new(
                    "exit",
                    Shape::Either(&[Shape::True, Shape::Text(TextKind::Line)]),
                    "Ends the run; a text says why.",
                ),
                Field::new("goto", Shape::Text(TextKind::StepId), "Goes on at another step."),
                Field::later("split", "Divides contacts at random."),
                Field::later("task", "Waits for a person."),
                Field::later(
                    "webhook",
                    "Calls another system; a `send: { webhook: TEMPLATE }` is there already.",
                ),
                Field::later("enter", "Lets the contact into another workflow."),
                Field::later("loop", "Repeats steps."),
            ],
        },
    ],
    exactly_one: &[
        "send", "wait", "wait_for", "branch", "update", "emit", "exit", "goto", "split", "task", "webhook",
        "enter", "loop",
    ],
    rest: None,
};
