//! Mail that comes back: delivery reports (RFC 3464), complaints (RFC 5965), answers.
//!
//! Reports come in every shape: proper ones, ones whose lines end with CR alone, and plain words of old servers. What
//! can be read as a report is; what can't be is told apart by codes and phrases; an absence note is neither a bounce nor
//! an answer.

mod phrases;

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use wend_domain::link::MailPurpose;
use wend_domain::report::{BounceClass, Told};

/// The most bytes of a mail that are looked at: what a report says stands at its beginning.
const LOOKED_AT_BYTES_MAX: usize = 1024 * 1024;

/// The most bytes of a text in which phrases and codes are looked for.
const TEXT_BYTES_MAX: usize = 16 * 1024;

/// The most lines of an answer that are looked at.
const ANSWER_LINES_MAX: usize = 200;

/// What a mail to an address of ours tells of the message; else why it tells nothing.
pub fn read(bytes: &[u8], purpose: MailPurpose) -> Result<Told, &'static str> {
    let bytes = with_line_feeds(&bytes[..bytes.len().min(LOOKED_AT_BYTES_MAX)]);
    let Some(mail) = MessageParser::default().parse(&bytes) else {
        return Err("it is no mail");
    };
    if let Some(fields) = part(&mail, "feedback-report") {
        return feedback(&fields);
    }
    if let Some(fields) = part(&mail, "delivery-status") {
        return delivery_status(&fields, &mail);
    }
    if is_automatic(&mail) && !looks_like_a_bounce(&mail) {
        return Err("it was sent by a program, such as a note of absence");
    }
    match purpose {
        MailPurpose::Bounce => words_of_a_server(&mail),
        MailPurpose::Reply if looks_like_a_bounce(&mail) => words_of_a_server(&mail),
        MailPurpose::Reply => Ok(Told::Replied { words: answer(&mail) }),
    }
}

/// Lines that end with CR alone, as some servers send them, end with LF.
fn with_line_feeds(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte == b'\r' {
            // CR CR LF, of servers that translate twice, is one end as well.
            while rest.next_if_eq(&b'\r').is_some() && rest.peek() != Some(&b'\n') {
                out.push(b'\n');
            }
            rest.next_if_eq(&b'\n');
            out.push(b'\n');
        } else {
            out.push(byte);
        }
    }
    out
}

/// The text of the first part of type `message/NAME`, also if its type is written otherwise.
fn part(mail: &Message<'_>, name: &str) -> Option<String> {
    let is_it = |part: &&mail_parser::MessagePart<'_>| {
        part.content_type().is_some_and(|kind| {
            kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case(name))
                && !kind.ctype().eq_ignore_ascii_case("multipart")
        })
    };
    let part = mail.parts.iter().find(is_it)?;
    Some(match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.to_string(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        PartType::Message(inner) => String::from_utf8_lossy(inner.raw_message()).into_owned(),
        PartType::Multipart(_) => return None,
    })
}

/// The fields of one block of a report, with folded lines joined; names in lower case.
fn blocks(text: &str) -> Vec<Vec<(String, String)>> {
    let mut blocks: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for line in text.lines() {
        let last = blocks.last_mut().expect("there is one at the beginning");
        if line.trim().is_empty() {
            if !last.is_empty() {
                blocks.push(Vec::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = last.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            last.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    blocks
}

fn field<'b>(block: &'b [(String, String)], name: &str) -> Option<&'b str> {
    block.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A value with a type before it, such as `smtp; 550 5.1.1 nobody`.
fn typed(value: &str) -> &str {
    match value.split_once(';') {
        Some((kind, rest)) if kind.len() <= 20 && !kind.contains(' ') => rest.trim(),
        _ => value.trim(),
    }
}

/// A complaint, or what else a mailbox feeds back (RFC 5965).
fn feedback(text: &str) -> Result<Told, &'static str> {
    let blocks = blocks(text);
    let block = blocks.iter().find(|block| field(block, "feedback-type").is_some());
    let kind = block.and_then(|block| field(block, "feedback-type")).unwrap_or("abuse").to_ascii_lowercase();
    match kind.as_str() {
        "opt-out" | "opt-out-list" => Ok(Told::Unsubscribed),
        "not-spam" => Err("the person says that it is no spam"),
        "auth-failure" | "dmarc" => Err("it is a report on authentication"),
        _ => Ok(Told::Complained { words: kind }),
    }
}

/// A delivery report (RFC 3464): of several recipients the one that failed counts.
fn delivery_status(text: &str, mail: &Message<'_>) -> Result<Told, &'static str> {
    let blocks = blocks(text);
    let actions = ["failed", "delayed", "delivered", "relayed", "expanded"];
    let of = |wanted: &str| {
        blocks.iter().find(|block| {
            field(block, "action")
                .is_some_and(|action| action.trim().to_ascii_lowercase().starts_with(wanted))
        })
    };
    let found = actions.iter().find_map(|action| Some((*action, of(action)?)));
    let (action, block) = match found {
        Some(found) => found,
        // Some servers leave the action out, and say by the status what they mean.
        None => match blocks.iter().find(|block| field(block, "status").is_some()) {
            Some(block) => ("", block),
            None => return words_of_a_server(mail),
        },
    };
    let status = field(block, "status").unwrap_or_default();
    // A status may have a comment behind it: `5.1.1 (bad destination mailbox address)`.
    let status = typed(status).split([' ', '(']).next().unwrap_or_default();
    let said = field(block, "diagnostic-code").map(typed).filter(|said| !said.is_empty());
    let words = match said {
        Some(said) => said.to_owned(),
        None => {
            format!("{status} {}", text_of(mail).lines().find(|line| !line.trim().is_empty()).unwrap_or(""))
        }
    };
    match (action, status.chars().next()) {
        ("delayed", _) | ("", Some('4')) => Ok(Told::Deferred { words }),
        ("delivered" | "relayed" | "expanded", _) | ("", Some('2')) => Ok(Told::Delivered { words }),
        _ => Ok(Told::Bounced { class: class(Some(status), &words), words }),
    }
}

/// Why a message came back: the status, unless it says nothing, in which case codes and phrases do.
pub(crate) fn class(status: Option<&str>, words: &str) -> BounceClass {
    let by_status = status.and_then(BounceClass::of_status);
    let of_words = phrases::class(words);
    match (by_status, of_words) {
        // Providers that refuse a sender often say so behind the code for an unknown mailbox.
        (Some(BounceClass::NoMailbox | BounceClass::NoDomain), Some(BounceClass::Refused)) => {
            BounceClass::Refused
        }
        (Some(BounceClass::Unknown | BounceClass::Refused | BounceClass::Temporary) | None, Some(class)) => {
            class
        }
        (Some(class), _) => class,
        (None, None) => {
            phrases::status_in(words).and_then(BounceClass::of_status).unwrap_or(BounceClass::Unknown)
        }
    }
}

/// A bounce without a delivery report: its words say what happened.
fn words_of_a_server(mail: &Message<'_>) -> Result<Told, &'static str> {
    let text = text_of(mail);
    let own = phrases::before_the_original(&text);
    let status = phrases::status_in(own);
    let known = phrases::class(own);
    if status.is_none() && known.is_none() && !looks_like_a_bounce(mail) {
        return Err("nothing in it says that a message came back");
    }
    let line = phrases::telling_line(own).unwrap_or_else(|| mail.subject().unwrap_or_default());
    let words = line.trim().to_owned();
    if phrases::says_delayed(own, mail.subject().unwrap_or_default()) {
        return Ok(Told::Deferred { words });
    }
    let class = class(status, own);
    Ok(Told::Bounced { class, words })
}

/// Whether a server wrote it because a message came back, by its sender and subject.
fn looks_like_a_bounce(mail: &Message<'_>) -> bool {
    let from = mail.from().and_then(|from| from.first()).and_then(|from| from.address()).unwrap_or_default();
    let from = from.to_ascii_lowercase();
    let by_a_server = ["mailer-daemon", "postmaster", "mail-daemon", "mdaemon", "maildaemon"]
        .iter()
        .any(|name| from.starts_with(name));
    let subject = mail.subject().unwrap_or_default().to_ascii_lowercase();
    by_a_server || phrases::SUBJECTS.iter().any(|phrase| subject.contains(phrase))
}

/// Whether a program wrote it (RFC 3834, and what programs did before).
fn is_automatic(mail: &Message<'_>) -> bool {
    let header = |name: &'static str| mail.header_raw(name).unwrap_or_default().trim().to_ascii_lowercase();
    let submitted = header("Auto-Submitted");
    let precedence = header("Precedence");
    let subject = mail.subject().unwrap_or_default().to_ascii_lowercase();
    (!submitted.is_empty() && !submitted.starts_with("no"))
        || !header("X-Autoreply").is_empty()
        || !header("X-Autorespond").is_empty()
        || (!header("X-Auto-Response-Suppress").is_empty()
            && phrases::ABSENT.iter().any(|phrase| subject.contains(phrase)))
        || ["bulk", "auto_reply", "junk", "list"].contains(&precedence.as_str())
        || phrases::ABSENT.iter().any(|phrase| subject.starts_with(phrase))
}

/// The words of a mail: its text, else its HTML made text.
fn text_of(mail: &Message<'_>) -> String {
    let text = mail.body_text(0).unwrap_or_default();
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// What a person wrote above what the mail program quoted.
fn answer(mail: &Message<'_>) -> String {
    let text = text_of(mail);
    let mut own = Vec::new();
    for line in text.lines().take(ANSWER_LINES_MAX) {
        let line = line.trim();
        if phrases::begins_the_quoted(line) {
            break;
        }
        if !line.starts_with('>') {
            own.push(line);
        }
    }
    own.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
