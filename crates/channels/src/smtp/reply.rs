//! What an SMTP server answers, and what it means.

use crate::outcome::Outcome;

/// The most characters of a reply that are kept.
const TEXT_CHARS_MAX: usize = 500;

/// One reply, its lines joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// The three digits.
    pub(crate) code: u16,
    /// The texts of all lines, joined by spaces for one reading.
    pub(crate) lines: Vec<String>,
}

/// The class of a reply, by its first digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// 2yz: done.
    Done,
    /// 3yz: go on.
    GoOn,
    /// 4yz: not now.
    NotNow,
    /// 5yz: never.
    Never,
}

impl Reply {
    pub(crate) fn class(&self) -> Class {
        match self.code / 100 {
            2 => Class::Done,
            3 => Class::GoOn,
            4 => Class::NotNow,
            _ => Class::Never,
        }
    }

    /// The reply in one line, bounded, without control characters.
    pub(crate) fn text(&self) -> String {
        let text = format!("{} {}", self.code, self.lines.join(" "));
        text.chars().filter(|character| !character.is_control()).take(TEXT_CHARS_MAX).collect()
    }

    /// The enhanced status code (RFC 3463), such as 5.1.1, if the reply begins with one.
    fn enhanced(&self) -> Option<(u16, u16, u16)> {
        let word = self.lines.first()?.split_whitespace().next()?;
        let mut numbers = word.split('.').map(str::parse::<u16>);
        let status = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
        numbers.next().is_none().then_some(status)
    }

    /// Whether the reply says that the recipient's address is bad for good.
    ///
    /// 5.1.x is about addresses, but 5.1.7 and 5.1.8 are about the sender's; 5.2.1 is a disabled mailbox.
    /// A reply without such a code isn't enough: a plain 550 is as often a matter of policy (5.7.x).
    fn blames_recipient(&self) -> bool {
        match self.enhanced() {
            Some((5, 1, detail)) => !matches!(detail, 7 | 8),
            Some((5, 2, 1)) => true,
            _ => false,
        }
    }

    /// The outcome of a message that this reply refused; `about_recipient` when it answers RCPT or DATA.
    pub(crate) fn refusal(&self, about_recipient: bool) -> Outcome {
        match self.class() {
            Class::Never if self.needs_operator() => {
                Outcome::temporary(format!("{} (check user and password in the SMTP URL)", self.text()))
            }
            Class::Never => Outcome::Permanent {
                reply: self.text(),
                suppress: about_recipient && self.blames_recipient(),
            },
            Class::NotNow => Outcome::not_now(self.text()),
            Class::Done | Class::GoOn => {
                Outcome::temporary(format!("the server answered out of turn: {}", self.text()))
            }
        }
    }

    /// 530, 534, 535 and 538 are about our login: no message is to be lost by a wrong password.
    fn needs_operator(&self) -> bool {
        matches!(self.code, 530 | 534 | 535 | 538)
    }
}

/// Reads one line of a reply: its code, whether more follow, and its text.
pub(crate) fn line(line: &[u8]) -> Option<(u16, bool, String)> {
    let (code, rest) = line.split_at_checked(3)?;
    if !code.iter().all(u8::is_ascii_digit) || !(b'2'..=b'5').contains(&code[0]) {
        return None;
    }
    let code = std::str::from_utf8(code).ok()?.parse().ok()?;
    let (more, text) = match rest {
        [] => (false, rest),
        [b' ', text @ ..] => (false, text),
        [b'-', text @ ..] => (true, text),
        _ => return None,
    };
    Some((code, more, String::from_utf8_lossy(text).trim_end().to_owned()))
}

#[cfg(test)]
mod tests;
