//! Asking many contacts at once: a random sample of them now, or all of them by a job that tells nobody.
//!
//! Contacts are in buckets by a keyed hash, so the contacts of any bucket are a random sample, and those of buckets that
//! lie side by side can be read in one go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use wend_domain::audience::Question;
use wend_domain::behaviour::PastEvent;
use wend_domain::catalog::Catalog;
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, EventName, WorkspaceId};
use wend_domain::predicate::Predicate;
use wend_domain::time::Timestamp;
use wend_store::{BUCKETS, Job, JobPage, bucket_of};

use super::read;
use crate::changes::json;
use crate::jobs::work::Selection;
use crate::shared::Shared;
use crate::tick::compute::compute;

/// How many contacts a job that counts reads at once, about.
const SLICE_CONTACTS: u64 = 4_000;

/// The most questions that are asked at once; each answer is a bit.
pub const QUESTIONS_MAX: usize = 8;

/// How many contacts answered how: a bit for each question that was answered with yes, the first question's lowest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// How many contacts were asked.
    pub asked: u64,
    /// How many gave each combination of answers; all no is left out.
    pub together: BTreeMap<u32, u64>,
}

impl Counted {
    /// How many answered all of these questions with yes, whatever they answered to the others.
    pub fn with_all(&self, questions: u32) -> u64 {
        self.together.iter().filter(|(mask, _)| **mask & questions == questions).map(|(_, n)| *n).sum()
    }

    pub(super) fn add(&mut self, answers: &Answers) {
        self.asked += answers.len() as u64;
        for (_, mask) in answers.iter().filter(|(_, mask)| *mask != 0) {
            *self.together.entry(*mask).or_default() += 1;
        }
    }
}

/// How contacts answered.
pub(crate) type Answers = Vec<(ContactId, u32)>;

/// One page of a job that counts; answers how many contacts it asked.
pub(crate) async fn turn(
    shared: &Shared,
    job: &Job,
    of: &[Selection],
    at: Timestamp,
) -> anyhow::Result<usize> {
    let catalog = Arc::clone(&shared.catalogs.get(&job.workspace).catalog);
    let asking = Asking::new(catalog, of, at)?;
    let width = slice_width(job.total);
    let mut from = job.cursor.map_or(0, |contact| bucket_of(contact) + 1);
    let mut answers = Answers::new();
    // Buckets may be empty where there are few contacts; whoever is found last says how far it is.
    while from < BUCKETS && answers.is_empty() {
        let middle = (from + width).min(BUCKETS);
        let end = (middle + width).min(BUCKETS);
        let (one, other) = tokio::join!(
            asking.ask(shared, &job.workspace, from, middle),
            asking.ask(shared, &job.workspace, middle, end)
        );
        answers = one?;
        answers.append(&mut other?);
        from = end;
    }
    let mut counted: Counted = match &job.result_json {
        Some(result_json) => serde_json::from_str(result_json).context("cannot read what was counted")?,
        None => Counted::default(),
    };
    counted.add(&answers);
    let page = JobPage {
        inputs: Vec::new(),
        looked_at: answers.len(),
        cursor: answers.last().map(|(contact, _)| *contact).or(job.cursor),
        finished: from >= BUCKETS,
        next_at: at,
        result_json: Some(json(&counted)),
    };
    shared.store.job_advance(job, page).await?;
    Ok(answers.len())
}

/// How many buckets have about as many contacts as are read at once.
fn slice_width(n_contacts: u64) -> u16 {
    let width = SLICE_CONTACTS * u64::from(BUCKETS) / n_contacts.max(1);
    u16::try_from(width.max(1)).unwrap_or(BUCKETS).min(BUCKETS)
}

/// Questions that are asked of many contacts.
#[derive(Clone)]
pub(crate) struct Asking {
    catalog: Arc<Catalog>,
    questions: Arc<Vec<Question>>,
    at: Timestamp,
}

/// A contact on its way to its answers.
struct Asked {
    id: ContactId,
    document: Vec<u8>,
    contact: Option<Contact>,
    lacks: BTreeSet<EventName>,
    history: Vec<PastEvent>,
    mask: u32,
}

impl Asking {
    pub(crate) fn new(catalog: Arc<Catalog>, of: &[Selection], at: Timestamp) -> anyhow::Result<Self> {
        anyhow::ensure!(of.len() <= QUESTIONS_MAX, "at most {QUESTIONS_MAX} questions can be asked at once");
        let questions: Vec<Question> =
            of.iter().map(|select| select.question(&catalog)).collect::<anyhow::Result<_>>()?;
        Ok(Self { catalog, questions: Arc::new(questions), at })
    }

    /// The rule of the first question.
    pub(crate) fn rule(&self) -> Option<&Predicate> {
        self.questions.first().map(|question| &question.rule)
    }

    /// Whether the history of every contact is read, because nothing is kept for a question.
    pub(crate) fn reads_history(&self) -> bool {
        self.questions.iter().any(Question::reads_history)
    }

    /// Asks the contacts of some buckets, `to` not among them; they are in the order of buckets and ids.
    pub(crate) async fn ask(
        &self,
        shared: &Shared,
        workspace: &WorkspaceId,
        from: u16,
        to: u16,
    ) -> anyhow::Result<Answers> {
        if from >= to {
            return Ok(Answers::new());
        }
        let contacts = shared.store.contacts_in_buckets(workspace, from, to).await?;
        self.ask_these(shared, workspace, contacts).await
    }

    /// Asks contacts by their documents.
    pub(crate) async fn ask_these(
        &self,
        shared: &Shared,
        workspace: &WorkspaceId,
        contacts: Vec<(ContactId, Vec<u8>)>,
    ) -> anyhow::Result<Answers> {
        let asked: Vec<Asked> = contacts.into_iter().map(Asked::new).collect();
        let threads = shared.options.compute_threads;
        let first = self.clone();
        let mut asked = compute(asked, threads, move |asked| first.begin(asked)).await?;
        let lacking: BTreeSet<ContactId> =
            asked.iter().filter(|asked| asked.contact.is_some()).map(|asked| asked.id).collect();
        if !lacking.is_empty() {
            let names = asked.iter().flat_map(|asked| asked.lacks.iter().cloned()).collect();
            let with_properties =
                self.questions.iter().any(|question| question.reads_properties(&self.catalog));
            let mut past = read(&shared.store, workspace, &lacking, &names, with_properties).await?;
            for asked in &mut asked {
                asked.history = past.remove(&asked.id).unwrap_or_default();
            }
            let second = self.clone();
            asked = compute(asked, threads, move |asked| second.end(asked)).await?;
        }
        Ok(asked.into_iter().map(|asked| (asked.id, asked.mask)).collect())
    }

    /// Answers from the document alone, or says what that lacks.
    fn begin(&self, asked: &mut Asked) {
        // A document that can't be read is nobody's: its contact's own inputs say why.
        let Ok(contact) = Contact::from_bytes(&std::mem::take(&mut asked.document)) else { return };
        if contact.into.is_some() {
            // It is part of another contact, who is asked.
            return;
        }
        for question in self.questions.iter() {
            asked.lacks.append(&mut question.must_read(&self.catalog, &contact, self.at));
        }
        if asked.lacks.is_empty() {
            asked.mask = self.answers(contact, None);
        } else {
            asked.contact = Some(contact);
        }
    }

    /// Answers with the history that the document lacked.
    fn end(&self, asked: &mut Asked) {
        if let Some(contact) = asked.contact.take() {
            asked.mask = self.answers(contact, Some(&asked.history));
        }
    }

    fn answers(&self, contact: Contact, history: Option<&[PastEvent]>) -> u32 {
        let mut mask = 0;
        let mut contact = Some(contact);
        for (n, question) in self.questions.iter().enumerate() {
            let is_last = n + 1 == self.questions.len();
            let asked = if is_last { contact.take() } else { contact.clone() };
            let Some(asked) = asked else { continue };
            if question.answer(&self.catalog, asked, history, self.at) {
                mask |= 1 << n;
            }
        }
        mask
    }
}

impl Asked {
    fn new((id, document): (ContactId, Vec<u8>)) -> Self {
        let (lacks, history) = (BTreeSet::new(), Vec::new());
        Self { id, document, contact: None, lacks, history, mask: 0 }
    }
}
