//! What a test file says.
//!
//! Read in this order: [`Script`], [`reading`] (names and times), [`happening`], [`expectation`].

mod expectation;
mod happening;
mod reading;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use wend_domain::catalog::Catalog;
use wend_domain::consent::Answer;
use wend_domain::event::EventKind;
use wend_domain::id::{ContactId, EventName, ListName, StepId, TemplateName, WorkflowName};
use wend_domain::input::{Answered, RunOrder};
use wend_domain::predicate::{Engagement, Test};
use wend_domain::run::EndReason;
use wend_domain::source::check::check;
use wend_domain::source::diagnostic::any_error;
use wend_domain::source::grammar::FileKind;
use wend_domain::source::yaml;
use wend_domain::source::{Diagnostic, SourceFile};
use wend_domain::time::{Period, Timestamp};
use wend_domain::value::Path;

use reading::Reading;

/// A test file, read.
pub(super) struct Script {
    pub test: String,
    pub contact: Start,
    pub start: Timestamp,
    /// In the order of time.
    pub happenings: Vec<(Timestamp, Happening)>,
    /// When the test ends; none means when nothing more happens.
    pub until: Option<Timestamp>,
    pub expectations: Vec<Expectation>,
}

/// Who the contact is before anything happens.
pub(super) struct Start {
    pub user_id: String,
    pub id: Option<ContactId>,
    pub traits: Map<String, Value>,
    pub consent: Vec<(String, Answer)>,
    pub lists: Vec<ListName>,
    pub tags: Vec<String>,
    /// Variants by experiment.
    pub variants: BTreeMap<String, String>,
    /// The workflows that the contact is held out of.
    pub held_out: Vec<WorkflowName>,
    pub is_new: bool,
}

/// Something that happens to the contact, or how the world answers from then on.
pub(super) enum Happening {
    Event {
        kind: EventKind,
        name: EventName,
        properties: Map<String, Value>,
        occurred_at: Option<Timestamp>,
        imported: bool,
    },
    Traits(Map<String, Value>),
    Account {
        account: String,
        traits: Map<String, Value>,
        on: bool,
    },
    Consent(Vec<(String, Answer)>),
    List {
        list: ListName,
        on: bool,
    },
    Tag {
        tag: String,
        on: bool,
    },
    Engaged {
        template: TemplateName,
        engagement: Engagement,
        link: Option<String>,
    },
    Started {
        workflow: WorkflowName,
        data: Map<String, Value>,
        by_hand: bool,
    },
    TaskDone {
        step: StepId,
        outcome: String,
        note: Option<String>,
    },
    Answer {
        step: StepId,
        answer: CallAnswer,
    },
    Grant {
        workflow: WorkflowName,
        refused: bool,
        room_at: Option<Timestamp>,
    },
    Business {
        event: EventName,
        data: Map<String, Value>,
    },
    Scheduled(WorkflowName),
    Backfill {
        workflow: WorkflowName,
        within: Option<Period>,
    },
    OnRuns {
        workflow: WorkflowName,
        what: RunOrder,
    },
}

/// How another system answers a call.
#[derive(Debug, Clone)]
pub(super) enum CallAnswer {
    Answered(Answered),
    /// Nobody knows whether the call arrived.
    Lost,
}

/// Something that must be true in the end.
pub(super) struct Expectation {
    pub line: u32,
    pub what: What,
}

pub(super) enum What {
    Run {
        workflow: WorkflowName,
        ended: Option<Ended>,
        at_step: Option<String>,
        value: Option<f64>,
        variants: BTreeMap<String, String>,
    },
    NotEntered(WorkflowName),
    Sent(TemplateName, When),
    NotSent(TemplateName),
    Ghost(TemplateName, When),
    Blocked {
        template: TemplateName,
        rule: Option<String>,
    },
    Messages(Vec<TemplateName>),
    Task {
        step: StepId,
        assignee: Option<String>,
        when: When,
    },
    Called(StepId, When),
    Trait {
        path: Path,
        tests: Vec<Test>,
        said: String,
    },
    Variable {
        path: Path,
        workflow: Option<WorkflowName>,
        tests: Vec<Test>,
        said: String,
    },
    In {
        kind: Membership,
        name: String,
        not: bool,
    },
}

/// When something must have happened.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct When {
    pub at: Option<Timestamp>,
    pub after: Option<Timestamp>,
    pub before: Option<Timestamp>,
}

/// What a contact can be in or have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Membership {
    Segment,
    List,
    Tag,
}

/// Whether and why a run ended.
pub(super) enum Ended {
    Live,
    Somehow,
    For(EndReason),
}

/// A test's name, and why it can't be played.
type Unreadable = (String, Vec<Diagnostic>);

/// Reads a test file.
pub(super) fn read(file: &SourceFile, catalog: &Catalog) -> Result<Script, Unreadable> {
    let (node, mut diagnostics) = yaml::parse(file);
    let Some(node) = node else { return Err((String::new(), diagnostics)) };
    let test = node.text_of("test").unwrap_or_default().to_owned();
    diagnostics.extend(check(&file.path, &node, FileKind::Test));
    if any_error(&diagnostics) {
        return Err((test, diagnostics));
    }
    let mut reading = Reading { file: &file.path, catalog, start: Timestamp::default(), diagnostics };
    let script = reading.script(test.clone(), &node);
    if any_error(&reading.diagnostics) { Err((test, reading.diagnostics)) } else { Ok(script) }
}
