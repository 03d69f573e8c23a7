//! Catalogues: products, articles and what else templates look up, from files and uploaded.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use wend_domain::catalogue::rows_of_csv;
use wend_domain::id::CatalogueName;
use wend_engine::{CATALOGUE_BYTES_MAX, Uploaded};
use wend_store::{CATALOGUES_MAX, CatalogueRow};

use crate::api::{checked_name, note};
use crate::auth::{Manager, Reader};
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::{Body, Filter, Parameters, page_rows};

/// The column by which a row is found unless another one is said.
const KEY: &str = "id";

/// How many bad rows a refusal names.
const BAD_ROWS_MAX: usize = 5;

/// All catalogues.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Catalogues {
    /// By name.
    catalogues: Vec<CatalogueHead>,
}

/// A catalogue without its rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogueHead {
    /// Its name.
    name: String,
    /// `file` if a file of the portfolio describes it, else `upload`.
    source: &'static str,
    /// How many rows it has.
    n_rows: usize,
    /// When, how often and by whom it was uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    upload: Option<CatalogueUpload>,
}

/// The latest upload of a catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogueUpload {
    /// The column by which a row is found.
    key: String,
    /// How often it was uploaded.
    revision: u64,
    /// When.
    at: String,
    /// By whom.
    by: String,
}

/// A catalogue with a page of its rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneCatalogue {
    /// What a list says of it.
    #[serde(flatten)]
    head: CatalogueHead,
    /// Rows, in the order of the file.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<Value>,
    /// The `after` of the next page; none on the last.
    next: Option<usize>,
}

/// Which rows.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowsWanted {
    /// How many rows, at most 1,000.
    limit: Option<usize>,
    /// How many rows come before: the `next` of a page.
    after: Option<usize>,
}

/// A catalogue to upload, with `rows` or `csv`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CatalogueToUpload {
    /// The column by which a row is found; `id` if not given.
    key: Option<String>,
    /// The rows, each an object.
    #[schema(value_type = Option<Vec<Object>>)]
    rows: Option<Vec<Map<String, Value>>>,
    /// The rows as CSV, with the names of the columns in the first line.
    csv: Option<String>,
}

/// What was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadedCatalogue {
    /// Its name.
    name: String,
    /// How many rows it has.
    n_rows: usize,
}

/// All catalogues, those of files and those that were uploaded.
#[utoipa::path(
    get,
    path = "/api/v1/catalogues",
    tag = "catalogues",
    operation_id = "list_catalogues",
    summary = "List catalogues",
    security(("key" = ["read"])),
    responses((status = 200, body = Catalogues), Refusals),
)]
pub(crate) async fn catalogues(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Catalogues>, Error> {
    let uploads = state.store().catalogues(&caller.workspace).await?;
    let catalog = state.engine().latest_catalog(&caller.workspace).await?;
    let heads = catalog.catalogues.iter().map(|(name, catalogue)| {
        head(
            name.as_str(),
            catalogue.items.len(),
            state.engine().is_upload(&caller.workspace, name),
            &uploads,
        )
    });
    Ok(Json(Catalogues { catalogues: heads.collect() }))
}

fn head(name: &str, n_rows: usize, is_upload: bool, uploads: &[CatalogueRow]) -> CatalogueHead {
    let upload = uploads.iter().find(|row| is_upload && row.name == name).map(|row| CatalogueUpload {
        key: row.key_column.clone(),
        revision: row.revision,
        at: shown(row.at),
        by: row.by.clone(),
    });
    let source = if is_upload { "upload" } else { "file" };
    CatalogueHead { name: name.to_owned(), source, n_rows, upload }
}

/// A catalogue with a page of its rows, as templates read it now.
#[utoipa::path(
    get,
    path = "/api/v1/catalogues/{name}",
    tag = "catalogues",
    operation_id = "show_catalogue",
    summary = "Show a catalogue",
    params(("name" = String, Path, description = "The catalogue's name"), RowsWanted),
    security(("key" = ["read"])),
    responses((status = 200, body = OneCatalogue), Refusals),
)]
pub(crate) async fn catalogue(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Filter(wanted): Filter<RowsWanted>,
) -> Result<Json<OneCatalogue>, Error> {
    let (limit, after) = (page_rows(wanted.limit)?, wanted.after.unwrap_or(0));
    let uploads = state.store().catalogues(&caller.workspace).await?;
    let catalog = state.engine().latest_catalog(&caller.workspace).await?;
    let named = CatalogueName::from(name.as_str());
    let found = catalog.catalogues.get(&named).ok_or_else(|| Error::not_found("catalogue", &name))?;
    let is_upload = state.engine().is_upload(&caller.workspace, &named);
    let rows: Vec<Value> = found.items.iter().skip(after).take(limit).cloned().collect();
    let end = after.saturating_add(rows.len());
    Ok(Json(OneCatalogue {
        head: head(&name, found.items.len(), is_upload, &uploads),
        rows,
        next: (end < found.items.len()).then_some(end),
    }))
}

/// Uploads a catalogue in place of the upload of its name. Templates read it as soon as it is there: nothing is published.
/// With a row that has no key, or another one's, nothing is taken.
#[utoipa::path(
    put,
    path = "/api/v1/catalogues/{name}",
    tag = "catalogues",
    operation_id = "upload_catalogue",
    summary = "Upload a catalogue",
    params(("name" = String, Path, description = "Its name: letters, digits, dashes and underscores")),
    request_body = CatalogueToUpload,
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = UploadedCatalogue),
        (status = 409, description = "A file describes it, or there are too many", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn upload(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Body(wanted): Body<CatalogueToUpload>,
) -> Result<Json<UploadedCatalogue>, Error> {
    checked_name("catalogue", &name)?;
    let rows = match (wanted.rows, wanted.csv) {
        (Some(rows), None) => rows.into_iter().map(Value::Object).collect(),
        (None, Some(csv)) => rows_of_csv(&csv),
        _ => return Err(Error::Malformed("give either `rows` or `csv`".to_owned())),
    };
    let key = wanted.key.unwrap_or_else(|| KEY.to_owned());
    let (workspace, named) = (&caller.workspace, CatalogueName::from(name.as_str()));
    let n_rows = match state.engine().upload_catalogue(workspace, &named, &key, rows, &caller.name).await? {
        Uploaded::Taken { n_rows } => n_rows,
        Uploaded::BadRows(bad) => {
            let told = bad.iter().take(BAD_ROWS_MAX).map(|bad| format!("row {}: {}", bad.row, bad.message));
            let told = told.collect::<Vec<_>>().join("; ");
            return Err(Error::Malformed(format!("{} rows are wrong: {told}", bad.len())));
        }
        Uploaded::IsFile => {
            return Err(Error::Conflict {
                message: format!("a file of the portfolio describes the catalogue `{name}`"),
                hint: "remove the file, or give the upload another name",
            });
        }
        Uploaded::TooLarge => {
            return Err(Error::TooLarge(format!("the rows have more than {CATALOGUE_BYTES_MAX} bytes")));
        }
        Uploaded::TooMany => {
            return Err(Error::Conflict {
                message: format!("the workspace has {CATALOGUES_MAX} uploaded catalogues already"),
                hint: "remove catalogues that no template reads any more",
            });
        }
    };
    note(&state, workspace, &caller, &json!({ "catalogue_uploaded": name, "rows": n_rows })).await?;
    Ok(Json(UploadedCatalogue { name, n_rows }))
}

/// Removes an uploaded catalogue; what templates read of it is nothing from then on.
#[utoipa::path(
    delete,
    path = "/api/v1/catalogues/{name}",
    tag = "catalogues",
    operation_id = "remove_catalogue",
    summary = "Remove an uploaded catalogue",
    params(("name" = String, Path, description = "The catalogue's name")),
    security(("key" = ["manage"])),
    responses((status = 204, description = "It is gone"), Refusals),
)]
pub(crate) async fn remove(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
) -> Result<StatusCode, Error> {
    if !state.engine().remove_catalogue(&caller.workspace, &name).await? {
        return Err(Error::not_found("uploaded catalogue", &name));
    }
    note(&state, &caller.workspace, &caller, &json!({ "catalogue_removed": name })).await?;
    Ok(StatusCode::NO_CONTENT)
}
