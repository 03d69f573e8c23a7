//! HTTP: ingestion and the management API.
//!
//! Read in this order: `serve` (connections), `router` (what surrounds every request), `ingest` (from a client's bytes
//! to events, pure), `collect` (the endpoints that take them), `limiter` (how many of them), [`auth`] (who may do
//! what), `app` (the browser application), `api` (the management API, one endpoint a file), `wire` (what it reads), `view` (what it shows),
//! `pages` (for the people who get messages), `error` (what
//! it refuses), `health` and `counts` (what can be watched). `state` is what all of them share, `bootstrap` makes the
//! first key, and `openapi` describes the API.
//!
//! **Invariants**
//! - It decides nothing: what happens to a contact is decided by the engine's one function.
//! - Events are answered with 200 after they are committed, never before (SEMANTICS 8.5).
//! - Pages for people ask for a signed link and nothing else, and GET changes nothing.
//! - Every endpoint of the management API demands a key of a scope or somebody who is signed in, and sees only their workspace.
//! - Nothing that went wrong inside is told to a client; everything that a client sends is bounded.
//!
//! **Absent on purpose:** rules, SQL, redirects, and a second description of the API: `/openapi.json` is made
//! from the annotations that make the routes.

mod ingest;
mod router;
mod serve;

mod collect;

mod limiter;

pub mod auth;

mod api;
mod app;
mod health;
mod pages;
mod providers;
mod tracking;

mod view;
mod wire;

mod error;

mod bootstrap;
mod counts;
mod openapi;
mod state;

pub use bootstrap::{SECRET_BYTES_MIN, bootstrap};
pub use counts::METRICS;
pub use limiter::RateLimit;
pub use openapi::openapi;
pub use router::router;
pub use serve::serve;
pub use state::{ServerOptions, ServerState};
