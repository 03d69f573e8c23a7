//! Business events: they reach those whose own history they concern (SEMANTICS 4.1).

use serde_json::{Map, Value};
use wend_domain::id::{ContactId, EventName, WorkspaceId};
use wend_domain::input::Business;
use wend_domain::time::Timestamp;
use wend_store::{BusinessEventRow, NewJob, PostingPair};

use crate::catalogs::{business_triggers, pair_of};
use crate::changes::json;
use crate::engine::Engine;
use crate::jobs::new_job;
use crate::jobs::work::{BusinessWork, JobWork, posted};
use crate::tick::Worker;

/// What became of a business event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusinessTaken {
    /// It is kept, and jobs tell contacts of it: none if no workflow asks for it.
    Taken {
        /// Their ids.
        jobs: Vec<String>,
    },
    /// One of this id came before.
    Duplicate,
    /// What happened before the workflow was published is still being read: it should be sent again later.
    NotReady {
        /// The pair that isn't complete.
        pair: PostingPair,
    },
}

impl Engine {
    /// Takes a business event.
    pub async fn business_event(
        &self,
        workspace: &WorkspaceId,
        id: &str,
        event: EventName,
        properties: Map<String, Value>,
        occurred_at: Timestamp,
        by: &str,
    ) -> anyhow::Result<BusinessTaken> {
        let shared = self.shared();
        let at = shared.clock.now();
        let loaded = shared.catalogs.get(workspace);
        let mut jobs: Vec<NewJob> = Vec::new();
        for (workflow, trigger_place, trigger) in business_triggers(&loaded.catalog) {
            if trigger.matches.event != event {
                continue;
            }
            let pair = pair_of(trigger);
            let known = shared.store.posting_pairs(workspace).await?;
            if !known.contains(&(pair.clone(), true)) {
                return Ok(BusinessTaken::NotReady { pair });
            }
            let Some(value) = trigger.equals.get(&properties).and_then(posted) else { continue };
            let told = Business {
                id: id.to_owned(),
                event: event.clone(),
                occurred_at,
                properties: properties.clone(),
                workflow: workflow.clone(),
                trigger: trigger_place,
                evidence_at: occurred_at,
            };
            let since = occurred_at - trigger.within;
            let (event, property) = (pair.event, pair.property);
            let work = JobWork::Business(Box::new(BusinessWork { told, event, property, value, since }));
            let job_id = format!("business-{workflow}-{trigger_place}-{}", short(id));
            if jobs.iter().all(|job| job.id != job_id) {
                jobs.push(new_job(&work, job_id, loaded.catalog.revision, by, at));
            }
        }
        let ids = jobs.iter().map(|job| job.id.clone()).collect();
        let row = BusinessEventRow { id: id.to_owned(), event, properties_json: json(&properties), at };
        if !shared.store.business_event_add(workspace, row, jobs).await? {
            return Ok(BusinessTaken::Duplicate);
        }
        shared.wakers.wake(Worker::Jobs);
        Ok(BusinessTaken::Taken { jobs: ids })
    }
}

/// A client's id, bounded.
fn short(id: &str) -> String {
    ContactId::hashed(Timestamp::default(), &[id.as_bytes()]).to_string()
}
