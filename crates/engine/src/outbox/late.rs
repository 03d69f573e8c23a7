//! Rows that are claimed long after they were due: after an outage, or when a provider's rate held them up. What may stop
//! a message was asked at its release; by now it may be night, or the contact may have had too much, so it is asked again
//! before the attempt (SEMANTICS 7.13). The domain decides; here its answer is carried out.

use std::collections::BTreeMap;

use wend_domain::id::WorkspaceId;
use wend_domain::input::{Cause, News, NewsKind, Outcome};
use wend_domain::record::{Decision, Record};
use wend_domain::time::Timestamp;
use wend_store::{OutboxRow, PutBack};

use super::Claimed;
use crate::batch::{self, Arrival};
use crate::lane::Fate;
use crate::shared::Shared;
use crate::tick::Worker;

/// Asks again for claimed rows and gives those that may be attempted; the others were settled or put off in the same
/// transaction, or are put back if there was none.
pub(super) async fn allowed(shared: &Shared, late: Vec<OutboxRow>, at: Timestamp) -> Vec<OutboxRow> {
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<OutboxRow>> = BTreeMap::new();
    for row in late {
        by_workspace.entry(row.workspace.clone()).or_default().push(row);
    }
    let mut allowed = Vec::new();
    for (workspace, rows) in by_workspace {
        for rows in rows.chunks(shared.options.batch_inputs_max.max(1)) {
            let arrivals: Vec<Arrival> = rows.iter().map(arrival).collect();
            match batch::run(shared, &workspace, &arrivals, at).await {
                Ok(fates) => {
                    let asked = rows.iter().zip(fates);
                    allowed.extend(asked.filter_map(|(row, fate)| attempted(shared, row, &fate, at)));
                }
                Err(error) => {
                    shared.metrics.tick_failed(Worker::Outbox);
                    tracing::error!(workspace = %workspace, %error, "late messages wait to be asked about");
                    let put_back = rows.iter().map(|row| PutBack {
                        workspace: row.workspace.clone(),
                        message: row.message,
                        until: None,
                    });
                    shared.attempts.held().extend(put_back);
                }
            }
        }
    }
    allowed
}

fn arrival(row: &OutboxRow) -> Arrival {
    Arrival::ToContact {
        contact: row.contact,
        cause: Cause::News(News { message: row.message, what: NewsKind::LateAtClaim }),
        source: format!("late:{}:{}", row.message, row.attempts),
    }
}

/// The row, if it is to be attempted.
fn attempted(shared: &Shared, row: &OutboxRow, fate: &Fate, at: Timestamp) -> Option<OutboxRow> {
    // Who is part of another contact has sent the question on: that one answers by its inbox.
    let is_sent_on =
        |record: &Record| record.iter().any(|line| matches!(line.decision, Decision::SentOn { .. }));
    match fate {
        Fate::Taken(record) if !is_sent_on(record) => {
            let goes = record.iter().any(|line| {
                line.message == Some(row.message) && matches!(line.decision, Decision::GoesLate { .. })
            });
            goes.then(|| row.clone())
        }
        // Nobody is there any more of whom anything could be asked.
        Fate::NoSuchContact => Some(row.clone()),
        Fate::Taken(_) | Fate::Queued | Fate::Stuck(_) => {
            // It stays claimed until that is done: the news goes behind what the contact waits for, and asks again.
            let reply = "nothing was attempted: earlier inputs of the contact wait".to_owned();
            let (attempt, outcome) = (row.attempts, Outcome::Temporary { reply });
            let news = NewsKind::Attempted { attempt, outcome, answer: None, receipt: None };
            shared.attempts.keep(Claimed::of(row, at), news);
            None
        }
    }
}
