//! Cuts JSON into its members without judging what is inside them.
//!
//! A strict parser refuses a whole batch for one value that isn't JSON (some clients write `NaN`). This one only follows
//! strings and brackets, so that each event can be judged on its own.

/// Why a text could not be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// It doesn't begin with the bracket it should.
    #[error("it does not begin with `{0}`")]
    Begins(char),
    /// It ends before its brackets are closed.
    #[error("it ends too early: brackets or quotes are still open")]
    EndsEarly,
    /// A member of an object has no name or no colon.
    #[error("at byte {0}: expected `\"name\":`")]
    NoName(usize),
    /// A value is missing.
    #[error("at byte {0}: expected a value")]
    NoValue(usize),
    /// Something stands after the closing bracket, or two values stand side by side.
    #[error("at byte {0}: expected `,` or the closing bracket")]
    NoComma(usize),
}

/// The members of an object, in order: the name as it is written between the quotes, and the value's text.
///
/// Names are not unescaped: the names that we look for hold nothing to escape.
pub fn object(text: &str) -> Result<Vec<(&str, &str)>, SplitError> {
    let mut scanner = Scanner::inside(text, b'{')?;
    let mut members = Vec::new();
    if scanner.closes(b'}')? {
        return Ok(members);
    }
    loop {
        let name = scanner.name()?;
        members.push((name, scanner.value()?));
        if scanner.next_or_end(b'}')? {
            return Ok(members);
        }
    }
}

/// The elements of an array, in order, as text; at most `elements_max` and one more, which says that there are too many.
pub fn array(text: &str, elements_max: usize) -> Result<Vec<&str>, SplitError> {
    let mut scanner = Scanner::inside(text, b'[')?;
    let mut elements = Vec::new();
    if scanner.closes(b']')? {
        return Ok(elements);
    }
    loop {
        elements.push(scanner.value()?);
        if elements.len() > elements_max || scanner.next_or_end(b']')? {
            return Ok(elements);
        }
    }
}

/// How deep the brackets of a text are nested.
pub fn depth(text: &str) -> usize {
    let mut scanner = Scanner { text, at: 0 };
    let (mut depth, mut deepest) = (0_usize, 0);
    while let Some(byte) = scanner.peek() {
        match byte {
            b'"' => {
                if scanner.string().is_err() {
                    break;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        scanner.at += 1;
    }
    deepest
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Begins behind the opening bracket.
    fn inside(text: &'a str, open: u8) -> Result<Self, SplitError> {
        let mut scanner = Self { text, at: 0 };
        scanner.skip_space();
        if scanner.peek() != Some(open) {
            return Err(SplitError::Begins(char::from(open)));
        }
        scanner.at += 1;
        Ok(scanner)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Whether the closing bracket follows at once: nothing is inside.
    fn closes(&mut self, close: u8) -> Result<bool, SplitError> {
        self.skip_space();
        if self.peek() != Some(close) {
            return Ok(false);
        }
        self.end()
    }

    /// Goes behind a comma (false) or the closing bracket (true), after which only space may stand.
    fn next_or_end(&mut self, close: u8) -> Result<bool, SplitError> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == close => self.end(),
            Some(_) => Err(SplitError::NoComma(self.at)),
            None => Err(SplitError::EndsEarly),
        }
    }

    fn end(&mut self) -> Result<bool, SplitError> {
        self.at += 1;
        self.skip_space();
        if self.at == self.text.len() { Ok(true) } else { Err(SplitError::NoComma(self.at)) }
    }

    fn name(&mut self) -> Result<&'a str, SplitError> {
        self.skip_space();
        match self.peek() {
            Some(b'"') => {}
            Some(_) => return Err(SplitError::NoName(self.at)),
            None => return Err(SplitError::EndsEarly),
        }
        let quoted = self.string()?;
        self.skip_space();
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(_) => return Err(SplitError::NoName(self.at)),
            None => return Err(SplitError::EndsEarly),
        }
        Ok(&quoted[1..quoted.len() - 1])
    }

    /// A string with its quotes.
    fn string(&mut self) -> Result<&'a str, SplitError> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(&self.text[start..self.at]);
                }
                // The escaped character may be a quote; a character of several bytes never holds one.
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(SplitError::EndsEarly),
            }
        }
    }

    /// Any value, up to the comma or bracket that ends it.
    fn value(&mut self) -> Result<&'a str, SplitError> {
        self.skip_space();
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.string()?;
                    continue;
                }
                Some(b',' | b'}' | b']') if depth == 0 => break,
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => depth -= 1,
                Some(_) => {}
                None => return Err(SplitError::EndsEarly),
            }
            self.at += 1;
        }
        let value = self.text[start..self.at].trim_end();
        if value.is_empty() { Err(SplitError::NoValue(start)) } else { Ok(value) }
    }
}

#[cfg(test)]
mod tests;
