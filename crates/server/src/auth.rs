//! Who asks, and what they may do. Nothing is allowed but by a key of the scope that an endpoint names, or by somebody
//! of the team who is signed in and has that scope.

pub(crate) mod attempts;
mod cache;
pub(crate) mod password;
mod secret;
pub(crate) mod session;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::id::WorkspaceId;

pub(crate) use cache::KeyCache;
pub use secret::{NewKey, hash, new_key};

use crate::error::Error;
use crate::state::ServerState;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Send events, and nothing else: it may stand in a web page.
    Ingest,
    /// Read everything.
    Read,
    /// Read and change everything but keys, workspaces and back-ups.
    Manage,
    /// Everything.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ingest, Self::Read, Self::Manage, Self::Admin];

    /// Its name in tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Read => "read",
            Self::Manage => "manage",
            Self::Admin => "admin",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    /// Whether a key of this scope may do what needs another.
    pub fn allows(self, needed: Self) -> bool {
        match self {
            Self::Ingest => needed == Self::Ingest,
            Self::Read => needed == Self::Read,
            Self::Manage => matches!(needed, Self::Read | Self::Manage),
            Self::Admin => true,
        }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The key that a request came with, or the person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The key's id, or the person's.
    pub key_id: String,
    /// What people call the key, or the person's address: the audit says so.
    pub name: String,
    /// The workspace that it belongs to.
    pub workspace: WorkspaceId,
    /// What it may do.
    pub scope: Scope,
}

/// A caller that may read.
#[derive(Debug)]
pub struct Reader(pub Caller);

/// A caller that may change things.
#[derive(Debug)]
pub struct Manager(pub Caller);

/// A caller that may do everything.
#[derive(Debug)]
pub struct Admin(pub Caller);

impl FromRequestParts<ServerState> for Reader {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Error> {
        allowed(parts, state, Scope::Read).await.map(Self)
    }
}

impl FromRequestParts<ServerState> for Manager {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Error> {
        allowed(parts, state, Scope::Manage).await.map(Self)
    }
}

impl FromRequestParts<ServerState> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, Error> {
        allowed(parts, state, Scope::Admin).await.map(Self)
    }
}

/// The caller, by the key in the header, else by the session in the cookie.
async fn allowed(parts: &Parts, state: &ServerState, needs: Scope) -> Result<Caller, Error> {
    if let Some(secret) = authorization(&parts.headers, "bearer") {
        return caller(state, secret, needs).await;
    }
    let caller = session::signed_in(state, &parts.method, &parts.headers).await?;
    let caller = caller.ok_or(Error::Unauthorized("no key was given, and nobody is signed in"))?;
    if caller.scope.allows(needs) {
        return Ok(caller);
    }
    Err(Error::Forbidden { needs, has: caller.scope })
}

/// The caller with this secret, if its key is valid and its scope allows it.
pub async fn caller(state: &ServerState, secret: &str, needs: Scope) -> Result<Caller, Error> {
    let caller = state
        .key_cache()
        .caller(state, secret)
        .await?
        .ok_or(Error::Unauthorized("the key is not known or revoked"))?;
    if caller.scope.allows(needs) {
        return Ok(caller);
    }
    Err(Error::Forbidden { needs, has: caller.scope })
}

/// The write key in a request's headers: as Basic user, as Bearer, or in `X-Write-Key`.
pub fn write_key(headers: &HeaderMap) -> Option<String> {
    basic_user(headers)
        .or_else(|| authorization(headers, "bearer").map(str::to_owned))
        .or_else(|| Some(headers.get("x-write-key")?.to_str().ok()?.trim().to_owned()))
        .filter(|key| !key.is_empty())
}

fn basic_user(headers: &HeaderMap) -> Option<String> {
    let decoded = STANDARD.decode(authorization(headers, "basic")?).ok()?;
    let pair = String::from_utf8(decoded).ok()?;
    Some(pair.split_once(':').map_or(pair.as_str(), |(user, _)| user).to_owned())
}

/// What follows the scheme's name in the header `Authorization`.
fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (given, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then_some(rest.trim())
}
