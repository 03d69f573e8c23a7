//! What a test expects.

use wend_domain::pattern::UrlPattern;
use wend_domain::predicate::Test;
use wend_domain::run::EndReason;
use wend_domain::source::suggest;
use wend_domain::source::yaml::Node;
use wend_domain::time::Period;
use wend_domain::value::{Operand, Path};

use super::reading::{Reading, texts_by_key};
use super::{Ended, Expectation, Membership, What, When};

/// The keys beside a trait or a variable that are no tests of its value.
const NO_TESTS: [&str; 3] = ["trait", "variable", "workflow"];

impl Reading<'_> {
    pub(super) fn expectation(&mut self, node: &Node) -> Option<Expectation> {
        let line = node.place.line;
        self.of_messages(node).or_else(|| self.of_the_contact(node)).map(|what| Expectation { line, what })
    }

    /// What is expected of messages and of what goes elsewhere.
    fn of_messages(&mut self, node: &Node) -> Option<What> {
        if let Some(template) = self.template(node, "sent") {
            return Some(What::Sent(template, self.when(node)));
        }
        if let Some(template) = self.template(node, "not_sent") {
            return Some(What::NotSent(template));
        }
        if let Some(template) = self.template(node, "ghost") {
            return Some(What::Ghost(template, self.when(node)));
        }
        if let Some(template) = self.template(node, "blocked") {
            return Some(What::Blocked { template, rule: node.text_of("rule").map(str::to_owned) });
        }
        if let Some(messages) = node.get("messages") {
            let templates = messages.items().iter().filter_map(|item| self.template_named(item));
            return Some(What::Messages(templates.collect()));
        }
        if let Some(step) = self.step(node, "task") {
            let assignee = node.text_of("for").map(str::to_owned);
            return Some(What::Task { step, assignee, when: self.when(node) });
        }
        self.step(node, "called").map(|step| What::Called(step, self.when(node)))
    }

    /// What is expected of the contact and of its runs.
    fn of_the_contact(&mut self, node: &Node) -> Option<What> {
        if let Some(workflow) = self.workflow(node, "run") {
            return Some(What::Run {
                workflow,
                ended: node.get("ended").and_then(|ended| self.ended(ended)),
                at_step: node.text_of("at_step").map(str::to_owned),
                value: node.get("value").and_then(|value| value.to_json().as_f64()),
                variants: texts_by_key(node.get("variant")),
            });
        }
        if let Some(workflow) = self.workflow(node, "not_entered") {
            return Some(What::NotEntered(workflow));
        }
        if let Some(path) = node.text_of("trait").and_then(Path::parse) {
            let tests = self.tests(node, "the trait");
            return Some(What::Trait { path, tests, said: said(node) });
        }
        if let Some(path) = node.text_of("variable").and_then(Path::parse) {
            let workflow = self.workflow(node, "workflow");
            let tests = self.tests(node, "the variable");
            return Some(What::Variable { path, workflow, tests, said: said(node) });
        }
        let not = node.get("not").is_some();
        let (kind, name) = if let Some(list) = node.text_of("list") {
            (Membership::List, list.to_owned())
        } else if let Some(tag) = node.text_of("tag") {
            (Membership::Tag, tag.to_owned())
        } else {
            (Membership::Segment, self.segment(node.get("segment")?)?)
        };
        Some(What::In { kind, name, not })
    }

    fn when(&mut self, node: &Node) -> When {
        let mut instant = |key: &str| self.instant(node.get(key), Some(self.start));
        When { at: instant("at"), after: instant("after"), before: instant("before") }
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

    /// The tests of a value; operands are what is written there.
    fn tests(&mut self, node: &Node, of: &str) -> Vec<Test> {
        let tests: Vec<Test> =
            node.entries().iter().filter_map(|entry| test(&entry.key, &entry.value)).collect();
        if tests.is_empty() {
            let message = format!("nothing is expected of {of}");
            self.say(node, message, "add a test such as `eq: pro` or `exists: true`");
        }
        tests
    }
}

fn test(key: &str, node: &Node) -> Option<Test> {
    let literal = |node: &Node| Operand::Literal(node.to_json());
    let literals = |node: &Node| node.items().iter().map(literal).collect::<Vec<_>>();
    let period = |node: &Node| node.text().and_then(Period::parse);
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
        "matches" => Test::Matches(UrlPattern::parse(node.text()?).ok()?),
        "exists" => Test::Exists(node.boolean()?),
        "within_last" => Test::WithinLast(period(node)?),
        "within_next" => Test::WithinNext(period(node)?),
        _ => return None,
    })
}

/// The tests of a value as the file says them.
fn said(node: &Node) -> String {
    let entries = node.entries().iter().filter(|entry| !NO_TESTS.contains(&entry.key.as_str()));
    entries.map(|entry| format!("{} {}", entry.key, entry.value.to_json())).collect::<Vec<_>>().join(" and ")
}
