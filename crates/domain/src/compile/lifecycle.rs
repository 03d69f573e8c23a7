//! What a team does to a workflow that is published: pause it, stop it, put it away, go back, roll out (SEMANTICS 9.3,
//! 9.4). All of it is a new revision of the catalog in which no definition changed.

use serde::{Deserialize, Serialize};

use super::rollout::{self, EVERYBODY, Plan, Rollout};
use super::{Portfolio, current_file};
use crate::catalog::Status;
use crate::id::WorkflowName;
use crate::time::Timestamp;

/// How a published workflow is, beyond what its file says. A workflow that isn't in
/// [`Portfolio::lifecycle`](super::Portfolio::lifecycle) is live and enters its newest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Lifecycle {
    /// Whether it moves.
    pub status: Status,
    /// The status to which a pause or a stop goes back: archived workflows can be stopped, too.
    #[serde(skip_serializing_if = "is_live")]
    pub before: Status,
    /// Whether its live runs were given up with its pause or its putting away.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub discard: bool,
    /// The version that new runs enter, if that isn't the newest one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<u32>,
    /// The version that takes the place of the current one, contact by contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_live(status: &Status) -> bool {
    *status == Status::Live
}

/// What is done to a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Nobody enters, runs rest where they are; with `discard` they are given up.
    Pause {
        /// Whether live runs end.
        #[serde(default)]
        discard: bool,
    },
    /// After a pause or a stop: it goes on, and what fell due meanwhile is looked at (SEMANTICS 2.7).
    Resume,
    /// At once nobody enters, nothing advances, nothing is attempted.
    Halt,
    /// Put away: nobody enters, live runs go on to their end unless they are given up.
    Archive {
        /// Whether live runs end.
        #[serde(default)]
        discard: bool,
    },
    /// Taken out again.
    Restore,
    /// New runs enter this version from now on. The next version that is published takes its place.
    Rollback {
        /// The version.
        to: u32,
    },
    /// A version reaches a growing share of contacts.
    StartRollout {
        /// The version.
        version: u32,
        /// How.
        plan: Plan,
    },
    /// The rollout reaches this share, and no stage follows by itself any more.
    SetShare {
        /// How many of 10,000 contacts.
        of_10_000: u32,
    },
    /// The rollout's next stage begins.
    NextStage,
    /// Everybody enters the new version.
    FinishRollout,
    /// Everybody enters the previous version again.
    AbortRollout,
}

/// What an operation gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The next portfolio.
    pub portfolio: Portfolio,
    /// Who must hear of it.
    pub tell: Tell,
}

/// Which contacts must hear of an operation, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// Nobody: a document is brought up to date when its contact is next heard of.
    Nobody,
    /// All contacts that there is a new revision: other triggers count from now on.
    Everybody,
    /// Those with live runs of the workflow: [`Cause::Resumed`](crate::input::Cause::Resumed).
    Resumed,
    /// Those with live runs of the workflow: [`Cause::Discard`](crate::input::Cause::Discard).
    Discard,
}

/// Why an operation makes no sense, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// Does something to a workflow, as revision `revision` of the catalog.
pub fn change(
    portfolio: &Portfolio,
    revision: u64,
    workflow: &WorkflowName,
    operation: &Operation,
    at: Timestamp,
) -> Result<Changed, Refused> {
    let versions: Vec<u32> = versions(portfolio, workflow).collect();
    let Some(newest) = versions.last().copied() else {
        return Err(Refused(format!("no version of a workflow `{workflow}` was ever published")));
    };
    let target = Target {
        name: workflow,
        is_in_files: current_file(portfolio, workflow),
        newest,
        versions: &versions,
        at,
    };
    let lifecycle = portfolio.lifecycle.get(workflow).cloned().unwrap_or_default();
    let (lifecycle, tell) = target.after(lifecycle, operation)?;
    let mut portfolio = portfolio.clone();
    if tell == Tell::Everybody {
        portfolio.definitions = revision;
    }
    if lifecycle == Lifecycle::default() {
        portfolio.lifecycle.remove(workflow);
    } else {
        portfolio.lifecycle.insert(workflow.clone(), lifecycle);
    }
    Ok(Changed { portfolio, tell })
}

/// The numbers of a workflow's published versions, oldest first.
pub(super) fn versions<'a>(
    portfolio: &'a Portfolio,
    workflow: &'a WorkflowName,
) -> impl Iterator<Item = u32> + 'a {
    portfolio
        .versions
        .iter()
        .filter(move |version| version.workflow == *workflow)
        .map(|version| version.version)
}

/// The workflow to which something is done.
struct Target<'a> {
    name: &'a WorkflowName,
    is_in_files: bool,
    newest: u32,
    versions: &'a [u32],
    at: Timestamp,
}

impl Target<'_> {
    fn refused<T>(&self, why: &str) -> Result<T, Refused> {
        Err(Refused(format!("the workflow `{}` {why}", self.name)))
    }

    fn after(&self, lifecycle: Lifecycle, operation: &Operation) -> Result<(Lifecycle, Tell), Refused> {
        match operation {
            Operation::Pause { .. }
            | Operation::Resume
            | Operation::Halt
            | Operation::Archive { .. }
            | Operation::Restore => self.status(lifecycle, operation),
            Operation::Rollback { .. }
            | Operation::StartRollout { .. }
            | Operation::SetShare { .. }
            | Operation::NextStage
            | Operation::FinishRollout
            | Operation::AbortRollout => {
                if !self.is_in_files {
                    return self.refused("is no longer in the files: nobody enters it");
                }
                Ok((self.version(lifecycle, operation)?, Tell::Everybody))
            }
        }
    }

    /// Operations on whether it moves.
    fn status(&self, mut lifecycle: Lifecycle, operation: &Operation) -> Result<(Lifecycle, Tell), Refused> {
        let tell = match (operation, lifecycle.status) {
            (Operation::Pause { discard }, Status::Paused) if lifecycle.discard || !discard => {
                return self.refused("is paused already");
            }
            (Operation::Pause { discard }, from) => {
                lifecycle.rest(from, Status::Paused);
                lifecycle.discard = *discard;
                if *discard { Tell::Discard } else { Tell::Nobody }
            }
            (Operation::Resume, Status::Paused | Status::Halted) => {
                let before = lifecycle.before;
                lifecycle = Lifecycle { status: before, before: Status::Live, discard: false, ..lifecycle };
                Tell::Resumed
            }
            (Operation::Resume, Status::Live) => return self.refused("is live: there is nothing to resume"),
            (Operation::Resume, Status::Archived) => return self.refused("is archived: restore it instead"),
            (Operation::Halt, Status::Halted) => return self.refused("is stopped already"),
            (Operation::Halt, from) => {
                lifecycle.rest(from, Status::Halted);
                Tell::Nobody
            }
            (Operation::Archive { .. }, Status::Archived) => return self.refused("is archived already"),
            (Operation::Archive { discard: false }, Status::Paused | Status::Halted) => {
                return self.refused("rests with its runs: resume it first, or give its runs up (discard)");
            }
            (Operation::Archive { discard }, _) => {
                let status = Status::Archived;
                lifecycle = Lifecycle { status, before: Status::Live, discard: *discard, ..lifecycle };
                if *discard { Tell::Discard } else { Tell::Nobody }
            }
            (Operation::Restore, Status::Archived) => {
                lifecycle = Lifecycle { status: Status::Live, discard: false, ..lifecycle };
                Tell::Nobody
            }
            (_, _) => return self.refused("is not archived: there is nothing to restore"),
        };
        Ok((lifecycle, tell))
    }

    /// Operations on which version is entered.
    fn version(&self, mut lifecycle: Lifecycle, operation: &Operation) -> Result<Lifecycle, Refused> {
        match operation {
            Operation::Rollback { to } => {
                self.known(*to)?;
                let is_entered = lifecycle.rollout.is_none() && self.current(&lifecycle) == *to;
                if is_entered {
                    return self.refused(&format!("enters version {to} already"));
                }
                lifecycle.rollout = None;
                lifecycle.current = Some(*to).filter(|to| *to != self.newest);
            }
            Operation::StartRollout { version, plan } => {
                self.known(*version)?;
                rollout::check(plan)?;
                if let Some(rollout) = &lifecycle.rollout {
                    let version = rollout.version;
                    return self
                        .refused(&format!("is rolling out version {version}: finish or abort that first"));
                }
                let previous = self.current(&lifecycle);
                if previous == *version {
                    return self.refused(&format!("enters version {version} already"));
                }
                lifecycle.current = Some(previous).filter(|previous| *previous != self.newest);
                lifecycle.rollout = Some(begin(*version, previous, plan.clone(), self.at));
            }
            _ => {
                let Some(rollout) = &mut lifecycle.rollout else {
                    return self.refused("is not rolling anything out");
                };
                match operation {
                    Operation::SetShare { of_10_000 } if *of_10_000 > EVERYBODY => {
                        return Err(Refused(format!(
                            "{of_10_000} of 10,000 contacts is more than everybody"
                        )));
                    }
                    Operation::SetShare { of_10_000 } => rollout.by_hand = Some(*of_10_000),
                    Operation::NextStage if rollout.stage + 1 >= rollout.plan.stages.len() => {
                        return self.refused("is at the last stage of its rollout: finish it");
                    }
                    Operation::NextStage => {
                        rollout.stage += 1;
                        rollout.stage_since = self.at;
                        rollout.by_hand = None;
                    }
                    Operation::FinishRollout => {
                        lifecycle.current = Some(rollout.version).filter(|version| *version != self.newest);
                        lifecycle.rollout = None;
                    }
                    _ => {
                        lifecycle.current = Some(rollout.previous).filter(|version| *version != self.newest);
                        lifecycle.rollout = None;
                    }
                }
            }
        }
        Ok(lifecycle)
    }

    fn known(&self, version: u32) -> Result<(), Refused> {
        if self.versions.contains(&version) {
            return Ok(());
        }
        self.refused(&format!("has no version {version}: its newest is {}", self.newest))
    }

    /// The version that new runs enter, a rollout apart.
    fn current(&self, lifecycle: &Lifecycle) -> u32 {
        lifecycle.entered().unwrap_or(self.newest)
    }
}

impl Lifecycle {
    /// The version that new runs enter, if it isn't the newest one; those of a rollout apart.
    pub fn entered(&self) -> Option<u32> {
        self.rollout.as_ref().map(|rollout| rollout.previous).or(self.current)
    }

    fn rest(&mut self, from: Status, status: Status) {
        if matches!(from, Status::Live | Status::Archived) {
            self.before = from;
        }
        self.status = status;
    }
}

/// A rollout at its first stage.
pub(super) fn begin(version: u32, previous: u32, plan: Plan, at: Timestamp) -> Rollout {
    Rollout { version, previous, plan, stage: 0, stage_since: at, since: at, by_hand: None }
}

#[cfg(test)]
mod tests;
