//! Reads what contacts did before a pair of event and property was declared.

use std::collections::BTreeSet;

use wend_domain::id::{ContactId, EventName};
use wend_domain::input::Input;
use wend_domain::time::Timestamp;
use wend_domain::value::Path;
use wend_store::{Job, Posting, PostingPair};

use super::work::posted;
use crate::shared::Shared;

/// How many rows of history are read at once.
const PAGE_ROWS: usize = 500;

/// Reads the history of a page of contacts, and after the last page says that the pairs are complete.
pub(super) async fn read(
    shared: &Shared,
    job: &Job,
    pairs: &[(EventName, String)],
    contacts: &[(ContactId, Timestamp)],
    is_last: bool,
) -> anyhow::Result<()> {
    let names: BTreeSet<&EventName> = pairs.iter().map(|(event, _)| event).collect();
    let mut found = Vec::new();
    for (contact, _) in contacts {
        let mut after = 0;
        loop {
            let rows = shared.store.history(&job.workspace, *contact, after, PAGE_ROWS).await?;
            let Some(last) = rows.last() else { break };
            after = last.seq;
            let is_end = rows.len() < PAGE_ROWS;
            let wanted =
                rows.iter().filter(|row| row.event.as_ref().is_some_and(|name| names.contains(name)));
            for row in wanted {
                found.extend(postings(*contact, pairs, &row.input_json));
            }
            if is_end {
                break;
            }
        }
    }
    shared.store.postings_add(&job.workspace, found).await?;
    if is_last {
        for (event, property) in pairs {
            let pair = PostingPair { event: event.clone(), property: property.clone() };
            shared.store.posting_pair_complete(&job.workspace, &pair).await?;
        }
    }
    Ok(())
}

fn postings(contact: ContactId, pairs: &[(EventName, String)], input_json: &str) -> Vec<Posting> {
    let Ok(input) = serde_json::from_str::<Input>(input_json) else { return Vec::new() };
    let Some(event) = input.cause.event() else { return Vec::new() };
    let posting = |(name, property): &(EventName, String)| {
        let value = posted(Path::parse(property)?.get(&event.properties)?)?;
        let pair = PostingPair { event: name.clone(), property: property.clone() };
        (event.name == *name).then_some(Posting { pair, value, contact, occurred_at: event.occurred_at })
    };
    pairs.iter().filter_map(posting).collect()
}
