//! The page to unsubscribe, and the one click that mailboxes offer (RFC 8058).

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use wend_domain::consent::{Answer, Answers};
use wend_domain::link::Purpose;

use super::html::{aside, button, link, page, paragraph};
use super::words::with;
use super::{Form, visit};
use crate::state::ServerState;

/// The button for everything.
const EVERYTHING: &str = "everything";

/// What a mailbox that offers one click sends.
const ONE_CLICK: &[u8] = b"List-Unsubscribe";

/// Asks whether the person really wants to: opening the page changes nothing.
pub(super) async fn show(
    State(state): State<ServerState>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let visit = match visit(&state, Purpose::Unsubscribe, place, &headers).await {
        Ok(visit) => visit,
        Err(page) => return page,
    };
    let words = visit.words;
    let mut body = String::new();
    if visit.category_is_optional() {
        body.push_str(&paragraph(&with(words.unsubscribe_from, &visit.title())));
    }
    if let Some(address) = visit.masked_address() {
        body.push_str(&aside(&with(words.unsubscribe_from_at, &address)));
    }
    if visit.category_is_optional() {
        body.push_str(&button(None, words.unsubscribe));
    }
    body.push_str(&button(Some(EVERYTHING), words.unsubscribe_from_all));
    body.push_str(&link(&visit.path(Purpose::Preferences), words.choose));
    page(StatusCode::OK, words, words.unsubscribe, &body)
}

/// Unsubscribes: from the message's category, or from everything.
pub(super) async fn take(
    State(state): State<ServerState>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let visit = match visit(&state, Purpose::Unsubscribe, place, &headers).await {
        Ok(visit) => visit,
        Err(page) => return page,
    };
    let words = visit.words;
    let is_one_click = body.windows(ONE_CLICK.len()).any(|bytes| bytes == ONE_CLICK);
    let wants_nothing = Form::read(&body).has(EVERYTHING) || !visit.category_is_optional();
    let answers = if wants_nothing {
        visit.nothing_more()
    } else {
        let categories = BTreeMap::from([(visit.link.category.clone(), Answer::Unsubscribed)]);
        Answers { categories, ..Answers::default() }
    };
    let source = if is_one_click { "one-click unsubscribe" } else { "unsubscribe page" };
    if let Err(page) = visit.give(&state, answers, source).await {
        return page;
    }
    let said = if wants_nothing {
        words.unsubscribed_from_all.to_owned()
    } else {
        with(words.unsubscribed_from, &visit.title())
    };
    let mut text = paragraph(&said);
    text.push_str(&link(&visit.path(Purpose::Preferences), words.choose));
    page(StatusCode::OK, words, words.unsubscribed, &text)
}
