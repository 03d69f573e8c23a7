//! From the text of a template to text, output and tags; white space control is done here.

use crate::error::Fault;

/// A stretch of source with the byte offset it begins at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Markup<'s> {
    pub(crate) text: &'s str,
    pub(crate) at: u32,
}

impl Markup<'_> {
    /// Cuts white space from both ends, keeping the offset true.
    pub(crate) fn trim(self) -> Self {
        let text = self.text.trim_start();
        let at = self.at + (self.text.len() - text.len()) as u32;
        Self { text: text.trim_end(), at }
    }

    /// The markup from a byte offset within it on.
    pub(crate) fn from(self, offset: usize) -> Self {
        Self { text: &self.text[offset..], at: self.at + offset as u32 }
    }
}

/// A tag, split into its name and the rest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'s> {
    pub(crate) name: &'s str,
    pub(crate) markup: Markup<'s>,
    pub(crate) at: u32,
}

impl<'s> Tag<'s> {
    fn split(markup: Markup<'s>) -> Self {
        let markup = markup.trim();
        let name_bytes = if markup.text.starts_with('#') {
            1
        } else {
            markup.text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
        };
        Self { name: &markup.text[..name_bytes], markup: markup.from(name_bytes).trim(), at: markup.at }
    }
}

/// What a template consists of.
#[derive(Debug)]
pub(crate) enum Piece<'s> {
    Text(&'s str),
    Output(Markup<'s>),
    Tag(Tag<'s>),
}

/// Where pieces come from: a template, or the lines of a `liquid` tag.
#[derive(Debug)]
pub(crate) enum Source<'s> {
    Template(Template<'s>),
    Lines(Lines<'s>),
}

impl<'s> Source<'s> {
    /// Gives the next piece, or nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Piece<'s>>, Fault> {
        match self {
            Self::Template(template) => template.next(),
            Self::Lines(lines) => Ok(lines.next().map(Piece::Tag)),
        }
    }

    /// Gives the next tag, whatever is before it; `None` if there is none.
    pub(crate) fn next_tag(&mut self) -> Option<Tag<'s>> {
        match self {
            Self::Template(template) => template.next_tag(),
            Self::Lines(lines) => lines.next(),
        }
    }

    /// Gives the text up to the tag of that name, whatever it contains; `None` if there is no such tag.
    pub(crate) fn raw_until(&mut self, end: &str) -> Option<Markup<'s>> {
        match self {
            Self::Template(template) => template.raw_until(end),
            Self::Lines(lines) => lines.raw_until(end),
        }
    }
}

/// Reads a template from its beginning.
#[derive(Debug)]
pub(crate) struct Template<'s> {
    source: &'s str,
    position: usize,
    /// The tag before ended in `-`: white space after it is left out.
    trim: bool,
}

impl<'s> Template<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        Self { source, position: 0, trim: false }
    }

    fn next(&mut self) -> Result<Option<Piece<'s>>, Fault> {
        let rest = &self.source[self.position..];
        if rest.is_empty() {
            return Ok(None);
        }
        match next_opening(rest) {
            Some(0) => self.delimited().map(Some),
            opening => Ok(Some(Piece::Text(self.text(opening.unwrap_or(rest.len()))))),
        }
    }

    /// Takes plain text of that many bytes, cut as the tags around it say.
    fn text(&mut self, bytes: usize) -> &'s str {
        let start = self.position;
        self.position += bytes;
        let mut text = &self.source[start..self.position];
        if std::mem::take(&mut self.trim) {
            text = text.trim_start_matches(is_space);
        }
        if self.source.as_bytes().get(self.position + 2) == Some(&b'-') {
            text = text.trim_end_matches(is_space);
        }
        text
    }

    /// Takes `{{ … }}` or `{% … %}`.
    fn delimited(&mut self) -> Result<Piece<'s>, Fault> {
        let start = self.position;
        let rest = &self.source[start..];
        let is_output = rest.starts_with("{{");
        let (closing, opening) = if is_output { ("}}", "{{") } else { ("%}", "{%") };
        let Some(length) = rest[2..].find(closing) else {
            let message = format!("`{opening}` is never closed: add `{closing}`");
            return Err(Fault::syntax(start as u32, message));
        };
        self.position = start + 2 + length + 2;
        let mut markup = Markup { text: &rest[2..2 + length], at: start as u32 + 2 };
        if markup.text.starts_with('-') {
            markup = markup.from(1);
        }
        self.trim = markup.text.ends_with('-') || (length == 1 && rest[2..].starts_with('-'));
        markup.text = markup.text.strip_suffix('-').unwrap_or(markup.text);
        if is_output {
            return Ok(Piece::Output(markup.trim()));
        }
        let tag = Tag::split(markup);
        if tag.name.is_empty() {
            return Err(Fault::syntax(start as u32, "a tag needs a name, such as `{% if … %}`"));
        }
        Ok(Piece::Tag(tag))
    }

    /// Takes the next `{% … %}`, which may be malformed, and all before it.
    fn next_tag(&mut self) -> Option<Tag<'s>> {
        let rest = &self.source[self.position..];
        let start = self.position + rest.find("{%")? + 2;
        let length = self.source[start..].find("%}")?;
        self.position = start + length + 2;
        let text = &self.source[start..start + length];
        self.trim = text.ends_with('-');
        let text = text.strip_suffix('-').unwrap_or(text);
        let markup = Markup { text, at: start as u32 };
        Some(Tag::split(if text.starts_with('-') { markup.from(1) } else { markup }))
    }

    fn raw_until(&mut self, end: &str) -> Option<Markup<'s>> {
        let start = self.position;
        let mut search = start;
        loop {
            let opening = search + self.source[search..].find("{%")?;
            let inside = &self.source[opening + 2..];
            let name = inside.strip_prefix('-').unwrap_or(inside).trim_start();
            if let Some(after) = name.strip_prefix(end) {
                let after = after.trim_start();
                let closing = after.strip_prefix('-').unwrap_or(after);
                if closing.starts_with("%}") {
                    self.trim = after.starts_with('-');
                    self.position = self.source.len() - closing.len() + 2;
                    return Some(Markup { text: &self.source[start..opening], at: start as u32 });
                }
            }
            search = opening + 2;
        }
    }
}

/// White space that control characters remove; a no-break space is content.
fn is_space(character: char) -> bool {
    character.is_ascii_whitespace() || character == '\x0b' || character == '\0'
}

/// Finds the next `{{` or `{%`.
fn next_opening(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = text[from..].find('{') {
        let brace = from + found;
        if matches!(bytes.get(brace + 1), Some(b'{' | b'%')) {
            return Some(brace);
        }
        from = brace + 1;
    }
    None
}

/// Reads the lines of a `liquid` tag, each a tag of its own.
#[derive(Debug)]
pub(crate) struct Lines<'s> {
    rest: Markup<'s>,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(markup: Markup<'s>) -> Self {
        Self { rest: markup }
    }

    fn line(&mut self) -> Option<Markup<'s>> {
        if self.rest.text.is_empty() {
            return None;
        }
        let line = self.rest;
        let length = line.text.find('\n').map_or(line.text.len(), |newline| newline + 1);
        self.rest = line.from(length);
        Some(Markup { text: &line.text[..length], at: line.at })
    }

    fn next(&mut self) -> Option<Tag<'s>> {
        loop {
            let line = self.line()?.trim();
            if !line.text.is_empty() {
                return Some(Tag::split(line));
            }
        }
    }

    fn raw_until(&mut self, end: &str) -> Option<Markup<'s>> {
        let start = self.rest;
        while let Some(line) = self.line() {
            if line.text.trim() == end {
                let length = (line.at - start.at) as usize;
                return Some(Markup { text: &start.text[..length], at: start.at });
            }
        }
        None
    }
}
