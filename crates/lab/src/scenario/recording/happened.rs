//! What happened to a contact, as a test says it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use wend_domain::consent::Answers;
use wend_domain::event::{Event, EventKind};
use wend_domain::id::{MessageId, RunId, StepId, WorkflowName};
use wend_domain::input::{Answered, Business, Cause, News, NewsKind, Order, RunOrder, Runs};
use wend_domain::predicate::Engagement;
use wend_domain::record::Decision;
use wend_domain::report::machine::{self, Act};
use wend_domain::report::{Report, Told};
use wend_domain::time::{Period, Timestamp};

use super::disguise::Disguise;
use super::text::{line, object, quoted};
use super::{Entry, History, first_traits, is_whole, whole_second};
use crate::scenario::timeline::Timeline;

/// An event that occurred at most this long before it arrived might as well have occurred then.
const DELAY_MAX: Period = Period::from_millis(60_000);
/// How long before a call its answer is laid ready.
const ANSWER_BEFORE: Period = Period::from_millis(1_000);

/// The contact and the inputs of a test.
pub(super) struct Happened {
    pub contact: Map<String, Value>,
    /// Inputs, a line each, in the order of time.
    pub lines: Vec<String>,
    pub remarks: Vec<String>,
}

/// Writes a history down.
pub(super) fn happened(history: &History<'_>, disguise: Disguise<'_>, recorded: &Timeline) -> Happened {
    let mut writing = Writing {
        disguise,
        recorded,
        known: Known::of(history),
        lines: Vec::new(),
        remarks: Vec::new(),
        answers: BTreeMap::new(),
    };
    for entry in history.entries {
        writing.entry(entry);
    }
    let contact = writing.contact(history);
    let revisions: BTreeSet<u64> = history.entries.iter().map(|entry| entry.catalog_revision).collect();
    if revisions.len() > 1 {
        let remark = format!("{} revisions of the portfolio decided; the test plays one", revisions.len());
        writing.remarks.push(remark);
    }
    writing.lines.sort_by_key(|(at, _)| *at);
    let mut remarks = writing.remarks;
    remarks.extend(writing.disguise.left_out());
    Happened { contact, lines: writing.lines.into_iter().map(|(_, line)| line).collect(), remarks }
}

/// What the records tell of ids.
#[derive(Default)]
struct Known {
    templates: BTreeMap<MessageId, String>,
    /// The steps of tasks and calls, and when they were begun.
    steps: BTreeMap<MessageId, (StepId, Timestamp)>,
    workflows: BTreeMap<RunId, WorkflowName>,
}

impl Known {
    fn of(history: &History<'_>) -> Self {
        let mut known = Self::default();
        for entry in history.entries {
            for line in &entry.record {
                if let (Some((workflow, _)), Some(run)) = (&line.workflow, line.run) {
                    known.workflows.insert(run, workflow.clone());
                }
                let Some(message) = line.message else { continue };
                match (&line.decision, &line.step) {
                    (Decision::Intended { template, .. }, _) => {
                        known.templates.insert(message, template.clone());
                    }
                    (Decision::Called { .. } | Decision::TaskOpened { .. }, Some(step)) => {
                        known.steps.entry(message).or_insert_with(|| (step.clone(), entry.at));
                    }
                    _ => {}
                }
            }
        }
        known
    }
}

struct Writing<'w> {
    disguise: Disguise<'w>,
    recorded: &'w Timeline,
    known: Known,
    lines: Vec<(Timestamp, String)>,
    remarks: Vec<String>,
    /// How the calls of a step were last answered.
    answers: BTreeMap<StepId, String>,
}

impl Writing<'_> {
    /// Who the contact was before anything happened.
    fn contact(&mut self, history: &History<'_>) -> Map<String, Value> {
        let mut contact = Map::new();
        let mut put = |name: &str, value: Value| contact.insert(name.to_owned(), value);
        if let Some(user_id) = self.disguise.user_id(history) {
            put("user_id", json!(user_id));
        }
        if self.disguise.with_id {
            put("id", json!(history.id.to_string()));
        }
        if is_whole(history) {
            put("new", json!(true));
        } else {
            put("traits", Value::Object(self.disguise.traits(&first_traits(history))));
            self.remarks.push(
                "the history begins later than the contact: runs and answers of consent from before are missing"
                    .to_owned(),
            );
        }
        let variants: BTreeMap<&String, &String> =
            self.recorded.runs.iter().flat_map(|run| &run.variants).collect();
        let held_out: BTreeSet<&str> =
            self.recorded.runs.iter().filter(|run| run.is_ghost).map(|run| run.workflow.as_str()).collect();
        if !held_out.is_empty() {
            put("held_out", json!(held_out));
        }
        if !variants.is_empty() {
            put("variants", json!(variants));
        }
        contact
    }

    fn say(&mut self, at: Timestamp, mut members: Vec<(&str, String)>) {
        let at = whole_second(at);
        members.insert(0, ("at", self.recorded.clock.after(at)));
        self.lines.push((at, line(&members)));
    }

    fn leave_out(&mut self, at: Timestamp, what: &str) {
        self.remarks.push(format!(
            "left out, since a test can't say it: {what} ({})",
            self.recorded.clock.moment(at)
        ));
    }

    fn entry(&mut self, entry: &Entry) {
        let at = entry.at;
        // What a step emitted, and what had been taken before, isn't said again.
        let is_duplicate =
            entry.record.iter().any(|line| matches!(line.decision, Decision::Duplicate { .. }));
        if entry.input.hop > 0 || is_duplicate {
            return;
        }
        match &entry.input.cause {
            Cause::Event(event) => self.event(at, event),
            Cause::Command(command) => self.order(at, &command.order),
            Cause::News(news) => self.news(at, news),
            Cause::Scheduled { workflow, .. } => self.say(at, vec![("schedule", quoted(workflow.as_str()))]),
            Cause::Business(business) => self.business(at, business),
            Cause::Backfill { workflow, within } => {
                let mut members = vec![("backfill", quoted(workflow.as_str()))];
                members.extend(within.map(|within| ("within", within.to_string())));
                self.say(at, members);
            }
            Cause::Migrate(migration) => {
                let what =
                    format!("a publish moved the runs of {} to version {}", migration.workflow, migration.to);
                self.leave_out(at, &what);
            }
            Cause::Discard { workflow, .. } => {
                self.say(at, vec![("end", quoted(workflow.as_str()))]);
            }
            Cause::Grant(grant) if !grant.granted => {
                self.leave_out(at, &format!("an entry cap had no room: {}", grant.why));
            }
            Cause::Account(copy) => {
                let traits = self.disguise.traits(&copy.traits);
                let mut members = vec![("account", quoted(&copy.account))];
                members.extend((!traits.is_empty()).then(|| ("with", object(&traits))));
                self.say(at, members);
            }
            Cause::Merge(_) | Cause::Absorb(_) | Cause::Thaw(_) | Cause::Forwarded(_) => {
                self.leave_out(at, "another contact turned out to be the same person");
            }
            Cause::Alarm | Cause::CatalogChanged | Cause::Resumed { .. } | Cause::Grant(_) => {}
        }
    }

    fn event(&mut self, at: Timestamp, event: &Event) {
        if event.kind == EventKind::Group {
            return self.group(at, event);
        }
        let traits = self.disguise.traits(&event.traits);
        if !traits.is_empty() {
            self.say(at, vec![("traits", object(&traits))]);
        }
        let mut properties = self.disguise.properties(&event.properties);
        let url = properties.remove("url");
        let mut members = match (event.kind, url) {
            (EventKind::Identify | EventKind::Alias | EventKind::Group, _) => return,
            (EventKind::Page, Some(Value::String(url))) => vec![("page", quoted(&url))],
            (EventKind::Page | EventKind::Screen | EventKind::Track, url) => {
                properties.extend(url.map(|url| ("url".to_owned(), url)));
                vec![("event", quoted(event.name.as_str()))]
            }
        };
        if !properties.is_empty() {
            members.push(("with", object(&properties)));
        }
        if event.imported {
            members.push(("imported", "true".to_owned()));
        }
        if at.since(event.occurred_at) > DELAY_MAX {
            members.push(("occurred", self.recorded.clock.written(whole_second(event.occurred_at))));
        }
        self.say(at, members);
    }

    /// The contact is named a member of an account.
    fn group(&mut self, at: Timestamp, event: &Event) {
        let Some(account) = event.properties.get("groupId").and_then(Value::as_str) else { return };
        let mut members = vec![("account", quoted(account))];
        if let Some(Value::Object(traits)) = event.properties.get("traits") {
            let traits = self.disguise.traits(traits);
            members.extend((!traits.is_empty()).then(|| ("with", object(&traits))));
        }
        self.say(at, members);
    }

    fn business(&mut self, at: Timestamp, business: &Business) {
        let mut members = vec![("business", quoted(business.event.as_str()))];
        let properties = self.disguise.properties(&business.properties);
        if !properties.is_empty() {
            members.push(("with", object(&properties)));
        }
        self.say(at, members);
    }

    fn order(&mut self, at: Timestamp, order: &Order) {
        let answer = |of: &str, answer: &dyn std::fmt::Debug| {
            vec![("consent", format!("{{ {}: {} }}", quoted(of), format!("{answer:?}").to_lowercase()))]
        };
        match order {
            Order::StartRun { workflow, data, by_hand } => {
                let mut members = vec![(if *by_hand { "start" } else { "call" }, quoted(workflow.as_str()))];
                let data = self.disguise.properties(data);
                if !data.is_empty() {
                    members.push(("with", object(&data)));
                }
                self.say(at, members);
            }
            Order::OnRuns { runs, what } => self.on_runs(at, runs, what),
            Order::CompleteTask { task, outcome, .. } => match self.known.steps.get(task).cloned() {
                Some((step, _)) => {
                    self.say(at, vec![("task", quoted(step.as_str())), ("outcome", quoted(outcome))]);
                }
                None => self.leave_out(at, "a task that was opened before the history begins"),
            },
            Order::List { list, on } => self.membership(at, "list", list.as_str(), *on),
            Order::Tag { tag, on } => self.membership(at, "tag", tag, *on),
            Order::Account { account, on } => self.membership(at, "account", account, *on),
            Order::ChannelConsent { channel, answer: given } => self.say(at, answer(channel.as_str(), given)),
            Order::CategoryConsent { category, answer: given } => {
                self.say(at, answer(category.as_str(), given));
            }
            Order::Answers(answers) => self.answers(at, answers),
            Order::Suppression { channel, .. } => {
                self.leave_out(at, &format!("an address on {channel} was suppressed, or is used again"));
            }
            Order::Merge { .. } => self.leave_out(at, "a person said that it is the same as another contact"),
            Order::RequeueMessage { .. } => self.leave_out(at, "a message was sent again by hand"),
            Order::UndoImport { .. } => self.leave_out(at, "an import was undone"),
        }
    }

    /// What was answered, one line each; a script can't say what the contact chose for all marketing.
    fn answers(&mut self, at: Timestamp, answers: &Answers) {
        let channels = answers.channels.iter().map(|(channel, answer)| (channel.as_str(), answer));
        let categories = answers.categories.iter().map(|(category, answer)| (category.as_str(), answer));
        for (of, answer) in channels.chain(categories) {
            let said = format!("{{ {}: {} }}", quoted(of), answer.as_str());
            self.say(at, vec![("consent", said)]);
        }
        if answers.pause.is_some() || answers.frequency.is_some() {
            self.leave_out(at, "a pause or a frequency was chosen");
        }
    }

    fn membership(&mut self, at: Timestamp, kind: &'static str, name: &str, on: bool) {
        let mut members = vec![(kind, quoted(name))];
        if !on {
            members.push(("not", "true".to_owned()));
        }
        self.say(at, members);
    }

    fn on_runs(&mut self, at: Timestamp, runs: &Runs, what: &RunOrder) {
        let workflow = runs.workflow.clone().or_else(|| self.known.workflows.get(&runs.run?).cloned());
        let Some(workflow) = workflow else { return self.leave_out(at, "an order about all runs") };
        let workflow = quoted(workflow.as_str());
        let members = match what {
            RunOrder::End => vec![("end", workflow)],
            RunOrder::Pause => vec![("pause", workflow)],
            RunOrder::Resume => vec![("resume", workflow)],
            RunOrder::Skip => vec![("skip", workflow)],
            RunOrder::Move(to) => vec![("move", workflow), ("to", quoted(to.as_str()))],
        };
        self.say(at, members);
    }

    fn news(&mut self, at: Timestamp, news: &News) {
        let told;
        let what = match &news.what {
            NewsKind::Reported(report) => match engagement(report) {
                Some((what, link)) => {
                    told = NewsKind::Engaged { what, link };
                    &told
                }
                None => return,
            },
            what => what,
        };
        match what {
            NewsKind::Engaged { what, link } => {
                let Some(template) = self.known.templates.get(&news.message).cloned() else {
                    return self.leave_out(at, "news of a message from before the history begins");
                };
                let is = format!("{what:?}").to_lowercase();
                let mut members = vec![("message", quoted(&template)), ("is", is)];
                members.extend(link.as_ref().map(|link| ("link", quoted(&self.disguise.text(link)))));
                self.say(at, members);
            }
            NewsKind::Attempted { answer: Some(answer), .. } => {
                if let Some((step, called_at)) = self.known.steps.get(&news.message).cloned() {
                    self.answer(&step, called_at, answer);
                }
            }
            NewsKind::Attempted { attempt, outcome, answer: None, .. } => {
                use wend_domain::input::Outcome::{Accepted, Permanent, Temporary, Unknown};
                match outcome {
                    Accepted { .. } => {}
                    Temporary { .. } | Permanent { .. } | Unknown { .. } => {
                        self.leave_out(at, &format!("attempt {attempt} to hand a message over failed"));
                    }
                }
            }
            NewsKind::SuppressedAtClaim { .. } => {
                self.leave_out(at, "the workspace's list of suppressed addresses stopped a message");
            }
            // What counts of a report stands for it already.
            NewsKind::Reported(_)
            | NewsKind::Rendered
            | NewsKind::RenderAborted { .. }
            | NewsKind::RenderFailed { .. }
            | NewsKind::ExpiredAtClaim
            | NewsKind::LateAtClaim => {}
        }
    }

    /// Lays the answer of a call ready just before the call.
    fn answer(&mut self, step: &StepId, called_at: Timestamp, answer: &Answered) {
        let start = self.recorded.clock.start();
        let at = (whole_second(called_at) - ANSWER_BEFORE).max(start);
        let mut members = vec![("answer", quoted(step.as_str())), ("status", answer.status.to_string())];
        match self.disguise.body(&answer.body) {
            Value::Null => {}
            body => members.push(("body", super::text::flow(&body))),
        }
        // It is how the step is answered from then on: the same again goes without saying.
        let said = line(&members);
        if self.answers.insert(step.clone(), said.clone()).is_some_and(|before| before == said) {
            return;
        }
        members.insert(0, ("at", self.recorded.clock.after(at)));
        // Before whatever else happens then: it must be known when the call is made.
        let place = self.lines.iter().position(|(then, _)| *then >= at).unwrap_or(self.lines.len());
        self.lines.insert(place, (at, line(&members)));
    }
}

/// What a report says that the person, or the mailbox, did; none if it was a machine, or nothing came of it yet.
fn engagement(report: &Report) -> Option<(Engagement, Option<String>)> {
    let by_person = |act, visit| machine::judge(act, visit, None, None).is_none();
    Some(match &report.what {
        Told::Delivered { .. } => (Engagement::Delivered, None),
        Told::Bounced { .. } => (Engagement::Bounced, None),
        Told::Complained { .. } => (Engagement::Complained, None),
        Told::Unsubscribed => (Engagement::Unsubscribed, None),
        Told::Replied { .. } => (Engagement::Replied, None),
        Told::Opened { visit } if by_person(Act::Open, visit) => (Engagement::Opened, None),
        Told::Clicked { link: Some(link), visit } if by_person(Act::Click, visit) => {
            (Engagement::Clicked, Some(link.clone()))
        }
        Told::Deferred { .. } | Told::Opened { .. } | Told::Clicked { .. } => return None,
    })
}
