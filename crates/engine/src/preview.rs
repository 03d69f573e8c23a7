//! Who would be let in if a workflow were published with its backfill: counted beforehand, by the production rules
//! (SEMANTICS 4.4).

use std::collections::BTreeMap;
use std::sync::Arc;

use wend_domain::advance::{advance, needs};
use wend_domain::behaviour::PastEvent;
use wend_domain::catalog::Catalog;
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, InputId, WorkflowName, WorkspaceId};
use wend_domain::input::{Cause, Input};
use wend_domain::record::Decision;
use wend_domain::time::Timestamp;

use crate::engine::Engine;
use crate::lane::past_event;
use crate::tick::compute::compute;

/// The most contacts that a preview looks at; of more, those who came first stand for all.
pub const PREVIEW_CONTACTS_MAX: usize = 100_000;

/// How many contacts are looked at in one go.
const PAGE_CONTACTS: usize = 500;

/// Who would be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackfillPreview {
    /// The workflow.
    pub workflow: WorkflowName,
    /// How many contacts were looked at.
    pub looked_at: usize,
    /// How many of them would enter, or ask for a place under an entry cap.
    pub would_enter: usize,
    /// Why the others would not, with how many each.
    pub refused: BTreeMap<String, usize>,
    /// Whether all contacts were looked at.
    pub is_whole: bool,
}

/// What a backfill would mean for one contact.
enum Verdict {
    Enters,
    Refused(&'static str),
}

impl Engine {
    /// Asks each contact what a backfill of a workflow would mean for it, with a catalog that isn't published yet.
    /// Nothing is kept.
    pub async fn preview_backfill(
        &self,
        workspace: &WorkspaceId,
        catalog: &Arc<Catalog>,
        workflow: &WorkflowName,
    ) -> anyhow::Result<BackfillPreview> {
        let shared = self.shared();
        let at = shared.clock.now();
        let mut preview = BackfillPreview {
            workflow: workflow.clone(),
            looked_at: 0,
            would_enter: 0,
            refused: BTreeMap::new(),
            is_whole: true,
        };
        let mut after: Option<ContactId> = None;
        loop {
            let page = self.store().contacts_page(workspace, after, PAGE_CONTACTS).await?;
            let is_last = page.len() < PAGE_CONTACTS;
            after = page.last().map(|(contact, _)| *contact).or(after);
            for verdict in self.ask_page(workspace, catalog, workflow, page, at).await? {
                preview.looked_at += 1;
                match verdict {
                    Verdict::Enters => preview.would_enter += 1,
                    Verdict::Refused(why) => *preview.refused.entry(why.to_owned()).or_default() += 1,
                }
            }
            if is_last {
                return Ok(preview);
            }
            if preview.looked_at >= PREVIEW_CONTACTS_MAX {
                preview.is_whole = false;
                return Ok(preview);
            }
        }
    }

    async fn ask_page(
        &self,
        workspace: &WorkspaceId,
        catalog: &Arc<Catalog>,
        workflow: &WorkflowName,
        page: Vec<(ContactId, Vec<u8>)>,
        at: Timestamp,
    ) -> anyhow::Result<Vec<Verdict>> {
        let mut asked = Vec::new();
        let mut lacking = Vec::new();
        for (id, document) in page {
            let contact = Contact::from_bytes(&document)?;
            let input = Input {
                id: InputId::hashed(at, &[&id.to_bytes(), b"preview"]),
                cause: Cause::Backfill { workflow: workflow.clone(), within: None },
                history: None,
                refused_claims: Vec::new(),
                hop: 0,
            };
            if let Some(needs) = needs(catalog, &contact, &input, at) {
                lacking.push((asked.len(), id, needs.events));
            }
            asked.push((contact, input, Verdict::Refused("no_match")));
        }
        if !lacking.is_empty() {
            let mut work = self.store().begin(workspace).await?;
            for (place, id, names) in lacking {
                let rows = work.events(id, &names).await?;
                let events: Vec<PastEvent> =
                    rows.iter().filter_map(|row| past_event(&row.input_json)).collect();
                asked[place].1.history = Some(events);
            }
        }
        let (catalog, workflow) = (Arc::clone(catalog), workflow.clone());
        let threads = self.shared().options.compute_threads;
        let asked = compute(asked, threads, move |(contact, input, verdict)| {
            *verdict = ask(&catalog, &workflow, contact.clone(), input, at);
        });
        Ok(asked.await?.into_iter().map(|(_, _, verdict)| verdict).collect())
    }
}

fn ask(
    catalog: &Catalog,
    workflow: &WorkflowName,
    contact: Contact,
    input: &Input,
    at: Timestamp,
) -> Verdict {
    let record = advance(catalog, contact, input, at).record;
    let own = record.iter().filter(|line| line.workflow.as_ref().is_some_and(|(name, _)| name == workflow));
    let mut why = "no_match";
    for line in own {
        match &line.decision {
            Decision::Entered { .. } | Decision::GrantRequested { .. } => return Verdict::Enters,
            Decision::Refused { reason, .. } => why = reason.as_str(),
            _ => {}
        }
    }
    Verdict::Refused(why)
}
