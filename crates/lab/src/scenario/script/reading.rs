//! A test file's frame: who, when, and the names that it uses.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use wend_domain::catalog::Catalog;
use wend_domain::consent::Answer;
use wend_domain::id::{ListName, SegmentName, StepId, TemplateName, WorkflowName};
use wend_domain::source::codes;
use wend_domain::source::yaml::Node;
use wend_domain::source::{Diagnostic, suggest};
use wend_domain::time::{Period, Timestamp};

use super::{Happening, Script, Start};

/// A test file while it is read.
pub(super) struct Reading<'a> {
    pub file: &'a str,
    pub catalog: &'a Catalog,
    pub start: Timestamp,
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    pub fn script(&mut self, test: String, node: &Node) -> Script {
        self.start = self.instant(node.get("at"), None).unwrap_or_default();
        let items = |key: &str| node.get(key).map(Node::items).unwrap_or_default();
        let mut happenings: Vec<(Timestamp, Happening)> = Vec::new();
        for item in items("when") {
            let Some(at) = self.instant(item.get("at"), Some(self.start)) else { continue };
            if at < self.start {
                self.say(item, "this is before the test begins", "move `at:` of the test back");
            }
            happenings.extend(self.happening(item).map(|happening| (at, happening)));
        }
        // Stable: what happens at one instant happens in the file's order.
        happenings.sort_by_key(|(at, _)| *at);
        Script {
            test,
            contact: self.contact(node.get("contact")),
            start: self.start,
            happenings,
            until: node.get("until").and_then(|until| self.instant(Some(until), Some(self.start))),
            expectations: items("expect").iter().filter_map(|item| self.expectation(item)).collect(),
        }
    }

    fn contact(&mut self, contact: Option<&Node>) -> Start {
        let get = |key: &str| contact.and_then(|contact| contact.get(key));
        let texts = |key: &str| -> Vec<&str> {
            get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::text).collect()
        };
        let id = get("id").and_then(|node| {
            let id = node.text().unwrap_or_default().parse().ok();
            if id.is_none() {
                self.say(
                    node,
                    "this is no id of a contact",
                    "`wend contact show` tells it: 32 digits and letters a to f",
                );
            }
            id
        });
        let held_out = get("held_out").map(Node::one_or_many).unwrap_or_default();
        let held_out = held_out.iter().filter_map(|node| self.workflow_named(node)).collect();
        let start = Start {
            user_id: get("user_id").and_then(Node::text).unwrap_or("test").to_owned(),
            id,
            traits: object(get("traits")),
            consent: answers(get("consent")),
            lists: texts("lists").into_iter().map(ListName::from).collect(),
            tags: texts("tags").into_iter().map(str::to_owned).collect(),
            variants: texts_by_key(get("variants")),
            held_out,
            is_new: get("new").is_some(),
        };
        if start.is_new
            && let Some(new) = get("new")
            && ["traits", "consent", "lists", "tags"].iter().any(|key| get(key).is_some())
        {
            let fix = "leave out `new`, or let what is known arrive as events in `when`";
            self.say(new, "of a contact that is new, nothing is known yet", fix);
        }
        start
    }

    pub fn say(&mut self, node: &Node, message: impl Into<String>, fix: &str) {
        let diagnostic = Diagnostic::new(&codes::BAD_VALUE, self.file, node.place, message);
        self.diagnostics.push(if fix.is_empty() { diagnostic } else { diagnostic.fix(fix) });
    }

    /// Reads an instant, or a time after (or with a minus before) `from`.
    pub fn instant(&mut self, node: Option<&Node>, from: Option<Timestamp>) -> Option<Timestamp> {
        let node = node?;
        let text = node.text().unwrap_or_default();
        let relative = from
            .filter(|_| text.starts_with(['+', '-']))
            .zip(Period::parse(text))
            .map(|(from, period)| from + period);
        let found = relative.or_else(|| Timestamp::parse(text));
        if found.is_none() {
            let fix = match from {
                Some(_) => "write `+40m`, `+3d`, or an instant such as `2026-03-02T12:00+01:00`",
                None => "write an instant such as `2026-03-02T12:00+01:00`",
            };
            self.say(node, format!("`{text}` is no instant"), fix);
        }
        found
    }

    pub fn workflow(&mut self, node: &Node, key: &str) -> Option<WorkflowName> {
        self.workflow_named(node.get(key)?)
    }

    fn workflow_named(&mut self, node: &Node) -> Option<WorkflowName> {
        let known: Vec<&str> = self.catalog.workflows.keys().map(WorkflowName::as_str).collect();
        self.known(node, "workflow", &known).map(WorkflowName::from)
    }

    pub fn template(&mut self, node: &Node, key: &str) -> Option<TemplateName> {
        self.template_named(node.get(key)?)
    }

    pub fn template_named(&mut self, node: &Node) -> Option<TemplateName> {
        let known: Vec<&str> = self.catalog.templates.keys().map(TemplateName::as_str).collect();
        self.known(node, "template", &known).map(TemplateName::from)
    }

    /// A step of any workflow.
    pub fn step(&mut self, node: &Node, key: &str) -> Option<StepId> {
        let node = node.get(key)?;
        let catalog = self.catalog;
        let workflows = catalog.workflows.keys().filter_map(|name| catalog.current(name));
        let known: Vec<&str> = workflows.flat_map(|w| w.steps.iter().map(|step| step.id.as_str())).collect();
        self.known(node, "step", &known).map(StepId::from)
    }

    pub fn segment(&mut self, node: &Node) -> Option<String> {
        let known: Vec<&str> = self.catalog.segments.keys().map(SegmentName::as_str).collect();
        self.known(node, "segment", &known)
    }

    fn known(&mut self, node: &Node, kind: &str, known: &[&str]) -> Option<String> {
        let name = node.text()?;
        if !known.contains(&name) {
            let fix = suggest::did_you_mean(name, known.iter().copied()).unwrap_or_default();
            self.say(node, format!("there is no {kind} `{name}`"), &fix);
        }
        Some(name.to_owned())
    }
}

pub(super) fn object(node: Option<&Node>) -> Map<String, Value> {
    match node.map(Node::to_json) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

pub(super) fn texts_by_key(node: Option<&Node>) -> BTreeMap<String, String> {
    let entries = node.map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.key.clone(), entry.value.text()?.to_owned()))).collect()
}

pub(super) fn answers(node: Option<&Node>) -> Vec<(String, Answer)> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let answer = |text: Option<&str>| match text {
        Some("subscribed") => Answer::Subscribed,
        _ => Answer::Unsubscribed,
    };
    entries.iter().map(|entry| (entry.key.clone(), answer(entry.value.text()))).collect()
}
