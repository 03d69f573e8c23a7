//! The worker that judges versions that are rolled out: the next stage, the end, or back (SEMANTICS 9.3).

use std::collections::BTreeMap;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use wend_domain::catalog::Status;
use wend_domain::compile::Portfolio;
use wend_domain::compile::lifecycle::Operation;
use wend_domain::compile::rollout::{self, Counts, OnBroken, Rollout, Verdict};
use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::time::{Period, Timestamp};

use crate::changes::json;
use crate::engine::Engine;
use crate::lifecycle::{Asked, LifecycleChange};
use crate::tick::{Next, Tick};

/// How often rollouts are judged.
const JUDGE_EVERY: Period = Period::from_millis(5_000);

/// Who has done it, in the audit.
const BY: &str = "rollout";

/// What was counted of both versions when a rollout began.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Start {
    new: Counted,
    previous: Counted,
}

/// Counters of one version, ever.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Counted {
    entered: u64,
    failed: u64,
    goals: u64,
    #[serde(default)]
    sent: u64,
    #[serde(default)]
    bounced: u64,
    #[serde(default)]
    complained: u64,
    #[serde(default)]
    unsubscribed: u64,
}

/// Judges all rollouts.
pub(crate) async fn tick(engine: &Engine, at: Timestamp) -> anyhow::Result<Tick> {
    let mut n_done = 0;
    for loaded in engine.shared().catalogs.all() {
        let published = loaded.catalog.workflows.values();
        if published.into_iter().any(|published| published.rollout.is_some()) {
            n_done += judge_all(engine, &loaded.catalog.workspace, at).await?;
        }
    }
    Ok(Tick { n_done, next: Next::At(at + JUDGE_EVERY) })
}

async fn judge_all(engine: &Engine, workspace: &WorkspaceId, at: Timestamp) -> anyhow::Result<usize> {
    let (revision, portfolio) = engine.portfolio(workspace).await?;
    let counters = engine.store().counters(workspace).await?;
    for (workflow, lifecycle) in &portfolio.lifecycle {
        let Some(rollout) = lifecycle.rollout.as_ref().filter(|_| lifecycle.status == Status::Live) else {
            continue;
        };
        let judged = Judged { workspace, workflow, rollout };
        let start = judged.start(engine, &counters).await?;
        let now = judged.counted(&counters);
        let verdict =
            rollout::next(rollout, at, now.new.since(start.new), now.previous.since(start.previous));
        if judged.act(engine, verdict, revision, &portfolio, at).await? {
            // The next one is judged on top of this change.
            return Ok(1);
        }
    }
    Ok(0)
}

struct Judged<'a> {
    workspace: &'a WorkspaceId,
    workflow: &'a WorkflowName,
    rollout: &'a Rollout,
}

impl Judged<'_> {
    fn counted(&self, counters: &BTreeMap<String, i64>) -> Start {
        Start {
            new: Counted::of(counters, self.workflow, self.rollout.version),
            previous: Counted::of(counters, self.workflow, self.rollout.previous),
        }
    }

    /// What was counted when the rollout began; whoever judges it first notes that.
    async fn start(&self, engine: &Engine, counters: &BTreeMap<String, i64>) -> anyhow::Result<Start> {
        let (store, since) = (engine.store(), self.rollout.since);
        if store.rollout_start(self.workspace, self.workflow, since).await?.is_none() {
            let now = json(&self.counted(counters));
            store.rollout_start_note(self.workspace, self.workflow, since, &now).await?;
        }
        let noted = store.rollout_start(self.workspace, self.workflow, since).await?;
        let noted = noted.context("what was counted at the start of a rollout is gone")?;
        serde_json::from_str(&noted).context("cannot read what was counted at the start of a rollout")
    }

    /// Does what was judged; false if nothing is to be done, or another node did it.
    async fn act(
        &self,
        engine: &Engine,
        verdict: Verdict,
        revision: u64,
        portfolio: &Portfolio,
        at: Timestamp,
    ) -> anyhow::Result<bool> {
        let (operation, reason) = match verdict {
            Verdict::Wait { .. } => return Ok(false),
            Verdict::Advance => {
                (Operation::NextStage, "the stage's time is up and every gate holds".to_owned())
            }
            Verdict::Finish => (Operation::FinishRollout, "the last stage's time is up".to_owned()),
            Verdict::Broken { which, numbers } => {
                let operation = match self.rollout.plan.on_broken {
                    OnBroken::Halt => Operation::Halt,
                    OnBroken::Rollback => Operation::AbortRollout,
                };
                (operation, format!("the gate `{which}` is broken: {numbers}"))
            }
        };
        let asked = Asked {
            workspace: self.workspace,
            workflow: self.workflow,
            operation: &operation,
            by: BY,
            reason: &reason,
        };
        let done = engine.change_on_top(&asked, revision, portfolio, at).await?;
        if let LifecycleChange::Changed { .. } = &done {
            tracing::info!(workspace = %self.workspace, workflow = %self.workflow, reason, "a rollout was judged");
        }
        Ok(matches!(done, LifecycleChange::Changed { .. }))
    }
}

impl Counted {
    fn of(counters: &BTreeMap<String, i64>, workflow: &WorkflowName, version: u32) -> Self {
        let count = |name: String| {
            counters.get(&name).copied().and_then(|count| u64::try_from(count).ok()).unwrap_or_default()
        };
        let (goal, end) = (format!("goal:{workflow}:"), format!(":v{version}"));
        let goals = counters.range(goal.clone()..).take_while(|(name, _)| name.starts_with(&goal));
        let goals = goals.filter(|(name, _)| name.ends_with(&end));
        Self {
            entered: count(format!("entered:{workflow}:v{version}")),
            failed: count(format!("failed:{workflow}:v{version}")),
            goals: goals.filter_map(|(_, count)| u64::try_from(*count).ok()).sum(),
            sent: count(format!("sent:{workflow}:v{version}")),
            bounced: count(format!("news:{workflow}:bounced:v{version}")),
            complained: count(format!("news:{workflow}:complained:v{version}")),
            unsubscribed: count(format!("news:{workflow}:unsubscribed:v{version}")),
        }
    }

    fn since(self, start: Self) -> Counts {
        Counts {
            entered: self.entered.saturating_sub(start.entered),
            failed: self.failed.saturating_sub(start.failed),
            goals: self.goals.saturating_sub(start.goals),
            sent: self.sent.saturating_sub(start.sent),
            bounced: self.bounced.saturating_sub(start.bounced),
            complained: self.complained.saturating_sub(start.complained),
            unsubscribed: self.unsubscribed.saturating_sub(start.unsubscribed),
        }
    }
}
