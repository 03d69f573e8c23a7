//! From what an author wrote, Markdown, MJML or HTML, to the one HTML that Liquid renders for each contact.
//!
//! Read in this order: `shield` (Liquid put aside), `markdown`, `mjml`, `frame` (the page around content that has none),
//! `blocks` (the document of a visual editor),
//! `css` and `inline` (styles written into elements), `markup` (HTML as pieces), `links` and `parameters` (what links carry).
//!
//! **Invariant:** all of this happens once for a template, when a catalog is compiled. What a contact's message costs is
//! Liquid alone.

mod blocks;
mod css;
mod frame;
mod inline;
pub(crate) mod links;
mod markdown;
pub(crate) mod markup;
mod mjml;
mod parameters;
mod shield;

use std::collections::BTreeMap;
use std::ops::Range;

use wend_domain::template::Layout;

use self::frame::Look;
pub(crate) use self::markdown::{Written, links as markdown_links};
pub(crate) use self::shield::{Construct, Places, Shielded, constructs, line_and_column};

/// What stands for the content in a layout.
pub(crate) const CONTENT: &str = "content";

/// What marks a piece in the page that gives it its look.
const PIECE_BEGINS: &str = "<!--wend-piece-->";

/// Where the piece ends.
const PIECE_ENDS: &str = "<!--/wend-piece-->";

/// The parts of which exactly one is the HTML of an e-mail, and what they are written in.
pub(crate) const FORMATS: [(&str, Format); 4] = [
    ("html", Format::Html),
    ("markdown", Format::Markdown),
    ("mjml", Format::Mjml),
    ("blocks", Format::Blocks),
];

/// What an author writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// HTML, a whole page or a part of one.
    Html,
    /// `CommonMark` with tables.
    Markdown,
    /// MJML 4.
    Mjml,
    /// The document of a visual editor, in JSON.
    Blocks,
}

impl Format {
    /// The format of a part by its name; none if the part isn't the HTML of an e-mail.
    pub fn of_part(name: &str) -> Option<Self> {
        FORMATS.iter().find(|(part, _)| *part == name).map(|(_, format)| *format)
    }
}

/// Something wrong with content, and its place in the part's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub fix: String,
    /// The line that it is in.
    pub excerpt: String,
}

impl Mistake {
    /// A mistake at a byte of the source.
    pub fn at(source: &str, offset: usize, message: impl Into<String>) -> Self {
        let (line, column) = line_and_column(source, offset);
        let excerpt = source.lines().nth(line as usize - 1).unwrap_or_default().to_owned();
        Self { line, column, message: message.into(), fix: String::new(), excerpt }
    }

    /// The same, with how to mend it.
    pub fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: fix.into(), ..self }
    }
}

/// The HTML that was made of a source.
#[derive(Debug)]
pub(crate) struct Made {
    /// Liquid that prints HTML.
    pub html: String,
    /// Where its Liquid stood in the source.
    pub places: Places,
    /// What may not be meant, by place.
    pub doubts: Vec<Mistake>,
}

/// Makes the HTML of content that stands in a layout.
pub(crate) fn html_in(
    layout: &Layout,
    format: Format,
    source: &str,
    parameters: &BTreeMap<String, String>,
) -> Result<Made, Mistake> {
    let content = match format {
        Format::Html => source.to_owned(),
        Format::Markdown => fragment_of_markdown(source),
        Format::Blocks => blocks::sections(source).map_err(|bad| Mistake::at("", 0, bad.0))?,
        Format::Mjml => return Err(Mistake::at(source, 0, "MJML is a whole page, and stands in no layout")),
    };
    let page = Format::of_part(&layout.format).unwrap_or(Format::Html);
    let Some(place) = content_place(&layout.source) else {
        return Err(Mistake::at("", 0, "the layout has no `{{ content }}`"));
    };
    let mut both = layout.source.clone();
    both.replace_range(place, &content);
    // Which line is of which file nobody knows any more.
    Ok(Made { places: Places::at_beginning(), ..html_of(page, &both, parameters)? })
}

/// Where a layout has the content; none if it has none or several.
pub(crate) fn content_place(layout: &str) -> Option<Range<usize>> {
    let is_content = |construct: &Construct| {
        let inside = layout[construct.range.clone()].trim_matches(['{', '}', '-', ' ', '\n', '\t', '\r']);
        !construct.is_tag && inside == CONTENT
    };
    let mut places = constructs(layout).into_iter().filter(is_content);
    match (places.next(), places.next()) {
        (Some(place), None) => Some(place.range),
        _ => None,
    }
}

fn fragment_of_markdown(source: &str) -> String {
    let shielded = Shielded::new(source);
    shielded.restored(&markdown::to_html(&shielded)).0
}

/// Makes the HTML of a partial: a piece of a page. One in Markdown looks as in a page of Markdown.
pub(crate) fn piece_of(format: Format, source: &str, parameters: &BTreeMap<String, String>) -> Made {
    let shielded = Shielded::new(source);
    let html = match format {
        Format::Markdown => {
            let content = format!("{PIECE_BEGINS}{}{PIECE_ENDS}", markdown::to_html(&shielded));
            let page = Look::default().around(&content, "", false);
            let inside = page.split_once(PIECE_BEGINS).and_then(|(_, rest)| rest.split_once(PIECE_ENDS));
            inside.map_or(content.clone(), |(inside, _)| inside.to_owned())
        }
        _ => inline::own_styles(&shielded.plain(), false),
    };
    let html = parameters::added(&shielded, &html, parameters);
    let (html, places) = shielded.restored(&html);
    Made { html, places, doubts: Vec::new() }
}

/// A text as HTML, its Liquid as it stands.
pub(crate) fn text_as_html(source: &str) -> String {
    blocks::escaped(source)
}

/// Makes the HTML of a source, its links with these parameters.
pub(crate) fn html_of(
    format: Format,
    source: &str,
    parameters: &BTreeMap<String, String>,
) -> Result<Made, Mistake> {
    if format == Format::Blocks {
        let html = blocks::to_html(source).map_err(|bad| Mistake::at("", 0, bad.0))?;
        let shielded = Shielded::new(&html);
        let html = parameters::added(&shielded, &shielded.plain(), parameters);
        return Ok(Made {
            html: shielded.restored(&html).0,
            places: Places::at_beginning(),
            doubts: Vec::new(),
        });
    }
    let shielded = Shielded::new(source);
    let mut doubts = Vec::new();
    let html = match format {
        Format::Html => {
            let text = shielded.plain();
            inline::own_styles(&text, mjml::dynamic_classes(&shielded, &text))
        }
        Format::Markdown => {
            let content = markdown::to_html(&shielded);
            Look::default().around(&content, "", mjml::dynamic_classes(&shielded, &content))
        }
        Format::Mjml => {
            let made = mjml::to_html(&shielded, source)?;
            let doubt = |at: &usize| {
                Mistake::at(source, *at, "MJML: this element has no such attribute, and ignores it")
                    .fix("look for it in the reference of MJML 4")
            };
            doubts.extend(made.unknown.iter().map(doubt));
            made.html
        }
        Format::Blocks => String::new(),
    };
    let html = parameters::added(&shielded, &html, parameters);
    let (html, places) = shielded.restored(&html);
    Ok(Made { html, places, doubts })
}

#[cfg(test)]
mod tests;
