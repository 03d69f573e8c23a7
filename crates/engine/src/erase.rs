//! Erasing a person: what is known of them tells which rows are theirs.

use std::collections::BTreeSet;

use wend_domain::consent::Consent;
use wend_domain::contact::Contact;
use wend_domain::id::{Channel, WorkspaceId};
use wend_store::{Erasure, SuppressionRow};

use crate::engine::Engine;
use crate::links;

/// Why an erased person's addresses are suppressed.
const REASON: &str = "erased";

/// The shortest text by which refused events and the audit are searched, in bytes: a shorter one stands in those of others.
const TEXT_BYTES_MIN: usize = 3;

impl Engine {
    /// Erases a person: document, identifiers, history, messages and whatever else names them. Their addresses stay
    /// suppressed, as keyed hashes.
    pub async fn erase(&self, workspace: &WorkspaceId, contact: &Contact, by: &str) -> anyhow::Result<()> {
        let shared = self.shared();
        let at = shared.clock.now();
        let key = links::key_of(shared, workspace).await?;
        let catalog = self.catalog(workspace);
        let mut addresses: BTreeSet<(Channel, String)> = BTreeSet::new();
        for (channel, policy) in &catalog.policies.channels {
            if let Some(address) = contact.traits.get(&policy.address).and_then(|value| value.as_str()) {
                addresses.insert((channel.clone(), address.to_owned()));
            }
        }
        for message in contact.ledger.iter().filter(|message| !message.address.is_empty()) {
            addresses.insert((message.channel.clone(), message.address.clone()));
        }
        for suppressed in contact.consent.suppressed.keys() {
            if let Some((channel, address)) = suppressed.split_once(':') {
                addresses.insert((Channel::from(channel), address.to_owned()));
            }
        }
        let suppressed = addresses.iter().map(|(channel, address)| SuppressionRow {
            channel: channel.clone(),
            hash: links::address_hash(&key, channel, address),
            address: None,
            reason: REASON.to_owned(),
            since: at,
            set_by: by.to_owned(),
        });
        let erasure = Erasure {
            contacts: vec![contact.id],
            texts: texts(contact, &addresses),
            suppressed: suppressed.collect(),
            at,
            by: by.to_owned(),
        };
        shared.store.erase(workspace, erasure).await?;
        tracing::info!(workspace = %workspace, "erased a person");
        Ok(())
    }
}

/// Identifiers and addresses as they stand in JSON.
fn texts(contact: &Contact, addresses: &BTreeSet<(Channel, String)>) -> Vec<String> {
    let ids = contact.user_id.iter().chain(&contact.anonymous_ids);
    let spelled = addresses.iter().flat_map(|(_, address)| {
        let lower = Consent::suppression_key(&Channel::from(""), address).split_off(1);
        [address.clone(), lower]
    });
    let known: BTreeSet<String> =
        ids.cloned().chain(spelled).filter(|text| text.len() >= TEXT_BYTES_MIN).collect();
    known.iter().map(crate::changes::json).collect()
}
