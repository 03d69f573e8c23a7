//! What providers tell by webhook, proven and read.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use wend_channels::incoming::webhook::sns::{self, CERTIFICATE_BYTES_MAX, Envelope, Kind};
use wend_channels::incoming::webhook::{self, Incoming, Provider, Refused};
use wend_channels::web::{Call, Called, Method, Web};
use wend_domain::id::MessageId;
use wend_domain::report::Report;
use wend_engine::{NotTold, ProviderCall};

/// How long a certificate of Amazon's may take to come.
const FETCH_FOR_MAX: Duration = Duration::from_secs(10);

/// The most certificates that are kept: Amazon has one or two for a region.
const CERTIFICATES_MAX: usize = 16;

/// Reads providers' calls; keeps Amazon's certificates.
#[derive(Default)]
pub struct ToldByProviders {
    certificates: Mutex<BTreeMap<String, Vec<u8>>>,
}

fn refused(refused: Refused) -> NotTold {
    match refused {
        Refused::Unproven(why) => NotTold::Unproven(why.to_owned()),
        Refused::Unreadable(why) => NotTold::Unreadable(why),
    }
}

impl ToldByProviders {
    /// What a call tells, if it proves where it comes from.
    pub async fn read(&self, web: &Web, call: ProviderCall) -> Result<Vec<(MessageId, Report)>, NotTold> {
        let Some(provider) = Provider::named(&call.provider) else {
            return Err(NotTold::NoSuchProvider(call.provider));
        };
        if provider == Provider::Ses {
            return self.by_sns(web, &call).await;
        }
        let incoming = Incoming { headers: &call.headers, body: &call.body };
        webhook::check(provider, &call.secrets, incoming, call.at).map_err(refused)?;
        webhook::read(provider, &call.body, call.at).map_err(refused)
    }

    async fn by_sns(&self, web: &Web, call: &ProviderCall) -> Result<Vec<(MessageId, Report)>, NotTold> {
        let envelope = sns::read(&call.secrets, &call.body).map_err(refused)?;
        self.verify(web, &envelope).await?;
        match &envelope.kind {
            Kind::Notification => {
                // What isn't an event, such as the note that a topic was set up, tells nothing.
                Ok(webhook::read(Provider::Ses, envelope.message.as_bytes(), call.at).unwrap_or_default())
            }
            Kind::Confirmation(url) => {
                fetch(web, url).await?;
                tracing::info!("a subscription of Amazon SNS was confirmed");
                Ok(Vec::new())
            }
            Kind::Unsubscribed => {
                tracing::warn!("a subscription of Amazon SNS was ended: nothing more is told of messages");
                Ok(Vec::new())
            }
        }
    }

    async fn verify(&self, web: &Web, envelope: &Envelope) -> Result<(), NotTold> {
        let url = &envelope.certificate_url;
        let known = self.certificates.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned();
        if let Some(certificate) = known {
            return envelope.verify(&certificate).map_err(refused);
        }
        let certificate = fetch(web, url).await?;
        if certificate.len() > CERTIFICATE_BYTES_MAX {
            return Err(NotTold::Unproven("the certificate is too large".to_owned()));
        }
        envelope.verify(&certificate).map_err(refused)?;
        let mut certificates = self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        if certificates.len() >= CERTIFICATES_MAX {
            certificates.pop_first();
        }
        certificates.insert(url.clone(), certificate);
        Ok(())
    }
}

/// What lies at an address of Amazon's, by the client that reaches nothing private.
async fn fetch(web: &Web, url: &str) -> Result<Vec<u8>, NotTold> {
    let call = Call {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        key: "wend".to_owned(),
        timeout: FETCH_FOR_MAX,
    };
    match web.call(&call).await {
        Called::Answered(answer) if (200..300).contains(&answer.status) => Ok(answer.body),
        other => Err(NotTold::NotNow(format!("Amazon's address was not fetched: {other}"))),
    }
}

#[cfg(test)]
mod tests;
