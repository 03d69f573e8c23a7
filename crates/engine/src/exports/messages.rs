//! Messages and what became of them, latest first.

use serde_json::Value;
use wend_domain::contact::Contact;
use wend_domain::id::{MessageId, WorkspaceId};
use wend_store::{MessageFilter, MessageRow};

use super::{Asked, Column, ColumnKind, MESSAGES_AT_ONCE, Row, millis};
use crate::engine::Engine;

/// The columns of messages.
pub(super) fn columns() -> Vec<Column> {
    let columns = [
        ("id", ColumnKind::Text),
        ("contact", ColumnKind::Text),
        ("created_at", ColumnKind::Instant),
        ("updated_at", ColumnKind::Instant),
        ("state", ColumnKind::Text),
        ("channel", ColumnKind::Text),
        ("category", ColumnKind::Text),
        ("address", ColumnKind::Text),
        ("template", ColumnKind::Text),
        ("workflow", ColumnKind::Text),
        ("version", ColumnKind::Integer),
        ("step", ColumnKind::Text),
        ("run", ColumnKind::Text),
        ("detail", ColumnKind::Json),
    ];
    columns.map(|(name, kind)| Column::new(name, kind)).into()
}

/// A page of all messages, and the message that the next page comes before.
pub(super) async fn page(
    engine: &Engine,
    workspace: &WorkspaceId,
    asked: &Asked,
    before: Option<MessageId>,
) -> anyhow::Result<(Vec<Row>, Option<MessageId>)> {
    let filter = MessageFilter { before, limit: MESSAGES_AT_ONCE, ..MessageFilter::default() };
    let page = engine.store().messages(workspace, &filter).await?;
    let next = page.last().filter(|_| page.len() == MESSAGES_AT_ONCE).map(|row| row.id);
    let is_over =
        page.last().is_some_and(|row| asked.request.since.is_some_and(|since| row.created_at < since));
    let rows = page.into_iter().filter(|row| asked.is_within(row.created_at)).map(row_of).collect();
    // Ids sort by time: what follows is older still.
    Ok((rows, next.filter(|_| !is_over)))
}

/// The messages of some contacts.
pub(super) async fn of_contacts(
    engine: &Engine,
    workspace: &WorkspaceId,
    asked: &Asked,
    contacts: Vec<Contact>,
) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for part in contacts.iter().flat_map(Contact::parts) {
        let mut before = None;
        loop {
            let filter = MessageFilter {
                contact: Some(part),
                before,
                limit: MESSAGES_AT_ONCE,
                ..MessageFilter::default()
            };
            let page = engine.store().messages(workspace, &filter).await?;
            let is_last = page.len() < MESSAGES_AT_ONCE;
            before = page.last().map(|row| row.id);
            rows.extend(page.into_iter().filter(|row| asked.is_within(row.created_at)).map(row_of));
            if is_last {
                break;
            }
        }
    }
    Ok(rows)
}

fn row_of(row: MessageRow) -> Row {
    vec![
        Value::from(row.id.to_string()),
        Value::from(row.contact.to_string()),
        millis(row.created_at),
        millis(row.updated_at),
        Value::from(row.state),
        Value::from(row.channel.to_string()),
        Value::from(row.category.to_string()),
        Value::from(row.address),
        Value::from(row.template.to_string()),
        Value::from(row.workflow.to_string()),
        Value::from(row.version),
        Value::from(row.step.to_string()),
        Value::from(row.run.to_string()),
        serde_json::from_str(&row.detail_json).unwrap_or_default(),
    ]
}
