//! Workflows to start from.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Examples;
use crate::auth::Reader;
use crate::error::{Error, Refusals};

/// A workflow to start from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExampleHead {
    /// Its name.
    #[schema(example = "welcome")]
    name: String,
    /// Its file's text.
    text: String,
}

/// Workflows to start from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExampleList {
    /// The workflows, by name.
    examples: Vec<ExampleHead>,
}

/// Complete workflows that a team can start from; each can be had with every file that it needs.
#[utoipa::path(
    get,
    path = "/api/v1/examples",
    tag = "portfolio",
    summary = "List examples",
    security(("key" = ["read"])),
    responses((status = 200, body = ExampleList), Refusals),
)]
pub(crate) async fn examples(Reader(_): Reader) -> Result<Json<ExampleList>, Error> {
    let head = |name: String| {
        let text = Examples::text(&format!("workflows/{name}.yaml"))?;
        Some(ExampleHead { name, text })
    };
    Ok(Json(ExampleList { examples: Examples::names().into_iter().filter_map(head).collect() }))
}
