//! From pieces to the compiled form; recursive descent with a bounded depth.
//!
//! `block` here, `tag` for the simple tags, `control` for those with blocks,
//! `partial` for `include` and `render`, `expression` for what stands inside.

mod control;
mod expression;
mod partial;
mod tag;

use crate::error::{ErrorKind, Fault, Place};
use crate::lexer::{Lines, Piece, Source, Tag, Template};
use crate::suggest;
use crate::syntax::{Block, Node};

/// How deep blocks may be nested.
pub(crate) const DEPTH_MAX: usize = 100;

/// All tags that begin something, for suggestions.
const TAGS: [&str; 23] = [
    "abort_message",
    "assign",
    "break",
    "capture",
    "case",
    "comment",
    "continue",
    "cycle",
    "decrement",
    "doc",
    "echo",
    "for",
    "if",
    "ifchanged",
    "include",
    "increment",
    "liquid",
    "raw",
    "render",
    "tablerow",
    "unless",
    "elsif",
    "else",
];

/// Compiles a whole template.
pub(crate) fn parse(source: &str) -> Result<Block, Fault> {
    let mut parser = Parser { text: source, source: Source::Template(Template::new(source)), depth: 0 };
    let mut builder = Builder::new();
    parser.nodes(&mut builder, &[])?;
    // White space at the top is content, whatever surrounds it.
    Ok(Block { blank: false, ..builder.finish() })
}

/// The state of parsing one template.
struct Parser<'s> {
    /// The whole template, for line numbers in messages.
    text: &'s str,
    source: Source<'s>,
    depth: usize,
}

/// A block under construction.
struct Builder {
    nodes: Vec<Node>,
    places: Vec<u32>,
    blank: bool,
    /// Where the piece at hand begins.
    at: u32,
}

impl Builder {
    fn new() -> Self {
        Self { nodes: Vec::new(), places: Vec::new(), blank: true, at: 0 }
    }

    /// Adds a node that prints something.
    fn push(&mut self, node: Node) {
        self.blank = false;
        self.push_silent(node);
    }

    /// Adds a node that prints nothing by itself.
    fn push_silent(&mut self, node: Node) {
        self.nodes.push(node);
        self.places.push(self.at);
    }

    /// Adds a node with blocks, which is as blank as they are.
    fn push_blocks(&mut self, node: Node, blank: bool) {
        self.blank &= blank;
        self.push_silent(node);
    }

    fn push_text(&mut self, text: &str) {
        if !text.is_empty() {
            self.blank &= text.trim().is_empty();
            self.push_silent(Node::Text(text.into()));
        }
    }

    fn finish(self) -> Block {
        Block { nodes: self.nodes, places: self.places, blank: self.blank }
    }
}

impl Block {
    /// Leaves out the white space of a block that prints nothing else.
    fn remove_blank_text(&mut self) {
        if self.blank {
            let mut is_kept = self.nodes.iter().map(|node| !matches!(node, Node::Text(_)));
            self.places.retain(|_| is_kept.next().unwrap_or(false));
            self.nodes.retain(|node| !matches!(node, Node::Text(_)));
        }
    }
}

impl<'s> Parser<'s> {
    /// Parses up to one of the ending tags, which is returned, or to the end of the source.
    fn nodes(&mut self, builder: &mut Builder, endings: &[&str]) -> Result<Option<Tag<'s>>, Fault> {
        while let Some(piece) = self.source.next()? {
            builder.at = match &piece {
                // Text is a stretch of the source: where it begins is how far it is from the source's beginning.
                Piece::Text(text) => {
                    (text.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize) as u32
                }
                Piece::Output(markup) => markup.at,
                Piece::Tag(tag) => tag.at,
            };
            match piece {
                Piece::Text(text) => builder.push_text(text),
                Piece::Output(markup) => builder.push(Node::Output(expression::pipeline(markup)?)),
                Piece::Tag(tag) if endings.contains(&tag.name) => return Ok(Some(tag)),
                Piece::Tag(tag) => self.tag(tag, builder, endings)?,
            }
        }
        Ok(None)
    }

    /// Parses the block of an opening tag up to one of the ending tags.
    fn block(&mut self, opening: Tag<'s>, endings: &[&str]) -> Result<(Block, Tag<'s>), Fault> {
        if self.depth >= DEPTH_MAX {
            let message = format!("blocks are nested more than {DEPTH_MAX} deep");
            return Err(Fault::new(ErrorKind::NestingTooDeep, message).or_at(opening.at));
        }
        self.depth += 1;
        let mut builder = Builder::new();
        let ending = self.nodes(&mut builder, endings)?;
        self.depth -= 1;
        match ending {
            Some(ending) => Ok((builder.finish(), ending)),
            None => Err(never_closed(opening)),
        }
    }

    fn tag(&mut self, tag: Tag<'s>, builder: &mut Builder, endings: &[&str]) -> Result<(), Fault> {
        match tag.name {
            "#" => tag::inline_comment(tag)?,
            "comment" => self.comment(tag)?,
            "doc" => self.doc(tag)?,
            "raw" => self.raw(tag, builder)?,
            "liquid" => self.liquid(tag, builder)?,
            "echo" => builder.push(Node::Output(expression::pipeline(tag.markup)?)),
            "assign" => builder.push_silent(tag::assign(tag)?),
            "increment" => builder.push(Node::Increment(tag::counter(tag)?)),
            "decrement" => builder.push(Node::Decrement(tag::counter(tag)?)),
            "cycle" => builder.push(tag::cycle(tag)?),
            "break" => builder.push(Node::Break),
            "continue" => builder.push(Node::Continue),
            "abort_message" => builder.push(tag::abort(tag)?),
            "include" => builder.push(Node::Include(Box::new(partial::call(tag, false)?))),
            "render" => builder.push(Node::Render(Box::new(partial::call(tag, true)?))),
            "capture" => builder.push_silent(self.capture(tag)?),
            "if" | "unless" => self.conditional(tag, builder)?,
            "case" => self.case(tag, builder)?,
            "for" => self.for_loop(tag, builder)?,
            "tablerow" => self.table_row(tag, builder)?,
            "ifchanged" => self.if_changed(tag, builder)?,
            _ => return Err(self.unknown(tag, endings)),
        }
        Ok(())
    }

    /// Says what is wrong with a tag that means nothing here.
    fn unknown(&self, tag: Tag<'s>, endings: &[&str]) -> Fault {
        let name = tag.name;
        let belongs = matches!(name, "else" | "elsif" | "when") || name.starts_with("end");
        if belongs && endings.is_empty() {
            return Fault::syntax(tag.at, format!("`{name}` belongs to no open block here"));
        }
        if belongs {
            let line = Place::of(self.text, tag.at).line;
            let expected = endings.join("`, `");
            let message =
                format!("`{name}` on line {line} doesn't fit the open block: expected `{expected}`");
            return Fault::syntax(tag.at, message);
        }
        let candidates = TAGS.iter().chain(endings).copied();
        Fault::syntax(tag.at, suggest::with_suggestion(format!("unknown tag `{name}`"), name, candidates))
    }

    /// Skips a comment, in which comments nest, `raw` is respected, and nothing else need make sense.
    fn comment(&mut self, opening: Tag<'s>) -> Result<(), Fault> {
        let mut open = 1_usize;
        while open > 0 {
            let tag = self.source.next_tag().ok_or_else(|| never_closed(opening))?;
            match tag.name {
                "comment" => open += 1,
                "endcomment" => open -= 1,
                "raw" => {
                    self.source.raw_until("endraw").ok_or_else(|| never_closed(tag))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn doc(&mut self, tag: Tag<'s>) -> Result<(), Fault> {
        if !tag.markup.text.is_empty() {
            return Err(Fault::syntax(tag.markup.at, "`doc` takes no arguments"));
        }
        let text = self.source.raw_until("enddoc").ok_or_else(|| never_closed(tag))?;
        match text.text.find("{% doc") {
            Some(nested) => Err(Fault::syntax(text.at + nested as u32, "`doc` can't be nested")),
            None => Ok(()),
        }
    }

    fn raw(&mut self, tag: Tag<'s>, builder: &mut Builder) -> Result<(), Fault> {
        if !tag.markup.text.is_empty() {
            return Err(Fault::syntax(tag.markup.at, "`raw` takes no arguments"));
        }
        let text = self.source.raw_until("endraw").ok_or_else(|| never_closed(tag))?;
        if !text.text.is_empty() {
            builder.push(Node::Text(text.text.into()));
        }
        Ok(())
    }

    /// Parses the lines of a `liquid` tag into the block around it.
    fn liquid(&mut self, tag: Tag<'s>, builder: &mut Builder) -> Result<(), Fault> {
        if self.depth >= DEPTH_MAX {
            let message = format!("blocks are nested more than {DEPTH_MAX} deep");
            return Err(Fault::new(ErrorKind::NestingTooDeep, message).or_at(tag.at));
        }
        self.depth += 1;
        let around = std::mem::replace(&mut self.source, Source::Lines(Lines::new(tag.markup)));
        self.nodes(builder, &[])?;
        self.source = around;
        self.depth -= 1;
        Ok(())
    }
}

fn never_closed(tag: Tag<'_>) -> Fault {
    let name = tag.name;
    Fault::syntax(tag.at, format!("`{name}` is never closed: add `{{% end{name} %}}`"))
}
