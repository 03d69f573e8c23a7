//! The people of a workspace's team.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use wend_domain::id::WorkspaceId;
use wend_store::TeamMember;

use crate::api::{PERSON_BYTES_MAX, note};
use crate::app::EMAIL_BYTES_MAX;
use crate::auth::password::{checked_password, hash_password};
use crate::auth::{Admin, Scope};
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Body, Parameters};

/// The most people of a team.
const TEAM_MAX: usize = 1_000;

/// Somebody to take into the team.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberWish {
    /// What colleagues read.
    pub(crate) name: String,
    /// The address with which they sign in.
    #[schema(example = "ada@shop.example")]
    pub(crate) email: String,
    /// Their first password, of at least 10 characters.
    pub(crate) password: String,
    /// What they may do: `read`, `manage` or `admin`.
    pub(crate) scope: Scope,
}

/// Somebody of the team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    /// The id.
    id: String,
    /// The address with which they sign in.
    email: String,
    /// What colleagues read.
    name: String,
    /// What they may do.
    scope: String,
    /// When they joined.
    created_at: String,
    /// When they left.
    removed_at: Option<String>,
}

/// The people of a team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Team {
    /// The people, in the order in which they joined; those who left too.
    members: Vec<Member>,
}

impl From<TeamMember> for Member {
    fn from(row: TeamMember) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            scope: row.scope,
            created_at: shown(row.created_at),
            removed_at: row.removed_at.map(shown),
        }
    }
}

/// The people who may sign in to the workspace, and those who could.
#[utoipa::path(
    get,
    path = "/api/v1/team",
    tag = "team",
    summary = "List the team",
    security(("key" = ["admin"])),
    responses((status = 200, body = Team), Refusals),
)]
pub(crate) async fn team(
    Admin(caller): Admin,
    State(state): State<ServerState>,
) -> Result<Json<Team>, Error> {
    let members = state.store().team(&caller.workspace).await?;
    Ok(Json(Team { members: members.into_iter().map(Member::from).collect() }))
}

/// Takes somebody into the team. They sign in with the address and the password, which only its hash is kept of.
#[utoipa::path(
    post,
    path = "/api/v1/team",
    tag = "team",
    operation_id = "add_member",
    summary = "Add somebody to the team",
    request_body = MemberWish,
    security(("key" = ["admin"])),
    responses(
        (status = 201, body = Member),
        (status = 409, description = "Somebody has the address already, or there are too many", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn add(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Body(wish): Body<MemberWish>,
) -> Result<(StatusCode, Json<Member>), Error> {
    let there = state.store().team(&caller.workspace).await?;
    if there.iter().filter(|member| member.removed_at.is_none()).count() >= TEAM_MAX {
        return Err(Error::Conflict {
            message: format!("the team has {TEAM_MAX} people already"),
            hint: "remove people who don't sign in any more",
        });
    }
    let member = new_member(&state, caller.workspace.clone(), wish).await?;
    if !state.store().team_member_create(member.clone(), false).await? {
        return Err(Error::Conflict {
            message: format!("somebody signs in with `{}` already", member.email),
            hint: "use another address",
        });
    }
    let what = json!({ "member_added": member.id, "email": member.email, "scope": member.scope });
    note(&state, &caller.workspace, &caller, &what).await?;
    Ok((StatusCode::CREATED, Json(Member::from(member))))
}

/// Takes somebody out of the team: they are signed out at once. The audit still names them.
#[utoipa::path(
    delete,
    path = "/api/v1/team/{id}",
    tag = "team",
    operation_id = "remove_member",
    summary = "Remove somebody from the team",
    params(("id" = String, Path, description = "The person's id")),
    security(("key" = ["admin"])),
    responses(
        (status = 204, description = "They are removed"),
        (status = 404, description = "There is nobody of this id", body = crate::error::ErrorBody),
        (status = 409, description = "Nobody could administer the team any more", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn remove(
    Admin(caller): Admin,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
) -> Result<StatusCode, Error> {
    let team = state.store().team(&caller.workspace).await?;
    let is_administrator =
        |member: &&TeamMember| member.removed_at.is_none() && member.scope == Scope::Admin.as_str();
    let others = team.iter().filter(is_administrator).filter(|member| member.id != id).count();
    let is_one = team.iter().filter(is_administrator).any(|member| member.id == id);
    if is_one && others == 0 {
        return Err(Error::Conflict {
            message: "nobody else administers this team".to_owned(),
            hint: "add another administrator first",
        });
    }
    if !state.store().team_member_remove(&caller.workspace, &id, state.now()).await? {
        return Err(Error::not_found("member", &id));
    }
    note(&state, &caller.workspace, &caller, &json!({ "member_removed": id })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody who is to join, if everything about them is as it should be.
pub(crate) async fn new_member(
    state: &ServerState,
    workspace: WorkspaceId,
    wish: MemberWish,
) -> Result<TeamMember, Error> {
    let email = checked_email(&wish.email)?;
    let name = wish.name.trim().to_owned();
    if name.is_empty() || name.len() > PERSON_BYTES_MAX || name.chars().any(char::is_control) {
        return Err(Error::Unprocessable(format!("the name must have 1 to {PERSON_BYTES_MAX} bytes")));
    }
    if wish.scope == Scope::Ingest {
        return Err(Error::Unprocessable(
            "a person's scope is `read`, `manage` or `admin`; `ingest` is for keys".to_owned(),
        ));
    }
    checked_password(&wish.password)?;
    let (mut salt, mut id) = ([0; 16], [0; 8]);
    state.with_random(|random| {
        random.fill_bytes(&mut salt);
        random.fill_bytes(&mut id);
    });
    let password = hash_password(wish.password, salt).await?;
    let scope = wish.scope.as_str().to_owned();
    let id = format!("member_{:016x}", u64::from_be_bytes(id));
    Ok(TeamMember { id, workspace, email, name, scope, password, created_at: state.now(), removed_at: None })
}

/// An address in lower case, if it can be one.
fn checked_email(email: &str) -> Result<String, Error> {
    let email = email.trim().to_lowercase();
    let is_one = email.len() <= EMAIL_BYTES_MAX
        && !email.chars().any(|letter| letter.is_control() || letter.is_whitespace())
        && email.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if is_one {
        return Ok(email);
    }
    Err(Error::Unprocessable(format!("`{email}` is no e-mail address: write it as `ada@shop.example`")))
}
