//! What lets a contact in.

use jiff::civil::{Date, date};
use serde_json::Value;

use super::names::Reading;
use super::operand::{Data, filter, path_of, period_of, value_tests};
use super::predicate::{Where, answer, consent_of, message};
use super::steps::{time_of, zone_of};
use super::types;
use crate::hook::HOOK_PROPERTY;
use crate::id::{EventName, SegmentName, WorkflowName};
use crate::pattern::UrlPattern;
use crate::predicate::PropertyTest;
use crate::recurrence::Recurrence;
use crate::source::codes;
use crate::source::grammar::text::{ANY, whole_days};
use crate::source::grammar::trigger::TRIGGER;
use crate::source::yaml::Node;
use crate::time::Period;
use crate::value::Path;
use crate::workflow::{
    AbsenceTrigger, BusinessTrigger, DateTrigger, EventMatch, ScheduleTrigger, StandardTest, Trigger, ZoneOf,
};

/// From when on schedules occur that don't say it: a Monday.
const STARTS: Date = date(2024, 1, 1);

/// How long before a business event the contact's own event may have occurred, unless the trigger says.
const BUSINESS_WITHIN: Period = Period::from_millis(30 * 86_400_000);

/// The properties that may name a form.
const FORM: [&str; 2] = ["form", "form_id"];

/// The properties that may hold what an order is worth.
const VALUE: [&str; 3] = ["total", "value", "revenue"];

/// Compiles the triggers of a workflow.
pub(super) fn triggers(reading: &mut Reading<'_>, node: Option<&Node>, workflow: &str) -> Vec<Trigger> {
    let Some(node) = node else { return Vec::new() };
    if node.one_or_many().is_empty() {
        reading.say(&codes::EMPTY, node.place, "nothing lets a contact in").fix =
            Some("add a trigger: `- event: …`, or `- api: true`".to_owned());
    }
    node.one_or_many().iter().filter_map(|node| trigger(reading, node, workflow)).collect()
}

fn trigger(reading: &mut Reading<'_>, node: &Node, workflow: &str) -> Option<Trigger> {
    let key = TRIGGER.exactly_one.iter().find(|key| node.get(key).is_some())?;
    let value = node.get(key)?;
    match *key {
        "page" | "form" | "purchase" | "support" | "hook" | "event" => event(reading, node, key, value),
        "message" => message_trigger(reading, node, value, workflow),
        "trait_changed" => trait_changed(reading, node),
        "segment_entered" | "segment_left" => {
            let name = value.text()?;
            reading.segment(name, value.place);
            let name = SegmentName::from(name);
            Some(if *key == "segment_entered" {
                Trigger::SegmentEntered(name)
            } else {
                Trigger::SegmentLeft(name)
            })
        }
        "consent" => {
            let of = consent_of(reading, value.text()?, value.place);
            Some(Trigger::Consent { of, is: answer(node.text_of("is")) })
        }
        "date" => date_trigger(node),
        "schedule" => schedule(reading, node, value),
        "absence" => absence(reading, node, value),
        "business" => business(reading, node, value),
        "workflow" => {
            let name = value.text()?;
            if name == ANY && !reading.names.workflows.contains_key(ANY) {
                return Some(Trigger::Workflow(None));
            }
            reading.workflow(name, value.place);
            Some(Trigger::Workflow(Some(WorkflowName::from(name))))
        }
        "manual" => Some(Trigger::Manual),
        _ => Some(Trigger::Api),
    }
}

/// An event of the contact, by its name or by its well-known kind.
fn event(reading: &mut Reading<'_>, node: &Node, key: &str, value: &Node) -> Option<Trigger> {
    let data = Data::CONTACT.with_event();
    let names = reading.names;
    let mut standard = Vec::new();
    let mut filter = filter(reading, node.get("where"), data);
    let event = match key {
        "page" => {
            let pattern = value.text()?;
            if pattern != ANY {
                standard.push(StandardTest::Page(UrlPattern::parse(pattern).ok()?));
            }
            for entry in node.get("utm").map(Node::entries).unwrap_or_default() {
                let Some(name) = CAMPAIGN.iter().find(|name| **name == entry.key) else { continue };
                let tests = value_tests(reading, &entry.value, &entry.key, data);
                standard.push(StandardTest::Campaign(name, tests));
            }
            names.events.page.clone()
        }
        "form" => {
            if value.text()? != ANY {
                let tests = value_tests(reading, value, key, data);
                standard.push(StandardTest::FirstOf(FORM.map(path).to_vec(), tests));
            }
            names.events.form.clone()
        }
        "purchase" => {
            for entry in value.entries() {
                let tests = value_tests(reading, &entry.value, &entry.key, data);
                match entry.key.as_str() {
                    "value" => standard.push(StandardTest::FirstOf(VALUE.map(path).to_vec(), tests)),
                    "item" => standard.push(StandardTest::Item(tests)),
                    property => filter.push(PropertyTest { path: path(property), tests }),
                }
            }
            names.events.purchase.clone()
        }
        "support" => {
            for entry in value.entries() {
                let tests = value_tests(reading, &entry.value, &entry.key, data);
                filter.push(PropertyTest { path: path(&entry.key), tests });
            }
            names.events.support.clone()
        }
        "hook" => {
            let tests = value_tests(reading, value, key, data);
            filter.push(PropertyTest { path: path(HOOK_PROPERTY), tests });
            reading.hook(value.text()?, value.place)
        }
        _ => EventName::from(value.text()?),
    };
    let late = node.get("late").and_then(Node::boolean).unwrap_or(false);
    Some(Trigger::Event { matches: EventMatch { event, filter, standard }, late })
}

/// The keys of `utm:`.
const CAMPAIGN: [&str; 5] = ["source", "medium", "campaign", "term", "content"];

fn path(name: &str) -> Path {
    Path::parse(name).expect("the names of properties that we write are paths")
}

fn message_trigger(reading: &mut Reading<'_>, node: &Node, value: &Node, workflow: &str) -> Option<Trigger> {
    let at = Where { data: Data::CONTACT, workflow: Some(workflow), draw: workflow };
    let mut test = message(reading, node, value.text()?, at, value.place)?;
    if test.step.is_some() && test.workflow.is_none() {
        test.workflow = Some(WorkflowName::from(workflow));
    }
    Some(Trigger::Message(test))
}

fn trait_changed(reading: &mut Reading<'_>, node: &Node) -> Option<Trigger> {
    let path = path_of(node, "trait_changed")?;
    let declared = reading.names.kind_of(&path.to_string());
    for entry in node.entries().iter().filter(|entry| matches!(entry.key.as_str(), "from" | "to")) {
        if let Some(kind) = declared {
            types::literal(reading, path.root(), kind, &entry.key, &entry.value);
        }
    }
    let value = |key: &str| node.get(key).map(Node::to_json).filter(|value| !value.is_null());
    let (from, to): (Option<Value>, Option<Value>) = (value("from"), value("to"));
    if let (Some(a), Some(b)) = (&from, &to)
        && a == b
        && let Some(entry) = node.entry("to")
    {
        let message = "a change from a value to the same value never happens";
        reading.say(&codes::BAD_VALUE, entry.place, message).fix = Some("remove `from:` or `to:`".to_owned());
    }
    Some(Trigger::TraitChanged { path, from, to })
}

fn date_trigger(node: &Node) -> Option<Trigger> {
    Some(Trigger::Date(DateTrigger {
        path: path_of(node, "date")?,
        offset_days: node.text_of("offset").and_then(whole_days).unwrap_or(0),
        at: time_of(node, "at"),
        yearly: node.text_of("repeats") == Some("yearly"),
        zone: zone_of(node.text_of("zone"))?,
    }))
}

fn schedule(reading: &mut Reading<'_>, node: &Node, value: &Node) -> Option<Trigger> {
    let text = value.text()?;
    let starts = node.text_of("starts");
    let first = match starts {
        Some(starts) => crate::predicate::date(starts)?,
        None => STARTS,
    };
    let at = time_of(node, "at").unwrap_or(DateTrigger::AT);
    let recurrence = match Recurrence::parse(text, first.to_datetime(at.to_jiff())) {
        Ok(recurrence) => recurrence,
        Err(why) => {
            let diagnostic =
                reading.say(&codes::BAD_SCHEDULE, value.place, format!("`{text}` is no rule of set times"));
            diagnostic.why = Some(why);
            diagnostic.fix = Some("write a rule such as `FREQ=WEEKLY;BYDAY=MO`".to_owned());
            return None;
        }
    };
    let counts = text.split(';').any(|part| part.trim().to_ascii_uppercase().starts_with("COUNT="));
    if counts && starts.is_none() {
        let message = "a rule that ends after so many times needs a first day to count from";
        reading.say(&codes::BAD_SCHEDULE, value.place, message).fix =
            Some("add `starts:` with the first day, such as `starts: 2026-01-05`".to_owned());
    }
    let zone = match node.text_of("zone") {
        None => ZoneOf::Workspace,
        Some(zone) => zone_of(Some(zone))?,
    };
    let pace = node.get("pace").and_then(Node::integer).and_then(|pace| u32::try_from(pace).ok());
    Some(Trigger::Schedule(Box::new(ScheduleTrigger { recurrence, zone, pace })))
}

fn absence(reading: &mut Reading<'_>, node: &Node, value: &Node) -> Option<Trigger> {
    let data = Data::CONTACT.with_event();
    let after = EventMatch {
        event: EventName::from(value.text()?),
        filter: filter(reading, node.get("where"), data),
        standard: Vec::new(),
    };
    let not = EventMatch {
        event: EventName::from(node.text_of("not")?),
        filter: filter(reading, node.get("not_where"), Data::RUN.with_event()),
        standard: Vec::new(),
    };
    Some(Trigger::Absence(AbsenceTrigger { after, not, within: period_of(node, "within")? }))
}

fn business(reading: &mut Reading<'_>, node: &Node, value: &Node) -> Option<Trigger> {
    let matches = EventMatch {
        event: EventName::from(value.text()?),
        filter: filter(reading, node.get("where"), Data::CONTACT.with_event()),
        standard: Vec::new(),
    };
    let history = node.get("match")?;
    let property = path_of(history, "property")?;
    Some(Trigger::Business(BusinessTrigger {
        matches,
        event: EventName::from(history.text_of("event")?),
        equals: path_of(history, "equals").unwrap_or_else(|| property.clone()),
        property,
        within: period_of(history, "within").unwrap_or(BUSINESS_WITHIN),
    }))
}
