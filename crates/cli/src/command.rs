//! The commands, one file each; `arguments` has what several of them take.

pub mod serve;

pub mod apply;
pub mod check;
pub mod fmt;
pub mod plan;
pub mod pull;
pub mod test;

pub mod contact;
pub mod events;
pub mod messages;
pub mod why;

pub mod doctor;
pub mod key;
pub mod quarantine;
pub mod stuck;

pub mod backup;
pub mod migrate;
pub mod restore;

pub mod config;
pub mod demo;
pub mod docs;
pub mod inbox;
pub mod schema;
