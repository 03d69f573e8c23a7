//! A new version that reaches a growing share of all contacts, and the judge of its gates (SEMANTICS 9.3).

use serde::{Deserialize, Serialize};

use super::lifecycle::Refused;
use crate::time::{Period, Timestamp};

/// The most stages of one rollout.
pub const STAGES_MAX: usize = 20;

/// All contacts, in the unit in which shares are given.
pub const EVERYBODY: u32 = 10_000;

/// How a version is to be rolled out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In order; each reaches more contacts than the one before.
    pub stages: Vec<Stage>,
    /// What must hold.
    #[serde(default)]
    pub gates: Gates,
    /// What happens if it doesn't.
    #[serde(default)]
    pub on_broken: OnBroken,
}

/// One stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// How many of 10,000 contacts enter the new version.
    pub of_10_000: u32,
    /// How long it takes at least.
    pub at_least: Period,
}

/// What must hold while a version is rolled out. What is not given is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Gates {
    /// At most this many of 100 entries into the new version may have failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors_max_percent: Option<u32>,
    /// The new version's goals per entry must be at least this many percent of the other version's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_rate_min_percent_of_previous: Option<u32>,
    /// At most this many of 10,000 messages that the new version sent may have come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounces_max_of_10_000: Option<u32>,
    /// At most this many of 10,000 may have been called spam.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaints_max_of_10_000: Option<u32>,
    /// At most this many of 10,000 may have led to an opt-out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribes_max_of_10_000: Option<u32>,
    /// Nothing is judged, and no stage ends, before this many have entered the new version.
    pub entries_min: u64,
}

/// What a broken gate does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum OnBroken {
    /// The workflow stops, until a person decides.
    Halt,
    /// The previous version takes everybody who enters from now on.
    #[default]
    Rollback,
}

/// A rollout that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    /// The new version.
    pub version: u32,
    /// The version that the other contacts enter.
    pub previous: u32,
    /// How it goes on.
    #[serde(flatten)]
    pub plan: Plan,
    /// The stage, from 0.
    pub stage: usize,
    /// When that stage began.
    pub stage_since: Timestamp,
    /// When the rollout began: its gates count from here.
    pub since: Timestamp,
    /// The share that a person set instead of the stage's: stages don't follow by themselves any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<u32>,
}

impl Rollout {
    /// How many of 10,000 contacts enter the new version now.
    pub fn of_10_000(&self) -> u32 {
        let stage = self.plan.stages.get(self.stage).or(self.plan.stages.last());
        self.by_hand.or(stage.map(|stage| stage.of_10_000)).unwrap_or_default().min(EVERYBODY)
    }
}

/// What happened to the runs of one version since its rollout began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// How many entered: the counter `entered:WORKFLOW:vN`.
    pub entered: u64,
    /// How many of them failed: the counter `failed:WORKFLOW:vN`.
    pub failed: u64,
    /// How many goals they reached: the sum of the counters `goal:WORKFLOW:GOAL:vN`.
    pub goals: u64,
    /// How many messages they sent: the counter `sent:WORKFLOW:vN`.
    pub sent: u64,
    /// How many of these came back: the counter `news:WORKFLOW:bounced:vN`.
    pub bounced: u64,
    /// How many were called spam.
    pub complained: u64,
    /// How many led to an opt-out.
    pub unsubscribed: u64,
}

/// What becomes of a rollout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing yet: its stage's time isn't up before this instant; none if it takes more entries, or a person.
    Wait {
        /// When to ask again at the latest.
        until: Option<Timestamp>,
    },
    /// The next stage begins.
    Advance,
    /// The last stage's time is up: everybody enters the new version.
    Finish,
    /// A gate is broken.
    Broken {
        /// Which one: the name of a field of [`Gates`].
        which: &'static str,
        /// With which numbers, in words.
        numbers: String,
    },
}

/// Judges a rollout: broken gates first, at any time; then whether its stage's time is up.
pub fn next(rollout: &Rollout, now: Timestamp, new: Counts, previous: Counts) -> Verdict {
    let gates = rollout.plan.gates;
    let is_enough = new.entered >= gates.entries_min.max(1);
    if is_enough && let Some((which, numbers)) = broken(gates, new, previous) {
        return Verdict::Broken { which, numbers };
    }
    if rollout.by_hand.is_some() {
        return Verdict::Wait { until: None };
    }
    let at_least = rollout.plan.stages.get(rollout.stage).map_or(Period::ZERO, |stage| stage.at_least);
    let until = rollout.stage_since + at_least;
    if now < until {
        return Verdict::Wait { until: Some(until) };
    }
    if new.entered < gates.entries_min {
        return Verdict::Wait { until: None };
    }
    if rollout.stage + 1 < rollout.plan.stages.len() { Verdict::Advance } else { Verdict::Finish }
}

/// The first gate that doesn't hold, with its numbers; in whole numbers, so that no rounding decides.
fn broken(gates: Gates, new: Counts, previous: Counts) -> Option<(&'static str, String)> {
    let Counts { entered, failed, goals, .. } = new;
    if let Some(max) = gates.errors_max_percent
        && u128::from(failed) * 100 > u128::from(max) * u128::from(entered)
    {
        let numbers = format!("{failed} of {entered} runs of the new version failed, more than {max} %");
        return Some(("errors_max_percent", numbers));
    }
    if let Some(min) = gates.goal_rate_min_percent_of_previous
        && previous.entered >= gates.entries_min.max(1)
        && u128::from(goals) * u128::from(previous.entered) * 100
            < u128::from(min) * u128::from(previous.goals) * u128::from(entered)
    {
        let numbers = format!(
            "{goals} goals of {entered} entries, below {min} % of the previous version's rate: {} of {}",
            previous.goals, previous.entered
        );
        return Some(("goal_rate_min_percent_of_previous", numbers));
    }
    let of_messages = [
        ("bounces_max_percent", gates.bounces_max_of_10_000, new.bounced, "came back"),
        ("complaints_max_percent", gates.complaints_max_of_10_000, new.complained, "were called spam"),
        ("unsubscribes_max_percent", gates.unsubscribes_max_of_10_000, new.unsubscribed, "led to an opt-out"),
    ];
    of_messages.into_iter().find_map(|(which, max, n, what)| {
        let max = max?;
        let is_broken = u128::from(n) * u128::from(EVERYBODY) > u128::from(max) * u128::from(new.sent);
        let (whole, part) = (max / 100, max % 100);
        let sent = new.sent;
        let numbers =
            format!("{n} of {sent} messages of the new version {what}, more than {whole}.{part:02} %");
        is_broken.then_some((which, numbers))
    })
}

/// Whether a plan can be carried out.
pub(super) fn check(plan: &Plan) -> Result<(), Refused> {
    let stages = &plan.stages;
    if stages.is_empty() || stages.len() > STAGES_MAX {
        return Err(Refused(format!("a rollout has 1 to {STAGES_MAX} stages, not {}", stages.len())));
    }
    if let Some(stage) = stages.iter().find(|stage| stage.of_10_000 == 0 || stage.of_10_000 > EVERYBODY) {
        let share = stage.of_10_000;
        return Err(Refused(format!(
            "a stage reaches more than 0 and at most 100 % of contacts, not {share} of 10,000"
        )));
    }
    if stages.windows(2).any(|pair| pair[1].of_10_000 <= pair[0].of_10_000) {
        return Err(Refused("each stage must reach more contacts than the one before".to_owned()));
    }
    if stages.iter().any(|stage| stage.at_least < Period::ZERO) {
        return Err(Refused("a stage can't take less than no time".to_owned()));
    }
    if plan.gates.errors_max_percent.is_some_and(|percent| percent > 100) {
        return Err(Refused("more than 100 % of entries can't fail".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
