//! The part of the table that describes waits.

use super::predicate::{CONDITION, LINK, MESSAGE_OF, WHERE};
use super::step::{OTHERWISE, STEPS};
use super::trigger::NEWS;
use super::{Field, Group, Object, Shape, TextKind};

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

/// Whose local time counts.
const ZONE: Field =
    Field::new("zone", Shape::Text(TextKind::ZoneOf), "Whose local time counts.").or("contact");

/// Local days and hours.
pub static WINDOW: Object = Object {
    name: "a window of local time",
    doc: "From one time of day to another; if it closes no later than it opens, it closes on the next day.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("from", Shape::Text(TextKind::TimeOfDay), "When it opens.").or("00:00"),
            Field::new("to", Shape::Text(TextKind::TimeOfDay), "When it closes; then it is closed already.")
                .or("00:00 of the next day"),
            Field::new(
                "days",
                Shape::OneOrMany(&Shape::Choice(WEEKDAY)),
                "The days on which it opens; over midnight it stays open into the next day.",
            )
            .or("any day"),
            ZONE,
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// The contact's best time.
static BEST_TIME: Object = Object {
    name: "the best time for a contact",
    doc: "The hour of the week at which the contact opened, clicked and visited most.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("within", Shape::Text(TextKind::Period), "How far ahead it may be.").or("24h"),
            Field::new(
                "or",
                Shape::Text(TextKind::TimeOfDay),
                "The local time for a contact of whom too little is known.",
            )
            .or("10:00"),
            ZONE,
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// What a wait waits for.
pub(super) static WAIT: Object = Object {
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
                Field::new(
                    "window",
                    Shape::Object(&WINDOW),
                    "Until the local time is in this window; at once if it is.",
                ),
                Field::new(
                    "best_time",
                    Shape::Object(&BEST_TIME),
                    "The hour at which the contact is most active.",
                ),
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
        Group { only_with: &["until", "weekday", "date"], fields: &[ZONE] },
    ],
    exactly_one: &["until", "weekday", "date", "window", "best_time"],
    rest: None,
};

/// One thing that a wait may end by.
pub(super) static ALTERNATIVE: Object = Object {
    name: "an alternative of a wait",
    doc: "Something that arrives after the wait was entered, or a condition; a condition that already holds passes at once.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new("event", Shape::Text(TextKind::EventName), "An event of this name arrives."),
                Field::new("if", CONDITION, "This holds, now, by an input or by the passing of time."),
                Field::new(
                    "reply",
                    Shape::Text(TextKind::Name),
                    "The contact answers a message of this template; `any` means of any template.",
                ),
                Field::new(
                    "message",
                    Shape::Text(TextKind::Name),
                    "News of a message of this template arrives; `any` means of any template.",
                ),
            ],
        },
        Group {
            only_with: &["event"],
            fields: &[Field::new("where", WHERE, "Only if its properties pass; a plain value means `eq`.")],
        },
        Group {
            only_with: &["message"],
            fields: &[Field::new("is", Shape::Choice(NEWS), "The news.").required(), LINK],
        },
        Group { only_with: &["reply", "message"], fields: MESSAGE_OF },
        Group {
            only_with: &[],
            fields: &[Field::new("then", STEPS, "The steps that the run then takes.").or("the next step")],
        },
    ],
    exactly_one: &["event", "if", "reply", "message"],
    rest: None,
};
