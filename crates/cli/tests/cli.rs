//! The real binary, as a person and as a script use it.
//!
//! Read in this order: [`harness`] (an installation in a folder of its own), then what is told about it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

#[path = "cli/harness.rs"]
mod harness;

#[path = "cli/configuration.rs"]
mod configuration;

#[path = "cli/consent.rs"]
mod consent;

#[path = "cli/files.rs"]
mod files;

#[path = "cli/testing.rs"]
mod testing;

#[path = "cli/recording.rs"]
mod recording;

#[path = "cli/audience.rs"]
mod audience;

#[path = "cli/installation.rs"]
mod installation;

#[path = "cli/operation.rs"]
mod operation;

#[path = "cli/publishing.rs"]
mod publishing;

#[path = "cli/news.rs"]
mod news;

#[path = "cli/webhooks.rs"]
mod webhooks;

#[path = "cli/people.rs"]
mod people;

#[path = "cli/demo.rs"]
mod demo;
