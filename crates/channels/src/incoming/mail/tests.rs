use proptest::prelude::*;

use super::*;

fn told(mail: &str) -> String {
    let show = |purpose| match read(mail.as_bytes(), purpose) {
        Ok(Told::Bounced { class, words }) => format!("bounced, {}: {words}", class.as_str()),
        Ok(Told::Deferred { words }) => format!("deferred: {words}"),
        Ok(Told::Delivered { words }) => format!("delivered: {words}"),
        Ok(Told::Complained { words }) => format!("complained: {words}"),
        Ok(Told::Replied { words }) => format!("replied: {words}"),
        Ok(Told::Unsubscribed) => "unsubscribed".to_owned(),
        Ok(other) => format!("{other:?}"),
        Err(why) => format!("nothing: {why}"),
    };
    show(MailPurpose::Bounce)
}

fn report(fields: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: b-x@bounces.example\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"B\"\r\n\r\n\
         --B\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered: see below.\r\n\
         --B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n{fields}\r\n\
         --B\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: spam blocked mailbox full\r\n\r\n--B--\r\n"
    )
}

#[test]
fn a_delivery_report_says_why_by_status_and_words() {
    for (fields, expected) in [
        (
            "Final-Recipient: rfc822; ann@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 <ann@b.example>:\r\n  Recipient address rejected: User unknown",
            "bounced, no such mailbox: 550 5.1.1 <ann@b.example>: Recipient address rejected: User unknown",
        ),
        (
            "Action: failed\r\nStatus: 5.2.2 (mailbox full)\r\nDiagnostic-Code: smtp; 552 5.2.2 full",
            "bounced, mailbox full: 552 5.2.2 full",
        ),
        (
            "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 554 delivery error: This user doesn't have a \
             yahoo.com account",
            "bounced, no such mailbox: 554 delivery error: This user doesn't have a yahoo.com account",
        ),
        (
            "Action: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 550 5.7.1 Message rejected due to reputation",
            "bounced, refused: 550 5.7.1 Message rejected due to reputation",
        ),
        (
            "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 blocked using Spamhaus",
            "bounced, refused: 550 5.1.1 blocked using Spamhaus",
        ),
        (
            "Action: failed\r\nStatus: 4.4.7\r\nDiagnostic-Code: smtp; 421 4.4.7 Delivery time expired",
            "bounced, not taken in time: 421 4.4.7 Delivery time expired",
        ),
        (
            "Action: delayed\r\nStatus: 4.4.1\r\nDiagnostic-Code: smtp; connection timed out",
            "deferred: connection timed out",
        ),
        (
            "Action: delivered\r\nStatus: 2.0.0",
            "delivered: 2.0.0 Your message could not be delivered: see below.",
        ),
        (
            "Status: 5.1.2\r\nDiagnostic-Code: X-Postfix; Host unknown",
            "bounced, no such domain: Host unknown",
        ),
    ] {
        assert_eq!(told(&report(fields)), expected);
        // Whole mails whose lines end with CR alone, or with LF.
        assert_eq!(told(&report(fields).replace("\r\n", "\r")), expected);
        assert_eq!(told(&report(fields).replace("\r\n", "\n")), expected);
        assert_eq!(told(&report(fields).replace("\r\n", "\r\r\n")), expected);
    }
}

#[test]
fn of_several_recipients_the_one_that_failed_counts() {
    let fields = "Final-Recipient: rfc822; a@b.example\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n\
                  Final-Recipient: rfc822; c@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
                  Diagnostic-Code: smtp; 550 no such user";
    assert_eq!(told(&report(fields)), "bounced, no such mailbox: 550 no such user");
}

fn plain(from: &str, subject: &str, more: &str, body: &str) -> String {
    format!("From: {from}\r\nTo: b-x@bounces.example\r\nSubject: {subject}\r\n{more}\r\n{body}\r\n")
}

#[test]
fn without_a_delivery_report_the_words_of_the_server_say_why() {
    for (subject, body, expected) in [
        (
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.\r\nI'm afraid I wasn't able to deliver your message.\r\n\r\n\
             <ann@b.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n\
             --- Below this line is a copy of the message.\r\n\r\nSubject: Is your mailbox full?",
            "bounced, no such mailbox: Sorry, no mailbox here by that name. (#5.1.1)",
        ),
        (
            "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\r\n\r\n  ann@b.example\r\n    \
             host mx.b.example [192.0.2.1]\r\n    SMTP error from remote mail server after RCPT TO:<ann@b.example>:\r\n    \
             550 Unknown user\r\n\r\n------ This is a copy of the message, including all the headers. ------\r\nspam",
            "bounced, no such mailbox: 550 Unknown user",
        ),
        (
            "Undelivered Mail Returned to Sender",
            "The mailbox of the recipient is over quota.",
            "bounced, mailbox full: The mailbox of the recipient is over quota.",
        ),
        ("Delivery failure", "Something went wrong.", "bounced, unknown: Delivery failure"),
        (
            "Warning: could not send message for past 4 hours",
            "THIS IS A WARNING MESSAGE ONLY\r\nYOU DO NOT NEED TO RESEND YOUR MESSAGE\r\n<ann@b.example>... Deferred: \
             Connection timed out",
            "deferred: <ann@b.example>... Deferred: Connection timed out",
        ),
    ] {
        let mail = plain("Mail Delivery System <MAILER-DAEMON@mx.example>", subject, "", body);
        assert_eq!(told(&mail), expected);
        assert_eq!(told(&mail.replace("\r\n", "\r")), expected);
    }
}

#[test]
fn a_note_of_absence_is_neither_a_bounce_nor_an_answer() {
    let absent = "nothing: it was sent by a program, such as a note of absence";
    for (subject, more) in [
        ("Out of office: Re: Hello", ""),
        ("Re: Hello", "Auto-Submitted: auto-replied\r\n"),
        ("Re: Hello", "Precedence: auto_reply\r\n"),
        ("Automatische Antwort: Hello", ""),
    ] {
        let mail = plain("Ann <ann@b.example>", subject, more, "I am back on 550 5.1.1");
        assert_eq!(told(&mail), absent, "{subject} {more}");
        assert!(read(mail.as_bytes(), MailPurpose::Reply).is_err());
    }
    let human = plain("Ann <ann@b.example>", "Re: Hello", "Auto-Submitted: no\r\n", "Thanks!");
    assert_eq!(told(&human), "nothing: nothing in it says that a message came back");
}

#[test]
fn an_answer_is_what_stands_above_the_quoted_message() {
    let mail = plain(
        "Ann <ann@b.example>",
        "Re: Hello",
        "",
        "Yes, please!\r\n> really?\r\nCall me.\r\n\r\nOn Mon, 1 Jan 2026, Shop wrote:\r\n> Hello\r\nnot this",
    );
    let words = "Yes, please! Call me.".to_owned();
    assert_eq!(read(mail.as_bytes(), MailPurpose::Reply), Ok(Told::Replied { words }));
    let bounce = plain("MAILER-DAEMON@mx.example", "Undeliverable", "", "550 5.1.1 user unknown");
    assert!(matches!(read(bounce.as_bytes(), MailPurpose::Reply), Ok(Told::Bounced { .. })));
}

#[test]
fn a_complaint_says_what_kind_it_is() {
    let arf = |kind: &str| {
        format!(
            "From: <feedback@isp.example>\r\nTo: b-x@bounces.example\r\nSubject: FW: Earn money\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=feedback-report; boundary=B\r\n\r\n--B\r\n\
             Content-Type: text/plain; charset=\"US-ASCII\"\r\n\r\nThis is an email abuse report.\r\n--B\r\n\
             Content-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: SomeGenerator/1.0\r\n\
             Version: 1\r\n\r\n--B\r\nContent-Type: message/rfc822\r\n\r\nFrom: <somespammer@example.net>\r\n\
             Subject: Earn money\r\n\r\nSpam\r\n--B--\r\n"
        )
    };
    assert_eq!(told(&arf("abuse")), "complained: abuse");
    assert_eq!(told(&arf("fraud").replace("\r\n", "\r")), "complained: fraud");
    assert_eq!(told(&arf("opt-out")), "unsubscribed");
    assert_eq!(told(&arf("not-spam")), "nothing: the person says that it is no spam");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, MailPurpose::Bounce);
        let _ = read(&bytes, MailPurpose::Reply);
    }

    #[test]
    fn no_pieces_of_reports_make_it_panic(
        pieces in proptest::collection::vec(
            "Content-Type: |multipart/report|; boundary=B|message/delivery-status|\r|\n|--B|--|Action: |failed|Status: \
             |5\\.1|é|: | |feedback-report|wrote:|[0-9]{3}",
            0..60,
        )
    ) {
        let mail = pieces.concat();
        let _ = read(mail.as_bytes(), MailPurpose::Bounce);
        let _ = read(mail.as_bytes(), MailPurpose::Reply);
    }
}
