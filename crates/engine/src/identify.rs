//! Which contact each event of a batch is about: the domain's rule, applied in the order of arrival.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use wend_domain::event::Event;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::identity::{Identifier, Owner, resolve};
use wend_domain::time::Timestamp;

/// Who holds which identifiers while a batch is looked through.
pub(crate) struct Identities<'a> {
    workspace: &'a WorkspaceId,
    at: Timestamp,
    /// Who holds which identifier, as far as the batch was looked through.
    pub(crate) owners: BTreeMap<Identifier, ContactId>,
    documents: &'a BTreeMap<ContactId, Vec<u8>>,
    /// Contacts that get a user id in this batch.
    known: BTreeSet<ContactId>,
    /// Identifiers that nobody held before the batch.
    pub(crate) claims: BTreeMap<Identifier, ContactId>,
    /// Identifiers that change hands.
    pub(crate) reassigned: BTreeMap<Identifier, ContactId>,
}

/// A refused claim as an input carries it: kind, value, why.
pub(crate) type RefusedClaim = (String, String, String);

impl<'a> Identities<'a> {
    /// `owners` as the store answered; `documents` of at least those contacts.
    pub(crate) fn new(
        workspace: &'a WorkspaceId,
        at: Timestamp,
        owners: BTreeMap<Identifier, ContactId>,
        documents: &'a BTreeMap<ContactId, Vec<u8>>,
    ) -> Self {
        let (claims, reassigned) = (BTreeMap::new(), BTreeMap::new());
        Self { workspace, at, owners, documents, known: BTreeSet::new(), claims, reassigned }
    }

    /// The contact of an event and the claims that were refused; none if the event names nobody.
    pub(crate) fn contact_of(&mut self, event: &Event) -> Option<(ContactId, Vec<RefusedClaim>)> {
        // With one identifier nothing depends on it, and documents need not be looked into.
        let has_two = event.identifiers.user_id.is_some() && event.identifiers.anonymous_id.is_some();
        let owner_of = |identifier: &Identifier| {
            let contact = *self.owners.get(identifier)?;
            Some(Owner { contact, has_user_id: has_two && self.is_known(contact) })
        };
        let resolution = resolve(self.workspace, &event.identifiers, self.at, owner_of)?;
        let contact = resolution.contact;
        for identifier in resolution.claims {
            self.owners.insert(identifier.clone(), contact);
            self.claims.insert(identifier, contact);
        }
        for identifier in resolution.reassigned {
            self.owners.insert(identifier.clone(), contact);
            // What this batch claims itself isn't in the store yet.
            match self.claims.get_mut(&identifier) {
                Some(claim) => *claim = contact,
                None => {
                    self.reassigned.insert(identifier, contact);
                }
            }
        }
        if event.identifiers.user_id.is_some() {
            self.known.insert(contact);
        }
        let refused = resolution.refused.into_iter();
        let refused = refused.map(|(claim, why)| (claim.kind.as_str().to_owned(), claim.value, why));
        Some((contact, refused.collect()))
    }

    fn is_known(&self, contact: ContactId) -> bool {
        self.known.contains(&contact)
            || self.documents.get(&contact).is_some_and(|document| has_user_id(document))
    }
}

/// Whether a document has a user id; one that can't be read counts as somebody's.
fn has_user_id(document: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Head {
        user_id: Option<IgnoredAny>,
    }
    serde_json::from_slice::<Head>(document).map_or(true, |head| head.user_id.is_some())
}
