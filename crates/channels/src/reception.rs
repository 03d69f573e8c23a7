//! The server's side of SMTP: the development inbox and the receiver of bounces speak through it.
//!
//! Read in this order: this file (what whoever takes mail must say), `door` (connections), `session` (one of them).

pub(crate) mod door;
mod session;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// An answer that takes its time; the error is the reply that the client gets.
pub(crate) type Keeping<'a, T> = Pin<Box<dyn Future<Output = Result<T, &'static str>> + Send + 'a>>;

/// Whoever takes mail.
pub(crate) trait Reception: Send + Sync + 'static {
    /// What it calls itself.
    fn name(&self) -> &'static str;

    /// Whether it exists to find faults: lines have to be as the standard says, and every password is believed.
    fn is_for_tests(&self) -> bool;

    /// Whether mail to a recipient is taken.
    fn admit<'a>(&'a self, recipient: &'a str) -> Keeping<'a, ()>;

    /// Keeps a mail, and says under which name.
    fn keep(
        self: Arc<Self>,
        sender: String,
        recipients: Vec<String>,
        content: Vec<u8>,
    ) -> Keeping<'static, String>;
}
