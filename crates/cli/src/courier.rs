//! From a rendered message to a channel.
//!
//! E-mail goes by the senders that are configured: mail servers and providers' HTTP APIs. Calls of webhook steps go to where they are aimed, within what
//! the operator lets them reach. Everything else - push, SMS, webhook messages and any channel that a team declares - goes to the development inbox if there is one, because its providers come later; without one it
//! fails for good, and says why.

use std::collections::BTreeMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::Value;
use wend_channels::web::{Answer, BodyEnd, Call, Called, Method, Verdict, Web};
use wend_channels::{
    Development, DevelopmentMessage, Dkim, Dns, Email, Fault, Mailbox, NewSender, RecordKind, SenderStatus,
    Senders, Smtp, SmtpOptions,
};
use wend_domain::id::Channel;
use wend_domain::input::{Answered, Outcome, Receipt};
use wend_domain::sending::gate::{GateRule, RoomWanted};
use wend_domain::sending::records::{self, Facts, Found, Judged, Kind};
use wend_domain::time::{Period, Timestamp};
use wend_engine::{
    Carried, Checking, Clock, Courier, Parcel, ProviderCall, SenderView, Telling, WebReply, WebRequest,
};

use crate::settings::Settings;
use crate::told::ToldByProviders;

/// The channel that goes by senders.
const EMAIL: &str = "email";
/// What the sender is called that `email.smtp` makes.
const SMTP: &str = "smtp";
/// How many milliseconds a second has.
const MILLIS_PER_SECOND: i64 = 1_000;

/// Everything outside that messages can be handed to.
pub struct Outside {
    senders: Senders,
    development: Option<Development>,
    web: Web,
    told: ToldByProviders,
    sender: String,
    clock: Arc<dyn Clock>,
    /// Domain, selector, kind and public key of what signs.
    published: Option<(String, (String, &'static str, String))>,
    /// The host that links lead to.
    links_host: Option<String>,
    /// The domain of the addresses that messages come back to.
    bounces: Option<String>,
    dns: String,
}

impl Outside {
    /// Makes the channels that are configured; connects to nobody yet.
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let senders = senders(settings)?;
        let development = if settings.inbox.is_empty() {
            None
        } else {
            Some(Development::new(&settings.inbox).context("cannot use inbox.url")?)
        };
        let web = Web::new(settings.web.clone());
        let published = dkim(settings)?.map(|dkim| (dkim.domain().to_owned(), dkim.published()));
        let links_host = url::Url::parse(&settings.public_url).ok();
        let links_host = links_host.and_then(|url| url.domain().map(str::to_ascii_lowercase));
        let dns = settings.dns.clone();
        Ok(Self {
            published,
            links_host,
            bounces: Some(settings.bounces_domain.clone()).filter(|domain| !domain.is_empty()),
            dns,
            senders,
            development,
            web,
            told: ToldByProviders::default(),
            sender: settings.from.clone(),
            clock,
        })
    }

    /// Ends connections that lie idle.
    pub async fn close(&self) {
        self.senders.close().await;
    }

    fn goes_by_sender(&self, channel: &Channel) -> bool {
        channel.as_str() == EMAIL && !self.senders.is_empty()
    }

    async fn attempt(&self, parcel: &Parcel) -> Carried {
        if self.goes_by_sender(&parcel.channel) {
            let email = match self.email(parcel) {
                Ok(email) => email,
                Err(reply) => return Carried::Made(Outcome::Permanent { reply, suppress: false }, None),
            };
            let now = || self.clock.now();
            return match self.senders.carry(parcel.message, email, &now).await {
                wend_channels::Carried::Made { outcome, sender } => carried(outcome, sender),
                wend_channels::Carried::Wait { until, why } => Carried::Wait { until, why },
            };
        }
        if let Some(development) = &self.development {
            return carried(development.send(&message(parcel)).await, String::new());
        }
        let reply = format!("channel `{}` is not configured", parcel.channel);
        Carried::Made(Outcome::Permanent { reply, suppress: false }, None)
    }

    async fn make_call(&self, request: WebRequest) -> WebReply {
        let method = match request.method.parse::<Method>() {
            Ok(method) => method,
            Err(reply) => {
                let outcome = Outcome::Permanent { reply, suppress: false };
                return WebReply { outcome, answer: None, retry_after: None };
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
        let mut retry_after = None;
        let outcome = match called.verdict() {
            Verdict::Accepted => Outcome::Accepted { reply },
            Verdict::Temporary { retry_after: asked } => {
                retry_after = asked.map(period);
                Outcome::Temporary { reply }
            }
            Verdict::Permanent => Outcome::Permanent { reply, suppress: false },
            Verdict::Unknown => Outcome::Unknown { what: reply },
        };
        let answer = match called {
            Called::Answered(answer) => Some(answered(&answer)),
            Called::Refused { .. } | Called::NotSent { .. } | Called::Unknown { .. } => None,
        };
        WebReply { outcome, answer, retry_after }
    }

    /// The records that a domain needs, each looked up and judged.
    async fn records(&self, domain: &str) -> Result<Vec<Judged>, String> {
        let dns = Dns::new(&self.dns).map_err(|error| error.to_string())?;
        let signs = self.published.as_ref().filter(|(signs, _)| signs == domain);
        let facts = Facts {
            spf: self.senders.spf(domain),
            dkim: signs.map(|(_, published)| published.clone()),
            links_host: self.links_host.clone(),
            bounces: self.bounces.clone().map(|bounces| (bounces, self.senders.spf_of_bounces(domain))),
        };
        let mut judged = Vec::new();
        for wanted in records::wanted(domain, &facts) {
            let kind = match wanted.kind {
                Kind::Txt => RecordKind::Txt,
                Kind::Cname => RecordKind::Cname,
                Kind::Mx => RecordKind::Mx,
            };
            let found = match dns.records(&wanted.name, kind).await {
                Ok(found) => Found::There(found),
                Err(error) => Found::Unknown(error.to_string()),
            };
            judged.push(records::judge(wanted, found));
        }
        Ok(judged)
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
    /// The development inbox takes a key once. Senders of e-mail don't, taken together: where one of them honours keys, a
    /// lost answer is asked for again within the attempt, and after that another sender might be asked (SEMANTICS 8.4).
    fn honours_keys(&self, channel: &Channel) -> bool {
        !self.goes_by_sender(channel) && self.development.is_some()
    }

    fn usable(&self, channel: &Channel) -> bool {
        self.goes_by_sender(channel) || self.development.is_some()
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(async {
            match self.attempt(parcel).await {
                Carried::Made(outcome, _) => outcome,
                Carried::Wait { why, .. } => Outcome::Temporary { reply: why },
            }
        })
    }

    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Carried> + Send + 'a>> {
        Box::pin(self.attempt(parcel))
    }

    fn read_told(&self, call: ProviderCall) -> Telling<'_> {
        Box::pin(self.told.read(&self.web, call))
    }

    fn room_wanted(&self, at: Timestamp) -> Vec<(String, RoomWanted)> {
        self.senders.room_wanted(at)
    }

    fn room_granted(&self, sender: &str, wanted: &RoomWanted, n_granted: u32) {
        self.senders.room_granted(sender, wanted, n_granted);
    }

    fn check_domain<'a>(&'a self, domain: &'a str) -> Checking<'a> {
        Box::pin(self.records(domain))
    }

    fn senders(&self, at: Timestamp) -> Vec<SenderView> {
        self.senders.status(at).into_iter().map(view).collect()
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

/// `email.smtp`, and every `[sender.NAME]`.
fn senders(settings: &Settings) -> anyhow::Result<Senders> {
    let mut senders = Vec::new();
    if !settings.smtp.expose().is_empty() {
        let options: SmtpOptions = settings.smtp.expose().parse().context("cannot use email.smtp")?;
        senders.push(NewSender {
            name: SMTP.to_owned(),
            provider: Box::new(Smtp::new(options, dkim(settings)?).context("cannot use email.smtp")?),
            tier: 1,
            weight: 1,
            from_domains: Vec::new(),
            rule: GateRule::default(),
        });
    }
    for (name, sender) in &settings.senders {
        let sender = sender.sender(name, || dkim(settings));
        senders.push(sender.with_context(|| format!("cannot use [sender.{name}]"))?);
    }
    Senders::new(senders).context("cannot use the senders of e-mail")
}

fn dkim(settings: &Settings) -> anyhow::Result<Option<Dkim>> {
    if settings.dkim_key_file.is_empty() {
        return Ok(None);
    }
    let key = Path::new(&settings.dkim_key_file);
    Ok(Some(Dkim::from_file(&settings.dkim_domain, &settings.dkim_selector, key)?))
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

/// An attempt as the engine knows it.
fn carried(outcome: wend_channels::Outcome, sender: String) -> Carried {
    let mut receipt = Receipt { sender, ..Receipt::default() };
    let outcome = match outcome {
        wend_channels::Outcome::Accepted { reply, id } => {
            receipt.id = id.unwrap_or_default();
            Outcome::Accepted { reply }
        }
        wend_channels::Outcome::Temporary { reply, fault, retry_after } => {
            // A provider that asks for a pause is paused as a whole; the message may go by another one before.
            receipt.retry_after = retry_after.filter(|_| fault == Fault::Message).map(period);
            Outcome::Temporary { reply }
        }
        wend_channels::Outcome::Permanent { reply, suppress } => Outcome::Permanent { reply, suppress },
        wend_channels::Outcome::Unknown { what } => Outcome::Unknown { what },
    };
    Carried::Made(outcome, (receipt != Receipt::default()).then_some(receipt))
}

fn period(duration: std::time::Duration) -> Period {
    Period::from_millis(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX))
}

fn view(status: SenderStatus) -> SenderView {
    let SenderStatus { name, kind, tier, weight, breaker, until, warming_up, outcomes, failed } = status;
    SenderView { name, kind, tier, weight, breaker, until, warming_up, outcomes, failed }
}

#[cfg(test)]
mod tests;
