//! Comments: every `#` that stands outside of scalars, after a blank or at the beginning of a line.

use super::text::Text;
use crate::source::yaml::{Kind, Node, Span};

/// A comment and where it stands; lines and columns count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment {
    pub line: usize,
    pub column: usize,
    /// From the `#` to the end of the line, without blanks at the end.
    pub text: String,
    /// Whether nothing stands before it on its line.
    pub own_line: bool,
    /// The blanks before it.
    pub gap: usize,
}

/// All comments in order.
pub(super) fn of(text: &Text, node: &Node) -> Vec<Comment> {
    let mut scalars = Vec::new();
    collect(node, &mut scalars);
    scalars.sort_by_key(|span| span.start);
    (0..text.n_lines()).filter_map(|line| on_line(text, line, &scalars)).collect()
}

/// The ranges of all scalars and keys.
fn collect(node: &Node, scalars: &mut Vec<Span>) {
    match &node.kind {
        Kind::Scalar(_) => scalars.push(node.span),
        Kind::List { items, .. } => items.iter().for_each(|item| collect(item, scalars)),
        Kind::Map { entries, .. } => {
            for entry in entries {
                scalars.push(entry.span);
                collect(&entry.value, scalars);
            }
        }
    }
}

fn on_line(text: &Text, line: usize, scalars: &[Span]) -> Option<Comment> {
    let characters = text.line_characters(line);
    let start = text.line_start(line);
    for (column, _) in characters.iter().enumerate().filter(|(_, c)| **c == '#') {
        let after_blank = column == 0 || characters[column - 1].is_whitespace();
        if !after_blank || inside(start + column, scalars) {
            continue;
        }
        let before = &characters[..column];
        let gap = before.iter().rev().take_while(|c| c.is_whitespace()).count();
        let comment: String = characters[column..].iter().collect();
        return Some(Comment {
            line,
            column,
            text: comment.trim_end().to_owned(),
            own_line: gap == column,
            gap,
        });
    }
    None
}

fn inside(index: usize, scalars: &[Span]) -> bool {
    let after = scalars.partition_point(|span| span.start <= index);
    after > 0 && index < scalars[after - 1].end
}
