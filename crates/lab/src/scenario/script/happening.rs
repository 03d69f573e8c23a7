//! What a test makes happen.

use serde_json::Value;
use wend_domain::event::{EventKind, standard_name};
use wend_domain::id::{EventName, ListName, StepId, WorkflowName};
use wend_domain::input::{Answered, RunOrder};
use wend_domain::source::yaml::Node;
use wend_domain::time::Period;

use super::reading::{Reading, answers, object, texts_by_key};
use super::{CallAnswer, Happening};

/// The outcome of a task that has no others.
const DONE: &str = "done";
/// The status of an answer that says none.
const OK: u16 = 200;

impl Reading<'_> {
    pub(super) fn happening(&mut self, node: &Node) -> Option<Happening> {
        let with = || object(node.get("with"));
        if let Some(name) = node.text_of("event") {
            return Some(self.event(node, EventKind::Track, EventName::from(name), with()));
        }
        if let Some(url) = node.text_of("page") {
            let mut properties = with();
            properties.insert("url".to_owned(), Value::from(url));
            return Some(self.event(node, EventKind::Page, standard_name(EventKind::Page), properties));
        }
        if let Some(traits) = node.get("traits") {
            return Some(Happening::Traits(object(Some(traits))));
        }
        if let Some(consent) = node.get("consent") {
            return Some(Happening::Consent(answers(Some(consent))));
        }
        let on = node.get("not").is_none();
        if let Some(account) = node.text_of("account") {
            return Some(Happening::Account { account: account.to_owned(), traits: with(), on });
        }
        if let Some(list) = node.text_of("list") {
            return Some(Happening::List { list: ListName::from(list), on });
        }
        if let Some(tag) = node.text_of("tag") {
            return Some(Happening::Tag { tag: tag.to_owned(), on });
        }
        if let Some(template) = self.template(node, "message") {
            let is = Value::from(node.text_of("is").unwrap_or_default());
            let link = node.text_of("link").map(str::to_owned);
            return Some(Happening::Engaged { template, engagement: serde_json::from_value(is).ok()?, link });
        }
        if let Some(event) = node.text_of("business") {
            return Some(Happening::Business { event: EventName::from(event), data: with() });
        }
        if let Some(step) = self.step(node, "task") {
            let outcome = node.text_of("outcome").unwrap_or(DONE).to_owned();
            return Some(Happening::TaskDone {
                step,
                outcome,
                note: node.text_of("note").map(str::to_owned),
            });
        }
        if let Some(step) = self.step(node, "answer") {
            return Some(Happening::Answer { step, answer: answer(node) });
        }
        self.of_a_workflow(node)
    }

    fn event(
        &mut self,
        node: &Node,
        kind: EventKind,
        name: EventName,
        properties: serde_json::Map<String, Value>,
    ) -> Happening {
        let occurred_at = node.get("occurred").and_then(|at| self.instant(Some(at), Some(self.start)));
        Happening::Event { kind, name, properties, occurred_at, imported: node.get("imported").is_some() }
    }

    /// What concerns a workflow, and what a person does to runs of it.
    fn of_a_workflow(&mut self, node: &Node) -> Option<Happening> {
        for (key, by_hand) in [("call", false), ("start", true)] {
            if let Some(workflow) = self.workflow(node, key) {
                return Some(Happening::Started { workflow, data: object(node.get("with")), by_hand });
            }
        }
        if let Some(workflow) = self.workflow(node, "grant") {
            let refused = node.get("refused").and_then(Node::boolean).unwrap_or(false);
            let room_at = node.get("room_at").and_then(|at| self.instant(Some(at), Some(self.start)));
            return Some(Happening::Grant { workflow, refused, room_at });
        }
        if let Some(workflow) = self.workflow(node, "schedule") {
            return Some(Happening::Scheduled(workflow));
        }
        if let Some(workflow) = self.workflow(node, "backfill") {
            return Some(Happening::Backfill {
                workflow,
                within: node.text_of("within").and_then(Period::parse),
            });
        }
        if let Some(workflow) = self.workflow(node, "move") {
            let to = self.step_of(&workflow, node.get("to")?)?;
            return Some(Happening::OnRuns { workflow, what: RunOrder::Move(to) });
        }
        let orders = [
            ("pause", RunOrder::Pause),
            ("resume", RunOrder::Resume),
            ("skip", RunOrder::Skip),
            ("end", RunOrder::End),
        ];
        orders.into_iter().find_map(|(key, what)| {
            self.workflow(node, key).map(|workflow| Happening::OnRuns { workflow, what })
        })
    }

    /// A step of one workflow.
    fn step_of(&mut self, workflow: &WorkflowName, node: &Node) -> Option<StepId> {
        let step = StepId::from(node.text()?);
        let known = self.catalog.current(workflow)?.step(&step).is_some();
        if !known {
            self.say(node, format!("`{workflow}` has no step `{step}`"), "");
        }
        Some(step)
    }
}

fn answer(node: &Node) -> CallAnswer {
    if node.get("lost").is_some() {
        return CallAnswer::Lost;
    }
    let status = node.get("status").and_then(Node::integer).and_then(|status| u16::try_from(status).ok());
    let headers = texts_by_key(node.get("headers")).into_iter();
    CallAnswer::Answered(Answered {
        status: status.unwrap_or(OK),
        headers: headers.map(|(name, value)| (name.to_lowercase(), value)).collect(),
        body: node.get("body").map_or_else(|| Value::Object(serde_json::Map::new()), Node::to_json),
    })
}
