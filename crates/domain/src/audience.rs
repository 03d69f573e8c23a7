//! Questions about contacts that no published rule need ask: who would be in a segment that is still being written,
//! who is in one whose documents aren't up to date yet.
//!
//! The answer is the predicate's own ([`holds`]), on a document that has been given what it lacks.

mod margin;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::advance::{advance, needs};
use crate::behaviour::{PastEvent, Summary, SummaryDefinition, SummaryId};
use crate::catalog::Catalog;
use crate::contact::Contact;
use crate::id::{EventName, InputId, SegmentName};
use crate::input::{Cause, Input};
use crate::predicate::{Explanation, Facts, Measure, Predicate, explain, holds, settled};
use crate::time::{Period, Timestamp};

pub use margin::Share;

/// A question about any contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What is asked.
    pub rule: Predicate,
    /// What it asks of the past that documents aren't kept by.
    pub summaries: BTreeMap<SummaryId, SummaryDefinition>,
    /// The summaries that are asked, with the windows.
    asked: BTreeMap<SummaryId, BTreeSet<Period>>,
    asks_segments: bool,
}

/// Notes a summary that is asked.
fn ask(asked: &mut BTreeMap<SummaryId, BTreeSet<Period>>, summary: &SummaryId, measure: &Measure) {
    asked.entry(summary.clone()).or_default().extend(measure.window());
}

impl Question {
    /// The question of a rule, and what of the past it asks that the catalog doesn't keep.
    pub fn new(rule: Predicate, summaries: BTreeMap<SummaryId, SummaryDefinition>) -> Self {
        let (mut asked, mut asks_segments) = (BTreeMap::new(), false);
        rule.walk(&mut |predicate| match predicate {
            Predicate::Behaviour { summary, measure } => ask(&mut asked, summary, measure),
            Predicate::Segment(_) => asks_segments = true,
            _ => {}
        });
        Self { rule, summaries, asked, asks_segments }
    }

    /// Whether a contact is in a segment; its rule, and those that it names, can be explained.
    pub fn of_segment(catalog: &Catalog, name: &SegmentName) -> Self {
        let mut question = Self::new(Predicate::Segment(name.clone()), BTreeMap::new());
        let (mut seen, mut waiting) = (BTreeSet::from([name]), vec![name]);
        while let Some(segment) = waiting.pop().and_then(|name| catalog.segments.get(name)) {
            segment.rule.walk(&mut |predicate| match predicate {
                Predicate::Behaviour { summary, measure } => ask(&mut question.asked, summary, measure),
                Predicate::Segment(name) => {
                    if let Some((name, _)) = catalog.segments.get_key_value(name)
                        && seen.insert(name)
                    {
                        waiting.push(name);
                    }
                }
                _ => {}
            });
        }
        question
    }

    /// Whether some contacts must be asked with their history, because the past isn't kept for this question.
    pub fn reads_history(&self) -> bool {
        !self.summaries.is_empty()
    }

    /// Whether it must know what the events that it reads say, beyond their names and instants.
    pub fn reads_properties(&self, catalog: &Catalog) -> bool {
        let reads =
            |definition: &SummaryDefinition| !definition.filter.is_empty() || definition.value.is_some();
        self.asks_segments || self.asked.keys().filter_map(|id| self.definition(catalog, id)).any(reads)
    }

    /// The events of a contact that must be read to answer for it; mostly none.
    pub fn lacks(&self, catalog: &Catalog, contact: &Contact, at: Timestamp) -> BTreeSet<EventName> {
        let mut names: BTreeSet<EventName> = self
            .lacking(catalog, contact, at)
            .filter_map(|id| self.definition(catalog, id))
            .map(|definition| definition.event.clone())
            .collect();
        if self.is_behind(catalog, contact, at) {
            let needed = needs(catalog, contact, &catching_up(contact, None), at);
            names.extend(needed.into_iter().flat_map(|needs| needs.events.into_keys()));
        }
        names
    }

    /// The events of a contact that must be read for the answer alone: none of who is ruled out, or in, by what the
    /// document says, whatever the past was.
    pub fn must_read(&self, catalog: &Catalog, contact: &Contact, at: Timestamp) -> BTreeSet<EventName> {
        let lacks = self.lacks(catalog, contact, at);
        if lacks.is_empty() || self.is_behind(catalog, contact, at) {
            return lacks;
        }
        let unknown: BTreeSet<&SummaryId> = self.lacking(catalog, contact, at).collect();
        let is_known = |summary: &SummaryId| !unknown.contains(summary);
        match settled(&self.rule, &facts(catalog, contact, at), &is_known) {
            Some(_) => BTreeSet::new(),
            None => lacks,
        }
    }

    /// The answer for a contact as of an instant; `history` has all its events of the names that it
    /// [must read](Self::must_read), oldest first.
    pub fn answer(
        &self,
        catalog: &Catalog,
        contact: Contact,
        history: Option<&[PastEvent]>,
        at: Timestamp,
    ) -> bool {
        let contact = self.caught_up(catalog, contact, history, at);
        holds(&self.rule, &facts(catalog, &contact, at))
    }

    /// Why the answer is what it is.
    pub fn explain(
        &self,
        catalog: &Catalog,
        contact: Contact,
        history: Option<&[PastEvent]>,
        at: Timestamp,
    ) -> Explanation {
        let contact = self.caught_up(catalog, contact, history, at);
        if self.summaries.is_empty() {
            return explain(&self.rule, &facts(catalog, &contact, at));
        }
        // The words for what is counted stand in the catalog.
        let mut catalog = catalog.clone();
        catalog.summaries.extend(self.summaries.clone());
        explain(&self.rule, &facts(&catalog, &contact, at))
    }

    /// The contact with everything that the question asks.
    fn caught_up(
        &self,
        catalog: &Catalog,
        mut contact: Contact,
        history: Option<&[PastEvent]>,
        at: Timestamp,
    ) -> Contact {
        let lacking: Vec<SummaryId> = self.lacking(catalog, &contact, at).cloned().collect();
        if self.is_behind(catalog, &contact, at) {
            let input = catching_up(&contact, history.map(<[PastEvent]>::to_vec));
            contact = advance(catalog, contact, &input, at).contact;
        }
        for id in lacking {
            let Some(definition) = self.definition(catalog, &id) else { continue };
            let summary = Summary::rebuild(definition, history.unwrap_or_default().iter(), at);
            contact.summaries.insert(id, summary);
        }
        contact
    }

    /// The summaries that the question asks and the document doesn't have whole.
    fn lacking<'a>(
        &'a self,
        catalog: &'a Catalog,
        contact: &'a Contact,
        at: Timestamp,
    ) -> impl Iterator<Item = &'a SummaryId> {
        self.asked
            .iter()
            .filter(move |(id, windows)| {
                let is_new =
                    catalog.summaries.get(*id).is_none_or(|known| known.since > contact.catalog_revision);
                let is_unread = contact
                    .summaries
                    .get(*id)
                    .is_some_and(|summary| summary.spilled || summary.unread(windows, at, at).is_some());
                self.summaries.contains_key(*id) || is_new || is_unread
            })
            .map(|(id, _)| id)
    }

    fn definition<'a>(&'a self, catalog: &'a Catalog, id: &SummaryId) -> Option<&'a SummaryDefinition> {
        self.summaries.get(id).or_else(|| catalog.summaries.get(id))
    }

    /// Whether memberships that the question asks are those of older definitions, or of an earlier instant.
    fn is_behind(&self, catalog: &Catalog, contact: &Contact, at: Timestamp) -> bool {
        let is_due = || contact.timers.first().is_some_and(|timer| timer.at <= at);
        self.asks_segments
            && contact.n_inputs > 0
            && (contact.catalog_revision < catalog.definitions || is_due())
    }
}

/// The input that brings a document up to date. Nothing of it is kept, so its id is of no consequence.
fn catching_up(contact: &Contact, history: Option<Vec<PastEvent>>) -> Input {
    let id = InputId::hashed(contact.at, &[&contact.id.to_bytes(), b"question"]);
    Input { id, cause: Cause::CatalogChanged, history, refused_claims: Vec::new(), hop: 0 }
}

/// What a rule outside any run may look at.
fn facts<'a>(catalog: &'a Catalog, contact: &'a Contact, at: Timestamp) -> Facts<'a> {
    Facts { catalog, contact, at, trigger: None, variables: None, run: None, event: None }
}
