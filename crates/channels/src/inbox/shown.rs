//! What can be said of a kept message: its headers and its parts.

use mail_parser::MessageParser;

use super::remarks::{Inspector, Remarks};
use super::spool::{StoredMessage, Summary};

/// The channel's name of what came by SMTP.
pub(super) const EMAIL: &str = "email";

/// One header as it was written, unfolded.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) value: String,
}

/// One message in full.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    pub(super) summary: Summary,
    pub(super) headers: Vec<Header>,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remarks: Option<Remarks>,
}

impl Shown {
    /// The same, with remarks if it is an e-mail and somebody makes them.
    pub(super) fn with_remarks(self, inspector: Inspector) -> Self {
        let inspect = inspector.0.filter(|_| self.summary.channel == EMAIL);
        let remarks =
            inspect.map(|inspect| inspect(&self.summary.subject, self.html.as_deref(), self.text.as_deref()));
        Self { remarks, ..self }
    }
}

/// Fills in what a mail's headers say.
pub(super) fn summarise_mail(summary: &mut Summary, bytes: &[u8]) {
    let Some(mail) = MessageParser::default().parse_headers(bytes) else {
        return;
    };
    mail.subject().unwrap_or_default().clone_into(&mut summary.subject);
    let from = mail.from().and_then(|from| from.first());
    from.and_then(|from| from.address()).unwrap_or_default().clone_into(&mut summary.from);
    for (name, value) in mail.headers_raw() {
        let value = value.trim();
        if name.eq_ignore_ascii_case("Delivered-To") {
            summary.to.push(value.to_owned());
        } else if name.eq_ignore_ascii_case("X-Wend-Message") && summary.message.is_none() {
            summary.message = Some(value.to_owned());
        }
    }
}

/// Takes a message apart.
pub(super) fn show(summary: Summary, bytes: &[u8]) -> Shown {
    let mut shown = Shown { summary, headers: Vec::new(), text: None, html: None, remarks: None };
    if shown.summary.channel != EMAIL {
        if let Ok(StoredMessage { message, .. }) = serde_json::from_slice(bytes) {
            shown.text = Some(message.body);
        }
        return shown;
    }
    let Some(mail) = MessageParser::default().parse(bytes) else {
        return shown;
    };
    for (name, value) in mail.headers_raw() {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        shown.headers.push(Header { name: name.to_owned(), value });
    }
    let contents = |html: bool| {
        let mut parts = mail.parts.iter().filter(|part| part.is_text() && part.is_text_html() == html);
        parts.find_map(|part| part.text_contents()).map(str::to_owned)
    };
    shown.text = contents(false);
    shown.html = contents(true);
    shown
}
