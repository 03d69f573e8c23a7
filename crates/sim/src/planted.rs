//! The bugs that were planted in the product for the simulator to find (`wend_domain::planting`), each with a seed
//! that has found it.

/// A planted bug.
#[derive(Debug, Clone, Copy)]
pub struct Planted {
    /// Its name, as `planted!` has it where it is.
    pub name: &'static str,
    /// The seed that found it when it was last hunted by hand; it is played first.
    pub seed: u64,
    /// What is wrong with it.
    pub what: &'static str,
}

const fn planted(name: &'static str, seed: u64, what: &'static str) -> Planted {
    Planted { name, seed, what }
}

/// All of them.
pub const ALL: [Planted; 23] = [
    planted("fold-loses-alarms", 1, "an alarm is lost when its contact is folded"),
    planted("restart-loses-alarms", 35, "an alarm is lost when a process begins"),
    planted("doubled-send", 1, "a second attempt calls the provider twice"),
    planted("cap-off-by-one", 4, "one more than the cap goes"),
    planted("fold-drops-a-version", 16, "the newest version of a contact is not folded"),
    planted("inbox-out-of-order", 1, "what waits in an inbox is taken last first"),
    planted("claim-ignores-cancellation", 26, "what was taken back stays in the outbox"),
    planted("claim-ignores-halt", 36, "a stopped workflow's messages are claimed"),
    planted("pause-lets-messages-go", 37, "a paused workflow's messages are claimed"),
    planted("retry-without-key", 1, "each attempt has a key of its own"),
    planted("dedup-forgets", 1, "an event that came before is taken again"),
    planted("timer-not-removed", 1, "what came is still found absent"),
    planted("grant-counted-twice", 5, "one entry takes two places"),
    planted("expired-is-sent", 1, "what expired in the outbox goes all the same"),
    planted("opt-out-cancels-nothing", 21, "what was on its way goes after an opt-out"),
    planted("retry-in-quiet-hours", 4, "a further attempt asks neither caps nor quiet hours"),
    planted("history-row-lost", 1, "a row of history is not folded"),
    planted("recovered-attempt-is-resent", 1, "what a lost process may have sent is sent again"),
    planted("exit-waits-for-the-step", 3, "an exit doesn't interrupt a wait"),
    planted("wait-from-the-deadline", 2, "a late sequence catches up in a burst"),
    planted("node-misses-a-catalog", 29, "a node decides by a catalog that another one has replaced"),
    planted(
        "merge-forgets-consent",
        86,
        "who opted out as a visitor gets offers once it is known who that was",
    ),
    planted("answered-before-the-commit", 1, "a client is answered before the commit"),
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
