//! One input being taken: the contact so far, and what came out so far.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::catalog::{Catalog, Place};
use crate::consent::Answer;
use crate::contact::{Contact, Timer};
use crate::effect::Effect;
use crate::event::Event;
use crate::id::{InputId, MessageId, RunId, SegmentName, StepId, WorkflowName};
use crate::input::Input;
use crate::limits::{DERIVED_INPUTS_MAX, HOPS_MAX};
use crate::message::Message;
use crate::predicate::{ConsentOf, Engagement, Facts};
use crate::record::{Decision, Line, Record};
use crate::run::Run;
use crate::time::Timestamp;
use crate::workflow::{Trigger, Workflow};

/// The state of taking one input.
pub(super) struct Turn<'a> {
    pub catalog: &'a Catalog,
    pub contact: Contact,
    pub at: Timestamp,
    /// As of when conditions of exits and waits are judged: now, or the deadline that fires (SEMANTICS 2.7).
    pub judged: Timestamp,
    pub input: InputId,
    pub effects: Vec<Effect>,
    pub record: Record,
    /// Consequences that are still to be looked at, first in, first out (SEMANTICS 3.14); none bears the input's event.
    pub derived: VecDeque<Stimulus<'static>>,
    /// The hop of what is looked at now.
    pub hop: u32,
    /// Messages wanted by steps of this input and not yet decided on (SEMANTICS 3.10).
    ///
    /// With the hop of the step that wants it: what its release leads to is as deep.
    pub intents: Vec<(MessageId, u32)>,
    /// Messages that need not pass the holding window of their channel again: they won it (SEMANTICS 7.11).
    pub arbitrated: BTreeSet<MessageId>,
    /// Messages whose state changed.
    pub touched: BTreeSet<MessageId>,
    /// Whether a message was settled since conditions were last asked.
    pub messages_changed: bool,
    /// Workflows and keys whose run this input ended: it can't restart them (SEMANTICS 4.2).
    pub ended: BTreeSet<(WorkflowName, String)>,
    /// Steps crossed by each run on this input (SEMANTICS 3.14).
    pub crossed: BTreeMap<RunId, u32>,
    /// The hops of runs that other runs, or a machine's news, let in by this input (SEMANTICS 3.14).
    pub run_hops: BTreeMap<RunId, u32>,
    /// What exit steps of this input give to the runs that wait for theirs.
    pub results: BTreeMap<RunId, Map<String, Value>>,
    /// Answers of consent that changed and that no trigger has looked at yet.
    pub consents: Vec<(ConsentOf, Answer)>,
    /// Whether the document is one of an older catalog and stays so for now.
    pub is_behind: bool,
    /// How many triggers were looked at: those that can concern the input, never the portfolio.
    #[cfg(test)]
    pub n_looked_at: std::cell::Cell<usize>,
    /// How many segments were computed.
    #[cfg(test)]
    pub n_segments: std::cell::Cell<usize>,
    n_ids: u64,
    n_derived: usize,
}

/// Something that exits, goals, waits and triggers must look at.
#[derive(Debug, Clone, Default)]
pub(super) struct Stimulus<'e> {
    pub event: Option<&'e Event>,
    pub traits: Vec<TraitChange>,
    pub segments: Vec<SegmentChange>,
    /// Answers of consent that changed.
    pub consents: Vec<(ConsentOf, Answer)>,
    /// News of a message.
    pub engaged: Option<Engaged>,
    /// Timers of triggers that fell due.
    pub timers: Vec<Timer>,
    /// Whether it is what a provider or another system told by itself: whom it lets in is one hop deeper.
    pub is_machines_news: bool,
    pub hop: u32,
}

/// News of a message.
#[derive(Debug, Clone)]
pub(super) struct Engaged {
    pub message: MessageId,
    pub what: Engagement,
    /// The link that was clicked.
    pub link: Option<String>,
    /// Whether it is the first such news of the message, or the first click on the link.
    pub is_first: bool,
}

/// A trait that took another value.
#[derive(Debug, Clone)]
pub(super) struct TraitChange {
    pub name: String,
    pub from: Option<Value>,
    pub to: Option<Value>,
}

/// A membership that changed.
#[derive(Debug, Clone)]
pub(super) struct SegmentChange {
    pub segment: SegmentName,
    pub entered: bool,
}

/// What a decision is about.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    pub workflow: Option<(WorkflowName, u32)>,
    pub run: Option<RunId>,
    pub step: Option<StepId>,
    pub message: Option<MessageId>,
}

impl About {
    /// A run where it is.
    pub fn run(run: &Run) -> Self {
        Self {
            workflow: Some((run.workflow.clone(), run.version)),
            run: Some(run.id),
            step: Some(run.state.step().clone()),
            message: None,
        }
    }

    /// A workflow that a contact may enter.
    pub fn workflow(workflow: &Workflow) -> Self {
        Self { workflow: Some((workflow.name.clone(), workflow.version)), ..Self::default() }
    }
}

/// The order in which runs are looked at (SEMANTICS 3.12).
pub(super) type Rank<'r> = (Reverse<i32>, &'r WorkflowName, &'r str, RunId);

impl<'a> Turn<'a> {
    pub fn new(catalog: &'a Catalog, contact: Contact, input: &Input, at: Timestamp) -> Self {
        Self {
            catalog,
            contact,
            at,
            judged: at,
            input: input.id,
            effects: Vec::new(),
            record: Record::new(),
            derived: VecDeque::new(),
            hop: input.hop,
            intents: Vec::new(),
            arbitrated: BTreeSet::new(),
            touched: BTreeSet::new(),
            messages_changed: false,
            ended: BTreeSet::new(),
            crossed: BTreeMap::new(),
            run_hops: BTreeMap::new(),
            results: BTreeMap::new(),
            consents: Vec::new(),
            is_behind: false,
            #[cfg(test)]
            n_looked_at: std::cell::Cell::new(0),
            #[cfg(test)]
            n_segments: std::cell::Cell::new(0),
            n_ids: 0,
            n_derived: 0,
        }
    }

    /// Records a decision.
    pub fn note(&mut self, rule: &str, about: About, decision: Decision) {
        let About { workflow, run, step, message } = about;
        self.record.push(Line {
            rule: rule.to_owned(),
            workflow,
            run,
            step,
            message,
            hop: self.hop,
            decision,
        });
    }

    /// Adds one to a counter.
    pub fn count(&mut self, counter: String) {
        self.effects.push(Effect::Count { counter, by: 1 });
    }

    /// The parts of the next id made by this input: contact, input, ordinal (SEMANTICS 12.2).
    pub fn next_id_parts(&mut self) -> [[u8; 16]; 3] {
        self.n_ids += 1;
        [self.contact.id.to_bytes(), self.input.to_bytes(), u128::from(self.n_ids).to_be_bytes()]
    }

    /// Puts a consequence at the end of the queue, one hop deeper; at the bound the chain ends with a record.
    pub fn derive(&mut self, mut stimulus: Stimulus<'static>) {
        stimulus.hop = self.hop.saturating_add(1);
        stimulus.consents.append(&mut self.consents);
        if self.may_derive() {
            self.derived.push_back(stimulus);
        }
    }

    /// Whether one more consequence may follow; records the cut if not (SEMANTICS 3.14).
    pub fn may_derive(&mut self) -> bool {
        self.n_derived += 1;
        let what = if self.hop >= HOPS_MAX {
            format!("the chain of consequences is {HOPS_MAX} hops long: it ends here")
        } else if self.n_derived > DERIVED_INPUTS_MAX {
            format!("one input had more than {DERIVED_INPUTS_MAX} consequences: the rest is cut")
        } else {
            return true;
        };
        self.note("3.14", About::default(), Decision::ChainCut { what });
        self.count("chain_cut".to_owned());
        false
    }

    /// Puts a message among those that are to be decided on.
    pub fn want(&mut self, message: MessageId) {
        self.intents.push((message, self.hop));
    }

    /// The trigger at a place, if its version is the one that this contact enters.
    pub fn trigger_at(&self, place: &Place) -> Option<(&'a Arc<Workflow>, &'a Trigger)> {
        #[cfg(test)]
        self.n_looked_at.set(self.n_looked_at.get() + 1);
        let workflow = self.catalog.version_for(&place.workflow, self.contact.id)?;
        (workflow.version == place.version).then(|| Some((workflow, workflow.triggers.get(place.number)?)))?
    }

    /// The version that a run is on.
    pub fn workflow_of(&self, run: &Run) -> Option<Arc<Workflow>> {
        self.catalog.version(&run.workflow, run.version).cloned()
    }

    /// Whether a run rests whatever falls due: it, or its workflow, is paused or was stopped (SEMANTICS 9.4, 11.1).
    pub fn is_held(&self, run: &Run) -> bool {
        run.paused_at.is_some() || !self.catalog.may_attempt(&run.workflow)
    }

    /// Whether a message rests, because its run or its workflow does.
    pub fn is_message_held(&self, message: &Message) -> bool {
        !self.catalog.may_attempt(&message.workflow)
            || self.run(message.run).is_some_and(|run| self.is_held(run))
    }

    /// The live run of an id.
    pub fn run(&self, id: RunId) -> Option<&Run> {
        self.contact.runs.iter().find(|run| run.id == id)
    }

    /// The live run of an id, to change it.
    pub fn run_mut(&mut self, id: RunId) -> Option<&mut Run> {
        self.contact.runs.iter_mut().find(|run| run.id == id)
    }

    /// The place of a run among others (SEMANTICS 3.12).
    pub fn rank<'r>(&self, run: &'r Run) -> Rank<'r> {
        let priority =
            self.catalog.version(&run.workflow, run.version).map_or(0, |workflow| workflow.priority);
        (Reverse(priority), &run.workflow, &run.key, run.id)
    }

    /// The live runs that pass a filter, in order of rank.
    pub fn runs_in_order(&self, keep: impl Fn(&Run) -> bool) -> Vec<RunId> {
        let mut ranked: Vec<Rank<'_>> =
            self.contact.runs.iter().filter(|run| keep(run)).map(|run| self.rank(run)).collect();
        ranked.sort();
        ranked.into_iter().map(|(_, _, _, id)| id).collect()
    }

    /// What a rule outside any run may look at, as of an instant.
    pub fn facts_at(&self, at: Timestamp) -> Facts<'_> {
        Facts {
            catalog: self.catalog,
            contact: &self.contact,
            at,
            trigger: None,
            variables: None,
            run: None,
            event: None,
        }
    }

    /// What a rule of a run may look at, as of an instant.
    pub fn facts_of<'b>(&'b self, run: &'b Run, at: Timestamp, event: Option<&'b Event>) -> Facts<'b> {
        Facts {
            trigger: Some(&run.trigger),
            variables: Some(&run.variables),
            run: Some(run.id),
            event,
            ..self.facts_at(at)
        }
    }

    /// What a rule may look at that has a trigger's data but no run yet.
    pub fn facts_entering<'b>(
        &'b self,
        trigger: &'b Map<String, Value>,
        event: Option<&'b Event>,
    ) -> Facts<'b> {
        Facts { trigger: Some(trigger), event, ..self.facts_at(self.judged) }
    }
}
