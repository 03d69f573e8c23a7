//! A random sample of contacts, asked at once: what a preview shows while somebody is still writing.

use std::sync::Arc;

use wend_domain::audience::Share;
use wend_domain::id::{ContactId, WorkspaceId, chance};
use wend_store::BUCKETS;

use super::counting::{Answers, Asking, Counted};
use crate::engine::Engine;
use crate::jobs::work::Selection;

/// How many contacts are asked by their documents.
const SAMPLE_CONTACTS: u64 = 2_000;

/// How many contacts are asked whose history must be read.
const SAMPLE_WITH_HISTORY: u64 = 400;

/// How many contacts are shown.
const SHOWN_MAX: usize = 10;

/// What a random sample of contacts answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// How they answered.
    pub counted: Counted,
    /// How many contacts there are.
    pub contacts: u64,
    /// Some of those who answered the first question with yes.
    pub members: Vec<ContactId>,
}

impl Sample {
    /// The share of contacts that answers all of these questions with yes.
    pub fn share(&self, questions: u32) -> Share {
        Share::of(self.counted.asked, self.counted.with_all(questions), self.contacts)
    }
}

impl Engine {
    /// Asks a random sample of contacts; another seed gives another sample. Where there are few contacts, all are asked.
    pub async fn sample(
        &self,
        workspace: &WorkspaceId,
        of: &[Selection],
        seed: u64,
    ) -> anyhow::Result<Sample> {
        let shared = self.shared();
        let asking = Asking::new(self.catalog(workspace), of, shared.clock.now())?;
        let wanted = if asking.reads_history() { SAMPLE_WITH_HISTORY } else { SAMPLE_CONTACTS };
        let contacts = self.store().contact_count(workspace).await?;
        let n_buckets = buckets_of(wanted, contacts);
        let begin =
            chance("sample", &[workspace.as_str().as_bytes(), &seed.to_be_bytes()], u64::from(BUCKETS));
        let begin = u16::try_from(begin).unwrap_or_default();
        let mut answers = Answers::new();
        let mut n_asked: u16 = 0;
        // What a bucket has isn't known beforehand: further ones are asked until there are enough contacts.
        while n_asked < BUCKETS && (answers.len() as u64) < wanted {
            let from = (begin + n_asked) % BUCKETS;
            let to = (from + n_buckets.min(BUCKETS - n_asked)).min(BUCKETS);
            answers.append(&mut asking.ask(shared, workspace, from, to).await?);
            n_asked += to - from;
        }
        let mut counted = Counted::default();
        counted.add(&answers);
        let meant = answers.into_iter().filter(|(_, mask)| mask & 1 == 1).map(|(contact, _)| contact);
        let members = meant.take(SHOWN_MAX).collect();
        let contacts = if n_asked >= BUCKETS { counted.asked } else { contacts.max(counted.asked) };
        Ok(Sample { counted, contacts, members })
    }

    /// Whether these selections can be asked as questions; the error says why not.
    pub fn can_ask(&self, workspace: &WorkspaceId, of: &[Selection]) -> anyhow::Result<()> {
        Asking::new(Arc::clone(&self.catalog(workspace)), of, self.shared().clock.now()).map(drop)
    }
}

/// How many buckets have about so many contacts.
fn buckets_of(wanted: u64, contacts: u64) -> u16 {
    let buckets = (wanted * u64::from(BUCKETS)).div_ceil(contacts.max(1));
    u16::try_from(buckets).unwrap_or(BUCKETS).clamp(1, BUCKETS)
}
