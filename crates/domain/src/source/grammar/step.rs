//! The part of the table that describes steps.

use super::change::{EMIT, EXIT, SET, UPDATE};
use super::outside::{ENTER, SUB_WORKFLOW, TASK, WEBHOOK};
use super::predicate::CONDITION;
use super::wait::{ALTERNATIVE, WAIT};
use super::{Field, Group, Object, Rest, Shape, TextKind};

pub use super::wait::WEEKDAY;

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
pub(super) static OTHERWISE: Shape = Shape::Either(&[
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

/// One variant of a split.
static VARIANT: Object = Object {
    name: "a variant",
    doc: "The share of contacts that takes these steps.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new(
                "weight",
                Shape::Integer { min: 0, max: WEIGHT_MAX },
                "Its share, in proportion to the sum of all weights; 0 lets nobody new in.",
            )
            .required(),
            Field::new("steps", STEPS, "The steps that the run then takes.").or("the next step"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// The greatest weight of a variant: shares can be written to a hundredth of a percent and more.
const WEIGHT_MAX: i64 = 1_000_000;

/// Variants by chance.
static SPLIT: Object = Object {
    name: "a split",
    doc: "Divides contacts by chance. Who was in a variant of the experiment stays in it, whatever becomes of the weights; \
          goals that the run reaches are credited to its variant.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new(
                "experiment",
                Shape::Text(TextKind::Name),
                "Its name; splits of the same experiment, in any workflow, put a contact into the same variant.",
            )
            .or("a name made of the workflow and the step"),
            Field::new(
                "variants",
                Shape::Map { key: TextKind::Name, value: &Shape::Object(&VARIANT) },
                "The variants by name, at least two.",
            )
            .required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// The most rounds of a repeating step.
const ROUNDS_MAX: i64 = 100;

/// Steps that are gone through several times.
static REPEAT: Object = Object {
    name: "a repetition",
    doc: "Goes through its steps again and again, a bounded number of times.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("times", Shape::Integer { min: 1, max: ROUNDS_MAX }, "How often at most.").required(),
            Field::new("until", CONDITION, "Asked before each round: if it holds, the run goes on.")
                .or("all rounds"),
            Field::new("steps", STEPS, "The steps of a round.").required(),
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
        Group { only_with: &[], fields: STEP_HEAD },
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
        Group { only_with: &[], fields: STEP_REST },
        Group {
            only_with: &["wait_for", "call"],
            fields: &[
                Field::new("timeout", Shape::Text(TextKind::Period), "When to go on regardless.").or("never")
            ],
        },
        Group {
            only_with: &["wait_for", "call", "task"],
            fields: &[Field::new(
                "on_timeout",
                STEPS,
                "The steps that the run takes when the time is over; of a task, when it is overdue.",
            )
            .or("the next step")],
        },
        Group {
            only_with: &["webhook"],
            fields: &[Field::new(
                "on_error",
                STEPS,
                "The steps that the run takes if the call finally failed.",
            )
            .or("the next step")],
        },
    ],
    exactly_one: &[
        "send",
        "wait",
        "wait_for",
        "branch",
        "split",
        "repeat",
        "update",
        "set",
        "emit",
        "webhook",
        "task",
        "enter",
        "exit_workflow",
        "call",
        "exit",
        "goto",
    ],
    rest: None,
};

/// The keys of a step that stand first, up to those with keys of their own beside them.
static STEP_HEAD: &[Field] = &[
    Field::new(
        "id",
        Shape::Text(TextKind::StepId),
        "Its id; needed on steps that send, rest, split or branch, and written by `wend fmt`.",
    ),
    Field::new("was", Shape::Text(TextKind::StepId), "The id that it had before."),
    Field::new("note", Shape::Text(TextKind::Line), "For colleagues; a step may be a note and nothing else.")
        .alone(),
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
];

/// The keys of a step that stand after its ways.
static STEP_REST: &[Field] = &[
    Field::new("split", Shape::Object(&SPLIT), "Divides contacts by chance."),
    Field::new("repeat", Shape::Object(&REPEAT), "Goes through steps several times."),
    Field::new("update", Shape::Object(&UPDATE), "Changes the contact."),
    Field::new("set", SET, "Changes variables of the run: values, `{ add: 1 }` or `{ remove: true }`."),
    Field::new("emit", Shape::Object(&EMIT), "Emits an event of the contact."),
    Field::new("webhook", Shape::Object(&WEBHOOK), "Calls another system and waits for its answer."),
    Field::new("task", Shape::Object(&TASK), "Waits for a person to do something."),
    Field::new("enter", Shape::Object(&ENTER), "Lets the contact into another workflow and goes on."),
    Field::new(
        "exit_workflow",
        Shape::Text(TextKind::Name),
        "Ends the contact's live runs of another workflow.",
    ),
    Field::new(
        "call",
        Shape::Object(&SUB_WORKFLOW),
        "Lets the contact into another workflow and waits for the end of that run.",
    ),
    Field::new(
        "exit",
        Shape::Either(&[Shape::True, Shape::Text(TextKind::Line), Shape::Object(&EXIT)]),
        "Ends the run; a text says why.",
    ),
    Field::new("goto", Shape::Text(TextKind::StepId), "Goes on at another step."),
];
