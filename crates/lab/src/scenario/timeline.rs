//! What happened in a play, as a marketer would tell it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use wend_domain::advance::TakenInput;
use wend_domain::behaviour::PastEvent;
use wend_domain::contact::Contact;
use wend_domain::effect::Effect;
use wend_domain::id::{MessageId, RunId, StepId, WorkflowName};
use wend_domain::input::Cause;
use wend_domain::message::{Message, MessageKind};
use wend_domain::record::{Decision, Line};
use wend_domain::run::EndReason;
use wend_domain::time::Timestamp;

use super::clock::Clock;
use super::coverage::Reached;
use super::report::{Expected, Failure, Happened};
use super::script::Happening;
use super::telling::{of_a_contact, of_a_message, said};

/// What happened, in order.
pub(super) struct Timeline {
    pub clock: Clock,
    told: Vec<Told>,
    /// The runs, in the order of their entry.
    pub runs: Vec<RunSeen>,
    /// What was sent, in order.
    pub sent: Vec<Seen>,
    /// What was stopped, in order.
    pub stopped: Vec<Seen>,
    /// What would have been sent to a contact who isn't held out.
    pub ghosts: Vec<Seen>,
    /// The tasks that were opened, by step; `by` is who is to do it.
    pub tasks: Vec<Seen>,
    /// The calls of other systems, by step; `by` is the method and the host.
    pub calls: Vec<Seen>,
    /// Every event so far, for behaviour that is computed from history.
    pub past: Vec<PastEvent>,
    /// What kept the play from coming to its end.
    pub trouble: Option<String>,
    /// Where runs came by.
    pub reached: Reached,
    messages: BTreeMap<MessageId, Known>,
}

/// Something that is told.
struct Told {
    at: Timestamp,
    what: String,
    place: Option<(WorkflowName, StepId)>,
}

/// A message that the records speak of.
struct Known {
    kind: MessageKind,
    /// Its template; of calls and tasks, their step.
    name: String,
}

/// A run, as far as the records tell.
pub(super) struct RunSeen {
    pub id: RunId,
    pub workflow: WorkflowName,
    pub ended: Option<EndReason>,
    /// The values of the goals that it reached.
    pub values: Vec<Option<f64>>,
    /// The variants that it went through, by experiment.
    pub variants: BTreeMap<String, String>,
    pub variables: Map<String, Value>,
    /// Whether the contact is held out of the workflow.
    pub is_ghost: bool,
    /// The row that tells its entry.
    pub entered_row: usize,
    /// The row that tells the newest about it.
    pub row: usize,
}

/// A message that was sent or stopped, a task, a call.
pub(super) struct Seen {
    pub at: Timestamp,
    /// The template, or the step.
    pub name: String,
    /// The rule that decided, or who is concerned.
    pub by: String,
    /// The row that tells it.
    pub row: usize,
}

impl Timeline {
    /// Nothing has happened yet.
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            told: Vec::new(),
            runs: Vec::new(),
            sent: Vec::new(),
            stopped: Vec::new(),
            ghosts: Vec::new(),
            tasks: Vec::new(),
            calls: Vec::new(),
            past: Vec::new(),
            trouble: None,
            reached: Reached::default(),
            messages: BTreeMap::new(),
        }
    }

    /// Tells what the test made happen.
    pub(super) fn happening(&mut self, at: Timestamp, happening: &Happening) {
        self.tell(at, format!("» {}", said(happening)), None);
    }

    /// Tells something.
    pub(super) fn told(&mut self, at: Timestamp, what: &str) {
        self.tell(at, what.to_owned(), None);
    }

    fn tell(&mut self, at: Timestamp, what: String, place: Option<(WorkflowName, StepId)>) {
        self.told.push(Told { at, what, place });
    }

    /// Tells that something could not happen.
    pub(super) fn nothing(&mut self, at: Timestamp, why: &str) {
        self.trouble.get_or_insert_with(|| why.to_owned());
        self.tell(at, format!("! {why}"), None);
    }

    /// Tells what was decided on one input.
    pub(super) fn input(&mut self, at: Timestamp, taken: &TakenInput) {
        if let Cause::Event(event) = &taken.input.cause {
            self.past.push((&**event).into());
        }
        for effect in &taken.effects {
            self.reached.effect(effect);
            if let Effect::Show(message) = effect {
                self.messages.entry(message.id).or_insert_with(|| known(message));
            }
        }
        for line in &taken.record {
            if let (Decision::Intended { template, .. }, Some(message)) = (&line.decision, line.message) {
                let known = || Known { kind: MessageKind::Send, name: template.clone() };
                self.messages.entry(message).or_insert_with(known);
            }
            self.reached.line(line);
            self.line(at, line);
        }
    }

    fn line(&mut self, at: Timestamp, line: &Line) {
        let row = self.told.len();
        self.note_run(line, row);
        let step = line.step.as_ref().map(StepId::to_string).unwrap_or_default();
        let known = line.message.and_then(|id| self.messages.get(&id));
        let name = known.filter(|known| known.kind == MessageKind::Send).map(|known| known.name.clone());
        let of_message = name.clone().map(|name| Seen { at, name, by: line.rule.clone(), row });
        let of_step = |by: String| Seen { at, name: step.clone(), by, row };
        match &line.decision {
            Decision::Sent { .. } => self.sent.extend(of_message),
            Decision::Ghost { .. } => self.ghosts.extend(of_message),
            Decision::Blocked { .. }
            | Decision::Cancelled { .. }
            | Decision::Expired { .. }
            | Decision::RenderFailed { .. } => self.stopped.extend(of_message),
            Decision::TaskOpened { assignee, .. } => self.tasks.push(of_step(assignee.clone())),
            Decision::Called { method, host } => self.calls.push(of_step(format!("{method} {host}"))),
            _ => {}
        }
        let text = match name {
            Some(name) => of_a_message(&self.clock, &name, line),
            None => of_a_contact(&self.clock, line),
        };
        if let Some(text) = text {
            let workflow = line.workflow.as_ref().map(|(name, _)| name.clone());
            self.tell(at, text, workflow.zip(line.step.clone()));
        }
    }

    fn note_run(&mut self, line: &Line, row: usize) {
        let (Some((workflow, _)), Some(id)) = (&line.workflow, line.run) else { return };
        if let Decision::Entered { .. } = &line.decision {
            self.runs.push(RunSeen {
                id,
                workflow: workflow.clone(),
                ended: None,
                values: Vec::new(),
                variants: BTreeMap::new(),
                variables: Map::new(),
                is_ghost: false,
                entered_row: row,
                row,
            });
        }
        let Some(run) = self.runs.iter_mut().rev().find(|run| run.id == id) else { return };
        match &line.decision {
            Decision::Ended { reason, .. } => (run.ended, run.row) = (Some(*reason), row),
            Decision::GoalReached { value, .. } => {
                run.values.push(*value);
                run.row = row;
            }
            Decision::Exposed { experiment, variant } | Decision::StaysIn { experiment, variant } => {
                run.variants.insert(experiment.clone(), variant.clone());
            }
            Decision::HeldOut { .. } => run.is_ghost = true,
            // What the last input of a run changes is gone with the run.
            Decision::VariableSet { name, to } if !name.contains('.') => {
                run.variables.insert(name.clone(), to.clone());
            }
            _ => {}
        }
    }

    /// Looks at the contact after an input.
    pub(super) fn after(&mut self, contact: &Contact) {
        for live in &contact.runs {
            if let Some(run) = self.runs.iter_mut().rev().find(|run| run.id == live.id) {
                run.variables.clone_from(&live.variables);
            }
        }
    }

    /// Everything that happened, beside what was expected.
    pub(super) fn failure(&self, expected: Vec<Expected>) -> Failure {
        let happened = self.told.iter().map(|Told { at, what, place }| Happened {
            at: *at,
            local: self.clock.local(*at),
            after: self.clock.after(*at),
            what: what.clone(),
            place: place.clone(),
        });
        Failure {
            zone: self.clock.zone().to_owned(),
            expected,
            happened: happened.collect(),
            trouble: self.trouble.clone(),
        }
    }
}

fn known(message: &Message) -> Known {
    let name = match message.kind {
        MessageKind::Send => message.template.to_string(),
        MessageKind::Call | MessageKind::Task => message.step.to_string(),
    };
    Known { kind: message.kind, name }
}
