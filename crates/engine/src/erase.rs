//! Erasing a person: what is known of them tells which rows are theirs.

use std::collections::BTreeSet;

use wend_domain::account::{AccountInput, Report};
use wend_domain::catalog::Catalog;
use wend_domain::consent::Consent;
use wend_domain::contact::Contact;
use wend_domain::id::{Channel, WorkspaceId};
use wend_domain::input::{Absorb, Input};
use wend_domain::time::Timestamp;
use wend_store::{Erasure, NewAccountInput, SuppressionRow};

use crate::engine::Engine;
use crate::links;

/// Why an erased person's addresses are suppressed.
const REASON: &str = "erased";

/// How many of the inputs that wait for a contact are read at once.
const WAITING_AT_ONCE: usize = 100;

/// The shortest text by which refused events and the audit are searched, in bytes: a shorter one stands in those of others.
const TEXT_BYTES_MIN: usize = 3;

impl Engine {
    /// Erases a person, with all contacts that became part of theirs: document, identifiers, history, messages and
    /// whatever else names them. Their addresses stay suppressed, as keyed hashes.
    pub async fn erase(&self, workspace: &WorkspaceId, contact: &Contact, by: &str) -> anyhow::Result<()> {
        let shared = self.shared();
        let at = shared.clock.now();
        let key = links::key_of(shared, workspace).await?;
        let catalog = self.catalog(workspace);
        let documents = self.documents(workspace, contact).await?;
        let addresses: BTreeSet<(Channel, String)> =
            documents.iter().flat_map(|document| addresses(document, &catalog)).collect();
        let suppressed = addresses.iter().map(|(channel, address)| SuppressionRow {
            channel: channel.clone(),
            hash: links::address_hash(&key, channel, address),
            address: None,
            reason: REASON.to_owned(),
            since: at,
            set_by: by.to_owned(),
        });
        let erasure = Erasure {
            contacts: documents
                .iter()
                .flat_map(Contact::parts)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            texts: texts(&documents, &addresses),
            accounts: documents.iter().flat_map(|document| left(document, at)).collect(),
            suppressed: suppressed.collect(),
            at,
            by: by.to_owned(),
        };
        shared.store.erase(workspace, erasure).await?;
        tracing::info!(workspace = %workspace, "erased a person");
        Ok(())
    }

    /// The documents of a person: the contact's, and those of contacts that are on their way to becoming part of it.
    async fn documents(&self, workspace: &WorkspaceId, contact: &Contact) -> anyhow::Result<Vec<Contact>> {
        let mut documents = vec![contact.clone()];
        let mut at = 0;
        while let Some(of) = documents.get(at).map(|document| document.id) {
            at += 1;
            let mut after = i64::MIN;
            loop {
                let waiting = self.store().inbox_of(workspace, of, after, WAITING_AT_ONCE).await?;
                for row in &waiting {
                    let input: Option<Input> = serde_json::from_str(&row.input_json).ok();
                    let absorbed = input.as_ref().and_then(|input| input.cause.absorbs());
                    let is_new =
                        |absorb: &&Absorb| documents.iter().all(|known| known.id != absorb.document.id);
                    if let Some(absorb) = absorbed.filter(is_new) {
                        documents.push(absorb.document.clone());
                    }
                }
                match waiting.last() {
                    Some(last) if waiting.len() == WAITING_AT_ONCE => after = last.seq,
                    _ => break,
                }
            }
        }
        Ok(documents)
    }
}

/// The addresses that a document knows.
fn addresses(contact: &Contact, catalog: &Catalog) -> BTreeSet<(Channel, String)> {
    let mut addresses = BTreeSet::new();
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
    addresses
}

/// That the contact counts for none of its accounts any more.
fn left(contact: &Contact, at: Timestamp) -> Vec<NewAccountInput> {
    let told = |account: &String| {
        let report = Report::left(contact.id, contact.n_inputs);
        let input_json = crate::changes::json(&AccountInput::Member(report));
        NewAccountInput { account: account.clone(), input_json, at }
    };
    contact.accounts.keys().map(told).collect()
}

/// Identifiers and addresses as they stand in JSON.
fn texts(documents: &[Contact], addresses: &BTreeSet<(Channel, String)>) -> Vec<String> {
    let ids = documents.iter().flat_map(|contact| {
        let ids = contact.user_id.iter().chain(&contact.anonymous_ids).chain(contact.external_ids.values());
        ids.chain(&contact.emails).chain(&contact.phones)
    });
    let spelled = addresses.iter().flat_map(|(_, address)| {
        let lower = Consent::suppression_key(&Channel::from(""), address).split_off(1);
        [address.clone(), lower]
    });
    let known: BTreeSet<String> =
        ids.cloned().chain(spelled).filter(|text| text.len() >= TEXT_BYTES_MIN).collect();
    known.iter().map(crate::changes::json).collect()
}
