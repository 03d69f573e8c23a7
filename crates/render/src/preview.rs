//! A finished message as it is shown to who makes it: with its links, its size, and what speaks against it.

use serde::Serialize;
use wend_domain::source::Severity;
use wend_domain::source::codes::{Code, NO_UNSUBSCRIBE};

use crate::checks::{self, Finding};
use crate::content::links::links;
use crate::content::markup::{Kind, pieces};
use crate::rendered::Rendered;

/// The most links and the most pictures that are listed.
const LISTED_MAX: usize = 500;

/// What there is to say of a finished message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Inspection {
    /// The bytes of the HTML part; Gmail cuts off what is over 102 KB.
    pub html_bytes: usize,
    /// The bytes of the text part.
    pub text_bytes: usize,
    /// Where its links lead, in order.
    pub links: Vec<InspectedLink>,
    /// Its pictures, in order.
    pub images: Vec<InspectedImage>,
    /// What speaks against it.
    pub checks: Vec<Check>,
}

/// A link of a finished message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InspectedLink {
    /// Where it leads.
    pub url: String,
    /// What a person reads.
    pub text: String,
}

/// A picture of a finished message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InspectedImage {
    /// Its address.
    pub src: String,
    /// Its text; none if it says nothing of one.
    pub alt: Option<String>,
}

/// One thing that speaks against a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its code, with a page in the manual.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// A few words for its kind.
    pub title: &'static str,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub fix: String,
    /// The part that it is in.
    pub part: &'static str,
}

impl Check {
    fn new(code: &'static Code, part: &'static str, message: String, fix: String) -> Self {
        Self { code: code.code, severity: code.severity, title: code.title, message, fix, part }
    }

    fn of(finding: Finding, part: &'static str) -> Self {
        Self::new(finding.code, part, finding.message, finding.fix)
    }
}

/// Looks at a finished message. `way_out` is an address by which the contact unsubscribes, if the message needs one.
pub fn inspect(rendered: &Rendered, way_out: Option<&str>) -> Inspection {
    let mut inspection = Inspection::default();
    if let Some(subject) = &rendered.subject {
        inspection
            .checks
            .extend(checks::subject(subject, true).into_iter().map(|one| Check::of(one, "subject")));
    }
    inspection.text_bytes = rendered.text.as_ref().map_or(0, String::len);
    if let Some(html) = &rendered.html {
        page(html, &mut inspection);
        let has_way = |way: &str| inspection.links.iter().any(|link| link.url == way);
        if let Some(way) = way_out
            && !has_way(way)
            && !inspection.links.iter().any(|link| link.url.contains("unsubscribe"))
        {
            let message = "nobody can unsubscribe by a link of this message".to_owned();
            let fix = "add `<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>`".to_owned();
            inspection.checks.push(Check::new(&NO_UNSUBSCRIBE, "html", message, fix));
        }
    }
    inspection
}

/// Looks at an HTML page alone.
fn page(html: &str, inspection: &mut Inspection) {
    inspection.html_bytes = html.len();
    let link = |link: crate::content::links::Link| InspectedLink { url: link.url, text: link.text };
    inspection.links = links(html).into_iter().map(link).take(LISTED_MAX).collect();
    for piece in pieces(html) {
        let Kind::Open(tag) = &piece.kind else { continue };
        if tag.name == "img" && inspection.images.len() < LISTED_MAX {
            let decoded = |name| tag.value(html, name).map(crate::plain_text::decoded);
            let src = decoded("src").unwrap_or_default();
            inspection.images.push(InspectedImage { src, alt: decoded("alt") });
        }
    }
    let found = checks::markup(html, &|_| false).into_iter().chain(checks::size(html, false));
    inspection.checks.extend(found.map(|one| Check::of(one, "html")));
}

/// The HTML as a mailbox that is dark shows it: rules for dark mailboxes hold whatever the reader's own screen is.
pub fn darkened(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find("prefers-color-scheme") {
        let open = rest[..start].rfind('(').unwrap_or(start);
        let end = rest[start..].find(')').map_or(rest.len(), |end| start + end + 1);
        let is_dark = rest[start..end].contains("dark");
        out.push_str(&rest[..open]);
        // Every screen is at least this wide, and none is as wide as that.
        out.push_str(if is_dark { "(min-width: 0px)" } else { "(min-width: 99999px)" });
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
