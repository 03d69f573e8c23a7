//! The real binary under what goes wrong in the world: real clients that retry, `kill -9`, databases that go away.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]
#![expect(clippy::print_stdout, reason = "what a test did is shown when it fails, and by hand")]

#[path = "support/harness.rs"]
mod harness;

#[path = "durability/workload.rs"]
mod workload;

#[path = "durability/clients.rs"]
mod clients;

#[path = "durability/browser.rs"]
mod browser;

#[path = "durability/imports.rs"]
mod imports;

#[path = "durability/kill.rs"]
mod kill;

#[path = "durability/outage.rs"]
mod outage;

#[path = "durability/nemesis.rs"]
mod nemesis;

#[path = "durability/replay.rs"]
mod replay;
