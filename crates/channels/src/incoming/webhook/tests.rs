use proptest::prelude::*;
use serde_json::{Value, json};
use wend_domain::report::Told;

use super::*;

const ID: &str = "0190c5c28f3a70008000000000000001";

/// A certificate and signatures that OpenSSL made.
const CERTIFICATE: &[u8] = include_bytes!("tests/sns.pem");
const SNS_1: &str = "PcpayBoFGHZnImoaVHp6HBTG23qglqFi33HaREPvJj1i7jlJT4h6BbC77JTmGaLk7dzz2PMynHquIrpc+QDUe5bSRjN1RAvCSy/MSuAi6o+0dJELsbjkWWr5d1wJFx4UVdmWmjXuVK7Y3iaqHFD1iHYO3BF2tn0OWDm96Tg22r4TVoA8VuYiqZSd1HuVCarhVLpaheTzK66Oi0wGL+VumgyKqDn1BeMohT0Dq+yO0j10icVAz++1Xw/MQtL93HbgIYyVq4W2pfo23OJhsvqrPY/RPvG2ZhLG9oSiHDfoBgrFw7C0KbEp/FomFbIqAFJEWSbOb8FXgW0MyP5Uq+GrOQ==";
const SNS_2: &str = "VtR8s5L2h4mikhAVJYLjUeVqYwbjGhsqBjWjDtN5HWsLjZZSENrhcoN7l4sovfBZ82PIiW/xDODooR6z3QOMsoxpKI4D1S6/RGEhBSIeh07owyJY2ta2K1mrg81lepFKJCwilWPIQ+AWjtbj9Mtreaf7+tIsfMKbcRIhori/nJgZpOF5Hvz4m65I2oYyeGT6kUw6pDI9EFINRQDdjY5/JSPFON7WBrbWIZLBDsQL09yHgLajoUuM6RrrYkJjocJjauUhut/oTvxIwelllSI0GZNA1P0adArLE9/av8wVCWZ8VA360Cx/LRAsi2/LaWQDkeBhJtFOqszUinuLEIVVgg==";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

fn checked(provider: Provider, secret: &str, headers: &[(&str, &str)], body: &str, now: i64) -> bool {
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    check(provider, secret, Incoming { headers: &headers, body: body.as_bytes() }, at(now)).is_ok()
}

#[test]
fn sendgrids_own_example_is_proven_and_nothing_else() {
    // The example of SendGrid's libraries.
    let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    let signature =
        "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
    let body = "[{\"email\":\"hello@world.com\",\"event\":\"dropped\",\"reason\":\"Bounced Address\",\"sg_event_id\":\"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\",\"sg_message_id\":\"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0\",\"smtp-id\":\"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>\",\"timestamp\":1600112492}]\r\n";
    let headers = [
        ("x-twilio-email-event-webhook-signature", signature),
        ("x-twilio-email-event-webhook-timestamp", "1600112502"),
    ];
    let is_good = |secret: &str, headers: &[(&str, &str)], body: &str, now| {
        checked(Provider::Sendgrid, secret, headers, body, now)
    };
    assert!(is_good(key, &headers, body, 1_600_112_600));
    assert!(
        is_good(&format!("bm90IGEga2V5\n{key}"), &headers, body, 1_600_112_600),
        "one secret after another"
    );
    assert!(!is_good(key, &headers, body.trim_end(), 1_600_112_600), "the raw bytes count");
    assert!(!is_good(key, &headers, body, 1_600_113_000), "it is old");
    assert!(!is_good(key, &headers[..1], body, 1_600_112_600));
    assert!(!is_good(key, &[], body, 1_600_112_600));
    assert!(!is_good("", &headers, body, 1_600_112_600), "without a secret nothing is believed");
    assert!(!is_good("nonsense", &headers, body, 1_600_112_600));
}

#[test]
fn the_example_of_svix_is_proven_for_resend() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let body = "{\"test\": 2432232314}";
    let good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let is_good = |signature: &str, body: &str, now| {
        let headers = [
            ("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("svix-timestamp", "1614265330"),
            ("svix-signature", signature),
        ];
        checked(Provider::Resend, secret, &headers, body, now)
    };
    assert!(is_good(good, body, 1_614_265_330));
    assert!(is_good(&format!("v1,AAAA v2,xyz {good}"), body, 1_614_265_330));
    assert!(!is_good(good, "{\"test\": 2432232315}", 1_614_265_330));
    assert!(!is_good(good, body, 1_614_265_330 + 301));
    assert!(!is_good("v1,AAAA", body, 1_614_265_330));
}

#[test]
fn mailgun_and_postmark_are_proven_by_what_they_share_with_us() {
    let body = |signature: &str| {
        json!({"signature": {
            "timestamp": "1529006854",
            "token": "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0",
            "signature": signature,
        }})
        .to_string()
    };
    let good = "e2905ec0811b47b934cf7cad86dde11c85c09bded28c42894033f36d63481c0b";
    assert!(checked(Provider::Mailgun, "key-abc", &[], &body(good), 1_529_006_900));
    assert!(!checked(Provider::Mailgun, "key-abd", &[], &body(good), 1_529_006_900));
    assert!(!checked(Provider::Mailgun, "key-abc", &[], &body(&good.replace('e', "f")), 1_529_006_900));
    assert!(!checked(Provider::Mailgun, "key-abc", &[], &body(good), 1_529_006_900 + 13 * 3_600));
    assert!(!checked(Provider::Mailgun, "key-abc", &[], "{}", 1_529_006_900));
    // wend:secret
    let basic = [("authorization", "Basic d2VuZDpzZWNyZXQ=")];
    assert!(checked(Provider::Postmark, "wend:secret", &basic, "{}", 0));
    assert!(!checked(Provider::Postmark, "wend:other", &basic, "{}", 0));
    assert!(!checked(
        Provider::Postmark,
        "wend:secret",
        &[("authorization", "Bearer d2VuZDpzZWNyZXQ=")],
        "{}",
        0
    ));
    assert!(!checked(Provider::Postmark, "wend:secret", &[], "{}", 0));
}

const TOPIC: &str = "arn:aws:sns:eu-central-1:1:news";

fn sns(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut message = json!({
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": TOPIC,
        "Message": "{\"notificationType\":\"Delivery\"}",
        "Timestamp": "2026-01-01T00:00:00.000Z",
        "SignatureVersion": "1",
        "Signature": SNS_1,
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-abc.pem",
        "UnsubscribeURL": "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
    });
    change(&mut message);
    message.to_string().into_bytes()
}

#[test]
fn a_message_of_sns_is_proven_by_the_certificate_that_lies_at_amazon() {
    let proven = |body: &[u8]| sns::read(TOPIC, body).and_then(|envelope| envelope.verify(CERTIFICATE));
    assert_eq!(proven(&sns(|_| {})), Ok(()));
    assert_eq!(
        proven(&sns(|message| {
            message["SignatureVersion"] = "2".into();
            message["Signature"] = SNS_2.into();
        })),
        Ok(())
    );
    assert!(proven(&sns(|message| message["Message"] = "{}".into())).is_err());
    assert!(proven(&sns(|message| message["SignatureVersion"] = "2".into())).is_err());
    assert!(proven(&sns(|message| message["Subject"] = "more".into())).is_err());
    assert!(sns::read(TOPIC, &sns(|_| {})).unwrap().verify(b"-----BEGIN CERTIFICATE-----\nAAAA").is_err());
    for length in 0..CERTIFICATE.len() - 60 {
        assert!(sns::read(TOPIC, &sns(|_| {})).unwrap().verify(&CERTIFICATE[..length]).is_err());
    }
}

#[test]
fn nothing_is_fetched_for_other_topics_and_from_elsewhere_than_amazon() {
    assert!(sns::read("arn:aws:sns:eu-central-1:1:other", &sns(|_| {})).is_err());
    assert!(sns::read("", &sns(|_| {})).is_err());
    for url in [
        "http://sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/a.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/a.pem",
        "https://user@sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/a.pem",
        "https://s3.amazonaws.com/a.pem",
        "https://sns..amazonaws.com/a.pem",
        "https://sns.a.b.amazonaws.com/a.pem",
        "https://sns.eu-central-1.amazonaws.com/a.txt",
        "",
    ] {
        assert!(sns::read(TOPIC, &sns(|message| message["SigningCertURL"] = url.into())).is_err(), "{url}");
    }
    let confirmation = |url: &str| {
        sns::read(
            TOPIC,
            &sns(|message| {
                message["Type"] = "SubscriptionConfirmation".into();
                message["SubscribeURL"] = url.into();
            }),
        )
    };
    let good = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=y";
    assert_eq!(confirmation(good).unwrap().kind, sns::Kind::Confirmation(good.to_owned()));
    assert!(confirmation("http://169.254.169.254/?Action=ConfirmSubscription").is_err());
    assert!(confirmation("https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe").is_err());
}

/// What a provider's event tells, in a few words.
fn told(provider: Provider, event: &Value) -> String {
    let read = read(provider, event.to_string().as_bytes(), at(1_900_000_000)).unwrap();
    let Some((message, report)) = read.first() else { return "nothing".to_owned() };
    assert_eq!(message.to_string().replace('-', ""), ID);
    assert_eq!(report.source, provider.as_str());
    let visit = |visit: &wend_domain::report::Visit| {
        let machine = if visit.said_machine { ", a machine" } else { "" };
        format!("{}{machine}", visit.agent)
    };
    let what = match &report.what {
        Told::Delivered { words } => format!("delivered: {words}"),
        Told::Deferred { words } => format!("deferred: {words}"),
        Told::Bounced { class, words } => format!("bounced, {}: {words}", class.as_str()),
        Told::Complained { words } => format!("complained: {words}"),
        Told::Opened { visit: by } => format!("opened by {}", visit(by)),
        Told::Clicked { link, visit: by } => {
            format!("clicked {} by {}", link.as_deref().unwrap_or("-"), visit(by))
        }
        Told::Unsubscribed => "unsubscribed".to_owned(),
        Told::Replied { .. } => "replied".to_owned(),
    };
    format!("{} {what}", report.occurred_at)
}

#[test]
fn what_amazon_tells_is_read() {
    let event = |kind: &str, member: &str, value: Value| json!({"eventType": kind, "mail": {"messageId": "x", "tags": {"wend_message": [ID]}}, member: value});
    let bounce = |kind: &str, sub: &str, code: &str| {
        event(
            "Bounce",
            "bounce",
            json!({
                "bounceType": kind, "bounceSubType": sub, "timestamp": "2026-01-01T00:00:00.000Z",
                "bouncedRecipients": [{"emailAddress": "a@b.example", "status": "5.1.1", "diagnosticCode": code}],
            }),
        )
    };
    let ses = |event: &Value| told(Provider::Ses, event);
    let time = "2026-01-01T00:00:00Z";
    assert_eq!(
        ses(&bounce("Permanent", "General", "smtp; 550 5.1.1 nobody")),
        format!("{time} bounced, no such mailbox: smtp; 550 5.1.1 nobody")
    );
    assert_eq!(
        ses(&bounce("Transient", "MailboxFull", "")),
        format!("{time} bounced, mailbox full: MailboxFull")
    );
    assert!(ses(&bounce("Transient", "General", "x")).contains("not taken in time"));
    let delivery = json!({"timestamp": "2026-01-01T00:00:00.000Z", "smtpResponse": "250 ok"});
    assert_eq!(ses(&event("Delivery", "delivery", delivery)), format!("{time} delivered: 250 ok"));
    let complaint = json!({"timestamp": "2026-01-01T00:00:00.000Z", "complaintFeedbackType": "abuse"});
    assert_eq!(ses(&event("Complaint", "complaint", complaint.clone())), format!("{time} complained: abuse"));
    let old = json!({
        "notificationType": "Complaint", "complaint": complaint,
        "mail": {"headers": [{"name": "From", "value": "x"}, {"name": "X-Wend-Message", "value": ID}]},
    });
    assert_eq!(ses(&old), format!("{time} complained: abuse"));
    let click = json!({"timestamp": "2026-01-01T00:00:00.000Z", "ipAddress": "192.0.2.1", "link": "https://a.example", "userAgent": "Firefox"});
    assert_eq!(ses(&event("Click", "click", click)), format!("{time} clicked https://a.example by Firefox"));
    assert_eq!(ses(&event("Send", "send", json!({}))), "nothing");
    assert_eq!(ses(&json!({"eventType": "Delivery", "mail": {}})), "nothing", "it isn't ours");
}

#[test]
fn what_sendgrid_tells_is_read() {
    let tell = |more: Value| {
        let mut event = json!({"email": "a@b.example", "timestamp": 1_767_225_600, "wend_message": ID});
        for (name, value) in more.as_object().unwrap() {
            event[name] = value.clone();
        }
        told(Provider::Sendgrid, &json!([event])).replace("2026-01-01T00:00:00Z ", "")
    };
    assert_eq!(tell(json!({"event": "delivered", "response": "250 OK"})), "delivered: 250 OK");
    assert_eq!(
        tell(json!({"event": "bounce", "reason": "550 5.1.1 no", "status": "5.1.1", "type": "bounce"})),
        "bounced, no such mailbox: 550 5.1.1 no"
    );
    assert_eq!(
        tell(json!({"event": "bounce", "reason": "550 5.1.1 no", "status": "5.1.1", "type": "blocked"})),
        "bounced, refused: 550 5.1.1 no"
    );
    assert_eq!(
        tell(json!({"event": "dropped", "reason": "Bounced Address"})),
        "bounced, no such mailbox: Bounced Address"
    );
    assert_eq!(tell(json!({"event": "deferred", "response": "400 try again"})), "deferred: 400 try again");
    assert_eq!(
        tell(json!({"event": "open", "useragent": "Firefox", "sg_machine_open": true})),
        "opened by Firefox, a machine"
    );
    assert_eq!(
        tell(json!({"event": "click", "url": "https://a.example", "useragent": "Firefox"})),
        "clicked https://a.example by Firefox"
    );
    assert_eq!(tell(json!({"event": "spamreport"})), "complained: ");
    assert_eq!(tell(json!({"event": "group_unsubscribe"})), "unsubscribed");
    assert_eq!(tell(json!({"event": "processed"})), "nothing");
}

#[test]
fn what_postmark_mailgun_and_resend_tell_is_read() {
    let postmark = |more: Value| {
        let mut event = json!({"Metadata": {"wend_message": ID}});
        for (name, value) in more.as_object().unwrap() {
            event[name] = value.clone();
        }
        told(Provider::Postmark, &event)
    };
    let bounced = json!({"RecordType": "Bounce", "Type": "HardBounce", "Details": "550 gone", "BouncedAt": "2026-01-01T00:00:00Z"});
    assert_eq!(postmark(bounced), "2026-01-01T00:00:00Z bounced, no such mailbox: 550 gone");
    assert!(
        postmark(json!({"RecordType": "Bounce", "Type": "Transient", "Details": "later"}))
            .ends_with("deferred: later")
    );
    assert!(postmark(json!({"RecordType": "Bounce", "Type": "SpamNotification"})).contains("refused"));
    assert_eq!(postmark(json!({"RecordType": "Bounce", "Type": "AutoResponder"})), "nothing");
    assert!(postmark(json!({"RecordType": "SpamComplaint"})).ends_with("complained: "));
    let off = json!({"RecordType": "SubscriptionChange", "SuppressSending": true, "SuppressionReason": "ManualSuppression"});
    assert!(postmark(off).ends_with("unsubscribed"));
    assert!(postmark(json!({"RecordType": "Open", "UserAgent": "Firefox"})).ends_with("opened by Firefox"));

    let mailgun = |more: Value| {
        let mut event = json!({"timestamp": 1_767_225_600.5, "user-variables": {"wend_message": ID}});
        for (name, value) in more.as_object().unwrap() {
            event[name] = value.clone();
        }
        told(Provider::Mailgun, &json!({"event-data": event}))
    };
    let failed = |severity: &str, code: &str, message: &str| {
        mailgun(
            json!({"event": "failed", "severity": severity, "delivery-status": {"enhanced-code": code, "message": message}}),
        )
    };
    assert_eq!(failed("permanent", "5.1.1", "no"), "2026-01-01T00:00:00.5Z bounced, no such mailbox: no");
    assert!(failed("permanent", "5.7.1", "no").contains("refused"));
    assert!(failed("temporary", "4.2.2", "full").ends_with("deferred: full"));
    let bot = json!({"event": "opened", "client-info": {"user-agent": "Mozilla/5.0", "bot": "apple"}});
    assert!(mailgun(bot).ends_with("opened by Mozilla/5.0, a machine"));
    assert!(mailgun(json!({"event": "complained"})).ends_with("complained: "));

    let resend = |kind: &str, data: Value| {
        let mut data = data;
        data["tags"] = json!({"wend_message": ID});
        told(Provider::Resend, &json!({"type": kind, "created_at": "2026-01-01T00:00:00.000Z", "data": data}))
    };
    let bounce = json!({"bounce": {"message": "gone", "subType": "General", "type": "Permanent"}});
    assert_eq!(resend("email.bounced", bounce), "2026-01-01T00:00:00Z bounced, no such mailbox: gone");
    let click = json!({"click": {"link": "https://a.example", "userAgent": "Firefox"}});
    assert!(resend("email.clicked", click).ends_with("clicked https://a.example by Firefox"));
    assert!(resend("email.opened", json!({})).ends_with("opened by resend"));
    assert_eq!(resend("email.sent", json!({})), "nothing");
}

proptest! {
    #[test]
    fn no_body_makes_it_panic(body in "[ -~]{0,200}") {
        for provider in Provider::ALL {
            let _ = read(provider, body.as_bytes(), at(0));
            let _ = check(provider, "x", Incoming { headers: &[], body: body.as_bytes() }, at(0));
        }
        let _ = sns::read(TOPIC, body.as_bytes());
    }

    #[test]
    fn no_certificate_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = sns::read(TOPIC, &sns(|_| {})).unwrap().verify(&bytes);
    }
}
