//! The part of the table that describes segments and templates.

use super::predicate::CONDITION;
use super::{Field, Group, Object, Rest, Shape, TextKind};

/// A segment.
pub static SEGMENT: Object = Object {
    name: "a segment",
    doc: "A named audience, kept current with every event and with the passing of time.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("segment", Shape::Text(TextKind::Name), "Its name.").required(),
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new("where", CONDITION, "Who is in it.").required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A part of a template.
const PART: Shape = Shape::Text(TextKind::Line);

/// The parts of a template in another language.
pub static LOCALE: Object = Object {
    name: "a locale",
    doc: "The parts that are different; all others are the template's own.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("from", PART, "Who it comes from."),
            Field::new("reply_to", PART, "Where answers go."),
            Field::new("subject", PART, "The subject line."),
            Field::new("preheader", PART, "What mailboxes show after the subject."),
            Field::new("title", PART, "The title of a push message."),
            Field::new("html", PART, "The HTML of an e-mail."),
            Field::new("markdown", PART, "The content of an e-mail in Markdown."),
            Field::new("mjml", PART, "The page of an e-mail in MJML."),
            Field::new(
                "blocks",
                Shape::Object(&super::blocks::DOCUMENT),
                "The content as a visual editor makes it.",
            ),
            Field::new("text", PART, "The plain text of an e-mail."),
            Field::new("body", PART, "The text of a message on other channels."),
            Field::new("url", PART, "Where a push message leads."),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A template.
pub static TEMPLATE: Object = Object {
    name: "a template",
    doc: "The content of a message on one channel. Its parts are Liquid texts.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("template", Shape::Text(TextKind::Name), "Its name.").required(),
            Field::new("channel", Shape::Text(TextKind::Channel), "The channel that it is for.").required(),
            Field::new("from", PART, "Who it comes from.").or("the policies' sender"),
            Field::new("reply_to", PART, "Where answers go."),
            Field::new("subject", PART, "The subject line."),
            Field::new("preheader", PART, "What mailboxes show after the subject."),
            Field::new("title", PART, "The title of a push message."),
            Field::new("html", PART, "The HTML of an e-mail."),
            Field::new("markdown", PART, "The content of an e-mail in Markdown, instead of `html`."),
            Field::new("mjml", PART, "The page of an e-mail in MJML, instead of `html`."),
            Field::new(
                "blocks",
                Shape::Object(&super::blocks::DOCUMENT),
                "The content of an e-mail as a visual editor makes it, instead of `html`.",
            ),
            Field::new("text", PART, "The plain text of an e-mail.").or("made from the HTML"),
            Field::new("body", PART, "The text of a message on other channels."),
            Field::new("url", PART, "Where a push message leads."),
            Field::new("layout", Shape::Text(TextKind::Name), "The page around the content of an e-mail."),
            Field::new(
                "strict",
                Shape::True,
                "A value that is missing is a mistake, and the message isn't sent; else it prints as nothing.",
            ),
            Field::new(
                "sample",
                Shape::Map { key: TextKind::Name, value: &Shape::Any },
                "Made-up data for previews by root, such as `trigger: { name: Teapot }`; what is read of these roots is held \
                 against it.",
            ),
            Field::new(
                "link_parameters",
                Shape::Map { key: TextKind::Line, value: &PART },
                "What links of an e-mail carry, such as `utm_campaign: welcome`; besides what the policies say.",
            ),
            Field::new(
                "locales",
                Shape::Map { key: TextKind::Name, value: &Shape::Object(&LOCALE) },
                "Parts for contacts whose trait `locale` or `language` says so, such as `de` or `de-at`.",
            ),
        ],
    }],
    exactly_one: &[],
    rest: Some(Rest {
        key: TextKind::Name,
        shape: PART,
        doc: "Another part that the policies declare for the channel.",
        exactly_one: false,
    }),
};
