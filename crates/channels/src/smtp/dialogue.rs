//! Lines out, replies in, over one connection; no meaning yet.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use super::reply::{self, Reply};

/// The most bytes of one reply with all its lines.
const REPLY_BYTES_MAX: usize = 64 * 1024;
/// How many bytes are read at a time.
const READ_BYTES: usize = 4 * 1024;
/// How many bytes are written within one time-out.
const WRITE_BYTES: usize = 64 * 1024;

/// Anything that carries bytes both ways.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// The connection can't be used any more, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost(pub(crate) String);

/// One connection and what was read from it but not yet understood.
pub(crate) struct Dialogue {
    wire: Box<dyn Wire>,
    unread: Vec<u8>,
}

impl Dialogue {
    pub(crate) fn new(wire: Box<dyn Wire>) -> Self {
        Self { wire, unread: Vec::new() }
    }

    /// Gives the bare connection back, if the server hasn't said more than it was asked.
    ///
    /// Words that came before the TLS handshake could be anybody's.
    pub(crate) fn into_wire(self) -> Result<Box<dyn Wire>, Lost> {
        if self.unread.is_empty() {
            Ok(self.wire)
        } else {
            Err(Lost("the server spoke between STARTTLS and the handshake".into()))
        }
    }

    /// Sends one command and waits for its reply.
    pub(crate) async fn command(&mut self, line: &str, within: Duration) -> Result<Reply, Lost> {
        self.write(format!("{line}\r\n").as_bytes(), within).await?;
        self.reply(within).await
    }

    /// Hands bytes to the connection; each piece has `within` to be taken.
    pub(crate) async fn write(&mut self, bytes: &[u8], within: Duration) -> Result<(), Lost> {
        for piece in bytes.chunks(WRITE_BYTES) {
            let written = timeout(within, async {
                self.wire.write_all(piece).await?;
                self.wire.flush().await
            });
            match written.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(Lost(format!("the connection broke while sending: {error}"))),
                Err(_) => return Err(Lost(format!("the server took nothing for {} s", within.as_secs()))),
            }
        }
        Ok(())
    }

    /// Waits for one reply, with all of its lines.
    pub(crate) async fn reply(&mut self, within: Duration) -> Result<Reply, Lost> {
        match timeout(within, self.read_reply()).await {
            Ok(answer) => answer,
            Err(_) => Err(Lost(format!("the server didn't answer within {} s", within.as_secs()))),
        }
    }

    async fn read_reply(&mut self) -> Result<Reply, Lost> {
        let mut lines = Vec::new();
        let mut bytes = 0;
        loop {
            let raw = self.read_line().await?;
            bytes += raw.len();
            let Some((code, more, text)) = reply::line(&raw) else {
                return Err(Lost("the server's answer isn't SMTP".into()));
            };
            lines.push(text);
            if !more {
                return Ok(Reply { code, lines });
            }
            if bytes > REPLY_BYTES_MAX {
                return Err(Lost(format!("the server's answer is longer than {REPLY_BYTES_MAX} bytes")));
            }
        }
    }

    async fn read_line(&mut self) -> Result<Vec<u8>, Lost> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.unread.drain(..=end).collect();
                line.truncate(line.trim_ascii_end().len());
                return Ok(line);
            }
            if self.unread.len() > REPLY_BYTES_MAX {
                return Err(Lost(format!("the server's answer is longer than {REPLY_BYTES_MAX} bytes")));
            }
            let mut piece = [0; READ_BYTES];
            match self.wire.read(&mut piece).await {
                Ok(0) => return Err(Lost("the server closed the connection".into())),
                Ok(n) => self.unread.extend_from_slice(&piece[..n]),
                Err(error) => return Err(Lost(format!("the connection broke: {error}"))),
            }
        }
    }
}
