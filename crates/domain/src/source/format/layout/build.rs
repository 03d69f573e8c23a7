//! The tree and the comments to items.

use std::collections::{BTreeSet, VecDeque};

use super::{Item, Items, Lead, Value, canonical};
use crate::source::format::Known;
use crate::source::format::comments::Comment;
use crate::source::format::flow::inline;
use crate::source::format::text::Text;
use crate::source::yaml::{Entry, Kind, Node, Scalar, Style};

struct Builder<'a> {
    text: &'a Text,
    known: &'a Known,
    comments: VecDeque<Comment>,
    /// Blank lines that are the content of a text block.
    content: BTreeSet<usize>,
}

/// Where an item stands in the source.
struct Place {
    /// Its line.
    line: usize,
    /// The column of its key or dash.
    column: usize,
    /// The character after its key or dash.
    after: usize,
    /// The line of what comes after it.
    limit: usize,
}

/// Lays out a file: the keys of its root; none if the root is anything but an object over several lines.
pub(super) fn root(text: &Text, known: &Known, node: &Node, comments: Vec<Comment>) -> Option<Items> {
    let Kind::Map { entries, flow: false } = &node.kind else { return None };
    let mut builder = Builder { text, known, comments: comments.into(), content: BTreeSet::new() };
    let mut items = builder.map(entries, -1, text.n_lines())?;
    builder.complete(node, entries, &mut items);
    // Whatever is left stands after everything.
    items.tail.extend(builder.leads(usize::MAX));
    Some(items)
}

impl Builder<'_> {
    fn is_blank(&self, line: usize) -> bool {
        self.text.is_blank(line) && !self.content.contains(&line)
    }

    fn blank_before(&self, line: usize) -> bool {
        line > 0 && self.is_blank(line - 1)
    }

    /// Takes the comments before a line.
    fn leads(&mut self, before: usize) -> Vec<Lead> {
        let mut leads = Vec::new();
        while let Some(comment) = self.comments.pop_front_if(|comment| comment.line < before) {
            leads.push(Lead { blank_before: self.blank_before(comment.line), text: comment.text });
        }
        leads
    }

    /// Takes the comment that ends a line.
    fn trailing(&mut self, line: usize) -> Option<(usize, String)> {
        let comment = self.comments.pop_front_if(|comment| comment.line == line)?;
        Some((comment.gap.max(1), comment.text))
    }

    /// Takes the comments that stand after the last item of a block and as deep as it.
    fn tail(&mut self, column: isize, parent: isize, limit: usize) -> Vec<Lead> {
        let mut leads = Vec::new();
        let inside = |comment: &mut Comment| {
            let at = comment.column as isize;
            comment.line < limit && comment.own_line && at >= column && at > parent
        };
        while let Some(comment) = self.comments.pop_front_if(inside) {
            leads.push(Lead { blank_before: self.blank_before(comment.line), text: comment.text });
        }
        leads
    }

    fn map(&mut self, entries: &[Entry], parent: isize, limit: usize) -> Option<Items> {
        let mut items = Vec::new();
        for (n, entry) in entries.iter().enumerate() {
            let line = self.text.line_of(entry.span.start);
            let limit = entries.get(n + 1).map_or(limit, |next| self.text.line_of(next.span.start));
            let column = self.text.column_of(entry.span.start);
            let place = Place { line, column, after: entry.span.end, limit };
            items.push(self.item(Some(self.text.slice(entry.span)), &entry.value, &place)?);
        }
        let column = entries.first().map_or(0, |entry| self.text.column_of(entry.span.start)) as isize;
        let tail = self.tail(column, parent, limit);
        Some(Items { items, tail })
    }

    /// Sorts the keys and adds the id that a step lacks.
    fn complete(&self, node: &Node, entries: &[Entry], items: &mut Items) {
        let keys = entries.iter().map(|entry| entry.key.as_str());
        let object = self.known.objects.get(&node.span.start);
        if let Some(places) = object.and_then(|object| canonical(object, keys)) {
            items.sort(&places);
        }
        if let Some(id) = self.known.ids.get(&node.span.start) {
            let first = items.items.first_mut();
            let (leads, blank_before) = first.map_or((Vec::new(), false), |first| {
                (std::mem::take(&mut first.leads), std::mem::take(&mut first.blank_before))
            });
            let value = Value::Inline(id.clone());
            items
                .items
                .insert(0, Item { leads, blank_before, key: Some("id".to_owned()), value, trailing: None });
        }
    }

    fn list(&mut self, nodes: &[Node], parent: isize, limit: usize) -> Option<Items> {
        let dashes: Vec<usize> = nodes.iter().map(|node| self.dash(node)).collect::<Option<_>>()?;
        let mut items = Vec::new();
        for (n, node) in nodes.iter().enumerate() {
            let line = self.text.line_of(dashes[n]);
            let limit = dashes.get(n + 1).map_or(limit, |next| self.text.line_of(*next));
            let place = Place { line, column: self.text.column_of(dashes[n]), after: dashes[n] + 1, limit };
            items.push(self.item(None, node, &place)?);
        }
        let column = dashes.first().map_or(0, |dash| self.text.column_of(*dash)) as isize;
        let tail = self.tail(column, parent, limit);
        Some(Items { items, tail })
    }

    /// The dash of an item: the nearest one before it that stands alone, with comments between the two passed over.
    fn dash(&self, node: &Node) -> Option<usize> {
        let mut line = self.text.line_of(node.span.start);
        let mut end = self.text.column_of(node.span.start);
        loop {
            let characters = self.text.line_characters(line);
            let nearest = self.comments.binary_search_by_key(&line, |comment| comment.line).ok();
            let comment = nearest.map(|n| self.comments[n].column);
            let before = &characters[..end.min(comment.unwrap_or(end)).min(characters.len())];
            if let Some(last) = before.iter().rposition(|c| !c.is_whitespace()) {
                let column =
                    before[..last].iter().rposition(|c| c.is_whitespace()).map_or(0, |blank| blank + 1);
                let header = matches!(before[column], '|' | '>');
                if header && matches!(node.kind, Kind::Scalar(Scalar::Text { style: Style::Block, .. })) {
                    end = column;
                    continue;
                }
                let alone = before[column..=last] == ['-'];
                return alone.then_some(self.text.line_start(line) + column);
            }
            line = line.checked_sub(1)?;
            end = usize::MAX;
        }
    }

    fn item(&mut self, key: Option<String>, node: &Node, place: &Place) -> Option<Item> {
        let mut leads = self.leads(place.line);
        let mut blank_before = self.blank_before(place.line);
        // Comments between the key or dash and its value go before both.
        let mut inner = Vec::new();
        let column = place.column as isize;
        let (value, trailing) = match &node.kind {
            Kind::Map { entries, flow: false } => {
                let trailing = self.header_comment(key.as_deref(), node, place, &mut inner);
                let mut items = self.map(entries, column, place.limit)?;
                hoist(key.as_deref(), &mut items, &mut inner);
                self.complete(node, entries, &mut items);
                (Value::Map(items), trailing)
            }
            Kind::List { items, flow: false } => {
                let trailing = self.header_comment(key.as_deref(), node, place, &mut inner);
                let mut items = self.list(items, column, place.limit)?;
                hoist(key.as_deref(), &mut items, &mut inner);
                (Value::List(items), trailing)
            }
            Kind::Scalar(Scalar::Text { style: Style::Block, .. }) => {
                let trailing = self.trailing(place.line);
                (self.block(place)?, trailing)
            }
            _ => {
                inner = self.leads(self.text.line_of(node.span.start));
                let value = self.written(node, place);
                let last =
                    if node.span.end > node.span.start { self.text.last_line(node.span) } else { place.line };
                (value, self.trailing(last))
            }
        };
        if let Some(first) = inner.first_mut() {
            first.blank_before = std::mem::take(&mut blank_before);
            leads.append(&mut inner);
        }
        Some(Item { leads, blank_before, key, value, trailing })
    }

    /// The comment on the line of a key whose value is a block; after a dash alone it goes before the item.
    fn header_comment(
        &mut self,
        key: Option<&str>,
        node: &Node,
        place: &Place,
        leads: &mut Vec<Lead>,
    ) -> Option<(usize, String)> {
        if self.text.line_of(node.span.start) == place.line {
            return None;
        }
        let trailing = self.trailing(place.line)?;
        if key.is_some() {
            return Some(trailing);
        }
        leads.push(Lead { text: trailing.1, blank_before: false });
        None
    }

    /// A scalar, or a list or object in brackets: on one line, or over several as it was written.
    fn written(&mut self, node: &Node, place: &Place) -> Value {
        let (first, last) = (self.text.line_of(node.span.start), self.text.last_line(node.span));
        if first == last || node.span.end <= node.span.start {
            return Value::Inline(inline(self.text, self.known, node));
        }
        // Comments inside are part of what is kept as written.
        while self.comments.pop_front_if(|comment| comment.line < last).is_some() {}
        let written = self.with_ids(node);
        let mut lines = written.split('\n').map(str::trim_end);
        let first = lines.next().unwrap_or_default().to_owned();
        let rest = lines.map(|line| {
            let bare = line.trim_start();
            let indent = (line.chars().count() - bare.chars().count()) as isize;
            (indent - place.column as isize, bare.to_owned())
        });
        Value::Verbatim { first, rest: rest.collect() }
    }

    /// The source of a value with the ids that steps in it lack.
    fn with_ids(&self, node: &Node) -> String {
        let mut written = String::new();
        for index in node.span.start..node.span.end {
            let Some(character) = self.text.character(index) else { break };
            written.push(character);
            if let Some(id) = self.known.ids.get(&index).filter(|_| character == '{') {
                let space =
                    if self.text.character(index + 1).is_some_and(char::is_whitespace) { "" } else { " " };
                written.push_str(" id: ");
                written.push_str(id);
                written.push(',');
                written.push_str(space);
            }
        }
        written
    }

    /// A text block: its header, and all lines that are indented as its first one.
    fn block(&mut self, place: &Place) -> Option<Value> {
        let mut index = place.after;
        while self.text.character(index).is_some_and(|c| matches!(c, ':' | ' ' | '\t')) {
            index += 1;
        }
        let mut header = String::new();
        while let Some(character) = self.text.character(index).filter(|c| !c.is_whitespace()) {
            header.push(character);
            index += 1;
        }
        // A header on another line than its key, or an indentation by number, is the author's own affair.
        if !header.starts_with(['|', '>']) || header.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let first = self.text.line_of(index) + 1;
        let end = self.text.n_lines();
        let indent = (first..end).find(|line| !self.text.is_blank(*line)).map(|line| self.text.indent(line));
        let indent = indent.filter(|indent| *indent > 0);
        let mut lines = Vec::new();
        for line in first..end {
            if !self.text.is_blank(line) && indent.is_none_or(|indent| self.text.indent(line) < indent) {
                break;
            }
            lines.push(self.text.line_characters(line).iter().skip(indent.unwrap_or(0)).collect::<String>());
        }
        if header.contains('+') {
            // The last line of a file ends in a break, behind which no line begins.
            if first + lines.len() == self.text.n_lines() {
                lines.pop();
            }
            self.content.extend(first..first + lines.len());
        } else {
            while lines.last().is_some_and(|line| line.trim().is_empty()) {
                lines.pop();
            }
        }
        Some(Value::Block { header, lines })
    }
}

/// Comments before the first entry of an item of a list go before its dash.
fn hoist(key: Option<&str>, items: &mut Items, leads: &mut Vec<Lead>) {
    if let Some(first) = items.items.first_mut() {
        first.blank_before = first.blank_before && !first.leads.is_empty() && key.is_some();
        if key.is_none() {
            leads.append(&mut first.leads);
        }
    }
}
