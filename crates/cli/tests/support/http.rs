//! HTTP/1.1 by hand, one connection a request: the tests say each byte, and see each answer as it came.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_mins(1);
/// The longest head of a message.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// A request or an answer: its first line, its headers with names in lower case, its body.
#[derive(Debug, Clone, Default)]
pub struct Message {
    pub first_line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Message {
    pub fn request(method: &str, path: &str) -> Self {
        Self { first_line: format!("{method} {path} HTTP/1.1"), ..Self::default() }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_lowercase(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn json(self, body: &serde_json::Value) -> Self {
        self.with("content-type", "application/json").body(body.to_string())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The status of an answer.
    pub fn status(&self) -> u16 {
        let status = self.first_line.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.unwrap_or_else(|| panic!("an answer begins with its status, not {:?}", self.first_line))
    }

    /// The path of a request.
    pub fn path(&self) -> &str {
        self.first_line.split(' ').nth(1).unwrap_or_default()
    }

    /// The body as a document.
    pub fn document(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&self.body)))
    }

    /// Writes it with the length that its body has, as the only one on its connection.
    pub fn write(&self, stream: &mut impl Write) -> io::Result<()> {
        let mut bytes = format!("{}\r\n", self.first_line).into_bytes();
        for (name, value) in &self.headers {
            if !matches!(name.as_str(), "content-length" | "connection" | "transfer-encoding" | "keep-alive")
            {
                bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
            }
        }
        let length = self.body.len();
        bytes.extend_from_slice(format!("content-length: {length}\r\nconnection: close\r\n\r\n").as_bytes());
        bytes.extend_from_slice(&self.body);
        stream.write_all(&bytes)?;
        stream.flush()
    }

    /// Reads one; none if the other side ends before its first byte.
    pub fn read(stream: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at;
            }
            if bytes.len() > HEAD_BYTES_MAX {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if more(stream, &mut bytes)? == 0 {
                return if bytes.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let mut lines = text.split("\r\n");
        let first_line = lines.next().unwrap_or_default().to_owned();
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
        let mut message = Self { first_line, headers, body: bytes.split_off(head + 4) };
        message.read_body(stream)?;
        Ok(Some(message))
    }

    fn read_body(&mut self, stream: &mut impl Read) -> io::Result<()> {
        if self.header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
            return self.read_chunks(stream);
        }
        let length =
            self.header("content-length").and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
        while self.body.len() < length {
            if more(stream, &mut self.body)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    fn read_chunks(&mut self, stream: &mut impl Read) -> io::Result<()> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                if let Some(at) = self.body.windows(2).position(|window| window == b"\r\n") {
                    break at;
                }
                if more(stream, &mut self.body)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            };
            let size = String::from_utf8_lossy(&self.body[..line]).into_owned();
            let size = usize::from_str_radix(size.trim(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
            while self.body.len() < line + 2 + size + 2 {
                if more(stream, &mut self.body)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            body.extend_from_slice(&self.body[line + 2..line + 2 + size]);
            self.body.drain(..line + 2 + size + 2);
            if size == 0 {
                self.body = body;
                return Ok(());
            }
        }
    }
}

fn more(stream: &mut impl Read, into: &mut Vec<u8>) -> io::Result<usize> {
    let mut piece = [0; 16 * 1024];
    let n_read = stream.read(&mut piece)?;
    into.extend_from_slice(&piece[..n_read]);
    Ok(n_read)
}

/// A connection that gives up rather than hang.
pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, ANSWER_MAX)?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    stream.set_write_timeout(Some(ANSWER_MAX))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends a request and reads its answer; an error says nothing about what became of the request.
pub fn ask(address: SocketAddr, request: &Message) -> io::Result<Message> {
    let mut stream = connect(address)?;
    let request = request.clone().with("host", address.to_string());
    request.write(&mut stream)?;
    Message::read(&mut stream)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
