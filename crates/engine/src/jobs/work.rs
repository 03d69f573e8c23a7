//! What a job tells, to whom, and the cause that it puts into their inboxes: one map for all kinds.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wend_domain::audience::Question;
use wend_domain::catalog::Catalog;
use wend_domain::compile::{condition, question};
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, EventName, ListName, SegmentName, StepId, WorkflowName};
use wend_domain::input::{Business, Cause, Command, Migration};
use wend_domain::predicate::{Facts, Predicate, holds};
use wend_domain::source::Diagnostic;
use wend_domain::time::Timestamp;
use wend_store::{Job, PostingPair, RECOMPUTE};

use crate::changes::json;

/// The kind of job that counts and tells nobody.
pub(crate) const COUNT: &str = "count";

/// What a job tells, as its parameters keep it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum JobWork {
    /// That the catalog has a new revision.
    Recompute,
    /// That a workflow lets those in who match already (SEMANTICS 4.4).
    Backfill {
        /// The workflow.
        workflow: WorkflowName,
    },
    /// That a publish moves runs.
    Migrate(Migration),
    /// That a workflow goes on.
    Resume {
        /// The workflow.
        workflow: WorkflowName,
    },
    /// That a workflow's live runs are given up.
    Discard {
        /// The workflow.
        workflow: WorkflowName,
        /// Why, in the words of who did it.
        reason: String,
    },
    /// That a workflow's set time has come.
    Schedule {
        /// The workflow.
        workflow: WorkflowName,
        /// The trigger's place in the file.
        trigger: usize,
        /// The local time.
        occurrence: DateTime,
    },
    /// That something happened in the business.
    Business(Box<BusinessWork>),
    /// What a person asks for, of many contacts at once.
    Bulk {
        /// Of which.
        select: Selection,
        /// What.
        command: Command,
    },
    /// Nothing: it counts who is meant by each of some selections, and by which of them together.
    Count {
        /// The selections: see [`Question`](wend_domain::audience::Question).
        of: Vec<Selection>,
    },
    /// Nothing: it reads what contacts did before a pair of event and property was declared.
    Postings {
        /// The pairs.
        pairs: Vec<(EventName, String)>,
    },
}

/// Something that happened in the business, and how those are found whom it concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BusinessWork {
    /// What they are told; `evidence_at` is each one's own.
    pub told: Business,
    /// The contact's own event.
    pub event: EventName,
    /// The property of it that must have the value.
    pub property: String,
    /// That value, as postings have it.
    pub value: String,
    /// Their own event counts if it occurred since then.
    pub since: Timestamp,
}

/// Contacts, as a person selects them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Everybody.
    All,
    /// Those whose ids were given with the job.
    Ids,
    /// Those in a segment now.
    Segment(SegmentName),
    /// Those on a list now.
    List(ListName),
    /// Those with a tag now.
    Tag(String),
    /// Those for whom a condition of the file format holds now.
    Where(Value),
    /// Those with a live run now.
    Runs {
        /// Of this workflow.
        workflow: WorkflowName,
        /// That rests at this step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepId>,
    },
}

/// Where a job finds the contacts that it looks at.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// All contacts; with a selection only those that it takes by their documents.
    Everybody(Option<Selection>),
    /// The contacts that it was made for.
    Named,
    /// Those who did something with a value since then.
    Postings { pair: PostingPair, value: String, since: Timestamp },
}

impl JobWork {
    /// Its name in lists and ids.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Recompute => RECOMPUTE,
            Self::Backfill { .. } => "backfill",
            Self::Migrate(_) => "migrate",
            Self::Resume { .. } => "resume",
            Self::Discard { .. } => "discard",
            Self::Schedule { .. } => "schedule",
            Self::Business(_) => "business",
            Self::Bulk { .. } => "bulk",
            Self::Postings { .. } => "postings",
            Self::Count { .. } => COUNT,
        }
    }

    /// The work of a job.
    pub fn of(job: &Job) -> anyhow::Result<Self> {
        if job.kind == RECOMPUTE {
            return Ok(Self::Recompute);
        }
        serde_json::from_str(&job.params_json)
            .with_context(|| format!("cannot read the parameters of job `{}`", job.id))
    }

    /// The same, unless what it selects by makes no sense under this catalog.
    pub(super) fn checked(self, catalog: &Catalog) -> anyhow::Result<Self> {
        match &self {
            Self::Bulk { select, .. } => drop(select.condition(catalog)?),
            Self::Count { of } => {
                for select in of {
                    select.question(catalog)?;
                }
            }
            _ => {}
        }
        Ok(self)
    }

    /// Its parameters as they are stored.
    pub(crate) fn params(&self) -> String {
        json(self)
    }

    pub(super) fn source(&self) -> Source {
        let with_runs = |workflow: &WorkflowName| {
            Source::Everybody(Some(Selection::Runs { workflow: workflow.clone(), step: None }))
        };
        match self {
            Self::Recompute
            | Self::Backfill { .. }
            | Self::Schedule { .. }
            | Self::Postings { .. }
            | Self::Count { .. }
            | Self::Bulk { select: Selection::All, .. } => Source::Everybody(None),
            Self::Migrate(migration) => with_runs(&migration.workflow),
            Self::Resume { workflow } | Self::Discard { workflow, .. } => with_runs(workflow),
            Self::Business(work) => Source::Postings {
                pair: PostingPair { event: work.event.clone(), property: work.property.clone() },
                value: work.value.clone(),
                since: work.since,
            },
            Self::Bulk { select: Selection::Ids, .. } => Source::Named,
            Self::Bulk { select, .. } => Source::Everybody(Some(select.clone())),
        }
    }

    /// What a contact is told; `evidence_at` is when it last did what makes the work concern it. None if contacts aren't
    /// told anything.
    pub(super) fn cause(&self, evidence_at: Timestamp) -> Option<Cause> {
        Some(match self.clone() {
            Self::Recompute => Cause::CatalogChanged,
            Self::Backfill { workflow } => Cause::Backfill { workflow, within: None },
            Self::Migrate(migration) => Cause::Migrate(Box::new(migration)),
            Self::Resume { workflow } => Cause::Resumed { workflow },
            Self::Discard { workflow, reason } => Cause::Discard { workflow, reason },
            Self::Schedule { workflow, trigger, occurrence } => {
                Cause::Scheduled { workflow, trigger, occurrence }
            }
            Self::Business(work) => Cause::Business(Box::new(Business { evidence_at, ..work.told })),
            Self::Bulk { command, .. } => Cause::Command(command),
            Self::Postings { .. } | Self::Count { .. } => return None,
        })
    }
}

impl Selection {
    /// The question whether a contact is selected.
    pub(crate) fn question(&self, catalog: &Catalog) -> anyhow::Result<Question> {
        let plain = |rule: Predicate| Ok(Question::new(rule, BTreeMap::new()));
        match self {
            Self::All => plain(Predicate::Always),
            Self::Segment(name) => {
                anyhow::ensure!(catalog.segments.contains_key(name), "there is no segment `{name}`");
                Ok(Question::of_segment(catalog, name))
            }
            Self::List(name) => plain(Predicate::List(name.clone())),
            Self::Tag(tag) => plain(Predicate::Tag(tag.clone())),
            Self::Where(of) => question(catalog, of).map_err(makes_no_sense),
            Self::Ids | Self::Runs { .. } => anyhow::bail!("ids and runs are no question about any contact"),
        }
    }

    /// The segments that it reads the memberships of.
    pub fn segments(&self, catalog: &Catalog) -> BTreeSet<SegmentName> {
        let mut named = BTreeSet::new();
        match self {
            Self::Segment(name) => drop(named.insert(name.clone())),
            Self::Where(of) => {
                if let Ok(question) = question(catalog, of) {
                    question.rule.walk(&mut |predicate| {
                        if let Predicate::Segment(name) = predicate {
                            named.insert(name.clone());
                        }
                    });
                }
            }
            Self::All | Self::Ids | Self::List(_) | Self::Tag(_) | Self::Runs { .. } => {}
        }
        named
    }

    /// The condition that it asks, compiled; none if it asks none.
    pub(crate) fn condition(&self, catalog: &Catalog) -> anyhow::Result<Option<Predicate>> {
        let Self::Where(of) = self else { return Ok(None) };
        condition(catalog, of).map(Some).map_err(makes_no_sense)
    }

    /// Whether it takes a contact, by its document; one that can't be read is taken, so that its input shows why.
    pub(crate) fn takes(
        &self,
        document: &[u8],
        asked: Option<&Predicate>,
        catalog: &Catalog,
        at: Timestamp,
    ) -> bool {
        let Ok(contact) = Contact::from_bytes(document) else { return true };
        if contact.into.is_some() {
            // It is part of another one, which is looked at by itself.
            return false;
        }
        match self {
            Self::All | Self::Ids => true,
            Self::Where(_) => {
                let (trigger, variables, run, event) = (None, None, None, None);
                let contact = &contact;
                let facts = Facts { catalog, contact, at, trigger, variables, run, event };
                asked.is_some_and(|asked| holds(asked, &facts))
            }
            Self::Segment(segment) => contact.segments.contains_key(segment),
            Self::List(list) => contact.lists.contains_key(list),
            Self::Tag(tag) => contact.tags.contains(tag),
            Self::Runs { workflow, step } => contact.runs.iter().any(|run| {
                run.workflow == *workflow && step.as_ref().is_none_or(|step| run.state.step() == step)
            }),
        }
    }
}

fn makes_no_sense(found: Vec<Diagnostic>) -> anyhow::Error {
    let found: Vec<String> = found.into_iter().map(|found| found.message).collect();
    anyhow::anyhow!("the condition makes no sense any more: {}", found.join("; "))
}

/// What a business event says of a value by which contacts are found, as postings have it; none if it is no single
/// value. A number is the same however it is written.
pub(crate) fn posted(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(format!("s{}", &text[..text.floor_char_boundary(POSTED_BYTES_MAX)])),
        Value::Number(number) => Some(format!("n{}", number.as_f64()?)),
        Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// How much of a text tells values apart: identifiers are short, and keys of tables must be.
const POSTED_BYTES_MAX: usize = 200;

/// A contact that a job has found.
pub(super) struct Candidate {
    pub(super) contact: ContactId,
    /// When it last did what makes the job concern it.
    pub(super) evidence_at: Timestamp,
    /// Whether it is told.
    pub(super) is_told: bool,
}
