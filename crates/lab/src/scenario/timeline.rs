//! What happened in a play, as a marketer would tell it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use wend_domain::advance::TakenInput;
use wend_domain::behaviour::PastEvent;
use wend_domain::effect::Effect;
use wend_domain::id::{MessageId, RunId, TemplateName, WorkflowName};
use wend_domain::input::Cause;
use wend_domain::record::{Decision, Line, sentence};
use wend_domain::run::EndReason;
use wend_domain::time::Timestamp;

use super::clock::Clock;
use super::coverage::Reached;
use super::report::{Expected, Failure, Happened};
use super::script::Happening;

/// The longest data of an event that are told, in characters.
const DATA_CHARS_MAX: usize = 80;

/// What happened, in order.
pub(super) struct Timeline {
    pub clock: Clock,
    told: Vec<(Timestamp, String)>,
    /// The runs, in the order of their entry.
    pub runs: Vec<RunSeen>,
    /// What was sent, in order.
    pub sent: Vec<MessageSeen>,
    /// What was stopped, in order.
    pub stopped: Vec<MessageSeen>,
    /// Every event so far, for behaviour that is computed from history.
    pub past: Vec<PastEvent>,
    /// What kept the play from coming to its end.
    pub trouble: Option<String>,
    /// Where runs came by.
    pub reached: Reached,
    templates: BTreeMap<MessageId, TemplateName>,
}

/// A run, as far as the records tell.
pub(super) struct RunSeen {
    pub id: RunId,
    pub workflow: WorkflowName,
    pub ended: Option<EndReason>,
    /// The values of the goals that it reached.
    pub values: Vec<Option<f64>>,
    /// The row that tells the newest about it.
    pub row: usize,
}

/// A message that was sent or stopped.
pub(super) struct MessageSeen {
    pub at: Timestamp,
    pub template: TemplateName,
    /// The rule that decided.
    pub rule: String,
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
            past: Vec::new(),
            trouble: None,
            reached: Reached::default(),
            templates: BTreeMap::new(),
        }
    }

    /// Tells what the test made happen.
    pub(super) fn happening(&mut self, at: Timestamp, happening: &Happening) {
        let text = match happening {
            Happening::Event { name, properties } => format!("event {name}{}", data(properties)),
            Happening::Traits(traits) => format!("traits{}", data(traits)),
            Happening::Consent(answers) => {
                let answers: Vec<String> = answers
                    .iter()
                    .map(|(of, answer)| format!("{of} {}", format!("{answer:?}").to_lowercase()))
                    .collect();
                format!("consent: {}", answers.join(", "))
            }
            Happening::Engaged { template, engagement } => {
                format!("{template} {}", format!("{engagement:?}").to_lowercase())
            }
            Happening::Called { workflow, data: with } => format!("call of {workflow}{}", data(with)),
        };
        self.told.push((at, format!("» {text}")));
    }

    /// Tells that something could not happen.
    pub(super) fn nothing(&mut self, at: Timestamp, why: &str) {
        self.trouble.get_or_insert_with(|| why.to_owned());
        self.told.push((at, format!("! {why}")));
    }

    /// Tells what was decided on one input.
    pub(super) fn input(&mut self, at: Timestamp, taken: &TakenInput) {
        if let Cause::Event(event) = &taken.input.cause {
            self.past.push((&**event).into());
        }
        for effect in &taken.effects {
            self.reached.effect(effect);
            if let Effect::Show(message) = effect {
                self.templates.insert(message.id, message.template.clone());
            }
        }
        for line in &taken.record {
            self.reached.line(line);
            self.line(at, line);
        }
    }

    fn line(&mut self, at: Timestamp, line: &Line) {
        let row = self.told.len();
        self.note_run(line, row);
        let template = line.message.and_then(|id| self.templates.get(&id).cloned());
        let rule = line.rule.clone();
        let seen = template.clone().map(|template| MessageSeen { at, template, rule, row });
        match &line.decision {
            Decision::Sent { .. } => self.sent.extend(seen),
            Decision::Blocked { .. }
            | Decision::Cancelled { .. }
            | Decision::Expired { .. }
            | Decision::RenderFailed { .. } => self.stopped.extend(seen),
            _ => {}
        }
        let text = match template {
            Some(template) => of_a_message(&self.clock, template.as_str(), line),
            None => of_a_contact(&self.clock, line),
        };
        self.told.extend(text.map(|text| (at, text)));
    }

    fn note_run(&mut self, line: &Line, row: usize) {
        let (Some((workflow, _)), Some(id)) = (&line.workflow, line.run) else { return };
        if let Decision::Entered { .. } = &line.decision {
            let workflow = workflow.clone();
            self.runs.push(RunSeen { id, workflow, ended: None, values: Vec::new(), row });
        }
        let Some(run) = self.runs.iter_mut().rev().find(|run| run.id == id) else { return };
        match &line.decision {
            Decision::Ended { reason, .. } => (run.ended, run.row) = (Some(*reason), row),
            Decision::GoalReached { value, .. } => {
                run.values.push(*value);
                run.row = row;
            }
            _ => {}
        }
    }

    /// Everything that happened, beside what was expected.
    pub(super) fn failure(&self, expected: Vec<Expected>) -> Failure {
        let happened = self.told.iter().map(|(at, what)| Happened {
            at: *at,
            local: self.clock.local(*at),
            after: self.clock.after(*at),
            what: what.clone(),
        });
        Failure {
            zone: self.clock.zone().to_owned(),
            expected,
            happened: happened.collect(),
            trouble: self.trouble.clone(),
        }
    }
}

/// What a decision about a message means; nothing for those that only lead to another.
fn of_a_message(clock: &Clock, name: &str, line: &Line) -> Option<String> {
    let rule = &line.rule;
    Some(match &line.decision {
        Decision::Intended { .. }
        | Decision::Released { .. }
        | Decision::Attempted { .. }
        | Decision::Engaged { .. } => {
            return None;
        }
        Decision::Sent { .. } => format!("✉ {name} sent"),
        Decision::Deferred { until, by } => {
            format!("{name} deferred until {} by {by} (rule {rule})", clock.local(*until))
        }
        Decision::Blocked { why } | Decision::Cancelled { why } => {
            format!("✗ {name} stopped by {rule}: {why}")
        }
        Decision::Expired { .. } => format!("✗ {name} expired ({rule})"),
        Decision::RenderFailed { error } => format!("✗ {name} could not be rendered: {error}"),
        _ => sentence(line),
    })
}

/// What a decision about a contact or a run means; nothing for those that only lead to another, or that the test says.
fn of_a_contact(clock: &Clock, line: &Line) -> Option<String> {
    let workflow = line.workflow.as_ref().map(|(name, _)| name.to_string()).unwrap_or_default();
    let place = line.step.as_ref().map_or_else(|| workflow.clone(), |step| format!("{workflow}/{step}"));
    Some(match &line.decision {
        Decision::Created
        | Decision::Identified { .. }
        | Decision::HistoryLoaded { .. }
        | Decision::Commanded { .. }
        | Decision::Stepped { .. }
        | Decision::Updated { .. }
        | Decision::WaitEnded { .. } => return None,
        Decision::TraitChanged { .. } | Decision::ConsentChanged { .. } if line.rule.starts_with("3.4") => {
            return None;
        }
        Decision::Entered { trigger, key } if key.is_empty() => format!("{workflow}: entered by {trigger}"),
        Decision::Entered { trigger, key } => format!("{workflow}: entered by {trigger}, key {key}"),
        Decision::Refreshed { key } if key.is_empty() => format!("{workflow}: took the new data"),
        Decision::Refreshed { key } => format!("{workflow}: took the new data, key {key}"),
        Decision::Refused { reason, detail } if detail.is_empty() => {
            format!("{workflow}: not entered: {}", words(reason.as_str()))
        }
        Decision::Refused { reason, detail } => {
            format!("{workflow}: not entered: {} ({detail})", words(reason.as_str()))
        }
        Decision::Ended { reason, detail } => {
            format!("{workflow}: ended: {} ({detail})", reason.as_str())
        }
        Decision::GoalReached { goal, value: Some(value) } => {
            format!("{workflow}: goal {goal}, worth {value}")
        }
        Decision::GoalReached { goal, value: None } => format!("{workflow}: goal {goal}"),
        Decision::Branched { way: 0 } => format!("{place}: no condition holds, so else"),
        Decision::Branched { way } => format!("{place}: condition {way} holds"),
        Decision::WaitsUntil { until } => format!("{place}: waits until {}", clock.local(*until)),
        Decision::WaitsFor { until: Some(until) } => {
            format!("{place}: waits, until {} at most", clock.local(*until))
        }
        Decision::WaitsFor { until: None } => format!("{place}: waits"),
        Decision::WaitEndedBy { alternative, what } => {
            format!("{place}: waited for {what} (alternative {alternative})")
        }
        Decision::TimedOut { .. } => format!("{place}: timed out"),
        Decision::SegmentEntered { segment } => format!("segment {segment} entered"),
        Decision::SegmentLeft { segment } => format!("segment {segment} left"),
        Decision::TraitChanged { name, to, .. } => format!("trait {name} = {to}"),
        Decision::ChainCut { what } => format!("! {what}"),
        Decision::NotDone { why } => format!("! {why}"),
        _ => sentence(line),
    })
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// The data of an event, in short.
fn data(data: &Map<String, Value>) -> String {
    if data.is_empty() {
        return String::new();
    }
    let members: Vec<String> = data.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = members.join(", ");
    match text.char_indices().nth(DATA_CHARS_MAX) {
        Some((end, _)) => format!(" {{ {}… }}", &text[..end]),
        None => format!(" {{ {text} }}"),
    }
}
