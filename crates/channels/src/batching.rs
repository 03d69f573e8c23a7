//! E-mails that are sent one by one leave together, where a provider takes several in one request.
//!
//! Nobody collects: whoever adds the one that fills a batch sends it, else whoever has waited [`LINGER`]. So nothing is
//! spawned, and an e-mail is never held by somebody who may go away: those who wait longer look for themselves.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::email::Email;
use crate::outcome::Outcome;
use crate::provider::Provider;

/// How long the first e-mail of a batch waits for others.
const LINGER: Duration = Duration::from_millis(5);
/// How long one waits for whoever came first, before it sends the batch itself.
const LINGER_OTHERS: Duration = Duration::from_millis(100);
/// The most bytes of the contents of one batch; Postmark takes 50 MB.
const BATCH_BYTES_MAX: usize = 20 * 1024 * 1024;

/// What waits to leave together.
pub(crate) struct Batching {
    emails_max: usize,
    filling: Mutex<Filling>,
}

#[derive(Default)]
struct Filling {
    /// Tells this batch from earlier ones.
    number: u64,
    n_bytes: usize,
    emails: Vec<Email>,
    answers: Vec<oneshot::Sender<Outcome>>,
}

/// A batch that is to leave now.
struct Batch {
    emails: Vec<Email>,
    answers: Vec<oneshot::Sender<Outcome>>,
}

impl Batching {
    /// One for batches of at most so many.
    pub(crate) fn new(emails_max: usize) -> Self {
        Self { emails_max, filling: Mutex::default() }
    }

    /// Sends an e-mail, with others if there are any.
    pub(crate) async fn send(&self, provider: &dyn Provider, email: Email) -> Outcome {
        let (answer, mut answered) = oneshot::channel();
        let (number, place, full) = {
            let mut filling = self.lock();
            filling.n_bytes +=
                email.html.as_ref().map_or(0, String::len) + email.text.as_ref().map_or(0, String::len);
            filling.emails.push(email);
            filling.answers.push(answer);
            let is_full = filling.emails.len() >= self.emails_max || filling.n_bytes >= BATCH_BYTES_MAX;
            let (number, place) = (filling.number, filling.emails.len());
            (number, place, is_full.then(|| filling.take()))
        };
        if let Some(batch) = full {
            batch.send(provider).await;
        }
        let patience = if place == 1 { LINGER } else { LINGER_OTHERS };
        if let Ok(outcome) = timeout(patience, &mut answered).await {
            return outcome.unwrap_or_else(|_| given_up());
        }
        let own = {
            let mut filling = self.lock();
            (filling.number == number && !filling.emails.is_empty()).then(|| filling.take())
        };
        if let Some(batch) = own {
            batch.send(provider).await;
        }
        answered.await.unwrap_or_else(|_| given_up())
    }

    fn lock(&self) -> MutexGuard<'_, Filling> {
        self.filling.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever sent the batch was given up in the middle of it.
fn given_up() -> Outcome {
    Outcome::Unknown { what: "the request that carried it with others was given up".to_owned() }
}

impl Filling {
    fn take(&mut self) -> Batch {
        self.number += 1;
        self.n_bytes = 0;
        Batch { emails: std::mem::take(&mut self.emails), answers: std::mem::take(&mut self.answers) }
    }
}

impl Batch {
    async fn send(self, provider: &dyn Provider) {
        let outcomes = match &self.emails[..] {
            [only] => vec![provider.send(only).await],
            several => provider.send_batch(several).await,
        };
        for (answer, outcome) in self.answers.into_iter().zip(outcomes) {
            // Who doesn't wait any more has been given up, and counts as unknown.
            let _ = answer.send(outcome);
        }
    }
}
