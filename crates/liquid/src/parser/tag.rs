//! The tags that have no block.

use std::sync::Arc;

use super::expression::{bounded, expression, pipeline_at};
use crate::error::Fault;
use crate::lexer::Tag;
use crate::syntax::{Cycle, CycleGroup, Node};
use crate::token::{Cursor, Token};

/// Checks that each further line of `{% # … %}` is a comment too.
pub(super) fn inline_comment(tag: Tag<'_>) -> Result<(), Fault> {
    let mut offset = 0;
    for line in tag.markup.text.split_inclusive('\n') {
        let text = line.trim();
        if offset > 0 && !text.is_empty() && !text.starts_with('#') {
            let at = tag.markup.at + offset as u32;
            return Err(Fault::syntax(at, "each line of an inline comment must begin with `#`"));
        }
        offset += line.len();
    }
    Ok(())
}

/// Parses `assign name = value | filters`.
pub(super) fn assign(tag: Tag<'_>) -> Result<Node, Fault> {
    let mut cursor = Cursor::new(tag.markup)?;
    let name = target(&mut cursor)?;
    cursor.expect_symbol("=")?;
    if cursor.peek() == Token::End {
        return Err(cursor.unexpected("a value"));
    }
    let value = pipeline_at(&mut cursor)?;
    cursor.expect_end()?;
    Ok(Node::Assign { name, value })
}

/// Parses the name of a variable that is written.
pub(super) fn target(cursor: &mut Cursor<'_>) -> Result<Arc<str>, Fault> {
    let at = cursor.at();
    let name = cursor.expect_identifier("the name of a variable")?;
    if name.ends_with('?') {
        return Err(Fault::syntax(
            at,
            format!("the variable `{name}` can't be assigned: its name ends in `?`"),
        ));
    }
    Ok(name.into())
}

/// Parses the name of a counter.
pub(super) fn counter(tag: Tag<'_>) -> Result<Arc<str>, Fault> {
    let mut cursor = Cursor::new(tag.markup)?;
    let name = target(&mut cursor)?;
    cursor.expect_end()?;
    Ok(name)
}

/// Parses `cycle [group:] value, value …`.
pub(super) fn cycle(tag: Tag<'_>) -> Result<Node, Fault> {
    let mut cursor = Cursor::new(tag.markup)?;
    let mut first = expression(&mut cursor)?;
    let mut group = None;
    if cursor.take_symbol(":") {
        group = Some(CycleGroup::Named(first));
        first = expression(&mut cursor)?;
    }
    let mut values = vec![first];
    while cursor.take_symbol(",") {
        if cursor.peek() == Token::End {
            break;
        }
        bounded(values.len(), &cursor)?;
        values.push(expression(&mut cursor)?);
    }
    cursor.expect_end()?;
    let group = group.unwrap_or_else(|| CycleGroup::Unnamed(tag.markup.text.into()));
    Ok(Node::Cycle(Box::new(Cycle { group, values, at: tag.at })))
}

/// Parses `abort_message 'reason'` or `abort_message('reason')`.
pub(super) fn abort(tag: Tag<'_>) -> Result<Node, Fault> {
    let mut cursor = Cursor::new(tag.markup)?;
    let in_parentheses = cursor.take_symbol("(");
    let reason = expression(&mut cursor)?;
    if in_parentheses {
        cursor.expect_symbol(")")?;
    }
    cursor.expect_end()?;
    Ok(Node::Abort { reason, at: tag.at })
}
