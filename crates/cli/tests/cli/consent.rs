//! A person's own doing, from a mail in the development inbox: unsubscribing, and being forgotten.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::harness::{Installation, get};

/// Posts a form to a URL on this machine and gives the whole answer.
fn post(url: &str, body: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The headers of the only mail, each on one line.
fn headers(installation: &Installation) -> String {
    let mails: Value = serde_json::from_str(&installation.mails(1)).unwrap();
    let mails = mails.as_array().or_else(|| mails["mails"].as_array()).unwrap();
    let id = mails[0]["id"].as_str().map_or_else(|| mails[0]["id"].to_string(), ToOwned::to_owned);
    let raw = get(&format!("{}/api/mails/{id}/raw", installation.inbox));
    raw.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").replace("\r\n\t", " ")
}

#[test]
fn one_click_in_a_mail_unsubscribes_and_the_ledger_the_archive_and_the_erasure_are_commands() {
    let installation = Installation::start();
    installation.apply();
    installation.sign_up("ada");
    let headers = headers(&installation);
    assert!(headers.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{headers}");
    let url =
        headers.split("List-Unsubscribe: <").nth(1).unwrap().split('>').next().unwrap().replace(' ', "");
    assert!(url.starts_with(&format!("{}/unsubscribe/default/", installation.url)), "{url}");

    assert!(get(&url).contains("<button"), "opening the link shows a page");
    let ledger = ["contact", "consent", "ada"];
    assert!(!installation.wend(&ledger).good().contains("unsubscribed"));
    assert!(post(&url, "List-Unsubscribe=One-Click").contains(" 200 OK"));
    let told = installation.wend(&ledger).good();
    assert!(told.contains("unsubscribed") && told.contains("one-click unsubscribe"), "{told}");

    let answer =
        ["contact", "answer", "ada", "--subscribe", "tips", "--legal-basis", "consent", "--source", "phone"];
    installation.wend(&answer).good();
    assert!(installation.wend(&ledger).good().contains("phone"));
    installation.wend(&["contact", "archive", "ada", "--to", "ada-archive"]).good();
    let page = std::fs::read_to_string(installation.path("ada-archive/index.html")).unwrap();
    assert!(page.contains("ada@example.com") && page.contains("one-click unsubscribe"));

    installation.wend(&["suppression", "add", "eve@example.com", "--reason", "a test"]).good();
    assert!(installation.wend(&["suppression", "list"]).good().contains("eve@example.com"));
    let erase = ["contact", "erase", "ada", "--reason", "asked by letter"];
    assert_eq!(installation.wend(&erase).code, 2, "it must be said twice");
    installation.wend(&[&erase[..], &["--yes"]].concat()).good();
    assert_eq!(installation.wend(&["contact", "show", "ada"]).code, 4);
    installation.wend(&["compact"]).good();
}
