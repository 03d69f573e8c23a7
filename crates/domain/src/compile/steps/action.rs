//! What each kind of step does.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Context;
use crate::compile::names::Reading;
use crate::compile::operand::{Data, operand, path_of, period_of};
use crate::compile::predicate::{answer, consent_of};
use crate::compile::workflow::occasion;
use crate::id::{EventName, TemplateName};
use crate::source::codes;
use crate::source::grammar::TextKind;
use crate::source::grammar::step::SEND;
use crate::source::grammar::text::{calendar_days, whole_days};
use crate::source::yaml::{Kind, Node};
use crate::time::Period;
use crate::value::{Operand, Path};
use crate::workflow::{Action, Change, IfPast, Send, Target, Wait, WaitFor, ZoneOf};
use crate::zone::{TimeOfDay, Weekday, Zone};

impl Context<'_, '_> {
    pub(super) fn send(&mut self, node: &Node) -> Option<Send> {
        let entry = node.entries().iter().find(|entry| SEND.field(node, &entry.key).is_none())?;
        if TextKind::Channel.check(&entry.key).is_err() {
            return None;
        }
        let channel = self.reading.channel(&entry.key, entry.place);
        let template = entry.value.text()?;
        if self.reading.names.channels.contains(&entry.key) {
            self.reading.template_for(template, &entry.key, entry.value.place);
        }
        let category =
            node.get("category").and_then(|node| Some(self.reading.category(node.text()?, node.place)));
        if category.is_none() && self.category.is_none() {
            let diagnostic =
                self.reading.say(&codes::MISSING_CATEGORY, entry.place, "this message has no category");
            diagnostic.why = Some("a contact opts out of categories, and caps count them".to_owned());
            diagnostic.fix =
                Some("give the workflow a `category:`, such as `offers` or `transactional`".to_owned());
        }
        Some(Send {
            channel,
            template: TemplateName::from(template),
            category,
            expires: period_of(node, "expires"),
            priority: node.get("priority").and_then(Node::integer).map_or(0, |number| number as i32),
            on_blocked: self.otherwise(node.get("on_blocked")),
        })
    }

    pub(super) fn wait(&mut self, node: &Node) -> Option<Wait> {
        if let Some(text) = node.text() {
            if let Some((days, at)) = calendar_days(text) {
                return Some(Wait::CalendarDays { days, at, zone: ZoneOf::Contact });
            }
            return Period::parse(text).map(Wait::For);
        }
        let zone = zone_of(node.text_of("zone"))?;
        let at = time_of(node, "at");
        if node.get("until").is_some() {
            let after = period_of(node, "after").unwrap_or(Period::ZERO);
            return Some(Wait::Until {
                at: time_of(node, "until")?,
                after,
                days: weekdays(node.get("days")),
                zone,
            });
        }
        if let Some(days) = node.get("weekday") {
            if days.one_or_many().is_empty() {
                self.reading.say(&codes::EMPTY, days.place, "no day is named").fix =
                    Some("name at least one, such as `monday`".to_owned());
            }
            let at = at.unwrap_or(TimeOfDay::MIDNIGHT);
            return Some(Wait::Until { at, after: Period::ZERO, days: weekdays(Some(days)), zone });
        }
        let if_past = match node.text_of("if_past") {
            None => {
                let entry = node.entry("date")?;
                let message = "if the date is already past, the run goes on at once";
                self.reading.say(&codes::IF_PAST_DEFAULT, entry.place, message).fix =
                    Some("write `if_past: continue`, or `exit` or `next_year`, to make it plain".to_owned());
                IfPast::Continue
            }
            Some("exit") => IfPast::Exit,
            Some("next_year") => IfPast::NextYear,
            Some(_) => IfPast::Continue,
        };
        Some(Wait::Date {
            path: path_of(node, "date")?,
            offset_days: node.text_of("offset").and_then(whole_days).unwrap_or(0),
            at,
            if_past,
            if_missing: self.otherwise(node.get("if_missing")),
            zone,
        })
    }

    pub(super) fn wait_for(&mut self, step: &Node, node: &Node, starts: &[Target]) -> Action {
        let listed = node.one_or_many();
        if listed.is_empty() {
            self.reading.say(&codes::EMPTY, node.place, "this wait waits for nothing").fix =
                Some("add `- event: …` or `- if: …`".to_owned());
        }
        let mut alternatives = Vec::new();
        for (alternative, start) in listed.iter().zip(starts) {
            if let Some(occasion) = occasion(self.reading, self.summaries, alternative, self.at) {
                alternatives.push((occasion, *start));
            }
        }
        // After the alternatives come the blocks of `else` and `on_timeout`.
        let on_timeout = starts.get(listed.len() + 1).copied().flatten();
        let timeout = period_of(step, "timeout").map(|period| (period, on_timeout));
        if timeout.is_none()
            && let Some(entry) = step.entry("on_timeout")
        {
            self.reading
                .say(&codes::ONLY_WITH, entry.place, "`on_timeout` stands only beside `timeout`")
                .fix = Some("add `timeout:` with a period".to_owned());
        }
        Action::WaitFor(WaitFor { alternatives, timeout })
    }

    pub(super) fn update(&mut self, node: &Node) -> Vec<Change> {
        let mut changes = Vec::new();
        for entry in node.get("traits").map(Node::entries).unwrap_or_default() {
            let Some(path) = Path::parse(&entry.key) else { continue };
            let value = &entry.value;
            if let Some(add) = value.get("add") {
                let operand = operand(self.reading, add, Data::RUN);
                if matches!(&operand, Some(Operand::Literal(Value::String(_)))) {
                    self.reading.say(&codes::BAD_VALUE, add.place, "only a number can be added").fix =
                        Some("write a number, or a reference such as `$trigger.total`".to_owned());
                }
                changes.extend(operand.map(|operand| Change::Add(path, operand)));
            } else if value.get("remove").is_some() {
                changes.push(Change::Remove(path));
            } else {
                changes.extend(any_value(self.reading, value).map(|operand| Change::Set(path, operand)));
            }
        }
        for entry in node.get("consent").map(Node::entries).unwrap_or_default() {
            let of = consent_of(self.reading, &entry.key, entry.place);
            changes.push(Change::Consent(of, answer(entry.value.text())));
        }
        if changes.is_empty() && node.entries().iter().all(|entry| entry.value.entries().is_empty()) {
            self.reading.say(&codes::EMPTY, node.place, "this update changes nothing").fix =
                Some("name `traits:` or `consent:`".to_owned());
        }
        changes
    }

    pub(super) fn emit(&mut self, node: &Node) -> Option<Action> {
        let mut properties = BTreeMap::new();
        for entry in node.get("with").map(Node::entries).unwrap_or_default() {
            if let Some(operand) = any_value(self.reading, &entry.value) {
                properties.insert(entry.key.clone(), operand);
            }
        }
        Some(Action::Emit { event: EventName::from(node.text_of("event")?), properties })
    }
}

/// A value that is written or looked up; lists are written only.
fn any_value(reading: &mut Reading<'_>, node: &Node) -> Option<Operand> {
    match &node.kind {
        Kind::List { .. } => Some(Operand::Literal(node.to_json())),
        Kind::Scalar(_) => operand(reading, node, Data::RUN),
        Kind::Map { .. } => None,
    }
}

/// Whose local time counts; none if the text is no zone.
fn zone_of(text: Option<&str>) -> Option<ZoneOf> {
    match text {
        None | Some("contact") => Some(ZoneOf::Contact),
        Some("workspace") => Some(ZoneOf::Workspace),
        Some(name) => Zone::named(name).map(ZoneOf::Named),
    }
}

/// The time of day of a key, if it is there.
pub(in crate::compile) fn time_of(node: &Node, key: &str) -> Option<TimeOfDay> {
    TimeOfDay::parse(node.text_of(key)?)
}

/// Days of the week, one or a list, in the order of the week.
pub(in crate::compile) fn weekdays(node: Option<&Node>) -> Vec<Weekday> {
    let named = node.map(Node::one_or_many).unwrap_or_default().iter().filter_map(Node::text);
    let mut days: Vec<Weekday> = named.filter_map(weekday).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}
