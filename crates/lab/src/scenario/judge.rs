//! Whether it was as expected.

use wend_domain::catalog::Catalog;
use wend_domain::id::{SegmentName, TemplateName, WorkflowName};
use wend_domain::predicate::{Facts, show, test_holds};
use wend_domain::time::Timestamp;

use super::play::Played;
use super::report::{Beside, Expected};
use super::script::{Ended, Script, What};
use super::timeline::{MessageSeen, RunSeen};

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

fn one(catalog: &Catalog, played: &Played, what: &What) -> Judged {
    let contact = &played.contact;
    match what {
        What::Run { workflow, ended, at_step, value } => {
            run(played, workflow, ended.as_ref(), at_step.as_deref(), *value)
        }
        What::Sent { template, at, after, before } => sent(played, template, *at, *after, *before),
        What::NotSent(template) => {
            let seen = of_template(&played.timeline.sent, template);
            Judged {
                what: format!("{template} not sent"),
                instead: (!seen.is_empty()).then(|| format!("it was sent {}", moments(played, &seen))),
                beside: seen.first().map_or(Beside::End, |seen| Beside::Row(seen.row)),
            }
        }
        What::Blocked { template, rule } => blocked(played, template, rule.as_deref()),
        What::Messages(expected) => {
            let sent = &played.timeline.sent;
            let all: Vec<&TemplateName> = sent.iter().map(|seen| &seen.template).collect();
            let instead = (all != expected.iter().collect::<Vec<_>>()).then(|| match sent.as_slice() {
                [] => "nothing was sent".to_owned(),
                sent => format!("what was sent is {}", list_with_times(played, sent)),
            });
            let what = format!("messages: {}", list(&expected.iter().collect::<Vec<_>>()));
            Judged { what, instead, beside: Beside::End }
        }
        What::Trait { path, tests, said } => {
            let facts = Facts {
                catalog,
                contact,
                at: contact.at,
                trigger: None,
                variables: None,
                run: None,
                event: None,
            };
            let value = path.get(&contact.traits);
            let holds = tests.iter().all(|test| test_holds(test, value, &facts));
            Judged {
                what: format!("trait {path} {said}"),
                instead: (!holds).then(|| format!("it is {}", show(value))),
                beside: Beside::End,
            }
        }
        What::Segment(name) => {
            let inside = contact.segments.contains_key(&SegmentName::from(name.as_str()));
            Judged {
                what: format!("in segment {name}"),
                instead: (!inside).then(|| "the contact is not in it".to_owned()),
                beside: Beside::End,
            }
        }
    }
}

fn sent(
    played: &Played,
    template: &TemplateName,
    at: Option<Timestamp>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
) -> Judged {
    let clock = &played.timeline.clock;
    let mut what = format!("{template} sent");
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
    let all = of_template(&played.timeline.sent, template);
    if let Some(seen) = all.iter().find(|seen| fits(seen.at)) {
        return Judged { what, instead: None, beside: Beside::Row(seen.row) };
    }
    let stopped = of_template(&played.timeline.stopped, template);
    let instead = match (all.as_slice(), stopped.as_slice()) {
        ([], []) => "it was not sent".to_owned(),
        ([], [.., stopped]) => {
            format!("it was stopped by {} {}", stopped.rule, moments(played, &[stopped]))
        }
        (all, _) => format!("it was sent {}", moments(played, all)),
    };
    let wanted = at.or(after).map(|at| Beside::At { at, when: clock.when(at) });
    let beside = wanted.or_else(|| stopped.last().map(|seen| Beside::Row(seen.row))).unwrap_or(Beside::End);
    Judged { what, instead: Some(instead), beside }
}

fn blocked(played: &Played, template: &TemplateName, rule: Option<&str>) -> Judged {
    let stopped = of_template(&played.timeline.stopped, template);
    let fitting = stopped.iter().find(|seen| rule.is_none_or(|rule| seen.rule == rule));
    let instead = match (fitting, stopped.as_slice()) {
        (Some(_), _) => None,
        (None, []) => match of_template(&played.timeline.sent, template).as_slice() {
            [] => Some("it was not wanted at all".to_owned()),
            sent => Some(format!("it was sent {}", moments(played, sent))),
        },
        (None, stopped) => {
            let rules: Vec<&str> = stopped.iter().map(|seen| seen.rule.as_str()).collect();
            Some(format!("it was stopped by {}", rules.join(", ")))
        }
    };
    Judged {
        what: format!("{template} stopped{}", rule.map_or_else(String::new, |rule| format!(" by {rule}"))),
        instead,
        beside: fitting.or(stopped.last()).map_or(Beside::End, |seen| Beside::Row(seen.row)),
    }
}

fn run(
    played: &Played,
    workflow: &WorkflowName,
    ended: Option<&Ended>,
    at_step: Option<&str>,
    value: Option<f64>,
) -> Judged {
    let ended_said = match ended {
        None => String::new(),
        Some(Ended::Live) => " live".to_owned(),
        Some(Ended::Somehow) => " ended".to_owned(),
        Some(Ended::For(reason)) => format!(" ended: {}", reason.as_str()),
    };
    let step_said = at_step.map_or_else(String::new, |step| format!(" at step {step}"));
    let value_said = value.map_or_else(String::new, |value| format!(" worth {value}"));
    let what = format!("run {workflow}{ended_said}{step_said}{value_said}");
    let step_of = |run: &RunSeen| {
        let live = played.contact.runs.iter().find(|live| live.id == run.id);
        live.map(|live| live.state.step().to_string())
    };
    let fits = |run: &RunSeen| {
        let ended_fits = match ended {
            None => true,
            Some(Ended::Live) => run.ended.is_none(),
            Some(Ended::Somehow) => run.ended.is_some(),
            Some(Ended::For(reason)) => run.ended == Some(*reason),
        };
        ended_fits
            && at_step.is_none_or(|step| step_of(run).as_deref() == Some(step))
            && value.is_none_or(|value| run.values.contains(&Some(value)))
    };
    let runs: Vec<&RunSeen> = played.timeline.runs.iter().filter(|run| run.workflow == *workflow).collect();
    let fitting = runs.iter().find(|run| fits(run));
    // A run that is still live is told in the end, as it then is.
    let beside = match fitting.or(runs.last()) {
        Some(run) if run.ended.is_some() => Beside::Row(run.row),
        Some(_) | None => Beside::End,
    };
    if fitting.is_some() {
        return Judged { what, instead: None, beside };
    }
    let told: Vec<String> = runs
        .iter()
        .map(|run| {
            let state = match (run.ended, step_of(run)) {
                (Some(reason), _) => format!("ended: {}", reason.as_str()),
                (None, Some(step)) => format!("live at step {step}"),
                (None, None) => "live".to_owned(),
            };
            let values: Vec<String> =
                run.values.iter().flatten().map(|value| format!(", worth {value}")).collect();
            format!("{state}{}", values.concat())
        })
        .collect();
    let instead = if told.is_empty() {
        "the contact never entered it".to_owned()
    } else {
        format!("it is {}", told.join("; "))
    };
    Judged { what, instead: Some(instead), beside }
}

fn of_template<'a>(seen: &'a [MessageSeen], template: &TemplateName) -> Vec<&'a MessageSeen> {
    seen.iter().filter(|seen| seen.template == *template).collect()
}

fn moments(played: &Played, seen: &[&MessageSeen]) -> String {
    let clock = &played.timeline.clock;
    seen.iter().map(|seen| clock.moment(seen.at)).collect::<Vec<_>>().join(", ")
}

fn list_with_times(played: &Played, sent: &[MessageSeen]) -> String {
    let one = |seen: &MessageSeen| format!("{} on {}", seen.template, played.timeline.clock.moment(seen.at));
    sent.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn list(templates: &[&TemplateName]) -> String {
    if templates.is_empty() {
        return "none".to_owned();
    }
    templates.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
