//! The server as its clients see it: the real router over a real engine on SQLite.

#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

#[path = "http/app.rs"]
mod app;
#[path = "http/audience.rs"]
mod audience;
#[path = "http/bounds.rs"]
mod bounds;
#[path = "http/clients.rs"]
mod clients;
#[path = "http/designing.rs"]
mod designing;
#[path = "http/erasing.rs"]
mod erasing;
#[path = "http/events.rs"]
mod events;
#[path = "http/hooks.rs"]
mod hooks;
#[path = "http/identity.rs"]
mod identity;
#[path = "http/keys.rs"]
mod keys;
#[path = "http/lifecycle.rs"]
mod lifecycle;
#[path = "http/management.rs"]
mod management;
#[path = "http/news.rs"]
mod news;
#[path = "http/pages.rs"]
mod pages;
#[path = "http/people.rs"]
mod people;
#[path = "http/playing.rs"]
mod playing;
#[path = "http/profiles.rs"]
mod profiles;
#[path = "http/reports.rs"]
mod reports;
#[path = "http/scopes.rs"]
mod scopes;
#[path = "http/serving.rs"]
mod serving;
#[path = "http/sessions.rs"]
mod sessions;
#[path = "http/transfer.rs"]
mod transfer;
