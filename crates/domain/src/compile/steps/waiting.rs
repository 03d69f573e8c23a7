//! Steps that wait.

use super::Context;
use super::blocks::{Block, Starts};
use crate::compile::names::Reading;
use crate::compile::operand::{path_of, period_of};
use crate::compile::workflow::occasion;
use crate::predicate::TimeWindow;
use crate::source::codes;
use crate::source::grammar::text::{calendar_days, whole_days};
use crate::source::yaml::Node;
use crate::time::Period;
use crate::workflow::{Action, IfPast, Target, Wait, WaitFor, ZoneOf};
use crate::zone::{TimeOfDay, Weekday, Zone};

/// How far ahead a contact's best time may be, unless said.
const BEST_TIME_WITHIN: Period = TimeOfDay::DAY;

/// The local time for a contact of whom too little is known, unless said.
const BEST_TIME_OR: &str = "10:00";

impl Context<'_, '_> {
    pub(super) fn wait(&mut self, node: &Node) -> Option<Wait> {
        if let Some(text) = node.text() {
            if let Some((days, at)) = calendar_days(text) {
                return Some(Wait::CalendarDays { days, at, zone: ZoneOf::Contact });
            }
            return Period::parse(text).map(Wait::For);
        }
        if let Some(window) = node.get("window") {
            return time_window(self.reading, window).map(Wait::Window);
        }
        if let Some(best) = node.get("best_time") {
            return Some(Wait::BestTime {
                within: period_of(best, "within").unwrap_or(BEST_TIME_WITHIN),
                or: time_of(best, "or").or_else(|| TimeOfDay::parse(BEST_TIME_OR))?,
                zone: zone_of(best.text_of("zone"))?,
            });
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

    pub(super) fn wait_for(&mut self, step: &Node, node: &Node, starts: &Starts) -> Action {
        let listed = node.one_or_many();
        if listed.is_empty() {
            self.reading.say(&codes::EMPTY, node.place, "this wait waits for nothing").fix =
                Some("add `- event: …` or `- if: …`".to_owned());
        }
        let mut alternatives = Vec::new();
        for (n, alternative) in listed.iter().enumerate() {
            let at = self.at_step(step);
            if let Some(occasion) = occasion(self.reading, self.summaries, alternative, at.view()) {
                alternatives.push((occasion, starts.get(&Block::Way(n + 1))));
            }
        }
        Action::WaitFor(WaitFor { alternatives, timeout: self.timeout(step, starts) })
    }

    /// The time-out of a step that may wait for ever, and where the run then goes.
    pub(super) fn timeout(&mut self, step: &Node, starts: &Starts) -> Option<(Period, Target)> {
        let timeout = period_of(step, "timeout").map(|period| (period, starts.get(&Block::OnTimeout)));
        if timeout.is_none()
            && let Some(entry) = step.entry("on_timeout")
        {
            self.reading
                .say(&codes::ONLY_WITH, entry.place, "`on_timeout` stands only beside `timeout`")
                .fix = Some("add `timeout:` with a period".to_owned());
        }
        timeout
    }
}

/// Whose local time counts; none if the text is no zone.
pub(in crate::compile) fn zone_of(text: Option<&str>) -> Option<ZoneOf> {
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

/// A window of local time, whose form was checked before.
pub(in crate::compile) fn time_window(reading: &mut Reading<'_>, node: &Node) -> Option<TimeWindow> {
    if let Some(days) = node.get("days").filter(|days| days.one_or_many().is_empty()) {
        reading.say(&codes::EMPTY, days.place, "no day is named").fix =
            Some("name at least one, such as `monday`, or leave it out".to_owned());
    }
    let window = TimeWindow {
        from: time_of(node, "from").unwrap_or(TimeOfDay::MIDNIGHT),
        to: time_of(node, "to").unwrap_or(TimeOfDay::MIDNIGHT),
        days: weekdays(node.get("days")),
        zone: zone_of(node.text_of("zone"))?,
    };
    if node.get("from").is_none() && node.get("to").is_none() && window.days.is_empty() {
        reading.say(&codes::EMPTY, node.place, "this window is always open").fix =
            Some("name `from:` and `to:`, or `days:`".to_owned());
    }
    Some(window)
}
