//! What policies say of several workflows together: arbitration, exclusion, hold-outs, entry caps, rates, rules.

use std::collections::BTreeSet;

use super::names::Reading;
use super::operand::{Data, filter, period_of};
use super::policies::{listed, scope, texts};
use crate::id::{Channel, WorkflowName};
use crate::policy::{Arbitration, EntryCap, EntrySpan, Exclusion, Holdout, Losers, Policies, Rate};
use crate::source::codes;
use crate::source::grammar::policies::RULE_SEND;
use crate::source::yaml::{Kind, Node, Scalar};
use crate::time::Period;
use crate::workflow::{Action, Workflow};

/// How many parts of a percent a hold-out is counted in: 10,000 are all contacts.
const PARTS_OF_A_PERCENT: f64 = 100.0;

/// What the policies say of several workflows together.
pub(super) fn rules(reading: &mut Reading<'_>, node: &Node, policies: &mut Policies) {
    for entry in node.get("arbitration").map(Node::entries).unwrap_or_default() {
        let channel = reading.channel(&entry.key, entry.place);
        if entry.value.get("hold").is_none() && entry.value.get("reserve").is_none() {
            let message = format!("the arbitration of `{channel}` neither holds nor reserves");
            reading.say(&codes::EMPTY, entry.place, message).fix =
                Some("add `hold: 10m`, or `reserve: 24h`, or leave it out".to_owned());
        }
        if entry.value.get("hold").is_none()
            && let Some(losers) = entry.value.entry("losers")
        {
            let message = "without `hold` there are no losers";
            reading.say(&codes::NO_EFFECT, losers.place, message).fix =
                Some("add `hold: 10m`, or leave `losers` out".to_owned());
        }
        let period = |key| period_of(&entry.value, key).unwrap_or(Period::ZERO);
        let losers = if entry.value.text_of("losers") == Some("drop") { Losers::Drop } else { Losers::Next };
        let arbitration = Arbitration { hold: period("hold"), losers, reserve: period("reserve") };
        policies.arbitration.insert(channel, arbitration);
    }
    for node in listed(node, "exclusive") {
        policies.exclusive.extend(exclusion(reading, node, &policies.exclusive));
    }
    if let Some(node) = node.get("holdout") {
        let categories = texts(node, "categories").collect::<Vec<_>>();
        let categories = categories.into_iter().map(|(node, name)| reading.category(name, node.place));
        let categories = categories.collect();
        policies.holdout = Holdout { of_10_000: percent(reading, node), categories };
        if let Some(empty) = node.get("categories").filter(|node| node.items().is_empty() && !node.is_map()) {
            reading.say(&codes::EMPTY, empty.place, "`categories` names nothing").fix =
                Some("leave it out to mean all".to_owned());
        }
    }
    for node in listed(node, "rates") {
        let channels = scope(reading, node).channels;
        let max = node.get("max").and_then(Node::integer).and_then(|max| u32::try_from(max).ok());
        let (Some(max), Some(per)) = (max, period_of(node, "per")) else { continue };
        policies.rates.push(Rate { channels, max, per });
    }
    for node in listed(node, "rules") {
        rule(reading, node);
    }
}

fn exclusion(reading: &mut Reading<'_>, node: &Node, known: &[Exclusion]) -> Option<Exclusion> {
    let group = node.text_of("group")?.to_owned();
    if known.iter().any(|other| other.group == group) {
        let place = node.get("group").map_or(node.place, |node| node.place);
        reading.say(&codes::DUPLICATE_NAME, place, format!("there is another group `{group}`")).fix =
            Some("give one of the two another name, or make one group of them".to_owned());
    }
    let mut workflows = BTreeSet::new();
    for (node, name) in texts(node, "workflows") {
        reading.workflow(name, node.place);
        if !workflows.insert(WorkflowName::from(name)) {
            let message = format!("`{name}` is in the group twice");
            reading.say(&codes::BAD_VALUE, node.place, message).fix = Some("remove one".to_owned());
        }
    }
    if workflows.len() < 2 {
        let message = format!("the group `{group}` has fewer than two workflows, so it excludes nobody");
        let place = node.get("workflows").map_or(node.place, |node| node.place);
        reading.say(&codes::EMPTY, place, message).fix =
            Some("name the workflows that exclude each other, or remove the group".to_owned());
    }
    Some(Exclusion { group, workflows, replace: node.text_of("then") == Some("replace") })
}

/// The contacts that a hold-out holds out, of 10,000.
fn percent(reading: &mut Reading<'_>, node: &Node) -> u32 {
    let Some(node) = node.get("percent") else { return 0 };
    let percent = match &node.kind {
        Kind::Scalar(Scalar::Integer(whole)) => *whole as f64,
        Kind::Scalar(Scalar::Number(number)) => *number,
        _ => return 0,
    };
    if !(0.0..=100.0).contains(&percent) {
        let message = format!("`percent` is {percent}, outside of 0 to 100");
        reading.say(&codes::OUT_OF_RANGE, node.place, message).fix =
            Some("write how many of a hundred contacts are held out".to_owned());
        return 0;
    }
    let parts = (percent * PARTS_OF_A_PERCENT).round();
    if (parts - percent * PARTS_OF_A_PERCENT).abs() > 1e-6 {
        let message = format!("`percent` is {percent}, finer than a hundredth of a percent");
        reading.say(&codes::OUT_OF_RANGE, node.place, message).fix =
            Some(format!("write `{}`", parts / PARTS_OF_A_PERCENT));
    }
    parts as u32
}

/// A rule is read, and its names are looked up; nothing proves it yet, and that is said.
fn rule(reading: &mut Reading<'_>, node: &Node) {
    let mut what = None;
    if let Some(never) = node.get("never") {
        what = Some("that this never happens");
        if let Some(send) = never.get("send") {
            rule_send(reading, send);
        }
        if let Some(after) = never.get("after") {
            filter(reading, after.get("where"), Data::RUN);
        }
    }
    if let Some(at_most) = node.get("at_most") {
        what = Some("that nobody gets more messages than this");
        scope(reading, at_most);
    }
    if node.get("every_run_ends_within").is_some() {
        what = Some("that every run ends in this time");
    }
    if let Some(what) = what {
        not_proved(reading, node, what);
    }
}

fn rule_send(reading: &mut Reading<'_>, node: &Node) {
    if node.is_map() && node.entries().is_empty() {
        reading.say(&codes::EMPTY, node.place, "the rule means no message").fix =
            Some("name a category, a workflow, or a template: `{ email: welcome }`".to_owned());
    }
    for entry in node.entries() {
        let Some(name) = entry.value.text() else { continue };
        match entry.key.as_str() {
            "category" => {
                reading.category(name, entry.value.place);
            }
            "workflow" => reading.workflow(name, entry.value.place),
            channel if RULE_SEND.field(node, channel).is_none() => {
                reading.channel(channel, entry.place);
                reading.template_for(name, channel, entry.value.place);
            }
            _ => {}
        }
    }
}

fn not_proved(reading: &mut Reading<'_>, node: &Node, what: &str) {
    let message = format!("not proved: this version does not prove {what}");
    let diagnostic = reading.say(&codes::NOT_PROVED, node.place, message);
    diagnostic.why = Some("the portfolio may break the rule, and nobody would be told".to_owned());
    diagnostic.fix = Some("make sure of it by tests of the workflows concerned".to_owned());
}

/// Holds policies against the workflows of the files: what can have no effect, or stops everything.
pub(super) fn against<'w>(
    reading: &mut Reading<'_>,
    node: &Node,
    policies: &Policies,
    workflows: impl Iterator<Item = &'w Workflow>,
) {
    let workflows: Vec<&Workflow> = workflows.collect();
    for entry in node.get("arbitration").map(Node::entries).unwrap_or_default() {
        let channel = Channel::from(entry.key.as_str());
        if let Some(arbitration) = policies.arbitration.get(&channel) {
            held_too_long(reading, entry.value.get("hold"), &channel, arbitration.hold, &workflows);
        }
    }
    for node in listed(node, "exclusive").iter().filter(|node| node.text_of("then") == Some("replace")) {
        let members: BTreeSet<&str> = texts(node, "workflows").map(|(_, name)| name).collect();
        let priorities: BTreeSet<i32> = workflows
            .iter()
            .filter(|workflow| members.contains(workflow.name.as_str()))
            .map(|workflow| workflow.priority)
            .collect();
        if members.len() > 1 && priorities.len() == 1 {
            let priority = priorities.iter().next().copied().unwrap_or_default();
            let message =
                format!("all workflows of the group have the priority {priority}: none replaces another");
            let place = node.get("then").map_or(node.place, |node| node.place);
            reading.say(&codes::NO_EFFECT, place, message).fix =
                Some("give the one that is to win a higher `priority`, or write `then: refuse`".to_owned());
        }
    }
}

/// Finds messages that expire before the holding window of their channel can close.
fn held_too_long(
    reading: &mut Reading<'_>,
    node: Option<&Node>,
    channel: &Channel,
    hold: Period,
    workflows: &[&Workflow],
) {
    let Some(node) = node else { return };
    for workflow in workflows {
        for step in &workflow.steps {
            let Action::Send(send) = &step.action else { continue };
            let category = send.category.as_ref().unwrap_or(&workflow.category);
            let is_held =
                send.channel == *channel && !reading.names.transactional.contains(category.as_str());
            if let Some(expires) = send.expires.filter(|expires| is_held && *expires <= hold) {
                let message = format!(
                    "messages of `{}` in `{}` (line {}) expire after {expires}, and they are held for {hold}",
                    step.id, workflow.name, step.line
                );
                let diagnostic = reading.say(&codes::NO_EFFECT, node.place, message);
                diagnostic.why =
                    Some("one that opens a window is past its expiry at the close: it never goes".to_owned());
                diagnostic.fix =
                    Some(format!("hold for less than {expires}, or let the step's messages live longer"));
            }
        }
    }
}

/// The entry caps of a workflow.
pub(super) fn entry_caps(reading: &mut Reading<'_>, node: &Node) -> Vec<EntryCap> {
    let mut caps: Vec<EntryCap> = Vec::new();
    for node in listed(node, "entry_cap") {
        let max = node.get("max").and_then(Node::integer).and_then(|max| u32::try_from(max).ok());
        let per = match node.text_of("per") {
            Some("1h") => EntrySpan::Hour,
            Some("1d") => EntrySpan::Day,
            Some("total") => EntrySpan::Total,
            _ => continue,
        };
        let Some(max) = max.filter(|max| *max > 0) else { continue };
        let wait = node.text_of("then") == Some("wait");
        if wait && per == EntrySpan::Total {
            let place = node.get("then").map_or(node.place, |node| node.place);
            let message = "who waits for room under a cap of all entries waits for ever";
            reading.say(&codes::IMPOSSIBLE_TIME, place, message).fix = Some("write `then: drop`".to_owned());
        }
        if caps.iter().any(|cap| cap.per == per) {
            let place = node.get("per").map_or(node.place, |node| node.place);
            reading.say(&codes::BAD_VALUE, place, "there is another entry cap of this span").fix =
                Some("keep the smaller one".to_owned());
        }
        caps.push(EntryCap { max, per, wait });
    }
    caps
}

/// How many of 10,000 contacts are held out of a workflow.
pub(super) fn holdout(reading: &mut Reading<'_>, node: &Node) -> u32 {
    node.get("holdout").map_or(0, |node| percent(reading, node))
}

/// What is read and cannot be kept, or not be proved.
pub(super) fn of_workflow(reading: &mut Reading<'_>, node: &Node, workflow: &Workflow) {
    if workflow.transactional
        && let Some(entry) = node.entry("holdout")
    {
        let message = format!("`{}` is transactional, and nobody is held out of that", workflow.category);
        reading.say(&codes::NO_EFFECT, entry.place, message).fix =
            Some("leave `holdout` out, or give the workflow another category".to_owned());
    }
    if let Some(node) = node.get("ends_within") {
        not_proved(reading, node, "that every run of the workflow ends in this time");
    }
}
