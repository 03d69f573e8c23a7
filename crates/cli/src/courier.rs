//! From a rendered message to a channel.
//!
//! E-mail goes over SMTP if a mail server is configured. Calls of webhook steps go to where they are aimed, within what
//! the operator lets them reach. Everything else - push, SMS, webhook messages and any channel that a team declares - goes to the development inbox if there is one, because its providers come later; without one it
//! fails for good, and says why.

use std::collections::BTreeMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::Value;
use wend_channels::web::{Answer, BodyEnd, Call, Called, Method, Verdict, Web};
use wend_channels::{Development, DevelopmentMessage, Dkim, Email, Mailbox, Smtp, SmtpOptions};
use wend_domain::id::{Channel, MessageId};
use wend_domain::input::{Answered, Outcome};
use wend_domain::report::Report;
use wend_engine::{Clock, Courier, NotTold, Parcel, ProviderCall, WebReply, WebRequest};

use crate::settings::Settings;
use crate::told::ToldByProviders;

/// The channel that goes over SMTP.
const EMAIL: &str = "email";
/// How many milliseconds a second has.
const MILLIS_PER_SECOND: i64 = 1_000;

/// Everything outside that messages can be handed to.
pub struct Outside {
    smtp: Option<Smtp>,
    development: Option<Development>,
    web: Web,
    told: ToldByProviders,
    sender: String,
    clock: Arc<dyn Clock>,
}

impl Outside {
    /// Makes the channels that are configured; connects to nobody yet.
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let smtp = if settings.smtp.expose().is_empty() { None } else { Some(smtp(settings)?) };
        let development = if settings.inbox.is_empty() {
            None
        } else {
            Some(Development::new(&settings.inbox).context("cannot use inbox.url")?)
        };
        let web = Web::new(settings.web.clone());
        Ok(Self {
            smtp,
            development,
            web,
            told: ToldByProviders::default(),
            sender: settings.from.clone(),
            clock,
        })
    }

    /// Ends connections that lie idle.
    pub async fn close(&self) {
        if let Some(smtp) = &self.smtp {
            smtp.close().await;
        }
    }

    fn goes_by_smtp(&self, channel: &Channel) -> bool {
        channel.as_str() == EMAIL && self.smtp.is_some()
    }

    async fn attempt(&self, parcel: &Parcel) -> Outcome {
        if let Some(smtp) = self.smtp.as_ref().filter(|_| self.goes_by_smtp(&parcel.channel)) {
            return match self.email(parcel) {
                Ok(email) => outcome(smtp.send(&email).await),
                Err(reply) => Outcome::Permanent { reply, suppress: false },
            };
        }
        if let Some(development) = &self.development {
            return outcome(development.send(&message(parcel)).await);
        }
        let reply = format!("channel `{}` is not configured", parcel.channel);
        Outcome::Permanent { reply, suppress: false }
    }

    async fn make_call(&self, request: WebRequest) -> WebReply {
        let method = match request.method.parse::<Method>() {
            Ok(method) => method,
            Err(reply) => {
                return WebReply { outcome: Outcome::Permanent { reply, suppress: false }, answer: None };
            }
        };
        let call = Call {
            method,
            url: request.url,
            headers: request.headers,
            body: request.body.map(String::into_bytes),
            key: request.message.to_string(),
            timeout: request.timeout,
        };
        let called = self.web.call(&call).await;
        let reply = called.to_string();
        let outcome = match called.verdict() {
            Verdict::Accepted => Outcome::Accepted { reply },
            Verdict::Temporary { .. } => Outcome::Temporary { reply },
            Verdict::Permanent => Outcome::Permanent { reply, suppress: false },
            Verdict::Unknown => Outcome::Unknown { what: reply },
        };
        let answer = match called {
            Called::Answered(answer) => Some(answered(&answer)),
            Called::Refused { .. } | Called::NotSent { .. } | Called::Unknown { .. } => None,
        };
        WebReply { outcome, answer }
    }

    fn email(&self, parcel: &Parcel) -> Result<Email, String> {
        let content = &parcel.content;
        let from = content.from.as_deref().unwrap_or(&self.sender);
        if from.trim().is_empty() {
            return Err("nobody says who the e-mail is from: set `from` in the template, `sender` in policies.yaml, or \
                        email.from in the server's configuration"
                .to_owned());
        }
        Ok(Email {
            message_key: parcel.message.to_string(),
            from: mailbox(from),
            return_path: content.return_path.clone(),
            to: Mailbox::bare(parcel.address.clone()),
            reply_to: content.reply_to.as_deref().map(mailbox),
            subject: content.subject.clone().unwrap_or_default(),
            html: content.html.clone(),
            text: content.text.clone(),
            headers: list_headers(content.unsubscribe_url.as_deref()),
            date: self.clock.now().as_millis().div_euclid(MILLIS_PER_SECOND),
        })
    }
}

impl Courier for Outside {
    /// The development inbox takes a key once; SMTP knows no keys (SEMANTICS 8.4).
    fn honours_keys(&self, channel: &Channel) -> bool {
        !self.goes_by_smtp(channel) && self.development.is_some()
    }

    fn usable(&self, channel: &Channel) -> bool {
        self.goes_by_smtp(channel) || self.development.is_some()
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(self.attempt(parcel))
    }

    fn read_told(
        &self,
        call: ProviderCall,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<(MessageId, Report)>, NotTold>> + Send + '_>> {
        Box::pin(self.told.read(&self.web, call))
    }

    fn call(&self, request: WebRequest) -> Pin<Box<dyn Future<Output = WebReply> + Send + '_>> {
        Box::pin(self.make_call(request))
    }
}

/// An answer as runs read it; a header that comes several times has all its values.
fn answered(answer: &Answer) -> Answered {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &answer.headers {
        headers
            .entry(name.clone())
            .and_modify(|values| {
                values.push_str(", ");
                values.push_str(value);
            })
            .or_insert_with(|| value.clone());
    }
    // What was cut may be JSON by accident: it stays text.
    let json =
        (answer.body_end == BodyEnd::Whole).then(|| serde_json::from_slice(&answer.body).ok()).flatten();
    let text = || Value::from(String::from_utf8_lossy(&answer.body).into_owned());
    let body = json.unwrap_or_else(|| if answer.body.is_empty() { Value::Null } else { text() });
    Answered { status: answer.status, headers, body }
}

fn smtp(settings: &Settings) -> anyhow::Result<Smtp> {
    let options: SmtpOptions = settings.smtp.expose().parse().context("cannot use email.smtp")?;
    let dkim = if settings.dkim_key_file.is_empty() {
        None
    } else {
        let key = Path::new(&settings.dkim_key_file);
        Some(Dkim::from_file(&settings.dkim_domain, &settings.dkim_selector, key)?)
    };
    Smtp::new(options, dkim).context("cannot use email.smtp")
}

/// What lets a mailbox offer a button for unsubscribing, which takes one click (RFC 2369, RFC 8058).
fn list_headers(unsubscribe_url: Option<&str>) -> Vec<(String, String)> {
    let Some(url) = unsubscribe_url else { return Vec::new() };
    vec![
        ("List-Unsubscribe".to_owned(), format!("<{url}>")),
        ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
    ]
}

/// Any message as the development inbox takes it.
fn message(parcel: &Parcel) -> DevelopmentMessage {
    let content = &parcel.content;
    let body = content
        .body
        .as_ref()
        .or(content.text.as_ref())
        .or(content.html.as_ref())
        .cloned()
        .unwrap_or_default();
    let body = match &content.url {
        Some(url) => format!("{body}\n{url}"),
        None => body,
    };
    DevelopmentMessage {
        channel: parcel.channel.to_string(),
        to: parcel.address.clone(),
        title: content.title.clone().or_else(|| content.subject.clone()),
        body,
        message: parcel.message.to_string(),
    }
}

/// `Shop <hello@shop.example>` or `hello@shop.example`; whether the address is one is judged when it is sent.
fn mailbox(text: &str) -> Mailbox {
    let text = text.trim();
    match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((name, address)) => {
            let name = name.trim().trim_matches('"').to_owned();
            Mailbox { name, address: address.trim().to_owned() }
        }
        None => Mailbox::bare(text),
    }
}

fn outcome(outcome: wend_channels::Outcome) -> Outcome {
    match outcome {
        wend_channels::Outcome::Accepted { reply } => Outcome::Accepted { reply },
        wend_channels::Outcome::Temporary { reply } => Outcome::Temporary { reply },
        wend_channels::Outcome::Permanent { reply, suppress } => Outcome::Permanent { reply, suppress },
        wend_channels::Outcome::Unknown { what } => Outcome::Unknown { what },
    }
}

#[cfg(test)]
mod tests;
