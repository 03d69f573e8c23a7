//! Whether it was as expected.

use std::collections::BTreeMap;

use serde_json::Value;
use wend_domain::catalog::Catalog;
use wend_domain::id::{ListName, SegmentName, TemplateName, WorkflowName};
use wend_domain::predicate::{Facts, Test, show, test_holds};
use wend_domain::time::Timestamp;
use wend_domain::value::Path;

use super::play::Played;
use super::report::{Beside, Expected};
use super::script::{Ended, Membership, Script, What, When};
use super::timeline::{RunSeen, Seen};

/// Judges every expectation.
pub(super) fn judge(catalog: &Catalog, script: &Script, played: &Played) -> Vec<Expected> {
    script
        .expectations
        .iter()
        .map(|expectation| {
            let Judged { what, instead, beside } = one(catalog, played, &expectation.what);
            Expected { line: expectation.line, what, instead, beside }
        })
        .collect()
}

/// What is expected in words, what was there instead, and where it is told.
struct Judged {
    what: String,
    instead: Option<String>,
    beside: Beside,
}

impl Judged {
    /// Something that is judged by how it is in the end.
    fn in_the_end(what: String, instead: Option<String>) -> Self {
        Self { what, instead, beside: Beside::End }
    }
}

fn one(catalog: &Catalog, played: &Played, what: &What) -> Judged {
    let timeline = &played.timeline;
    match what {
        What::Run { workflow, ended, at_step, value, variants } => {
            let wanted =
                Wanted { ended: ended.as_ref(), at_step: at_step.as_deref(), value: *value, variants };
            run(played, workflow, &wanted)
        }
        What::NotEntered(workflow) => {
            let entered = timeline.runs.iter().find(|run| run.workflow == *workflow);
            Judged {
                what: format!("{workflow} not entered"),
                instead: entered.map(|_| "the contact entered it".to_owned()),
                beside: entered.map_or(Beside::End, |run| Beside::Row(run.entered_row)),
            }
        }
        What::Sent(template, when) => sent(played, template, *when),
        What::NotSent(template) => {
            let seen = named(&timeline.sent, template.as_str());
            Judged {
                what: format!("{template} not sent"),
                instead: (!seen.is_empty()).then(|| format!("it was sent {}", moments(played, &seen))),
                beside: seen.first().map_or(Beside::End, |seen| Beside::Row(seen.row)),
            }
        }
        What::Ghost(template, when) => {
            let seen = named(&timeline.ghosts, template.as_str());
            timed(played, format!("{template} as a ghost"), *when, &seen, "it was not to be sent", "it was")
        }
        What::Blocked { template, rule } => blocked(played, template, rule.as_deref()),
        What::Messages(expected) => messages(played, expected),
        What::Task { step, assignee, when } => {
            let is_theirs = |by: &str| assignee.as_ref().is_none_or(|assignee| by == assignee);
            let all = named(&timeline.tasks, step.as_str());
            let theirs: Vec<&Seen> = all.iter().copied().filter(|seen| is_theirs(&seen.by)).collect();
            let said = assignee.as_ref().map(|assignee| format!(" for {assignee}")).unwrap_or_default();
            let missing = match all.as_slice() {
                [.., other] if theirs.is_empty() => format!("it was opened for {}", other.by),
                _ => "it was not opened".to_owned(),
            };
            timed(played, format!("task {step}{said}"), *when, &theirs, &missing, "it was opened")
        }
        What::Called(step, when) => {
            let seen = named(&timeline.calls, step.as_str());
            timed(played, format!("{step} called"), *when, &seen, "it was not called", "it was called")
        }
        What::Trait { path, tests, said } => {
            let value = path.get(&played.contact.traits);
            Judged::in_the_end(format!("trait {path} {said}"), differs(catalog, played, tests, value))
        }
        What::Variable { path, workflow, tests, said } => {
            let value = variable(played, path, workflow.as_ref());
            let of = workflow.as_ref().map(|workflow| format!(" of {workflow}")).unwrap_or_default();
            Judged::in_the_end(format!("variable {path}{of} {said}"), differs(catalog, played, tests, value))
        }
        What::In { kind, name, not } => membership(played, *kind, name, *not),
    }
}

/// What a value is, if it doesn't pass the tests.
fn differs(catalog: &Catalog, played: &Played, tests: &[Test], value: Option<&Value>) -> Option<String> {
    let contact = &played.contact;
    let facts =
        Facts { catalog, contact, at: contact.at, trigger: None, variables: None, run: None, event: None };
    let holds = tests.iter().all(|test| test_holds(test, value, &facts));
    (!holds).then(|| format!("it is {}", show(value)))
}

/// The value of a variable in the newest run that has it; in none, the value of the newest run, which is nothing.
fn variable<'p>(played: &'p Played, path: &Path, workflow: Option<&WorkflowName>) -> Option<&'p Value> {
    let runs = played.timeline.runs.iter().rev();
    let mut runs = runs.filter(|run| workflow.is_none_or(|workflow| run.workflow == *workflow));
    runs.find_map(|run| path.get(&run.variables))
}

fn membership(played: &Played, kind: Membership, name: &str, not: bool) -> Judged {
    let contact = &played.contact;
    let (inside, said, told) = match kind {
        Membership::Segment => (
            contact.segments.contains_key(&SegmentName::from(name)),
            ("in segment", "not in segment"),
            ("the contact is in it", "the contact is not in it"),
        ),
        Membership::List => (
            contact.lists.contains_key(&ListName::from(name)),
            ("on list", "not on list"),
            ("the contact is on it", "the contact is not on it"),
        ),
        Membership::Tag => (
            contact.tags.contains(name),
            ("tag", "no tag"),
            ("the contact has it", "the contact doesn't have it"),
        ),
    };
    let word = if not { said.1 } else { said.0 };
    let instead = (inside == not).then(|| if inside { told.0 } else { told.1 }.to_owned());
    Judged::in_the_end(format!("{word} {name}"), instead)
}

fn messages(played: &Played, expected: &[TemplateName]) -> Judged {
    let sent = &played.timeline.sent;
    let all: Vec<&str> = sent.iter().map(|seen| seen.name.as_str()).collect();
    let expected: Vec<&str> = expected.iter().map(TemplateName::as_str).collect();
    let instead = (all != expected).then(|| match sent.as_slice() {
        [] => "nothing was sent".to_owned(),
        sent => {
            let one = |seen: &Seen| format!("{} on {}", seen.name, played.timeline.clock.moment(seen.at));
            format!("what was sent is {}", sent.iter().map(one).collect::<Vec<_>>().join(", "))
        }
    });
    let list = if expected.is_empty() { "none".to_owned() } else { expected.join(", ") };
    Judged::in_the_end(format!("messages: {list}"), instead)
}

fn sent(played: &Played, template: &TemplateName, when: When) -> Judged {
    let all = named(&played.timeline.sent, template.as_str());
    let stopped = named(&played.timeline.stopped, template.as_str());
    let missing = match stopped.as_slice() {
        [] => "it was not sent".to_owned(),
        [.., last] => format!("it was stopped by {} {}", last.by, moments(played, &[last])),
    };
    let mut judged = timed(played, format!("{template} sent"), when, &all, &missing, "it was sent");
    if let (true, [.., last], Beside::End) = (all.is_empty(), stopped.as_slice(), &judged.beside) {
        judged.beside = Beside::Row(last.row);
    }
    judged
}

/// Something that must have happened, perhaps at a certain time.
fn timed(
    played: &Played,
    mut what: String,
    when: When,
    all: &[&Seen],
    missing: &str,
    happened: &str,
) -> Judged {
    let clock = &played.timeline.clock;
    let When { at, after, before } = when;
    for (word, instant) in [("at", at), ("from", after), ("before", before)] {
        if let Some(instant) = instant {
            what.push_str(&[" ", word, " ", &clock.moment(instant)].concat());
        }
    }
    let fits = |then: Timestamp| {
        at.is_none_or(|at| then == at)
            && after.is_none_or(|after| after <= then)
            && before.is_none_or(|before| then < before)
    };
    if let Some(seen) = all.iter().find(|seen| fits(seen.at)) {
        return Judged { what, instead: None, beside: Beside::Row(seen.row) };
    }
    let instead = match all {
        [] => missing.to_owned(),
        all => format!("{happened} {}", moments(played, all)),
    };
    let wanted = at.or(after).map(|at| Beside::At { at, when: clock.when(at) });
    Judged { what, instead: Some(instead), beside: wanted.unwrap_or(Beside::End) }
}

fn blocked(played: &Played, template: &TemplateName, rule: Option<&str>) -> Judged {
    let stopped = named(&played.timeline.stopped, template.as_str());
    let fitting = stopped.iter().find(|seen| rule.is_none_or(|rule| seen.by == rule));
    let instead = match (fitting, stopped.as_slice()) {
        (Some(_), _) => None,
        (None, []) => match named(&played.timeline.sent, template.as_str()).as_slice() {
            [] => Some("it was not wanted at all".to_owned()),
            sent => Some(format!("it was sent {}", moments(played, sent))),
        },
        (None, stopped) => {
            let rules: Vec<&str> = stopped.iter().map(|seen| seen.by.as_str()).collect();
            Some(format!("it was stopped by {}", rules.join(", ")))
        }
    };
    Judged {
        what: format!("{template} stopped{}", rule.map_or_else(String::new, |rule| format!(" by {rule}"))),
        instead,
        beside: fitting.or(stopped.last()).map_or(Beside::End, |seen| Beside::Row(seen.row)),
    }
}

/// What is wanted of a run.
struct Wanted<'w> {
    ended: Option<&'w Ended>,
    at_step: Option<&'w str>,
    value: Option<f64>,
    variants: &'w BTreeMap<String, String>,
}

impl Wanted<'_> {
    fn said(&self, workflow: &WorkflowName) -> String {
        let mut said = format!("run {workflow}");
        match self.ended {
            None => {}
            Some(Ended::Live) => said.push_str(" live"),
            Some(Ended::Somehow) => said.push_str(" ended"),
            Some(Ended::For(reason)) => said.push_str(&[" ended: ", reason.as_str()].concat()),
        }
        if let Some(step) = self.at_step {
            said.push_str(&[" at step ", step].concat());
        }
        if let Some(value) = self.value {
            said.push_str(&[" worth ", &value.to_string()].concat());
        }
        for (experiment, variant) in self.variants {
            said.push_str(&[" in variant ", variant, " of ", experiment].concat());
        }
        said
    }

    fn fits(&self, run: &RunSeen, step: Option<&str>) -> bool {
        let ended_fits = match self.ended {
            None => true,
            Some(Ended::Live) => run.ended.is_none(),
            Some(Ended::Somehow) => run.ended.is_some(),
            Some(Ended::For(reason)) => run.ended == Some(*reason),
        };
        ended_fits
            && self.at_step.is_none_or(|wanted| step == Some(wanted))
            && self.value.is_none_or(|value| run.values.contains(&Some(value)))
            && self.variants.iter().all(|(of, variant)| run.variants.get(of) == Some(variant))
    }
}

fn run(played: &Played, workflow: &WorkflowName, wanted: &Wanted<'_>) -> Judged {
    let what = wanted.said(workflow);
    let step_of = |run: &RunSeen| {
        let live = played.contact.runs.iter().find(|live| live.id == run.id);
        live.map(|live| live.state.step().to_string())
    };
    let runs: Vec<&RunSeen> = played.timeline.runs.iter().filter(|run| run.workflow == *workflow).collect();
    let fitting = runs.iter().find(|run| wanted.fits(run, step_of(run).as_deref()));
    // A run that is still live is told in the end, as it then is.
    let beside = match fitting.or(runs.last()) {
        Some(run) if run.ended.is_some() => Beside::Row(run.row),
        Some(_) | None => Beside::End,
    };
    let told = |run: &&RunSeen| {
        let state = match (run.ended, step_of(run)) {
            (Some(reason), _) => format!("ended: {}", reason.as_str()),
            (None, Some(step)) => format!("live at step {step}"),
            (None, None) => "live".to_owned(),
        };
        let values = run.values.iter().flatten().map(|value| format!(", worth {value}"));
        let variants = run.variants.iter().map(|(of, variant)| format!(", in variant {variant} of {of}"));
        state + &values.chain(variants).collect::<String>()
    };
    let instead = match (fitting, runs.as_slice()) {
        (Some(_), _) => None,
        (None, []) => Some("the contact never entered it".to_owned()),
        (None, runs) => Some(format!("it is {}", runs.iter().map(told).collect::<Vec<_>>().join("; "))),
    };
    Judged { what, instead, beside }
}

fn named<'a>(seen: &'a [Seen], name: &str) -> Vec<&'a Seen> {
    seen.iter().filter(|seen| seen.name == name).collect()
}

fn moments(played: &Played, seen: &[&Seen]) -> String {
    let clock = &played.timeline.clock;
    seen.iter().map(|seen| clock.moment(seen.at)).collect::<Vec<_>>().join(", ")
}
