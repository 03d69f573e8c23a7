//! Finding contacts: by any identifier, by how a name or an e-mail address begins, and by any condition.
//!
//! Terms and pages of contacts offer candidates; the domain decides about each by its document.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::predicate::Predicate;
use wend_domain::terms;
use wend_store::TermPlace;

use super::counting::Asking;
use crate::engine::Engine;
use crate::jobs::work::Selection;

/// How many candidates are looked at for one page of what is found.
const LOOKED_AT_MAX: usize = 5_000;

/// How many candidates are read at once.
const CANDIDATES_AT_ONCE: usize = 500;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Search {
    /// What somebody has typed: an identifier, or the beginning of a name or an e-mail address.
    pub typed: Option<String>,
    /// What found contacts must be, besides.
    pub select: Selection,
    /// Where the page begins.
    pub after: Option<SearchPlace>,
    /// How many contacts are found at most.
    pub limit: usize,
}

/// A place in the order of what is found, which stays the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchPlace {
    /// After the contact that was found by an identifier, before all others.
    Begin,
    /// After a contact that was found by a term.
    Term(TermPlace),
    /// After a contact, in the order of all contacts.
    Contact(ContactId),
}

/// A contact that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Who it is.
    pub contact: Contact,
    /// Whether it was found by an identifier as it was typed.
    pub by_identifier: bool,
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPage {
    /// The contacts.
    pub found: Vec<Found>,
    /// Where the next page begins; none if this is the last. A page may be short and not the last: then many candidates
    /// were looked at and turned out not to be meant.
    pub next: Option<SearchPlace>,
    /// How many candidates were looked at.
    pub looked_at: usize,
}

/// Where candidates come from.
enum Candidates {
    /// Spans of terms, one after the other.
    Terms(Vec<(String, String)>),
    /// Everybody.
    Contacts,
}

impl Engine {
    /// Finds contacts.
    pub async fn search(&self, workspace: &WorkspaceId, search: &Search) -> anyhow::Result<FoundPage> {
        let shared = self.shared();
        let catalog = self.catalog(workspace);
        let asking =
            Asking::new(Arc::clone(&catalog), std::slice::from_ref(&search.select), shared.clock.now())?;
        let typed = search.typed.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
        let candidates = match typed {
            Some(typed) => Candidates::Terms(terms::spans(typed).to_vec()),
            None => match term_of(&search.select, asking.rule()) {
                Some(term) => Candidates::Terms(vec![(term.clone(), format!("{term}\0"))]),
                None => Candidates::Contacts,
            },
        };
        let mut page = FoundPage { found: Vec::new(), next: search.after.clone(), looked_at: 0 };
        let exact = match typed {
            Some(typed) => self.meant(workspace, typed).await?.map(|meant| (meant.contact, meant.document)),
            None => None,
        };
        let exact_id = exact.as_ref().map(|(id, _)| *id);
        if let Some((id, document)) = exact.filter(|_| search.after.is_none()) {
            page.looked_at += 1;
            page.next = Some(SearchPlace::Begin);
            page.take(self.asked(workspace, &asking, vec![(id, document)]).await?, true);
        }
        loop {
            let missing = search.limit.saturating_sub(page.found.len()) + 1;
            let wanted = match candidates {
                Candidates::Terms(_) => missing.min(CANDIDATES_AT_ONCE),
                Candidates::Contacts => CANDIDATES_AT_ONCE,
            };
            let batch = self.candidates(workspace, &candidates, page.next.as_ref(), wanted).await?;
            let is_last = batch.len() < wanted;
            let places: Vec<SearchPlace> = batch.iter().map(|(place, _)| place.clone()).collect();
            let documents = batch
                .into_iter()
                .filter_map(|(place, document)| Some((place.contact()?, document)))
                .collect();
            let meant = self.asked(workspace, &asking, documents).await?;
            let meant: BTreeMap<ContactId, Contact> =
                meant.into_iter().map(|contact| (contact.id, contact)).collect();
            for place in places {
                if page.found.len() >= search.limit || page.looked_at >= LOOKED_AT_MAX {
                    return Ok(page);
                }
                page.looked_at += 1;
                let meant = place.contact().and_then(|id| meant.get(&id));
                let meant = meant.filter(|contact| Some(contact.id) != exact_id);
                let found = meant.filter(|contact| first_place(contact, &candidates, &place));
                page.take(found.cloned(), false);
                page.next = Some(place);
            }
            if is_last {
                page.next = None;
                return Ok(page);
            }
        }
    }

    /// The next candidates with their documents.
    async fn candidates(
        &self,
        workspace: &WorkspaceId,
        candidates: &Candidates,
        after: Option<&SearchPlace>,
        limit: usize,
    ) -> anyhow::Result<Vec<(SearchPlace, Vec<u8>)>> {
        let store = self.store();
        let spans = match candidates {
            Candidates::Contacts => {
                let after = after.and_then(SearchPlace::contact);
                let page = store.contacts_page(workspace, after, limit).await?;
                return Ok(page.into_iter().map(|(id, found)| (SearchPlace::Contact(id), found)).collect());
            }
            Candidates::Terms(spans) => spans,
        };
        let after = match after {
            Some(SearchPlace::Term(place)) => Some(place),
            Some(SearchPlace::Begin | SearchPlace::Contact(_)) | None => None,
        };
        let mut found = Vec::new();
        for (from, to) in spans {
            if after.is_some_and(|(term, _)| term >= to) || found.len() >= limit {
                continue;
            }
            let rest = limit - found.len();
            for place in store.terms_page(workspace, (from, to), after, rest).await? {
                // A contact that is gone meanwhile is passed over, but holds its place.
                let document = store.contact_by_id(workspace, place.1).await?.unwrap_or_default();
                found.push((SearchPlace::Term(place), document));
            }
        }
        Ok(found)
    }

    /// Those of whom the question holds.
    async fn asked(
        &self,
        workspace: &WorkspaceId,
        asking: &Asking,
        documents: Vec<(ContactId, Vec<u8>)>,
    ) -> anyhow::Result<Vec<Contact>> {
        let contacts: Vec<Contact> =
            documents.iter().filter_map(|(_, document)| Contact::from_bytes(document).ok()).collect();
        let answers = asking.ask_these(self.shared(), workspace, documents).await?;
        let meant: BTreeSet<ContactId> =
            answers.into_iter().filter(|(_, mask)| *mask != 0).map(|(id, _)| id).collect();
        Ok(contacts.into_iter().filter(|contact| meant.contains(&contact.id)).collect())
    }
}

impl FoundPage {
    fn take(&mut self, contacts: impl IntoIterator<Item = Contact>, by_identifier: bool) {
        self.found.extend(contacts.into_iter().map(|contact| Found { contact, by_identifier }));
    }
}

impl SearchPlace {
    /// The contact that it is after.
    pub fn contact(&self) -> Option<ContactId> {
        match self {
            Self::Begin => None,
            Self::Term((_, contact)) | Self::Contact(contact) => Some(*contact),
        }
    }
}

/// Whether a contact is found here for the first time: by several of its terms it would be found several times.
fn first_place(contact: &Contact, candidates: &Candidates, place: &SearchPlace) -> bool {
    let (Candidates::Terms(spans), SearchPlace::Term((term, _))) = (candidates, place) else { return true };
    let own = terms::of(contact);
    let inside = |own: &&String| spans.iter().any(|(from, to)| *own >= from && *own < to);
    own.iter().find(inside) == Some(term)
}

/// A term that every contact has for whom a selection holds, if there is one.
fn term_of(select: &Selection, rule: Option<&Predicate>) -> Option<String> {
    fn of_rule(rule: &Predicate) -> Option<String> {
        match rule {
            Predicate::Segment(name) => Some(terms::segment(name)),
            Predicate::List(name) => Some(terms::list(name)),
            Predicate::Tag(tag) => Some(terms::tag(tag)),
            Predicate::All(parts) => parts.iter().find_map(of_rule),
            _ => None,
        }
    }
    match select {
        Selection::Segment(name) => Some(terms::segment(name)),
        Selection::List(name) => Some(terms::list(name)),
        Selection::Tag(tag) => Some(terms::tag(tag)),
        Selection::All | Selection::Ids | Selection::Where(_) | Selection::Runs { .. } => {
            rule.and_then(of_rule)
        }
    }
}
