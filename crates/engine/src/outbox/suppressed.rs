//! The last look at the workspace's list of addresses that must not be used, when messages are about to go (SEMANTICS
//! 7.2, 7.13).

use std::collections::BTreeMap;

use wend_domain::id::{MessageId, WorkspaceId};
use wend_store::OutboxRow;

use crate::courier::Payload;
use crate::links;
use crate::shared::Shared;

/// Which of some claimed rows go to an address on the list, each with the reason.
pub(super) async fn among(
    shared: &Shared,
    rows: &[OutboxRow],
) -> anyhow::Result<BTreeMap<MessageId, String>> {
    let mut by_workspace: BTreeMap<&WorkspaceId, Vec<(MessageId, String)>> = BTreeMap::new();
    for row in rows {
        let Ok(payload) = serde_json::from_str::<Payload>(&row.payload_json) else { continue };
        if payload.content.call.is_some() || payload.address.is_empty() {
            continue;
        }
        let key = links::key_of(shared, &row.workspace).await?;
        let hash = links::address_hash(&key, &row.channel, &payload.address);
        by_workspace.entry(&row.workspace).or_default().push((row.message, hash));
    }
    let mut found = BTreeMap::new();
    for (workspace, messages) in by_workspace {
        let hashes: Vec<String> = messages.iter().map(|(_, hash)| hash.clone()).collect();
        let listed = shared.store.suppressed(workspace, &hashes).await?;
        let stopped = messages.into_iter().filter_map(|(message, hash)| {
            let row = listed.get(&hash)?;
            Some((message, format!("{} (since {})", row.reason, row.since)))
        });
        found.extend(stopped);
    }
    Ok(found)
}
