//! One SMTP connection (RFC 5321, with SIZE, 8BITMIME and PIPELINING; AUTH where the reception believes everybody).
//!
//! The development inbox is stricter than most servers about lines, so that a mail which passes there has no fault of
//! form elsewhere; who takes bounces takes whatever others make of mail.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio::time::timeout;

use super::Reception;
use crate::email::EMAIL_BYTES_MAX;

/// The most bytes of a command (RFC 4954 asks for 12,288 because of AUTH).
const COMMAND_BYTES_MAX: usize = 12_288;
/// The most bytes of a mail's line with its CR LF (RFC 5321, 4.5.3.1.6); a doubled dot doesn't count.
const LINE_BYTES_MAX: usize = 1_000;
/// The most recipients of one mail.
const RECIPIENTS_MAX: usize = 100;
/// The most mistakes that one connection may make.
const MISTAKES_MAX: u32 = 20;
/// The most commands on one connection: nobody needs them, but nothing here is without an end.
const COMMANDS_MAX: u32 = 1_000_000;
/// How long a connection may be silent (RFC 5321, 4.5.3.2.7).
const SILENCE_MAX: Duration = Duration::from_mins(5);

const OK: &str = "250 2.0.0 ok";
const OUT_OF_TURN: &str = "503 5.5.1 commands out of order";

enum Line {
    Whole(Vec<u8>),
    TooLong,
    End,
}

#[derive(Default)]
struct Transaction {
    sender: Option<String>,
    recipients: Vec<String>,
}

/// Why a mail that was read to its end isn't taken.
#[derive(Clone, Copy)]
enum Fault {
    TooBig,
    LongLine,
    BareLf,
}

impl Fault {
    fn reply(self) -> &'static str {
        match self {
            Self::TooBig => "552 5.3.4 the mail is larger than 10 MB",
            Self::LongLine => "550 5.6.0 the mail has a line of more than 998 bytes",
            Self::BareLf => "550 5.6.0 the mail has a line that doesn't end with CR LF",
        }
    }
}

struct Session<S, R> {
    stream: BufStream<S>,
    reception: Arc<R>,
    greeted: bool,
    transaction: Transaction,
    n_mistakes: u32,
}

/// Speaks with one client until it leaves.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin, R: Reception>(stream: S, reception: Arc<R>) {
    let mut session = Session {
        stream: BufStream::new(stream),
        reception,
        greeted: false,
        transaction: Transaction::default(),
        n_mistakes: 0,
    };
    if let Err(error) = session.run().await {
        tracing::debug!(%error, "a connection of SMTP broke");
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin, R: Reception> Session<S, R> {
    async fn run(&mut self) -> io::Result<()> {
        let greeting = format!("220 {} ESMTP", self.reception.name());
        self.reply(&greeting).await?;
        for _ in 0..COMMANDS_MAX {
            let line = match self.line(COMMAND_BYTES_MAX).await {
                Ok(Line::Whole(line)) => line,
                Ok(Line::TooLong) => {
                    self.mistake("500 5.5.2 the command is too long").await?;
                    continue;
                }
                Ok(Line::End) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    return self.reply("421 4.4.2 silent for too long").await;
                }
                Err(error) => return Err(error),
            };
            if self.command(line.trim_ascii_end()).await? || self.n_mistakes > MISTAKES_MAX {
                return Ok(());
            }
        }
        self.reply("421 4.7.0 too many commands").await
    }

    /// Answers one command, and says whether it was the last.
    async fn command(&mut self, line: &[u8]) -> io::Result<bool> {
        let Ok(line) = std::str::from_utf8(line) else {
            self.mistake("500 5.5.2 the command isn't UTF-8").await?;
            return Ok(false);
        };
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                self.greeted = true;
                self.transaction = Transaction::default();
                let size = format!("250-SIZE {EMAIL_BYTES_MAX}\r\n");
                let abilities = "250-8BITMIME\r\n250-PIPELINING\r\n250";
                let last = if self.reception.is_for_tests() {
                    "-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN"
                } else {
                    " ENHANCEDSTATUSCODES"
                };
                self.reply(&format!("250-wend\r\n{size}{abilities}{last}")).await?;
            }
            "HELO" => {
                self.greeted = true;
                self.transaction = Transaction::default();
                self.reply("250 wend").await?;
            }
            "MAIL" => self.mail(rest).await?,
            "RCPT" => self.recipient(rest).await?,
            "DATA" => self.data().await?,
            "AUTH" if self.reception.is_for_tests() => self.auth(rest).await?,
            "RSET" => {
                self.transaction = Transaction::default();
                self.reply(OK).await?;
            }
            "NOOP" => self.reply(OK).await?,
            "VRFY" => self.reply("252 2.1.5 send it and see").await?,
            "QUIT" => {
                self.reply("221 2.0.0 bye").await?;
                return Ok(true);
            }
            _ => self.mistake("500 5.5.1 unknown command").await?,
        }
        Ok(false)
    }

    async fn mail(&mut self, rest: &str) -> io::Result<()> {
        if !self.greeted || self.transaction.sender.is_some() {
            return self.mistake(OUT_OF_TURN).await;
        }
        let Some((sender, parameters)) = path(rest, "FROM:") else {
            return self.mistake("501 5.5.4 write MAIL FROM:<address>").await;
        };
        for parameter in parameters.split_whitespace() {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name.to_ascii_uppercase().as_str() {
                "SIZE" if value.parse::<usize>().is_ok_and(|size| size <= EMAIL_BYTES_MAX) => {}
                "SIZE" => return self.reply(Fault::TooBig.reply()).await,
                "BODY" | "AUTH" => {}
                _ => return self.mistake("555 5.5.4 unknown parameter of MAIL").await,
            }
        }
        self.transaction.sender = Some(sender.to_owned());
        self.reply("250 2.1.0 ok").await
    }

    async fn recipient(&mut self, rest: &str) -> io::Result<()> {
        if self.transaction.sender.is_none() {
            return self.mistake(OUT_OF_TURN).await;
        }
        match path(rest, "TO:") {
            Some((recipient, "")) if recipient.contains('@') => {
                if self.transaction.recipients.len() >= RECIPIENTS_MAX {
                    return self.reply("452 4.5.3 too many recipients").await;
                }
                if let Err(reply) = self.reception.admit(recipient).await {
                    return self.mistake(reply).await;
                }
                self.transaction.recipients.push(recipient.to_owned());
                self.reply("250 2.1.5 ok").await
            }
            Some((_, "")) => self.mistake("553 5.1.3 the recipient isn't an address").await,
            Some(_) => self.mistake("555 5.5.4 unknown parameter of RCPT").await,
            None => self.mistake("501 5.5.4 write RCPT TO:<address>").await,
        }
    }

    async fn data(&mut self) -> io::Result<()> {
        if self.transaction.recipients.is_empty() {
            return self.mistake("503 5.5.1 no valid recipients").await;
        }
        self.reply("354 end the mail with a dot on a line of its own").await?;
        let content = self.content().await?;
        let Transaction { sender, recipients } = std::mem::take(&mut self.transaction);
        let content = match content {
            Ok(content) => content,
            Err(fault) => return self.reply(fault.reply()).await,
        };
        let sender = sender.unwrap_or_default();
        match Arc::clone(&self.reception).keep(sender, recipients, content).await {
            Ok(id) => self.reply(&format!("250 2.0.0 kept as {id}")).await,
            Err(reply) => self.reply(reply).await,
        }
    }

    /// Reads a mail to its final dot, whatever is wrong with it.
    async fn content(&mut self) -> io::Result<Result<Vec<u8>, Fault>> {
        let mut content = Vec::new();
        let mut fault = None;
        let is_strict = self.reception.is_for_tests();
        let line_bytes_max = if is_strict { LINE_BYTES_MAX + 1 } else { EMAIL_BYTES_MAX };
        // Only a dot between two whole line ends is the end: anything else would let a mail's content talk to us.
        let mut after_whole_line = true;
        // Bounded by the client's patience and SILENCE_MAX; what is too large is read but not kept.
        loop {
            let line = match self.line(line_bytes_max).await? {
                Line::Whole(line) => line,
                Line::TooLong => {
                    fault = fault.or(Some(if is_strict { Fault::LongLine } else { Fault::TooBig }));
                    continue;
                }
                Line::End => return Err(io::ErrorKind::UnexpectedEof.into()),
            };
            if line == b".\r\n" && (after_whole_line || is_strict) {
                return Ok(fault.map_or(Ok(content), Err));
            }
            after_whole_line = line.ends_with(b"\r\n");
            let line = line.strip_prefix(b".").unwrap_or(&line);
            if is_strict && line.len() > LINE_BYTES_MAX {
                fault = fault.or(Some(Fault::LongLine));
            }
            if is_strict && (!line.ends_with(b"\r\n") || line[..line.len() - 2].contains(&b'\r')) {
                fault = fault.or(Some(Fault::BareLf));
            }
            if content.len() + line.len() > EMAIL_BYTES_MAX {
                fault = fault.or(Some(Fault::TooBig));
            }
            if fault.is_none() {
                content.extend_from_slice(line);
            }
        }
    }

    /// Asks for what the mechanism needs and believes it.
    async fn auth(&mut self, rest: &str) -> io::Result<()> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let prompts: &[&str] = match (mechanism.to_ascii_uppercase().as_str(), initial) {
            ("PLAIN", "") => &["334 "],
            ("PLAIN", _) => &[],
            // "Username:" and "Password:"
            ("LOGIN", "") => &["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"],
            ("LOGIN", _) => &["334 UGFzc3dvcmQ6"],
            _ => return self.mistake("504 5.5.4 only PLAIN and LOGIN").await,
        };
        for prompt in prompts {
            self.reply(prompt).await?;
            match self.line(COMMAND_BYTES_MAX).await? {
                Line::Whole(line) if line.trim_ascii() == b"*" => {
                    return self.reply("501 5.7.0 cancelled").await;
                }
                Line::Whole(_) => {}
                Line::TooLong => return self.mistake("500 5.5.6 the answer is too long").await,
                Line::End => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        self.reply("235 2.7.0 whoever you are").await
    }

    /// Reads up to the next LF; what is longer than `bytes_max` is read to its end and dropped.
    async fn line(&mut self, bytes_max: usize) -> io::Result<Line> {
        let mut line = Vec::new();
        let mut too_long = false;
        loop {
            let piece =
                timeout(SILENCE_MAX, self.stream.fill_buf()).await.map_err(|_| io::ErrorKind::TimedOut)??;
            if piece.is_empty() {
                return Ok(Line::End);
            }
            let end = piece.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(piece.len(), |end| end + 1);
            too_long = too_long || line.len() + taken > bytes_max;
            if !too_long {
                line.extend_from_slice(&piece[..taken]);
            }
            self.stream.consume(taken);
            if end.is_some() {
                return Ok(if too_long { Line::TooLong } else { Line::Whole(line) });
            }
        }
    }

    async fn mistake(&mut self, reply: &str) -> io::Result<()> {
        self.n_mistakes += 1;
        if self.n_mistakes > MISTAKES_MAX {
            return self.reply("421 4.7.0 too many mistakes").await;
        }
        self.reply(reply).await
    }

    async fn reply(&mut self, reply: &str) -> io::Result<()> {
        let write = async {
            self.stream.write_all(reply.as_bytes()).await?;
            self.stream.write_all(b"\r\n").await?;
            self.stream.flush().await
        };
        timeout(SILENCE_MAX, write).await.map_err(|_| io::ErrorKind::TimedOut)?
    }
}

/// Takes `FROM:<address> PARAMETERS` apart.
fn path<'x>(rest: &'x str, keyword: &str) -> Option<(&'x str, &'x str)> {
    let (found, rest) = rest.split_at_checked(keyword.len())?;
    if !found.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let (address, parameters) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    let bad = |character: char| character.is_control() || character.is_whitespace();
    (address.len() <= 320 && !address.contains(bad)).then_some((address, parameters.trim()))
}
