//! What only browsers ask for: the application's files, and signing in and out.
//!
//! Everything else the application does through the management API, as any other client. Its files are built by
//! `cargo xtask web` into `web/dist` and become part of the binary.

mod example;
mod files;
mod session;
mod setup;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::ServerState;

pub(crate) use example::Examples;
pub(crate) use files::page_or_nothing;
pub(crate) use session::EMAIL_BYTES_MAX;

/// The largest body of signing in, in bytes.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// The routes of the application.
pub(crate) fn routes() -> Router<ServerState> {
    Router::new()
        .route("/app/session", get(session::who).post(session::sign_in).delete(session::sign_out))
        .route("/app/setup", post(setup::set_up))
        .route("/", get(files::index))
        .route("/assets/{*path}", get(files::asset))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}
