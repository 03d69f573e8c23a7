//! What mailboxes, filters and readers would hold against an e-mail: links that lead nowhere, pictures without a text,
//! a page that is cut off, words that look like spam.
//!
//! The same checks look at a template's source, where values are still Liquid, and at a finished message.

mod subject;

use wend_domain::source::codes::{ACCESSIBILITY, BAD_LINK, CLIPPED, Code, MISSING_ALT, SPAM_PRONE};

pub(crate) use self::subject::subject;
use crate::content::Written;
use crate::content::links::links;
use crate::content::markup::{Kind, Tag, pieces};

/// The most bytes of HTML that Gmail shows; it cuts off the rest, and with it what stands at the end, such as the link to
/// unsubscribe.
pub const CLIP_BYTES: usize = 102 * 1024;

/// The most findings of one kind in one text.
const FINDINGS_MAX: usize = 20;

/// The smallest letters that can be read on a telephone, in pixels.
const FONT_PIXELS_MIN: u32 = 10;

/// The texts of links that say nothing to who hears them read out one after the other.
const EMPTY_WORDS: [&str; 10] =
    ["click here", "here", "this", "link", "read more", "more", "hier", "hier klicken", "mehr", "weiter"];

/// Services that shorten addresses: filters can't see where they lead, and don't let them through.
const SHORTENERS: [&str; 8] =
    ["bit.ly", "tinyurl.com", "goo.gl", "t.co", "ow.ly", "is.gd", "buff.ly", "rebrand.ly"];

/// Elements that mailboxes remove, and filters count against a message.
const REMOVED: [&str; 9] =
    ["script", "iframe", "object", "embed", "form", "applet", "frame", "frameset", "audio"];

/// What is wrong with a picture without a text.
const NO_ALT: &str =
    "a picture has no text for who doesn't see it, and most mailboxes don't show pictures at first";

/// One thing that may go wrong, at a byte of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What kind of thing.
    pub code: &'static Code,
    /// The byte.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub fix: String,
}

impl Finding {
    fn new(code: &'static Code, at: usize, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, at, message: message.into(), fix: fix.into() }
    }
}

/// Looks at HTML, or at MJML. A word for which `is_liquid` holds stands for a value that isn't known yet.
pub(crate) fn markup(html: &str, is_liquid: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for piece in pieces(html) {
        if let Kind::Open(tag) = &piece.kind {
            element(html, tag, piece.range.start, is_liquid, &mut found);
        }
    }
    for link in links(html) {
        leads_to(&link.url, link.range.start, is_liquid, &mut found);
        reads(&link.url, &link.text, link.range.start, &mut found);
    }
    bounded(found)
}

/// Looks at a link or a picture as Markdown writes it.
pub(crate) fn written(link: &Written, is_liquid: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut found = Vec::new();
    leads_to(&link.url, link.at, is_liquid, &mut found);
    if !link.is_image {
        reads(&link.url, &link.text, link.at, &mut found);
    } else if link.text.trim().is_empty() {
        found.push(Finding::new(
            &MISSING_ALT,
            link.at,
            NO_ALT,
            "write what it shows: `![A teapot](https://…)`",
        ));
    }
    found
}

/// Whether the text of a link says where it leads.
fn reads(url: &str, text: &str, at: usize, found: &mut Vec<Finding>) {
    let text = text.trim();
    if text.is_empty() {
        let message = format!("the link to `{}` has no text", short(url));
        found.push(Finding::new(&ACCESSIBILITY, at, message, "write a text, or an `alt` for its picture"));
    } else if EMPTY_WORDS.contains(&text.to_lowercase().trim_end_matches(['.', '!', '…', '>', ' '])) {
        let message = format!("the text of a link is `{text}`, which doesn't say where it leads");
        found.push(Finding::new(&ACCESSIBILITY, at, message, "name what is behind it: `Back to the cart`"));
    }
}

/// At most so many of each kind.
fn bounded(found: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        if kept.iter().filter(|other| other.code == finding.code).count() < FINDINGS_MAX {
            kept.push(finding);
        }
    }
    kept
}

fn element(html: &str, tag: &Tag, at: usize, is_liquid: &dyn Fn(&str) -> bool, found: &mut Vec<Finding>) {
    let name = tag.name.as_str();
    if matches!(name, "img" | "mj-image" | "mj-carousel-image") {
        image(html, tag, at, is_liquid, found);
    }
    if matches!(name, "mj-button" | "mj-navbar-link")
        && let Some(href) = tag.attribute("href").and_then(|href| href.value.clone())
    {
        leads_to(html[href.clone()].trim(), href.start, is_liquid, found);
    }
    if REMOVED.contains(&name) {
        let message = format!("mailboxes remove `{name}`, and filters take it for an attack");
        found.push(Finding::new(&SPAM_PRONE, at, message, "leave it out, and link to a page that has it"));
    }
    if tag.attributes.iter().any(|attribute| attribute.name.starts_with("on") && attribute.name.len() > 4) {
        found.push(Finding::new(
            &SPAM_PRONE,
            at,
            "mailboxes run no scripts",
            "leave out attributes such as `onclick`",
        ));
    }
    if name == "html" && tag.value(html, "lang").is_none_or(str::is_empty) {
        let fix = "write `<html lang=\"en\">`";
        found.push(Finding::new(
            &ACCESSIBILITY,
            at,
            "the page doesn't say its language, so it is read out in another",
            fix,
        ));
    }
    if name == "table" && is_layout(html, tag) {
        let fix = "write `<table role=\"presentation\" …>` if it is there for the layout";
        found.push(Finding::new(&ACCESSIBILITY, at, "a table for the layout is read out as data", fix));
    }
    if let Some(size) = font_pixels(tag.value(html, "style").unwrap_or_default())
        && (1..FONT_PIXELS_MIN).contains(&size)
    {
        let message = format!("letters of {size} pixels can't be read on a telephone");
        found.push(Finding::new(&ACCESSIBILITY, at, message, format!("use at least {FONT_PIXELS_MIN}px")));
    }
}

/// A table whose measures say that it is there for the layout, without a role that says so.
fn is_layout(html: &str, tag: &Tag) -> bool {
    let measures = ["cellpadding", "cellspacing", "width"];
    tag.value(html, "role").is_none() && measures.iter().any(|name| tag.attribute(name).is_some())
}

fn font_pixels(style: &str) -> Option<u32> {
    let (_, after) = style.split_once("font-size:")?;
    let (digits, unit) = after.trim_start().split_once("px")?;
    let ends = unit.is_empty() || unit.starts_with([';', ' ', '!']);
    digits.parse().ok().filter(|_| ends)
}

fn image(html: &str, tag: &Tag, at: usize, is_liquid: &dyn Fn(&str) -> bool, found: &mut Vec<Finding>) {
    if tag.attribute("alt").is_none() {
        let fix = "add `alt=\"what it shows\"`, or `alt=\"\"` if it is decoration";
        let message =
            "a picture has no text for who doesn't see it, and most mailboxes don't show pictures at first";
        found.push(Finding::new(&MISSING_ALT, at, message, fix));
    }
    let source = tag.value(html, "src").unwrap_or_default().trim();
    if source.is_empty() {
        found.push(Finding::new(&BAD_LINK, at, "a picture has no address", "write `src=\"https://…\"`"));
    } else if source.starts_with("data:") {
        let message = "a picture stands in the page itself, which Gmail and Outlook don't show";
        found.push(Finding::new(&BAD_LINK, at, message, "put it on a server, and write its address"));
    } else if !is_liquid(source) && !source.starts_with("cid:") {
        leads_to(source, at, is_liquid, found);
    }
}

/// Whether an address leads anywhere from a mailbox.
fn leads_to(url: &str, at: usize, is_liquid: &dyn Fn(&str) -> bool, found: &mut Vec<Finding>) {
    let shown = short(url);
    let lower = url.to_ascii_lowercase();
    let mut bad = |message: String, fix: &str| found.push(Finding::new(&BAD_LINK, at, message, fix));
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    if url.is_empty() || url == "#" {
        return bad("a link leads nowhere".to_owned(), "write an address, or leave the link out");
    }
    if lower.starts_with('#')
        || lower.starts_with("mailto:")
        || lower.starts_with("tel:")
        || lower.starts_with("sms:")
    {
        return;
    }
    let Some(rest) = rest else {
        if is_liquid(url.get(..url.len().min(32)).unwrap_or(url)) {
            return;
        }
        return bad(
            format!("`{shown}` can't be followed from a mailbox"),
            "write the whole address: `https://…`",
        );
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    if is_liquid(host) {
        return;
    }
    if url.trim().contains(char::is_whitespace) {
        return bad(format!("`{shown}` has a space in it"), "write `%20`, or use the filter `url_encode`");
    }
    if host == "localhost"
        || host.starts_with("127.")
        || host.starts_with("192.168.")
        || host.starts_with("10.")
    {
        return bad(
            format!("`{shown}` leads to the reader's own machine or network"),
            "write a public address",
        );
    }
    if !host.contains('.') || host.starts_with('.') || host.ends_with('.') {
        return bad(
            format!("`{shown}` has no host that is one"),
            "write an address such as `https://shop.example/cart`",
        );
    }
    if lower.starts_with("http://") {
        return bad(format!("`{shown}` isn't encrypted"), "write `https://`");
    }
    if SHORTENERS.contains(&host) {
        let message = format!("`{host}` hides where the link leads, so filters stop it");
        found.push(Finding::new(&SPAM_PRONE, at, message, "link to the page itself"));
    } else if host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let message = format!("`{host}` is a number instead of a name, so filters stop it");
        found.push(Finding::new(&SPAM_PRONE, at, message, "use a host with a name"));
    }
}

/// Whether mailboxes would cut the page off.
pub(crate) fn size(html: &str, is_source: bool) -> Option<Finding> {
    let bytes = html.len();
    (bytes > CLIP_BYTES).then(|| {
        let what = if is_source { "without a contact's values, " } else { "" };
        let message = format!("{what}the HTML has {bytes} bytes; Gmail cuts it off after {CLIP_BYTES}");
        Finding::new(&CLIPPED, 0, message, "send less, and link to the rest")
    })
}

/// The beginning of a long address.
fn short(url: &str) -> String {
    const SHOWN_MAX: usize = 60;
    if url.chars().count() <= SHOWN_MAX {
        return url.to_owned();
    }
    url.chars().take(SHOWN_MAX).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
