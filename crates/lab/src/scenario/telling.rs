//! What happens in a play, in a marketer's words, a line each.

use serde_json::{Map, Value};
use wend_domain::event::EventKind;
use wend_domain::input::RunOrder;
use wend_domain::record::{Decision, Line, sentence};

use super::clock::Clock;
use super::script::{CallAnswer, Happening};

/// The longest data of an event that are told, in characters.
const DATA_CHARS_MAX: usize = 80;

/// What the test makes happen, in its own words.
pub(super) fn said(happening: &Happening) -> String {
    match happening {
        Happening::Event { kind: EventKind::Page, properties, .. } => format!("page{}", data(properties)),
        Happening::Event { name, properties, .. } => format!("event {name}{}", data(properties)),
        Happening::Traits(traits) => format!("traits{}", data(traits)),
        Happening::Consent(answers) => {
            let answers: Vec<String> = answers
                .iter()
                .map(|(of, answer)| format!("{of} {}", format!("{answer:?}").to_lowercase()))
                .collect();
            format!("consent: {}", answers.join(", "))
        }
        Happening::List { list, on: true } => format!("put on list {list}"),
        Happening::List { list, on: false } => format!("taken off list {list}"),
        Happening::Account { account, on: true, .. } => format!("account {account}"),
        Happening::Account { account, on: false, .. } => format!("account {account} left"),
        Happening::Tag { tag, on: true } => format!("tag {tag}"),
        Happening::Tag { tag, on: false } => format!("tag {tag} taken away"),
        Happening::Engaged { template, engagement, link } => {
            let link = link.as_ref().map(|link| format!(" {link}")).unwrap_or_default();
            format!("{template} {}{link}", format!("{engagement:?}").to_lowercase())
        }
        Happening::Started { workflow, data: with, by_hand: false } => {
            format!("call of {workflow}{}", data(with))
        }
        Happening::Started { workflow, data: with, by_hand: true } => {
            format!("start of {workflow}{}", data(with))
        }
        Happening::TaskDone { step, outcome, .. } => format!("task {step}: {outcome}"),
        Happening::Answer { step, answer: CallAnswer::Lost } => format!("calls of {step} are lost"),
        Happening::Answer { step, answer: CallAnswer::Answered(answered) } => {
            format!("calls of {step} are answered {} {}", answered.status, answered.body)
        }
        Happening::Grant { workflow, refused: true, .. } => format!("no room in {workflow}"),
        Happening::Grant { workflow, refused: false, .. } => format!("room in {workflow}"),
        Happening::Business { event, data: with } => format!("business event {event}{}", data(with)),
        Happening::Scheduled(workflow) => format!("set time of {workflow}"),
        Happening::Backfill { workflow, .. } => format!("backfill of {workflow}"),
        Happening::OnRuns { workflow, what } => match what {
            RunOrder::Pause => format!("pause of {workflow}"),
            RunOrder::Resume => format!("resumption of {workflow}"),
            RunOrder::Skip => format!("skip in {workflow}"),
            RunOrder::End => format!("end of {workflow}"),
            RunOrder::Move(to) => format!("move in {workflow} to {to}"),
        },
    }
}

/// What a decision about a message means; nothing for those that only lead to another.
pub(super) fn of_a_message(clock: &Clock, name: &str, line: &Line) -> Option<String> {
    let rule = &line.rule;
    Some(match &line.decision {
        Decision::Intended { .. }
        | Decision::Released { .. }
        | Decision::Attempted { .. }
        | Decision::Engaged { .. } => {
            return None;
        }
        Decision::Sent { .. } => format!("✉ {name} sent"),
        Decision::Deferred { until, by } => {
            format!("{name} deferred until {} by {by} (rule {rule})", clock.local(*until))
        }
        Decision::Blocked { why } | Decision::Cancelled { why } => {
            format!("✗ {name} stopped by {rule}: {why}")
        }
        Decision::Expired { .. } => format!("✗ {name} expired ({rule})"),
        Decision::RenderFailed { error } => format!("✗ {name} could not be rendered: {error}"),
        Decision::Held { until } => format!("{name} held until {} (rule {rule})", clock.local(*until)),
        Decision::Ghost { .. } => format!("✉ {name} would have been sent"),
        _ => shortened(line, name),
    })
}

/// What a decision about a contact or a run means; nothing for those that only lead to another, or that the test says.
pub(super) fn of_a_contact(clock: &Clock, line: &Line) -> Option<String> {
    let workflow = line.workflow.as_ref().map(|(name, _)| name.to_string()).unwrap_or_default();
    let place = line.step.as_ref().map_or_else(|| workflow.clone(), |step| format!("{workflow}/{step}"));
    Some(match &line.decision {
        Decision::Created
        | Decision::Identified { .. }
        | Decision::HistoryLoaded { .. }
        | Decision::Commanded { .. }
        | Decision::Stepped { .. }
        | Decision::Intended { .. }
        | Decision::Released { .. }
        | Decision::Attempted { .. }
        | Decision::Sent { .. }
        | Decision::GrantRequested { .. }
        | Decision::Updated { .. }
        | Decision::WaitEnded { .. } => return None,
        Decision::TraitChanged { .. } | Decision::ConsentChanged { .. } if line.rule.starts_with("3.4") => {
            return None;
        }
        Decision::Entered { trigger, key } if key.is_empty() => format!("{workflow}: entered by {trigger}"),
        Decision::Entered { trigger, key } => format!("{workflow}: entered by {trigger}, key {key}"),
        Decision::Refreshed { key } if key.is_empty() => format!("{workflow}: took the new data"),
        Decision::Refreshed { key } => format!("{workflow}: took the new data, key {key}"),
        Decision::Refused { reason, detail } if detail.is_empty() => {
            format!("{workflow}: not entered: {}", words(reason.as_str()))
        }
        Decision::Refused { reason, detail } => {
            format!("{workflow}: not entered: {} ({detail})", words(reason.as_str()))
        }
        Decision::Ended { reason, detail } => {
            format!("{workflow}: ended: {} ({detail})", reason.as_str())
        }
        Decision::GoalReached { goal, value: Some(value) } => {
            format!("{workflow}: goal {goal}, worth {value}")
        }
        Decision::GoalReached { goal, value: None } => format!("{workflow}: goal {goal}"),
        Decision::Branched { way: 0 } => format!("{place}: no condition holds, so else"),
        Decision::Branched { way } => format!("{place}: condition {way} holds"),
        Decision::WaitsUntil { until } => format!("{place}: waits until {}", clock.local(*until)),
        Decision::WaitsFor { until: Some(until) } => {
            format!("{place}: waits, until {} at most", clock.local(*until))
        }
        Decision::WaitsFor { until: None } => format!("{place}: waits"),
        Decision::WaitEndedBy { alternative, what } => {
            format!("{place}: waited for {what} (alternative {alternative})")
        }
        Decision::TimedOut { .. } => format!("{place}: timed out"),
        Decision::Exposed { experiment, variant } | Decision::StaysIn { experiment, variant } => {
            format!("{place}: variant {variant} of {experiment}")
        }
        Decision::VariableSet { name, to } => format!("{place}: {name} = {to}"),
        Decision::Called { method, host } => format!("{place}: {method} {host}"),
        Decision::Answered { status } => format!("{place}: answered {status}"),
        Decision::TaskOpened { assignee, due_at } => {
            format!("{place}: task for {assignee}, due {}", clock.local(*due_at))
        }
        Decision::TaskOverdue { .. } => format!("{place}: overdue"),
        Decision::Failed { why } => format!("{place}: failed for good: {why}"),
        Decision::TimerSet { what, until } => format!("{what}: timer until {}", clock.local(*until)),
        Decision::WouldHave { what } => format!("{place}: would have: {what}"),
        Decision::SegmentEntered { segment } => format!("segment {segment} entered"),
        Decision::SegmentLeft { segment } => format!("segment {segment} left"),
        Decision::TraitChanged { name, to, .. } => format!("trait {name} = {to}"),
        Decision::ChainCut { what } => format!("! {what}"),
        Decision::NotDone { why } => format!("! {why}"),
        _ => shortened(line, &place),
    })
}

/// The sentence that the record has for a decision, with `place` instead of the long name of where it was decided.
fn shortened(line: &Line, place: &str) -> String {
    let whole = sentence(line);
    let Some((workflow, version)) = &line.workflow else { return whole };
    let long = match &line.step {
        Some(step) => format!("Workflow {workflow} version {version}, step {step}: "),
        None => format!("Workflow {workflow} version {version}: "),
    };
    match whole.strip_prefix(&long) {
        Some(short) => format!("{place}: {}", short.trim_end_matches('.')),
        None => whole,
    }
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// The data of an event, in short.
fn data(data: &Map<String, Value>) -> String {
    if data.is_empty() {
        return String::new();
    }
    let members: Vec<String> = data.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = members.join(", ");
    match text.char_indices().nth(DATA_CHARS_MAX) {
        Some((end, _)) => format!(" {{ {}… }}", &text[..end]),
        None => format!(" {{ {text} }}"),
    }
}
