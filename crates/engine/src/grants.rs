//! The worker that answers runs that ask for a place under entry caps (SEMANTICS 4.3).
//!
//! Caps count over all contacts, so no contact can decide on them by itself: they are decided on here, one after the
//! other, by the domain's rule; places and answers are in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use wend_domain::catalog::Catalog;
use wend_domain::id::{InputId, WorkspaceId};
use wend_domain::input::{Cause, Grant, Input};
use wend_domain::planted;
use wend_domain::policy::{EntryCap, EntrySpan, Place, entry_window, grant};
use wend_domain::time::{Period, Timestamp};
use wend_store::{CapWindow, EntryAnswer, EntryRequest};

use crate::changes::json;
use crate::shared::Shared;
use crate::tick::{Next, Tick, Worker};

/// How many places of each window are taken.
type Used = BTreeMap<(WorkspaceId, CapWindow), u32>;

/// Answers a bounded number of requests, earliest first.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let soon = Next::At(at + Period::from_millis(shared.options.poll_ms));
    if !shared.store.are_entries_requested().await? {
        return Ok(Tick { n_done: 0, next: soon });
    }
    let mut granting = shared.store.begin_granting(shared.options.grants_max).await?;
    let requests = std::mem::take(&mut granting.requests);
    let n_done = requests.len();
    let mut catalogs: BTreeMap<WorkspaceId, Arc<Catalog>> = BTreeMap::new();
    for request in &requests {
        let known = shared
            .catalogs
            .get(&request.workspace)
            .catalog
            .version(&request.workflow, request.version)
            .is_some();
        if !known && !catalogs.contains_key(&request.workspace) {
            // Another node is ahead of this one.
            crate::catalogs::reload(shared, &request.workspace).await?;
        }
        let catalog = || Arc::clone(&shared.catalogs.get(&request.workspace).catalog);
        catalogs.entry(request.workspace.clone()).or_insert_with(catalog);
    }
    let windows = requests.iter().flat_map(|request| windows(request, &catalogs[&request.workspace], at));
    let mut used: Used = granting.used(windows.collect::<Vec<_>>()).await?;
    let before = used.clone();
    let answers = requests.into_iter().map(|request| {
        let catalog = Arc::clone(&catalogs[&request.workspace]);
        answer(request, &catalog, &mut used, at)
    });
    let answers = answers.collect();
    let taken = used.into_iter().map(|(window, n)| {
        let taken = n - before[&window];
        (window, taken)
    });
    granting.commit(answers, taken.collect(), at).await?;
    shared.wakers.wake(Worker::Inbox);
    let is_more = n_done == shared.options.grants_max;
    Ok(Tick { n_done, next: if is_more { Next::Now } else { soon } })
}

fn caps<'c>(request: &EntryRequest, catalog: &'c Catalog) -> &'c [EntryCap] {
    catalog.version(&request.workflow, request.version).map_or(&[], |workflow| &workflow.entry_caps)
}

/// The windows that a request needs a place in, in the order of its caps.
fn windows(request: &EntryRequest, catalog: &Catalog, at: Timestamp) -> Vec<(WorkspaceId, CapWindow)> {
    let window = |cap: &EntryCap| CapWindow {
        workflow: request.workflow.clone(),
        // A cap of another number of places is the same cap: who raises it doesn't begin to count anew.
        cap: span(cap.per).to_owned(),
        since: entry_window(cap.per, at, &catalog.policies.zone).0,
    };
    caps(request, catalog).iter().map(|cap| (request.workspace.clone(), window(cap))).collect()
}

fn span(span: EntrySpan) -> &'static str {
    match span {
        EntrySpan::Hour => "hour",
        EntrySpan::Day => "day",
        EntrySpan::Total => "total",
    }
}

fn answer(request: EntryRequest, catalog: &Catalog, used: &mut Used, at: Timestamp) -> EntryAnswer {
    let windows = windows(&request, catalog, at);
    let taken: Vec<u32> =
        windows.iter().map(|window| used.get(window).copied().unwrap_or_default()).collect();
    let Place { granted, why, room_at } = grant(caps(&request, catalog), &taken, at, &catalog.policies.zone);
    if granted {
        for window in windows {
            *used.entry(window).or_default() += if planted!("grant-counted-twice") { 2 } else { 1 };
        }
    }
    let asked_at = request.asked_at.as_millis().to_be_bytes();
    let input = Input {
        id: InputId::hashed(at, &[&request.contact.to_bytes(), &request.run.to_bytes(), &asked_at]),
        cause: Cause::Grant(Grant { run: request.run, granted, why, room_at }),
        history: None,
        refused_claims: Vec::new(),
        hop: 0,
    };
    EntryAnswer { request, granted, input_json: json(&input) }
}
