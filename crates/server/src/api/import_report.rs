//! What became of each row of a file.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use wend_engine::exports::csv_line;
use wend_engine::imports::{Import, Outcome, ReportRow};

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Filter, Parameters};

/// Which rows, and how they are written.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Whether only rows are given that make no sense or were set aside.
    #[serde(default)]
    bad_only: bool,
    /// `json_lines`, which is usual, or `csv`.
    #[param(value_type = Option<String>)]
    format: Option<ReportFormat>,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReportFormat {
    /// An object a line.
    JsonLines,
    /// Rows of cells.
    Csv,
}

/// What became of each row, in the order of the file: of the dry run until the import is started, then of the import.
#[utoipa::path(
    get,
    path = "/api/v1/imports/{id}/report",
    tag = "imports",
    operation_id = "import_report",
    summary = "Download an import's report",
    params(("id" = String, Path, description = "Its id"), Asked),
    security(("key" = ["read"])),
    responses(
        (status = 200, description = "`{row, line, outcome, contact?, fault?: {column?, reason, fix}}` a line",
         content_type = "application/x-ndjson"),
        Refusals,
    ),
)]
pub(crate) async fn report(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(id): Parameters<String>,
    Filter(asked): Filter<Asked>,
) -> Result<Response, Error> {
    let import = state.engine().import(&caller.workspace, &id).await?;
    let format = asked.format.unwrap_or(ReportFormat::JsonLines);
    let (content_type, ending) = match format {
        ReportFormat::JsonLines => ("application/x-ndjson", "jsonl"),
        ReportFormat::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    let headers = [
        (CONTENT_TYPE, content_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"import-report.{ending}\"")),
    ];
    let begin = Some((state, import, 0_u64, true));
    let pages = stream::try_unfold(begin, move |at| async move {
        let Some((state, import, after, is_first)) = at else { return Ok::<_, Error>(None) };
        let mut text = String::new();
        if is_first && format == ReportFormat::Csv {
            csv_line(&mut text, ["row", "line", "outcome", "contact", "column", "reason", "fix"]);
        }
        let Some((next, rows)) = page(&state, &import, after, asked.bad_only).await? else {
            return Ok((!text.is_empty()).then(|| (Bytes::from(text), None)));
        };
        for row in &rows {
            write(&mut text, row, format).map_err(Error::internal)?;
        }
        Ok(Some((Bytes::from(text), Some((state, import, next, false)))))
    });
    Ok((headers, Body::from_stream(pages)).into_response())
}

async fn page(
    state: &ServerState,
    import: &Import,
    after: u64,
    bad_only: bool,
) -> Result<Option<(u64, Vec<ReportRow>)>, Error> {
    let page = state.engine().import_report(import, after, bad_only).await?;
    let is_bad = |row: &ReportRow| matches!(row.outcome, Outcome::Bad | Outcome::SetAside);
    Ok(page.map(|(next, rows)| (next, rows.into_iter().filter(|row| !bad_only || is_bad(row)).collect())))
}

fn write(text: &mut String, row: &ReportRow, format: ReportFormat) -> anyhow::Result<()> {
    let value = serde_json::to_value(row)?;
    if format == ReportFormat::JsonLines {
        text.push_str(&value.to_string());
        text.push('\n');
        return Ok(());
    }
    let outcome = value.get("outcome").and_then(serde_json::Value::as_str).unwrap_or_default();
    let fault = row.fault.as_ref();
    let cells = [
        row.row.to_string(),
        row.line.to_string(),
        outcome.to_owned(),
        row.contact.map(|contact| contact.to_string()).unwrap_or_default(),
        fault.and_then(|fault| fault.column.clone()).unwrap_or_default(),
        fault.map(|fault| fault.reason.clone()).unwrap_or_default(),
        fault.map(|fault| fault.fix.clone()).unwrap_or_default(),
    ];
    csv_line(text, cells.iter().map(String::as_str));
    Ok(())
}
