use mail_parser::MessageParser;
use proptest::prelude::*;

use super::{EMAIL_BYTES_MAX, Email, Mailbox};

fn email() -> Email {
    Email {
        message_key: "m.1".to_owned(),
        return_path: None,
        from: Mailbox { name: "Shop".to_owned(), address: "shop@example.com".to_owned() },
        to: Mailbox::bare("zoe@example.com"),
        reply_to: None,
        subject: "Hello".to_owned(),
        html: None,
        text: Some("Hi".to_owned()),
        headers: Vec::new(),
        date: 0,
    }
}

fn refusal(change: impl FnOnce(&mut Email)) -> String {
    let mut email = email();
    change(&mut email);
    email.compose().unwrap_err().to_string()
}

#[test]
fn the_same_email_is_the_same_bytes() {
    let mut email = email();
    email.html = Some("<p>Hi</p>".to_owned());
    let first = email.compose().unwrap();
    assert_eq!(first, email.compose().unwrap());
    let text = String::from_utf8(first.bytes).unwrap();
    assert!(text.starts_with("From: "), "{text}");
    assert!(text.contains("Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"), "{text}");
    assert!(text.contains("Message-ID: <m.1@example.com>\r\n"), "{text}");
}

#[test]
fn no_field_can_smuggle_a_header_or_a_command() {
    for evil in ["x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com", "x\rBcc: y", "x\0y"] {
        for (field, refused) in [
            ("subject", refusal(|email| email.subject = evil.to_owned())),
            ("from", refusal(|email| email.from.name = evil.to_owned())),
            ("from address", refusal(|email| email.from.address = format!("{evil}@example.com"))),
            ("to", refusal(|email| email.to.name = evil.to_owned())),
            ("to address", refusal(|email| email.to.address = format!("zoe@{evil}"))),
            ("reply_to", refusal(|email| email.reply_to = Some(Mailbox::bare(evil)))),
            ("key", refusal(|email| email.message_key = evil.to_owned())),
            ("header", refusal(|email| email.headers = vec![("X-A".to_owned(), evil.to_owned())])),
            ("header name", refusal(|email| email.headers = vec![(evil.to_owned(), "x".to_owned())])),
        ] {
            assert!(refused.starts_with("the e-mail's "), "{field}: {refused}");
        }
    }
}

#[test]
fn an_address_that_cannot_be_mailed_to_is_refused() {
    for address in [
        "",
        "zoe",
        "@example.com",
        "zoe@",
        "zoe@example..com",
        "zoe@[127.0.0.1]",
        "zoe@127.0.0.1",
        "a b@example.com",
        "zoe@exam ple.com",
        "zoe>@example.com",
        "<zoe@example.com>",
        "zoe@example.com>",
        "zoë@example.com",
        "a,b@c.de",
        "\"a b\"@example.com",
    ] {
        let refused = refusal(|email| email.to.address = address.to_owned());
        assert!(refused.starts_with("the e-mail's to is not an address"), "{address:?}: {refused}");
    }
}

#[test]
fn an_international_domain_is_written_in_ascii() {
    let mut email = email();
    email.to.address = "zoe@bücher.example".to_owned();
    assert_eq!(email.compose().unwrap().recipient, "zoe@xn--bcher-kva.example");
}

#[test]
fn our_own_headers_cannot_be_given_twice() {
    for name in ["From", "bcc", "DKIM-Signature", "Content-Type", "X-Wend-Message"] {
        let refused = refusal(|email| email.headers = vec![(name.to_owned(), "x".to_owned())]);
        assert!(refused.contains("own fields"), "{refused}");
    }
}

#[test]
fn every_line_ends_with_cr_lf_and_fits() {
    let mut email = email();
    for body in ["a\nb", "a\rb", "a\r\n.\r\nb", "ünï\n", &"x".repeat(5_000), ""] {
        email.text = Some(body.to_owned());
        email.html = Some(body.to_owned());
        let bytes = email.compose().unwrap().bytes;
        assert!(bytes.is_ascii() && bytes.ends_with(b"\r\n"));
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
        assert!(text.lines().all(|line| line.len() <= 998));
    }
}

#[test]
fn an_email_without_parts_or_beyond_the_limits_is_refused() {
    assert!(refusal(|email| email.text = None).contains("body is missing"));
    assert!(
        refusal(|email| email.text = Some("x\n".repeat(EMAIL_BYTES_MAX / 3 + 1))).contains("bytes; at most")
    );
    assert!(refusal(|email| email.subject = "x".repeat(4_097)).contains("at most 4096"));
    assert!(refusal(|email| email.message_key = "k".repeat(129)).contains("1 to 128"));
    let header = ("X-A".to_owned(), "x".repeat(2_000));
    assert!(refusal(|email| email.headers = vec![header]).contains("more than 998 bytes"));
    assert!(
        refusal(|email| email.headers = vec![("X-A".to_owned(), "x".to_owned()); 65]).contains("at most 64")
    );
}

#[test]
fn a_part_that_holds_the_boundary_gets_another() {
    let mut email = email();
    email.html = Some("<p>Hi</p>".to_owned());
    let boundary = email.boundary();
    email.text = Some(format!("--{boundary}\n"));
    assert_ne!(email.boundary(), boundary);
    assert!(email.compose().is_ok());
}

/// Text with what could end a line or a header in it, more often than chance would put it there.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\n".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\r\n\r\n".to_owned()),
        Just("Bcc: eve@example.com".to_owned()),
        Just("\u{2028}".to_owned()),
        Just("=?utf-8?q?=0D=0ABcc:_x?=".to_owned()),
        ".{0,12}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_the_fields_say_the_headers_are_ours(
        name in hostile(), subject in hostile(), value in hostile(), text in hostile(), html in hostile(),
    ) {
        let mut email = email();
        email.from.name = name;
        email.subject = subject;
        email.text = Some(text.clone());
        email.html = Some(html);
        email.headers = vec![("X-A".to_owned(), value)];
        if let Ok(composed) = email.compose() {
            let mail = MessageParser::default().parse(&composed.bytes).unwrap();
            let mut names: Vec<String> = mail.headers().iter().map(|header| header.name().to_ascii_lowercase()).collect();
            names.sort();
            let ours = [
                "content-type", "date", "from", "message-id", "mime-version", "subject", "to", "x-a", "x-wend-message",
            ];
            prop_assert_eq!(names, ours);
            prop_assert_eq!(mail.parts.len(), 3);
        }
    }
}
