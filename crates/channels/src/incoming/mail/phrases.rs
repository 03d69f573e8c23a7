//! What servers and programs write in plain words, in lower case.

use wend_domain::report::BounceClass;

/// What the subject of a bounce has in it.
pub(super) const SUBJECTS: &[&str] = &[
    "undeliver",
    "delivery status notification",
    "delivery failure",
    "delivery has failed",
    "delivery notification",
    "mail delivery failed",
    "mail delivery system",
    "mail system error",
    "returned mail",
    "failure notice",
    "message not delivered",
    "could not be delivered",
    "nicht zustellbar",
    "unzustellbar",
    "non remis",
    "no entregado",
];

/// How the subject of a note of absence begins.
pub(super) const ABSENT: &[&str] = &[
    "out of office",
    "out of the office",
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto:",
    "automatische antwort",
    "abwesenheit",
    "abwesend",
    "réponse automatique",
    "respuesta automática",
    "risposta automatica",
    "vacation",
    "on vacation",
    "i am away",
];

/// What stands before a returned original.
const ORIGINALS: &[&str] = &[
    "--- below this line is a copy of the message",
    "------ this is a copy of the message",
    "this is a copy of the message, including all the headers",
    "----- original message",
    "-----original message",
    "--- original message",
    "original message headers",
    "original message follows",
    "----- unsent message follows",
    "----- message header follows",
    "included is a copy of the message header",
];

/// Phrases by what they mean. The first that is found counts: what names the sender's fault stands before what names the
/// mailbox's, because refusals often name both.
const PHRASES: &[(BounceClass, &[&str])] = &[
    (
        BounceClass::Full,
        &[
            "mailbox full",
            "mailbox is full",
            "mailbox for user is full",
            "inbox is full",
            "over quota",
            "overquota",
            "over the quota",
            "quota exceeded",
            "exceeded storage",
            "exceeds the quota",
            "out of storage",
            "insufficient system storage",
            "mailfolder is full",
            "mailbox size limit",
            "storage limit",
        ],
    ),
    (
        BounceClass::TooLarge,
        &[
            "message too large",
            "message size exceeds",
            "message is too large",
            "exceeds size limit",
            "message too big",
        ],
    ),
    (
        BounceClass::Refused,
        &[
            "spam",
            "blocked",
            "blacklist",
            "blocklist",
            "black list",
            "block list",
            "reputation",
            "spamhaus",
            "barracuda",
            "unsolicited",
            "dmarc",
            "spf check",
            "spf fail",
            "dkim",
            "policy violation",
            "policy reasons",
            "content rejected",
            "content restriction",
            "virus",
            "access denied",
            "not authorized to send",
            "relaying denied",
            "relay access denied",
            "unable to relay",
            "rate limit",
            "too many connections",
            "your access to submit messages",
        ],
    ),
    (
        BounceClass::NoDomain,
        &[
            "host unknown",
            "unknown host",
            "host not found",
            "domain not found",
            "domain does not exist",
            "no such domain",
            "nxdomain",
            "name or service not known",
            "unrouteable address",
            "no mx record",
            "null mx",
            "does not accept mail",
            "couldn't find any host named",
        ],
    ),
    (
        BounceClass::NoMailbox,
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "no such mailbox",
            "no such recipient",
            "no such address",
            "no such person",
            "no mailbox here by that name",
            "unknown recipient",
            "recipient unknown",
            "unknown address",
            "address unknown",
            "recipient not found",
            "user not found",
            "mailbox not found",
            "mailbox unavailable",
            "mailbox does not exist",
            "account does not exist",
            "account that you tried to reach does not exist",
            "account has been disabled",
            "account is disabled",
            "account disabled",
            "account inactive",
            "mailbox disabled",
            "mailbox is inactive",
            "user doesn't exist",
            "user does not exist",
            "does not have an account",
            "doesn't have a ",
            "invalid recipient",
            "invalid mailbox",
            "recipient address rejected",
            "recipient rejected",
            "address rejected",
            "is no longer",
            "no longer valid",
            "not a valid mailbox",
            "no account by that name",
            "user is not known",
            "address does not exist",
            "addresses failed",
            "address couldn't be found",
            "address not found",
            "wasn't found at",
            "unbekannter empfänger",
            "existiert nicht",
        ],
    ),
    (
        BounceClass::Temporary,
        &[
            "timed out",
            "timeout",
            "retry time",
            "connection refused",
            "temporarily",
            "greylist",
            "try again later",
            "too busy",
            "delivery time expired",
            "message expired",
            "has been in the queue too long",
            "server is down",
            "could not connect",
        ],
    ),
];

/// What a server says that still tries.
const DELAYED: &[&str] = &[
    "delivery delayed",
    "delivery is delayed",
    "delayed mail",
    "has been delayed",
    "not yet been delivered",
    "will be retried",
    "will retry",
    "warning: message still undelivered",
    "warning: could not send message for past",
    "you do not need to resend",
    "delivery status notification (delay)",
];

/// What a mail says by its words.
pub(super) fn class(words: &str) -> Option<BounceClass> {
    let words = words.to_lowercase();
    let is_in = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    PHRASES.iter().find(|(_, phrases)| is_in(phrases)).map(|(class, _)| *class)
}

/// Whether a server says that it still tries.
pub(super) fn says_delayed(text: &str, subject: &str) -> bool {
    let (text, subject) = (text.to_lowercase(), subject.to_lowercase());
    DELAYED.iter().any(|phrase| text.contains(phrase) || subject.contains(phrase))
}

/// The part of a text before a returned original, whose words say nothing of why it came back.
pub(super) fn before_the_original(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let start = ORIGINALS.iter().filter_map(|phrase| lower.find(phrase)).min();
    start.map_or(text, |start| &text[..start])
}

/// The first enhanced status code of a failure in a text: `5.1.1`.
pub(super) fn status_in(text: &str) -> Option<&str> {
    let is_edge = |character: char| !character.is_ascii_digit() && character != '.';
    text.split(is_edge).map(|word| word.trim_matches('.')).find(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        matches!(parts[..], ["4" | "5", subject, detail]
            if (1..=1).contains(&subject.len()) && (1..=3).contains(&detail.len()))
    })
}

/// The line that says most: the one with a code of a failure, else with a phrase.
pub(super) fn telling_line(text: &str) -> Option<&str> {
    let has_code = |line: &&str| {
        let mut words = line.split(|character: char| !character.is_ascii_alphanumeric());
        status_in(line).is_some()
            || words
                .any(|word| word.len() == 3 && word.starts_with(['4', '5']) && word.parse::<u16>().is_ok())
    };
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines().find(has_code).or_else(|| lines().find(|line| class(line).is_some()))
}

/// Whether what a mail program quotes begins with a line.
pub(super) fn begins_the_quoted(line: &str) -> bool {
    let lower = line.to_lowercase();
    let is_attribution = ["wrote:", "schrieb:", "a écrit :", "escribió:", "ha scritto:", "schreef:"]
        .iter()
        .any(|end| lower.ends_with(end));
    is_attribution
        || lower.starts_with("-----original")
        || lower.starts_with("-----ursprüngliche")
        || lower.starts_with("________________")
        || lower.starts_with("sent from my ")
        || lower == "--"
        || (lower.starts_with("from:") && lower.contains('@'))
}
