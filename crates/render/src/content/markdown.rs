//! Markdown to the HTML of an e-mail.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::shield::Shielded;

/// Makes HTML of Markdown whose Liquid is shielded. Loops and conditions that stand on lines of their own stay outside of
/// the paragraphs, lists and rows that they are about.
pub(crate) fn to_html(shielded: &Shielded<'_>) -> String {
    let text = apart(shielded);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events: Vec<Event<'_>> = Parser::new_ext(&text, options).collect();
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, bare(shielded, events).into_iter());
    tables(&out)
}

/// A link or a picture as Markdown writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// The byte at which it begins.
    pub at: usize,
    /// Where it leads.
    pub url: String,
    /// What a person reads.
    pub text: String,
    /// Whether it is a picture.
    pub is_image: bool,
}

/// The links and pictures of Markdown.
pub(crate) fn links(text: &str) -> Vec<Written> {
    let mut found: Vec<Written> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                open.push(found.len());
                found.push(Written {
                    at: range.start,
                    url: dest_url.to_string(),
                    text: String::new(),
                    is_image: false,
                });
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                open.push(found.len());
                found.push(Written {
                    at: range.start,
                    url: dest_url.to_string(),
                    text: String::new(),
                    is_image: true,
                });
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                open.pop();
            }
            Event::Text(text) | Event::Code(text) => {
                for index in &open {
                    found[*index].text.push_str(&text);
                }
            }
            _ => {}
        }
    }
    found
}

/// Puts empty lines around lines of tags alone, so that they end lists and paragraphs; inside of a table they become rows.
fn apart(shielded: &Shielded<'_>) -> String {
    let text = shielded.plain();
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::with_capacity(text.len() + 64);
    for (index, line) in lines.iter().enumerate() {
        if !shielded.is_only_tags(line) || line.starts_with("    ") {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let is_other = |line: &&&str| !shielded.is_only_tags(line);
        let is_row = |line: &&str| line.trim_start().starts_with('|');
        let before = lines[..index].iter().rev().find(is_other).is_some_and(is_row);
        let after = lines[index + 1..].iter().find(is_other).is_some_and(is_row);
        if before && after {
            out.push_str("| ");
            out.push_str(line.trim());
            out.push_str(" |\n");
        } else if before {
            // The tag that ends a loop over the last rows still belongs to the table.
            out.push_str("| ");
            out.push_str(line.trim());
            out.push_str(" |\n\n");
        } else {
            out.push('\n');
            out.push_str(line.trim());
            out.push_str("\n\n");
        }
    }
    out
}

/// Takes away paragraphs and rows that hold nothing but tags.
fn bare<'e>(shielded: &Shielded<'_>, events: Vec<Event<'e>>) -> Vec<Event<'e>> {
    let mut out: Vec<Event<'e>> = Vec::with_capacity(events.len());
    let mut start = None;
    for event in events {
        if matches!(event, Event::Start(Tag::Paragraph | Tag::TableRow)) {
            start = Some(out.len());
        }
        let ends = matches!(event, Event::End(TagEnd::Paragraph | TagEnd::TableRow));
        out.push(event);
        let Some(from) = start.filter(|_| ends) else { continue };
        start = None;
        if let Some(tags) = only_tags(shielded, &out[from..]) {
            out.truncate(from);
            out.push(Event::Html(CowStr::from(tags + "\n")));
        }
    }
    out
}

fn only_tags(shielded: &Shielded<'_>, events: &[Event<'_>]) -> Option<String> {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(piece) => text.push_str(piece),
            Event::SoftBreak => text.push('\n'),
            Event::Start(Tag::Paragraph | Tag::TableRow | Tag::TableCell)
            | Event::End(TagEnd::Paragraph | TagEnd::TableRow | TagEnd::TableCell) => {}
            _ => return None,
        }
    }
    shielded.is_only_tags(&text).then_some(text)
}

/// Tables of Markdown are data: they get lines, and tables of the layout don't.
fn tables(html: &str) -> String {
    html.replace("<table><thead>", "<table class=\"w-table\"><thead>")
}

#[cfg(test)]
mod tests;
