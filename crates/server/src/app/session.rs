//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use wend_store::{SessionRow, TeamMember};

use crate::auth::hash;
use crate::auth::password::{PASSWORD_BYTES_MAX, is_password};
use crate::auth::session::{SESSION_FOR, cookie, csrf_token, new_secret, secret_of, signed_in};
use crate::error::Error;
use crate::state::ServerState;
use crate::wire::Body;

/// The longest e-mail address, in bytes (RFC 5321, 4.5.3.1).
pub(crate) const EMAIL_BYTES_MAX: usize = 254;

/// Who is signed in.
#[derive(Debug, Serialize)]
pub(crate) struct Who {
    /// Whether there is nobody in any team yet: the first visitor becomes the owner.
    is_new: bool,
    /// Who it is, if somebody is signed in.
    person: Option<Person>,
}

/// Somebody who is signed in.
#[derive(Debug, Serialize)]
pub(crate) struct Person {
    id: String,
    email: String,
    name: String,
    scope: String,
    workspace: String,
    /// What requests that change something carry in `X-CSRF-Token`.
    csrf_token: String,
}

/// An address and a password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    email: String,
    password: String,
}

/// Who is signed in.
pub(crate) async fn who(State(state): State<ServerState>, headers: HeaderMap) -> Result<Json<Who>, Error> {
    let member = match secret_of(&headers) {
        Some(secret) => {
            let member = state.store().signed_in(&hash(&secret), state.now()).await?;
            member.map(|member| (member, secret))
        }
        None => None,
    };
    let person = member.map(|(member, secret)| Person::of(member, &secret));
    let is_new = person.is_none() && !state.store().has_team().await?;
    Ok(Json(Who { is_new, person }))
}

/// Signs somebody in.
pub(crate) async fn sign_in(
    State(state): State<ServerState>,
    Body(credentials): Body<Credentials>,
) -> Result<Response, Error> {
    let email = credentials.email.trim().to_lowercase();
    if email.len() > EMAIL_BYTES_MAX || credentials.password.len() > PASSWORD_BYTES_MAX {
        return Err(Error::Malformed("the address or the password is too long".to_owned()));
    }
    let tried = state.attempts().take(&email, state.now());
    tried.map_err(|retry_after_s| Error::TooManyTries { retry_after_s })?;
    let member = state.store().team_member_by_email(&email).await?;
    let kept = member.as_ref().map(|member| member.password.clone());
    let is_right = is_password(credentials.password, kept).await?;
    // The same words, whether the address or the password is wrong: who is in the team is nobody's business.
    let member = member.filter(|_| is_right).ok_or(Error::Unauthorized(
        "this address and password do not belong together; somebody of the team who administers it can set a new one",
    ))?;
    state.attempts().forget(&email);
    begin(&state, member).await
}

/// Signs whoever is signed in out.
pub(crate) async fn sign_out(
    State(state): State<ServerState>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if signed_in(&state, &method, &headers).await?.is_some()
        && let Some(secret) = secret_of(&headers)
    {
        state.store().session_end(&hash(&secret)).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(&state, None))]).into_response())
}

/// Begins a session of somebody, and tells who it is.
pub(crate) async fn begin(state: &ServerState, member: TeamMember) -> Result<Response, Error> {
    let (secret, at) = (new_secret(state), state.now());
    let session = SessionRow {
        hash: hash(&secret),
        workspace: member.workspace.clone(),
        member: member.id.clone(),
        created_at: at,
        expires_at: at + SESSION_FOR,
    };
    state.store().session_create(session).await?;
    let who = Who { is_new: false, person: Some(Person::of(member, &secret)) };
    Ok(([(header::SET_COOKIE, cookie(state, Some(&secret)))], Json(who)).into_response())
}

impl Person {
    fn of(member: TeamMember, secret: &str) -> Self {
        Self {
            id: member.id,
            email: member.email,
            name: member.name,
            scope: member.scope,
            workspace: member.workspace.to_string(),
            csrf_token: csrf_token(secret),
        }
    }
}
