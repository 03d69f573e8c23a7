//! What is known, as a file.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use wend_domain::catalog::Catalog;
use wend_domain::compile::condition;
use wend_domain::id::{ListName, SegmentName};
use wend_domain::time::Timestamp;
use wend_engine::Selection;
use wend_engine::exports::{Export, ExportFormat, ExportOf, ExportRequest, FormulaCells};

use crate::api::note;
use crate::auth::Manager;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Filter, Parameters};

/// Of which contacts, since when, and how it is written.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// `csv`, `json_lines` or `parquet`.
    #[param(value_type = String)]
    format: ExportFormat,
    /// Only contacts in this segment.
    segment: Option<String>,
    /// Only contacts on this list.
    list: Option<String>,
    /// Only contacts with this tag.
    tag: Option<String>,
    /// Only contacts for whom this condition holds: JSON, as files write it.
    #[serde(rename = "where")]
    condition: Option<String>,
    /// Only what happened since then (RFC 3339); contacts that are known since then.
    since: Option<String>,
    /// Only what happened before then.
    until: Option<String>,
    /// What is done about texts that a spreadsheet would take for a formula (they begin with `=`, `+`, `-` or `@`), in
    /// CSV: `escape` puts a `'` in front, which an import takes off; `keep` leaves them.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    formulas: FormulaCells,
    /// Whether contacts are given with Wend's own ids, by which the other exports name them.
    #[serde(default)]
    ids: bool,
}

/// Exports contacts, events, messages or decisions. An export of contacts can be imported again without loss.
#[utoipa::path(
    get,
    path = "/api/v1/exports/{of}",
    tag = "exports",
    operation_id = "export",
    summary = "Export",
    params(("of" = String, Path, description = "`contacts`, `events`, `messages` or `decisions`"), Asked),
    security(("key" = ["manage"])),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 422, description = "What selects contacts makes no sense", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn export(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Parameters(of): Parameters<String>,
    Filter(asked): Filter<Asked>,
) -> Result<Response, Error> {
    let kind: ExportOf =
        serde_json::from_value(Value::from(of.as_str())).map_err(|_| Error::not_found("export of", &of))?;
    let catalog = state.engine().catalog(&caller.workspace);
    let request = ExportRequest {
        of: kind,
        format: asked.format,
        select: selection(&asked, &catalog)?,
        since: instant("since", asked.since.as_deref())?,
        until: instant("until", asked.until.as_deref())?,
        formulas: asked.formulas,
        ids: asked.ids,
    };
    let what = json!({ "exported": { "of": kind, "format": request.format, "select": request.select } });
    // Who takes personal data out is on record before the first byte is.
    note(&state, &caller.workspace, &caller, &what).await?;
    let (content_type, ending) = match request.format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "csv"),
        ExportFormat::JsonLines => ("application/x-ndjson", "jsonl"),
        ExportFormat::Parquet => ("application/vnd.apache.parquet", "parquet"),
    };
    let export = state.engine().export(&caller.workspace, request, state.now()).await?;
    let pieces = stream::try_unfold(export, async |mut export: Export| {
        let piece = export.next().await.map_err(Error::from)?;
        Ok::<_, Error>(piece.map(|piece| (Bytes::from(piece), export)))
    });
    let headers = [
        (CONTENT_TYPE, content_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{of}.{ending}\"")),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

fn instant(name: &str, text: Option<&str>) -> Result<Option<Timestamp>, Error> {
    let Some(text) = text else { return Ok(None) };
    let instant = wend_domain::import::cell::instant(text);
    let Some(instant) = instant else {
        return Err(Error::Malformed(format!("`{name}` is not an instant: write 2026-01-31T12:00:00Z")));
    };
    Ok(Some(instant))
}

fn selection(asked: &Asked, catalog: &Catalog) -> Result<Selection, Error> {
    let Asked { segment, list, tag, condition: of, .. } = asked;
    let n_given = [segment, list, tag, of].into_iter().flatten().count();
    if n_given > 1 {
        return Err(Error::Malformed(
            "give one of `segment`, `list`, `tag` and `where`: a condition can ask for several at once"
                .to_owned(),
        ));
    }
    if let Some(segment) = segment {
        let segment = SegmentName::from(segment.as_str());
        if !catalog.segments.contains_key(&segment) {
            return Err(Error::not_found("segment", segment));
        }
        return Ok(Selection::Segment(segment));
    }
    if let Some(of) = of {
        let of: Value = serde_json::from_str(of)
            .map_err(|error| Error::Malformed(format!("`where` is not JSON: {error}")))?;
        condition(catalog, &of).map_err(|found| Error::Unprocessable(super::bulk::said(&found)))?;
        return Ok(Selection::Where(of));
    }
    let list = list.as_deref().map(|list| Selection::List(ListName::from(list)));
    let tag = tag.clone().map(Selection::Tag);
    Ok(list.or(tag).unwrap_or(Selection::All))
}
