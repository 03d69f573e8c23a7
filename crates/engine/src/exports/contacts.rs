//! Contacts as rows that an import takes back: identifiers, traits, lists, tags, consent, and since when.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use wend_domain::consent::{Answer, Consent, Frequency, Given, Unconfirmed};
use wend_domain::contact::Contact;
use wend_domain::id::WorkspaceId;
use wend_domain::import::cell::CellType;
use wend_domain::import::mapping::{Place, Target};
use wend_domain::time::Timestamp;

use super::{Asked, CONTACTS_AT_ONCE, Column, ColumnKind, ExportFormat, Row, millis, text};
use crate::engine::Engine;

/// The most columns of single traits; the others stand together in one.
const TRAIT_COLUMNS_MAX: usize = 900;

/// The longest name of a column, in characters; traits with longer ones stand together in one column.
const COLUMN_CHARS_MAX: usize = 200;

/// The columns before the traits.
const FIRST: [(&str, ColumnKind); 4] = [
    ("user_id", ColumnKind::Text),
    ("anonymous_ids", ColumnKind::Json),
    ("external_ids", ColumnKind::Json),
    ("created_at", ColumnKind::Instant),
];

/// The columns after the traits.
const LAST: [(&str, ColumnKind); 4] = [
    ("lists", ColumnKind::Json),
    ("tags", ColumnKind::Json),
    ("consent", ColumnKind::Json),
    ("suppressed", ColumnKind::Json),
];

/// The columns of an export of contacts.
pub(super) async fn columns(
    engine: &Engine,
    workspace: &WorkspaceId,
    asked: &Arc<Asked>,
) -> anyhow::Result<Vec<Column>> {
    let is_nested = asked.request.format == ExportFormat::JsonLines;
    // In a file of cells, the header says what a cell is: then no reader has to guess.
    let column = |(name, kind): (&str, ColumnKind)| match kind {
        ColumnKind::Json if !is_nested => Column::new(&format!("{name} as json"), kind),
        kind => Column::new(name, kind),
    };
    let mut columns = Vec::new();
    if asked.request.ids {
        columns.push(Column::new("wend_id", ColumnKind::Text));
    }
    columns.extend(FIRST.map(column));
    if is_nested {
        columns.push(Column::new("traits", ColumnKind::Json));
    } else {
        columns.extend(trait_columns(engine, workspace, asked).await?);
        columns.push(Column::new("traits as json", ColumnKind::Json));
    }
    columns.extend(LAST.map(column));
    Ok(columns)
}

/// A column for each trait that a contact of the export has.
async fn trait_columns(
    engine: &Engine,
    workspace: &WorkspaceId,
    asked: &Arc<Asked>,
) -> anyhow::Result<Vec<Column>> {
    let mut kinds: BTreeMap<String, ColumnKind> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = engine.store().contacts_page(workspace, after, CONTACTS_AT_ONCE).await?;
        after = page.last().map(|(contact, _)| *contact);
        let is_last = page.len() < CONTACTS_AT_ONCE;
        let asked = Arc::clone(asked);
        let work = move || {
            for contact in asked.found(&page) {
                for (name, value) in &contact.traits {
                    note(&mut kinds, name, value);
                }
            }
            kinds
        };
        kinds = tokio::task::spawn_blocking(work).await?;
        if is_last {
            break;
        }
    }
    let columns = kinds.into_iter().filter_map(|(name, kind)| column(&name, kind));
    Ok(columns.take(TRAIT_COLUMNS_MAX).collect())
}

/// Notes what a trait's values are; at most twice as many traits as have columns are remembered.
fn note(kinds: &mut BTreeMap<String, ColumnKind>, name: &str, value: &Value) {
    let kind = kind_of(value);
    let n_kinds = kinds.len();
    match kinds.get_mut(name) {
        Some(known) if *known == kind => {}
        Some(known) => *known = ColumnKind::Json,
        None if n_kinds < 2 * TRAIT_COLUMNS_MAX => drop(kinds.insert(name.to_owned(), kind)),
        None => {}
    }
}

/// What a value can be written as and read again without loss.
fn kind_of(value: &Value) -> ColumnKind {
    match value {
        Value::Bool(_) => ColumnKind::Boolean,
        // A cell without a visible letter would be an empty one.
        Value::String(text) if !text.trim().is_empty() => ColumnKind::Text,
        Value::Number(number) if number.is_i64() || number.is_f64() => ColumnKind::Number,
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            ColumnKind::Json
        }
    }
}

/// The column of a trait; none if its name could not be read again.
fn column(name: &str, kind: ColumnKind) -> Option<Column> {
    let cell_type = match kind {
        ColumnKind::Number | ColumnKind::Integer => Some(CellType::Number),
        ColumnKind::Boolean => Some(CellType::Boolean),
        ColumnKind::Json => Some(CellType::Json),
        ColumnKind::Text | ColumnKind::Instant => name.contains(" as ").then_some(CellType::Text),
    };
    let target = Target { place: Place::Trait(name.to_owned()), cell_type };
    let printed = target.print();
    let is_readable = printed.chars().count() <= COLUMN_CHARS_MAX
        && printed.trim() == printed
        && Target::parse(&printed).as_ref() == Ok(&target);
    is_readable.then(|| Column::new(&printed, kind))
}

/// A contact as a row.
pub(super) fn row(contact: &Contact, columns: &[Column], asked: &Asked) -> Row {
    let is_nested = asked.request.format == ExportFormat::JsonLines;
    let mut rest = contact.traits.clone();
    let mut row = Row::with_capacity(columns.len());
    for column in columns {
        let value = match column.name.split(" as ").next().unwrap_or_default() {
            "wend_id" => Value::from(contact.id.to_string()),
            "user_id" => text(contact.user_id.as_ref()),
            "anonymous_ids" if contact.anonymous_ids.is_empty() => Value::Null,
            "anonymous_ids" => json!(contact.anonymous_ids),
            "external_ids" => filled(json!(contact.external_ids)),
            "created_at" => millis(contact.created_at),
            "traits" if is_nested => filled(Value::Object(std::mem::take(&mut rest))),
            // After all columns of single traits: what has none stays.
            "traits" => filled(Value::Object(std::mem::take(&mut rest))),
            "lists" => filled(instants(&contact.lists)),
            "tags" => filled(json!(contact.tags)),
            "consent" => consent(contact, asked.at),
            "suppressed" => suppressed(contact),
            _ => match Target::parse(&column.name).map(|target| target.place) {
                Ok(Place::Trait(name)) => rest.remove(&name).unwrap_or_default(),
                _ => Value::Null,
            },
        };
        row.push(value);
    }
    row
}

/// Null for what is empty.
fn filled(value: Value) -> Value {
    let is_empty = match &value {
        Value::Object(object) => object.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    };
    if is_empty { Value::Null } else { value }
}

fn instants<K: ToString>(since: &BTreeMap<K, Timestamp>) -> Value {
    Value::Object(since.iter().map(|(name, at)| (name.to_string(), Value::from(at.to_string()))).collect())
}

fn consent(contact: &Contact, at: Timestamp) -> Value {
    let given = |given: &Given| {
        let answer = match given.answer {
            Answer::Subscribed => "subscribed",
            Answer::Unsubscribed => "unsubscribed",
        };
        let mut told = json!({ "answer": answer, "at": given.at.to_string(), "source": given.source });
        if let Some(basis) = given.basis {
            told["legal_basis"] = Value::from(basis.as_str());
        }
        told
    };
    let mut parts = Map::new();
    let channels = contact.consent.channels.iter().map(|(name, answer)| (name.to_string(), given(answer)));
    let categories =
        contact.consent.categories.iter().map(|(name, answer)| (name.to_string(), given(answer)));
    let named: [(&str, Map<String, Value>); 2] =
        [("channels", channels.collect()), ("categories", categories.collect())];
    for (part, answers) in named {
        if !answers.is_empty() {
            parts.insert(part.to_owned(), Value::Object(answers));
        }
    }
    let Consent { unconfirmed, paused_until, frequency, .. } = &contact.consent;
    if !unconfirmed.is_empty() {
        let open = |open: &Unconfirmed| json!({ "at": open.at.to_string(), "source": open.source });
        let open = unconfirmed.iter().map(|(name, told)| (name.to_string(), open(told)));
        parts.insert("unconfirmed".to_owned(), Value::Object(open.collect()));
    }
    // A pause that is over is none.
    if let Some(until) = paused_until.filter(|until| *until > at) {
        parts.insert("paused_until".to_owned(), Value::from(until.to_string()));
    }
    if let Some(Frequency { max, per }) = frequency {
        parts.insert("frequency".to_owned(), json!({ "max": max, "per": per.to_string() }));
    }
    filled(Value::Object(parts))
}

fn suppressed(contact: &Contact) -> Value {
    let told = contact.consent.suppressed.iter().map(|(key, suppression)| {
        (key.clone(), json!({ "reason": suppression.reason, "at": suppression.at.to_string() }))
    });
    filled(Value::Object(told.collect()))
}
