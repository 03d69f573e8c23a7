//! Segments: what there is, how many contacts each has, and whether that is all of them yet.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_domain::advance::in_segment;
use wend_domain::id::SegmentName;
use wend_domain::segment::Segment;

use crate::api::audience::BuildingView;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;

/// All segments.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Segments {
    /// The segments, by name.
    segments: Vec<SegmentRow>,
}

/// A segment in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SegmentRow {
    /// Its name.
    name: String,
    /// What a person reads.
    title: String,
    /// How many contacts are in it: those who have been told of what it means now.
    n_contacts: i64,
    /// The revision since which it means what it means now.
    since_revision: u64,
    /// Whether that is all.
    building: BuildingView,
}

/// The segments of the workspace with how many contacts are in each.
#[utoipa::path(
    get,
    path = "/api/v1/segments",
    tag = "segments",
    summary = "List segments",
    security(("key" = ["read"])),
    responses((status = 200, body = Segments), Refusals),
)]
pub(crate) async fn segments(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Segments>, Error> {
    let catalog = state.engine().catalog(&caller.workspace);
    let built = state.engine().built(&caller.workspace).await?;
    let counters = state.store().counters_between(&caller.workspace, "segment:", "segment;").await?;
    let row = |(name, segment): (&SegmentName, &Segment)| SegmentRow {
        name: name.to_string(),
        title: segment.title.clone(),
        n_contacts: counters.get(&in_segment(name)).copied().unwrap_or_default(),
        since_revision: catalog.segment_since(name),
        building: BuildingView::of(&built, &catalog, name),
    };
    Ok(Json(Segments { segments: catalog.segments.iter().map(row).collect() }))
}
