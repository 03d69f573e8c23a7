//! What must hold at the end of a play.

mod received;
mod rules;

use std::collections::BTreeMap;

use anyhow::Context;
use wend_domain::compile::Portfolio;
use wend_domain::id::{ContactId, MessageId};
use wend_domain::identity::{Identifier, IdentifierKind};
use wend_domain::record::sentence;
use wend_engine::Engine;
use wend_store::{MessageFilter, MessageRow};

use crate::clients::USERS;
use crate::model::{Model, Row};
use crate::play::Play;
use crate::provider::Call;

/// How many rows of a contact's history, and how many messages, are read at most.
const ROWS_MAX: usize = 100_000;

/// How many lines of a contact's record a story tells.
const RECORD_LINES: usize = 150;

/// How many faults are told at most.
const WRONG_MAX: usize = 8;

/// What is wrong, and the record of the first contact whom it concerns.
#[derive(Default)]
pub struct Found {
    /// What is wrong.
    pub wrong: Vec<String>,
    /// The record of whom it concerns.
    pub about: Vec<String>,
}

/// All that is known of one person at the end.
pub struct Person {
    /// Who.
    pub user: &'static str,
    /// The contact's history.
    pub rows: Vec<Row>,
    /// The contact's messages.
    pub messages: BTreeMap<MessageId, MessageRow>,
    /// What the model makes of it.
    pub model: Model,
    /// The calls of providers for this person.
    pub calls: Vec<Call>,
}

/// Looks at everything.
pub async fn everything(play: &mut Play) -> anyhow::Result<Found> {
    let engine = play.engine()?;
    let mut wrong = nothing_is_left(play, &engine).await?;
    let people = people(play, &engine).await?;
    let mut about = Vec::new();
    for person in &people {
        let mut own = rules::taken_in(person, &play.clients.sent);
        own.extend(rules::by_published(person, &play.clients.sent, &play.published));
        own.extend(rules::given_up(person, &play.died));
        own.extend(rules::caps(person));
        own.extend(rules::quiet_hours(person));
        own.extend(received::all(person, play));
        if !own.is_empty() && about.is_empty() {
            about = record(person);
        }
        wrong.extend(own.into_iter().map(|what| format!("{}: {what}", person.user)));
        for message in person.messages.values() {
            play.count(&message.state);
        }
    }
    let histories = histories(play, &engine).await?;
    wrong.extend(rules::phones(&histories, &play.clients.sent));
    for (contact, rows) in &histories {
        let report = engine.replay(&play.workspace, *contact).await?;
        let differences = report.differences.iter();
        wrong.extend(differences.map(|difference| format!("{contact} replayed differently: {difference:?}")));
        if rows.iter().any(Row::has_absorbed) {
            play.count("merged");
        }
    }
    wrong.extend(play.provider.overlaps());
    wrong.extend(rules::entry_cap(&people));
    wrong.extend(rules::nobody_else(&people, &play.provider.calls()));
    for person in &people {
        for message in person.messages.values() {
            play.trace.mix(&format!("{message:?}"));
        }
    }
    wrong.truncate(WRONG_MAX);
    Ok(Found { wrong, about })
}

async fn nothing_is_left(play: &Play, engine: &Engine) -> anyhow::Result<Vec<String>> {
    let statistics = engine.store().statistics(&play.workspace).await?;
    let mut wrong = Vec::new();
    if (statistics.inbox, statistics.stuck) != (0, 0) {
        wrong.push(format!(
            "{} inputs still wait in inboxes, {} are stuck",
            statistics.inbox, statistics.stuck
        ));
    }
    for (state, n_rows) in statistics.outbox.iter().filter(|(_, n_rows)| **n_rows > 0) {
        wrong.push(format!("{n_rows} rows of the outbox are still {state}"));
    }
    let now = play.now;
    if let Some(alarm) = statistics.oldest_alarm.filter(|alarm| *alarm <= now) {
        wrong.push(format!("an alarm of {alarm} is overdue at {now}"));
    }
    for (id, document) in engine.store().contacts_page(&play.workspace, None, ROWS_MAX).await? {
        let contact = wend_domain::contact::Contact::from_bytes(&document)
            .with_context(|| format!("the document of {id} cannot be read"))?;
        for run in contact.runs {
            wrong.push(format!("a run of `{}` of {id} is not done: {:?}", run.workflow, run.state));
        }
    }
    Ok(wrong)
}

async fn contact(play: &Play, engine: &Engine, user: &str) -> anyhow::Result<Option<ContactId>> {
    let identifier = Identifier { kind: IdentifierKind::UserId, value: user.to_owned() };
    Ok(engine.store().contact_by_identifier(&play.workspace, &identifier).await?)
}

async fn people(play: &Play, engine: &Engine) -> anyhow::Result<Vec<Person>> {
    let held = held(play, engine).await?;
    let moves = |workflow: &str, revision: u64| {
        !held.get(&revision).is_some_and(|held| held.iter().any(|held| held == workflow))
    };
    let calls = play.provider.calls();
    let mut people = Vec::new();
    for user in USERS {
        let (mut rows, mut messages) = (Vec::new(), BTreeMap::new());
        if let Some(contact) = contact(play, engine, user).await? {
            for row in engine.store().history(&play.workspace, contact, 0, ROWS_MAX).await? {
                rows.push(Row::read(&row).map_err(anyhow::Error::msg)?);
            }
            let filter =
                MessageFilter { contact: Some(contact), limit: ROWS_MAX, ..MessageFilter::default() };
            let found = engine.store().messages(&play.workspace, &filter).await?;
            messages = found.into_iter().map(|message| (message.id, message)).collect();
        }
        let last = rows.last().map_or(0, |row: &Row| row.revision);
        let end = (play.clock_shows().max(play.now), held.keys().last().copied().unwrap_or(last));
        let model = Model::of(&rows, &messages, &moves, end);
        let calls =
            calls.iter().filter(|call| crate::clients::user_of(&call.address) == user).cloned().collect();
        people.push(Person { user, rows, messages, model, calls });
    }
    Ok(people)
}

/// What every contact took in: people, and phones that nobody has said who holds.
async fn histories(play: &Play, engine: &Engine) -> anyhow::Result<BTreeMap<ContactId, Vec<Row>>> {
    let mut histories = BTreeMap::new();
    for (contact, _) in engine.store().contacts_page(&play.workspace, None, ROWS_MAX).await? {
        let rows = engine.store().history(&play.workspace, contact, 0, ROWS_MAX).await?;
        let rows: Result<Vec<Row>, String> = rows.iter().map(Row::read).collect();
        histories.insert(contact, rows.map_err(anyhow::Error::msg)?);
    }
    Ok(histories)
}

/// The workflows that stood still by each revision of the catalog.
async fn held(play: &Play, engine: &Engine) -> anyhow::Result<BTreeMap<u64, Vec<String>>> {
    let latest = engine.store().catalog_revision_number(&play.workspace).await?;
    let mut held = BTreeMap::new();
    for revision in 1..=latest {
        let Some(row) = engine.store().catalog_at(&play.workspace, revision).await? else { continue };
        let portfolio: Portfolio = serde_json::from_str(&row.portfolio_json)?;
        let stand = portfolio.lifecycle.iter().filter(|(_, lifecycle)| !lifecycle.status.moves());
        held.insert(revision, stand.map(|(workflow, _)| workflow.to_string()).collect());
    }
    Ok(held)
}

/// A contact's record, for people.
fn record(person: &Person) -> Vec<String> {
    let mut lines = vec![format!("the record of {}:", person.user)];
    for row in &person.rows {
        let what = row.input.cause.event().map_or_else(
            || row.input.cause.name().to_owned(),
            |event| format!("{} {}", event.name, serde_json::Value::Object(event.properties.clone())),
        );
        lines.push(format!("  {} r{} {what}", row.at, row.revision));
        lines.extend(row.record.iter().map(|line| format!("      {}", sentence(line))));
    }
    let skipped = lines.len().saturating_sub(RECORD_LINES);
    lines.drain(1..=skipped.min(lines.len() - 1));
    lines
}
