//! Which contact each event of a batch is about, and which contacts turn out to be one: the domain's rule, applied in the
//! order of arrival, to documents that are locked.
//!
//! **Invariant:** a contact becomes part of another one only when both are looked at here together, and both are
//! themselves by then. So redirects never lead in a circle, whatever waits in whose inbox.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use wend_domain::contact::Redirect;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::identity::{Identifier, Keys, Named, resolve, stays};
use wend_domain::input::{Cause, Found, Merge, Order};
use wend_domain::limits::MERGED_MAX;
use wend_domain::time::Timestamp;

/// Who holds which identifiers while a batch is looked through.
pub(crate) struct Identities<'a> {
    workspace: &'a WorkspaceId,
    at: Timestamp,
    /// Who holds which identifier, as far as the batch was looked through.
    pub(crate) owners: BTreeMap<Identifier, ContactId>,
    documents: &'a BTreeMap<ContactId, Vec<u8>>,
    /// The keys of contacts that change in this batch.
    keys: BTreeMap<ContactId, Keys>,
    /// Where contacts have gone that are part of others.
    redirects: BTreeMap<ContactId, ContactId>,
    /// Contacts that became part of others in this batch.
    joined: BTreeSet<ContactId>,
    /// Identifiers that nobody held before the batch.
    pub(crate) claims: BTreeMap<Identifier, ContactId>,
    /// Identifiers that change hands.
    pub(crate) reassigned: BTreeMap<Identifier, ContactId>,
}

/// A refused claim as an input carries it: kind, value, why.
pub(crate) type RefusedClaim = (String, String, String);

/// Whom an event is about, and what else it tells.
pub(crate) struct Resolved {
    pub(crate) contact: ContactId,
    pub(crate) refused_claims: Vec<RefusedClaim>,
    /// Contacts that turned out to be this one, each with what it is told.
    pub(crate) merges: Vec<(ContactId, Merge)>,
}

/// What was found of two contacts: what the one that was asked about is told, and what another one is.
pub(crate) struct Looked {
    pub(crate) asked: Merge,
    pub(crate) goes: Option<(ContactId, Merge)>,
}

impl<'a> Identities<'a> {
    /// `owners` as the store answered; `documents` of at least those contacts; `redirects` of those that are frozen.
    pub(crate) fn new(
        workspace: &'a WorkspaceId,
        at: Timestamp,
        owners: BTreeMap<Identifier, ContactId>,
        documents: &'a BTreeMap<ContactId, Vec<u8>>,
        redirects: BTreeMap<ContactId, ContactId>,
    ) -> Self {
        let (keys, claims, reassigned) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let joined = BTreeSet::new();
        Self { workspace, at, owners, documents, keys, redirects, joined, claims, reassigned }
    }

    /// The contact of an event; none if the event names nobody.
    pub(crate) fn contact_of(&mut self, named: &Named) -> Option<Resolved> {
        if let Some(contact) = self.joined_here(named) {
            return Some(Resolved { contact, refused_claims: Vec::new(), merges: Vec::new() });
        }
        let owner_of = |identifier: &Identifier| Some(self.root(*self.owners.get(identifier)?));
        let resolution = resolve(self.workspace, named, self.at, owner_of, |contact| self.keys_of(contact))?;
        let contact = resolution.contact;
        let mut merges = Vec::new();
        for (goes, identifier) in resolution.merges {
            let by = format!("the {} `{}`", identifier.kind.as_str().replace('_', " "), identifier.value);
            let merge = Merge { other: contact, by, reason: None, found: self.join(contact, goes) };
            merges.push((goes, merge));
        }
        if !resolution.claims.is_empty() {
            let mut keys = self.keys_of(contact);
            for identifier in resolution.claims {
                keys.add(&identifier);
                self.owners.insert(identifier.clone(), contact);
                self.claims.insert(identifier, contact);
            }
            self.keys.insert(contact, keys);
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
        let refused = resolution.refused.into_iter().chain(named.invalid.iter().cloned());
        let refused = refused.map(|(claim, why)| (claim.kind.as_str().to_owned(), claim.value, why));
        Some(Resolved { contact, refused_claims: refused.collect(), merges })
    }

    /// The contact that everything means that is named, if that becomes part of another one in this batch: it sends on what
    /// comes for it, behind its document, so that the other one knows by then what it had taken.
    fn joined_here(&self, named: &Named) -> Option<ContactId> {
        if self.joined.is_empty() || !named.invalid.is_empty() {
            return None;
        }
        let mut owners = named.looked_up().map(|identifier| self.owners.get(&identifier).copied());
        let contact = owners.next()??;
        (self.joined.contains(&contact) && owners.all(|owner| owner == Some(contact))).then_some(contact)
    }

    /// Looks at two contacts together that somebody says are one; `asked` is whose input says so.
    pub(crate) fn look_at(&mut self, asked: ContactId, merge: &Merge) -> Looked {
        let (one, other) = (self.root(asked), self.root(merge.other));
        let told = |found: Found| Merge { found, ..merge.clone() };
        if one == other {
            return Looked { asked: told(Found::Same), goes: None };
        }
        let (keys, other_keys) = (self.keys_of(one), self.keys_of(other));
        if let Some(why) = keys.apart(one, &other_keys, other) {
            return Looked { asked: told(Found::Apart { why }), goes: None };
        }
        let contact = stays((one, &keys), (other, &other_keys));
        let goes = if contact == one { other } else { one };
        let into = Merge { other: contact, found: self.join(contact, goes), ..merge.clone() };
        if goes == asked {
            return Looked { asked: into, goes: None };
        }
        Looked { asked: told(Found::Stays), goes: Some((goes, into)) }
    }

    /// One contact becomes part of another from here on.
    fn join(&mut self, stays: ContactId, goes: ContactId) -> Found {
        let (mut keys, others) = (self.keys_of(stays), self.keys_of(goes));
        let found = Found::Into { stays, keys: keys.clone() };
        keys.join(&others);
        self.keys.insert(stays, keys);
        self.redirects.insert(goes, stays);
        self.joined.insert(goes);
        found
    }

    /// The contact that one has become part of, if it has, else itself.
    fn root(&self, mut contact: ContactId) -> ContactId {
        while let Some(next) = self.redirects.get(&contact) {
            contact = *next;
        }
        contact
    }

    fn keys_of(&self, contact: ContactId) -> Keys {
        match (self.keys.get(&contact), self.documents.get(&contact)) {
            (Some(keys), _) => keys.clone(),
            (None, Some(document)) => Head::of(document).keys(),
            (None, None) => Keys::default(),
        }
    }
}

/// What two contacts turned out to be one by, if that is what an input says.
pub(crate) fn merge_of(cause: &Cause) -> Option<Merge> {
    match cause {
        Cause::Merge(merge) => Some((**merge).clone()),
        Cause::Command(command) => match &command.order {
            Order::Merge { with } => Some(Merge {
                other: *with,
                by: command.by.clone(),
                reason: command.reason.clone(),
                found: Found::Open,
            }),
            _ => None,
        },
        _ => None,
    }
}

/// Where a contact has gone, by its document; none if it is itself.
pub(crate) fn redirect(document: &[u8]) -> Option<ContactId> {
    Head::of(document).into.map(|into| into.contact)
}

/// The most bytes that a document has which has been given away.
const FROZEN_BYTES_MAX: usize = 1_000;

/// Whether a document is one of a contact that is part of another one.
pub(crate) fn is_frozen(document: &[u8]) -> bool {
    document.len() <= FROZEN_BYTES_MAX && redirect(document).is_some()
}

/// What of a document says who it is.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Head {
    user_id: Option<String>,
    external_ids: BTreeMap<String, String>,
    apart: BTreeSet<ContactId>,
    merged: BTreeMap<ContactId, Timestamp>,
    into: Option<Redirect>,
    #[serde(skip)]
    is_unreadable: bool,
}

impl Head {
    /// One that can't be read is nobody who could become one with another.
    fn of(document: &[u8]) -> Self {
        serde_json::from_slice(document).unwrap_or(Self { is_unreadable: true, ..Self::default() })
    }

    fn keys(self) -> Keys {
        let n_merged = if self.is_unreadable { MERGED_MAX } else { self.merged.len() };
        Keys { user_id: self.user_id, external: self.external_ids, apart: self.apart, n_merged }
    }
}
