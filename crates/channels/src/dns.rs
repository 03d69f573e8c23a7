//! Looking DNS records up, for the domain assistant: text, other names, and where mail goes.
//!
//! The packets are simple-dns's; hickory-resolver would bring some forty crates for three kinds of questions. One server is
//! asked over UDP, and over TCP if the answer doesn't fit.
//!
//! **Invariant:** an answer counts only if it has the id and the question that were asked.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

/// How long one question may take.
const TIMEOUT: Duration = Duration::from_secs(3);
/// How often it is asked over UDP, where packets are lost.
const TRIES: u32 = 2;
/// The most bytes of an answer over UDP.
const UDP_BYTES_MAX: usize = 4_096;
/// Where servers listen.
const PORT: u16 = 53;
/// Where the system says which server to ask.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// The kinds of records that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// Text.
    Txt,
    /// Another name.
    Cname,
    /// Where mail goes, without the preference.
    Mx,
}

/// A server that is asked.
#[derive(Debug, Clone, Copy)]
pub struct Dns {
    server: SocketAddr,
}

/// Why nobody could tell.
#[derive(Debug, thiserror::Error)]
pub enum DnsError {
    /// The server isn't known.
    #[error("no DNS server is known: /etc/resolv.conf names none; set email.dns, such as \"9.9.9.9\"")]
    NoServer,
    /// The name can't be asked for.
    #[error("`{0}` is no name that DNS can have")]
    Name(String),
    /// The server didn't answer, or not with sense.
    #[error("the DNS server {server} {what}")]
    Answer {
        /// Which one.
        server: SocketAddr,
        /// What it did.
        what: String,
    },
}

impl Dns {
    /// The server that is configured (`ADDRESS` or `ADDRESS:PORT`), or else the system's.
    pub fn new(configured: &str) -> Result<Self, DnsError> {
        if configured.is_empty() {
            return std::fs::read_to_string(RESOLV_CONF)
                .ok()
                .and_then(|text| text.lines().find_map(nameserver))
                .map(|address| Self { server: SocketAddr::new(address, PORT) })
                .ok_or(DnsError::NoServer);
        }
        let server = configured
            .parse()
            .or_else(|_| configured.parse().map(|address: IpAddr| SocketAddr::new(address, PORT)));
        server.map(|server| Self { server }).map_err(|_| DnsError::NoServer)
    }

    /// What a name has of a kind of record; nothing if there is no such name.
    pub async fn records(&self, name: &str, kind: RecordKind) -> Result<Vec<String>, DnsError> {
        let id = rand_id(name, kind);
        let question = question(id, name, kind).ok_or_else(|| DnsError::Name(name.to_owned()))?;
        let mut last = "didn't answer".to_owned();
        for _ in 0..TRIES {
            match timeout(TIMEOUT, self.over_udp(&question)).await {
                Ok(Ok(bytes)) => match self.read(&bytes, id, name, kind)? {
                    Answered::Records(records) => return Ok(records),
                    Answered::Cut => {
                        let whole = timeout(TIMEOUT, self.over_tcp(&question)).await;
                        let bytes = match whole {
                            Ok(Ok(bytes)) => bytes,
                            Ok(Err(error)) => {
                                return Err(self.failed(format!("can't be asked over TCP: {error}")));
                            }
                            Err(_) => return Err(self.failed("didn't answer over TCP")),
                        };
                        return match self.read(&bytes, id, name, kind)? {
                            Answered::Records(records) => Ok(records),
                            Answered::Cut => Err(self.failed("cut its answer over TCP")),
                        };
                    }
                },
                Ok(Err(error)) => last = format!("can't be asked: {error}"),
                Err(_) => {}
            }
        }
        Err(self.failed(last))
    }

    fn failed(&self, what: impl Into<String>) -> DnsError {
        DnsError::Answer { server: self.server, what: what.into() }
    }

    async fn over_udp(&self, question: &[u8]) -> std::io::Result<Vec<u8>> {
        let any: IpAddr = if self.server.is_ipv4() { [0; 4].into() } else { [0_u16; 8].into() };
        let socket = UdpSocket::bind(SocketAddr::new(any, 0)).await?;
        socket.connect(self.server).await?;
        socket.send(question).await?;
        let mut bytes = vec![0; UDP_BYTES_MAX];
        loop {
            let n_bytes = socket.recv(&mut bytes).await?;
            // Whoever else writes to this port doesn't know the id; the time-out ends this.
            if bytes[..n_bytes].get(..2) == question.get(..2) {
                bytes.truncate(n_bytes);
                return Ok(bytes);
            }
        }
    }

    async fn over_tcp(&self, question: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.server).await?;
        let length = u16::try_from(question.len()).map_err(|_| std::io::ErrorKind::InvalidInput)?;
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(question).await?;
        let length = stream.read_u16().await?;
        let mut bytes = vec![0; usize::from(length)];
        stream.read_exact(&mut bytes).await?;
        Ok(bytes)
    }

    fn read(&self, bytes: &[u8], id: u16, name: &str, kind: RecordKind) -> Result<Answered, DnsError> {
        let packet =
            Packet::parse(bytes).map_err(|error| self.failed(format!("answered without sense: {error}")))?;
        let asks_same =
            packet.questions.iter().any(|asked| asked.qname.to_string().eq_ignore_ascii_case(name));
        if packet.id() != id || !packet.has_flags(PacketFlag::RESPONSE) || !asks_same {
            return Err(self.failed("answered something that wasn't asked"));
        }
        if packet.has_flags(PacketFlag::TRUNCATION) {
            return Ok(Answered::Cut);
        }
        match packet.rcode() {
            RCODE::NoError => {}
            // There is no such name.
            RCODE::NameError => return Ok(Answered::Records(Vec::new())),
            other => return Err(self.failed(format!("answered {other:?}"))),
        }
        Ok(Answered::Records(packet.answers.iter().filter_map(|record| text(&record.rdata, kind)).collect()))
    }
}

enum Answered {
    Records(Vec<String>),
    Cut,
}

/// A number that others can't guess; it doesn't have to be a good one, as the port is random, too.
fn rand_id(name: &str, kind: RecordKind) -> u16 {
    use ring::rand::SecureRandom as _;
    let mut bytes = [0; 2];
    if ring::rand::SystemRandom::new().fill(&mut bytes).is_err() {
        return u16::try_from(name.len() % 60_000).unwrap_or(1) + kind as u16;
    }
    u16::from_be_bytes(bytes)
}

fn question(id: u16, name: &str, kind: RecordKind) -> Option<Vec<u8>> {
    let kind = match kind {
        RecordKind::Txt => TYPE::TXT,
        RecordKind::Cname => TYPE::CNAME,
        RecordKind::Mx => TYPE::MX,
    };
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let name = Name::new(name).ok()?;
    packet.questions.push(Question::new(name, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
    packet.build_bytes_vec().ok()
}

fn text(data: &RData<'_>, kind: RecordKind) -> Option<String> {
    match (data, kind) {
        // The strings of a record are one text.
        (RData::TXT(text), RecordKind::Txt) => String::try_from(text.clone()).ok(),
        (RData::CNAME(name), RecordKind::Cname) => Some(name.0.to_string()),
        (RData::MX(mx), RecordKind::Mx) => Some(mx.exchange.to_string()),
        _ => None,
    }
}

fn nameserver(line: &str) -> Option<IpAddr> {
    let mut words = line.split_whitespace();
    (words.next() == Some("nameserver")).then(|| words.next()?.parse().ok())?
}

#[cfg(test)]
mod tests;
