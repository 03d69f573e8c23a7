//! What comes back: a tracked link of a real mail, a provider's webhook, a bounce by SMTP, and the command that shows them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::harness::{Installation, eventually, get};

/// A template with a link, over the one of the harness.
const HELLO: &str = "template: hello\nchannel: email\nsubject: Hello\nhtml: |\n  <p><a href=\"https://shop.example/start?a=1&amp;b=2\">Start</a> \
                     <a href=\"{{ unsubscribe_url }}\">Unsubscribe</a></p>\n";

/// One request, and the whole answer.
pub fn request(url: &str, method: &str, headers: &str, body: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} /{path} HTTP/1.0\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The only mail as it came, with the quoted-printable encoding undone as far as links need it.
fn mail(installation: &Installation) -> String {
    let mails: Value = serde_json::from_str(&installation.mails(1)).unwrap();
    let mails = mails.as_array().or_else(|| mails["mails"].as_array()).unwrap();
    let id = mails[0]["id"].as_str().map_or_else(|| mails[0]["id"].to_string(), ToOwned::to_owned);
    let raw = get(&format!("{}/api/mails/{id}/raw", installation.inbox));
    raw.replace("=\r\n", "").replace("=3D", "=").replace("\r\n ", " ").replace("\r\n\t", " ")
}

fn link(mail: &str, prefix: &str) -> String {
    let start = mail.find(prefix).unwrap_or_else(|| panic!("{prefix} is not in {mail}"));
    mail[start..].split('"').next().unwrap().to_owned()
}

/// Says something to an SMTP server, line by line, and gives the code of each answer.
pub fn smtp(address: &str, lines: &[&str]) -> Vec<String> {
    let mut stream = TcpStream::connect(address).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut answer = || loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.as_bytes().get(3) != Some(&b'-') {
            return line.chars().take(3).collect::<String>();
        }
    };
    let mut codes = vec![answer()];
    for line in lines {
        write!(stream, "{line}\r\n").unwrap();
        codes.push(answer());
    }
    codes
}

#[test]
fn a_click_a_webhook_and_a_bounce_are_news_of_the_message_that_commands_show() {
    let set = ["bounces.listen=127.0.0.1:0", "bounces.domain=bounces.example"];
    let installation = Installation::start_with(&set);
    std::fs::write(installation.path("shop/templates/hello.yaml"), HELLO).unwrap();
    installation.apply();
    installation.sign_up("ada");
    let mail = mail(&installation);
    let message = installation.messages("sent", 1)[0]["id"].as_str().unwrap().to_owned();
    let shown = || installation.wend(&["messages", "show", &message, "--json"]).good_json();

    // Links work, lead only where they were signed for, and those for unsubscribing are as they were.
    let click = link(&mail, &format!("{}/c/default/", installation.url));
    let answer = request(&click, "GET", "User-Agent: curl/8.0\r\n", "");
    assert!(answer.starts_with("HTTP/1.0 302") || answer.starts_with("HTTP/1.1 302"), "{answer}");
    assert!(answer.to_lowercase().contains("location: https://shop.example/start?a=1&b=2\r\n"), "{answer}");
    assert!(!answer.to_lowercase().contains("set-cookie"), "{answer}");
    assert!(mail.contains(&format!("{}/unsubscribe/default/", installation.url)), "{mail}");
    let forged = click.replacen("/c/default/", "/c/default/A", 1);
    assert!(request(&forged, "GET", "", "").contains(" 404 "));
    let pixel = link(&mail, &format!("{}/o/default/", installation.url));
    assert!(request(&pixel, "GET", "User-Agent: Mozilla/5.0\r\n", "").contains("GIF89a"));
    let seen = eventually("the machine's click is counted", || {
        Some(shown()).filter(|message| message["by_machine"]["clicked"].is_string())
    });
    assert!(seen["engagement"]["clicked"].is_null(), "{seen}");

    // A provider tells, and must prove that it is one.
    let url = format!("{}/v1/providers/postmark/default", installation.url);
    let told = format!(
        "{{\"RecordType\":\"Delivery\",\"Details\":\"250 ok\",\"Metadata\":{{\"wend_message\":\"{message}\"}}}}"
    );
    let proof = "Content-Type: application/json\r\nAuthorization: Basic d2VuZDpzZWNyZXQ=\r\n";
    assert!(request(&url, "POST", proof, &told).contains(" 401 "), "there is no secret yet");
    installation.wend_with(&["secret", "set", "postmark_webhook"], "wend:secret").good();
    assert!(request(&url, "POST", "Content-Type: application/json\r\n", &told).contains(" 401 "));
    let answer = request(&url, "POST", proof, &told);
    assert!(answer.contains(" 200 ") && answer.contains("\"events\":1"), "{answer}");
    assert!(shown()["engagement"]["delivered"].is_string());

    // A bounce comes by SMTP to the mail's own return path, and to no other address.
    let log = installation.log();
    let address = log.split("bounces are received").nth(1).unwrap().split("127.0.0.1:").nth(1).unwrap();
    let port: String = address.chars().take_while(char::is_ascii_digit).collect();
    let start = mail.find("@bounces.example").expect("the envelope's sender is kept with the mail");
    let local_part = &mail[mail[..start].rfind('<').unwrap() + 1..start];
    let report = "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
                  Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n\
                  Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
                  Final-Recipient: rfc822; ada@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\
                  Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--B--\r\n.";
    let to = format!("RCPT TO:<{local_part}@bounces.example>");
    let codes = smtp(
        &format!("127.0.0.1:{port}"),
        &["EHLO mx", "MAIL FROM:<>", "RCPT TO:<ada@bounces.example>", &to, "DATA", report, "QUIT"],
    );
    assert_eq!(codes, ["220", "250", "250", "550", "250", "354", "250", "221"]);
    let bounce = &shown()["bounce"];
    assert_eq!((&bounce["hard"], &bounce["class"]), (&true.into(), &"no such mailbox".into()), "{bounce}");
    let suppressed = installation.wend(&["suppression", "list"]).good();
    assert!(suppressed.contains("ada@example.com") && suppressed.contains("550 5.1.1"), "{suppressed}");
    let why = installation.wend(&["why", "ada"]).good();
    assert!(why.contains("no such mailbox") && why.contains("Email Bounced"), "{why}");
    let workflow = installation.wend(&["workflow", "show", "greet", "--json"]).good_json();
    assert_eq!(workflow["counted"]["news:bounced"], 1, "{workflow}");
    assert_eq!(workflow["counted"]["news:clicked_by_machine"], 1, "{workflow}");
}
