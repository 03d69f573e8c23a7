//! E-mail to real SMTP servers: aiosmtpd, scripted to misbehave, and Debian's `OpenSMTPD`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

#[path = "smtp/harness.rs"]
mod harness;

#[path = "smtp/dkim.rs"]
mod dkim;

#[path = "smtp/inbox.rs"]
mod inbox;

#[path = "smtp/opensmtpd.rs"]
mod opensmtpd;

use wend_channels::{Mailbox, Outcome};

use harness::{Certificates, Scripted, channel, email_to, short};

/// Sends one e-mail to a recipient whose name the server knows, and gives the outcome as a line.
async fn outcome_for(recipient: &str, parameters: &str) -> String {
    let server = Scripted::start(&[]);
    let outcome = server.channel(&format!("tls=none&{parameters}")).send(&email_to(recipient)).await;
    assert!(server.kept().is_empty(), "the server must not have kept this one");
    short(&outcome)
}

#[tokio::test]
async fn an_accepted_email_arrives_as_it_was_meant() {
    let server = Scripted::start(&[]);
    let outcome = server.channel("tls=none").send(&email_to("zoe")).await;
    assert_eq!(short(&outcome), "accepted: 250 2.0.0 kept on connection 1, peak 1");
    let [mail] = &server.kept()[..] else { panic!("one mail was sent") };
    let parsed = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
    assert_eq!(parsed.subject(), Some("Your cart misses you, Zoë"));
    assert_eq!(parsed.body_text(0).unwrap(), "Hello Zoë\r\n.\r\n..dots\r\n");
    assert_eq!(parsed.body_html(0).unwrap(), "<p>Hello Zoë</p>");
    assert_eq!(parsed.message_id(), Some("0190c5c2-8f3a-7000-8000-000000000001@example.com"));
    assert!(mail.contains("X-Wend-Message: 0190c5c2-8f3a-7000-8000-000000000001\r\n"));
    assert!(mail.contains("List-Unsubscribe: <https://example.com/u/1>\r\n"));
}

#[tokio::test]
async fn a_refusal_is_temporary_or_permanent_and_suppresses_only_bad_addresses() {
    let server = Scripted::start(&[]);
    let channel = server.channel("tls=none");
    for (recipient, expected) in [
        ("greylisted", "temporary: 450 4.2.0 come back later"),
        ("mailbox-full", "temporary: 452 4.2.2 mailbox full"),
        ("refuse-data", "temporary: 451 4.3.0 no data today"),
        ("later", "temporary: 451 4.7.1 not now"),
        ("unknown-user", "permanent and suppress: 550 5.1.1 no such user"),
        ("bad-domain", "permanent and suppress: 550 5.1.2 no such domain"),
        ("disabled", "permanent and suppress: 550 5.2.1 mailbox disabled"),
        ("gone", "permanent and suppress: 550 5.1.1 no such user after all"),
        ("full-for-good", "permanent: 552 5.2.2 mailbox full"),
        ("policy", "permanent: 550 5.7.1 we don't like you"),
        ("plain-550", "permanent: 550 no"),
        ("spam", "permanent: 554 5.7.1 this is spam"),
        ("zoe", "accepted: 250 2.0.0 kept on connection 1, peak 1"),
    ] {
        assert_eq!(short(&channel.send(&email_to(recipient)).await), expected, "{recipient}");
    }
    let mut email = email_to("zoe");
    email.from = Mailbox::bare("bad-sender@example.com");
    assert_eq!(short(&channel.send(&email).await), "permanent: 550 5.1.8 your domain doesn't exist");
}

#[tokio::test]
async fn a_server_that_stalls_before_the_content_leaves_a_certain_temporary() {
    assert_eq!(
        outcome_for("stall-at-rcpt", "timeout=1").await,
        "temporary: the server didn't answer within 1 s"
    );
}

#[tokio::test]
async fn a_connection_that_closes_before_the_content_leaves_a_certain_temporary() {
    let outcome = outcome_for("close-at-rcpt", "").await;
    assert!(outcome.starts_with("temporary: "), "{outcome}");
}

#[tokio::test]
async fn a_connection_dropped_before_the_dot_leaves_a_certain_temporary() {
    let server = Scripted::start(&[]);
    let mut email = email_to("drop-before-the-dot");
    // More than the sockets' buffers hold, so that the drop is seen before the dot.
    email.text = Some("a line of text that is long enough to count\n".repeat(200_000));
    let outcome = short(&server.channel("tls=none").send(&email).await);
    assert!(outcome.starts_with("temporary: "), "{outcome}");
    assert!(outcome.ends_with("(before the message was complete)"), "{outcome}");
}

#[tokio::test]
async fn a_connection_dropped_after_the_dot_leaves_the_outcome_unknown() {
    let outcome = outcome_for("drop-after-the-dot", "").await;
    assert!(outcome.starts_with("unknown: "), "{outcome}");
    assert!(outcome.ends_with("(after the message was complete)"), "{outcome}");
}

#[tokio::test]
async fn a_server_that_stalls_after_the_dot_leaves_the_outcome_unknown() {
    let outcome = outcome_for("stall-after-the-dot", "final_timeout=1").await;
    assert_eq!(outcome, "unknown: the server didn't answer within 1 s (after the message was complete)");
}

#[tokio::test]
async fn an_answer_without_meaning_after_the_dot_leaves_the_outcome_unknown() {
    let outcome = outcome_for("odd", "").await;
    assert_eq!(outcome, "unknown: the server answered 354 go on (after the message was complete)");
}

#[tokio::test]
async fn a_server_that_isnt_there_is_temporary() {
    // Bound and never listening: nobody else can be given the port meanwhile.
    let reserved = tokio::net::TcpSocket::new_v4().unwrap();
    reserved.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let free = reserved.local_addr().unwrap();
    let outcome = short(&channel(&format!("smtp://{free}")).send(&email_to("zoe")).await);
    assert!(outcome.starts_with(&format!("temporary: cannot connect to {free}")), "{outcome}");
}

#[tokio::test]
async fn one_connection_carries_many_emails() {
    let server = Scripted::start(&[]);
    let channel = server.channel("tls=none");
    for _ in 0..20 {
        let outcome = channel.send(&email_to("zoe")).await;
        assert_eq!(short(&outcome), "accepted: 250 2.0.0 kept on connection 1, peak 1");
    }
}

#[tokio::test]
async fn a_connection_is_left_after_a_hundred_emails() {
    let server = Scripted::start(&[]);
    let channel = server.channel("tls=none");
    let mut last = String::new();
    for _ in 0..101 {
        last = short(&channel.send(&email_to("zoe")).await);
    }
    assert!(last.contains("kept on connection 2"), "{last}");
}

#[tokio::test]
async fn a_connection_that_died_in_the_pool_costs_no_email() {
    let server = Scripted::start(&[]);
    let channel = server.channel("tls=none");
    for number in 1..=3 {
        let outcome = short(&channel.send(&email_to("hang-up-when-done")).await);
        assert!(outcome.contains(&format!("kept on connection {number}")), "{outcome}");
    }
}

#[tokio::test]
async fn no_more_connections_are_open_than_the_pool_may_have() {
    let server = Scripted::start(&[]);
    let channel = std::sync::Arc::new(server.channel("tls=none&pool=2"));
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let channel = std::sync::Arc::clone(&channel);
        sends.spawn(async move { channel.send(&email_to("zoe")).await });
    }
    for outcome in sends.join_all().await {
        let outcome = short(&outcome);
        assert!(outcome.ends_with("peak 1") || outcome.ends_with("peak 2"), "{outcome}");
    }
    assert_eq!(server.kept().len(), 20);
}

#[tokio::test]
async fn an_email_larger_than_the_server_takes_is_refused_for_good() {
    let server = Scripted::start(&["--size", "10000"]);
    let mut email = email_to("zoe");
    email.text = Some("x\n".repeat(10_000));
    let outcome = server.channel("tls=none").send(&email).await;
    assert!(matches!(outcome, Outcome::Permanent { suppress: false, .. }), "{outcome:?}");
}

#[tokio::test]
async fn starttls_with_a_private_ca_protects_the_email() {
    let certificates = Certificates::make();
    let server = certificates.server("starttls", &[]);
    let url = format!("smtp://127.0.0.1:{}?tls=required&ca={}", server.port, certificates.path("ca.pem"));
    let channel = channel(&url);
    for _ in 0..2 {
        let outcome = short(&channel.send(&email_to("zoe")).await);
        assert_eq!(outcome, "accepted: 250 2.0.0 kept on connection 1, peak 1 over TLS");
    }
}

#[tokio::test]
async fn tls_from_the_first_byte_protects_the_email() {
    let certificates = Certificates::make();
    let server = certificates.server("implicit", &[]);
    let url = format!("smtps://127.0.0.1:{}?ca={}", server.port, certificates.path("ca.pem"));
    let outcome = short(&channel(&url).send(&email_to("zoe")).await);
    assert_eq!(outcome, "accepted: 250 2.0.0 kept on connection 1, peak 1 over TLS");
}

#[tokio::test]
async fn a_certificate_of_an_unknown_ca_stops_everything() {
    let certificates = Certificates::make();
    let strangers = Certificates::make();
    for (tls, scheme) in [("starttls", "smtp"), ("implicit", "smtps")] {
        let server = certificates.server(tls, &[]);
        let url = format!("{scheme}://127.0.0.1:{}?ca={}", server.port, strangers.path("ca.pem"));
        let outcome = short(&channel(&url).send(&email_to("zoe")).await);
        assert!(outcome.starts_with("temporary: TLS with 127.0.0.1 failed"), "{outcome}");
        assert!(server.kept().is_empty());
    }
}

#[tokio::test]
async fn required_encryption_that_isnt_offered_stops_everything() {
    let server = Scripted::start(&[]);
    let outcome = short(&server.channel("tls=required").send(&email_to("zoe")).await);
    assert_eq!(outcome, "temporary: the server offers no STARTTLS, which the SMTP URL requires");
    assert!(server.kept().is_empty());
}

#[tokio::test]
async fn a_login_is_used_and_a_wrong_one_loses_no_email() {
    let certificates = Certificates::make();
    let server = certificates.server("starttls", &["--login", "shop:s3cret"]);
    let ca = certificates.path("ca.pem");
    let with = |login: &str| channel(&format!("smtp://{login}@127.0.0.1:{}?ca={ca}", server.port));
    let outcome = short(&with("shop:s3cret").send(&email_to("zoe")).await);
    assert!(outcome.starts_with("accepted: "), "{outcome}");
    let outcome = short(&with("shop:wr0ng").send(&email_to("zoe")).await);
    assert!(outcome.starts_with("temporary: the server refused the login: 535"), "{outcome}");
    assert!(!outcome.contains("wr0ng"), "{outcome}");
}

#[tokio::test]
async fn a_password_is_not_sent_in_the_clear_unless_told_so() {
    let server = Scripted::start(&["--login", "shop:s3cret"]);
    let url = format!("smtp://shop:s3cret@127.0.0.1:{}", server.port);
    let outcome = short(&channel(&url).send(&email_to("zoe")).await);
    assert!(outcome.starts_with("temporary: the server offers no encryption"), "{outcome}");
    let outcome = short(&channel(&format!("{url}?tls=none")).send(&email_to("zoe")).await);
    assert!(outcome.starts_with("accepted: "), "{outcome}");
}

#[tokio::test]
async fn an_address_that_no_mail_can_reach_is_suppressed_without_asking_anybody() {
    let mut email = email_to("zoe");
    email.to = Mailbox::bare("zoe at example.com");
    let outcome = short(&channel("smtp://127.0.0.1:9").send(&email).await);
    assert!(outcome.starts_with("permanent and suppress: the e-mail's to is not an address"), "{outcome}");
    email = email_to("zoe");
    email.subject = "two\nlines".to_owned();
    let outcome = short(&channel("smtp://127.0.0.1:9").send(&email).await);
    assert!(outcome.starts_with("permanent: the e-mail's subject has a line break"), "{outcome}");
}

#[tokio::test]
async fn a_send_that_is_dropped_gives_its_turn_back_and_leaves_no_connection_behind() {
    let server = Scripted::start(&[]);
    let channel = server.channel("tls=none&pool=1");
    let stalled = email_to("stall-after-the-dot");
    tokio::select! {
        outcome = channel.send(&stalled) => panic!("the server stalls, and the outcome is {outcome:?}"),
        () = server.eventually_stalled() => {}
    }
    let outcome = short(&channel.send(&email_to("zoe")).await);
    assert!(outcome.starts_with("accepted: 250 2.0.0 kept on connection 2"), "{outcome}");
}
