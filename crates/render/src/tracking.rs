//! Tracking: the one place where a message's links and pixel are put in.
//!
//! Only links of the HTML part that lead to the web are rewritten: text stays what people read. Left alone are links to
//! this server (to unsubscribe, to choose, to confirm), whatever calls itself a way to unsubscribe, links that carry
//! `data-track="off"`, and everything in comments, scripts and styles. What isn't rewritten isn't touched by a byte.

use std::ops::Range;

use wend_domain::effect::Render;
use wend_domain::link::Visited;

use crate::links::Links;
use crate::rendered::Rendered;

/// The most links of one message that are rewritten.
pub const LINKS_MAX: usize = 500;

/// The channel whose messages are tracked.
const EMAIL: &str = "email";

/// What a link that must stay as it is has in it.
const UNSUBSCRIBE: &str = "unsubscribe";

/// Puts in what tells of bounces, answers, openings and clicks.
pub(crate) fn track(rendered: &mut Rendered, wanted: &Render, links: &Links) {
    if wanted.channel.as_str() != EMAIL {
        return;
    }
    rendered.return_path = links.return_path(wanted);
    if rendered.reply_to.as_deref().is_none_or(str::is_empty)
        && let Some(address) = links.reply_to(wanted)
    {
        rendered.reply_to = Some(address);
    }
    let Some(html) = &mut rendered.html else { return };
    if wanted.tracking.clicks {
        let rewritten = rewrite(html, |url| {
            let may = !links.is_own(url) && !contains_ignoring_case(url, UNSUBSCRIBE);
            may.then(|| links.tracked(wanted, Visited::Link(url.to_owned())))?
        });
        *html = rewritten;
    }
    let mut end = String::new();
    if wanted.tracking.clicks
        && wanted.tracking.hidden_link
        && let Some(url) = links.tracked(wanted, Visited::Hidden)
    {
        end.push_str("<a href=\"");
        end.push_str(&url);
        end.push_str("\" style=\"display:none\" tabindex=\"-1\" aria-hidden=\"true\" rel=\"nofollow\"></a>");
    }
    if wanted.tracking.opens
        && let Some(url) = links.tracked(wanted, Visited::Pixel)
    {
        end.push_str("<img src=\"");
        end.push_str(&url);
        end.push_str(
            "\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;width:1px;height:1px;border:0\">",
        );
    }
    let place = html.len() - body_end(html);
    html.insert_str(place, &end);
}

/// How many bytes stand from `</body>` on; none if the HTML has no such end.
fn body_end(html: &str) -> usize {
    let lower = html.to_ascii_lowercase();
    lower.rfind("</body").map_or(0, |place| html.len() - place)
}

fn contains_ignoring_case(text: &str, part: &str) -> bool {
    text.to_ascii_lowercase().contains(part)
}

/// The HTML with the targets of its links replaced by what `to` answers; what it answers nothing for stays.
fn rewrite(html: &str, to: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 4);
    let (mut copied, mut n_links) = (0, 0);
    for place in targets(html) {
        let url = unescaped(html[place.clone()].trim());
        if n_links >= LINKS_MAX {
            break;
        }
        // A signed link is made of letters that need no escaping.
        if let Some(tracked) = to(&url) {
            out.push_str(&html[copied..place.start]);
            out.push_str(&tracked);
            copied = place.end;
            n_links += 1;
        }
    }
    out.push_str(&html[copied..]);
    out
}

/// Where the quoted targets of links stand, in order.
fn targets(html: &str) -> Vec<Range<usize>> {
    let bytes = html.as_bytes();
    let mut targets = Vec::new();
    let mut at = 0;
    while let Some(start) = find(bytes, at, b"<") {
        let rest = &bytes[start..];
        if rest.starts_with(b"<!--") {
            at = find(bytes, start + 4, b"-->").map_or(bytes.len(), |end| end + 3);
            continue;
        }
        let name_end = rest[1..].iter().position(|byte| !byte.is_ascii_alphanumeric());
        let name_end = start + 1 + name_end.unwrap_or(rest.len() - 1);
        let name = html[start + 1..name_end].to_ascii_lowercase();
        if name.is_empty() {
            at = start + 1;
            continue;
        }
        let tag = tag(bytes, name_end);
        if ["a", "area"].contains(&name.as_str()) && !tag.is_off {
            targets.extend(tag.href);
        }
        at = tag.end;
        if ["script", "style", "textarea", "title", "xmp", "noscript"].contains(&name.as_str()) {
            at = end_of_raw_text(bytes, at, name.as_bytes());
        }
    }
    targets
}

/// What is in a tag.
struct Tag {
    /// Where the value of its `href` stands, if it has a quoted one.
    href: Option<Range<usize>>,
    /// Whether it says that it isn't to be tracked.
    is_off: bool,
    /// Behind its end.
    end: usize,
}

/// Reads the attributes of a tag, from behind its name.
fn tag(bytes: &[u8], mut at: usize) -> Tag {
    let mut tag = Tag { href: None, is_off: false, end: bytes.len() };
    while at < bytes.len() {
        match bytes[at] {
            b'>' => {
                tag.end = at + 1;
                break;
            }
            byte if byte.is_ascii_whitespace() || byte == b'/' => at += 1,
            _ => {
                let name_start = at;
                let ends = |byte: &u8| byte.is_ascii_whitespace() || b"=>/".contains(byte);
                // The first byte of a name may be anything, so that each round goes on.
                at += 1 + bytes[at + 1..].iter().position(ends).unwrap_or(bytes.len() - at - 1);
                let name = &bytes[name_start..at];
                let Some((value, end)) = value(bytes, at) else { continue };
                at = end;
                let Some(value) = value else { continue };
                if name.eq_ignore_ascii_case(b"href") && tag.href.is_none() {
                    tag.href = Some(value);
                } else if name.eq_ignore_ascii_case(b"data-track") {
                    tag.is_off |= bytes[value].eq_ignore_ascii_case(b"off");
                }
            }
        }
    }
    tag
}

/// The value of an attribute behind its name, and what stands behind it: no value if it isn't quoted; none if there is
/// no `=`.
fn value(bytes: &[u8], at: usize) -> Option<(Option<Range<usize>>, usize)> {
    let skip = |at: usize| {
        at + bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len() - at)
    };
    let equals = skip(at);
    if bytes.get(equals) != Some(&b'=') {
        return None;
    }
    let start = skip(equals + 1);
    if let Some(quote @ (b'"' | b'\'')) = bytes.get(start) {
        let end = find(bytes, start + 1, &[*quote]).unwrap_or(bytes.len());
        Some((Some(start + 1..end), (end + 1).min(bytes.len())))
    } else {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'>';
        Some((None, start + bytes[start..].iter().position(ends).unwrap_or(bytes.len() - start)))
    }
}

/// Behind the end of what is no markup, such as a style.
fn end_of_raw_text(bytes: &[u8], mut at: usize, name: &[u8]) -> usize {
    while let Some(start) = find(bytes, at, b"</") {
        let rest = &bytes[start + 2..];
        if rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return start;
        }
        at = start + 2;
    }
    bytes.len()
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(what.len()).position(|window| window == what).map(|place| from + place)
}

/// A value with the references that URLs have in them.
fn unescaped(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    let mut text = value.to_owned();
    for (reference, character) in
        [("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#x2F;", "/"), ("&lt;", "<")]
    {
        text = text.replace(reference, character);
    }
    // Last, so that nothing is unescaped twice.
    for reference in ["&gt;", "&amp;", "&#38;", "&#x26;"] {
        text = text.replace(reference, if reference == "&gt;" { ">" } else { "&" });
    }
    text
}

#[cfg(test)]
mod tests;
