//! A row to the events that it stands for, or to what is wrong with it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::cell::{CellType, instant_of};
use super::mapping::{Empty, Formulas, Mapping, Place, Target};
use super::{Answered, Brought, Fault, Suppressed, quoted};
use crate::consent::{Answer, Basis, Frequency, Unconfirmed};
use crate::event::{Event, EventKind, standard_name};
use crate::id::{Category, Channel, ListName};
use crate::identity::{Identifiers, named};
use crate::limits::{
    ANONYMOUS_IDS_MAX, IMPORT_DEPTH_MAX, IMPORT_ID_BYTES_MAX, IMPORT_NAME_BYTES_MAX, IMPORT_VALUE_BYTES_MAX,
};
use crate::predicate::ConsentOf;
use crate::time::{Period, Timestamp};

/// One row of a file.
#[derive(Debug, Clone, Copy)]
pub enum Cells<'a> {
    /// The cells of a CSV file, in the order of its columns.
    Texts(&'a [&'a str]),
    /// An object of JSON Lines.
    Object(&'a Map<String, Value>),
}

/// Which row of which import it is.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The import.
    pub import: &'a str,
    /// The row's number, from 1.
    pub row: u64,
    /// When the import began: what the rows say holds from then on.
    pub at: Timestamp,
}

/// What a row has said so far.
#[derive(Default)]
struct Said {
    user_id: Option<String>,
    anonymous_ids: Vec<String>,
    external: BTreeMap<String, String>,
    traits: Map<String, Value>,
    brought: Brought,
    consent_at: Option<Timestamp>,
    consent_source: Option<String>,
}

/// The events of a row: the first says everything, further ones bring further anonymous ids of a known person.
pub fn events(mapping: &Mapping, cells: Cells<'_>, of: Of<'_>) -> Result<Vec<Event>, Fault> {
    let mut said = Said::default();
    match cells {
        Cells::Texts(texts) => texts_of(mapping, texts, &mut said)?,
        Cells::Object(object) => {
            for (column, value) in object {
                let known = mapping.columns.iter().find(|(name, _)| name == column).map(|(_, target)| target);
                let target = known.cloned().unwrap_or_else(|| mapping.settings.rest.target(column));
                json_cell(mapping, column, &target, value, &mut said)?;
            }
        }
    }
    finish(mapping, said, of)
}

fn texts_of(mapping: &Mapping, texts: &[&str], said: &mut Said) -> Result<(), Fault> {
    if texts.len() != mapping.columns.len() {
        return Err(Fault::of_row(
            format!("the row has {} cells, the header {}", texts.len(), mapping.columns.len()),
            "put cells with a separator, quote or line break in them into double quotes",
        ));
    }
    for ((column, target), text) in mapping.columns.iter().zip(texts) {
        if target.place == Place::Ignore {
            continue;
        }
        if text.trim().is_empty() {
            if let (Empty::Clear, Place::Trait(name)) = (mapping.settings.empty, &target.place) {
                said.traits.insert(name.clone(), Value::Null);
            }
            continue;
        }
        let cell_type = target.cell_type.unwrap_or_else(|| of_place(&target.place));
        let text = match (mapping.settings.formulas, cell_type) {
            (Formulas::Escaped, CellType::Text) => text.strip_prefix('\'').unwrap_or(text),
            _ => text,
        };
        let value = cell_type.read(text).map_err(|(reason, fix)| Fault::of_column(column, reason, fix))?;
        put(column, &target.place, value, said)?;
    }
    Ok(())
}

/// What the cells of a place are when nothing is said.
fn of_place(place: &Place) -> CellType {
    match place {
        Place::ExternalIds | Place::Traits | Place::Consents | Place::Suppressed => CellType::Json,
        Place::Lists | Place::Tags => CellType::List,
        Place::Ignore
        | Place::UserId
        | Place::AnonymousId
        | Place::CreatedAt
        | Place::Trait(_)
        | Place::List(_)
        | Place::Tag(_)
        | Place::Consent(_)
        | Place::ConsentAt
        | Place::ConsentSource => CellType::Text,
    }
}

/// A value that is JSON already: a text in it is read if a type is asked for, anything else stays what it is.
fn json_cell(
    mapping: &Mapping,
    column: &str,
    target: &Target,
    value: &Value,
    said: &mut Said,
) -> Result<(), Fault> {
    if target.place == Place::Ignore {
        return Ok(());
    }
    let value = match (value, target.cell_type) {
        (Value::Null, _) => {
            if let (Empty::Clear, Place::Trait(name)) = (mapping.settings.empty, &target.place) {
                said.traits.insert(name.clone(), Value::Null);
            }
            return Ok(());
        }
        (Value::String(text), Some(cell_type)) => {
            cell_type.read(text).map_err(|(reason, fix)| Fault::of_column(column, reason, fix))?
        }
        (Value::Number(_) | Value::Bool(_), Some(CellType::Text)) => Value::from(value.to_string()),
        (value, _) => value.clone(),
    };
    put(column, &target.place, value, said)
}

/// Puts a value into its place.
fn put(column: &str, place: &Place, value: Value, said: &mut Said) -> Result<(), Fault> {
    let fault = |reason: String, fix: &str| Err(Fault::of_column(column, reason, fix));
    match place {
        Place::Ignore => {}
        Place::UserId => said.user_id = Some(id(column, &value)?),
        Place::AnonymousId => match &value {
            Value::Array(ids) => {
                for value in ids.iter().take(ANONYMOUS_IDS_MAX) {
                    said.anonymous_ids.push(id(column, value)?);
                }
            }
            value => said.anonymous_ids.push(id(column, value)?),
        },
        Place::ExternalIds => {
            let Value::Object(ids) = value else {
                return fault(format!("{} is not an object", shown(&value)), "write {\"crm\": \"4711\"}");
            };
            for (namespace, value) in &ids {
                said.external.insert(namespace.clone(), id(column, value)?);
            }
        }
        Place::CreatedAt => said.brought.created_at = Some(instant(column, &value)?),
        Place::Trait(name) => put_trait(column, name, value, &mut said.traits)?,
        Place::Traits => {
            let Value::Object(traits) = value else {
                return fault(format!("{} is not an object", shown(&value)), "write {\"name\": value}");
            };
            for (name, value) in traits {
                put_trait(column, &name, value, &mut said.traits)?;
            }
        }
        Place::List(name) => {
            if boolean(column, &value)? {
                said.brought.lists.insert(name.clone(), None);
            } else {
                said.brought.off_lists.insert(name.clone());
            }
        }
        Place::Lists => lists(column, value, &mut said.brought)?,
        Place::Tag(name) => {
            if boolean(column, &value)? {
                said.brought.tags.insert(name.clone());
            } else {
                said.brought.off_tags.insert(name.clone());
            }
        }
        Place::Tags => {
            for name in names(column, &value)? {
                said.brought.tags.insert(name);
            }
        }
        Place::Consent(of) => {
            let answer = answer(column, &value)?;
            said.brought.consent.push(Answered {
                of: of.clone(),
                answer,
                at: None,
                source: None,
                basis: None,
            });
        }
        Place::Consents => consents(column, &value, &mut said.brought)?,
        Place::ConsentAt => said.consent_at = Some(instant(column, &value)?),
        Place::ConsentSource => said.consent_source = Some(text_of(&value)),
        Place::Suppressed => suppressed(column, &value, &mut said.brought)?,
    }
    Ok(())
}

fn put_trait(column: &str, name: &str, value: Value, traits: &mut Map<String, Value>) -> Result<(), Fault> {
    if name.is_empty() || name.len() > IMPORT_NAME_BYTES_MAX {
        let reason = format!("a trait's name has 1 to {IMPORT_NAME_BYTES_MAX} bytes");
        return Err(Fault::of_column(column, reason, "give the column another place"));
    }
    if depth(&value) > IMPORT_DEPTH_MAX {
        let reason = format!("the value is nested deeper than {IMPORT_DEPTH_MAX} levels");
        return Err(Fault::of_column(column, reason, "make the value flatter, or ignore the column"));
    }
    if let Value::String(text) = &value
        && text.len() > IMPORT_VALUE_BYTES_MAX
    {
        let reason = format!("the text has {} bytes, more than {IMPORT_VALUE_BYTES_MAX}", text.len());
        return Err(Fault::of_column(column, reason, "shorten it, or ignore the column"));
    }
    traits.insert(name.to_owned(), value);
    Ok(())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or_default(),
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn shown(value: &Value) -> String {
    quoted(&text_of(value))
}

fn id(column: &str, value: &Value) -> Result<String, Fault> {
    let id = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    };
    if id.is_empty() || id.len() > IMPORT_ID_BYTES_MAX || id.chars().any(char::is_control) {
        let reason = format!("{} is not an id: it must have 1 to {IMPORT_ID_BYTES_MAX} bytes", shown(value));
        return Err(Fault::of_column(column, reason, "write the id as a text or a whole number"));
    }
    Ok(id)
}

fn instant(column: &str, value: &Value) -> Result<Timestamp, Fault> {
    instant_of(value).ok_or_else(|| {
        let reason = format!("{} is not an instant", shown(value));
        Fault::of_column(column, reason, "write it as 2026-01-31T12:00:00Z")
    })
}

fn boolean(column: &str, value: &Value) -> Result<bool, Fault> {
    let read = match value {
        Value::Bool(yes) => Some(*yes),
        Value::Number(_) | Value::String(_) => super::cell::boolean(&text_of(value)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    read.ok_or_else(|| {
        Fault::of_column(column, format!("{} is neither yes nor no", shown(value)), "write yes or no")
    })
}

fn answer(column: &str, value: &Value) -> Result<Answer, Fault> {
    let text = text_of(value).trim().to_lowercase();
    match text.as_str() {
        "subscribed" | "opted_in" | "opt-in" | "granted" => Ok(Answer::Subscribed),
        "unsubscribed" | "opted_out" | "opt-out" | "denied" | "revoked" => Ok(Answer::Unsubscribed),
        _ => match boolean(column, value) {
            Ok(true) => Ok(Answer::Subscribed),
            Ok(false) => Ok(Answer::Unsubscribed),
            Err(_) => Err(Fault::of_column(
                column,
                format!("{} is not an answer of consent", shown(value)),
                "write subscribed or unsubscribed, yes or no",
            )),
        },
    }
}

/// Names in a list, or one name.
fn names(column: &str, value: &Value) -> Result<Vec<String>, Fault> {
    let members = match value {
        Value::Array(members) => members.clone(),
        Value::String(_) => vec![value.clone()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    let is_name = |name: &String| !name.is_empty() && name.len() <= IMPORT_NAME_BYTES_MAX;
    let names: Option<Vec<String>> =
        members.iter().map(|member| member.as_str().map(str::to_owned).filter(is_name)).collect();
    names.filter(|names| !names.is_empty() || matches!(value, Value::Array(_))).ok_or_else(|| {
        Fault::of_column(column, format!("{} is not a list of names", shown(value)), "write `one|two`")
    })
}

/// Lists by their names, or an object of names and since when.
fn lists(column: &str, value: Value, brought: &mut Brought) -> Result<(), Fault> {
    if let Value::Object(since) = value {
        for (name, since) in since {
            let since = if since.is_null() { None } else { Some(instant(column, &since)?) };
            brought.lists.insert(ListName::from(name), since);
        }
        return Ok(());
    }
    for name in names(column, &value)? {
        brought.lists.insert(ListName::from(name), None);
    }
    Ok(())
}

/// `{"channels": {"email": {"answer", "at", "source"}}, "categories": {…}, "unconfirmed": {"news": {"at", "source"}},
/// "paused_until": …, "frequency": {"max", "per"}}`, as an export writes it.
fn consents(column: &str, value: &Value, brought: &mut Brought) -> Result<(), Fault> {
    let fault = |reason: String| {
        let fix =
            "write {\"channels\": {\"email\": {\"answer\": \"subscribed\"}}}, or map one column a channel";
        Fault::of_column(column, reason, fix)
    };
    let Value::Object(parts) = value else {
        return Err(fault(format!("{} is not an object", shown(value))));
    };
    for (part, answers) in parts {
        match part.as_str() {
            "unconfirmed" => {
                unconfirmed(column, answers, brought)?;
                continue;
            }
            "paused_until" => {
                brought.paused_until = Some(instant(column, answers)?);
                continue;
            }
            "frequency" => {
                brought.frequency = Some(frequency(answers).map_err(fault)?);
                continue;
            }
            _ => {}
        }
        let of: fn(&str) -> ConsentOf = match part.as_str() {
            "channels" => |name| ConsentOf::Channel(Channel::from(name)),
            "categories" => |name| ConsentOf::Category(Category::from(name)),
            other => {
                let known = "`channels`, `categories`, `unconfirmed`, `paused_until` or `frequency`";
                return Err(fault(format!("`{other}` is not {known}")));
            }
        };
        for (name, given) in answers.as_object().ok_or_else(|| fault(format!("`{part}` is not an object")))? {
            let detail = given.as_object();
            let told = detail.and_then(|given| given.get("answer")).unwrap_or(given);
            let at = match detail.and_then(|given| given.get("at")) {
                Some(at) => Some(instant(column, at)?),
                None => None,
            };
            let source =
                detail.and_then(|given| given.get("source")).and_then(Value::as_str).map(str::to_owned);
            let basis = match detail.and_then(|given| given.get("legal_basis")).and_then(Value::as_str) {
                Some(name) => Some(
                    Basis::named(name).ok_or_else(|| fault(format!("{} is no legal basis", quoted(name))))?,
                ),
                None => None,
            };
            let answer = answer(column, told)?;
            brought.consent.push(Answered { of: of(name), answer, at, source, basis });
        }
    }
    Ok(())
}

/// `{"news": {"at", "source"}}`: subscriptions that await their confirmation.
fn unconfirmed(column: &str, value: &Value, brought: &mut Brought) -> Result<(), Fault> {
    let fix = "write {\"unconfirmed\": {\"news\": {\"at\": \"2026-01-31T12:00:00Z\"}}}";
    let Value::Object(open) = value else {
        return Err(Fault::of_column(column, format!("{} is not an object", shown(value)), fix));
    };
    for (name, told) in open {
        let Some(at) = told.get("at") else {
            return Err(Fault::of_column(column, format!("{} lacks `at`", quoted(name)), fix));
        };
        let source = told.get("source").and_then(Value::as_str).unwrap_or("import").to_owned();
        let at = instant(column, at)?;
        brought.unconfirmed.insert(Category::from(name.as_str()), Unconfirmed { at, source });
    }
    Ok(())
}

/// `{"max": 1, "per": "1w"}`; else what is wrong with it.
fn frequency(value: &Value) -> Result<Frequency, String> {
    let max = value.get("max").and_then(Value::as_u64).and_then(|max| u32::try_from(max).ok());
    let per = value.get("per").and_then(Value::as_str).and_then(Period::parse);
    let frequency = max.zip(per).map(|(max, per)| Frequency { max, per });
    frequency
        .filter(Frequency::is_sane)
        .ok_or_else(|| format!("{} is no frequency such as {{\"max\": 1, \"per\": \"1w\"}}", shown(value)))
}

/// `{"email:ann@example.com": {"reason", "at"}}`, as an export writes it.
fn suppressed(column: &str, value: &Value, brought: &mut Brought) -> Result<(), Fault> {
    let fault = |reason: String| {
        Fault::of_column(column, reason, "write {\"email:ann@example.com\": {\"reason\": \"complaint\"}}")
    };
    let Value::Object(addresses) = value else {
        return Err(fault(format!("{} is not an object", shown(value))));
    };
    for (address, told) in addresses {
        if !address.split_once(':').is_some_and(|(channel, rest)| !channel.is_empty() && !rest.is_empty()) {
            return Err(fault(format!("{} is not a channel and an address", quoted(address))));
        }
        let at = match told.get("at") {
            Some(at) => Some(instant(column, at)?),
            None => None,
        };
        let reason = told.get("reason").and_then(Value::as_str).unwrap_or("imported").to_owned();
        brought.suppressed.insert(address.clone(), Suppressed { at, reason });
    }
    Ok(())
}

/// Makes the events of what the row said.
fn finish(mapping: &Mapping, said: Said, of: Of<'_>) -> Result<Vec<Event>, Fault> {
    let Said { user_id, anonymous_ids, external, traits, mut brought, consent_at, consent_source } = said;
    let settings = &mapping.settings;
    if user_id.is_none() && anonymous_ids.len() > 1 {
        return Err(Fault::of_row(
            "the row has several anonymous ids and no user id: they can't be told to be one person",
            "give the row a user id, or one row to each anonymous id",
        ));
    }
    of.import.clone_into(&mut brought.import);
    brought.duplicates = settings.duplicates;
    for answered in &mut brought.consent {
        answered.at = answered.at.or(consent_at);
        let source = consent_source.as_ref().or(settings.consent_source.as_ref());
        answered.source = answered.source.take().or_else(|| source.cloned());
    }
    if let Some(list) = &settings.list {
        brought.lists.entry(ListName::from(list.as_str())).or_default();
    }
    brought.tags.extend(settings.tag.clone());
    let mut ids = anonymous_ids.into_iter();
    let message_id = message_id(of.import, of.row);
    let first = Event {
        kind: EventKind::Identify,
        name: standard_name(EventKind::Identify),
        message_id: message_id.clone(),
        occurred_at: of.at,
        identifiers: Identifiers {
            user_id: user_id.clone(),
            anonymous_id: ids.next(),
            external,
            previous: None,
        },
        properties: Map::new(),
        traits,
        imported: true,
        brought: Some(Box::new(brought)),
    };
    if named(&first, &mapping.identity).is_empty() {
        return Err(Fault::of_row(
            "the row names nobody: the cells of its ids are empty, or what is in them is no address",
            "fill in the id, or take the row out",
        ));
    }
    let further = ids.enumerate().map(|(n, anonymous_id)| Event {
        message_id: format!("{message_id}:{}", n + 1),
        identifiers: Identifiers {
            user_id: user_id.clone(),
            anonymous_id: Some(anonymous_id),
            ..Identifiers::default()
        },
        traits: Map::new(),
        brought: None,
        ..first.clone()
    });
    let further: Vec<Event> = further.collect();
    Ok(std::iter::once(first).chain(further).collect())
}

/// The message id of a row: a row that comes twice counts once.
pub fn message_id(import: &str, row: u64) -> String {
    format!("import:{import}:{row}")
}
