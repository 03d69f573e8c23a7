//! Rollouts as the API reads and shows them: shares in percent, times as periods.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::compile::rollout::{EVERYBODY, Gates, OnBroken, Plan, Rollout, Stage};
use wend_domain::time::Period;

use crate::error::Error;
use crate::view::shown;

/// How a version is rolled out.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RolloutPlan {
    /// In order; each reaches more contacts than the one before.
    stages: Vec<StagePlan>,
    /// What must hold; what is not given is not asked.
    #[serde(default)]
    gates: GatesPlan,
    /// `rollback` (the previous version takes everybody again) or `halt` (nothing moves until a person decides).
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    on_broken: OnBroken,
}

/// One stage.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StagePlan {
    /// The share of contacts that enter the new version, in percent.
    percent: f64,
    /// How long it takes at least.
    #[serde(rename = "for", with = "period")]
    #[schema(value_type = String, example = "1d")]
    at_least: Period,
}

/// What must hold while a version is rolled out.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct GatesPlan {
    /// At most this many of 100 entries into the new version may have failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors_max_percent: Option<u32>,
    /// The new version's goals per entry must be at least this many percent of the other version's.
    #[serde(skip_serializing_if = "Option::is_none")]
    goal_rate_min_percent_of_previous: Option<u32>,
    /// At most this share of the messages that the new version sent may have come back, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    bounces_max_percent: Option<f64>,
    /// At most this share of them may have been called spam, in percent, such as 0.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    complaints_max_percent: Option<f64>,
    /// At most this share of them may have led to an opt-out, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    unsubscribes_max_percent: Option<f64>,
    /// Nothing is judged, and no stage ends, before this many have entered the new version.
    entries_min: u64,
}

mod period {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use wend_domain::time::Period;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's `with` wants a reference")]
    pub(super) fn serialize<S: Serializer>(period: &Period, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(period)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Period, D::Error> {
        let text = String::deserialize(deserializer)?;
        Period::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is not a period; write a number and a unit: `20m`, `6h`, `1d`"
            ))
        })
    }
}

/// How many parts of 10,000 a percent is.
const OF_A_PERCENT: f64 = 100.0;

/// A share in percent as parts of 10,000.
pub(crate) fn of_10_000(percent: f64) -> Result<u32, Error> {
    if !(0.0..=100.0).contains(&percent) {
        return Err(Error::Malformed(format!("a share is 0 to 100 percent, not {percent}")));
    }
    Ok((percent * OF_A_PERCENT).round() as u32)
}

fn percent(of_10_000: u32) -> f64 {
    f64::from(of_10_000.min(EVERYBODY)) / OF_A_PERCENT
}

impl TryFrom<RolloutPlan> for Plan {
    type Error = Error;

    fn try_from(plan: RolloutPlan) -> Result<Self, Error> {
        let stage =
            |stage: &StagePlan| Ok(Stage { of_10_000: of_10_000(stage.percent)?, at_least: stage.at_least });
        let gates = plan.gates;
        let parts = |share: Option<f64>| share.map(of_10_000).transpose();
        Ok(Self {
            stages: plan.stages.iter().map(stage).collect::<Result<_, Error>>()?,
            gates: Gates {
                errors_max_percent: gates.errors_max_percent,
                goal_rate_min_percent_of_previous: gates.goal_rate_min_percent_of_previous,
                bounces_max_of_10_000: parts(gates.bounces_max_percent)?,
                complaints_max_of_10_000: parts(gates.complaints_max_percent)?,
                unsubscribes_max_of_10_000: parts(gates.unsubscribes_max_percent)?,
                entries_min: gates.entries_min,
            },
            on_broken: plan.on_broken,
        })
    }
}

impl From<&Plan> for RolloutPlan {
    fn from(plan: &Plan) -> Self {
        let gates = plan.gates;
        let stage = |stage: &Stage| StagePlan { percent: percent(stage.of_10_000), at_least: stage.at_least };
        Self {
            stages: plan.stages.iter().map(stage).collect(),
            gates: GatesPlan {
                errors_max_percent: gates.errors_max_percent,
                goal_rate_min_percent_of_previous: gates.goal_rate_min_percent_of_previous,
                bounces_max_percent: gates.bounces_max_of_10_000.map(percent),
                complaints_max_percent: gates.complaints_max_of_10_000.map(percent),
                unsubscribes_max_percent: gates.unsubscribes_max_of_10_000.map(percent),
                entries_min: gates.entries_min,
            },
            on_broken: plan.on_broken,
        }
    }
}

/// A rollout that is under way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RolloutView {
    /// The new version.
    version: u32,
    /// The version that the other contacts enter.
    previous: u32,
    /// The share of contacts that enter the new version now, in percent.
    percent: f64,
    /// The stage, from 1.
    stage: usize,
    /// When it began.
    stage_since: String,
    /// When the rollout began.
    since: String,
    /// Whether a person set the share: no stage follows by itself any more.
    by_hand: bool,
    /// How it goes on.
    #[serde(flatten)]
    plan: RolloutPlan,
}

impl From<&Rollout> for RolloutView {
    fn from(rollout: &Rollout) -> Self {
        Self {
            version: rollout.version,
            previous: rollout.previous,
            percent: percent(rollout.of_10_000()),
            stage: rollout.stage + 1,
            stage_since: shown(rollout.stage_since),
            since: shown(rollout.since),
            by_hand: rollout.by_hand.is_some(),
            plan: RolloutPlan::from(&rollout.plan),
        }
    }
}
