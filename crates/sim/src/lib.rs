//! Whole installations from a seed: processes that end anywhere, answers that are lost, clocks that are wrong, disks
//! that are full, and what must hold all the same.
//!
//! Read in this order: `play` (what happens, in two phases), `process`, `faults`, `provider`, `clients` (who takes part),
//! `portfolio` (what was published), `model` (what each contact should have received), `check` (what must hold), `dice`,
//! `trace` and [`planted`]. What it doesn't reach: docs/simulator.md.
//!
//! **Invariants**
//! - One seed gives one history, byte for byte: one thread, no time but the simulated one, no chance but the dice.
//! - What is simulated is what runs: the engine's ticks on a SQLite file. Nothing of them is written anew here.
//! - The model shares no code with the rules.

mod play;

mod clients;
mod faults;
mod portfolio;
mod process;
mod provider;

mod check;
mod model;

mod dice;
mod trace;

pub mod planted;

pub use play::{Played, play};
