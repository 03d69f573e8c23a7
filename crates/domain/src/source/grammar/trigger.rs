//! The part of the table that describes what lets a contact in.

use super::predicate::{ANSWER, LINK, TESTS, WHERE};
use super::{Field, Group, Object, Shape, TextKind};

/// A value that must be equal, or tests of it.
static VALUE: Shape = Shape::Either(&[Shape::Scalar, Shape::Object(&TESTS)]);

/// News of a message as it arrives; that one failed is no news from outside, so conditions ask for it.
pub(super) static NEWS: &[(&str, &str)] = &[
    ("sent", "The provider took it."),
    ("delivered", "The contact's mailbox took it."),
    ("opened", "It was opened."),
    ("clicked", "A link in it was clicked."),
    ("replied", "It was answered."),
    ("bounced", "It came back."),
    ("complained", "The contact called it spam."),
    ("unsubscribed", "The contact unsubscribed through it."),
];

/// The campaign that brought a visitor.
static UTM: Object = Object {
    name: "a campaign",
    doc: "The parameters that advertisers put into links: from the page's address, or from properties of these names \
          with `utm_` before them.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("source", VALUE, "Who sent the visitor; a plain value means `eq`."),
            Field::new("medium", VALUE, "By what means."),
            Field::new("campaign", VALUE, "For which campaign."),
            Field::new("term", VALUE, "With which search words."),
            Field::new("content", VALUE, "Through which of several links or pictures."),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A purchase.
static PURCHASE: Object = Object {
    name: "a purchase",
    doc: "What an order must be like; `{}` means any. Its event is `Order Completed`, unless the policies name another \
          one under `events:`.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("value", VALUE, "Its `total`, else `value`, else `revenue`."),
            Field::new("currency", VALUE, "Its `currency`."),
            Field::new(
                "item",
                VALUE,
                "The `sku`, `product_id` or `id` of one of its `products`, or of the order itself.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A support interaction.
static SUPPORT: Object = Object {
    name: "a support interaction",
    doc: "What a ticket must be like; `{}` means any. Its event is `Ticket Updated`, unless the policies name another \
          one under `events:`.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("status", VALUE, "Its `status`."),
            Field::new("satisfaction", VALUE, "Its `satisfaction`."),
            Field::new("priority", VALUE, "Its `priority`."),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// What makes a business event concern a contact.
static MATCH: Object = Object {
    name: "a match of history",
    doc: "A business event concerns the contacts who did something with the same thing: who viewed the product whose \
          price dropped.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("event", Shape::Text(TextKind::EventName), "The contact's own event.").required(),
            Field::new("property", Shape::Text(TextKind::Path), "The property of the contact's event …")
                .required(),
            Field::new(
                "equals",
                Shape::Text(TextKind::Path),
                "… that equals this property of the business event.",
            )
            .or("the property of the same name"),
            Field::new(
                "within",
                Shape::Text(TextKind::Period),
                "How long before it the contact's event may have occurred at most.",
            )
            .or("30d"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// What lets a contact in.
pub static TRIGGER: Object = Object {
    name: "a trigger",
    doc: "What lets a contact in. A workflow has one, or a list of which any one suffices.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new("event", Shape::Text(TextKind::EventName), "An event of this name."),
                Field::new(
                    "page",
                    Shape::Text(TextKind::PageOrAny),
                    "A page whose address has this pattern is seen; `any` means every page.",
                ),
                Field::new(
                    "form",
                    Shape::Text(TextKind::Line),
                    "A form whose `form` or `form_id` is this is sent; `any` means every form. Its event is `Form \
                     Submitted`, unless the policies name another one under `events:`.",
                ),
                Field::new("purchase", Shape::Object(&PURCHASE), "Something is bought."),
                Field::new("support", Shape::Object(&SUPPORT), "Something happens to a ticket."),
                Field::new(
                    "hook",
                    Shape::Text(TextKind::Name),
                    "A call of another system to this incoming hook made an event of the contact.",
                ),
            ],
        },
        Group {
            only_with: &["page"],
            fields: &[Field::new("utm", Shape::Object(&UTM), "Only if this campaign brought the visitor.")],
        },
        Group {
            only_with: EVENTS,
            fields: &[
                Field::new("where", WHERE, "Only if its properties pass; a plain value means `eq`."),
                Field::new(
                    "late",
                    Shape::Boolean,
                    "Whether events older than 24 hours, and imported ones, trigger too.",
                )
                .or("false"),
            ],
        },
        Group {
            only_with: &[],
            fields: &[Field::new(
                "message",
                Shape::Text(TextKind::Name),
                "Something happens to a message of this template; `any` means of any template.",
            )],
        },
        Group {
            only_with: &["message"],
            fields: &[
                Field::new("is", Shape::Choice(NEWS), "What happens to it, for the first time.").required(),
                LINK,
                Field::new("workflow", Shape::Text(TextKind::Name), "Only messages of this workflow."),
                Field::new("step", Shape::Text(TextKind::StepId), "Only messages of this step."),
            ],
        },
        Group {
            only_with: &[],
            fields: &[Field::new("trait_changed", Shape::Text(TextKind::Path), "This trait takes another value.")],
        },
        Group {
            only_with: &["trait_changed"],
            fields: &[
                Field::new("from", Shape::Scalar, "Only from this value."),
                Field::new("to", Shape::Scalar, "Only to this value."),
            ],
        },
        Group {
            only_with: &[],
            fields: &[
                Field::new(
                    "segment_entered",
                    Shape::Text(TextKind::Name),
                    "The contact enters this segment.",
                ),
                Field::new("segment_left", Shape::Text(TextKind::Name), "The contact leaves this segment."),
                Field::new(
                    "consent",
                    Shape::Text(TextKind::Name),
                    "The contact gives another answer for this category or channel.",
                ),
            ],
        },
        Group {
            only_with: &["consent"],
            fields: &[Field::new("is", Shape::Choice(ANSWER), "The answer.").required()],
        },
        Group {
            only_with: &[],
            fields: &[Field::new(
                "date",
                Shape::Text(TextKind::Path),
                "The date that this trait holds: RFC 3339, or `YYYY-MM-DD`.",
            )],
        },
        Group {
            only_with: &["date"],
            fields: &[
                Field::new(
                    "offset",
                    Shape::Text(TextKind::Days),
                    "Calendar days before it, as `-3d`, or after it.",
                )
                .or("0d"),
                Field::new(
                    "repeats",
                    Shape::Choice(&[
                        ("once", "On the date itself."),
                        ("yearly", "Also on its day in every later year; 29 February is 28 February where there is none."),
                    ]),
                    "How often.",
                )
                .or("once"),
            ],
        },
        Group {
            only_with: &[],
            fields: &[Field::new(
                "schedule",
                Shape::Text(TextKind::Line),
                "Set times, over everybody in the audience: a rule of RFC 5545 such as `FREQ=WEEKLY;BYDAY=MO`.",
            )],
        },
        Group {
            only_with: &["schedule"],
            fields: &[
                Field::new(
                    "starts",
                    Shape::Text(TextKind::Date),
                    "The first day on which it may occur, from which `INTERVAL` and `COUNT` count.",
                )
                .or("2024-01-01, a Monday"),
                Field::new(
                    "pace",
                    Shape::Integer { min: 1, max: PACE_MAX },
                    "How many contacts are told in a second, at most.",
                )
                .or("as fast as it goes"),
            ],
        },
        Group {
            only_with: &["date", "schedule"],
            fields: &[
                Field::new("at", Shape::Text(TextKind::TimeOfDay), "The local time.")
                    .or("the time of day that the date has; else \"09:00\""),
                Field::new("zone", Shape::Text(TextKind::ZoneOf), "Whose local time.")
                    .or("contact for dates, workspace for schedules"),
            ],
        },
        Group {
            only_with: &[],
            fields: &[Field::new(
                "absence",
                Shape::Text(TextKind::EventName),
                "After an event of this name, another one does not come; its properties are the trigger's data.",
            )],
        },
        Group {
            only_with: &["absence"],
            fields: &[
                Field::new("where", WHERE, "Only if the properties of the first event pass."),
                Field::new("not", Shape::Text(TextKind::EventName), "The name of the event that does not come.")
                    .required(),
                Field::new(
                    "not_where",
                    WHERE,
                    "Only such an event counts; `$trigger.x` is a property of the first one.",
                ),
                Field::new("within", Shape::Text(TextKind::Period), "Within which time.").required(),
            ],
        },
        Group {
            only_with: &[],
            fields: &[
                Field::new(
                    "business",
                    Shape::Text(TextKind::EventName),
                    "Something that is nobody's own event, of this name; it reaches those whose history matches.",
                ),
            ],
        },
        Group {
            only_with: &["business"],
            fields: &[
                Field::new("where", WHERE, "Only if its properties pass; a plain value means `eq`."),
                Field::new("match", Shape::Object(&MATCH), "Whom it concerns.").required(),
            ],
        },
        Group {
            only_with: &[],
            fields: &[
                Field::new("api", Shape::True, "A call of the API."),
                Field::new("manual", Shape::True, "A person, for one contact or for a selection."),
                Field::new(
                    "workflow",
                    Shape::Text(TextKind::Name),
                    "A step of this workflow; `any` means of any workflow.",
                ),
            ],
        },
    ],
    exactly_one: &[
        "event",
        "page",
        "form",
        "purchase",
        "support",
        "hook",
        "message",
        "trait_changed",
        "segment_entered",
        "segment_left",
        "consent",
        "date",
        "schedule",
        "absence",
        "business",
        "api",
        "manual",
        "workflow",
    ],
    rest: None,
};

/// The triggers that are events of the contact.
const EVENTS: &[&str] = &["event", "page", "form", "purchase", "support", "hook"];

/// The fastest pace that can be written, in contacts a second.
const PACE_MAX: i64 = 100_000;
