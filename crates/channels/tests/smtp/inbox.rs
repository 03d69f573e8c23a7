//! The development inbox, spoken to by our own channels and by Python's smtplib.

use std::process::Command;

use serde_json::Value;
use tokio::sync::oneshot;
use wend_channels::{Development, DevelopmentMessage, Inbox, InboxOptions};

use super::harness::{channel, email_to, python, run, short};

/// Runs `test` with an inbox that serves meanwhile, and stops it after.
async fn with_inbox<F: Future<Output = ()>>(test: impl FnOnce(String, String) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let loopback = "127.0.0.1:0".parse().unwrap();
    let options =
        InboxOptions { smtp: loopback, http: loopback, folder: folder.path().to_owned(), mails_max: 100 };
    let inbox = Inbox::bind(options).await.unwrap();
    let smtp = format!("smtp://{}", inbox.smtp_addr());
    let http = format!("http://{}", inbox.http_addr());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(inbox.run(async {
        stopped.await.unwrap();
    }));
    test(smtp, http).await;
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}

async fn json(url: String) -> Value {
    let client = wend_channels::http::client().build().unwrap();
    let text = client.get(url).send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn an_email_that_our_channel_sends_can_be_read_in_the_inbox() {
    with_inbox(async |smtp, http| {
        let outcome = short(&channel(&smtp).send(&email_to("zoe")).await);
        assert_eq!(outcome, "accepted: 250 2.0.0 kept as 1");
        let list = json(format!("{http}/api/mails?to=ZOE@example.com")).await;
        let mail = &list["mails"][0];
        assert_eq!(mail["channel"], "email");
        assert_eq!(mail["from"], "shop@example.com");
        assert_eq!(mail["to"][0], "zoe@example.com");
        assert_eq!(mail["subject"], "Your cart misses you, Zoë");
        assert_eq!(mail["message"], "0190c5c2-8f3a-7000-8000-000000000001");
        let mail = json(format!("{http}/api/mails/1")).await;
        assert_eq!(mail["text"], "Hello Zoë\r\n.\r\n..dots\r\n");
        assert_eq!(mail["html"], "<p>Hello Zoë</p>");
        let header = |name: &str| {
            let found = mail["headers"].as_array().unwrap().iter().find(|header| header["name"] == name);
            found.unwrap()["value"].as_str().unwrap().to_owned()
        };
        assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    })
    .await;
}

#[tokio::test]
async fn a_push_is_kept_once_however_often_it_is_sent() {
    with_inbox(async |_, http| {
        let development = Development::new(&http).unwrap();
        let mut message = DevelopmentMessage {
            channel: "push".to_owned(),
            to: "device-1".to_owned(),
            title: Some("Your cart".to_owned()),
            body: "misses you".to_owned(),
            message: "m1".to_owned(),
        };
        for _ in 0..2 {
            let outcome = short(&development.send(&message).await);
            assert!(outcome.starts_with("accepted: 20"), "{outcome}");
        }
        let list = json(format!("{http}/api/mails?channel=push")).await;
        assert_eq!(list["mails"].as_array().unwrap().len(), 1);
        assert_eq!(list["mails"][0]["to"][0], "device-1");
        message.body = "something else".to_owned();
        let outcome = short(&development.send(&message).await);
        assert!(outcome.starts_with("permanent: 409"), "{outcome}");
    })
    .await;
}

#[tokio::test]
async fn a_foreign_client_can_log_in_and_send() {
    with_inbox(async |smtp, http| {
        let port = smtp.rsplit(':').next().unwrap().to_owned();
        let script = "
import smtplib, sys
with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as client:
    client.login('anybody', 'anything')
    client.sendmail('a@example.com', ['b@example.com', 'c@example.com'],
                    'Subject: hi\\r\\n\\r\\n.\\r\\n..two\\r\\nZo\\u00eb'.encode())
";
        let mut command = Command::new(python());
        command.args(["-c", script, &port]);
        tokio::task::spawn_blocking(move || run(&mut command)).await.unwrap();
        let mail = json(format!("{http}/api/mails/1")).await;
        assert_eq!(mail["to"], serde_json::json!(["b@example.com", "c@example.com"]));
        assert_eq!(mail["text"], ".\r\n..two\r\nZoë\r\n");
    })
    .await;
}
