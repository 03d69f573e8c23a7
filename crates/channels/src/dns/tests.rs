use simple_dns::rdata::{CNAME, MX, RData, TXT};
use simple_dns::{CLASS, Name, Packet, PacketFlag, RCODE, ResourceRecord};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

use super::{Dns, RecordKind, nameserver};

/// What a server on this machine answers; `over_tcp` if it fits there.
fn answer(question: &[u8], over_tcp: bool) -> Vec<u8> {
    let asked = Packet::parse(question).unwrap();
    let name = asked.questions[0].qname.to_string();
    let mut packet = Packet::new_reply(asked.id());
    packet.questions.push(asked.questions[0].clone());
    let record = |data: RData<'static>| {
        ResourceRecord::new(Name::new_unchecked("example.com").into_owned(), CLASS::IN, 60, data)
    };
    match name.as_str() {
        "text.example.com" => {
            let two = TXT::new().with_string("v=DKIM1; ").unwrap().with_string("p=abc").unwrap();
            packet.answers.push(record(RData::TXT(two)));
            // A record of another kind, as resolvers add them.
            packet.answers.push(record(RData::CNAME(CNAME(Name::new_unchecked("other.example")))));
        }
        "links.example.com" => {
            packet.answers.push(record(RData::CNAME(CNAME(Name::new_unchecked("wend.example.net")))));
        }
        "mail.example.com" => {
            let exchange = Name::new_unchecked("mx.example.com");
            packet.answers.push(record(RData::MX(MX { preference: 10, exchange })));
        }
        "large.example.com" if over_tcp => {
            packet.answers.push(record(RData::TXT(TXT::new().with_string("whole").unwrap())));
        }
        "large.example.com" => packet.set_flags(PacketFlag::TRUNCATION),
        "broken.example.com" => *packet.rcode_mut() = RCODE::ServerFailure,
        "liar.example.com" => packet.questions[0].qname = Name::new_unchecked("other.example.com"),
        _ => *packet.rcode_mut() = RCODE::NameError,
    }
    packet.build_bytes_vec().unwrap()
}

async fn server() -> Dns {
    let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = udp.local_addr().unwrap();
    let tcp = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        let mut bytes = [0; 512];
        loop {
            let (n_bytes, from) = udp.recv_from(&mut bytes).await.unwrap();
            udp.send_to(&answer(&bytes[..n_bytes], false), from).await.unwrap();
        }
    });
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = tcp.accept().await.unwrap();
            let mut question = vec![0; usize::from(stream.read_u16().await.unwrap())];
            stream.read_exact(&mut question).await.unwrap();
            let answer = answer(&question, true);
            stream.write_u16(u16::try_from(answer.len()).unwrap()).await.unwrap();
            stream.write_all(&answer).await.unwrap();
        }
    });
    Dns::new(&address.to_string()).unwrap()
}

#[tokio::test]
async fn records_are_found_by_their_kind_and_the_strings_of_one_are_one_text() {
    let dns = server().await;
    assert_eq!(dns.records("text.example.com", RecordKind::Txt).await.unwrap(), ["v=DKIM1; p=abc"]);
    assert_eq!(dns.records("links.example.com", RecordKind::Cname).await.unwrap(), ["wend.example.net"]);
    assert_eq!(dns.records("mail.example.com", RecordKind::Mx).await.unwrap(), ["mx.example.com"]);
    assert!(dns.records("nobody.example.com", RecordKind::Txt).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_asked_for_again_over_tcp() {
    assert_eq!(server().await.records("large.example.com", RecordKind::Txt).await.unwrap(), ["whole"]);
}

#[tokio::test]
async fn a_server_that_fails_or_answers_something_else_is_no_answer() {
    let dns = server().await;
    for name in ["broken.example.com", "liar.example.com"] {
        let error = dns.records(name, RecordKind::Txt).await.unwrap_err().to_string();
        assert!(error.starts_with("the DNS server 127.0.0.1:"), "{error}");
    }
    let long = format!("{}.example.com", "a".repeat(64));
    assert!(dns.records(&long, RecordKind::Txt).await.is_err());
}

#[test]
fn the_systems_server_is_read_and_a_configured_one_has_a_port_or_not() {
    assert_eq!(nameserver("nameserver 9.9.9.9"), Some([9, 9, 9, 9].into()));
    assert_eq!(nameserver("# nameserver 9.9.9.9"), None);
    assert_eq!(nameserver("search example.com"), None);
    assert_eq!(Dns::new("9.9.9.9").unwrap().server.to_string(), "9.9.9.9:53");
    assert_eq!(Dns::new("[::1]:5353").unwrap().server.to_string(), "[::1]:5353");
    assert!(Dns::new("dns.example").is_err());
}
