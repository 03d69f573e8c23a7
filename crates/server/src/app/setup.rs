//! The first visit: whoever comes first becomes the owner.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use wend_domain::id::WorkspaceId;

use crate::api::team::{MemberWish, new_member};
use crate::api::{DEFAULT_WORKSPACE, note};
use crate::app::session::begin;
use crate::auth::{Caller, Scope};
use crate::error::Error;
use crate::state::ServerState;
use crate::wire::Body;

/// The owner's account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Owner {
    name: String,
    email: String,
    password: String,
}

/// Makes the owner's account and signs them in, if there is nobody in any team yet.
pub(crate) async fn set_up(
    State(state): State<ServerState>,
    Body(owner): Body<Owner>,
) -> Result<Response, Error> {
    let taken = || Error::Conflict {
        message: "this installation has an owner already".to_owned(),
        hint: "sign in, or ask somebody of the team to add you",
    };
    // Nobody else's password is hashed for a request that can't come to anything.
    if state.store().has_team().await? {
        return Err(taken());
    }
    let wish =
        MemberWish { name: owner.name, email: owner.email, password: owner.password, scope: Scope::Admin };
    let member = new_member(&state, WorkspaceId::from(DEFAULT_WORKSPACE), wish).await?;
    if !state.store().team_member_create(member.clone(), true).await? {
        return Err(taken());
    }
    let by = Caller {
        key_id: member.id.clone(),
        name: member.email.clone(),
        workspace: member.workspace.clone(),
        scope: Scope::Admin,
    };
    note(&state, &by.workspace, &by, &json!({ "owner_created": member.id })).await?;
    begin(&state, member).await
}
