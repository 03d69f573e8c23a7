//! Values, paths, filters and conditions.

use std::sync::Arc;

use crate::error::{ErrorKind, Fault};
use crate::filters;
use crate::lexer::Markup;
use crate::suggest;
use crate::syntax::{
    Comparison, Condition, Expression, FilterCall, Junction, Literal, Operator, Pipeline, Root, Segment,
    Variable,
};
use crate::token::{Cursor, Token};

/// How deep brackets may be nested.
const BRACKETS_MAX: usize = 32;

/// The most values, filters, arguments or conditions in one tag.
pub(super) const ITEMS_MAX: usize = 1_000;

/// Parses a value with filters up to the end; nothing at all is nothing.
pub(super) fn pipeline(markup: Markup<'_>) -> Result<Pipeline, Fault> {
    let mut cursor = Cursor::new(markup)?;
    let pipeline = pipeline_at(&mut cursor)?;
    cursor.expect_end()?;
    Ok(pipeline)
}

/// Parses a value with filters.
pub(super) fn pipeline_at(cursor: &mut Cursor<'_>) -> Result<Pipeline, Fault> {
    let at = cursor.at();
    if cursor.peek() == Token::End {
        return Ok(Pipeline { input: None, filters: Vec::new(), at });
    }
    let input = Some(expression(cursor)?);
    let mut filters = Vec::new();
    while cursor.take_symbol("|") {
        bounded(filters.len(), cursor)?;
        filters.push(filter(cursor)?);
    }
    Ok(Pipeline { input, filters, at })
}

/// Refuses more than [`ITEMS_MAX`] of anything.
pub(super) fn bounded(count: usize, cursor: &Cursor<'_>) -> Result<(), Fault> {
    if count < ITEMS_MAX {
        return Ok(());
    }
    Err(Fault::syntax(cursor.at(), format!("more than {ITEMS_MAX} items in one tag")))
}

fn filter(cursor: &mut Cursor<'_>) -> Result<FilterCall, Fault> {
    let at = cursor.at();
    let name = cursor.expect_identifier("the name of a filter")?;
    let Some(filter) = filters::find(name) else {
        let message = format!("unknown filter `{name}`");
        return Err(Fault::syntax(at, suggest::with_suggestion(message, name, filters::names())));
    };
    let mut arguments = Vec::new();
    let mut named = Vec::new();
    if cursor.take_symbol(":") {
        loop {
            bounded(arguments.len() + named.len(), cursor)?;
            match (cursor.peek(), cursor.peek_second()) {
                (Token::Identifier(key), Token::Symbol(":")) => {
                    if !filter.named.contains(&key) {
                        return Err(Fault::syntax(
                            cursor.at(),
                            format!("filter `{name}` knows no argument `{key}`"),
                        ));
                    }
                    cursor.advance();
                    cursor.advance();
                    named.push((Arc::from(key), expression(cursor)?));
                }
                _ => arguments.push(expression(cursor)?),
            }
            if !cursor.take_symbol(",") {
                break;
            }
        }
    }
    if arguments.len() < filter.arguments_min || arguments.len() > filter.arguments_max {
        let message = format!("filter `{name}` takes {}, found {}", filter.arity(), arguments.len());
        return Err(Fault::syntax(at, message));
    }
    Ok(FilterCall { filter, arguments, named, at })
}

/// Parses a literal, a path or a range.
pub(super) fn expression(cursor: &mut Cursor<'_>) -> Result<Expression, Fault> {
    nested(cursor, 0)
}

fn nested(cursor: &mut Cursor<'_>, depth: usize) -> Result<Expression, Fault> {
    if depth > BRACKETS_MAX {
        let message = format!("brackets are nested more than {BRACKETS_MAX} deep");
        return Err(Fault::new(ErrorKind::NestingTooDeep, message).or_at(cursor.at()));
    }
    let literal = match cursor.peek() {
        Token::Text(text) => Literal::Text(text.into()),
        Token::Int(number) => Literal::Int(number),
        Token::Float(number) => Literal::Float(number),
        Token::Symbol("(") => return range(cursor, depth),
        Token::Symbol("[") => return variable(cursor, depth),
        Token::Identifier(name) => match (word(name), cursor.peek_second()) {
            // `blank.x` is the path of a variable that can't exist; the word wins only alone.
            (Some(literal), second) if !matches!(second, Token::Symbol("." | "[")) => literal,
            _ => return variable(cursor, depth),
        },
        Token::Symbol(_) | Token::End => return Err(cursor.unexpected("a value")),
    };
    cursor.advance();
    Ok(Expression::Literal(literal))
}

/// The words that are values.
fn word(name: &str) -> Option<Literal> {
    match name {
        "nil" | "null" => Some(Literal::Nil),
        "true" => Some(Literal::Bool(true)),
        "false" => Some(Literal::Bool(false)),
        "blank" => Some(Literal::Blank),
        "empty" => Some(Literal::Empty),
        _ => None,
    }
}

fn range(cursor: &mut Cursor<'_>, depth: usize) -> Result<Expression, Fault> {
    cursor.expect_symbol("(")?;
    let start = nested(cursor, depth + 1)?;
    cursor.expect_symbol("..")?;
    let end = nested(cursor, depth + 1)?;
    cursor.expect_symbol(")")?;
    Ok(Expression::Range(Box::new((start, end))))
}

fn variable(cursor: &mut Cursor<'_>, depth: usize) -> Result<Expression, Fault> {
    let at = cursor.at();
    let root = if cursor.take_symbol("[") {
        let name = nested(cursor, depth + 1)?;
        cursor.expect_symbol("]")?;
        Root::Computed(Box::new(name))
    } else {
        Root::Name(cursor.expect_identifier("a variable")?.into())
    };
    let mut segments = Vec::new();
    loop {
        bounded(segments.len(), cursor)?;
        if cursor.take_symbol(".") {
            segments.push(Segment::Name(cursor.expect_identifier("the name of a property")?.into()));
        } else if cursor.take_symbol("[") {
            segments.push(Segment::Computed(nested(cursor, depth + 1)?));
            cursor.expect_symbol("]")?;
        } else {
            return Ok(Expression::Variable(Variable { root, segments, at }));
        }
    }
}

/// Parses comparisons joined by `and` and `or` up to the end.
pub(super) fn condition(markup: Markup<'_>) -> Result<Condition, Fault> {
    let mut cursor = Cursor::new(markup)?;
    let first = comparison(&mut cursor)?;
    let mut rest = Vec::new();
    loop {
        bounded(rest.len(), &cursor)?;
        let junction = match cursor.peek() {
            Token::Identifier("and") => Junction::And,
            Token::Identifier("or") => Junction::Or,
            Token::End => return Ok(Condition { first, rest }),
            _ => return Err(cursor.unexpected("an operator such as `==`, `contains` or `and`")),
        };
        cursor.advance();
        rest.push((junction, comparison(&mut cursor)?));
    }
}

fn comparison(cursor: &mut Cursor<'_>) -> Result<Comparison, Fault> {
    let at = cursor.at();
    let left = expression(cursor)?;
    let operator = match cursor.peek() {
        Token::Symbol("==") => Operator::Equal,
        Token::Symbol("!=" | "<>") => Operator::NotEqual,
        Token::Symbol("<") => Operator::Less,
        Token::Symbol("<=") => Operator::LessOrEqual,
        Token::Symbol(">") => Operator::Greater,
        Token::Symbol(">=") => Operator::GreaterOrEqual,
        Token::Symbol("=") => return Err(cursor.unexpected("`==` to compare")),
        Token::Identifier("contains") => Operator::Contains,
        _ => return Ok(Comparison { left, test: None, at }),
    };
    cursor.advance();
    let right = expression(cursor)?;
    Ok(Comparison { left, test: Some((operator, right)), at })
}
