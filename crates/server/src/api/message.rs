//! One message, with what was rendered.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wend_domain::id::{MessageId, WorkspaceId};
use wend_store::MessageRow;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::message::MessageView;
use crate::wire::Parameters;

/// A message with its content.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageWithContent {
    /// The message.
    #[serde(flatten)]
    message: MessageView,
    /// What was rendered, while it is kept.
    #[schema(value_type = Option<Object>)]
    content: Option<Value>,
}

/// A message, what became of it, and what was rendered, while that is kept.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{id}",
    tag = "messages",
    summary = "Show a message",
    params(("id" = String, Path, description = "The message's id")),
    security(("key" = ["read"])),
    responses((status = 200, body = MessageWithContent), Refusals),
)]
pub(crate) async fn message(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<Json<MessageWithContent>, Error> {
    let row = find(&state, &caller.workspace, &id).await?;
    Ok(Json(with_content(&state, &caller.workspace, &row).await?))
}

/// A message with what was rendered.
pub(crate) async fn with_content(
    state: &ServerState,
    workspace: &WorkspaceId,
    row: &MessageRow,
) -> Result<MessageWithContent, Error> {
    let payload = state.store().message_payload(workspace, row.id).await?;
    let content = match payload {
        Some(payload) => {
            let payload: Value = serde_json::from_str(&payload).map_err(Error::internal)?;
            payload.get("content").cloned()
        }
        None => None,
    };
    Ok(MessageWithContent { message: MessageView::of_row(row)?, content })
}

/// The message of this id.
pub(crate) async fn find(
    state: &ServerState,
    workspace: &WorkspaceId,
    id: &str,
) -> Result<MessageRow, Error> {
    let missing = || Error::not_found("message", id);
    let parsed: MessageId = id.parse().map_err(|_| missing())?;
    state.store().message(workspace, parsed).await?.ok_or_else(missing)
}
