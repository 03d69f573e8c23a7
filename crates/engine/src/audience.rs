//! Who is meant: questions about contacts that are asked now and decide nothing.

pub(crate) mod building;
pub(crate) mod counting;
mod sampling;
mod searching;

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::audience::Question;
use wend_domain::behaviour::PastEvent;
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, EventName, WorkspaceId};
use wend_domain::predicate::Explanation;
use wend_store::{PastRow, Store};

use crate::engine::Engine;
use crate::lane::past_event;

pub use building::Built;
pub use counting::{Counted, QUESTIONS_MAX};
pub use sampling::Sample;
pub use searching::{Found, FoundPage, Search, SearchPlace};

impl Engine {
    /// Why the answer to a question about a contact is what it is now.
    pub async fn explain(
        &self,
        workspace: &WorkspaceId,
        contact: Contact,
        question: &Question,
    ) -> anyhow::Result<Explanation> {
        let at = self.shared().clock.now();
        let catalog = self.catalog(workspace);
        let names = question.lacks(&catalog, &contact, at);
        let mut past = read(self.store(), workspace, &BTreeSet::from([contact.id]), &names, true).await?;
        let history = (!names.is_empty()).then(|| past.remove(&contact.id).unwrap_or_default());
        Ok(question.explain(&catalog, contact, history.as_deref(), at))
    }
}

/// What contacts did, as the domain reads it.
pub(crate) async fn read(
    store: &Store,
    workspace: &WorkspaceId,
    contacts: &BTreeSet<ContactId>,
    names: &BTreeSet<EventName>,
    with_properties: bool,
) -> anyhow::Result<BTreeMap<ContactId, Vec<PastEvent>>> {
    let rows = store.past_events(workspace, contacts, names, with_properties).await?;
    let events = |rows: Vec<PastRow>| rows.into_iter().filter_map(past).collect();
    Ok(rows.into_iter().map(|(contact, rows)| (contact, events(rows))).collect())
}

fn past(row: PastRow) -> Option<PastEvent> {
    match &row.input_json {
        Some(input_json) => past_event(input_json),
        None => Some(PastEvent {
            name: row.event,
            occurred_at: row.occurred_at,
            properties: serde_json::Map::new(),
        }),
    }
}
