use super::{Development, DevelopmentMessage};
use crate::outcome::Outcome;

#[test]
fn only_this_machine_is_spoken_to() {
    for url in ["http://127.0.0.1:8025", "http://localhost:8025/", "http://[::1]:8025"] {
        assert!(Development::new(url).is_ok(), "{url}");
    }
    for url in [
        "http://example.com",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "https://127.0.0.1",
        "ftp://127.0.0.1",
        "nonsense",
        "",
    ] {
        assert!(Development::new(url).is_err(), "{url}");
    }
}

#[tokio::test]
async fn an_inbox_that_isnt_there_is_temporary() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let message = DevelopmentMessage {
        channel: "sms".to_owned(),
        to: "+3160000000".to_owned(),
        title: None,
        body: "hi".to_owned(),
        message: "m1".to_owned(),
    };
    let outcome = Development::new(&format!("http://{free}")).unwrap().send(&message).await;
    assert!(
        matches!(&outcome, Outcome::Temporary { reply, .. } if reply.contains("cannot connect")),
        "{outcome:?}"
    );
}
