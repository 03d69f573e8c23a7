//! From mail that comes back to news of a message.
//!
//! An address of ours says which message it is about, and is signed: nobody can make a bounce of a message that was not
//! sent to them. Complaints come to `abuse@` and `complaints@`, too; then the message is found by the signed address in
//! what they return of it.

use std::pin::Pin;
use std::sync::Arc;

use wend_channels::{Mailroom, incoming};
use wend_domain::id::WorkspaceId;
use wend_domain::link::{MailAddress, MailPurpose};
use wend_domain::report::{Report, Told};
use wend_engine::{Clock, Engine};

/// Where complaints may go that no signed address brings.
const COMPLAINTS: [&str; 3] = ["abuse", "complaints", "postmaster"];

/// The characters of a signed address before its `@`.
const SIGNED_CHARS: usize = 41;

/// The most signed addresses that are looked for in a returned message.
const FOUND_MAX: usize = 20;

/// Takes mail for the domain of bounces.
pub struct Bounces {
    engine: Engine,
    clock: Arc<dyn Clock>,
    domain: String,
}

/// The message that an address is about.
struct Found {
    workspace: WorkspaceId,
    address: MailAddress,
}

impl Bounces {
    /// An empty domain takes mail of any.
    pub fn new(engine: Engine, clock: Arc<dyn Clock>, domain: &str) -> Self {
        Self { engine, clock, domain: domain.to_ascii_lowercase() }
    }

    /// The part before the `@` of an address at the domain of bounces.
    fn local_part<'r>(&self, recipient: &'r str) -> Option<&'r str> {
        let (local_part, domain) = recipient.rsplit_once('@')?;
        let is_ours = self.domain.is_empty() || domain.eq_ignore_ascii_case(&self.domain);
        is_ours.then_some(local_part)
    }

    /// Whose address it is: there are few workspaces, and each has its key in memory.
    async fn find(&self, local_part: &str) -> anyhow::Result<Option<Found>> {
        if !MailAddress::may_be(local_part) {
            return Ok(None);
        }
        for workspace in self.engine.store().workspaces().await? {
            let Some(key) = self.engine.link_key(&workspace).await? else { continue };
            if let Some(address) = MailAddress::read(local_part, &key, &workspace) {
                return Ok(Some(Found { workspace, address }));
            }
        }
        Ok(None)
    }

    async fn expected(&self, recipient: &str) -> anyhow::Result<bool> {
        let Some(local_part) = self.local_part(recipient) else { return Ok(false) };
        let is_for_complaints = COMPLAINTS.iter().any(|name| local_part.eq_ignore_ascii_case(name));
        Ok(is_for_complaints || self.find(local_part).await?.is_some())
    }

    async fn taken(&self, recipient: &str, content: &[u8]) -> anyhow::Result<()> {
        let Some(local_part) = self.local_part(recipient) else { return Ok(()) };
        let found = match self.find(local_part).await? {
            Some(found) => Some(found),
            None => self.found_in(content).await?,
        };
        let Some(found) = found else {
            tracing::info!("a mail came back that names no message of ours");
            return Ok(());
        };
        let what = match incoming::mail::read(content, found.address.purpose) {
            Ok(what) => what,
            Err(why) => {
                tracing::info!(message.id = %found.address.message, why, "a mail that came back says nothing of its message");
                return Ok(());
            }
        };
        let source = match &what {
            Told::Complained { .. } | Told::Unsubscribed => "complaint mail",
            Told::Replied { .. } => "reply mail",
            _ => "bounce mail",
        };
        let report = Report { what, occurred_at: self.clock.now(), source: source.to_owned(), address: None };
        self.engine.report(&found.workspace, vec![(found.address.message, report)]).await?;
        Ok(())
    }

    /// The message that a returned one is, by a signed address in its headers.
    async fn found_in(&self, content: &[u8]) -> anyhow::Result<Option<Found>> {
        let text = String::from_utf8_lossy(content);
        let is_edge = |character: char| !character.is_ascii_alphanumeric() && character != '-';
        let words =
            text.split(is_edge).filter(|word| word.len() == SIGNED_CHARS && MailAddress::may_be(word));
        for word in words.take(FOUND_MAX) {
            if let Some(found) = self.find(word).await? {
                let address = MailAddress { purpose: MailPurpose::Bounce, ..found.address };
                return Ok(Some(Found { address, ..found }));
            }
        }
        Ok(None)
    }
}

impl Mailroom for Bounces {
    fn expects<'a>(&'a self, recipient: &'a str) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(async move {
            self.expected(recipient).await.unwrap_or_else(|error| {
                tracing::error!(error = format!("{error:#}"), "an address can't be looked at");
                // It is taken for now, and then the sender is told to come again.
                true
            })
        })
    }

    fn take<'a>(
        &'a self,
        recipient: &'a str,
        content: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(async move {
            match self.taken(recipient, content).await {
                Ok(()) => true,
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "a mail that came back can't be taken in");
                    false
                }
            }
        })
    }
}
