//! From the markup of a tag or an output to tokens.

use crate::error::Fault;
use crate::lexer::Markup;

/// The smallest meaningful piece of an expression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Token<'s> {
    Identifier(&'s str),
    Text(&'s str),
    Int(i64),
    Float(f64),
    Symbol(&'static str),
    End,
}

/// The symbols, the longer ones before those that they begin with.
const SYMBOLS: [&str; 17] =
    ["==", "!=", "<>", "<=", ">=", "..", "<", ">", "|", ".", ":", ",", "[", "]", "(", ")", "="];

/// The tokens of one markup and the place in them.
#[derive(Debug)]
pub(crate) struct Cursor<'s> {
    markup: Markup<'s>,
    tokens: Vec<(Token<'s>, u32)>,
    position: usize,
}

impl<'s> Cursor<'s> {
    /// Splits the markup.
    pub(crate) fn new(markup: Markup<'s>) -> Result<Self, Fault> {
        let mut tokens = Vec::new();
        let mut rest = skip_space(markup);
        while !rest.text.is_empty() {
            let (token, length) = token(rest)?;
            tokens.push((token, rest.at));
            rest = skip_space(rest.from(length));
        }
        tokens.push((Token::End, rest.at));
        Ok(Self { markup, tokens, position: 0 })
    }

    /// The token at hand.
    pub(crate) fn peek(&self) -> Token<'s> {
        self.tokens[self.position].0
    }

    /// The token after the one at hand.
    pub(crate) fn peek_second(&self) -> Token<'s> {
        self.tokens.get(self.position + 1).map_or(Token::End, |token| token.0)
    }

    /// The byte offset of the token at hand.
    pub(crate) fn at(&self) -> u32 {
        self.tokens[self.position].1
    }

    /// Takes the token at hand; the end is never passed.
    pub(crate) fn advance(&mut self) -> Token<'s> {
        let token = self.peek();
        if token != Token::End {
            self.position += 1;
        }
        token
    }

    /// Takes this symbol, if it is at hand.
    pub(crate) fn take_symbol(&mut self, symbol: &'static str) -> bool {
        let found = self.peek() == Token::Symbol(symbol);
        if found {
            self.position += 1;
        }
        found
    }

    /// Takes this word, if it is at hand.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek() == Token::Identifier(word);
        if found {
            self.position += 1;
        }
        found
    }

    /// Takes this symbol or says that it is missing.
    pub(crate) fn expect_symbol(&mut self, symbol: &'static str) -> Result<(), Fault> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    /// Takes a name or says that it is missing.
    pub(crate) fn expect_identifier(&mut self, what: &str) -> Result<&'s str, Fault> {
        if let Token::Identifier(name) = self.peek() {
            self.position += 1;
            return Ok(name);
        }
        Err(self.unexpected(what))
    }

    /// Says so if anything is left.
    pub(crate) fn expect_end(&self) -> Result<(), Fault> {
        if self.peek() == Token::End { Ok(()) } else { Err(self.unexpected("nothing more")) }
    }

    /// Names the token at hand and what should be there instead.
    pub(crate) fn unexpected(&self, expected: &str) -> Fault {
        let found = match self.peek() {
            Token::Identifier(name) => format!("`{name}`"),
            Token::Text(text) => format!("'{text}'"),
            Token::Int(number) => format!("`{number}`"),
            Token::Float(number) => format!("`{number}`"),
            Token::Symbol(symbol) => format!("`{symbol}`"),
            Token::End => "the end".to_owned(),
        };
        Fault::syntax(self.at(), format!("expected {expected}, found {found}"))
    }

    /// The source between a byte offset and the token at hand, without white space at its end.
    pub(crate) fn source_since(&self, at: u32) -> &'s str {
        let start = (at - self.markup.at) as usize;
        let end = (self.at() - self.markup.at) as usize;
        self.markup.text[start..end].trim_end()
    }
}

fn skip_space(markup: Markup<'_>) -> Markup<'_> {
    markup.from(markup.text.len() - markup.text.trim_start().len())
}

/// Reads the token that the markup begins with, and its length.
fn token(markup: Markup<'_>) -> Result<(Token<'_>, usize), Fault> {
    let text = markup.text;
    let first = text.as_bytes()[0];
    if first.is_ascii_alphabetic() || first == b'_' {
        let mut length = text
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            .count();
        if text.as_bytes().get(length) == Some(&b'?') {
            length += 1;
        }
        return Ok((Token::Identifier(&text[..length]), length));
    }
    if first == b'\'' || first == b'"' {
        let Some(length) = text[1..].find(first as char) else {
            return Err(Fault::syntax(
                markup.at,
                format!("the string is never closed: add {}", first as char),
            ));
        };
        return Ok((Token::Text(&text[1..=length]), length + 2));
    }
    if first.is_ascii_digit() || (first == b'-' && text.as_bytes().get(1).is_some_and(u8::is_ascii_digit)) {
        return number(markup);
    }
    for symbol in SYMBOLS {
        if text.starts_with(symbol) {
            return Ok((Token::Symbol(symbol), symbol.len()));
        }
    }
    let character = text.chars().next().unwrap_or(' ');
    Err(Fault::syntax(markup.at, format!("unexpected character `{character}`")))
}

fn number(markup: Markup<'_>) -> Result<(Token<'_>, usize), Fault> {
    let text = markup.text;
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = 1 + digits(1);
    let fraction = if text[whole..].starts_with('.') { digits(whole + 1) } else { 0 };
    if fraction > 0 {
        let length = whole + 1 + fraction;
        return match text[..length].parse::<f64>() {
            Ok(number) if number.is_finite() => Ok((Token::Float(number), length)),
            _ => Err(Fault::syntax(markup.at, "the number is too large")),
        };
    }
    match text[..whole].parse() {
        Ok(number) => Ok((Token::Int(number), whole)),
        Err(_) => Err(Fault::syntax(markup.at, "the number doesn't fit in 64 bits")),
    }
}
