use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Inbox, InboxOptions};
use crate::reception::door::CONNECTIONS_MAX;

const MAILS_MAX: usize = 3;

struct Running {
    smtp: SocketAddr,
    http: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<anyhow::Result<()>>,
}

impl Running {
    async fn start(folder: &Path) -> Self {
        let loopback = "127.0.0.1:0".parse().unwrap();
        let folder = folder.join("inbox");
        let options = InboxOptions { smtp: loopback, http: loopback, folder, mails_max: MAILS_MAX };
        let inbox = Inbox::bind(options).await.unwrap();
        let (smtp, http) = (inbox.smtp_addr(), format!("http://{}", inbox.http_addr()));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(inbox.run(async { stopped.await.unwrap() }));
        Self { smtp, http, stop, serving }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap().unwrap();
    }

    async fn connect(&self) -> Client {
        Client { stream: BufReader::new(TcpStream::connect(self.smtp).await.unwrap()) }
    }

    /// Gives lines and gets replies, after the greeting and HELO; `DATA` content is one line here.
    async fn talk(&self, lines: &[&str]) -> Vec<String> {
        let mut client = self.connect().await;
        client.reply().await;
        client.say("HELO test").await;
        let mut replies = Vec::new();
        for line in lines {
            replies.push(client.say(line).await);
        }
        replies
    }

    async fn mail(&self, subject: &str) -> String {
        let content = format!("Subject: {subject}\r\n\r\nhello\r\n.");
        let lines = ["MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA", &content];
        self.talk(&lines).await.pop().unwrap()
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let response = client().get(format!("{}{path}", self.http)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn subjects(&self, path: &str) -> Vec<String> {
        let (status, text) = self.get(path).await;
        assert_eq!(status, 200, "{text}");
        let list: Value = serde_json::from_str(&text).unwrap();
        let mails = list["mails"].as_array().unwrap().iter();
        mails.map(|mail| mail["subject"].as_str().unwrap().to_owned()).collect()
    }

    async fn post(&self, key: &str, body: &Value) -> u16 {
        let request = client().post(format!("{}/api/messages", self.http));
        request.header("Idempotency-Key", key).json(body).send().await.unwrap().status().as_u16()
    }
}

fn client() -> reqwest::Client {
    crate::http::client().build().unwrap()
}

struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    async fn say(&mut self, line: &str) -> String {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.reply().await
    }

    /// The last line of a reply; empty when the server has gone.
    async fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }
}

fn push(to: &str) -> Value {
    json!({ "channel": "push", "to": to, "title": "a push", "body": "text", "message": "m1" })
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_restart_and_numbers_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    assert_eq!(inbox.mail("first").await, "250 2.0.0 kept as 1");
    assert_eq!(inbox.post("k1", &push("device-1")).await, 201);
    inbox.stop().await;

    let inbox = Running::start(folder.path()).await;
    assert_eq!(inbox.subjects("/api/mails").await, ["first", "a push"]);
    assert_eq!(inbox.post("k1", &push("device-1")).await, 200);
    assert_eq!(inbox.post("k1", &push("device-2")).await, 409);
    assert_eq!(inbox.mail("third").await, "250 2.0.0 kept as 3");
    inbox.stop().await;
}

#[tokio::test]
async fn half_a_mail_from_before_a_crash_is_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("inbox")).unwrap();
    let part = folder.path().join("inbox/000000000001.eml.part");
    std::fs::write(&part, "Subj").unwrap();
    let inbox = Running::start(folder.path()).await;
    assert!(!part.exists());
    assert!(inbox.subjects("/api/mails").await.is_empty());
    inbox.stop().await;
}

#[tokio::test]
async fn the_oldest_are_removed_when_there_are_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    for subject in ["1", "2", "3", "4", "5"] {
        inbox.mail(subject).await;
    }
    assert_eq!(inbox.subjects("/api/mails").await, ["3", "4", "5"]);
    assert_eq!(inbox.get("/api/mails/1").await.0, 404);
    let files = std::fs::read_dir(folder.path().join("inbox")).unwrap().count();
    assert_eq!(files, MAILS_MAX);
    inbox.stop().await;
}

#[tokio::test]
async fn a_script_can_follow_the_list_and_clear_it() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    for subject in ["1", "2", "3"] {
        inbox.mail(subject).await;
    }
    let (_, page) = inbox.get("/api/mails?limit=2").await;
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page["next"], 2);
    assert_eq!(inbox.subjects("/api/mails?after=2").await, ["3"]);
    assert!(inbox.subjects("/api/mails?to=stranger@example.com").await.is_empty());
    assert_eq!(inbox.get("/api/mails?limit=1001").await.0, 400);
    assert_eq!(inbox.get("/api/mails?limti=1").await.0, 400);
    let cleared = client().delete(format!("{}/api/mails", inbox.http)).send().await.unwrap();
    assert_eq!(cleared.text().await.unwrap(), r#"{"removed":3}"#);
    inbox.stop().await;
    let inbox = Running::start(folder.path()).await;
    assert_eq!(inbox.mail("after").await, "250 2.0.0 kept as 4");
    inbox.stop().await;
}

#[tokio::test]
async fn commands_out_of_turn_and_malformed_ones_get_their_answers() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    let from = "MAIL FROM:<a@example.com>";
    for (lines, code) in [
        (vec!["RCPT TO:<b@example.com>"], "503 5.5.1"),
        (vec!["DATA"], "503 5.5.1"),
        (vec![from, "DATA"], "503 5.5.1"),
        (vec![from, from], "503 5.5.1"),
        (vec!["MAIL FROM:a@example.com"], "501 5.5.4"),
        (vec!["MAIL FROM:<a@example.com> FUTURE=1"], "555 5.5.4"),
        (vec!["MAIL FROM:<a@example.com> SIZE=10485761"], "552 5.3.4"),
        (vec!["MAIL FROM:<>"], "250 2.1.0"),
        (vec![from, "RCPT TO:<nobody>"], "553 5.1.3"),
        (vec![from, "RCPT TO:<b@example.com> NOTIFY=NEVER"], "555 5.5.4"),
        (vec!["FROBNICATE"], "500 5.5.1"),
        (vec![from, "RSET", from], "250 2.1.0"),
        (vec!["NOOP"], "250 2.0.0"),
        (vec!["AUTH PLAIN AGEAYg=="], "235 2.7.0"),
        (vec!["AUTH PLAIN", "AGEAYg=="], "235 2.7.0"),
        (vec!["AUTH LOGIN", "YQ==", "Yg=="], "235 2.7.0"),
        (vec!["AUTH LOGIN", "*"], "501 5.7.0"),
        (vec!["AUTH CRAM-MD5"], "504 5.5.4"),
        (vec!["QUIT"], "221 2.0.0"),
    ] {
        let replies = inbox.talk(&lines).await;
        assert!(replies.last().unwrap().starts_with(code), "{lines:?}: {replies:?}");
    }
    inbox.stop().await;
}

#[tokio::test]
async fn the_bounds_of_a_mail_get_their_answers_and_the_connection_lives_on() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    let mut client = inbox.connect().await;
    client.reply().await;
    client.say("EHLO test").await;
    let too_big = "x\r\n".repeat(4 * 1024 * 1024) + ".";
    let fits = "x".repeat(998) + "\r\n.";
    let long_line = "x".repeat(999) + "\r\n.";
    for (content, code) in [
        (too_big.as_str(), "552 5.3.4"),
        (&fits, "250 2.0.0"),
        (&long_line, "550 5.6.0"),
        ("bare\nline\r\n.", "550 5.6.0"),
        ("bare\rline\r\n.", "550 5.6.0"),
        ("smuggled\n.\nMAIL FROM:<eve@example.com>\r\n.", "550 5.6.0"),
        (".", "250 2.0.0"),
    ] {
        client.say("MAIL FROM:<a@example.com>").await;
        client.say("RCPT TO:<b@example.com>").await;
        assert_eq!(client.say("DATA").await, "354 end the mail with a dot on a line of its own");
        let reply = client.say(content).await;
        assert!(reply.starts_with(code), "{reply} for {content:.40}");
    }
    let long_command = "NOOP ".to_owned() + &"x".repeat(13_000);
    assert!(client.say(&long_command).await.starts_with("500 5.5.2"));
    inbox.stop().await;
}

#[tokio::test]
async fn too_many_recipients_mistakes_and_connections_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    let mut lines = vec!["MAIL FROM:<a@example.com>"];
    lines.extend(vec!["RCPT TO:<b@example.com>"; 101]);
    let replies = inbox.talk(&lines).await;
    assert!(replies[100].starts_with("250"), "{}", replies[100]);
    assert!(replies[101].starts_with("452 4.5.3"), "{}", replies[101]);
    let replies = inbox.talk(&["NONSENSE"; 21]).await;
    assert!(replies[19].starts_with("500"), "{}", replies[19]);
    assert!(replies[20].starts_with("421"), "{}", replies[20]);

    inbox.stop().await;
    let inbox = Running::start(folder.path()).await;
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        let mut client = inbox.connect().await;
        assert!(client.reply().await.starts_with("220"));
        clients.push(client);
    }
    let refused = inbox.connect().await.reply().await;
    assert!(refused.starts_with("421 4.7.0"), "{refused}");
    inbox.stop().await;
}

#[tokio::test]
async fn commands_sent_at_once_are_answered_in_turn() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    let mut client = inbox.connect().await;
    client.reply().await;
    let all = "EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n";
    client.stream.write_all(all.as_bytes()).await.unwrap();
    let mut replies = Vec::new();
    for _ in 0..4 {
        replies.push(client.reply().await[..3].to_owned());
    }
    assert_eq!(replies, ["250", "250", "250", "354"]);
    client.stream.write_all(b"x\r\n.\r\nQUIT\r\n").await.unwrap();
    assert_eq!(client.reply().await, "250 2.0.0 kept as 1");
    assert_eq!(client.reply().await, "221 2.0.0 bye");
    inbox.stop().await;
}

#[tokio::test]
async fn a_hostile_mail_is_shown_and_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    let evil = "<script>alert(1)</script>";
    let content = format!("Subject: {evil}\r\nContent-Type: text/html\r\n\r\n{evil}\r\n.");
    inbox.talk(&["MAIL FROM:<a@example.com>", "RCPT TO:<\"'&b@example.com>", "DATA", &content]).await;
    for path in ["/", "/mail/1", "/?to=%22%3E%3Cscript%3E"] {
        let (status, page) = inbox.get(path).await;
        assert_eq!(status, 200);
        assert!(!page.contains("<script"), "{page}");
    }
    let (_, page) = inbox.get("/mail/1").await;
    assert!(page.contains("&lt;script&gt;") && page.contains("<iframe"), "{page}");
    let framed = client().get(format!("{}/mail/1/html", inbox.http)).send().await.unwrap();
    let policy = framed.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("sandbox allow-popups") && policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("allow-scripts") && !policy.contains("allow-same-origin"), "{policy}");
    let raw = client().get(format!("{}/api/mails/1/raw", inbox.http)).send().await.unwrap();
    assert_eq!(raw.headers()["content-type"], "text/plain; charset=utf-8");
    inbox.stop().await;
}

#[tokio::test]
async fn a_page_elsewhere_cannot_read_the_mail_under_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    for (host, status) in [("evil.example.com", 403), ("localhost:8025", 200), ("[::1]:8025", 200), ("", 403)]
    {
        let request = client().get(format!("{}/api/mails", inbox.http)).header("Host", host);
        assert_eq!(request.send().await.unwrap().status(), status, "{host}");
    }
    inbox.stop().await;
}

#[tokio::test]
async fn a_message_that_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    let with = |name: &str, value: &str| {
        let mut message = push("device-1");
        message[name] = json!(value);
        message
    };
    assert_eq!(inbox.post("k", &with("channel", "email")).await, 422);
    assert_eq!(inbox.post("k", &with("to", "")).await, 422);
    assert_eq!(inbox.post("k", &with("colour", "red")).await, 422);
    assert_eq!(inbox.post(&"k".repeat(256), &push("device-1")).await, 422);
    assert_eq!(inbox.post("k", &with("body", &"x".repeat(1024 * 1024))).await, 413);
    inbox.stop().await;
}

#[tokio::test]
async fn only_loopback_addresses_are_listened_on() {
    let folder = tempfile::tempdir().unwrap();
    let loopback = "127.0.0.1:0".parse().unwrap();
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let folder = folder.path().to_owned();
    let error = Inbox::bind(InboxOptions { smtp: everywhere, http: loopback, folder, mails_max: 1 }).await;
    assert!(error.unwrap_err().to_string().contains("loopback only"));
}

#[tokio::test]
async fn a_browser_that_only_holds_a_connection_does_not_hold_up_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Running::start(folder.path()).await;
    let http: SocketAddr = inbox.http.trim_start_matches("http://").parse().unwrap();
    let _silent = TcpStream::connect(http).await.unwrap();
    inbox.stop().await;
}
