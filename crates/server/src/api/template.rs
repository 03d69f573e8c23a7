//! One template: its file, as text and as a document, what uses it, and when it changed.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wend_domain::compile::{known, template_name};
use wend_domain::id::WorkspaceId;
use wend_domain::source::SourceFile;
use wend_domain::source::yaml;

use crate::api::drafts::text_of;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::Parameters;

/// How many publications are looked through for changes of a template: each is read whole.
const PUBLICATIONS_MAX: u64 = 50;

/// A template with its file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneTemplate {
    /// The revision of the catalog that it is of.
    revision: u64,
    /// Its name.
    name: String,
    /// Its channel.
    channel: String,
    /// The path of its file.
    path: String,
    /// The text of its file.
    text: String,
    /// The same as JSON: comments are left out.
    #[schema(value_type = Object)]
    document: Value,
    /// The workflows that send it.
    used_by: Vec<String>,
    /// Whether one of them sends it in a category that contacts can opt out of.
    marketing: bool,
    /// When it changed, newest first, as far as the latest 50 publications tell.
    versions: Vec<TemplateVersion>,
}

/// A publication in which a template changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TemplateVersion {
    /// The revision that it was published as.
    revision: u64,
    /// When.
    published_at: String,
    /// By whom.
    published_by: String,
    /// The text of the file as it was published; none if the file was removed.
    text: Option<String>,
}

/// A template of the published portfolio with its file, as text and as JSON, what sends it, and when it changed.
#[utoipa::path(
    get,
    path = "/api/v1/templates/{name}",
    tag = "templates",
    operation_id = "show_template",
    summary = "Show a template",
    params(("name" = String, Path, description = "The template's name")),
    security(("key" = ["read"])),
    responses((status = 200, body = OneTemplate), Refusals),
)]
pub(crate) async fn template(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
) -> Result<Json<OneTemplate>, Error> {
    let workspace = &caller.workspace;
    let (revision, portfolio) = state.engine().portfolio(workspace).await?;
    let of = |file: &&SourceFile| template_name(file).as_deref() == Some(name.as_str());
    let file = portfolio.files.iter().find(of).ok_or_else(|| Error::not_found("template", &name))?;
    let node = yaml::parse(file).0.ok_or_else(|| Error::not_found("template", &name))?;
    let known = known(&portfolio.files);
    Ok(Json(OneTemplate {
        revision,
        channel: node.text_of("channel").unwrap_or_default().to_owned(),
        path: file.path.clone(),
        text: file.text.clone(),
        document: node.to_json(),
        used_by: known.used.get(&name).into_iter().flatten().cloned().collect(),
        marketing: known.marketing.contains_key(&name),
        versions: versions(&state, workspace, &file.path, revision).await?,
        name,
    }))
}

/// The publications in which a file became another.
async fn versions(
    state: &ServerState,
    workspace: &WorkspaceId,
    path: &str,
    latest: u64,
) -> Result<Vec<TemplateVersion>, Error> {
    let mut versions = Vec::new();
    let mut after: Option<TemplateVersion> = None;
    let oldest = latest.saturating_sub(PUBLICATIONS_MAX);
    for revision in (oldest..=latest).rev() {
        let row = state.store().catalog_at(workspace, revision).await?;
        let version = match row {
            Some(row) => {
                let portfolio = serde_json::from_str(&row.portfolio_json).map_err(Error::internal)?;
                TemplateVersion {
                    revision,
                    published_at: shown(row.at),
                    published_by: row.by,
                    text: text_of(&portfolio, path).map(str::to_owned),
                }
            }
            None => break,
        };
        if let Some(after) = after.take().filter(|after| after.text != version.text) {
            versions.push(after);
        }
        after = Some(version);
    }
    // Of the oldest that was looked at, what was before it isn't known, unless there was nothing.
    versions.extend(after.filter(|first| first.text.is_some() && first.revision == 1));
    Ok(versions)
}
