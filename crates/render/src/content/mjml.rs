//! MJML to the HTML of an e-mail, once for all contacts.
//!
//! The crate `mrml` does the work. What it can't do is done here or refused with its place: Liquid (put aside first),
//! inlined styles (written by [`inline`](super::inline)), elements that it would print as they are, and fonts that
//! mailboxes would fetch from a third party without anybody having asked for it (left out).

use std::borrow::Cow;
use std::fmt::Write as _;

use mrml::prelude::parser::{Error, ParserOptions, WarningKind};
use mrml::prelude::render::RenderOptions;
use wend_domain::source::suggest::did_you_mean;

use super::Mistake;
use super::inline;
use super::markup::{Kind, pieces};
use super::shield::Shielded;

/// What stands for the origin of the icons of `mj-social`.
const ICONS: &str = "https://www.mailjet.com/images/theme/v1/icons/ico-social/";

/// What a page has around it.
const WHOLE: &str = "put all of it into `<mjml><mj-body>…</mj-body></mjml>`";

/// The most attributes that are told to be unknown.
const UNKNOWN_MAX: usize = 20;

/// Elements of which the content is HTML.
const ENDING: [&str; 13] = [
    "mj-text",
    "mj-button",
    "mj-table",
    "mj-raw",
    "mj-style",
    "mj-title",
    "mj-preview",
    "mj-accordion-title",
    "mj-accordion-text",
    "mj-navbar-link",
    "mj-social-element",
    "mj-font",
    "mj-html-attribute",
];

/// Elements between whose children Liquid may stand.
const OPEN: [&str; 6] = ["mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"];

/// All other elements that there are.
const OTHERS: [&str; 17] = [
    "mjml",
    "mj-head",
    "mj-attributes",
    "mj-all",
    "mj-class",
    "mj-breakpoint",
    "mj-image",
    "mj-divider",
    "mj-spacer",
    "mj-social",
    "mj-navbar",
    "mj-carousel",
    "mj-carousel-image",
    "mj-accordion",
    "mj-accordion-element",
    "mj-include",
    "mj-selector",
];

/// Elements that this version refuses, and what to do instead.
const REFUSED: [(&str, &str); 4] = [
    ("mj-include", "write what it brings into the template itself"),
    ("mj-html-attributes", "write the attributes into the HTML inside of `mj-text` or `mj-raw`"),
    ("mj-selector", "write the attributes into the HTML inside of `mj-text` or `mj-raw`"),
    ("mj-html-attribute", "write the attributes into the HTML inside of `mj-text` or `mj-raw`"),
];

/// What MJML made.
#[derive(Debug)]
pub(crate) struct Made {
    /// The HTML, its Liquid still shielded.
    pub html: String,
    /// Attributes that MJML doesn't know, by byte of the source.
    pub unknown: Vec<usize>,
}

/// Makes HTML of MJML whose Liquid is shielded.
pub(crate) fn to_html(shielded: &Shielded<'_>, source: &str) -> Result<Made, Mistake> {
    let mut refused: Option<(usize, &'static str)> = None;
    let mut places = places(&shielded.plain(), &shielded.positions()).into_iter();
    let text = shielded.text(|construct, word| match places.next() {
        Some(Within::Children) => format!("<mj-raw>{word}</mj-raw>"),
        Some(Within::Attributes | Within::Html) => word.to_owned(),
        Some(Within::Tag) => {
            refused.get_or_insert((construct.range.start, "between the attributes of an element"));
            word.to_owned()
        }
        Some(Within::Closed) | None => {
            refused.get_or_insert((
                construct.range.start,
                "inside of an element that takes nothing but its own parts",
            ));
            word.to_owned()
        }
    });
    if let Some((at, place)) = refused {
        let message = format!("MJML: Liquid can't stand {place}");
        return Err(Mistake::at(source, at, message).fix(
            "put it into the value of an attribute, into text, or around whole sections, columns or elements of a column",
        ));
    }
    elements(shielded, &text, source)?;
    let (text, css) = styles_apart(&text);
    let parsed = mrml::parse_with_options(&text, &ParserOptions::default())
        .map_err(|error| mistake(&error, shielded, &text, source))?;
    let unknown = parsed.warnings.iter().filter(|warning| warning.kind == WarningKind::UnexpectedAttribute);
    let unknown = unknown.take(UNKNOWN_MAX);
    let unknown = unknown.map(|warning| shielded.source_offset(&text, warning.span.start)).collect();
    let options = RenderOptions {
        disable_comments: true,
        social_icon_origin: Some(Cow::Borrowed(ICONS)),
        fonts: std::iter::empty().collect(),
    };
    let html = parsed.element.render(&options).map_err(|error| {
        Mistake::at(source, 0, format!("MJML: {error}"))
            .fix("widths and paddings are numbers with `px` or `%`, without Liquid")
    })?;
    let is_dynamic = dynamic_classes(shielded, &html);
    Ok(Made { html: dark_hint(inline::with_styles(&html, &css, is_dynamic)), unknown })
}

/// Whether a class of an element depends on the contact.
pub(crate) fn dynamic_classes(shielded: &Shielded<'_>, html: &str) -> bool {
    pieces(html).iter().any(|piece| {
        let Kind::Open(tag) = &piece.kind else { return false };
        ["class", "id"].iter().any(|name| tag.value(html, name).is_some_and(|value| shielded.is_in(value)))
    })
}

/// Where a construct stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    /// In the value of an attribute.
    Attributes,
    /// In a tag, outside of any value.
    Tag,
    /// In content that is HTML.
    Html,
    /// Between elements, where another element may stand.
    Children,
    /// Between elements, where nothing else may stand.
    Closed,
}

/// Where each of the words of a text stands, in order.
fn places(text: &str, words: &[usize]) -> Vec<Within> {
    let mut found = Vec::with_capacity(words.len());
    let mut words = words.iter().copied().peekable();
    let mut stack: Vec<String> = Vec::new();
    for piece in pieces(text) {
        while let Some(word) = words.next_if(|word| piece.range.contains(word)) {
            found.push(match &piece.kind {
                Kind::Open(tag) => {
                    let mut values = tag.attributes.iter().filter_map(|attribute| attribute.value.as_ref());
                    if values.any(|value| value.contains(&word)) { Within::Attributes } else { Within::Tag }
                }
                Kind::Close(_) => Within::Tag,
                Kind::Text | Kind::Other => content_of(stack.last().map(String::as_str)),
            });
        }
        match piece.kind {
            Kind::Open(tag) if tag.name.starts_with("mj") && !tag.is_void => stack.push(tag.name),
            Kind::Close(name) if stack.last() == Some(&name) => {
                stack.pop();
            }
            Kind::Open(_) | Kind::Close(_) | Kind::Text | Kind::Other => {}
        }
    }
    found
}

fn content_of(element: Option<&str>) -> Within {
    match element {
        Some(top) if ENDING.contains(&top) => Within::Html,
        Some(top) if OPEN.contains(&top) => Within::Children,
        _ => Within::Closed,
    }
}

/// Refuses elements that don't exist or that this version doesn't do.
fn elements(shielded: &Shielded<'_>, text: &str, source: &str) -> Result<(), Mistake> {
    let pieces = pieces(text);
    let first = pieces.iter().find_map(|piece| match &piece.kind {
        Kind::Open(tag) => Some(tag.name.as_str()),
        Kind::Close(_) | Kind::Text | Kind::Other => None,
    });
    if first != Some("mjml") {
        return Err(Mistake::at(source, 0, "MJML: the element `mjml` is missing").fix(WHOLE));
    }
    for piece in pieces {
        let Kind::Open(tag) = &piece.kind else { continue };
        if !tag.name.starts_with("mj") {
            continue;
        }
        let at = || shielded.source_offset(text, piece.range.start);
        if let Some((name, fix)) = REFUSED.iter().find(|(name, _)| *name == tag.name) {
            return Err(Mistake::at(source, at(), format!("MJML: `{name}` is not supported")).fix(*fix));
        }
        let known = ENDING.iter().chain(&OPEN).chain(&OTHERS).copied();
        if known.clone().all(|known| known != tag.name) {
            let mistake = Mistake::at(source, at(), format!("MJML: there is no element `{}`", tag.name));
            let fix = did_you_mean(&tag.name, known);
            return Err(mistake.fix(fix.unwrap_or_else(|| "look at the elements of MJML 4".to_owned())));
        }
    }
    Ok(())
}

/// Takes the author's style sheets out, with a comment in their place so that offsets stay: they are written into elements
/// afterwards.
fn styles_apart(text: &str) -> (String, String) {
    let (mut out, mut css) = (String::with_capacity(text.len()), String::new());
    let mut rest = text;
    while let Some(start) = rest.find("<mj-style") {
        let Some(open) = rest[start..].find('>').map(|end| start + end + 1) else { break };
        let Some(end) = rest[open..].find("</mj-style>").map(|end| open + end) else { break };
        out.push_str(&rest[..start]);
        css.push_str(&rest[open..end]);
        css.push('\n');
        let gone = &rest[start..end + "</mj-style>".len()];
        let newlines = gone.matches('\n').count();
        let spaces = gone.len() - newlines - "<!---->".len();
        _ = write!(out, "<!--{}{}-->", "\n".repeat(newlines), " ".repeat(spaces));
        rest = &rest[start + gone.len()..];
    }
    out.push_str(rest);
    (out, css)
}

/// Who styles for dark mailboxes says that the page knows them.
fn dark_hint(mut html: String) -> String {
    if html.contains("prefers-color-scheme") && !html.contains("name=\"color-scheme\"") {
        let hint = "<meta name=\"color-scheme\" content=\"light dark\">\
                    <meta name=\"supported-color-schemes\" content=\"light dark\">";
        if let Some(head) = html.find("<head>") {
            html.insert_str(head + "<head>".len(), hint);
        }
    }
    html
}

fn mistake(error: &Error, shielded: &Shielded<'_>, text: &str, source: &str) -> Mistake {
    let at = |offset: usize| shielded.source_offset(text, offset);
    match error {
        Error::UnexpectedElement { position, .. } => {
            Mistake::at(source, at(position.start), "MJML: this element can't stand here")
                .fix("sections stand in the body, columns in sections, and everything else in columns")
        }
        Error::UnexpectedToken { position, .. } => {
            Mistake::at(source, at(position.start), "MJML: this can't stand here")
                .fix("close every element, and put text into `mj-text`")
        }
        Error::MissingAttribute { name, position, .. } => {
            Mistake::at(source, at(position.start), format!("MJML: the attribute `{name}` is missing"))
                .fix(format!("add `{name}=\"…\"`"))
        }
        Error::InvalidAttribute { position, .. } => {
            Mistake::at(source, at(position.start), "MJML: the value of this attribute can't be read")
                .fix("widths and paddings are numbers with `px` or `%`, without Liquid")
        }
        Error::InvalidFormat { position, .. } => {
            Mistake::at(source, at(position.start), "MJML: this can't be read")
                .fix("close the tag and its quotes")
        }
        Error::EndOfStream { .. } => {
            Mistake::at(source, source.trim_end().len(), "MJML: an element is never closed")
                .fix("close every element, the last one with `</mjml>`")
        }
        Error::NoRootNode => Mistake::at(source, 0, "MJML: the element `mjml` is missing").fix(WHOLE),
        Error::ParserError { source: inner, .. } => {
            let (row, column) = (inner.pos().row, inner.pos().col);
            let line_start =
                text.split_inclusive('\n').take(row.saturating_sub(1) as usize).map(str::len).sum::<usize>();
            let offset = line_start + column.saturating_sub(1) as usize;
            Mistake::at(source, at(offset), "MJML: this can't be read")
                .fix("write `&lt;` for `<` and `&amp;` for `&` in text")
        }
        Error::SizeLimit { .. } | Error::IncludeLoaderError { .. } => {
            Mistake::at(source, 0, format!("MJML: {error}"))
        }
    }
}

#[cfg(test)]
mod tests;
