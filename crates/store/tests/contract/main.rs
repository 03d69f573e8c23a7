//! What the store promises, on both databases.

mod helper;

mod commits;
mod crashes;
mod dumps;
mod inboxes;
mod management;
mod model;
mod nodes;
mod outboxes;
