//! Templates, and what uses them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_domain::compile::{known, template_parts};

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;

/// All templates.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Templates {
    /// The revision of the catalog that they are of.
    revision: u64,
    /// By name.
    templates: Vec<TemplateView>,
}

/// A template, and what uses it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TemplateView {
    /// Its name.
    name: String,
    /// Its channel.
    channel: String,
    /// Its file.
    file: String,
    /// Its parts, such as `subject` and `markdown`.
    parts: Vec<String>,
    /// The workflows that send it.
    used_by: Vec<String>,
    /// Whether one of them sends it in a category that contacts can opt out of.
    marketing: bool,
}

/// All templates of the published portfolio, with the workflows that send each.
#[utoipa::path(
    get,
    path = "/api/v1/templates",
    tag = "templates",
    operation_id = "list_templates",
    summary = "List templates and what uses them",
    security(("key" = ["read"])),
    responses((status = 200, body = Templates), Refusals),
)]
pub(crate) async fn templates(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Templates>, Error> {
    let (revision, portfolio) = state.engine().portfolio(&caller.workspace).await?;
    let known = known(&portfolio.files);
    let mut templates: BTreeMap<String, TemplateView> = BTreeMap::new();
    for part in template_parts(&portfolio.files) {
        let Some(head) = part.template else { continue };
        let view = templates.entry(head.name.clone()).or_insert_with(|| TemplateView {
            channel: head.channel,
            file: part.file,
            parts: Vec::new(),
            used_by: known.used.get(&head.name).into_iter().flatten().cloned().collect(),
            marketing: known.marketing.contains_key(&head.name),
            name: head.name,
        });
        view.parts.push(part.part);
    }
    Ok(Json(Templates { revision, templates: templates.into_values().collect() }))
}
