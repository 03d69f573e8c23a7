//! The links of an e-mail's HTML: the one place where they are walked.

use std::ops::Range;

use super::markup::{Kind, pieces};

/// One link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// The bytes of where it leads, as the HTML has it: entities and all.
    pub range: Range<usize>,
    /// Where it leads, entities resolved.
    pub url: String,
    /// What a person reads; the alternative text of a picture counts.
    pub text: String,
    /// Whether it says that nothing is to be added to it: `data-plain` on the element.
    pub is_plain: bool,
}

/// The attribute by which a link says that nothing is to be added to it.
const PLAIN: &str = "data-plain";

/// Finds all links, in the order of the text.
pub(crate) fn links(html: &str) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    let mut is_open = false;
    for piece in pieces(html) {
        match &piece.kind {
            Kind::Open(tag) if matches!(tag.name.as_str(), "a" | "area") => {
                is_open = false;
                let href = tag.attribute("href").and_then(|attribute| attribute.value.clone());
                let Some(range) = href else { continue };
                is_open = tag.name == "a";
                let url = crate::plain_text::decoded(html[range.clone()].trim());
                let text = tag.value(html, "alt").unwrap_or_default().to_owned();
                found.push(Link { range, url, text, is_plain: tag.attribute(PLAIN).is_some() });
            }
            Kind::Open(tag) if tag.name == "img" && is_open => {
                add(&mut found, tag.value(html, "alt").unwrap_or_default());
            }
            Kind::Close(name) if name == "a" => is_open = false,
            Kind::Text if is_open => add(&mut found, &html[piece.range.clone()]),
            Kind::Open(_) | Kind::Close(_) | Kind::Text | Kind::Other => {}
        }
    }
    found
}

fn add(found: &mut [Link], text: &str) {
    let Some(link) = found.last_mut() else { return };
    for word in crate::plain_text::decoded(text).split_whitespace() {
        if !link.text.is_empty() {
            link.text.push(' ');
        }
        link.text.push_str(word);
    }
}

/// The HTML with links that lead elsewhere: `leads_to` gives the new value of `href` as HTML, or none to leave it.
pub(crate) fn with_links(html: &str, mut leads_to: impl FnMut(&Link) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut from = 0;
    for link in links(html) {
        if let Some(new) = leads_to(&link) {
            out.push_str(&html[from..link.range.start]);
            out.push_str(&new);
            from = link.range.end;
        }
    }
    out.push_str(&html[from..]);
    out
}

#[cfg(test)]
mod tests;
