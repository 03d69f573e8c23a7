//! What tests of the real binary stand on: the processes, what speaks to them, and how they are waited for.
//!
//! Read in this order: [`wait`] (polling with a deadline), [`http`] and [`api`] (requests), [`server`] and [`inbox`]
//! (the real binary as processes), [`postgres`] (databases), [`proxy`] (faults on the way to the server), [`chance`]
//! (seeds), [`ledger`] (what was sent against what is known), [`wire`] (faults on the way to a database), [`sink`] (a mail
//! server that is bad at times).

pub mod api;
pub mod chance;
pub mod http;
pub mod inbox;
pub mod ledger;
pub mod postgres;
pub mod proxy;
pub mod server;
pub mod sink;
pub mod wait;
pub mod wire;
