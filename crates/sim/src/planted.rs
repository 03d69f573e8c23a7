//! The bugs that were planted in the product for the simulator to find (`wend_domain::planting`), each with the seeds that
//! may be needed for it.

/// A planted bug.
#[derive(Debug, Clone, Copy)]
pub struct Planted {
    /// Its name, as `planted!` has it where it is.
    pub name: &'static str,
    /// What is wrong with it.
    pub what: &'static str,
}

const fn planted(name: &'static str, what: &'static str) -> Planted {
    Planted { name, what }
}

/// All of them.
pub const ALL: [Planted; 23] = [
    planted("fold-loses-alarms", "an alarm is lost when its contact is folded"),
    planted("restart-loses-alarms", "an alarm is lost when a process begins"),
    planted("doubled-send", "a second attempt calls the provider twice"),
    planted("cap-off-by-one", "one more than the cap goes"),
    planted("fold-drops-a-version", "the newest version of a contact is not folded"),
    planted("inbox-out-of-order", "what waits in an inbox is taken last first"),
    planted("claim-ignores-cancellation", "what was taken back stays in the outbox"),
    planted("claim-ignores-halt", "a stopped workflow's messages are claimed"),
    planted("pause-lets-messages-go", "a paused workflow's messages are claimed"),
    planted("retry-without-key", "each attempt has a key of its own"),
    planted("dedup-forgets", "an event that came before is taken again"),
    planted("timer-not-removed", "what came is still found absent"),
    planted("grant-counted-twice", "one entry takes two places"),
    planted("expired-is-sent", "what expired in the outbox goes all the same"),
    planted("opt-out-cancels-nothing", "what was on its way goes after an opt-out"),
    planted("retry-in-quiet-hours", "a further attempt asks neither caps nor quiet hours"),
    planted("history-row-lost", "a row of history is not folded"),
    planted("recovered-attempt-is-resent", "what a lost process may have sent is sent again"),
    planted("exit-waits-for-the-step", "an exit doesn't interrupt a wait"),
    planted("wait-from-the-deadline", "a late sequence catches up in a burst"),
    planted("takes-over-the-living", "a node takes over what another one is attempting"),
    planted("node-misses-a-catalog", "a node decides by a catalog that another one has replaced"),
    planted("answered-before-the-commit", "a client is answered before the commit"),
];

/// Chooses the bug that this thread has; an error if this build has none.
#[cfg(planting)]
pub fn choose(name: &'static str) -> anyhow::Result<()> {
    wend_domain::planting::choose(name);
    Ok(())
}

/// Chooses the bug that this thread has; an error if this build has none.
#[cfg(not(planting))]
pub fn choose(name: &'static str) -> anyhow::Result<()> {
    anyhow::bail!("this build has no planted bugs in it, {name} neither: run `cargo xtask sim --planted`")
}
