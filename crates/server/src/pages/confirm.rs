//! The page by which a person confirms a subscription.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use wend_domain::consent::{Answer, Answers};
use wend_domain::link::Purpose;

use super::html::{button, link, page, paragraph};
use super::words::with;
use super::{Visit, visit};
use crate::state::ServerState;

/// What a visit comes to.
enum Stage {
    /// The person has yet to confirm.
    Open,
    /// The subscription stands.
    Done,
    /// The link is too old, or nothing is asked any more.
    Over,
}

fn stage(visit: &Visit) -> Stage {
    let Some(contact) = &visit.contact else { return Stage::Over };
    let category = &visit.link.category;
    if contact.consent.unconfirmed.contains_key(category) {
        return if visit.link.holds(visit.at) { Stage::Open } else { Stage::Over };
    }
    match contact.consent.categories.get(category) {
        Some(given) if given.answer == Answer::Subscribed => Stage::Done,
        _ => Stage::Over,
    }
}

fn done(visit: &Visit) -> Response {
    let mut body = paragraph(&with(visit.words.confirmed_thanks, &visit.title()));
    body.push_str(&link(&visit.path(Purpose::Preferences), visit.words.choose));
    page(StatusCode::OK, visit.words, visit.words.confirmed, &body)
}

fn over(visit: &Visit) -> Response {
    page(StatusCode::GONE, visit.words, visit.words.confirm, &paragraph(visit.words.confirm_too_old))
}

/// Asks: opening the page changes nothing.
pub(super) async fn show(
    State(state): State<ServerState>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let visit = match visit(&state, Purpose::Confirm, place, &headers).await {
        Ok(visit) => visit,
        Err(page) => return page,
    };
    match stage(&visit) {
        Stage::Open => {
            let mut body = paragraph(&with(visit.words.confirm_question, &visit.title()));
            body.push_str(&button(None, visit.words.confirm));
            page(StatusCode::OK, visit.words, visit.words.confirm, &body)
        }
        Stage::Done => done(&visit),
        Stage::Over => over(&visit),
    }
}

/// Confirms.
pub(super) async fn take(
    State(state): State<ServerState>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let visit = match visit(&state, Purpose::Confirm, place, &headers).await {
        Ok(visit) => visit,
        Err(page) => return page,
    };
    match stage(&visit) {
        Stage::Open => {
            let categories = BTreeMap::from([(visit.link.category.clone(), Answer::Subscribed)]);
            let answers = Answers { categories, ..Answers::default() };
            match visit.give(&state, answers, "confirmation page").await {
                Ok(()) => done(&visit),
                Err(page) => page,
            }
        }
        Stage::Done => done(&visit),
        Stage::Over => over(&visit),
    }
}
