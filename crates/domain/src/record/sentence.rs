//! Decisions in plain English, with the values that made them: what a person reads when they ask "why".

mod portfolio;

use serde_json::Value;

use crate::record::{Decision, Line, Refusal};
use crate::run::EndReason;

/// The longest value that is shown in a sentence, in characters; the rest is cut off with an ellipsis.
///
/// A trait may hold a document; the whole of it stands beside the sentence.
const VALUE_CHARS_MAX: usize = 120;

/// One plain sentence that says what a line of the record decided.
pub fn sentence(line: &Line) -> String {
    let decided = decided(&line.decision);
    if let Some(place) = place(line) {
        return format!("{place}: {decided}.");
    }
    let mut letters = decided.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Where it was decided: workflow, version and step.
fn place(line: &Line) -> Option<String> {
    let (workflow, version) = line.workflow.as_ref()?;
    Some(match &line.step {
        Some(step) => format!("Workflow {workflow} version {version}, step {step}"),
        None => format!("Workflow {workflow} version {version}"),
    })
}

/// What was decided, without a full stop: first what concerns the contact itself.
fn decided(decision: &Decision) -> String {
    match decision {
        Decision::Created => "the contact was heard of for the first time".to_owned(),
        Decision::Identified { identifier, value } => {
            format!("the {} {} means this contact from now on", words(identifier), quoted(value))
        }
        Decision::ClaimRefused { identifier, value, why } => {
            format!("the {} {} does not mean this contact: {why}", words(identifier), quoted(value))
        }
        Decision::Duplicate { message_id } => {
            format!("the event {} had come before, so nothing happens", quoted(message_id))
        }
        Decision::TooLateToTrigger { occurred_at } => format!(
            "the event occurred at {occurred_at}, too long ago (or it was imported): it updates profile and history but \
             triggers nothing"
        ),
        Decision::TraitChanged { name, from, to } => trait_changed(name, from, to),
        Decision::AccountJoined { account } => {
            format!("the contact is a member of the account {} from now on", quoted(account))
        }
        Decision::AccountLeft { account } => {
            format!("the contact is no member of the account {} any more", quoted(account))
        }
        Decision::AccountChanged { account, name, from, to } => {
            format!("of the account {}, {}", quoted(account), trait_changed(name, from, to))
        }
        Decision::ConsentChanged { of, answer } => format!("consent for {of} is now {}", quoted(answer)),
        Decision::HistoryLoaded { events } => {
            format!("behaviour was computed from history ({})", count(*events, "event"))
        }
        Decision::SegmentEntered { segment } => format!("the contact entered the segment {segment}"),
        Decision::SegmentLeft { segment } => format!("the contact left the segment {segment}"),
        Decision::Commanded { by, order, reason } => {
            let reason =
                reason.as_ref().map(|reason| format!(", because {}", quoted(reason))).unwrap_or_default();
            format!("asked by {by}: {}{reason}", asked(order))
        }
        Decision::NotDone { why } => format!("nothing was done: {why}"),
        Decision::ZoneUnknown { used } => {
            format!("the contact's time zone is unknown, so the workspace's zone {used} was used")
        }
        Decision::ChainCut { what } => format!("a chain of inputs that cause one another was cut: {what}"),
        other => decided_of_a_person(other)
            .or_else(|| portfolio::decided(other))
            .unwrap_or_else(|| decided_of_a_run(other)),
    }
}

/// What concerns who a person is, and what they agreed to.
fn decided_of_a_person(decision: &Decision) -> Option<String> {
    Some(match decision {
        Decision::MergedInto { contact, by, reason } => format!(
            "this contact is the same person as {contact} ({by}{}): it became part of it, and whatever comes for it is \
             taken there",
            with_reason(reason.as_deref())
        ),
        Decision::Absorbed { contact, by, reason } => {
            format!("the contact {contact} became part of this one ({by}{})", with_reason(reason.as_deref()))
        }
        Decision::NotMerged { contact, why } => {
            format!("this contact and {contact} stay two contacts: {why}")
        }
        Decision::Thawed { contact, why } => {
            format!("the contact is not part of {contact} after all and goes on by itself: {why}")
        }
        Decision::SentOn { contact, what } => {
            format!("sent on to {contact}, which this contact has become part of: {what}")
        }
        Decision::GivenBack { contact, what } => {
            format!("given back to {contact}, which is not part of this contact: {what}")
        }
        Decision::ConfirmationAsked { category } => {
            format!("the subscription to {category} counts once the person confirms it")
        }
        Decision::MarketingPaused { until: Some(until) } => {
            format!("the contact wants no marketing until {until}")
        }
        Decision::MarketingPaused { until: None } => "the contact wants marketing again".to_owned(),
        Decision::FrequencyChosen { frequency } => {
            format!("the contact chose how much marketing it gets: {frequency}")
        }
        Decision::SuppressionChanged { channel, suppressed: true, reason } => {
            format!("the {channel} address is not used any more: {reason}")
        }
        Decision::SuppressionChanged { channel, suppressed: false, reason } => {
            format!("the {channel} address may be used again: {reason}")
        }
        _ => return None,
    })
}

/// What concerns a run.
fn decided_of_a_run(decision: &Decision) -> String {
    match decision {
        Decision::Entered { trigger, key } => format!("the contact entered by {trigger}{}", with_key(key)),
        Decision::Refused { reason, detail } => {
            format!(
                "the trigger matched, but the contact did not enter: {}{}",
                refusal(*reason),
                because(detail)
            )
        }
        Decision::Refreshed { key } => format!("the live run{} took the trigger's new data", with_key(key)),
        Decision::Stepped { action } => format!("the run took the step: {action}"),
        Decision::Branched { way: 0 } => "no condition held, so the run took the else way".to_owned(),
        Decision::Branched { way } => format!("condition {way} held, so the run took its way"),
        Decision::WaitsUntil { until } => format!("the run waits until {until}"),
        Decision::WaitsFor { until: Some(until) } => {
            format!("the run waits for something, until {until} at most")
        }
        Decision::WaitsFor { until: None } => "the run waits for something, without a time-out".to_owned(),
        Decision::DateIsPast { date, then } => format!("the date {date} had already passed, so: {then}"),
        Decision::DateIsMissing { path } => format!("there is no date at {}", quoted(path)),
        Decision::WaitEnded { deadline } => format!("the wait ended at its deadline {deadline}"),
        Decision::WaitEndedBy { alternative, what } => {
            format!("the wait ended by its alternative {alternative}: {what}")
        }
        Decision::TimedOut { deadline } => format!("nothing came before the time-out at {deadline}"),
        Decision::GoalReached { goal, value: Some(value) } => {
            format!("the goal {} was reached, worth {value}", quoted(goal))
        }
        Decision::GoalReached { goal, value: None } => format!("the goal {} was reached", quoted(goal)),
        Decision::Ended { reason, detail } => {
            format!("the run ended: {}{}", end_reason(*reason), because(detail))
        }
        Decision::Updated { change } => format!("the step changed the contact: {change}"),
        Decision::RunStays { over } => {
            format!("of two runs that merging brought together this one stays, and {over} ended")
        }
        Decision::Emitted { event } => format!("the step emitted the event {}", quoted(event)),
        of_a_message => decided_of_a_message(of_a_message),
    }
}

/// What concerns a message.
fn decided_of_a_message(decision: &Decision) -> String {
    match decision {
        Decision::Intended { channel, template } => {
            format!("a message by {channel} with the template {template} is wanted")
        }
        Decision::Deferred { until, by } => format!("the message was deferred until {until} by {by}"),
        Decision::Blocked { why } => format!("the message was stopped: {why}"),
        Decision::Released { address } => format!("the message to {address} was handed to the outbox"),
        Decision::RenderFailed { error } => format!("the template could not be rendered: {error}"),
        Decision::Attempted { attempt, outcome, reply } => {
            format!("attempt {attempt} to hand the message to the provider: {outcome}{}", because(reply))
        }
        Decision::GoesLate { due_at } => {
            format!(
                "the message was due at {due_at}: everything that can stop it was asked again, and it goes"
            )
        }
        Decision::Retrying { at } => format!("the message will be tried again at {at}"),
        Decision::Sent { attempt } => format!("the message was sent with attempt {attempt}"),
        Decision::Failed { why } => format!("the message failed for good: {why}"),
        Decision::Uncertain { why } => {
            format!("whether the message was sent is unknown, and it is not tried again: {why}")
        }
        Decision::Cancelled { why } => format!("the message was taken back: {why}"),
        Decision::Expired { expires_at } => format!("the message expired at {expires_at} and was not sent"),
        Decision::Reported { what, words, source, occurred_at } => {
            format!("{source} reports of the message that {what}{} (at {occurred_at})", because(words))
        }
        Decision::ByMachine { what, why, source } => {
            format!("the message was {what} by a machine, which counts for nothing: {why} (from {source})")
        }
        Decision::Requeued => "the message was put back into the outbox".to_owned(),
        Decision::Engaged { what } => format!("news about the message: {}", words(what)),
        // What nobody has put into words is shown as it is stored; a test finds it.
        untold => serde_json::to_string(untold).unwrap_or_default(),
    }
}

/// An order in words: orders are recorded as JSON with one member, the order's name.
fn asked(order: &str) -> String {
    let Ok(Value::Object(order)) = serde_json::from_str(order) else { return cut(order) };
    let named = order.iter().map(|(name, values)| match values {
        Value::Object(values) if !values.is_empty() => {
            let values = values.iter().map(|(name, value)| match value {
                Value::String(text) => format!("{} {}", words(name), cut(text)),
                other => format!("{} {}", words(name), shown(other)),
            });
            format!("{} ({})", words(name), values.collect::<Vec<_>>().join(", "))
        }
        _ => words(name),
    });
    named.collect::<Vec<_>>().join(", ")
}

fn trait_changed(name: &str, from: &Value, to: &Value) -> String {
    let name = quoted(name);
    match (from, to) {
        (Value::Null, to) => format!("the trait {name} is {} from now on", shown(to)),
        (from, Value::Null) => format!("the trait {name} was removed; it was {}", shown(from)),
        (from, to) => format!("the trait {name} changed from {} to {}", shown(from), shown(to)),
    }
}

fn refusal(reason: Refusal) -> &'static str {
    match reason {
        Refusal::Audience => "the audience did not hold",
        Refusal::Reentry => "re-entry does not allow it",
        Refusal::AlreadyInside => "a run of the same key is live",
        Refusal::ExitCondition => "an exit condition already holds",
        Refusal::NoKey => "the trigger's data lack the workflow's key",
        Refusal::TooManyRuns => "the contact has too many live runs",
        Refusal::SameInput => "the input that ended a run can't start it again",
        Refusal::NoApiTrigger => "the workflow has no `api` trigger",
        Refusal::Paused => "the workflow is paused",
        Refusal::Halted => "the workflow was stopped",
        Refusal::Archived => "the workflow is archived",
        Refusal::Exclusive => "the contact is in another workflow of the same group",
        Refusal::EntryCap => "an entry cap had no room",
        Refusal::NoWorkflowTrigger => "the workflow has no `workflow` trigger for that one",
        Refusal::NoMatch => "the contact does not match now",
        Refusal::Missed => "the set time was missed for too long",
    }
}

fn end_reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Completed => "it reached the end of its steps",
        EndReason::Goal => "it reached a goal",
        EndReason::ExitCondition => "an exit condition held",
        EndReason::ExitStep => "it came to an exit",
        EndReason::Unsubscribed => "the contact unsubscribed",
        EndReason::RemovedByHand => "a person removed it",
        EndReason::Replaced => "another run took its place",
        EndReason::MigratedOut => "a publish moved the contact out",
        EndReason::Failed => "it could not go on",
    }
}

/// A name of ours as words: `user_id` is `user id`.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn with_key(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!(" with the key {}", quoted(key)) }
}

/// A detail that may be empty, after what it explains.
fn because(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(" ({})", cut(detail)) }
}

fn with_reason(reason: Option<&str>) -> String {
    reason.map(|reason| format!(", because {}", quoted(reason))).unwrap_or_default()
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", cut(text))
}

/// A value as JSON writes it.
fn shown(value: &Value) -> String {
    cut(&value.to_string())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
