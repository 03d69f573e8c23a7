//! The commands, one file each. What several of them share: [`choices`] (what becomes of runs when something is published),
//! [`base`] (the revision that a folder was made from), [`order`] (what is done to contacts), [`decided`] (what came of it).

pub mod serve;

pub mod apply;
pub mod base;
pub mod catalogue;
pub mod check;
pub mod choices;
pub mod domain;
pub mod draft;
pub mod fmt;
pub mod plan;
pub mod pull;
pub mod test;

pub mod account;
pub mod bulk;
pub mod business_event;
pub mod contact;
pub mod decided;
pub mod events;
pub mod jobs;
pub mod list;
pub mod messages;
pub mod order;
pub mod person;
pub mod profile;
pub mod segment;
pub mod suppression;
pub mod task;
pub mod template;
pub mod why;
pub mod workflow;

pub mod doctor;
pub mod key;
pub mod quarantine;
pub mod secret;
pub mod stuck;

pub mod export;
pub mod import;
pub mod imports;

pub mod backup;
pub mod compact;
pub mod migrate;
pub mod restore;

pub mod claims;
pub mod config;
pub mod demo;
pub mod docs;
pub mod inbox;
pub mod schema;
