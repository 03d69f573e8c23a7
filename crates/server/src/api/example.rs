//! One workflow to start from.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Examples;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::wire::{Parameters, SourceFile};

/// A workflow to start from, with what it needs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Example {
    /// The files: the workflow, what it names, and the policies of the library.
    files: Vec<SourceFile>,
}

/// A workflow of the library with every file that it needs: add them to the portfolio and publish it.
#[utoipa::path(
    get,
    path = "/api/v1/examples/{name}",
    tag = "portfolio",
    summary = "Show an example",
    params(("name" = String, Path, description = "The workflow's name", example = "welcome")),
    security(("key" = ["read"])),
    responses((status = 200, body = Example), Refusals),
)]
pub(crate) async fn example(
    Reader(_): Reader,
    Parameters(name): Parameters<String>,
) -> Result<Json<Example>, Error> {
    let files = Examples::files(&name).ok_or_else(|| Error::not_found("example", &name))?;
    let files = files.into_iter().map(|(path, text)| SourceFile { path, text }).collect();
    Ok(Json(Example { files }))
}
