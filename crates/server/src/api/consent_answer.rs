//! Answering questions of consent on a contact's behalf.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use wend_domain::consent::{Answer, Answers, Basis, Frequency, FrequencyChoice, PauseChoice};
use wend_domain::id::{Category, Channel};
use wend_domain::input::Order;
use wend_domain::time::{Period, Timestamp};

use crate::api::commands::{Commanded, carry_out};
use crate::api::{checked_reason, find_contact};
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, Parameters};

/// What is answered for the contact, all at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Said {
    /// For categories: `subscribed` or `unsubscribed` by name.
    #[serde(default)]
    #[schema(value_type = Object)]
    categories: BTreeMap<Category, Answer>,
    /// For whole channels: `subscribed` or `unsubscribed` by name.
    #[serde(default)]
    #[schema(value_type = Object)]
    channels: BTreeMap<Channel, Answer>,
    /// Until when the contact wants no marketing: an instant, or `over`.
    pause_until: Option<String>,
    /// How much marketing the contact wants at most: `1 per 1w`, or `any`.
    frequency: Option<String>,
    /// What allows messages: `consent`, `contract`, `legal_obligation` or `legitimate_interest`.
    #[schema(value_type = Option<String>)]
    legal_basis: Option<Basis>,
    /// Where the answers came from, such as `paper form of 3 May`; else the key's name.
    source: Option<String>,
    /// Whether subscriptions count at once, because they were confirmed elsewhere; else categories with a double opt-in
    /// ask the person first.
    #[serde(default)]
    confirmed: bool,
    /// Why, in the caller's words.
    reason: Option<String>,
}

fn pause(text: &str) -> Result<PauseChoice, Error> {
    if text == "over" {
        return Ok(PauseChoice::Over);
    }
    let until = Timestamp::parse(text).ok_or_else(|| {
        Error::Malformed(format!(
            "`pause_until` is `{text}`; expected an instant such as 2026-12-24T00:00:00Z, or `over`"
        ))
    })?;
    Ok(PauseChoice::Until(until))
}

fn frequency(text: &str) -> Result<FrequencyChoice, Error> {
    if text == "any" {
        return Ok(FrequencyChoice::Any);
    }
    let parts =
        text.split_once(" per ").and_then(|(max, per)| Some((max.parse().ok()?, Period::parse(per)?)));
    let (max, per) = parts.ok_or_else(|| {
        Error::Malformed(format!(
            "`frequency` is `{text}`; expected a number and a span such as `1 per 1w`, or `any`"
        ))
    })?;
    Ok(FrequencyChoice::AtMost(Frequency { max, per }))
}

/// Answers questions of consent on a contact's behalf, with source and legal basis. It is an input like any other: "why"
/// shows it, the ledger keeps it, and messages that it forbids are taken back at once.
#[utoipa::path(
    post,
    path = "/api/v1/contacts/{reference}/consent",
    tag = "contacts",
    operation_id = "give_consent",
    summary = "Answer for a contact",
    params(("reference" = String, Path, description = "Wend's id, else the user id, else an anonymous id")),
    request_body = Said,
    security(("key" = ["manage"])),
    responses(
        (status = 200, description = "Carried out", body = Commanded),
        (status = 202, description = "Kept, and queued behind earlier inputs of the contact", body = Commanded),
        (status = 409, description = "It could not be processed", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn give(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(reference): Parameters<String>,
    Body(said): Body<Said>,
) -> Result<(StatusCode, Json<Commanded>), Error> {
    checked_reason(said.reason.as_ref())?;
    checked_reason(said.source.as_ref())?;
    let answers = Answers {
        channels: said.channels,
        categories: said.categories,
        pause: said.pause_until.as_deref().map(pause).transpose()?,
        frequency: said.frequency.as_deref().map(frequency).transpose()?,
        basis: said.legal_basis,
        source: said.source,
        via: None,
        confirmed: said.confirmed,
    };
    let contact = find_contact(&state, &caller.workspace, &reference).await?;
    carry_out(&state, &caller, contact.id, Order::Answers(Box::new(answers)), said.reason).await
}
