//! Who would be meant: an answer from a random sample at once, and the exact number by a job.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use wend_domain::id::SegmentName;
use wend_engine::{JobWork, QUESTIONS_MAX, Selection};

use crate::api::audience::{AskedSelection, BriefContact, Estimate, brief, called, combinations, parts};
use crate::api::note;
use crate::auth::{Caller, Reader};
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Body;

/// The only question.
const FIRST: u32 = 1;

/// What is to be previewed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewBody {
    /// Who is meant.
    #[serde(flatten)]
    select: AskedSelection,
    /// Another number asks another sample; 0 if not given.
    #[serde(default)]
    seed: u64,
    /// Whether a job is to count exactly, too.
    #[serde(default)]
    count: bool,
}

/// Who would be meant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewView {
    /// How many contacts were asked.
    asked: u64,
    /// How many of them are meant.
    matched: u64,
    /// How many contacts there are.
    contacts: u64,
    /// What that says of all contacts.
    estimate: Estimate,
    /// Some of those who are meant.
    members: Vec<BriefContact>,
    /// The segments that it asks and that are being built: the answer may be of before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    building: Vec<String>,
    /// The job that counts exactly: see `result` of `GET /api/v1/jobs/{id}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
}

/// Asks a random sample of contacts whether a segment or a condition means them; nothing is kept. Where there are few
/// contacts, all are asked.
#[utoipa::path(
    post,
    path = "/api/v1/segments/preview",
    tag = "segments",
    operation_id = "preview_segment",
    summary = "Preview who is meant",
    request_body = PreviewBody,
    security(("key" = ["read"])),
    responses(
        (status = 200, body = PreviewView),
        (status = 422, description = "The condition makes no sense", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn preview(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Body(body): Body<PreviewBody>,
) -> Result<Json<PreviewView>, Error> {
    let PreviewBody { select, seed, count } = body;
    let catalog = state.engine().catalog(&caller.workspace);
    let of = vec![select.checked(&catalog)?];
    let sample = state.engine().sample(&caller.workspace, &of, seed).await?;
    let share = sample.share(FIRST);
    Ok(Json(PreviewView {
        asked: share.sampled,
        matched: share.matched,
        contacts: share.contacts,
        estimate: share.into(),
        members: brief(&state, &caller.workspace, &sample.members).await?,
        building: building(&state, &caller, &of).await?,
        job: if count { Some(begin_count(&state, &caller, of).await?) } else { None },
    }))
}

/// What is held against each other.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OverlapBody {
    /// Two to eight selections.
    of: Vec<AskedSelection>,
    /// Another number asks another sample; 0 if not given.
    #[serde(default)]
    seed: u64,
    /// Whether a job is to count exactly, too.
    #[serde(default)]
    count: bool,
}

/// How many contacts are meant by several selections at once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OverlapView {
    /// How many contacts were asked.
    asked: u64,
    /// How many contacts there are.
    contacts: u64,
    /// Each selection alone, each two together, and all together.
    sets: Vec<SetView>,
    /// The segments that are being built: the answer may be of before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    building: Vec<String>,
    /// The job that counts exactly: see `result` of `GET /api/v1/jobs/{id}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
}

/// The contacts that all of some selections mean.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetView {
    /// The selections.
    of: Vec<String>,
    /// How many of those who were asked.
    matched: u64,
    /// What that says of all contacts.
    estimate: Estimate,
}

/// Asks a random sample of contacts which of some selections mean them.
#[utoipa::path(
    post,
    path = "/api/v1/segments/overlap",
    tag = "segments",
    operation_id = "overlap_segments",
    summary = "Show how segments overlap",
    request_body = OverlapBody,
    security(("key" = ["read"])),
    responses(
        (status = 200, body = OverlapView),
        (status = 422, description = "A condition makes no sense", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn overlap(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Body(body): Body<OverlapBody>,
) -> Result<Json<OverlapView>, Error> {
    let OverlapBody { of, seed, count } = body;
    if !(2..=QUESTIONS_MAX).contains(&of.len()) {
        return Err(Error::Malformed(format!("`of` has {}; expected 2 to {QUESTIONS_MAX}", of.len())));
    }
    let catalog = state.engine().catalog(&caller.workspace);
    let of: Vec<Selection> = of.into_iter().map(|one| one.checked(&catalog)).collect::<Result<_, _>>()?;
    let sample = state.engine().sample(&caller.workspace, &of, seed).await?;
    let names: Vec<String> = of.iter().map(called).collect();
    let sets = combinations(of.len()).into_iter().map(|mask| {
        let share = sample.share(mask);
        SetView { of: parts(&names, mask).collect(), matched: share.matched, estimate: share.into() }
    });
    Ok(Json(OverlapView {
        asked: sample.counted.asked,
        contacts: sample.contacts,
        sets: sets.collect(),
        building: building(&state, &caller, &of).await?,
        job: if count { Some(begin_count(&state, &caller, of).await?) } else { None },
    }))
}

/// The segments among what is asked that are being built.
async fn building(state: &ServerState, caller: &Caller, of: &[Selection]) -> Result<Vec<String>, Error> {
    let catalog = state.engine().catalog(&caller.workspace);
    let built = state.engine().built(&caller.workspace).await?;
    let is_building = |name: &&SegmentName| built.is_building(&catalog, name);
    let named: BTreeSet<SegmentName> = of.iter().flat_map(|select| select.segments(&catalog)).collect();
    Ok(named.iter().filter(is_building).map(ToString::to_string).collect())
}

async fn begin_count(state: &ServerState, caller: &Caller, of: Vec<Selection>) -> Result<String, Error> {
    let id = format!("count-{:016x}", state.with_random(RngCore::next_u64));
    let work = JobWork::Count { of };
    state.engine().begin_job(&caller.workspace, id.clone(), &work, None, None, &caller.name).await?;
    note(state, &caller.workspace, caller, &json!({ "count": id })).await?;
    Ok(id)
}
