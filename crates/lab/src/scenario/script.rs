//! What a test file says.

use serde_json::{Map, Value};
use wend_domain::catalog::Catalog;
use wend_domain::consent::Answer;
use wend_domain::id::{EventName, TemplateName, WorkflowName};
use wend_domain::predicate::{Engagement, Test};
use wend_domain::run::EndReason;
use wend_domain::source::check::check;
use wend_domain::source::codes;
use wend_domain::source::diagnostic::any_error;
use wend_domain::source::grammar::FileKind;
use wend_domain::source::yaml::{self, Node};
use wend_domain::source::{Diagnostic, SourceFile, suggest};
use wend_domain::time::{Period, Timestamp};
use wend_domain::value::{Operand, Path};

/// A test file, read.
pub(super) struct Script {
    pub test: String,
    pub user_id: String,
    pub traits: Map<String, Value>,
    pub consent: Vec<(String, Answer)>,
    pub start: Timestamp,
    /// In the order of time.
    pub happenings: Vec<(Timestamp, Happening)>,
    /// When the test ends; none means when nothing more happens.
    pub until: Option<Timestamp>,
    pub expectations: Vec<Expectation>,
}

/// Something that happens to the contact.
pub(super) enum Happening {
    Event { name: EventName, properties: Map<String, Value> },
    Traits(Map<String, Value>),
    Consent(Vec<(String, Answer)>),
    Engaged { template: TemplateName, engagement: Engagement },
    Called { workflow: WorkflowName, data: Map<String, Value> },
}

/// Something that must be true in the end.
pub(super) struct Expectation {
    pub line: u32,
    pub what: What,
}

pub(super) enum What {
    Run {
        workflow: WorkflowName,
        ended: Option<Ended>,
        at_step: Option<String>,
        value: Option<f64>,
    },
    Sent {
        template: TemplateName,
        at: Option<Timestamp>,
        after: Option<Timestamp>,
        before: Option<Timestamp>,
    },
    NotSent(TemplateName),
    Blocked {
        template: TemplateName,
        rule: Option<String>,
    },
    Messages(Vec<TemplateName>),
    Trait {
        path: Path,
        tests: Vec<Test>,
        said: String,
    },
    Segment(String),
}

/// Whether and why a run ended.
pub(super) enum Ended {
    Live,
    Somehow,
    For(EndReason),
}

/// A test's name, and why it can't be played.
type Unreadable = (String, Vec<Diagnostic>);

/// Reads a test file.
pub(super) fn read(file: &SourceFile, catalog: &Catalog) -> Result<Script, Unreadable> {
    let (node, mut diagnostics) = yaml::parse(file);
    let Some(node) = node else { return Err((String::new(), diagnostics)) };
    let test = node.text_of("test").unwrap_or_default().to_owned();
    diagnostics.extend(check(&file.path, &node, FileKind::Test));
    if any_error(&diagnostics) {
        return Err((test, diagnostics));
    }
    let mut reading = Reading { file: &file.path, catalog, start: Timestamp::default(), diagnostics };
    let script = reading.script(test.clone(), &node);
    if any_error(&reading.diagnostics) { Err((test, reading.diagnostics)) } else { Ok(script) }
}

struct Reading<'a> {
    file: &'a str,
    catalog: &'a Catalog,
    start: Timestamp,
    diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn script(&mut self, test: String, node: &Node) -> Script {
        self.start = self.instant(node.get("at"), None).unwrap_or_default();
        let contact = node.get("contact");
        let of_contact = |key: &str| contact.and_then(|contact| contact.get(key));
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
            user_id: of_contact("user_id").and_then(Node::text).unwrap_or("test").to_owned(),
            traits: object(of_contact("traits")),
            consent: answers(of_contact("consent")),
            start: self.start,
            happenings,
            until: node.get("until").and_then(|until| self.instant(Some(until), Some(self.start))),
            expectations: items("expect").iter().filter_map(|item| self.expectation(item)).collect(),
        }
    }

    fn say(&mut self, node: &Node, message: impl Into<String>, fix: &str) {
        let diagnostic = Diagnostic::new(&codes::BAD_VALUE, self.file, node.place, message);
        self.diagnostics.push(if fix.is_empty() { diagnostic } else { diagnostic.fix(fix) });
    }

    /// Reads an instant, or a time after `from`.
    fn instant(&mut self, node: Option<&Node>, from: Option<Timestamp>) -> Option<Timestamp> {
        let node = node?;
        let text = node.text().unwrap_or_default();
        let relative =
            from.zip(text.strip_prefix('+').and_then(Period::parse)).map(|(from, period)| from + period);
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

    fn happening(&mut self, node: &Node) -> Option<Happening> {
        let with = || object(node.get("with"));
        if let Some(name) = node.text_of("event") {
            return Some(Happening::Event { name: EventName::from(name), properties: with() });
        }
        if let Some(traits) = node.get("traits") {
            return Some(Happening::Traits(object(Some(traits))));
        }
        if let Some(consent) = node.get("consent") {
            return Some(Happening::Consent(answers(Some(consent))));
        }
        if let Some(template) = self.template(node, "message") {
            let is = Value::from(node.text_of("is").unwrap_or_default());
            return Some(Happening::Engaged { template, engagement: serde_json::from_value(is).ok()? });
        }
        let workflow = self.workflow(node, "call")?;
        Some(Happening::Called { workflow, data: with() })
    }

    fn expectation(&mut self, node: &Node) -> Option<Expectation> {
        let line = node.place.line;
        let what = if let Some(workflow) = self.workflow(node, "run") {
            What::Run {
                workflow,
                ended: node.get("ended").and_then(|ended| self.ended(ended)),
                at_step: node.text_of("at_step").map(str::to_owned),
                value: node.get("value").and_then(|value| value.to_json().as_f64()),
            }
        } else if let Some(template) = self.template(node, "sent") {
            let mut instant = |key: &str| self.instant(node.get(key), Some(self.start));
            What::Sent { template, at: instant("at"), after: instant("after"), before: instant("before") }
        } else if let Some(template) = self.template(node, "not_sent") {
            What::NotSent(template)
        } else if let Some(template) = self.template(node, "blocked") {
            What::Blocked { template, rule: node.text_of("rule").map(str::to_owned) }
        } else if let Some(messages) = node.get("messages") {
            let templates = messages.items().iter().filter_map(|item| self.template_named(item));
            What::Messages(templates.collect())
        } else if let Some(path) = node.text_of("trait").and_then(Path::parse) {
            let tests = tests(node);
            if tests.is_empty() {
                self.say(
                    node,
                    "nothing is expected of the trait",
                    "add a test such as `eq: pro` or `exists: true`",
                );
            }
            What::Trait { path, tests, said: said(node) }
        } else {
            What::Segment(self.segment(node.get("segment")?)?)
        };
        Some(Expectation { line, what })
    }

    fn ended(&mut self, node: &Node) -> Option<Ended> {
        if let Some(ended) = node.boolean() {
            return Some(if ended { Ended::Somehow } else { Ended::Live });
        }
        let text = node.text().unwrap_or_default();
        let reason = EndReason::named(text).map(Ended::For);
        if reason.is_none() {
            let fix = suggest::did_you_mean(text, EndReason::ALL.map(EndReason::as_str)).unwrap_or_default();
            self.say(node, format!("`{text}` is no reason for which a run ends"), &fix);
        }
        reason
    }

    fn workflow(&mut self, node: &Node, key: &str) -> Option<WorkflowName> {
        let node = node.get(key)?;
        let known: Vec<&str> = self.catalog.workflows.keys().map(WorkflowName::as_str).collect();
        self.known(node, "workflow", &known).map(WorkflowName::from)
    }

    fn template(&mut self, node: &Node, key: &str) -> Option<TemplateName> {
        self.template_named(node.get(key)?)
    }

    fn template_named(&mut self, node: &Node) -> Option<TemplateName> {
        let known: Vec<&str> = self.catalog.templates.keys().map(TemplateName::as_str).collect();
        self.known(node, "template", &known).map(TemplateName::from)
    }

    fn segment(&mut self, node: &Node) -> Option<String> {
        let known: Vec<&str> =
            self.catalog.segments.keys().map(wend_domain::id::SegmentName::as_str).collect();
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

fn object(node: Option<&Node>) -> Map<String, Value> {
    match node.map(Node::to_json) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

fn answers(node: Option<&Node>) -> Vec<(String, Answer)> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let answer = |text: Option<&str>| match text {
        Some("subscribed") => Answer::Subscribed,
        _ => Answer::Unsubscribed,
    };
    entries.iter().map(|entry| (entry.key.clone(), answer(entry.value.text()))).collect()
}

/// The tests of a trait; operands are what is written there.
fn tests(node: &Node) -> Vec<Test> {
    let literal = |node: &Node| Operand::Literal(node.to_json());
    let literals = |node: &Node| node.items().iter().map(literal).collect::<Vec<_>>();
    let period = |node: &Node| node.text().and_then(Period::parse);
    let test = |key: &str, node: &Node| {
        Some(match key {
            "eq" => Test::Eq(literal(node)),
            "ne" => Test::Ne(literal(node)),
            "gt" => Test::Gt(literal(node)),
            "gte" => Test::Gte(literal(node)),
            "lt" => Test::Lt(literal(node)),
            "lte" => Test::Lte(literal(node)),
            "in" => Test::In(literals(node)),
            "not_in" => Test::NotIn(literals(node)),
            "contains" => Test::Contains(literal(node)),
            "starts_with" => Test::StartsWith(literal(node)),
            "ends_with" => Test::EndsWith(literal(node)),
            "exists" => Test::Exists(node.boolean()?),
            "within_last" => Test::WithinLast(period(node)?),
            "within_next" => Test::WithinNext(period(node)?),
            _ => return None,
        })
    };
    node.entries().iter().filter_map(|entry| test(&entry.key, &entry.value)).collect()
}

/// The tests of a trait as the file says them.
fn said(node: &Node) -> String {
    let entries = node.entries().iter().filter(|entry| entry.key != "trait");
    entries.map(|entry| format!("{} {}", entry.key, entry.value.to_json())).collect::<Vec<_>>().join(" and ")
}
