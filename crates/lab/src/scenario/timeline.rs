//! What happened in a play, as a marketer would tell it.

use std::collections::BTreeMap;

use wend_domain::advance::TakenInput;
use wend_domain::behaviour::PastEvent;
use wend_domain::catalog::Catalog;
use wend_domain::contact::Contact;
use wend_domain::effect::Effect;
use wend_domain::id::{MessageId, RunId, TemplateName, WorkflowName};
use wend_domain::input::Cause;
use wend_domain::record::{Decision, Line};
use wend_domain::run::EndReason;
use wend_domain::time::Timestamp;

use super::script::{Happening, Script};

/// What happened, in order.
#[derive(Default)]
pub(super) struct Timeline {
    told: Vec<(Timestamp, String)>,
    /// The runs, in the order of their entry.
    pub runs: Vec<RunSeen>,
    /// What was sent when, in order.
    pub sent: Vec<(Timestamp, TemplateName)>,
    /// What was stopped when, and by which rule.
    pub stopped: Vec<(Timestamp, TemplateName, String)>,
    /// Every event so far, for behaviour that is computed from history.
    pub past: Vec<PastEvent>,
    /// What kept the play from coming to its end.
    pub trouble: Option<String>,
    templates: BTreeMap<MessageId, TemplateName>,
}

/// A run, as far as the records tell.
pub(super) struct RunSeen {
    pub id: RunId,
    pub workflow: WorkflowName,
    pub ended: Option<EndReason>,
    /// The values of the goals that it reached.
    pub values: Vec<Option<f64>>,
}

impl Timeline {
    /// Tells what the test made happen.
    pub(super) fn happening(&mut self, at: Timestamp, happening: &Happening) {
        let text = match happening {
            Happening::Event { name, .. } => format!("event {name}"),
            Happening::Traits(traits) => {
                let names: Vec<&str> = traits.keys().map(String::as_str).collect();
                format!("traits {}", names.join(", "))
            }
            Happening::Consent(answers) => {
                let names: Vec<&str> = answers.iter().map(|(of, _)| of.as_str()).collect();
                format!("consent {}", names.join(", "))
            }
            Happening::Engaged { template, engagement } => {
                format!("{template} {}", format!("{engagement:?}").to_lowercase())
            }
            Happening::Called { workflow, .. } => format!("call of {workflow}"),
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
            if let Effect::Show(message) = effect {
                self.templates.insert(message.id, message.template.clone());
            }
        }
        for line in &taken.record {
            self.line(at, line);
        }
    }

    fn line(&mut self, at: Timestamp, line: &Line) {
        self.note_run(line);
        let workflow = line.workflow.as_ref().map(|(name, _)| name.to_string()).unwrap_or_default();
        let template = line.message.and_then(|id| self.templates.get(&id).cloned());
        let name = template.as_ref().map(ToString::to_string).unwrap_or_default();
        let rule = &line.rule;
        let told = match &line.decision {
            Decision::Entered { trigger, .. } => format!("{workflow}: entered by {trigger}"),
            Decision::Refused { reason, detail } => {
                format!("{workflow}: not entered: {} ({detail})", reason.as_str())
            }
            Decision::Ended { reason, detail } => {
                format!("{workflow}: ended: {} ({detail})", reason.as_str())
            }
            Decision::GoalReached { goal, value: Some(value) } => {
                format!("{workflow}: goal {goal}, worth {value}")
            }
            Decision::GoalReached { goal, value: None } => format!("{workflow}: goal {goal}"),
            Decision::SegmentEntered { segment } => format!("segment {segment} entered"),
            Decision::SegmentLeft { segment } => format!("segment {segment} left"),
            Decision::Sent { .. } => {
                self.sent.extend(template.map(|template| (at, template)));
                format!("✉ {name} sent")
            }
            Decision::Deferred { until, by } => format!("{name} deferred until {until} by {by}"),
            Decision::Blocked { why } | Decision::Cancelled { why } => {
                let told = format!("✗ {name} stopped by {rule}: {why}");
                self.stopped.extend(template.map(|template| (at, template, rule.clone())));
                told
            }
            Decision::Expired { .. } => {
                self.stopped.extend(template.map(|template| (at, template, rule.clone())));
                format!("✗ {name} expired")
            }
            Decision::RenderFailed { error } => {
                self.stopped.extend(template.map(|template| (at, template, rule.clone())));
                format!("✗ {name} could not be rendered: {error}")
            }
            Decision::TraitChanged { name, to, .. } if !line.rule.starts_with("3.4") => {
                format!("trait {name} = {to}")
            }
            Decision::ChainCut { what } => format!("! {what}"),
            Decision::NotDone { why } => format!("! {why}"),
            _ => return,
        };
        self.told.push((at, told));
    }

    fn note_run(&mut self, line: &Line) {
        let (Some((workflow, _)), Some(id)) = (&line.workflow, line.run) else { return };
        let known = self.runs.iter().rposition(|run| run.id == id);
        match &line.decision {
            Decision::Entered { .. } => {
                self.runs.push(RunSeen { id, workflow: workflow.clone(), ended: None, values: Vec::new() });
            }
            Decision::Ended { reason, .. } => {
                if let Some(known) = known {
                    self.runs[known].ended = Some(*reason);
                }
            }
            Decision::GoalReached { value, .. } => {
                if let Some(known) = known {
                    self.runs[known].values.push(*value);
                }
            }
            _ => {}
        }
    }

    /// Everything in order, with the local time of the contact.
    pub(super) fn lines(&self, catalog: &Catalog, script: &Script, contact: &Contact) -> Vec<String> {
        let zone = contact.zone().unwrap_or_else(|| catalog.policies.zone.clone());
        let told = self.told.iter().map(|(at, text)| {
            let local = zone.local(*at).strftime("%a %Y-%m-%d %H:%M:%S").to_string();
            format!("{local}  {:>8}  {text}", format!("+{}", at.since(script.start)))
        });
        told.chain(self.trouble.iter().map(|trouble| format!("! {trouble}"))).collect()
    }
}
