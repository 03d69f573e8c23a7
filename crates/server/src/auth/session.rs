//! Browsers in which people of the team are signed in: a cookie that scripts can't read, and a token against requests
//! that other sites make a browser send.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use wend_domain::id::digest;
use wend_domain::time::Period;

use crate::auth::{Caller, Scope, hash};
use crate::error::Error;
use crate::state::ServerState;

/// How long somebody stays signed in.
pub(crate) const SESSION_FOR: Period = Period::from_millis(14 * 24 * 3_600_000);

/// The cookie's name.
const COOKIE: &str = "wend_session";

/// The header that carries the token of requests that change something.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";

/// The bytes of chance in a session's secret.
const SECRET_BYTES: usize = 32;

/// The longest secret that is looked at, in bytes.
const SECRET_BYTES_MAX: usize = 128;

/// A new session's secret.
pub(crate) fn new_secret(state: &ServerState) -> String {
    let mut bytes = [0; SECRET_BYTES];
    state.with_random(|random| random.fill_bytes(&mut bytes));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What scripts of our own pages send with whatever changes something; other sites can't know it.
pub(crate) fn csrf_token(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest("csrf", &[secret.as_bytes()]))
}

/// The secret in a request's cookie.
pub(crate) fn secret_of(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let secret = cookies.flat_map(|cookies| cookies.split(';')).find_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == COOKIE).then(|| value.to_owned())
    });
    secret.filter(|secret| !secret.is_empty() && secret.len() <= SECRET_BYTES_MAX)
}

/// The header that keeps a secret in the browser, or ends it if there is none.
pub(crate) fn cookie(state: &ServerState, secret: Option<&str>) -> HeaderValue {
    let is_secure = state.options().public_url.as_ref().is_some_and(|url| url.starts_with("https:"));
    let secure = if is_secure { "; Secure" } else { "" };
    let seconds = secret.map_or(0, |_| SESSION_FOR.as_millis() / 1_000);
    let secret = secret.unwrap_or_default();
    let text = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).expect("secrets are letters, digits, dashes and underscores")
}

/// Who is signed in, by the request's cookie; none if nobody is.
///
/// What changes something must carry the session's token, too.
pub(crate) async fn signed_in(
    state: &ServerState,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Caller>, Error> {
    let Some(secret) = secret_of(headers) else { return Ok(None) };
    let Some(member) = state.store().signed_in(&hash(&secret), state.now()).await? else { return Ok(None) };
    let is_reading = method.is_safe();
    let token = headers.get(CSRF_HEADER).and_then(|token| token.to_str().ok());
    // Tokens are hashes of a secret: comparing them early-out tells nothing that could be built upon.
    if !is_reading && token.map(hash) != Some(hash(&csrf_token(&secret))) {
        return Err(Error::NotYours(
            "the request does not carry this session's token: reload the page and try again",
        ));
    }
    let scope = Scope::parse(&member.scope).ok_or_else(|| {
        Error::internal(anyhow::anyhow!("the member {} has the scope `{}`", member.id, member.scope))
    })?;
    Ok(Some(Caller { key_id: member.id, name: member.email, workspace: member.workspace, scope }))
}

#[cfg(test)]
mod tests;
