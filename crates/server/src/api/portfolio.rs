//! The files that are published.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_domain::compile::Portfolio;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::SourceFile;

/// The files that are published, byte for byte.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PortfolioView {
    /// Their revision; 0 before anything was published.
    revision: u64,
    /// The files, sorted by path.
    files: Vec<SourceFile>,
    /// Every version of every workflow ever published, oldest first.
    versions: Vec<VersionView>,
}

/// A published version of a workflow; it never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    /// The workflow.
    workflow: String,
    /// The version, from 1.
    version: u32,
    /// The file as it was published.
    source: SourceFile,
}

/// The files that are published, as they were applied, and all versions of all workflows.
#[utoipa::path(
    get,
    path = "/api/v1/portfolio",
    tag = "portfolio",
    summary = "Show what is published",
    security(("key" = ["read"])),
    responses((status = 200, body = PortfolioView), Refusals),
)]
pub(crate) async fn portfolio(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<PortfolioView>, Error> {
    let (revision, portfolio) = state.engine().portfolio(&caller.workspace).await?;
    let Portfolio { files, versions, .. } = portfolio;
    let versions = versions.into_iter().map(|version| VersionView {
        workflow: version.workflow.to_string(),
        version: version.version,
        source: version.source.into(),
    });
    let versions = versions.collect();
    Ok(Json(PortfolioView { revision, files: files.into_iter().map(SourceFile::from).collect(), versions }))
}
