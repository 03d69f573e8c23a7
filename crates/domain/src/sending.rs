//! Which sender carries a message, and when: what is decided about senders, and nothing about how they are spoken to.
//!
//! Read in this order: [`choice`] (in which order senders are asked), [`breaker`] (one that fails is left alone for a
//! while), [`pace`] (so many in a time), [`warm_up`] (a new sender begins slowly), then [`gate`], in which the last three
//! answer together whether one message may go now. [`records`] judges what a domain has in DNS.
//!
//! **Invariants.** No clock: time comes in. Whatever holds a message up says until when, and that is always later
//! than now. Nothing in here blocks a message for good: it waits (SEMANTICS 7.14).

pub mod breaker;
pub mod choice;
pub mod gate;
pub mod pace;
pub mod records;
pub mod warm_up;
