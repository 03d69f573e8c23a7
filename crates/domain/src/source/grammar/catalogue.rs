//! The part of the table that describes catalogues.

use super::{Field, Group, Object, Shape, TextKind};

/// A row: free keys with whatever values.
const ROW: Shape = Shape::Map { key: TextKind::Line, value: &Shape::Any };

/// A catalogue.
pub static CATALOGUE: Object = Object {
    name: "a catalogue",
    doc: "Products, articles or other things that templates look up: `{{ catalogues.NAME.item[trigger.sku].title }}`, and \
          `catalogues.NAME.items` for all of them in the order of the file. It has `rows` or `csv`.",
    groups: &[Group {
        only_with: &[],
        fields: &[
            Field::new("catalogue", Shape::Text(TextKind::Name), "Its name.").required(),
            Field::new("title", Shape::Text(TextKind::Line), "What a person reads.").or("its name"),
            Field::new("note", Shape::Text(TextKind::Line), "For colleagues."),
            Field::new("key", Shape::Text(TextKind::Line), "The column by which a row is found.").or("`id`"),
            Field::new("rows", Shape::List(&ROW), "The rows, each an object."),
            Field::new(
                "csv",
                Shape::Text(TextKind::Line),
                "The rows as CSV, with the names of the columns in the first line.",
            ),
        ],
    }],
    exactly_one: &["rows", "csv"],
    rest: None,
};
