//! The part of the table that describes tests.

use super::{Field, Group, Object, Shape, TextKind, predicate};

/// Data that come with something.
const DATA: Shape = Shape::Map { key: TextKind::Line, value: &Shape::Any };

/// Answers to questions of consent, by category or channel.
const ANSWERS: Shape = Shape::Map { key: TextKind::Name, value: &Shape::Choice(predicate::ANSWER) };

/// An instant, or a time after the test's beginning.
const MOMENT: Shape = Shape::Text(TextKind::Line);

/// The name of a workflow, template, list, tag or segment.
const NAME: Shape = Shape::Text(TextKind::Name);

static CONTACT: Object = Object {
    name: "the contact of a test",
    doc: "Who the contact is before anything happens.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("user_id", Shape::Text(TextKind::Line), "The team's own id of the contact."),
            Field::new("traits", DATA, "What is known about the person."),
            Field::new("consent", ANSWERS, "What the person answered."),
            Field::new("lists", Shape::List(&NAME), "The lists that the contact is on."),
            Field::new("tags", Shape::List(&Shape::Text(TextKind::Line)), "The tags that the contact has."),
            Field::new(
                "variants",
                Shape::Map { key: TextKind::Line, value: &Shape::Text(TextKind::Line) },
                "The variants of experiments that the contact is in, by experiment. A split without one here is \
                 decided by chance, each time in the same way.",
            ),
            Field::new(
                "held_out",
                Shape::OneOrMany(&NAME),
                "The workflows that the contact is held out of: an id is chosen that chance decides so.",
            )
            .or("none"),
            Field::new(
                "id",
                Shape::Text(TextKind::Line),
                "Our own id of the contact: all chance depends on it. It decides about hold-outs, too.",
            )
            .or("made from the test's sentence"),
            Field::new("new", Shape::True, "Nothing is known of the contact before the first thing happens.")
                .or("the contact was there before, and is in its segments without having entered them now"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// What can happen: exactly one of these in each input.
const HAPPENINGS: &[&str] = &[
    "event", "page", "traits", "account", "consent", "list", "tag", "message", "call", "start", "task",
    "answer", "grant", "business", "schedule", "backfill", "pause", "resume", "skip", "end", "move",
];

static INPUT: Object = Object {
    name: "an input of a test",
    doc: "Something that happens to the contact, or how the world answers from then on.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new(
                    "at",
                    MOMENT,
                    "When: an instant, or a time after the test's beginning such as `+40m`.",
                )
                .required(),
                Field::new("event", Shape::Text(TextKind::EventName), "An event arrives."),
                Field::new("page", Shape::Text(TextKind::Line), "The contact visits the page of this URL."),
                Field::new("traits", DATA, "Traits change."),
                Field::new(
                    "account",
                    Shape::Text(TextKind::Line),
                    "The contact is a member of this account; `with` are traits of the account.",
                ),
                Field::new("consent", ANSWERS, "The contact answers."),
                Field::new("list", NAME, "The contact is put on this list."),
                Field::new("tag", Shape::Text(TextKind::Line), "The contact gets this tag."),
                Field::new("message", NAME, "Something becomes of the newest message of this template."),
                Field::new("call", NAME, "The API lets the contact into this workflow."),
                Field::new("start", NAME, "A person lets the contact into this workflow."),
                Field::new(
                    "task",
                    Shape::Text(TextKind::StepId),
                    "A person has done the task that a run waits for at this step.",
                ),
                Field::new(
                    "answer",
                    Shape::Text(TextKind::StepId),
                    "From now on, calls of this step are answered so. Without it, they are answered with 200 and `{}`.",
                ),
                Field::new(
                    "grant",
                    NAME,
                    "From now on, this workflow's entry caps answer so. Without it, they have room.",
                ),
                Field::new(
                    "business",
                    Shape::Text(TextKind::EventName),
                    "Something happens in the business; it reaches the contact if the contact's past events match.",
                ),
                Field::new("schedule", NAME, "The set time of this workflow comes."),
                Field::new(
                    "backfill",
                    NAME,
                    "This workflow is published with the choice to let in those who match already.",
                ),
                Field::new("pause", NAME, "A person pauses the contact's runs of this workflow."),
                Field::new("resume", NAME, "A person lets the contact's paused runs of this workflow go on."),
                Field::new(
                    "skip",
                    NAME,
                    "A person makes the contact's runs of this workflow leave their step.",
                ),
                Field::new("end", NAME, "A person ends the contact's runs of this workflow."),
                Field::new("move", NAME, "A person moves the contact's runs of this workflow."),
            ],
        },
        Group {
            only_with: &["event", "page", "account", "call", "start", "business"],
            fields: &[Field::new("with", DATA, "The data that come with it.")],
        },
        Group {
            only_with: &["event", "page"],
            fields: &[
                Field::new(
                    "occurred",
                    MOMENT,
                    "When it occurred, if it comes late: an instant, or `-3d` before the test's beginning.",
                )
                .or("when it arrives"),
                Field::new("imported", Shape::True, "It is imported history."),
            ],
        },
        Group {
            only_with: &["list", "tag", "account"],
            fields: &[Field::new("not", Shape::True, "The contact is taken off it, loses it, or leaves it.")],
        },
        Group {
            only_with: &["backfill"],
            fields: &[
                Field::new("within", Shape::Text(TextKind::Period), "How far back events count.").or("`30d`")
            ],
        },
        Group {
            only_with: &["message"],
            fields: &[
                Field::new("is", Shape::Choice(predicate::ENGAGEMENT), "What becomes of it.").required(),
                Field::new("link", Shape::Text(TextKind::Line), "The link that is clicked."),
            ],
        },
        Group {
            only_with: &["task"],
            fields: &[
                Field::new("outcome", Shape::Text(TextKind::Line), "How it came out.").or("`done`"),
                Field::new("note", Shape::Text(TextKind::Line), "What the person adds."),
            ],
        },
        Group {
            only_with: &["answer"],
            fields: &[
                Field::new("status", Shape::Integer { min: 100, max: 599 }, "The HTTP status.").or("200"),
                Field::new(
                    "headers",
                    Shape::Map { key: TextKind::Line, value: &Shape::Text(TextKind::Line) },
                    "The headers of the answer.",
                ),
                Field::new("body", Shape::Any, "The body of the answer.").or("`{}`"),
                Field::new(
                    "lost",
                    Shape::True,
                    "The connection is lost, so that nobody knows whether the call arrived.",
                ),
            ],
        },
        Group {
            only_with: &["grant"],
            fields: &[
                Field::new("refused", Shape::Boolean, "Whether there is no room.").or("`false`"),
                Field::new("room_at", MOMENT, "When there is room again, for caps with `then: wait`."),
            ],
        },
        Group {
            only_with: &["move"],
            fields: &[Field::new("to", Shape::Text(TextKind::StepId), "The step to which they are moved.")
                .required()],
        },
    ],
    exactly_one: HAPPENINGS,
    rest: None,
};

static EXPECTATION: Object = Object {
    name: "an expectation of a test",
    doc: "What must be true in the end.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new("run", NAME, "A run of this workflow."),
                Field::new("not_entered", NAME, "The contact never entered this workflow."),
                Field::new("sent", NAME, "A message of this template was sent."),
                Field::new("not_sent", NAME, "No message of this template was sent."),
                Field::new("blocked", NAME, "A message of this template was stopped."),
                Field::new(
                    "ghost",
                    NAME,
                    "A message of this template would have been sent, but the contact is held out.",
                ),
                Field::new(
                    "messages",
                    Shape::Either(&[Shape::Choice(&[("none", "Nothing was sent.")]), Shape::List(&NAME)]),
                    "The templates of all messages that were sent, in order.",
                ),
                Field::new(
                    "task",
                    Shape::Text(TextKind::StepId),
                    "A task of this step was opened for a person.",
                ),
                Field::new(
                    "called",
                    Shape::Text(TextKind::StepId),
                    "Another system was called by this step.",
                ),
                Field::new("trait", Shape::Text(TextKind::Path), "A trait."),
                Field::new(
                    "variable",
                    Shape::Text(TextKind::Path),
                    "A variable of a run: of the newest one that has it.",
                ),
                Field::new("segment", NAME, "The contact is in this segment."),
                Field::new("list", NAME, "The contact is on this list."),
                Field::new("tag", Shape::Text(TextKind::Line), "The contact has this tag."),
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
                Field::new(
                    "variant",
                    Shape::Map { key: TextKind::Line, value: &Shape::Text(TextKind::Line) },
                    "The variants that it went through, by experiment.",
                ),
            ],
        },
        Group {
            only_with: &["sent", "ghost", "task", "called"],
            fields: &[
                Field::new("at", MOMENT, "Exactly then: an instant, or `+3d` after the beginning."),
                Field::new("after", MOMENT, "Then or later."),
                Field::new("before", MOMENT, "Earlier than that."),
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
        Group {
            only_with: &["task"],
            fields: &[Field::new("for", Shape::Text(TextKind::Line), "Who is to do it.")],
        },
        Group {
            only_with: &["variable"],
            fields: &[Field::new("workflow", NAME, "Only of runs of this workflow.")],
        },
        Group { only_with: &["trait", "variable"], fields: predicate::TEST_FIELDS },
        Group {
            only_with: &["segment", "list", "tag"],
            fields: &[Field::new("not", Shape::True, "The contact is not in it, or doesn't have it.")],
        },
    ],
    exactly_one: &[
        "run",
        "not_entered",
        "sent",
        "not_sent",
        "blocked",
        "ghost",
        "messages",
        "task",
        "called",
        "trait",
        "variable",
        "segment",
        "list",
        "tag",
    ],
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
            Field::new("contact", Shape::Object(&CONTACT), "Who the contact is."),
            Field::new("at", Shape::Text(TextKind::Line), "The instant at which the test begins.").required(),
            Field::new("when", Shape::List(&Shape::Object(&INPUT)), "What happens.").required(),
            Field::new("until", MOMENT, "When it ends: an instant, or `+30d` after its beginning.")
                .or("when nothing more happens"),
            Field::new("expect", Shape::List(&Shape::Object(&EXPECTATION)), "What must be true in the end.")
                .required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};
