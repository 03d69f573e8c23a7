//! The part of the table that describes the block document of a visual editor.

use super::{Field, Group, Object, Shape, TextKind};

/// A text with Liquid in it.
const TEXT: Shape = Shape::Text(TextKind::Line);

/// What Liquid computes, without its brackets.
const EXPRESSION: Shape = Shape::Text(TextKind::Line);

/// Where something stands in its column.
const ALIGN: Field = Field::new(
    "align",
    Shape::Choice(&[("left", "On the left."), ("center", "In the middle."), ("right", "On the right.")]),
    "Where it stands in its column.",
);

/// How one block looks.
const LOOK: Field = Field::new("style", Shape::Object(&BLOCK_STYLE), "How this block looks.");

/// One of the blocks of a column.
static ONE_BLOCK: Shape = Shape::Object(&BLOCK);

/// A block document.
pub static DOCUMENT: Object = Object {
    name: "a block document",
    doc: "The content of an e-mail as visual editors make it: sections, columns, and blocks in them. Being JSON, it may be \
          written as JSON.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("style", Shape::Object(&STYLE), "Colours, letters and width."),
            Field::new("sections", Shape::List(&Shape::Object(&SECTION)), "From top to bottom.").required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// Colours, letters and width.
static STYLE: Object = Object {
    name: "a style",
    doc: "Colours are written as in CSS: `#1d4ed8`.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("width", Shape::Integer { min: 320, max: 900 }, "The widest, in pixels.").or("600"),
            Field::new("background", TEXT, "Behind the card.").or("#f3f4f6"),
            Field::new("surface", TEXT, "The card.").or("#ffffff"),
            Field::new("text", TEXT, "Letters.").or("#1f2933"),
            Field::new("accent", TEXT, "Links and buttons.").or("#1d4ed8"),
            Field::new("on_accent", TEXT, "Letters on buttons.").or("#ffffff"),
            Field::new("font", TEXT, "Fonts, the first that is there.").or("the system's"),
            Field::new("font_size", Shape::Integer { min: 10, max: 32 }, "The size of letters, in pixels.")
                .or("16"),
            Field::new("dark_background", TEXT, "Behind the card in dark mailboxes.").or("#111827"),
            Field::new("dark_surface", TEXT, "The card in dark mailboxes.").or("#1f2937"),
            Field::new("dark_text", TEXT, "Letters in dark mailboxes.").or("#e5e7eb"),
            Field::new("dark_accent", TEXT, "Links in dark mailboxes.").or("#93c5fd"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// How one block looks.
static BLOCK_STYLE: Object = Object {
    name: "a block's style",
    doc: "What is different from the document's style. Of a button, the colours and the corners are the button's own.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("color", TEXT, "Letters."),
            Field::new("background", TEXT, "Behind it."),
            Field::new("font_size", Shape::Integer { min: 8, max: 72 }, "The size of letters, in pixels."),
            Field::new("padding", Shape::Integer { min: 0, max: 80 }, "Around it, in pixels."),
            Field::new("radius", Shape::Integer { min: 0, max: 40 }, "How round corners are, in pixels."),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A section.
static SECTION: Object = Object {
    name: "a section",
    doc: "Columns side by side; on narrow screens one below the other.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("columns", Shape::List(&Shape::Object(&COLUMN)), "From left to right, at most 4.")
                .required(),
            Field::new("background", TEXT, "Behind the section."),
            Field::new("padding", Shape::Integer { min: 0, max: 80 }, "Above and below, in pixels.").or("0"),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A column.
static COLUMN: Object = Object {
    name: "a column",
    doc: "Blocks, one below the other.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("width", Shape::Integer { min: 5, max: 100 }, "Its share of the width, in per cent.")
                .or("as wide as the others"),
            Field::new("blocks", Shape::List(&ONE_BLOCK), "What is in it.").required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};

/// A block.
pub static BLOCK: Object = Object {
    name: "a block",
    doc: "One thing of a column, told apart by its first key.",
    groups: &[
        Group {
            only_with: &[],
            fields: &[
                Field::new("heading", TEXT, "A heading."),
                Field::new("text", TEXT, "Paragraphs, in Markdown."),
                Field::new("image", TEXT, "A picture, by its address."),
                Field::new("button", TEXT, "A button, by what is on it."),
                Field::new("divider", Shape::True, "A line."),
                Field::new("spacer", Shape::Integer { min: 1, max: 200 }, "Empty space, in pixels."),
                Field::new(
                    "products",
                    EXPRESSION,
                    "One row for each item of a list, such as `trigger.items`.",
                ),
                Field::new(
                    "if",
                    EXPRESSION,
                    "Blocks for some contacts only, such as `contact.plan == 'pro'`.",
                ),
                Field::new("social", Shape::List(&Shape::Object(&NETWORK)), "Links to networks."),
                Field::new(
                    "footer",
                    TEXT,
                    "Who writes and why, in Markdown, small, with a link to unsubscribe.",
                ),
                Field::new("html", TEXT, "HTML as it is."),
                LOOK,
            ],
        },
        Group {
            only_with: &["heading"],
            fields: &[
                Field::new("level", Shape::Integer { min: 1, max: 3 }, "1 is the largest.").or("1"),
                ALIGN,
            ],
        },
        Group { only_with: &["text"], fields: &[ALIGN] },
        Group {
            only_with: &["image"],
            fields: &[
                Field::new(
                    "alt",
                    Shape::Text(TextKind::Line),
                    "What it shows; leave it out if it is decoration.",
                ),
                Field::new("link", TEXT, "Where it leads."),
                Field::new("width", Shape::Integer { min: 1, max: 900 }, "Its width, in pixels."),
                ALIGN,
            ],
        },
        Group {
            only_with: &["button"],
            fields: &[Field::new("link", TEXT, "Where it leads.").required(), ALIGN],
        },
        Group {
            only_with: &["products"],
            fields: &[
                Field::new("limit", Shape::Integer { min: 1, max: 50 }, "At most so many.").or("10"),
                Field::new("title", TEXT, "The item's property with its name.").or("name"),
                Field::new("price", TEXT, "The property with its price.").or("price"),
                Field::new("picture", TEXT, "The property with the address of its picture.").or("image_url"),
                Field::new("link", TEXT, "The property with its address.").or("url"),
            ],
        },
        Group {
            only_with: &["if"],
            fields: &[
                Field::new("then", Shape::List(&ONE_BLOCK), "What is there if it holds.").required(),
                Field::new("else", Shape::List(&ONE_BLOCK), "What is there if it doesn't."),
            ],
        },
        Group {
            only_with: &["footer"],
            fields: &[
                Field::new("unsubscribe", TEXT, "The text of the link to unsubscribe.").or("Unsubscribe"),
                Field::new("preferences", TEXT, "The text of the link to choose; without it there is none."),
            ],
        },
    ],
    exactly_one: &[
        "heading", "text", "image", "button", "divider", "spacer", "products", "if", "social", "footer",
        "html",
    ],
    rest: None,
};

/// A link to a network.
static NETWORK: Object = Object {
    name: "a network",
    doc: "Somewhere else where the team can be followed.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("name", TEXT, "What it is called: `Instagram`.").required(),
            Field::new("link", TEXT, "Where it leads.").required(),
        ],
    }],
    exactly_one: &[],
    rest: None,
};
