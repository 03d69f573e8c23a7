//! What the store promises, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod helper;

mod audience;
mod commits;
mod crashes;
mod dumps;
mod erasing;
mod inboxes;
mod language;
mod management;
mod model;
mod nodes;
mod outboxes;
mod profiles;
