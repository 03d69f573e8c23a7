//! Providers' webhooks at a real server: each is believed by its own proof over the bytes that came, and by nothing else;
//! complaints and answers by mail.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::harness::{Installation, eventually, get};
use crate::news::{request, smtp};

/// What stands before the point of a public key of the curve P-256 (RFC 5480).
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The secret of Resend's webhook, without its beginning.
const SVIX: &[u8] = b"twenty-four random bytes";

#[expect(clippy::disallowed_methods, reason = "a signature is of now")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// An installation that sent one mail to each of so many people, and the ids of these messages.
fn installation(users: &[&str], set: &[&str]) -> (Installation, Vec<String>) {
    let installation = Installation::start_with(set);
    installation.apply();
    let mut ids = Vec::new();
    for (place, user) in users.iter().enumerate() {
        installation.sign_up(user);
        let messages = installation.messages("sent", place + 1);
        let ids_now = messages.iter().map(|message| message["id"].as_str().unwrap().to_owned());
        let new: Vec<String> = ids_now.filter(|id| !ids.contains(id)).collect();
        ids.extend(new);
    }
    (installation, ids)
}

/// The status of the answer to a provider's call.
fn call(installation: &Installation, provider: &str, headers: &str, body: &str) -> (u16, String) {
    let url = format!("{}/v1/providers/{provider}/default", installation.url);
    let answer = request(&url, "POST", headers, body);
    (answer[9..12].parse().unwrap(), answer)
}

/// How often a kind of news was counted for the workflow.
fn counted(installation: &Installation, kind: &str) -> Value {
    installation.wend(&["workflow", "show", "greet", "--json"]).good_json()["counted"][format!("news:{kind}")]
        .clone()
}

/// Good, altered, without a proof, too old, and the same once more: what the first says counts once.
fn believed(
    installation: &Installation,
    provider: &str,
    body: &str,
    sign: impl Fn(&str, u64) -> (String, String),
) {
    let (headers, good) = sign(body, now());
    let altered = good.replacen('{', "{ ", 1);
    assert_eq!(call(installation, provider, "", body).0, 401, "{provider}: no proof");
    // Mailgun's proof doesn't cover the event; postmark's is a password.
    if !matches!(provider, "mailgun" | "postmark") {
        assert_eq!(
            call(installation, provider, &headers, &altered).0,
            401,
            "{provider}: the raw bytes count"
        );
    }
    if provider != "postmark" {
        let (headers, old) = sign(body, now() - 13 * 3_600);
        assert_eq!(call(installation, provider, &headers, &old).0, 401, "{provider}: long ago");
    }
    for again in [false, true] {
        let (status, answer) = call(installation, provider, &headers, &good);
        assert_eq!(status, 200, "{provider}, again: {again}: {answer}");
        assert!(answer.contains("\"events\":1"), "{provider}: {answer}");
    }
}

#[test]
fn each_provider_is_believed_by_its_own_proof_and_the_same_call_again_counts_once() {
    let users = ["ann", "bob", "cyd", "dan"];
    let (installation, ids) = installation(&users, &[]);
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &SystemRandom::new())
            .unwrap();
    let public = STANDARD.encode([&P256[..], pair.public_key().as_ref()].concat());
    for (provider, secret) in [
        ("sendgrid", public),
        ("postmark", "wend:secret".to_owned()),
        ("mailgun", "signing-key".to_owned()),
        ("resend", format!("whsec_{}", STANDARD.encode(SVIX))),
        ("ses", "arn:aws:sns:eu-central-1:1:news".to_owned()),
    ] {
        let before = call(&installation, provider, "", "{}").0;
        assert_eq!(before, 401, "{provider}: without a secret nothing is believed");
        installation.wend_with(&["secret", "set", &format!("{provider}_webhook")], &secret).good();
    }

    let body =
        json!([{"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 unknown user",
        "timestamp": now(), "wend_message": ids[0]}])
        .to_string();
    believed(&installation, "sendgrid", &body, |body, at| {
        let signature = pair.sign(&SystemRandom::new(), format!("{at}{body}").as_bytes()).unwrap();
        let headers = format!(
            "X-Twilio-Email-Event-Webhook-Signature: {}\r\nX-Twilio-Email-Event-Webhook-Timestamp: {at}\r\n",
            STANDARD.encode(signature.as_ref())
        );
        (headers, body.to_owned())
    });
    let body = json!({"RecordType": "SpamComplaint", "Metadata": {"wend_message": ids[1]}}).to_string();
    believed(&installation, "postmark", &body, |body, _| {
        (format!("Authorization: Basic {}\r\n", STANDARD.encode("wend:secret")), body.to_owned())
    });
    let body = json!({"event": "failed", "severity": "permanent", "reason": "bounce",
        "delivery-status": {"code": 550, "message": "no such user"}, "user-variables": {"wend_message": ids[2]}});
    believed(&installation, "mailgun", &body.to_string(), |body, at| {
        let signature = mac(b"signing-key", &format!("{at}token"));
        let signature: String =
            signature.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let event: Value = serde_json::from_str(body).unwrap();
        let signature = json!({"timestamp": at.to_string(), "token": "token", "signature": signature});
        (String::new(), json!({"signature": signature, "event-data": event}).to_string())
    });
    let body = json!({"type": "email.bounced", "created_at": "2026-01-01T00:00:00Z",
        "data": {"tags": {"wend_message": ids[3]}, "bounce": {"type": "Permanent", "subType": "General", "message": "gone"}}})
    .to_string();
    believed(&installation, "resend", &body, |body, at| {
        let signature = STANDARD.encode(mac(SVIX, &format!("msg_1.{at}.{body}")));
        (
            format!("svix-id: msg_1\r\nsvix-timestamp: {at}\r\nsvix-signature: v1,{signature}\r\n"),
            body.to_owned(),
        )
    });
    assert_eq!(
        (counted(&installation, "bounced"), counted(&installation, "complained")),
        (3.into(), 1.into())
    );
    let suppressed = installation.wend(&["suppression", "list"]).good();
    for user in users {
        assert!(suppressed.contains(&format!("{user}@example.com")), "{user}: {suppressed}");
    }
    of_amazon(&installation);
}

/// Amazon's calls are proven by a certificate that only Amazon's hosts are asked for.
fn of_amazon(installation: &Installation) {
    let mut told = json!({
        "Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-central-1:1:other", "Message": "{}",
        "Timestamp": "2026-01-01T00:00:00.000Z", "SignatureVersion": "2", "Signature": "AAAA",
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/a.pem",
    });
    assert_eq!(call(installation, "ses", "", &told.to_string()).0, 401, "of a topic that isn't ours");
    told["TopicArn"] = "arn:aws:sns:eu-central-1:1:news".into();
    for elsewhere in
        ["https://evil.example/a.pem", "http://127.0.0.1:1/a.pem", "https://sns.evil.amazonaws.com.x/a.pem"]
    {
        told["SigningCertURL"] = elsewhere.into();
        assert_eq!(call(installation, "ses", "", &told.to_string()).0, 401, "{elsewhere}");
    }
}

/// The signed addresses of the mails that were sent, before their `@`: the envelope's sender and where answers go.
fn addresses(installation: &Installation, n_mails: usize) -> Vec<(String, String)> {
    let mails: Value = serde_json::from_str(&installation.mails(n_mails)).unwrap();
    let mails = mails.as_array().or_else(|| mails["mails"].as_array()).unwrap().clone();
    let of = |mail: &Value| {
        let id = mail["id"].as_str().map_or_else(|| mail["id"].to_string(), ToOwned::to_owned);
        let raw = get(&format!("{}/api/mails/{id}/raw", installation.inbox));
        let local = |start: &str| {
            let at = raw.find(start).unwrap_or_else(|| panic!("{start} is not in {raw}")) + start.len() - 2;
            raw[at..].split('@').next().unwrap().to_owned()
        };
        (local("<b-"), local("<r-"))
    };
    mails.iter().map(of).collect()
}

#[test]
fn a_complaint_and_an_answer_by_mail_are_news_of_the_messages_that_they_are_about() {
    let set = ["bounces.listen=127.0.0.1:0", "bounces.domain=bounces.example", "bounces.replies=here"];
    let (installation, _) = installation(&["ann", "bob"], &set);
    let log = installation.log();
    let address = log.split("bounces are received").nth(1).unwrap().split("127.0.0.1:").nth(1).unwrap();
    let port: String = address.chars().take_while(char::is_ascii_digit).collect();
    let at = format!("127.0.0.1:{port}");
    let found = addresses(&installation, 2);

    // A complaint goes to no signed address: the message is found by what it returns of it.
    let complaint = format!(
        "From: fbl@mailbox.example\r\nTo: abuse@bounces.example\r\nSubject: FW: spam\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=B\r\n\r\n--B\r\n\
         Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: F/1\r\nVersion: 1\r\n\r\n--B\r\n\
         Content-Type: message/rfc822\r\n\r\nReturn-Path: <{}@bounces.example>\r\nSubject: Hello\r\n\r\nHi\r\n--B--\r\n.",
        found[0].0
    );
    let to = "RCPT TO:<abuse@bounces.example>";
    let codes = smtp(&at, &["EHLO mx", "MAIL FROM:<fbl@mailbox.example>", to, "DATA", &complaint, "QUIT"]);
    assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"]);

    let answer = "From: Bob <bob@example.com>\r\nSubject: Re: Hello\r\nContent-Type: text/plain\r\n\r\nYes, please!\r\n\r\n\
                  On Monday The Shop wrote:\r\n> Good to have you.\r\n.";
    let to = format!("RCPT TO:<{}@bounces.example>", found[1].1.to_uppercase());
    let codes = smtp(&at, &["EHLO mx", "MAIL FROM:<bob@example.com>", &to, "DATA", answer, "QUIT"]);
    assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"], "case doesn't matter in addresses");

    let all = eventually("both are counted", || {
        let all = installation.wend(&["workflow", "show", "greet", "--json"]).good_json()["counted"].clone();
        Some(all).filter(|all| all["news:complained"] == 1 && all["news:replied"] == 1)
    });
    assert!(all["news:bounced"].is_null(), "{all}");
    let suppressed = installation.wend(&["suppression", "list"]).good();
    assert_eq!(
        suppressed.matches("@example.com").count(),
        1,
        "who answers is still written to: {suppressed}"
    );
    let answers: Vec<String> = ["ann", "bob"].map(|user| installation.wend(&["why", user]).good()).into();
    assert!(answers.iter().any(|why| why.contains("Email Replied")), "{answers:?}");
}
