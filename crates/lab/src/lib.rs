//! Plays portfolios without sending anything: tests of workflows, in virtual time.
//!
//! Read in this order: [`scenario`] (a test file, played and judged).
//!
//! **Invariants:** no I/O, no clock, no random number: history and files come in, answers go out. There is no second
//! implementation of any rule here: everything is decided by [`wend_domain::advance::take`], as in production. What the
//! lab adds is the world around it: when things happen, alarms that ring exactly when they are due, and a provider that
//! takes every message at once.

pub mod scenario;
