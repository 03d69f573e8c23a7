//! The part of the table that describes what templates share: partials and layouts.

use super::{Field, Group, Object, Shape, TextKind};

/// A Liquid text.
const PART: Shape = Shape::Text(TextKind::Line);

/// A partial.
pub static PARTIAL: Object = Object {
    name: "a partial",
    doc: "A piece of content that templates and other partials print: `{% render 'NAME', shop: contact.shop %}`. It reads what \
          every template reads and what it is given, nothing else. HTML prints `html` or `markdown`, everything else prints \
          `text`, or `markdown` as it is written.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("partial", Shape::Text(TextKind::Name), "Its name.").required(),
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new("html", PART, "What HTML prints."),
            Field::new("markdown", PART, "What HTML prints, in Markdown, instead of `html`."),
            Field::new("text", PART, "What plain texts and subjects print."),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A layout.
pub static LAYOUT: Object = Object {
    name: "a layout",
    doc: "The page around the content of e-mails whose templates say `layout: NAME`: the content stands where the page has \
          `{{ content }}`, and the page's styles are the content's too.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("layout", Shape::Text(TextKind::Name), "Its name.").required(),
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new("html", PART, "The page in HTML."),
            Field::new("mjml", PART, "The page in MJML; `{{ content }}` stands in an `mj-text`."),
        ],
    }],
    exactly_one: &["html", "mjml"],
    rest: None,
};
