//! What all pages have around them: no script, one style, nothing from elsewhere.

use std::sync::LazyLock;

use axum::http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use super::words::Words;

/// How every page looks.
const STYLE: &str = include_str!("style.css");

/// What browsers may do with a page: show it in its own style, and send its forms back here.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&policy).expect("a hash in base64 is plain ASCII")
});

/// A page with a heading and a body that is HTML already.
pub(crate) fn page(status: StatusCode, words: &Words, heading: &str, body: &str) -> Response {
    let language = words.language;
    let heading = escaped(heading);
    let text = format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{heading}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex, nofollow\"><style>{STYLE}</style></head>\
         <body><main><div class=\"card\"><h1>{heading}</h1>{body}</div></main></body></html>\n"
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, POLICY.clone()),
        (CONTENT_LANGUAGE, HeaderValue::from_static(language)),
    ];
    (status, headers, text).into_response()
}

/// A text as it stands in HTML, also within quotation marks.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A paragraph of plain text.
pub(crate) fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escaped(text))
}

/// A paragraph of plain text that matters less.
pub(crate) fn aside(text: &str) -> String {
    format!("<p class=\"soft\">{}</p>", escaped(text))
}

/// What has just happened.
pub(crate) fn said(text: &str) -> String {
    format!("<p class=\"said\" role=\"status\">{}</p>", escaped(text))
}

/// A form with one button, which sends its name if it has one.
pub(crate) fn button(name: Option<&str>, label: &str) -> String {
    let (class, name) = match name {
        Some(name) => (" class=\"quiet\"", format!(" name=\"{}\" value=\"yes\"", escaped(name))),
        None => ("", String::new()),
    };
    format!("<form method=\"post\"><button{class}{name}>{}</button></form>", escaped(label))
}

/// A link to another page, below what else there is.
pub(crate) fn link(to: &str, label: &str) -> String {
    format!("<p class=\"after\"><a href=\"{}\">{}</a></p>", escaped(to), escaped(label))
}

/// An address as its owner knows it again and nobody else learns it: `a•••@example.com`.
pub(crate) fn masked(address: &str) -> String {
    let (local, domain) =
        address.rsplit_once('@').map_or((address, None), |(local, domain)| (local, Some(domain)));
    let first: String = local.chars().take(1).collect();
    if let Some(domain) = domain {
        return format!("{first}•••@{domain}");
    }
    let n_letters = local.chars().count();
    let last: String = local.chars().skip(n_letters.saturating_sub(2).max(1)).collect();
    format!("{first}•••{last}")
}
