//! What a history and the portfolio of today agree about.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::run::EndReason;
use wend_domain::time::{Period, Timestamp};

use super::text::{line, quoted};
use crate::scenario::clock::Clock;
use crate::scenario::timeline::{RunSeen, Seen, Timeline};

/// What may lie between an instant of the history and the same in virtual time: the time that work takes.
const WORK_MAX: Period = Period::from_millis(60_000);
/// What may lie between them where chance spreads messages over a span.
const SPREAD_MAX: Period = Period::from_millis(2 * 3_600_000);
/// What a spread instant is rounded to.
const HOUR: Period = Period::from_millis(3_600_000);

/// What both say, and where they differ.
pub(super) struct Agreed {
    /// Expectations, a line each.
    pub lines: Vec<String>,
    /// What the history has and the play has not, or the other way round.
    pub differences: Vec<String>,
}

/// Compares a history with how it is played.
pub(super) fn agreed(recorded: &Timeline, played: &Timeline) -> Agreed {
    let mut agreed = Agreed { lines: Vec::new(), differences: Vec::new() };
    agreed.runs(recorded, played);
    agreed.sent(recorded, played);
    agreed.others(recorded, played);
    if let Some(trouble) = &played.trouble {
        agreed.differences.push(trouble.clone());
    }
    agreed
}

/// How a run went, as a test says it.
fn run_line(run: &RunSeen) -> String {
    let ended = run.ended.map_or("false", EndReason::as_str);
    let mut members = vec![("run", quoted(run.workflow.as_str())), ("ended", ended.to_owned())];
    members.extend(run.values.iter().flatten().next().map(|value| ("value", value.to_string())));
    line(&members)
}

fn by_name(seen: &[Seen]) -> BTreeMap<&str, Vec<Timestamp>> {
    let mut by_name: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    for seen in seen {
        by_name.entry(&seen.name).or_default().push(seen.at);
    }
    by_name
}

impl Agreed {
    fn runs(&mut self, recorded: &Timeline, played: &Timeline) {
        let mut left: Vec<String> = played.runs.iter().map(run_line).collect();
        let mut said = BTreeSet::new();
        for run in &recorded.runs {
            let told = run_line(run);
            match left.iter().position(|left| *left == told) {
                Some(at) => {
                    left.remove(at);
                    if said.insert(told.clone()) {
                        self.lines.push(told);
                    }
                }
                None => self.differences.push(format!("the history has {told}")),
            }
        }
        self.differences.extend(left.into_iter().map(|told| format!("today there would be {told}")));
    }

    fn sent(&mut self, recorded: &Timeline, played: &Timeline) {
        let (then, now) = (by_name(&recorded.sent), by_name(&played.sent));
        let names: BTreeSet<&str> = then.keys().chain(now.keys()).copied().collect();
        let differed = self.differences.len();
        for name in names {
            let none = Vec::new();
            let (then, now) = (then.get(name).unwrap_or(&none), now.get(name).unwrap_or(&none));
            if then.len() != now.len() {
                let times = |times: &[Timestamp]| match times {
                    [] => "never".to_owned(),
                    times => times.iter().map(|at| recorded.clock.moment(*at)).collect::<Vec<_>>().join(", "),
                };
                let what = format!("{name} was sent {}, and today would be {}", times(then), times(now));
                self.differences.push(what);
                continue;
            }
            for (then, now) in then.iter().zip(now) {
                self.one_sent(&played.clock, name, *then, *now);
            }
        }
        let list = |seen: &[Seen]| seen.iter().map(|seen| quoted(&seen.name)).collect::<Vec<_>>().join(", ");
        if self.differences.len() == differed && list(&recorded.sent) == list(&played.sent) {
            let all = match list(&played.sent) {
                none if none.is_empty() => "none".to_owned(),
                list => format!("[{list}]"),
            };
            self.lines.push(line(&[("messages", all)]));
        }
    }

    fn one_sent(&mut self, clock: &Clock, name: &str, then: Timestamp, now: Timestamp) {
        let apart = Period::from_millis(then.since(now).as_millis().abs());
        let name = quoted(name);
        if apart <= WORK_MAX {
            self.lines.push(line(&[("sent", name), ("at", clock.after(now))]));
        } else if apart <= SPREAD_MAX {
            let hour = |at: Timestamp| {
                Timestamp::from_millis(at.as_millis().div_euclid(HOUR.as_millis()) * HOUR.as_millis())
            };
            let (from, to) = (hour(then.min(now)), hour(then.max(now)) + HOUR);
            self.lines.push(line(&[
                ("sent", name),
                ("after", clock.written(from.max(clock.start()))),
                ("before", clock.written(to)),
            ]));
        } else {
            let (then, now) = (clock.moment(then), clock.moment(now));
            self.differences.push(format!("{name} was sent {then}, and today would be {now}"));
        }
    }

    /// What was stopped, and what went elsewhere.
    fn others(&mut self, recorded: &Timeline, played: &Timeline) {
        let stopped = |timeline: &Timeline| -> BTreeSet<(String, String)> {
            timeline.stopped.iter().map(|seen| (seen.name.clone(), seen.by.clone())).collect()
        };
        for (template, rule) in stopped(recorded).intersection(&stopped(played)) {
            self.lines.push(line(&[("blocked", quoted(template)), ("rule", format!("\"{rule}\""))]));
        }
        let names =
            |seen: &[Seen]| -> BTreeSet<String> { seen.iter().map(|seen| seen.name.clone()).collect() };
        for (key, then, now) in [
            ("ghost", &recorded.ghosts, &played.ghosts),
            ("task", &recorded.tasks, &played.tasks),
            ("called", &recorded.calls, &played.calls),
        ] {
            for name in names(then).intersection(&names(now)) {
                self.lines.push(line(&[(key, quoted(name))]));
            }
        }
    }
}
