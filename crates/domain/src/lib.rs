//! The rules of Wend, and nothing else.
//!
//! Read in this order: [`workflow`] (what a marketer drew), [`catalog`] (all that a team has defined, compiled),
//! [`contact`] (all that any rule may ask about one person), [`input`] (what may happen to a contact), [`advance`]
//! (what then happens), [`effect`] and [`record`] (what comes out). On the way from files to the catalog: [`source`] (the
//! file format) and [`compile`]. What rules are made of: [`predicate`], [`behaviour`], [`policy`], [`consent`], [`wait`],
//! [`zone`], [`recurrence`], [`pattern`], [`activity`], [`profile`], [`account`]; [`audience`] asks questions that no published rule
//! asks, [`terms`] are the words by which contacts are found, [`identity`] says whose an input is, [`catalogue`] has what
//! templates look up, [`hook`] what the call of another system says, [`import`] what the row of a file says, [`link`] what
//! a signed link does, [`sending`] which sender carries a message and when, [`report`] what others tell of a message, and
//! [`limits`] how much there may be of anything.
//!
//! **Invariants.** This crate does no I/O, reads no clock, draws no random number and iterates over nothing whose
//! order is random. The same arguments always give the same answer, byte for byte: replays, tests and explanations
//! rest on it. There is no second implementation of any rule anywhere else.

pub mod account;
pub mod activity;
pub mod advance;
pub mod audience;
pub mod behaviour;
pub mod catalog;
pub mod catalogue;
pub mod compile;
pub mod consent;
pub mod contact;
pub mod effect;
pub mod event;
pub mod hook;
pub mod id;
pub mod identity;
pub mod import;
pub mod input;
pub mod limits;
pub mod link;
pub mod merge;
pub mod message;
pub mod pattern;
pub mod planting;
pub mod policy;
pub mod predicate;
pub mod profile;
pub mod record;
pub mod recurrence;
pub mod report;
pub mod run;
pub mod segment;
pub mod sending;
pub mod source;
pub mod template;
pub mod terms;
pub mod time;
pub mod value;
pub mod wait;
pub mod workflow;
pub mod zone;
