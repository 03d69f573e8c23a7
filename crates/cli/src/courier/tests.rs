use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wend_channels::Mailbox;
use wend_domain::id::{Channel, MessageId, WorkspaceId};
use wend_domain::input::Outcome;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Carried, Courier as _, ManualClock, Parcel, WebRequest};
use wend_render::Rendered;

use super::{Outside, mailbox, message};
use crate::settings::Settings;

fn outside(settings: &[(&str, &str)]) -> Outside {
    let pairs: Vec<(String, String)> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let settings = Settings::load(None, Vec::new(), &pairs).unwrap();
    Outside::new(&settings, Arc::new(ManualClock::at(Timestamp::from_millis(5_999)))).unwrap()
}

fn parcel(channel: &str, content: Rendered) -> Parcel {
    Parcel {
        workspace: WorkspaceId::from("default"),
        message: MessageId::hashed(Timestamp::from_millis(0), &[b"m"]),
        channel: Channel::from(channel),
        address: "ada@example.com".to_owned(),
        attempt: 1,
        content,
    }
}

#[tokio::test]
async fn a_channel_that_nothing_is_configured_for_fails_for_good_and_says_so() {
    let outside = outside(&[]);
    assert!(!outside.usable(&Channel::from("push")));
    let outcome = outside.send(&parcel("push", Rendered::default())).await;
    let reply = "channel `push` is not configured".to_owned();
    assert_eq!(outcome, Outcome::Permanent { reply, suppress: false });
}

#[tokio::test]
async fn an_email_that_is_from_nobody_is_not_sent_and_says_where_to_name_a_sender() {
    let outside = outside(&[("email.smtp", "smtp://127.0.0.1:1?tls=none")]);
    let Outcome::Permanent { reply, suppress: false } =
        outside.send(&parcel("email", Rendered::default())).await
    else {
        panic!("it was not refused");
    };
    assert!(reply.contains("policies.yaml"), "{reply}");
}

/// A server that gives one answer and hands over what it was sent.
async fn answering(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}/contacts", listener.local_addr().unwrap().port());
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"{}") {
            stream.read_buf(&mut asked).await.unwrap();
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        String::from_utf8(asked).unwrap()
    });
    (url, asked)
}

fn request(url: &str) -> WebRequest {
    WebRequest {
        workspace: WorkspaceId::from("default"),
        message: MessageId::hashed(Timestamp::from_millis(0), &[b"m"]),
        attempt: 1,
        method: "POST".to_owned(),
        url: url.to_owned(),
        headers: vec![("X-Api-Key".to_owned(), "s3cr3t".to_owned())],
        body: Some("{}".to_owned()),
        timeout: Duration::from_secs(10),
    }
}

#[tokio::test]
async fn s8_1_a_call_carries_its_key_and_brings_back_what_was_answered() {
    let (url, asked) = answering(
        "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nx-tag: a\r\nx-tag: b\r\n\
         content-length: 8\r\n\r\n{\"id\":7}",
    )
    .await;
    let outside = outside(&[("web.allow", "127.0.0.0/8")]);
    let reply = outside.call(request(&url)).await;
    assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{reply:?}");
    let answer = reply.answer.unwrap();
    assert_eq!((answer.status, answer.body), (201, serde_json::json!({ "id": 7 })));
    assert_eq!(answer.headers["x-tag"], "a, b");
    let asked = asked.await.unwrap().to_lowercase();
    assert!(asked.contains("x-api-key: s3cr3t") && asked.contains("idempotency-key: "), "{asked}");
}

#[tokio::test]
async fn a_call_of_what_is_not_public_is_refused_for_good() {
    let reply = outside(&[]).call(request("http://127.0.0.1:9000/")).await;
    assert!(matches!(reply.outcome, Outcome::Permanent { .. }) && reply.answer.is_none(), "{reply:?}");
}

#[test]
fn only_the_development_inbox_honours_keys() {
    let both = outside(&[("email.smtp", "smtp://127.0.0.1:1?tls=none"), ("inbox.url", "http://127.0.0.1:1")]);
    assert!(!both.honours_keys(&Channel::from("email")) && both.usable(&Channel::from("email")));
    assert!(both.honours_keys(&Channel::from("sms")) && both.usable(&Channel::from("sms")));
}

#[test]
fn an_email_has_the_templates_sender_else_the_configured_one() {
    let outside = outside(&[("email.from", "Shop <hello@shop.example>")]);
    let email = outside.email(&parcel("email", Rendered::default())).unwrap();
    assert_eq!(
        (email.from.name.as_str(), email.from.address.as_str(), email.date),
        ("Shop", "hello@shop.example", 5)
    );
    let content = Rendered { from: Some("a@b.example".to_owned()), ..Rendered::default() };
    assert_eq!(outside.email(&parcel("email", content)).unwrap().from, Mailbox::bare("a@b.example"));
}

#[test]
fn a_mailbox_is_read_with_and_without_a_name() {
    let named = Mailbox { name: "Shop, Ltd".to_owned(), address: "a@b.example".to_owned() };
    assert_eq!(mailbox(" \"Shop, Ltd\" < a@b.example > "), named);
    assert_eq!(mailbox("a@b.example"), Mailbox::bare("a@b.example"));
}

#[test]
fn an_email_without_a_mail_server_is_shown_with_its_subject_and_text() {
    let content = Rendered {
        subject: Some("Welcome".to_owned()),
        text: Some("Hello".to_owned()),
        html: Some("<p>Hello".to_owned()),
        ..Rendered::default()
    };
    let shown = message(&parcel("email", content));
    assert_eq!((shown.title.as_deref(), shown.body.as_str()), (Some("Welcome"), "Hello"));
}

/// A provider that answers each request with the next answer, and keeps what it was asked.
async fn provider(answers: Vec<&'static str>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let asked = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"}") && !request.ends_with(b"]") {
                stream.read_buf(&mut request).await.unwrap();
            }
            let answer = format!("HTTP/1.1 {answer}");
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            asked.push(String::from_utf8(request).unwrap());
        }
        asked
    });
    (url, asked)
}

#[tokio::test]
async fn an_email_that_one_sender_cannot_take_goes_by_the_next_and_says_by_which() {
    let (broken, asked) =
        provider(vec!["503 Busy\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno"]).await;
    let (spare, _) =
        provider(vec!["200 OK\r\nconnection: close\r\ncontent-length: 13\r\n\r\n{\"id\":\"49a3\"}"]).await;
    let outside = outside(&[
        ("email.from", "Shop <hello@shop.example>"),
        ("sender.main.provider", "postmark"),
        ("sender.main.key", "k3y"),
        ("sender.main.url", &broken),
        ("sender.spare.provider", "resend"),
        ("sender.spare.key", "k3y"),
        ("sender.spare.url", &spare),
        ("sender.spare.tier", "2"),
    ]);
    let content = Rendered { text: Some("Hello".to_owned()), ..Rendered::default() };
    let carried = outside.carry(&parcel("email", content)).await;
    let Carried::Made(Outcome::Accepted { .. }, Some(receipt)) = carried else { panic!("{carried:?}") };
    assert_eq!((receipt.sender.as_str(), receipt.id.as_str()), ("spare", "49a3"));
    assert!(asked.await.unwrap()[0].contains("x-postmark-server-token: k3y"));
    let shown = outside.senders(Timestamp::from_millis(6_000));
    assert_eq!(shown[0].failed.as_ref().unwrap().1, "503 no");
    assert_eq!(shown[1].outcomes["accepted"], 1);
}

#[tokio::test]
async fn the_pause_that_another_system_asks_for_comes_back_with_its_answer() {
    let (url, _) = answering("HTTP/1.1 429 Slow\r\nretry-after: 90\r\ncontent-length: 0\r\n\r\n").await;
    let reply = outside(&[("web.allow", "127.0.0.0/8")]).call(request(&url)).await;
    assert!(matches!(reply.outcome, Outcome::Temporary { .. }), "{reply:?}");
    assert_eq!(reply.retry_after, Some(Period::from_millis(90_000)));
}
