//! Where providers tell what became of messages.
//!
//! **Invariant.** Nothing of a call that doesn't prove where it comes from is looked at or kept; without a secret for the
//! provider, none does.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;
use wend_domain::id::WorkspaceId;
use wend_engine::{NotTold, ProviderCall, ProviderCallError};

use crate::error::{Error, Refusals, UNAVAILABLE_RETRY_AFTER_S};
use crate::state::ServerState;

/// The most bytes of a call: the largest batches of providers have some hundred kilobytes.
const CALL_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The most headers of a call that are looked at.
const HEADERS_MAX: usize = 100;

/// The answer to a call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Told {
    /// Always true: what it told is committed.
    success: bool,
    /// How many of its events were of messages of this workspace.
    events: usize,
}

/// The routes that providers call.
pub(crate) fn routes() -> Router<ServerState> {
    Router::new()
        .route("/v1/providers/{provider}/{workspace}", post(told))
        .layer(DefaultBodyLimit::max(CALL_BYTES_MAX))
}

/// Takes what a provider tells of messages: deliveries, bounces, complaints, openings, clicks. The body is the provider's
/// own. What proves where it comes from is a signature or a login that `PROVIDER_webhook` among the secrets is the other
/// half of. It answers once all of it is committed; the same news twice does no harm.
#[utoipa::path(
    post,
    path = "/v1/providers/{provider}/{workspace}",
    tag = "messages",
    operation_id = "tell_of_messages",
    summary = "Take what a provider tells of messages",
    params(
        ("provider" = String, Path, description = "`ses`, `sendgrid`, `postmark`, `mailgun` or `resend`"),
        ("workspace" = String, Path, description = "Whose messages they are"),
    ),
    request_body(content = Object, description = "What the provider sends"),
    security(()),
    responses((status = 200, description = "It is committed", body = Told), Refusals),
)]
pub(crate) async fn told(
    State(state): State<ServerState>,
    Path((provider, workspace)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Told>, Error> {
    let _receiving = state
        .receiving()
        .try_acquire()
        .map_err(|_| Error::Overloaded { retry_after_s: UNAVAILABLE_RETRY_AFTER_S })?;
    let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers = headers.iter().take(HEADERS_MAX).filter_map(text).collect();
    let call =
        ProviderCall { provider, secrets: String::new(), headers, body: body.to_vec(), at: state.now() };
    let events = state.engine().provider_call(&WorkspaceId::from(workspace), call).await?;
    Ok(Json(Told { success: true, events }))
}

impl From<ProviderCallError> for Error {
    fn from(error: ProviderCallError) -> Self {
        match error {
            ProviderCallError::NotTold(NotTold::NoSuchProvider(name)) => Self::not_found("provider", &name),
            ProviderCallError::NotTold(NotTold::Unproven(why)) => {
                tracing::warn!(why, "a call that claims to be a provider's was refused");
                Self::Unauthorized("the call does not prove that it comes from the provider")
            }
            ProviderCallError::NotTold(NotTold::Unreadable(why)) => Self::Malformed(why),
            ProviderCallError::NotTold(NotTold::NotNow(why)) => {
                tracing::warn!(why, "a provider's call can't be looked at now");
                Self::Unavailable {
                    what: "the call can't be looked at now",
                    retry_after_s: UNAVAILABLE_RETRY_AFTER_S,
                }
            }
            ProviderCallError::NotKept(error) => error.into(),
        }
    }
}
