//! Steps that reach beyond the run: other systems, people, other workflows.

use std::collections::BTreeMap;

use super::Context;
use super::blocks::{Block, Starts};
use crate::compile::names::Reading;
use crate::compile::operand::{Data, operand, period_of};
use crate::id::{CALL_CHANNEL, Channel, TASK_CHANNEL, TemplateName, WorkflowName};
use crate::limits::{
    CALL_HEADERS_MAX, CALL_RETRY_FOR_MS_MAX, CALL_TIMEOUT_MS_MAX, SAVED_MAX, TASK_OUTCOMES_MAX,
};
use crate::source::codes;
use crate::source::yaml::{Kind, Node};
use crate::template::{Template, TemplatePart};
use crate::time::Period;
use crate::value::{Operand, Path};
use crate::workflow::{Action, Enter, JsonBody, SubWorkflow, TaskStep, WebCall};

/// How long one attempt at a call may take unless the file says so.
const TIMEOUT_MS: i64 = 10_000;

/// How long temporary failures are tried again unless the file says so.
const RETRY_FOR_MS: i64 = 3_600_000;

/// The outcome of a task whose file names none.
const DONE: &str = "done";

/// The Liquid texts of a step that reaches beyond the run, by the names of their parts, in the file's order.
pub(in crate::compile) fn texts(step: &Node) -> Vec<(String, &Node)> {
    let mut texts = Vec::new();
    if let Some(call) = step.get("webhook") {
        for entry in call.entries() {
            match entry.key.as_str() {
                "url" | "body" => texts.push((entry.key.clone(), &entry.value)),
                "headers" => {
                    let headers = entry.value.entries().iter();
                    texts.extend(headers.map(|header| (format!("header.{}", header.key), &header.value)));
                }
                "json" => {
                    let mut liquid = Vec::new();
                    liquid_of(&entry.value, &mut liquid);
                    texts.extend(liquid.into_iter().enumerate().map(|(n, text)| (json_part(n), text)));
                }
                _ => {}
            }
        }
    }
    let task = step.get("task").map(Node::entries).unwrap_or_default();
    let task = task.iter().filter(|entry| matches!(entry.key.as_str(), "title" | "note"));
    texts.extend(task.map(|entry| (entry.key.clone(), &entry.value)));
    texts.retain(|(_, text)| text.text().is_some());
    texts
}

fn json_part(n: usize) -> String {
    format!("json.{n}")
}

/// The texts of a JSON body that are Liquid, in the file's order.
fn liquid_of<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::Scalar(_) if is_liquid(node) => found.push(node),
        Kind::Scalar(_) => {}
        Kind::List { items, .. } => items.iter().for_each(|item| liquid_of(item, found)),
        Kind::Map { entries, .. } => entries.iter().for_each(|entry| liquid_of(&entry.value, found)),
    }
}

fn is_liquid(node: &Node) -> bool {
    node.text().is_some_and(|text| text.contains("{{") || text.contains("{%"))
}

impl Context<'_, '_> {
    pub(super) fn webhook(&mut self, step: &Node, node: &Node, starts: &Starts) -> Option<Action> {
        let method = node.text_of("method").unwrap_or("POST").to_owned();
        self.check_request(node, &method);
        let json = node.get("json").map(|json| json_body(self.reading, json, &mut 0));
        let timeout = period_of(node, "timeout").unwrap_or(Period::from_millis(TIMEOUT_MS));
        self.at_most(node, "timeout", CALL_TIMEOUT_MS_MAX);
        self.at_most(node, "retry_for", CALL_RETRY_FOR_MS_MAX);
        node.text_of("url")?;
        Some(Action::Call(WebCall {
            method,
            content: content(step, CALL_CHANNEL),
            json,
            save: self.saved(node.get("save")),
            timeout,
            retry_for: period_of(node, "retry_for").unwrap_or(Period::from_millis(RETRY_FOR_MS)),
            on_error: starts.get(&Block::OnError),
        }))
    }

    /// What no request can be.
    fn check_request(&mut self, node: &Node, method: &str) {
        if let (Some(_), Some(json)) = (node.get("body"), node.entry("json")) {
            self.reading.say(&codes::ONE_OF, json.place, "a call has `body` or `json`, not both").fix =
                Some("remove one of the two".to_owned());
        }
        if let Some(body) = node.entry("body").or(node.entry("json")).filter(|_| method == "GET") {
            self.reading.say(&codes::BAD_VALUE, body.place, "a `GET` call sends no body").fix =
                Some("write `method: POST`, or put the values into the URL".to_owned());
        }
        if let Some(url) = node.get("url")
            && let Some(text) = url.text()
            && !["https://", "http://", "{{", "{%"].iter().any(|begin| text.trim_start().starts_with(begin))
        {
            let message = format!("`{text}` is not the address of another system");
            self.reading.say(&codes::BAD_VALUE, url.place, message).fix =
                Some("begin with `https://`".to_owned());
        }
        let headers = node.get("headers").map(Node::entries).unwrap_or_default();
        if let Some(header) = headers.get(CALL_HEADERS_MAX) {
            let message = format!("a call has at most {CALL_HEADERS_MAX} headers");
            self.reading.say(&codes::OUT_OF_RANGE, header.place, message);
        }
        for (n, header) in headers.iter().enumerate() {
            let usable = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            if !header.key.chars().all(usable) {
                let message = format!("`{}` cannot be the name of a header", header.key);
                self.reading.say(&codes::BAD_NAME, header.place, message).fix =
                    Some("use letters, digits and dashes, such as `X-Api-Key`".to_owned());
            } else if headers[..n].iter().any(|other| other.key.eq_ignore_ascii_case(&header.key)) {
                let message = format!("there is another header `{}`", header.key);
                self.reading.say(&codes::DUPLICATE_NAME, header.place, message).fix =
                    Some("remove one of the two; letters' case makes no difference".to_owned());
            }
        }
    }

    fn at_most(&mut self, node: &Node, key: &str, millis_max: i64) {
        let Some(period) = period_of(node, key).filter(|period| period.as_millis() > millis_max) else {
            return;
        };
        let place = node.get(key).map_or(node.place, |node| node.place);
        let max = Period::from_millis(millis_max);
        let message = format!("`{key}` is {period}, more than {max}");
        self.reading.say(&codes::OUT_OF_RANGE, place, message).fix = Some(format!("write at most `{max}`"));
    }

    /// Variables with the places in the answer that they take.
    fn saved(&mut self, node: Option<&Node>) -> BTreeMap<Path, Path> {
        let entries = node.map(Node::entries).unwrap_or_default();
        if let Some(entry) = entries.get(SAVED_MAX) {
            let message = format!("a call saves at most {SAVED_MAX} values");
            self.reading.say(&codes::OUT_OF_RANGE, entry.place, message);
        }
        let mut saved = BTreeMap::new();
        for entry in entries {
            let (Some(variable), Some(text)) = (Path::parse(&entry.key), entry.value.text()) else {
                continue;
            };
            let Some(place) = Path::parse(text) else { continue };
            let is_usable = match place.root() {
                "status" => place.parts().len() == 1,
                "headers" => place.parts().len() > 1,
                "body" => true,
                _ => false,
            };
            if !is_usable {
                let message = format!("`{text}` is no place of an answer");
                self.reading.say(&codes::BAD_VALUE, entry.value.place, message).fix = Some(
                    "write `status`, `headers.NAME`, `body` or a path into it: `body.deal.id`".to_owned(),
                );
            }
            saved.insert(variable, place);
        }
        saved
    }

    pub(super) fn task(&mut self, step: &Node, node: &Node, starts: &Starts) -> Option<Action> {
        let due = period_of(node, "due")?;
        let escalate = node.get("escalate").and_then(|node| {
            let after = period_of(node, "after")?;
            Some((after, node.text_of("for")?.to_owned()))
        });
        if let Some((after, _)) = escalate.as_ref().filter(|(after, _)| *after >= due) {
            let place = node.get("escalate").map_or(node.place, |node| node.place);
            let message = format!("the task would go to somebody else after {after}, and is due after {due}");
            self.reading.say(&codes::IMPOSSIBLE_TIME, place, message).fix =
                Some("escalate before the task is due".to_owned());
        }
        let named = node.get("outcomes").map(Node::entries).unwrap_or_default();
        if let Some(outcomes) = node.get("outcomes").filter(|_| named.is_empty()) {
            self.reading.say(&codes::EMPTY, outcomes.place, "the task cannot come out in any way").fix =
                Some("name outcomes with their steps, or leave `outcomes` out".to_owned());
        }
        if let Some(entry) = named.get(TASK_OUTCOMES_MAX) {
            let message = format!("a task has at most {TASK_OUTCOMES_MAX} outcomes");
            self.reading.say(&codes::OUT_OF_RANGE, entry.place, message);
        }
        let mut outcomes: Vec<_> = named
            .iter()
            .map(|entry| (entry.key.clone(), starts.get(&Block::Outcome(entry.key.clone()))))
            .collect();
        if outcomes.is_empty() {
            outcomes.push((DONE.to_owned(), starts.get(&Block::Outcome(DONE.to_owned()))));
        }
        node.text_of("title")?;
        Some(Action::Task(TaskStep {
            content: content(step, TASK_CHANNEL),
            assignee: node.text_of("for")?.to_owned(),
            due,
            escalate,
            outcomes,
            on_timeout: starts.get(&Block::OnTimeout),
        }))
    }

    pub(super) fn enter(&mut self, node: &Node) -> Option<Enter> {
        let workflow = node.get("workflow")?;
        let name = workflow.text()?;
        self.reading.workflow(name, workflow.place);
        Some(Enter {
            workflow: WorkflowName::from(name),
            data: self.operands(node.get("with")),
            replace: node.get("replace").and_then(Node::boolean).unwrap_or(false),
        })
    }

    pub(super) fn exit_workflow(&mut self, node: &Node) -> Option<Action> {
        let name = node.text()?;
        self.reading.workflow(name, node.place);
        if self.at.workflow == Some(name) {
            let message = "a run doesn't end itself like this";
            self.reading.say(&codes::BAD_VALUE, node.place, message).fix =
                Some("write `exit: true`".to_owned());
        }
        Some(Action::ExitWorkflow(WorkflowName::from(name)))
    }

    pub(super) fn call(&mut self, step: &Node, node: &Node, starts: &Starts) -> Option<Action> {
        let timeout = self.timeout(step, starts);
        let save = node.text_of("save").and_then(Path::parse);
        Some(Action::SubWorkflow(SubWorkflow { enter: self.enter(node)?, save, timeout }))
    }
}

/// The texts of a step; it is named when the workflow's name, version and ids are together.
fn content(step: &Node, channel: &str) -> Template {
    let part = |(name, node): (String, &Node)| {
        let source = node.text().unwrap_or_default().to_owned();
        (name, TemplatePart { source, line: node.place.line })
    };
    let parts = texts(step).into_iter().map(part).collect();
    Template::new(TemplateName::from(""), Channel::from(channel), parts)
}

/// A JSON body: references are looked up when the call is wanted, Liquid is rendered, the rest is as it is.
fn json_body(reading: &mut Reading<'_>, node: &Node, n_texts: &mut usize) -> JsonBody<Operand> {
    match &node.kind {
        Kind::Scalar(_) if is_liquid(node) => {
            *n_texts += 1;
            JsonBody::Text(json_part(*n_texts - 1))
        }
        Kind::Scalar(scalar) => {
            let operand = operand(reading, node, Data::RUN);
            JsonBody::Value(operand.unwrap_or_else(|| Operand::Literal(scalar.to_json())))
        }
        Kind::List { items, .. } => {
            JsonBody::List(items.iter().map(|item| json_body(reading, item, n_texts)).collect())
        }
        Kind::Map { entries, .. } => {
            let member = |entry: &crate::source::yaml::Entry| {
                (entry.key.clone(), json_body(reading, &entry.value, n_texts))
            };
            JsonBody::Object(entries.iter().map(member).collect())
        }
    }
}
