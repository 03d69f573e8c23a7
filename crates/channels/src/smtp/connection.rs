//! One connection to an SMTP server: how it is opened, and how one message crosses it.
//!
//! The crate mail-send (0.6) writes a message, its final dot and waits for the reply in one call with
//! one error, so its caller can't tell a message that certainly wasn't taken from one that may have
//! been. That difference is what this product promises (SEMANTICS section 8), hence our own dialogue.
//!
//! **The boundary.** Everything before the first byte of the final `.` is *certain*: a server may take
//! nothing before it. From that byte on, only a reply that we can read decides.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::dialogue::{Dialogue, Lost};
use super::options::{SmtpOptions, Tls};
use super::reply::{Class, Reply};
use super::tls;
use crate::email::Composed;
use crate::outcome::Outcome;

/// How long a server that waited in the pool may take to show that it is still there.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that has been greeted, and logged in if there is a login.
pub(crate) struct Connection {
    dialogue: Dialogue,
    size_max: Option<u64>,
    pipelining: bool,
    timeout: Duration,
    final_timeout: Duration,
    /// How many messages were begun on it.
    pub(crate) n_messages: u32,
    /// Whether a transaction may lie open on the server.
    dirty: bool,
}

/// How a transaction ended, and whether the connection can carry another.
pub(crate) struct Delivery {
    pub(crate) outcome: Outcome,
    pub(crate) reusable: bool,
}

/// What a server said it can do.
#[derive(Default)]
struct Abilities {
    starttls: bool,
    pipelining: bool,
    size_max: Option<u64>,
    login_kinds: Vec<String>,
}

impl Abilities {
    fn from(reply: &Reply) -> Self {
        let mut abilities = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split_whitespace();
            match words.next() {
                Some("STARTTLS") => abilities.starttls = true,
                Some("PIPELINING") => abilities.pipelining = true,
                Some("SIZE") => {
                    abilities.size_max = words.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0);
                }
                Some("AUTH") => abilities.login_kinds.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        abilities
    }
}

impl Connection {
    /// Connects, greets, encrypts and logs in. No message is at stake yet: every failure is temporary.
    pub(crate) async fn open(
        options: &SmtpOptions,
        connector: &Result<TlsConnector, tls::Error>,
    ) -> Result<Self, Lost> {
        let within = options.timeout;
        let stream = connect(options).await?;
        let name = client_name(options, &stream);
        let encrypted = options.tls == Tls::Implicit;
        let mut dialogue = if encrypted {
            encrypt(options, connector, Dialogue::new(Box::new(stream))).await?
        } else {
            Dialogue::new(Box::new(stream))
        };
        expect_done(&dialogue.reply(within).await?, "the greeting")?;
        let mut abilities = greet(&mut dialogue, &name, within).await?;
        let upgrade = match options.tls {
            Tls::None | Tls::Implicit => false,
            Tls::Offered => abilities.starttls,
            Tls::Required if abilities.starttls => true,
            Tls::Required => {
                return Err(Lost("the server offers no STARTTLS, which the SMTP URL requires".into()));
            }
        };
        if upgrade {
            expect_done(&dialogue.command("STARTTLS", within).await?, "STARTTLS")?;
            dialogue = encrypt(options, connector, dialogue).await?;
            // What was said in the clear is forgotten (RFC 3207, 4.2).
            abilities = greet(&mut dialogue, &name, within).await?;
        }
        log_in(&mut dialogue, options, &abilities, encrypted || upgrade).await?;
        Ok(Self {
            dialogue,
            size_max: abilities.size_max,
            pipelining: abilities.pipelining,
            timeout: within,
            final_timeout: options.final_timeout,
            n_messages: 0,
            dirty: false,
        })
    }

    /// Whether a connection that was idle still works; also clears what an earlier message left.
    pub(crate) async fn is_alive(&mut self) -> bool {
        let command = if self.dirty { "RSET" } else { "NOOP" };
        let reply = self.dialogue.command(command, self.timeout.min(CHECK_TIMEOUT)).await;
        self.dirty = false;
        reply.is_ok_and(|reply| reply.class() == Class::Done)
    }

    /// Whether it must be checked before use, however short it was idle.
    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Carries one message across; an error says that it broke while the message was certainly not taken.
    pub(crate) async fn deliver(&mut self, email: &Composed) -> Result<Delivery, Lost> {
        self.n_messages += 1;
        if let Some(size_max) = self.size_max.filter(|size_max| email.bytes.len() as u64 > *size_max) {
            let reply =
                format!("the e-mail has {} bytes; the server takes at most {size_max}", email.bytes.len());
            return Ok(Delivery { outcome: Outcome::unfit(reply), reusable: true });
        }
        self.dirty = true;
        if let Some(refused) = self.begin(email).await? {
            return Ok(refused);
        }
        let ready = self.dialogue.command("DATA", self.timeout).await?;
        if ready.class() != Class::GoOn {
            return refused(&ready, true);
        }
        if let Err(Lost(what)) = self.dialogue.write(&dot_stuffed(&email.bytes), self.timeout).await {
            let outcome = Outcome::temporary(format!("{what} (before the message was complete)"));
            return Ok(Delivery { outcome, reusable: false });
        }
        Ok(self.finish().await)
    }

    /// Names sender and recipient: in one round trip where the server allows it.
    async fn begin(&mut self, email: &Composed) -> Result<Option<Delivery>, Lost> {
        let sender = match self.size_max {
            Some(_) => format!("MAIL FROM:<{}> SIZE={}", email.sender, email.bytes.len()),
            None => format!("MAIL FROM:<{}>", email.sender),
        };
        let recipient = format!("RCPT TO:<{}>", email.recipient);
        let (sender, recipient) = if self.pipelining {
            self.dialogue.write(format!("{sender}\r\n{recipient}\r\n").as_bytes(), self.timeout).await?;
            (self.dialogue.reply(self.timeout).await?, Some(self.dialogue.reply(self.timeout).await?))
        } else {
            let sender = self.dialogue.command(&sender, self.timeout).await?;
            let recipient = match sender.class() {
                Class::Done => Some(self.dialogue.command(&recipient, self.timeout).await?),
                _ => None,
            };
            (sender, recipient)
        };
        if sender.class() != Class::Done {
            return refused(&sender, false).map(Some);
        }
        match recipient {
            Some(reply) if reply.class() != Class::Done => refused(&reply, true).map(Some),
            _ => Ok(None),
        }
    }

    /// Sends the final dot. From here on, no reply means that nobody knows.
    async fn finish(&mut self) -> Delivery {
        let unknown = |Lost(what)| Delivery {
            outcome: Outcome::Unknown { what: format!("{what} (after the message was complete)") },
            reusable: false,
        };
        if let Err(lost) = self.dialogue.write(b".\r\n", self.timeout).await {
            return unknown(lost);
        }
        let reply = match self.dialogue.reply(self.final_timeout).await {
            Ok(reply) => reply,
            Err(lost) => return unknown(lost),
        };
        let outcome = match reply.class() {
            Class::Done => Outcome::Accepted { reply: reply.text(), id: None },
            Class::NotNow | Class::Never => reply.refusal(true),
            Class::GoOn => return unknown(Lost(format!("the server answered {}", reply.text()))),
        };
        self.dirty = false;
        Delivery { outcome, reusable: reply.code != 421 }
    }

    /// Says good-bye without waiting for the answer.
    pub(crate) async fn quit(mut self) {
        // Nothing depends on it: whoever doesn't hear it sees the connection close.
        let _ = self.dialogue.write(b"QUIT\r\n", CHECK_TIMEOUT).await;
    }
}

/// A refusal in mid-transaction; 421 also ends the connection, as if it had broken.
fn refused(reply: &Reply, about_recipient: bool) -> Result<Delivery, Lost> {
    if reply.code == 421 {
        return Err(Lost(format!("the server is closing: {}", reply.text())));
    }
    Ok(Delivery { outcome: reply.refusal(about_recipient), reusable: true })
}

fn expect_done(reply: &Reply, what: &str) -> Result<(), Lost> {
    if reply.class() == Class::Done {
        Ok(())
    } else {
        Err(Lost(format!("{what} was answered with {}", reply.text())))
    }
}

async fn connect(options: &SmtpOptions) -> Result<TcpStream, Lost> {
    let address = (options.host.as_str(), options.port);
    let failed = |why: String| Lost(format!("cannot connect to {}:{}: {why}", options.host, options.port));
    match timeout(options.timeout, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => {
            // The final dot is a small write after a large one, which Nagle's algorithm would hold back.
            stream.set_nodelay(true).map_err(|error| failed(error.to_string()))?;
            Ok(stream)
        }
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed(format!("no answer within {} s", options.timeout.as_secs()))),
    }
}

/// The name that EHLO says: the operator's, or our own address as RFC 5321 (4.1.3) writes it.
fn client_name(options: &SmtpOptions, stream: &TcpStream) -> String {
    match (&options.name, stream.local_addr().map(|address| address.ip())) {
        (Some(name), _) => name.clone(),
        (None, Ok(std::net::IpAddr::V6(ip))) => format!("[IPv6:{ip}]"),
        (None, Ok(ip)) => format!("[{ip}]"),
        (None, Err(_)) => "localhost".to_owned(),
    }
}

async fn greet(dialogue: &mut Dialogue, name: &str, within: Duration) -> Result<Abilities, Lost> {
    let reply = dialogue.command(&format!("EHLO {name}"), within).await?;
    if reply.class() == Class::Done {
        return Ok(Abilities::from(&reply));
    }
    expect_done(&dialogue.command(&format!("HELO {name}"), within).await?, "HELO")?;
    Ok(Abilities::default())
}

async fn encrypt(
    options: &SmtpOptions,
    connector: &Result<TlsConnector, tls::Error>,
    dialogue: Dialogue,
) -> Result<Dialogue, Lost> {
    let connector = connector.as_ref().map_err(|error| Lost(error.to_string()))?;
    let name = ServerName::try_from(options.host.clone())
        .map_err(|_| Lost(format!("{} is no name that a certificate can carry", options.host)))?;
    let handshake = connector.connect(name, dialogue.into_wire()?);
    match timeout(options.timeout, handshake).await {
        Ok(Ok(stream)) => Ok(Dialogue::new(Box::new(stream))),
        Ok(Err(error)) => Err(Lost(format!(
            "TLS with {} failed: {error} (a private CA is given with `ca=FILE` in the SMTP URL)",
            options.host
        ))),
        Err(_) => {
            Err(Lost(format!("TLS with {} took more than {} s", options.host, options.timeout.as_secs())))
        }
    }
}

async fn log_in(
    dialogue: &mut Dialogue,
    options: &SmtpOptions,
    abilities: &Abilities,
    encrypted: bool,
) -> Result<(), Lost> {
    let Some((user, password)) = &options.login else {
        return Ok(());
    };
    if !encrypted && !options.tls_waived {
        return Err(Lost(
            "the server offers no encryption, so the password isn't sent (tls=none in the SMTP URL sends it anyway)"
                .into(),
        ));
    }
    let offered = |kind: &str| abilities.login_kinds.iter().any(|offered| offered == kind);
    let within = options.timeout;
    let reply = if offered("PLAIN") {
        let token = STANDARD.encode(format!("\0{user}\0{}", password.0));
        dialogue.command(&format!("AUTH PLAIN {token}"), within).await?
    } else if offered("LOGIN") {
        let mut reply = dialogue.command("AUTH LOGIN", within).await?;
        for answer in [user, &password.0] {
            if reply.class() != Class::GoOn {
                break;
            }
            reply = dialogue.command(&STANDARD.encode(answer), within).await?;
        }
        reply
    } else {
        return Err(Lost(
            "the server offers neither AUTH PLAIN nor AUTH LOGIN, but the SMTP URL has a user".into(),
        ));
    };
    if reply.class() == Class::Done {
        Ok(())
    } else {
        Err(Lost(format!(
            "the server refused the login: {} (check user and password in the SMTP URL)",
            reply.text()
        )))
    }
}

/// Doubles each dot that begins a line (RFC 5321, 4.5.2), so that no line of a body can be the final dot.
fn dot_stuffed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut line_begins = true;
    for byte in bytes {
        if line_begins && *byte == b'.' {
            out.push(b'.');
        }
        out.push(*byte);
        line_begins = *byte == b'\n';
    }
    out
}

#[cfg(test)]
mod tests;
