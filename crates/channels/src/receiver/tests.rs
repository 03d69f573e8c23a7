use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::*;

/// The recipients and contents of mails, in order.
type Mails = Vec<(String, Vec<u8>)>;

#[derive(Default)]
struct Room {
    taken: Arc<Mutex<Mails>>,
    is_away: bool,
}

impl Mailroom for Room {
    fn expects<'a>(
        &'a self,
        recipient: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        Box::pin(std::future::ready(recipient.starts_with("b-")))
    }

    fn take<'a>(
        &'a self,
        recipient: &'a str,
        content: &'a [u8],
    ) -> std::pin::Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        self.taken.lock().unwrap().push((recipient.to_owned(), content.to_vec()));
        Box::pin(std::future::ready(!self.is_away))
    }
}

/// What a client says, at once, and the codes that it hears.
async fn said(room: Room, script: &[u8]) -> Vec<String> {
    let receiver = Receiver::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = receiver.address();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(receiver.run(room, async {
        let _ = stopped.await;
    }));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(script).await.unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await.unwrap();
    drop(stop);
    server.await.unwrap();
    let last = |line: &&str| line.as_bytes().get(3) == Some(&b' ');
    heard.lines().filter(last).map(|line| line[..3].to_owned()).collect()
}

#[tokio::test]
async fn mail_to_a_signed_address_is_taken_with_whatever_line_ends_and_to_others_refused() {
    let room = Room::default();
    let taken = Arc::clone(&room.taken);
    let long = "x".repeat(5_000);
    let script = format!(
        "EHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<ann@b.example>\r\nRCPT TO:<b-1@b.example>\r\nDATA\r\n\
         Subject: a\rb: c\r\r{long}\nlone\n.\r\nstill\r\n..dot\r\n.\r\nAUTH PLAIN\r\nQUIT\r\n"
    );
    let codes = said(room, script.as_bytes()).await;
    assert_eq!(codes, ["220", "250", "250", "550", "250", "354", "250", "500", "221"]);
    let taken = taken.lock().unwrap();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].0, "b-1@b.example");
    let expected = format!("Subject: a\rb: c\r\r{long}\nlone\n\r\nstill\r\n.dot\r\n");
    assert_eq!(String::from_utf8_lossy(&taken[0].1), expected);
}

#[tokio::test]
async fn what_cannot_be_taken_in_now_is_the_senders_to_repeat() {
    let room = Room { is_away: true, ..Room::default() };
    let script = b"HELO mx\r\nMAIL FROM:<>\r\nRCPT TO:<b-1@b.example>\r\nDATA\r\nhello\r\n.\r\nQUIT\r\n";
    assert_eq!(said(room, script).await, ["220", "250", "250", "250", "354", "451", "221"]);
}
