//! The part of the table that describes policies.

use super::predicate::{ANSWER, WHERE};
use super::step::WEEKDAY;
use super::{Field, Group, Object, Rest, Shape, TextKind};

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

/// The most soft bounces after which an address is given up: no more are remembered.
const SOFT_BOUNCES_MAX: i64 = 20;

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

static SOFT_BOUNCES: Object = Object {
    name: "the limit of soft bounces",
    doc: "An address from which so many messages came back within this time, for reasons that may pass, is not used any \
          more. What came back before the person last opened, clicked or answered something doesn't count.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("max", Shape::Integer { min: 1, max: SOFT_BOUNCES_MAX }, "How many.").or("5"),
            Field::new("per", Shape::Text(TextKind::Period), "The length of the rolling window.").or("30d"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

static TRACKING: Object = Object {
    name: "what is tracked",
    doc: "Which e-mails tell that they were opened or clicked: those of workflows that aren't transactional and don't say \
          `tracking: false`.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("opens", Shape::Boolean, "Whether they carry a pixel.").or("true"),
            Field::new("clicks", Shape::Boolean, "Whether links in their HTML go through this server.")
                .or("true"),
            Field::new(
                "hidden_link",
                Shape::Boolean,
                "Whether they have a link that no person sees, by which scanners give themselves away.",
            )
            .or("true"),
        ],
    }],
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
                "titles",
                Shape::Map { key: TextKind::Line, value: &Shape::Text(TextKind::Line) },
                "What a person reads in other languages, by their tags: `de`, `pt-BR`.",
            )
            .or("the title"),
            Field::new(
                "transactional",
                Shape::Boolean,
                "Whether its messages skip marketing consent, caps and quiet hours.",
            )
            .or("false"),
            Field::new("default", Shape::Choice(ANSWER), "What counts for a contact who has not answered.")
                .or("subscribed"),
            Field::new(
                "double_opt_in",
                Shape::Text(TextKind::Name),
                "The template that asks a person to confirm a subscription, with `{{ confirm_url }}`. Until then the \
                 subscription counts as none.",
            )
            .or("none: it counts at once"),
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

/// The most messages of a rate, and the most contacts of an entry cap.
pub(super) const MANY_MAX: i64 = 1_000_000_000;

static ARBITRATION: Object = Object {
    name: "an arbitration",
    doc: "Which of several messages of a channel goes. With `hold`, the first message that is wanted opens a window; at \
          its close one goes on: by workflow priority, step priority, earliest wish, workflow name. Transactional \
          messages are never held.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new(
                "hold",
                Shape::Text(TextKind::Period),
                "How long the window is open from the first message on; it doesn't slide.",
            )
            .or("no window"),
            Field::new(
                "losers",
                Shape::Choice(&[
                    ("next", "They wait in the next window, which opens as this one closes."),
                    ("drop", "They are blocked."),
                ]),
                "What happens to those that don't win.",
            )
            .or("next"),
            Field::new(
                "reserve",
                Shape::Text(TextKind::Period),
                "How long before a scheduled message of a workflow of higher priority no message of a lower one goes.",
            )
            .or("nothing is kept free"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

static EXCLUSION: Object = Object {
    name: "a group of workflows",
    doc: "A contact is in one workflow of the group at a time.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("group", Shape::Text(TextKind::Name), "Its name.").required(),
            Field::new("workflows", Shape::List(&Shape::Text(TextKind::Name)), "Its members.").required(),
            Field::new(
                "then",
                Shape::Choice(&[
                    ("refuse", "Whoever came first stays."),
                    ("replace", "A workflow of a higher priority ends the run of a lower one."),
                ]),
                "What happens to one who would enter another workflow of the group.",
            )
            .or("refuse"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

static HOLDOUT: Object = Object {
    name: "a hold-out",
    doc: "A part of all contacts, by a hash that never changes, who go through workflows but get no message, so that the \
          others can be compared with them. Transactional messages are never held out.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            PERCENT,
            Field::new(
                "categories",
                Shape::List(&Shape::Text(TextKind::Name)),
                "Only of workflows of these categories.",
            )
            .or("all"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// How many contacts are held out.
pub(super) const PERCENT: Field =
    Field::new("percent", Shape::Number, "How many of a hundred contacts, from 0 to 100, to a hundredth.")
        .required();

static RATE: Object = Object {
    name: "a rate",
    doc: "At most so many messages of the workspace in a span of time. The outbox waits; nothing is blocked.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new(
                "channels",
                Shape::List(&Shape::Text(TextKind::Channel)),
                "The channels that it counts together.",
            )
            .or("all"),
            Field::new("max", Shape::Integer { min: 1, max: MANY_MAX }, "How many.").required(),
            Field::new("per", Shape::Text(TextKind::Period), "In which time.").required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// The messages that a rule means.
pub static RULE_SEND: Object = Object {
    name: "a message that a rule means",
    doc: "Messages of a category, of a workflow, or of a template: `{ email: cart-plain }`.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("category", Shape::Text(TextKind::Name), "Only of this category."),
            Field::new("workflow", Shape::Text(TextKind::Name), "Only of this workflow."),
        ],
    }],
    exactly_one: &[],
    rest: Some(Rest {
        key: TextKind::Channel,
        shape: Shape::Text(TextKind::Name),
        doc: "only this template on this channel",
        exactly_one: false,
    }),
};

static RULE_EVENT: Object = Object {
    name: "an event that a rule means",
    doc: "Something that the contact did.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("event", Shape::Text(TextKind::EventName), "Its name.").required(),
            Field::new("where", WHERE, "Only if its properties pass; a plain value means `eq`."),
            Field::new(
                "same",
                Shape::Text(TextKind::Path),
                "Only if this property is the same as in the data that the run was entered with.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

static NEVER: Object = Object {
    name: "what must never happen",
    doc: "No such message is sent after such an event.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("send", Shape::Object(&RULE_SEND), "The message.").required(),
            Field::new("after", Shape::Object(&RULE_EVENT), "The event.").required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

static AT_MOST: Object = Object {
    name: "a bound of messages",
    doc: "No contact is sent more messages in any window of this length, whatever happens.",
    groups: &[
        Group { only_with: &[], fields: SCOPE },
        Group {
            only_with: &[],
            fields: &[
                Field::new("sends", Shape::Integer { min: 1, max: CAP_MAX }, "How many.").required(),
                Field::new("per", Shape::Text(TextKind::Period), "The length of the window.").required(),
            ],
        },
    ],
    exactly_one: &[],
    rest: None,
};

static RULE: Object = Object {
    name: "a rule of the portfolio",
    doc: "What must hold for all workflows together, whatever happens. This version reads rules and proves none of them: \
          each is reported as not proved.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("never", Shape::Object(&NEVER), "This never happens."),
            Field::new("at_most", Shape::Object(&AT_MOST), "Nobody gets more messages than this."),
            Field::new(
                "every_run_ends_within",
                Shape::Text(TextKind::Period),
                "No run of any workflow lasts longer.",
            ),
        ],
    }],
    exactly_one: &["never", "at_most", "every_run_ends_within"],
    rest: None,
};

static EVENTS: Object = Object {
    name: "a naming of events",
    doc: "What clients call the events of which triggers speak by their kind.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("purchase", Shape::Text(TextKind::EventName), "Something was bought.")
                .or("Order Completed"),
            Field::new("support", Shape::Text(TextKind::EventName), "Something happened to a ticket.")
                .or("Ticket Updated"),
            Field::new("form", Shape::Text(TextKind::EventName), "A form was sent.").or("Form Submitted"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

static IDENTITY: Object = Object {
    name: "a rule of identity",
    doc: "What tells who somebody is, beside the team's own id and the ids of devices. Two contacts with the same one are \
          one person, unless their own ids differ.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("email", Shape::Boolean, "Whether the e-mail address in the trait `email` does.").or("true"),
            Field::new("phone", Shape::Boolean, "Whether the phone number in the trait `phone` does.").or("true"),
            Field::new(
                "country",
                Shape::Text(TextKind::Line),
                "The country, such as `DE`, of phone numbers without an international prefix, for contacts without the \
                 trait `country`.",
            )
            .or("none: such numbers name nobody"),
            Field::new(
                "external",
                Shape::List(&Shape::Text(TextKind::Name)),
                "The other systems whose ids do: the types in `context.externalIds`.",
            )
            .or("none"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// How long rows of a table stay.
const fn kept(table: &'static str, usual: &'static str, doc: &'static str) -> Field {
    Field::new(table, Shape::Text(TextKind::Period), doc).or(usual)
}

static RETENTION: Object = Object {
    name: "a rule of retention",
    doc: "How long tables keep their rows, from a least to a hundred years; what isn't named is kept as usual. What is older           leaves within an hour or so, for good.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            kept(
                "history",
                "730d",
                "What contacts did and what was decided, at least 30d. Segments and computed traits that are defined                  later count only what is there; `why` answers for as long.",
            ),
            kept("message", "730d", "Messages and what became of them, at least 30d."),
            kept("message_payload", "30d", "What messages said, at least 1d."),
            kept("task", "730d", "Tasks that are closed, at least 30d."),
            kept("import", "30d", "Reports of imports and what an undo needs, at least 1d."),
            kept("quarantine", "30d", "Events that made no sense, at least 1d."),
            kept("counter", "800d", "Counts of single days in reports, at least 32d."),
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
                "link_parameters",
                Shape::Map { key: TextKind::Line, value: &Shape::Text(TextKind::Line) },
                "What the links of all e-mails carry, such as `utm_medium: email`; templates may say otherwise.",
            ),
            Field::new(
                "seed_lists",
                Shape::Map { key: TextKind::Name, value: &Shape::List(&Shape::Text(TextKind::Line)) },
                "Who gets tests of templates, by the name of the list: `team: [ada@shop.example]`.",
            ),
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
            Field::new("events", Shape::Object(&EVENTS), "What well-known events are called."),
            Field::new(
                "arbitration",
                Shape::Map { key: TextKind::Channel, value: &Shape::Object(&ARBITRATION) },
                "Which of several messages of a channel goes.",
            ),
            Field::new(
                "exclusive",
                Shape::OneOrMany(&Shape::Object(&EXCLUSION)),
                "Workflows of which a contact is in one at a time.",
            ),
            Field::new("holdout", Shape::Object(&HOLDOUT), "Contacts who get nothing, for comparison."),
            Field::new("identity", Shape::Object(&IDENTITY), "What tells who somebody is."),
            Field::new(
                "soft_bounces",
                Shape::Object(&SOFT_BOUNCES),
                "When an address is given up from which messages come back for now.",
            ),
            Field::new(
                "tracking",
                Shape::Object(&TRACKING),
                "Which messages tell that they were opened or clicked.",
            ),
            Field::new("retention", Shape::Object(&RETENTION), "How long what is kept of people stays."),
            Field::new("rates", Shape::OneOrMany(&Shape::Object(&RATE)), "How fast the outbox may go."),
            Field::new(
                "rules",
                Shape::OneOrMany(&Shape::Object(&RULE)),
                "What must hold for the whole portfolio.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: None,
};
