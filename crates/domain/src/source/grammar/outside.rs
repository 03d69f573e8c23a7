//! The part of the table that describes steps that reach beyond the run: other systems, people, other workflows.

use super::change::VALUE;
use super::step::STEPS;
use super::{Field, Group, Object, Shape, TextKind};

/// Methods of a call.
static METHOD: &[(&str, &str)] = &[("GET", ""), ("POST", ""), ("PUT", ""), ("PATCH", ""), ("DELETE", "")];

/// A call of another system.
pub(super) static WEBHOOK: Object = Object {
    name: "a call of another system",
    doc: "Calls a URL and waits for the answer, whose values the run may keep. The same key is sent with every attempt, so \
          that the other system can tell a repetition.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("method", Shape::Choice(METHOD), "The method.").or("POST"),
            Field::new("url", Shape::Text(TextKind::Line), "The address; Liquid.").required(),
            Field::new(
                "headers",
                Shape::Map { key: TextKind::Line, value: &Shape::Text(TextKind::Line) },
                "Headers with their values; Liquid.",
            ),
            Field::new("body", Shape::Text(TextKind::Line), "The body as a text; Liquid."),
            Field::new(
                "json",
                Shape::Any,
                "The body as JSON: texts are Liquid, or references such as `$trigger.total`.",
            ),
            Field::new(
                "save",
                Shape::Map { key: TextKind::Path, value: &Shape::Text(TextKind::Path) },
                "Variables of the run with what they take of the answer: `status`, `headers.NAME`, `body.PATH`.",
            ),
            Field::new("timeout", Shape::Text(TextKind::Period), "How long one attempt may take.").or("10s"),
            Field::new(
                "retry_for",
                Shape::Text(TextKind::PeriodOrZero),
                "How long temporary failures are tried again.",
            )
            .or("1h"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// To whom a task goes if nobody takes it.
static ESCALATE: Object = Object {
    name: "an escalation",
    doc: "Gives the task to somebody else when it was not done for a while.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("after", Shape::Text(TextKind::Period), "How long after the task was opened.")
                .required(),
            Field::new("for", Shape::Text(TextKind::Line), "Who is to do it then.").required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// Something that a person is to do.
pub(super) static TASK: Object = Object {
    name: "a task",
    doc: "Waits for a person to do something, until it is due.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("title", Shape::Text(TextKind::Line), "What to do, in a line; Liquid.").required(),
            Field::new("for", Shape::Text(TextKind::Line), "Who is to do it: a person or a team.").required(),
            Field::new("note", Shape::Text(TextKind::Line), "What helps to do it; Liquid."),
            Field::new("due", Shape::Text(TextKind::Period), "How long there is time.").required(),
            Field::new("escalate", Shape::Object(&ESCALATE), "To whom it goes if it is not done."),
            Field::new(
                "outcomes",
                Shape::Map { key: TextKind::Name, value: &STEPS },
                "How it may come out, each with the steps that the run then takes.",
            )
            .or("`done`, and the next step"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// The keys of an entry into another workflow.
static ENTRY: &[Field] = &[
    Field::new("workflow", Shape::Text(TextKind::Name), "Which one; it needs a trigger `workflow`.")
        .required(),
    Field::new(
        "with",
        Shape::Map { key: TextKind::Line, value: &VALUE },
        "The data of its trigger: values, or references such as `$trigger.total`.",
    ),
    Field::new("replace", Shape::Boolean, "Whether a live run of the same key ends as replaced.").or("false"),
];

/// An entry into another workflow.
pub(super) static ENTER: Object = Object {
    name: "an entry into another workflow",
    doc: "Lets the contact into another workflow; this run goes on at once.",
    groups: &[Group { only_with: &[], fields: ENTRY }],
    exactly_one: &[],
    rest: None,
};

/// Another workflow's run that is waited for.
pub(super) static SUB_WORKFLOW: Object = Object {
    name: "a call of another workflow",
    doc: "Lets the contact into another workflow and waits for the end of that run.",
    groups: &[
        Group { only_with: &[], fields: ENTRY },
        Group {
            only_with: &[],
            fields: &[Field::new(
                "save",
                Shape::Text(TextKind::Path),
                "The variable that takes the result: `ended`, and what its exit step gives.",
            )],
        },
    ],
    exactly_one: &[],
    rest: None,
};
