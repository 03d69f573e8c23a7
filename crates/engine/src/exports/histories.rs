//! What contacts did, and what was decided: rows of their histories.

use std::sync::Arc;

use serde_json::{Map, Value};
use wend_domain::contact::Contact;
use wend_domain::event::{Event, EventKind};
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::input::{Cause, Input};
use wend_domain::record::{Decision, Line, Record, sentence};
use wend_store::HistoryRow;

use super::{Asked, Column, ColumnKind, ExportOf, Row, millis, text};
use crate::engine::Engine;

/// How many rows of a contact's history are read at once.
const HISTORY_AT_ONCE: usize = 1_000;

/// The columns of events: named as `wend events send` and the API take them.
pub(super) fn event_columns() -> Vec<Column> {
    let columns = [
        ("type", ColumnKind::Text),
        ("event", ColumnKind::Text),
        ("userId", ColumnKind::Text),
        ("anonymousId", ColumnKind::Text),
        ("messageId", ColumnKind::Text),
        ("timestamp", ColumnKind::Instant),
        ("properties", ColumnKind::Json),
        ("traits", ColumnKind::Json),
        ("contact", ColumnKind::Text),
        ("taken_at", ColumnKind::Instant),
        ("imported", ColumnKind::Boolean),
    ];
    columns.map(|(name, kind)| Column::new(name, kind)).into()
}

/// The columns of decisions.
pub(super) fn decision_columns() -> Vec<Column> {
    let columns = [
        ("at", ColumnKind::Instant),
        ("contact", ColumnKind::Text),
        ("user_id", ColumnKind::Text),
        ("input", ColumnKind::Text),
        ("cause", ColumnKind::Text),
        ("revision", ColumnKind::Integer),
        ("rule", ColumnKind::Text),
        ("decision", ColumnKind::Text),
        ("workflow", ColumnKind::Text),
        ("version", ColumnKind::Integer),
        ("step", ColumnKind::Text),
        ("run", ColumnKind::Text),
        ("message", ColumnKind::Text),
        ("sentence", ColumnKind::Text),
        ("detail", ColumnKind::Json),
    ];
    columns.map(|(name, kind)| Column::new(name, kind)).into()
}

/// The rows of some contacts.
pub(super) async fn rows(
    engine: &Engine,
    workspace: &WorkspaceId,
    asked: &Arc<Asked>,
    contacts: Vec<Contact>,
) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for contact in contacts {
        for part in contact.parts() {
            rows.append(&mut of_part(engine, workspace, asked, part, contact.user_id.as_deref()).await?);
        }
    }
    Ok(rows)
}

/// The rows of a contact's own history.
async fn of_part(
    engine: &Engine,
    workspace: &WorkspaceId,
    asked: &Arc<Asked>,
    contact: ContactId,
    user_id: Option<&str>,
) -> anyhow::Result<Vec<Row>> {
    let (mut rows, mut after) = (Vec::new(), i64::MIN);
    loop {
        let page = engine.store().history(workspace, contact, after, HISTORY_AT_ONCE).await?;
        let is_last = page.len() < HISTORY_AT_ONCE;
        after = page.last().map_or(after, |row| row.seq);
        let asked = Arc::clone(asked);
        let user_id = user_id.map(str::to_owned);
        let work =
            move || page.iter().flat_map(|row| of_row(row, user_id.as_deref(), &asked)).collect::<Vec<Row>>();
        rows.append(&mut tokio::task::spawn_blocking(work).await?);
        if is_last {
            return Ok(rows);
        }
    }
}

/// What a row of history comes to.
fn of_row(row: &HistoryRow, user_id: Option<&str>, asked: &Asked) -> Vec<Row> {
    let is_event = asked.request.of == ExportOf::Events;
    // An event that came twice is there once.
    if is_event && row.event.is_none() {
        return Vec::new();
    }
    let at = if is_event { row.occurred_at.unwrap_or(row.at) } else { row.at };
    if !asked.is_within(at) {
        return Vec::new();
    }
    let Ok(input) = serde_json::from_str::<Input>(&row.input_json) else { return Vec::new() };
    if is_event {
        return input.cause.event().map(|event| event_row(event, row)).into_iter().collect();
    }
    let record: Record = serde_json::from_str(&row.record_json).unwrap_or_default();
    record.iter().map(|line| decision_row(line, &input, row, user_id)).collect()
}

fn event_row(event: &Event, row: &HistoryRow) -> Row {
    let object = |object: &Map<String, Value>| {
        if object.is_empty() { Value::Null } else { Value::Object(object.clone()) }
    };
    let kind = match event.kind {
        EventKind::Track => "track",
        EventKind::Identify => "identify",
        EventKind::Page => "page",
        EventKind::Screen => "screen",
        EventKind::Group => "group",
        EventKind::Alias => "alias",
    };
    let name = (event.kind == EventKind::Track).then(|| event.name.as_str());
    vec![
        Value::from(kind),
        text(name),
        text(event.identifiers.user_id.as_ref()),
        text(event.identifiers.anonymous_id.as_ref()),
        Value::from(event.message_id.as_str()),
        millis(event.occurred_at),
        object(&event.properties),
        object(&event.traits),
        Value::from(row.contact.to_string()),
        millis(row.at),
        if event.imported { Value::from(true) } else { Value::Null },
    ]
}

fn decision_row(line: &Line, input: &Input, row: &HistoryRow, user_id: Option<&str>) -> Row {
    let (name, detail) = told(&line.decision);
    vec![
        millis(row.at),
        Value::from(row.contact.to_string()),
        text(user_id),
        Value::from(input.id.to_string()),
        Value::from(cause(&input.cause)),
        Value::from(row.catalog_revision),
        Value::from(line.rule.as_str()),
        Value::from(name),
        text(line.workflow.as_ref().map(|(workflow, _)| workflow.as_str())),
        line.workflow.as_ref().map_or(Value::Null, |(_, version)| Value::from(*version)),
        text(line.step.as_ref().map(ToString::to_string)),
        text(line.run.map(|run| run.to_string())),
        text(line.message.map(|message| message.to_string())),
        Value::from(sentence(line)),
        detail,
    ]
}

fn cause(cause: &Cause) -> &'static str {
    cause.name()
}

/// A decision's name, and its values.
fn told(decision: &Decision) -> (String, Value) {
    let Ok(Value::Object(mut members)) = serde_json::to_value(decision) else {
        return (String::new(), Value::Null);
    };
    let name = match members.remove("decision") {
        Some(Value::String(name)) => name,
        _ => String::new(),
    };
    (name, if members.is_empty() { Value::Null } else { Value::Object(members) })
}
