//! The rules, one scenario each, named by their numbers in the contract; and the laws that hold in every play.

mod play;

mod s10_chance;
mod s11_by_hand;
mod s11_tasks;
mod s12_why;
mod s14_by_event;
mod s15_news;
mod s2_time;
mod s3_8_index;
mod s3_accounts;
mod s3_order;
mod s3_steps;
mod s3_traits;
mod s4_entering;
mod s4_portfolio;
mod s4_timers;
mod s4_triggers;
mod s5_leaving;
mod s5_other_workflows;
mod s6_waiting;
mod s7_arbitration;
mod s7_consent;
mod s7_sending;
mod s8_calls;
mod s8_once;
mod s9_history;
mod s9_lifecycle;
mod s9_migration;

mod laws;
mod laws_lifecycle;
mod laws_policies;
