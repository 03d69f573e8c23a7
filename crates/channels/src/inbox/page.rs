//! The pages of the development inbox: plain HTML, no scripts.
//!
//! **Invariant:** every text that came from outside goes through [`Escaped`], and a mail's own HTML is
//! only ever served under a policy that runs nothing and loads nothing.

use std::fmt;
use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use super::http::{self, Refusal};
use super::remarks::{Inspector, Remark, RemarkLink, Remarks};
use super::spool::{Spool, Summary, Wanted};

/// How many messages one page lists.
const PAGE_ROWS: usize = 50;
/// What our own pages may do.
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
/// What a mail's HTML may do: be seen, and open its links elsewhere when somebody clicks on them.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
                           style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; \
                           frame-ancestors 'self'";
const STYLE: &str = include_str!("style.css");

/// A text as HTML.
struct Escaped<'x>(&'x str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                other => write!(formatter, "{other}")?,
            }
        }
        Ok(())
    }
}

/// What the list's address may say.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    to: String,
    before: Option<u64>,
}

/// `GET /`: the newest messages.
pub(super) async fn list(
    State(spool): State<Arc<Spool>>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Response {
    let ListQuery { to, before } = query.map(|Query(query)| query).unwrap_or_default();
    let wanted = Wanted { to: (!to.is_empty()).then(|| to.clone()), ..Wanted::default() };
    let summaries = spool.list_newest(&wanted, before, PAGE_ROWS);
    let rows: String = summaries.iter().map(row).collect();
    let older = match summaries.last() {
        Some(last) if summaries.len() == PAGE_ROWS => {
            format!(
                "<p><a rel=\"next\" href=\"/?to={}&amp;before={}\">Older messages</a></p>",
                query_value(&to),
                last.id
            )
        }
        _ => String::new(),
    };
    let table = if rows.is_empty() {
        "<p class=\"empty\">Nothing here yet. Mail sent to this inbox's SMTP port appears when you reload.</p>".to_owned()
    } else {
        format!(
            "<table><thead><tr><th scope=\"col\">When (UTC)</th><th scope=\"col\">Channel</th>\
             <th scope=\"col\">To</th><th scope=\"col\">Subject</th></tr></thead><tbody>{rows}</tbody></table>"
        )
    };
    let search = format!(
        "<form action=\"/\" role=\"search\"><label for=\"to\">Sent to</label> \
         <input id=\"to\" name=\"to\" type=\"search\" value=\"{}\"> <button>Show</button></form>",
        Escaped(&to)
    );
    page("Development inbox", &format!("<h1>Development inbox</h1>{search}{table}{older}"))
}

fn row(summary: &Summary) -> String {
    let subject = if summary.subject.is_empty() { "(no subject)" } else { &summary.subject };
    format!(
        "<tr><td><time>{}</time></td><td>{}</td><td>{}</td><td><a href=\"/mail/{}\">{}</a></td></tr>",
        when(summary),
        Escaped(&summary.channel),
        Escaped(&summary.to.join(", ")),
        summary.id,
        Escaped(subject),
    )
}

fn when(summary: &Summary) -> impl fmt::Display {
    summary.received_at.strftime("%Y-%m-%d %H:%M:%S")
}

/// `GET /mail/{id}`: one message with its headers and parts.
pub(super) async fn mail(
    State(spool): State<Arc<Spool>>,
    Extension(inspector): Extension<Inspector>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (shown, _) = http::fetch(spool, &id).await?;
    let shown = shown.with_remarks(inspector);
    let summary = &shown.summary;
    let subject = if summary.subject.is_empty() { "(no subject)" } else { &summary.subject };
    let mut sections = vec![format!(
        "<p><a href=\"/\">All messages</a></p><h1>{}</h1><dl><dt>Channel</dt><dd>{}</dd><dt>To</dt><dd>{}</dd>\
         <dt>When (UTC)</dt><dd>{}</dd><dt>Message</dt><dd>{}</dd></dl>\
         <p><a href=\"/api/mails/{}/raw\">As it came ({} bytes)</a></p>",
        Escaped(subject),
        Escaped(&summary.channel),
        Escaped(&summary.to.join(", ")),
        when(summary),
        Escaped(summary.message.as_deref().unwrap_or("none")),
        summary.id,
        summary.bytes,
    )];
    if shown.html.is_some() {
        sections.push(format!(
            "<h2>HTML</h2><iframe title=\"The message's HTML\" \
             sandbox=\"allow-popups allow-popups-to-escape-sandbox\" src=\"/mail/{}/html\"></iframe>",
            summary.id
        ));
    }
    if let Some(text) = &shown.text {
        sections.push(format!("<h2>Text</h2><pre>{}</pre>", Escaped(text)));
    }
    if let Some(remarks) = &shown.remarks {
        sections.push(remarked(remarks));
    }
    if !shown.headers.is_empty() {
        let headers = shown.headers.iter();
        let rows = headers.map(|header| {
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                Escaped(&header.name),
                Escaped(&header.value)
            )
        });
        sections.push(format!(
            "<h2>Headers</h2><table class=\"headers\"><tbody>{}</tbody></table>",
            rows.collect::<String>()
        ));
    }
    Ok(page(subject, &sections.concat()))
}

/// What there is to say of an e-mail. Links are text here: nobody follows one by accident.
fn remarked(remarks: &Remarks) -> String {
    let check = |check: &Remark| {
        format!(
            "<li><strong>{}</strong> {}<br><small>{}</small></li>",
            Escaped(&check.code),
            Escaped(&check.message),
            Escaped(&check.fix)
        )
    };
    let checks: String = remarks.checks.iter().map(check).collect();
    let checks = if checks.is_empty() { "<p>Nothing.</p>".to_owned() } else { format!("<ul>{checks}</ul>") };
    let link = |link: &RemarkLink| {
        let (text, url) = (Escaped(&link.text), Escaped(&link.url));
        format!("<tr><th scope=\"row\">{text}</th><td>{url}</td></tr>")
    };
    let links: String = remarks.links.iter().map(link).collect();
    let links = if links.is_empty() {
        String::new()
    } else {
        format!("<h2>Links</h2><table class=\"headers\"><tbody>{links}</tbody></table>")
    };
    format!(
        "<h2>What speaks against it</h2>{checks}<p>{} bytes of HTML, {} of text.</p>{links}",
        remarks.html_bytes, remarks.text_bytes
    )
}

/// `GET /mail/{id}/html`: a mail's own HTML, for the frame.
pub(super) async fn html(
    State(spool): State<Arc<Spool>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (shown, _) = http::fetch(spool, &id).await?;
    let html = with_links_outside(&shown.html.unwrap_or_default());
    Ok(([(header::CONTENT_SECURITY_POLICY, MAIL_POLICY)], Html(html)).into_response())
}

/// `GET /style.css`.
pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// Makes links open in a tab of their own, since the frame may not leave its page.
fn with_links_outside(html: &str) -> String {
    let head = html.to_ascii_lowercase().find("<head").and_then(|at| Some(at + html[at..].find('>')? + 1));
    // Without a head, the front is the only place that needs no parser.
    let (before, after) = html.split_at(head.unwrap_or(0));
    format!("{before}<base target=\"_blank\">{after}")
}

fn query_value(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn page(title: &str, body: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{} - Wend</title><link rel=\"stylesheet\" href=\"/style.css\"></head>\
         <body><main>{body}</main></body></html>",
        Escaped(title)
    );
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page)).into_response()
}
