//! What the last days brought: entries, messages, what people did with them, goals and their value, by workflow.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::advance::BY_DAY;
use wend_domain::zone::add_days;
use wend_engine::VALUE_SCALE;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Filter;

/// The most days that are shown.
const DAYS_MAX: u32 = 400;

/// The days that are shown if nothing else is asked for.
const DAYS: u32 = 30;

/// How far back, and of what.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Span {
    /// How many days to show, 1 to 400; 30 if not given.
    days: Option<u32>,
    /// Only this workflow.
    workflow: Option<String>,
}

/// What the last days brought, by the workspace's calendar.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Report {
    /// The days, oldest first. Every list below has a number for each.
    days: Vec<String>,
    /// The workflows of which something was counted, by name.
    workflows: Vec<WorkflowReport>,
}

/// What the days brought in one workflow. Contacts who are held out are not counted.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct WorkflowReport {
    /// Its name.
    workflow: String,
    /// How many contacts entered.
    entered: Vec<i64>,
    /// How many messages came to which end: `sent`, `blocked`, `expired`, `failed`, `uncertain`, `cancelled`.
    messages: BTreeMap<String, Vec<i64>>,
    /// How many messages were, for the first time, `delivered`, `opened`, `clicked`, `bounced` and so on. Each link of
    /// a message counts as a click of its own.
    engaged: BTreeMap<String, Vec<i64>>,
    /// Its goals, by name.
    goals: BTreeMap<String, GoalReport>,
}

/// What the days brought of one goal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GoalReport {
    /// How often it was reached.
    reached: Vec<i64>,
    /// What that was worth, as the goal's `value` says.
    value: Vec<f64>,
}

/// What the last days brought, by workflow: entries, messages by what became of them, engagement, goals and value.
#[utoipa::path(
    get,
    path = "/api/v1/report",
    tag = "workflows",
    summary = "Report by day",
    params(Span),
    security(("key" = ["read"])),
    responses((status = 200, body = Report), Refusals),
)]
pub(crate) async fn report(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(span): Filter<Span>,
) -> Result<Json<Report>, Error> {
    let n_days = match span.days.unwrap_or(DAYS) {
        days @ 1..=DAYS_MAX => days,
        days => return Err(Error::Malformed(format!("`days` is {days}; expected 1 to {DAYS_MAX}"))),
    };
    let today = state.engine().catalog(&caller.workspace).policies.zone.local(state.now()).date();
    let first = add_days(today, 1 - i64::from(n_days));
    let days: Vec<String> = (0..i64::from(n_days)).map(|n| add_days(first, n).to_string()).collect();
    let (from, to) = (format!("{BY_DAY}{first}"), format!("{BY_DAY}{}", add_days(today, 1)));
    let counters = state.store().counters_between(&caller.workspace, &from, &to).await?;
    let mut workflows: BTreeMap<String, WorkflowReport> = BTreeMap::new();
    for (counter, n) in counters {
        let Some((day, what)) = counter.strip_prefix(BY_DAY).and_then(|rest| rest.split_once('.')) else {
            continue;
        };
        let Ok(at) = days.binary_search_by(|other| other.as_str().cmp(day)) else { continue };
        let Some((kind, rest)) = what.split_once(':') else { continue };
        let (name, detail) = rest.split_once(':').unwrap_or((rest, ""));
        let is_asked = span.workflow.as_deref().is_none_or(|wanted| wanted == name);
        if is_asked && KINDS.contains(&kind) {
            let report = workflows.entry(name.to_owned()).or_insert_with(|| WorkflowReport {
                workflow: name.to_owned(),
                entered: vec![0; days.len()],
                ..WorkflowReport::default()
            });
            report.add(kind, detail, at, n, days.len());
        }
    }
    Ok(Json(Report { days, workflows: workflows.into_values().collect() }))
}

/// The counters of days that are of a workflow, by what they begin with.
const KINDS: [&str; 5] = ["entered", "message", "engaged", "goal", "value"];

impl WorkflowReport {
    /// Adds what a counter says of one day.
    fn add(&mut self, kind: &str, detail: &str, at: usize, n: i64, n_days: usize) {
        let none = || vec![0; n_days];
        match kind {
            "entered" => self.entered[at] += n,
            "message" => self.messages.entry(detail.to_owned()).or_insert_with(none)[at] += n,
            "engaged" => self.engaged.entry(detail.to_owned()).or_insert_with(none)[at] += n,
            _ => {
                let goal = self
                    .goals
                    .entry(detail.to_owned())
                    .or_insert_with(|| GoalReport { reached: none(), value: vec![0.0; n_days] });
                if kind == "goal" {
                    goal.reached[at] += n;
                } else {
                    #[expect(clippy::cast_precision_loss, reason = "sums beyond 2^53 may lose cents")]
                    let value = n as f64 / VALUE_SCALE;
                    goal.value[at] += value;
                }
            }
        }
    }
}
