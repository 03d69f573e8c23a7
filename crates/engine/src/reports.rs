//! What others tell of messages, on its way to the contacts that they went to (SEMANTICS 15).

use tokio::sync::oneshot;
use wend_domain::id::{ContactId, MessageId, WorkspaceId};
use wend_domain::input::{News, NewsKind};
use wend_domain::report::{Report, Told};

use crate::courier::{NotTold, ProviderCall};
use crate::engine::Engine;
use crate::error::IngestError;
use crate::queue::Request;

/// The most reports that are taken in at once.
pub const REPORTS_MAX: usize = 1_000;

/// Why a provider's call was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ProviderCallError {
    /// It tells nothing.
    #[error(transparent)]
    NotTold(#[from] NotTold),
    /// What it tells can't be kept now.
    #[error(transparent)]
    NotKept(#[from] IngestError),
}

impl Engine {
    /// Takes reports on messages in; answers, when they are committed, how many were of messages that are known.
    ///
    /// What is told of a message that nobody knows is left out: there is nobody to whom it would matter.
    pub async fn report(
        &self,
        workspace: &WorkspaceId,
        reports: Vec<(MessageId, Report)>,
    ) -> Result<usize, IngestError> {
        let mut known = Vec::new();
        for (message, report) in reports.into_iter().take(REPORTS_MAX) {
            let row = self.store().message(workspace, message).await.map_err(|error| {
                tracing::error!(%error, "a message could not be looked up");
                IngestError::unavailable("the database is away")
            })?;
            let Some(row) = row else {
                self.metrics().report(kind(&report), "unknown");
                continue;
            };
            let address = Some((row.channel, row.address)).filter(|(_, address)| !address.is_empty());
            known.push((row.contact, message, Report { address, ..report }));
        }
        let n_known = known.len();
        if n_known > 0 {
            self.report_of(workspace, known).await?;
        }
        Ok(n_known)
    }

    /// Takes a provider's call in; answers how many of its reports were of messages that are known.
    ///
    /// What proves that it comes from there is the secret `PROVIDER_webhook`: without it nothing is believed.
    pub async fn provider_call(
        &self,
        workspace: &WorkspaceId,
        call: ProviderCall,
    ) -> Result<usize, ProviderCallError> {
        let name = format!("{}_webhook", call.provider);
        let secrets = match self.secret(workspace, &name).await {
            Ok(secrets) => secrets.unwrap_or_default(),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "a provider's secret can't be read");
                return Err(NotTold::NotNow("the provider's secret can't be read".to_owned()).into());
            }
        };
        let told = self.shared().courier.read_told(ProviderCall { secrets, ..call }).await?;
        Ok(self.report(workspace, told).await?)
    }

    /// Takes reports in whose contacts are known.
    pub async fn report_of(
        &self,
        workspace: &WorkspaceId,
        reports: Vec<(ContactId, MessageId, Report)>,
    ) -> Result<(), IngestError> {
        let (answer, answered) = oneshot::channel();
        let news = |(contact, message, report): (ContactId, MessageId, Report)| {
            self.metrics().report(kind(&report), "taken");
            (contact, News { message, what: NewsKind::Reported(Box::new(report.bounded())) })
        };
        let reports = reports.into_iter().map(news).collect();
        self.queue(workspace, Request::Reports { reports, answer })?;
        answered.await.unwrap_or(Err(IngestError::Stopping))
    }
}

/// What a report is of, for the metrics.
fn kind(report: &Report) -> &'static str {
    match report.what {
        Told::Delivered { .. } => "delivered",
        Told::Deferred { .. } => "deferred",
        Told::Bounced { .. } => "bounced",
        Told::Complained { .. } => "complained",
        Told::Opened { .. } => "opened",
        Told::Clicked { .. } => "clicked",
        Told::Unsubscribed => "unsubscribed",
        Told::Replied { .. } => "replied",
    }
}
