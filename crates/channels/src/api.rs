//! E-mail over providers' HTTP APIs: Amazon SES v2, `SendGrid`, Postmark, Mailgun and Resend.
//!
//! Read in this order: [`options`] (which account), `client` (one request, and what is certain afterwards), `answers` (what
//! statuses mean everywhere), then one file a provider: its request, and what only its answers mean. `sigv4` signs for SES.
//!
//! | provider | key honoured | several in a request |
//! | --- | --- | --- |
//! | SES v2 | no | no: `SendBulkEmail` fills in templates of its own, and our messages are rendered already |
//! | `SendGrid` | no | no: personalizations share one content |
//! | Postmark | no | `/email/batch`, 500 |
//! | Mailgun | no | no: recipient variables share one content |
//! | Resend | `Idempotency-Key`, 24 hours | `/emails/batch`, 100, with one key for all of them |
//!
//! **Invariants.** A lost answer is asked for again only where the key is honoured, with the same bytes and the same key, at
//! most [`ASKED_AGAIN_MAX`] times within the attempt; a batch may never be composed the same way again, so later there is no
//! asking. A wrong key of ours never loses a message: it is a temporary failure, which an operator mends.

pub mod options;

mod answers;
mod client;
mod mailgun;
mod postmark;
mod resend;
mod sendgrid;
mod ses;
mod sigv4;

pub use options::{ApiKind, ApiOptions, Error};

use std::time::Duration;

use crate::email::{Checked, Email};
use crate::outcome::Outcome;
use crate::provider::{Doing, Provider};
use client::{Client, Posted, Request};

/// How often a lost answer is asked for again where the provider honours keys.
const ASKED_AGAIN_MAX: u32 = 2;
/// How long to wait before that.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// One account at one provider with an HTTP API.
pub struct Api {
    options: ApiOptions,
    client: Client,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Api").field("options", &self.options).finish_non_exhaustive()
    }
}

/// An e-mail that is fit to be sent.
#[derive(Clone, Copy)]
struct Fit<'a> {
    email: &'a Email,
    checked: &'a Checked,
}

impl Api {
    /// Makes it; connects to nobody yet.
    pub fn new(options: ApiOptions) -> Self {
        let client = Client::new(options.timeout);
        Self { options, client }
    }

    async fn one(&self, email: &Email) -> Outcome {
        let checked = match email.check() {
            Ok(checked) => checked,
            Err(unfit) => {
                return Outcome::Permanent { reply: unfit.to_string(), suppress: unfit.bad_recipient };
            }
        };
        let fit = Fit { email, checked: &checked };
        let options = &self.options;
        let request = match options.kind {
            ApiKind::Ses => ses::request(options, fit),
            ApiKind::SendGrid => Ok(sendgrid::request(options, fit)),
            ApiKind::Postmark => Ok(postmark::request(options, fit)),
            ApiKind::Mailgun => mailgun::request(options, fit),
            ApiKind::Resend => Ok(resend::request(options, fit)),
        };
        let request = match request {
            Ok(request) => request,
            Err(unfit) => return Outcome::unfit(unfit.to_string()),
        };
        match self.post(&request).await {
            Posted::Answered(answered) => match options.kind {
                ApiKind::Ses => ses::outcome(&answered),
                ApiKind::SendGrid => sendgrid::outcome(&answered),
                ApiKind::Postmark => postmark::outcome(&answered),
                ApiKind::Mailgun => mailgun::outcome(&answered),
                ApiKind::Resend => resend::outcome(&answered),
            },
            Posted::NotSent { why } => Outcome::temporary(why),
            Posted::Unknown { what } => Outcome::Unknown { what },
        }
    }

    async fn several(&self, emails: &[Email]) -> Vec<Outcome> {
        let (mut outcomes, mut fit) = (vec![None; emails.len()], Vec::with_capacity(emails.len()));
        for (place, email) in emails.iter().enumerate() {
            match email.check() {
                Ok(checked) => fit.push((place, email, checked)),
                Err(unfit) => {
                    let suppress = unfit.bad_recipient;
                    outcomes[place] = Some(Outcome::Permanent { reply: unfit.to_string(), suppress });
                }
            }
        }
        let fits: Vec<Fit<'_>> = fit.iter().map(|(_, email, checked)| Fit { email, checked }).collect();
        if !fits.is_empty() {
            let sent = self.batch(&fits).await;
            for ((place, ..), outcome) in fit.iter().zip(sent) {
                outcomes[*place] = Some(outcome);
            }
        }
        let missing = || Outcome::Unknown { what: "the provider's answer has no line for it".to_owned() };
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(missing)).collect()
    }

    async fn batch(&self, fits: &[Fit<'_>]) -> Vec<Outcome> {
        let request = match self.options.kind {
            ApiKind::Postmark => postmark::batch_request(&self.options, fits),
            ApiKind::Resend => resend::batch_request(&self.options, fits),
            ApiKind::Ses | ApiKind::SendGrid | ApiKind::Mailgun => {
                // Their `batch_max` is one, so nobody asks.
                let mut outcomes = Vec::with_capacity(fits.len());
                for fit in fits {
                    outcomes.push(self.one(fit.email).await);
                }
                return outcomes;
            }
        };
        let all = |outcome: Outcome| vec![outcome; fits.len()];
        match self.post(&request).await {
            Posted::Answered(answered) if self.options.kind == ApiKind::Postmark => {
                postmark::batch_outcomes(&answered, fits.len())
            }
            Posted::Answered(answered) => resend::batch_outcomes(&answered, fits.len()),
            Posted::NotSent { why } => all(Outcome::temporary(why)),
            Posted::Unknown { what } => all(Outcome::Unknown { what }),
        }
    }

    /// Posts; what has a key that is honoured is posted again if nobody knows whether it arrived.
    async fn post(&self, request: &Request) -> Posted {
        let mut posted = self.client.post(request).await;
        if !self.honours_keys() {
            return posted;
        }
        for _ in 0..ASKED_AGAIN_MAX {
            let is_lost = match &posted {
                Posted::Answered(answered) => answered.is_uncertain(),
                Posted::Unknown { .. } => true,
                Posted::NotSent { .. } => false,
            };
            if !is_lost {
                break;
            }
            tokio::time::sleep(ASKED_AGAIN_AFTER).await;
            // Not sent this time says nothing of the first time.
            match self.client.post(request).await {
                Posted::NotSent { .. } => {}
                Posted::Answered(again) if again.is_not_now() => {}
                again => posted = again,
            }
        }
        posted
    }
}

impl Provider for Api {
    fn kind(&self) -> &'static str {
        self.options.kind.as_str()
    }

    fn honours_keys(&self) -> bool {
        self.options.kind == ApiKind::Resend
    }

    fn spf(&self) -> Option<String> {
        let host = match self.options.kind {
            ApiKind::Ses | ApiKind::Resend => "amazonses.com",
            ApiKind::SendGrid => "sendgrid.net",
            ApiKind::Postmark => "spf.mtasv.net",
            ApiKind::Mailgun => "mailgun.org",
        };
        Some(format!("include:{host}"))
    }

    fn batch_max(&self) -> usize {
        self.options.batch_max()
    }

    fn send<'a>(&'a self, email: &'a Email) -> Doing<'a, Outcome> {
        Box::pin(self.one(email))
    }

    fn send_batch<'a>(&'a self, emails: &'a [Email]) -> Doing<'a, Vec<Outcome>> {
        Box::pin(self.several(emails))
    }
}

/// `"Shop, Ltd" <hello@shop.example>`, as JSON members for one address have it.
fn mailbox(mailbox: &crate::email::Mailbox) -> String {
    if mailbox.name.is_empty() {
        return mailbox.address.clone();
    }
    let name = mailbox.name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{name}\" <{}>", mailbox.address)
}
