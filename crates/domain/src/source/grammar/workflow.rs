//! The part of the table that describes workflows around their steps.

use super::policies::{MANY_MAX, PERCENT};
use super::predicate::{CONDITION, LINK, MESSAGE_OF, WHERE};
use super::step::STEPS;
use super::trigger::{NEWS, TRIGGER};
use super::{Field, Group, Object, Shape, TextKind};

/// What ends a run.
static EXIT: Object = Object {
    name: "an exit condition",
    doc: "What ends a run wherever it is, at once: something that arrives, or a condition that holds.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new("event", Shape::Text(TextKind::EventName), "An event of this name arrives."),
                Field::new("if", CONDITION, "This holds, by an input or by the passing of time."),
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
    ],
    exactly_one: &["event", "if", "reply", "message"],
    rest: None,
};

/// What counts as success.
static GOAL: Object = Object {
    name: "a goal",
    doc: "What counts as success. It counts once per run, within its window, which outlives the run.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("name", Shape::Text(TextKind::Line), "What it is called in reports.")
                .or("the event's name"),
            Field::new("event", Shape::Text(TextKind::EventName), "An event of this name arrives.")
                .required(),
            Field::new("where", WHERE, "Only if its properties pass; a plain value means `eq`."),
            Field::new("within", Shape::Text(TextKind::Period), "How long after entry it counts.")
                .or("as long as the run lives"),
            Field::new("value", Shape::Text(TextKind::Path), "The property that holds its value."),
            Field::new("exit", Shape::Boolean, "Whether it ends the run.").or("false"),
            Field::new(
                "go_to",
                Shape::Text(TextKind::StepId),
                "The step to which a live run that reaches it jumps; not together with `exit`.",
            )
            .or("the run stays where it is"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// How often a contact may enter.
static REENTRY: &[(&str, &str)] = &[
    ("never", "Once."),
    ("after_exit", "When the last run has ended."),
    ("always", "Whenever the trigger matches."),
];

/// A minimum time between entries.
static EVERY: Object = Object {
    name: "a minimum time between entries",
    doc: "A contact may enter again when this long has passed since the last entry.",
    groups: &[Group {
        only_with: &[],
        fields: &[Field::new("every", Shape::Text(TextKind::Period), "How long.").required()],
    }],
    exactly_one: &[],
    rest: None,
};

/// What a trigger does while the run of its key is live.
static AGAIN: &[(&str, &str)] = &[
    ("ignore", "Nothing."),
    ("refresh", "It replaces the trigger's data."),
    ("restart", "The run ends as replaced, and a new one begins."),
];

/// How many contacts may enter.
static ENTRY_CAP: Object = Object {
    name: "an entry cap",
    doc: "At most so many contacts enter in a span of time, over all contacts. Who triggers the workflow rests before its \
          first step until a place is granted or refused.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("max", Shape::Integer { min: 1, max: MANY_MAX }, "How many.").required(),
            Field::new(
                "per",
                Shape::Choice(&[
                    ("1h", "An hour of the clock, in UTC."),
                    ("1d", "A day in the workspace's zone."),
                    ("total", "For ever."),
                ]),
                "In which span.",
            )
            .required(),
            Field::new(
                "then",
                Shape::Choice(&[
                    ("drop", "The entry is refused; it doesn't count for re-entry."),
                    ("wait", "It is asked for again when there is room."),
                ]),
                "What happens to one who finds no room.",
            )
            .or("drop"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// Who is held out of the workflow.
static WORKFLOW_HOLDOUT: Object = Object {
    name: "a hold-out of a workflow",
    doc: "A part of all contacts, by a hash that never changes, who go through the workflow but get no message, so that \
          the others can be compared with them.",
    groups: &[Group { only_with: &[], fields: &[PERCENT] }],
    exactly_one: &[],
    rest: None,
};

/// The lowest and the highest priority.
const PRIORITY: Shape = Shape::Integer { min: -1_000_000, max: 1_000_000 };

/// A workflow.
pub static WORKFLOW: Object = Object {
    name: "a workflow",
    doc: "What happens to contacts that a trigger lets in, step by step.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("workflow", Shape::Text(TextKind::Name), "Its name.").required(),
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("owner", Shape::Text(TextKind::Line), "Who answers for it."),
            Field::new("tags", Shape::List(&Shape::Text(TextKind::Line)), "For finding it."),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new(
                "again",
                Shape::Choice(AGAIN),
                "What a trigger does while the run of its key is live.",
            )
            .or("ignore"),
            Field::new(
                "category",
                Shape::Text(TextKind::Name),
                "What contacts can opt out of, and what caps count; needed if it sends.",
            ),
            Field::new("priority", PRIORITY, "High goes first.").or("50"),
            Field::new("trigger", Shape::OneOrMany(&Shape::Object(&TRIGGER)), "What lets a contact in.")
                .required(),
            Field::new(
                "key",
                Shape::Text(TextKind::Path),
                "The property of the trigger's data that tells runs apart.",
            )
            .or("one run per contact"),
            Field::new("audience", CONDITION, "Who may enter.").or("everybody"),
            Field::new(
                "reentry",
                Shape::Either(&[Shape::Choice(REENTRY), Shape::Object(&EVERY)]),
                "How often.",
            )
            .or("after_exit"),
            Field::new(
                "entry_cap",
                Shape::OneOrMany(&Shape::Object(&ENTRY_CAP)),
                "How many contacts may enter per hour, per day or in all.",
            ),
            Field::new(
                "holdout",
                Shape::Object(&WORKFLOW_HOLDOUT),
                "Contacts who go through it and get nothing, for comparison.",
            ),
            Field::new(
                "tracking",
                Shape::Boolean,
                "Whether its e-mails tell that they were opened and clicked; what of that is said in the policies.",
            )
            .or("true; false for a transactional category"),
            Field::new(
                "ends_within",
                Shape::Text(TextKind::Period),
                "No run lasts longer. This version reads it and doesn't prove it.",
            ),
            Field::new("exit_when", Shape::List(&Shape::Object(&EXIT)), "What ends a run wherever it is."),
            Field::new("goals", Shape::List(&Shape::Object(&GOAL)), "What counts as success."),
            Field::new("steps", STEPS, "The steps, in order."),
        ],
    }],
    exactly_one: &[],
    rest: None,
};
