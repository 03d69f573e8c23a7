//! `include` and `render`.

use super::expression::{bounded, expression};
use super::tag;
use crate::error::Fault;
use crate::lexer::Tag;
use crate::syntax::{Binding, Expression, Literal, PartialCall};
use crate::token::{Cursor, Token};

/// Parses `name [with value | for values] [as alias] [key: value, …]`.
pub(super) fn call(tag: Tag<'_>, name_is_literal: bool) -> Result<PartialCall, Fault> {
    let mut cursor = Cursor::new(tag.markup)?;
    let name_at = cursor.at();
    let name = expression(&mut cursor)?;
    if name_is_literal && !matches!(name, Expression::Literal(Literal::Text(_))) {
        return Err(Fault::syntax(name_at, "the name of the partial must be in quotes"));
    }
    let binding = binding(&mut cursor)?;
    let mut arguments = Vec::new();
    while cursor.peek() != Token::End {
        cursor.take_symbol(",");
        if cursor.peek() == Token::End {
            break;
        }
        bounded(arguments.len(), &cursor)?;
        let key = cursor.expect_identifier("an argument such as `name: value`")?;
        cursor.expect_symbol(":")?;
        arguments.push((key.into(), expression(&mut cursor)?));
    }
    Ok(PartialCall { name, binding, arguments, at: tag.at })
}

fn binding(cursor: &mut Cursor<'_>) -> Result<Option<Binding>, Fault> {
    let each = match (cursor.peek(), cursor.peek_second()) {
        (Token::Identifier(_), Token::Symbol(":")) => return Ok(None),
        (Token::Identifier("with"), _) => false,
        (Token::Identifier("for"), _) => true,
        _ => return Ok(None),
    };
    cursor.advance();
    let value = expression(cursor)?;
    let alias = if cursor.take_word("as") { Some(tag::target(cursor)?) } else { None };
    Ok(Some(Binding { value, each, alias }))
}
