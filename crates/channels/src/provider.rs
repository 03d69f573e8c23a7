//! What every way to send e-mail is: SMTP and the HTTP APIs alike.

use std::future::Future;
use std::pin::Pin;

use crate::email::Email;
use crate::outcome::Outcome;

/// Where the key of our message is in what a provider sends back about it: the name of the tag, the variable, the piece of
/// metadata. It is spelled with what all of them allow.
pub const MESSAGE_TAG: &str = "wend_message";

/// Something to be waited for.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One account at one provider, or one mail server.
pub trait Provider: Send + Sync {
    /// What kind it is: `smtp`, `ses`, and so on.
    fn kind(&self) -> &'static str;

    /// Whether the provider takes the same key only once, so that a lost answer can be asked for again.
    fn honours_keys(&self) -> bool {
        false
    }

    /// How many e-mails one request carries at most.
    fn batch_max(&self) -> usize {
        1
    }

    /// Hands one e-mail over: one attempt, whose outcome says what became of it.
    fn send<'a>(&'a self, email: &'a Email) -> Doing<'a, Outcome>;

    /// Hands several over, at most [`Provider::batch_max`], and answers what became of each.
    fn send_batch<'a>(&'a self, emails: &'a [Email]) -> Doing<'a, Vec<Outcome>> {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(emails.len());
            for email in emails {
                outcomes.push(self.send(email).await);
            }
            outcomes
        })
    }

    /// How SPF names whoever hands mail on for this sender: `include:sendgrid.net`; none if nobody outside sees it.
    fn spf(&self) -> Option<String> {
        None
    }

    /// Whether an e-mail's own return path is the envelope's sender; providers with an API have return paths of their own.
    fn uses_return_path(&self) -> bool {
        false
    }

    /// Ends connections that lie idle.
    fn close(&self) -> Doing<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
