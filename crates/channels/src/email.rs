//! An e-mail: what the engine wants sent, and the bytes that leave.
//!
//! [`Email::compose`] is the only way from one to the other. It refuses whatever could smuggle a header
//! or a command, gives the same bytes for the same e-mail, and ends every line with CR LF.

use std::fmt::Write as _;

use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};
use ring::digest::{SHA256, digest};

/// The most bytes of one finished e-mail; many providers refuse more.
pub const EMAIL_BYTES_MAX: usize = 10 * 1024 * 1024;
/// The most characters of a message key.
const KEY_CHARS_MAX: usize = 128;
/// The most bytes of a subject, a name or a header's value.
const FIELD_BYTES_MAX: usize = 4_096;
/// The most bytes of an address: 64 of local part, `@`, 255 of domain (RFC 5321, 4.5.3.1).
const ADDRESS_BYTES_MAX: usize = 320;
/// The most bytes of the part before the `@`.
const LOCAL_PART_BYTES_MAX: usize = 64;
/// The most bytes of a line without its end (RFC 5322, 2.1.1); bodies are encoded to fit.
const LINE_BYTES_MAX: usize = 998;
/// The most additional headers.
const HEADERS_MAX: usize = 64;
/// The headers that [`Email::compose`] writes itself.
const HEADERS_OWN: [&str; 12] = [
    "from",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "x-wend-message",
    "mime-version",
    "sender",
    "dkim-signature",
];

/// A name and an address, as in `Ada <ada@example.com>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mailbox {
    /// The name that people see; may be empty.
    pub name: String,
    /// The address; an international domain is converted to its ASCII form.
    pub address: String,
}

impl Mailbox {
    /// Makes a mailbox without a name.
    pub fn bare(address: impl Into<String>) -> Self {
        Self { name: String::new(), address: address.into() }
    }
}

/// One finished message for one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// Our message's key, carried in `Message-ID` and `X-Wend-Message`.
    pub message_key: String,
    /// Who it is from.
    pub from: Mailbox,
    /// The envelope's sender, where bounces go, if not to `from`.
    pub return_path: Option<String>,
    /// Who it is for: one person, always.
    pub to: Mailbox,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<Mailbox>,
    /// The subject line.
    pub subject: String,
    /// The HTML part; at least one of the two parts must be there.
    pub html: Option<String>,
    /// The plain text part.
    pub text: Option<String>,
    /// Additional headers, such as `List-Unsubscribe` and `List-Unsubscribe-Post`.
    pub headers: Vec<(String, String)>,
    /// The `Date` header, in seconds since 1970.
    pub date: i64,
}

/// Why an e-mail can't be made into bytes; no retry would help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the e-mail's {field} {why}")]
pub struct Unfit {
    /// The field that is wrong.
    pub field: String,
    /// What is wrong with it.
    pub why: String,
    /// Whether the recipient's address is one that no mail can ever reach.
    pub bad_recipient: bool,
}

/// The addresses of an e-mail that is fit to be sent, with domains in their ASCII form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) from: Mailbox,
    pub(crate) to: Mailbox,
    pub(crate) reply_to: Option<Mailbox>,
    pub(crate) return_path: String,
}

/// An e-mail as it goes over the wire, before signing and dot-stuffing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The envelope's sender.
    pub sender: String,
    /// The envelope's recipient.
    pub recipient: String,
    /// Headers, an empty line, the body; every line ends with CR LF.
    pub bytes: Vec<u8>,
}

impl Email {
    /// Checks everything that could smuggle a header or a command, or says why this e-mail must never leave.
    pub(crate) fn check(&self) -> Result<Checked, Unfit> {
        check_key(&self.message_key)?;
        let from = checked("from", &self.from)?;
        let mut to = self.to.clone();
        check_line("to", &to.name)?;
        to.address =
            checked_address("to", &to.address).map_err(|unfit| Unfit { bad_recipient: true, ..unfit })?;
        let reply_to = self.reply_to.as_ref().map(|mailbox| checked("reply_to", mailbox)).transpose()?;
        let return_path = match &self.return_path {
            Some(address) => checked_address("return path", address)?,
            None => from.address.clone(),
        };
        check_line("subject", &self.subject)?;
        self.check_headers()?;
        let parts = [&self.html, &self.text];
        if parts.iter().all(|part| part.is_none()) {
            return Err(unfit("body", "is missing: give `html`, `text` or both"));
        }
        let n_bytes: usize = parts.iter().filter_map(|part| part.as_ref().map(String::len)).sum();
        if n_bytes > EMAIL_BYTES_MAX {
            return Err(unfit("body", format!("has {n_bytes} bytes; at most {EMAIL_BYTES_MAX} are sent")));
        }
        Ok(Checked { from, to, reply_to, return_path })
    }

    /// Makes the bytes, or says why this e-mail must never leave.
    pub fn compose(&self) -> Result<Composed, Unfit> {
        let Checked { from, to, reply_to, return_path } = self.check()?;
        let domain = from.address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let message_id = format!("<{}@{domain}>", self.message_key);
        let mut builder = MessageBuilder::new()
            .header("From", address(&from))
            .header("To", address(&to))
            .subject(self.subject.as_str())
            .date(self.date)
            .header("Message-ID", Raw::new(message_id))
            .header("X-Wend-Message", Raw::new(self.message_key.as_str()))
            .header("MIME-Version", Raw::new("1.0"));
        if let Some(reply_to) = &reply_to {
            builder = builder.header("Reply-To", address(reply_to));
        }
        for (name, value) in &self.headers {
            builder = builder.header(name.as_str(), header_value(value));
        }
        let mut bytes = Vec::new();
        builder.body(self.body()?).serialize(&mut bytes);
        let bytes = with_crlf(&bytes);
        if bytes.split(|byte| *byte == b'\n').any(|line| line.len() > LINE_BYTES_MAX + 1) {
            return Err(unfit("headers", format!("make a line of more than {LINE_BYTES_MAX} bytes")));
        }
        if bytes.len() > EMAIL_BYTES_MAX {
            return Err(unfit(
                "body",
                format!("has {} bytes; at most {EMAIL_BYTES_MAX} are sent", bytes.len()),
            ));
        }
        Ok(Composed { sender: return_path, recipient: to.address, bytes })
    }

    fn body(&self) -> Result<MimePart<'_>, Unfit> {
        let text = self.text.as_deref().map(|text| part("text/plain", text));
        let html = self.html.as_deref().map(|html| part("text/html", html));
        match (text, html) {
            (Some(text), Some(html)) => {
                let kind = ContentType::new("multipart/alternative").attribute("boundary", self.boundary());
                Ok(MimePart::new(kind, BodyPart::Multipart(vec![text, html])))
            }
            (Some(only), None) | (None, Some(only)) => Ok(only),
            (None, None) => Err(unfit("body", "is missing: give `html`, `text` or both")),
        }
    }

    /// A boundary that is the same each time, and in neither part.
    fn boundary(&self) -> String {
        let parts = [self.text.as_deref().unwrap_or_default(), self.html.as_deref().unwrap_or_default()];
        let mut boundary = "=_wend_".to_owned();
        for byte in &digest(&SHA256, self.message_key.as_bytes()).as_ref()[..12] {
            write!(boundary, "{byte:02x}").expect("a String takes any text");
        }
        while parts.iter().any(|part| part.contains(&boundary)) {
            // Each round makes it longer than the last, so a text of finite length ends this.
            boundary.push('_');
        }
        boundary
    }

    fn check_headers(&self) -> Result<(), Unfit> {
        if self.headers.len() > HEADERS_MAX {
            return Err(unfit(
                "headers",
                format!("are {}; at most {HEADERS_MAX} are sent", self.headers.len()),
            ));
        }
        for (name, value) in &self.headers {
            let printable = |byte: u8| byte.is_ascii_graphic() && byte != b':';
            if name.is_empty() || name.len() > 76 || !name.bytes().all(printable) {
                return Err(unfit("headers", format!("have an impossible name: {name:?}")));
            }
            if HEADERS_OWN.contains(&name.to_ascii_lowercase().as_str())
                || name.to_ascii_lowercase().starts_with("content-")
            {
                return Err(unfit(
                    "headers",
                    format!("name `{name}`, which is written from the e-mail's own fields"),
                ));
            }
            check_line(&format!("header `{name}`"), value)?;
        }
        Ok(())
    }
}

fn part<'x>(kind: &'static str, content: &'x str) -> MimePart<'x> {
    MimePart::new(ContentType::new(kind).attribute("charset", "utf-8"), content)
}

fn address(mailbox: &Mailbox) -> Address<'_> {
    let name = (!mailbox.name.is_empty()).then_some(mailbox.name.as_str());
    Address::new_address(name, mailbox.address.as_str())
}

/// Structured headers (`List-Unsubscribe: <https://…>`) must stay as they are; only text that isn't
/// ASCII has to be encoded.
fn header_value(value: &str) -> HeaderType<'_> {
    if value.is_ascii() {
        HeaderType::Raw(Raw::new(value))
    } else {
        HeaderType::Text(mail_builder::headers::text::Text::new(value))
    }
}

fn unfit(field: impl Into<String>, why: impl Into<String>) -> Unfit {
    Unfit { field: field.into(), why: why.into(), bad_recipient: false }
}

/// The key becomes the left side of a `Message-ID`, so it is made of its safe characters.
fn check_key(key: &str) -> Result<(), Unfit> {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'+');
    if key.is_empty() || key.len() > KEY_CHARS_MAX {
        return Err(unfit(
            "message key",
            format!("has {} characters; 1 to {KEY_CHARS_MAX} are allowed", key.len()),
        ));
    }
    if key.split('.').any(|atom| atom.is_empty() || !atom.bytes().all(safe)) {
        return Err(unfit("message key", format!("{key:?} has a character that a Message-ID can't carry")));
    }
    Ok(())
}

/// No line of a header may be ended by what a template or a contact put into it.
fn check_line(field: &str, value: &str) -> Result<(), Unfit> {
    if value.len() > FIELD_BYTES_MAX {
        return Err(unfit(field, format!("has {} bytes; at most {FIELD_BYTES_MAX} are sent", value.len())));
    }
    if value.chars().any(|character| character.is_control() && character != '\t') {
        return Err(unfit(field, "has a line break or another control character"));
    }
    Ok(())
}

fn checked(field: &str, mailbox: &Mailbox) -> Result<Mailbox, Unfit> {
    check_line(field, &mailbox.name)?;
    Ok(Mailbox { name: mailbox.name.clone(), address: checked_address(field, &mailbox.address)? })
}

/// Accepts the addresses that people have: an unquoted local part and a domain.
fn checked_address(field: &str, address: &str) -> Result<String, Unfit> {
    let wrong = |why: &str| Err(unfit(field, format!("is not an address that can be mailed to: {why}")));
    let Some((local, domain)) = address.rsplit_once('@') else {
        return wrong("it has no `@`");
    };
    if !local.is_ascii() {
        return wrong("the part before the `@` isn't ASCII, which few mail servers take");
    }
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    if local.is_empty() || local.len() > LOCAL_PART_BYTES_MAX || !local.bytes().all(atom) {
        return wrong("the part before the `@` is empty, too long or has a character that isn't allowed");
    }
    let Ok(url::Host::Domain(domain)) = url::Host::parse(domain) else {
        return wrong("the part after the `@` isn't a domain");
    };
    let label = |label: &str| !label.is_empty() && label.len() <= 63;
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if !domain.split('.').all(label) || !domain.bytes().all(letters) {
        return wrong("the part after the `@` isn't a domain");
    }
    let address = format!("{local}@{domain}");
    if address.len() > ADDRESS_BYTES_MAX {
        return wrong("it is too long");
    }
    Ok(address)
}

/// Ends every line with CR LF: a lone CR or LF would let a body end the message early on servers that
/// take it for a line's end.
fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 64);
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' => {
                rest.next_if_eq(&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(other),
        }
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests;
