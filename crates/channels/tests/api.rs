//! E-mail over providers' HTTP APIs: to a server on this machine that answers as their documentation says they do.
//!
//! `recorded/sdks.json` has what the providers' own client libraries sent to such a server for the same e-mail.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wend_channels::{Api, ApiKind, ApiOptions, ApiWords, Email, Fault, Mailbox, Outcome, Provider as _};

/// What client libraries sent.
const SDKS: &str = include_str!("recorded/sdks.json");

/// What the server says to one request.
#[derive(Clone)]
enum Says {
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Takes the request and closes without a word.
    Nothing,
}

#[derive(Debug, Clone)]
struct Asked {
    path: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// A provider, or one who stands in for it.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    says: Arc<Mutex<VecDeque<Says>>>,
}

impl Server {
    async fn start(says: &[Says]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let says = Arc::new(Mutex::new(says.iter().cloned().collect::<VecDeque<_>>()));
        let (kept, queue) = (Arc::clone(&asked), Arc::clone(&says));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                serve(stream, &kept, &queue).await;
            }
        });
        Self { url, asked, says }
    }

    fn api(&self, kind: ApiKind) -> Api {
        Api::new(ApiOptions::new(kind, &words(&self.url)).unwrap())
    }

    fn says(&self, says: Says) {
        self.says.lock().unwrap().push_back(says);
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, kept: &Mutex<Vec<Asked>>, queue: &Mutex<VecDeque<Says>>) {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        stream.read_buf(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")
                .map(|length| length.parse::<usize>().unwrap())
        });
        if body.len() >= length.unwrap_or(0) {
            break (head.to_owned(), body.to_owned());
        }
    };
    let mut lines = head.lines();
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    kept.lock().unwrap().push(Asked { path, headers: headers.collect(), body });
    let says = queue.lock().unwrap().pop_front().expect("nobody said what to answer");
    if let Says::Answer(status, headers, body) = says {
        let mut answer =
            format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            write!(answer, "{name}: {value}\r\n").unwrap();
        }
        stream.write_all(format!("{answer}\r\n{body}").as_bytes()).await.unwrap();
    }
}

fn words(endpoint: &str) -> ApiWords {
    ApiWords {
        key: "k3y".to_owned(),
        endpoint: endpoint.to_owned(),
        region: "eu-central-1".to_owned(),
        domain: "mg.example.com".to_owned(),
        ..ApiWords::default()
    }
}

fn ses_words(endpoint: &str) -> ApiWords {
    let key = "AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned();
    ApiWords { key, stream: "news".to_owned(), ..words(endpoint) }
}

fn email() -> Email {
    Email {
        message_key: "0123".to_owned(),
        from: Mailbox { name: "The Shop".to_owned(), address: "shop@example.com".to_owned() },
        return_path: None,
        to: Mailbox::bare("zoe@example.com"),
        reply_to: Some(Mailbox::bare("help@example.com")),
        subject: "Your cart misses you, Zoë".to_owned(),
        html: Some("<p>Hello Zoë</p>".to_owned()),
        text: Some("Hello Zoë".to_owned()),
        headers: vec![("List-Unsubscribe".to_owned(), "<https://example.com/u/1>".to_owned())],
        date: 1_795_385_071,
    }
}

fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { id, .. } => format!("accepted as {}", id.as_deref().unwrap_or("?")),
        Outcome::Temporary { fault, retry_after, .. } => {
            let whose = match fault {
                Fault::Message => "the message's",
                Fault::Provider => "the provider's",
                Fault::Haste => "haste",
            };
            let pause = retry_after.map(|pause| format!(", in {} s", pause.as_secs())).unwrap_or_default();
            format!("later ({whose}{pause})")
        }
        Outcome::Permanent { suppress: true, .. } => "never, bad address".to_owned(),
        Outcome::Permanent { suppress: false, .. } => "never".to_owned(),
        Outcome::Unknown { .. } => "unknown".to_owned(),
    }
}

fn answer(status: u16, body: &str) -> Says {
    Says::Answer(status, Vec::new(), body.to_owned())
}

/// The names in quotes before an address, which libraries write in either way.
fn unquoted(text: &str) -> String {
    text.replace("\\\"The Shop\\\"", "The Shop")
}

#[tokio::test]
async fn requests_say_what_the_providers_own_libraries_say() {
    let recorded: Vec<Value> = serde_json::from_str(SDKS).unwrap();
    for (kind, of) in [
        (ApiKind::SendGrid, "sendgrid 6.12.5"),
        (ApiKind::Resend, "resend 2.52.0"),
        (ApiKind::Resend, "resend 2.52.0 batch"),
        (ApiKind::Postmark, "postmark 5.1.0"),
        (ApiKind::Postmark, "postmark 5.1.0 batch"),
    ] {
        let theirs = recorded.iter().find(|record| record["by"] == of).unwrap();
        let server = Server::start(&[answer(200, "{}")]).await;
        let stream = if kind == ApiKind::Postmark { "broadcast" } else { "" };
        let words = ApiWords { stream: stream.to_owned(), ..words(&server.url) };
        let api = Api::new(ApiOptions::new(kind, &words).unwrap());
        if of.ends_with("batch") {
            api.send_batch(&[email()]).await;
        } else {
            api.send(&email()).await;
        }
        let ours = server.asked().remove(0);
        assert_eq!(ours.path, theirs["path"].as_str().unwrap(), "{of}");
        let body: Value = serde_json::from_str(&unquoted(&ours.body)).unwrap();
        let expected: Value = serde_json::from_str(&unquoted(&theirs["body"].to_string())).unwrap();
        assert_eq!(body, expected, "{of}");
        for (name, value) in theirs["headers"].as_object().unwrap() {
            let known = ours.headers.get(name).map(String::as_str);
            if name == "idempotency-key" && of.ends_with("batch") {
                assert!(
                    known.unwrap().starts_with("batch-"),
                    "a batch's key is made of those of its messages"
                );
                continue;
            }
            assert_eq!(known, value.as_str(), "{of}: {name}");
        }
    }
}

#[tokio::test]
async fn ses_gets_the_whole_message_signed() {
    let server = Server::start(&[answer(200, r#"{"MessageId": "m"}"#)]).await;
    let api = Api::new(ApiOptions::new(ApiKind::Ses, &ses_words(&server.url)).unwrap());
    let mut email = email();
    email.return_path = Some("b-1@bounces.example.com".to_owned());
    assert_eq!(short(&api.send(&email).await), "accepted as m");
    let asked = server.asked().remove(0);
    assert_eq!(asked.path, "/v2/email/outbound-emails");
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    let data = body["Content"]["Raw"]["Data"].as_str().unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap();
    assert_eq!(bytes, email.compose().unwrap().bytes);
    assert_eq!(body["EmailTags"], json!([{ "Name": "wend_message", "Value": "0123" }]));
    assert_eq!(body["ConfigurationSetName"], "news");
    assert_eq!(body["FeedbackForwardingEmailAddress"], "b-1@bounces.example.com");
    let signed = &asked.headers["authorization"];
    assert!(
        signed
            .starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-central-1/ses/aws4_request, ")
    );
}

#[tokio::test]
async fn mailgun_gets_the_whole_message_as_a_form() {
    let server =
        Server::start(&[answer(200, r#"{"id": "<1@mg.example.com>", "message": "Queued. Thank you."}"#)])
            .await;
    assert_eq!(short(&server.api(ApiKind::Mailgun).send(&email()).await), "accepted as 1@mg.example.com");
    let asked = server.asked().remove(0);
    assert_eq!(asked.path, "/v3/mg.example.com/messages.mime");
    assert_eq!(asked.headers["authorization"], "Basic YXBpOmszeQ==");
    let boundary = asked.headers["content-type"].strip_prefix("multipart/form-data; boundary=").unwrap();
    let message = String::from_utf8(email().compose().unwrap().bytes).unwrap();
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nzoe@example.com\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"v:wend_message\"\r\n\r\n0123\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"o:tracking\"\r\n\r\nno\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"message\"; filename=\"message.mime\"\r\n\
         Content-Type: message/rfc822\r\n\r\n{message}\r\n--{boundary}--\r\n"
    );
    assert_eq!(asked.body, expected);
}

/// What each provider's answers mean, one line each.
#[tokio::test]
async fn answers_mean_what_each_provider_says_they_mean() {
    for (kind, status, body, expected) in ANSWERS {
        let server = Server::start(&[answer(*status, body)]).await;
        let words = if *kind == ApiKind::Ses { ses_words(&server.url) } else { words(&server.url) };
        let api = Api::new(ApiOptions::new(*kind, &words).unwrap());
        let again = if *kind == ApiKind::Resend && *expected == "unknown" { 2 } else { 0 };
        for _ in 0..again {
            server.says(answer(*status, body));
        }
        let outcome = api.send(&email()).await;
        assert_eq!(short(&outcome), *expected, "{} {status} {body}", kind.as_str());
        let (Outcome::Accepted { reply, .. }
        | Outcome::Temporary { reply, .. }
        | Outcome::Permanent { reply, .. }
        | Outcome::Unknown { what: reply }) = &outcome;
        assert!(reply.starts_with(&status.to_string()), "the provider's own words are kept: {reply}");
        assert!(!reply.contains("k3y"));
    }
}

const ANSWERS: &[(ApiKind, u16, &str, &str)] = &[
    (ApiKind::Ses, 200, r#"{"MessageId":"010f"}"#, "accepted as 010f"),
    (
        ApiKind::Ses,
        429,
        r#"{"__type":"TooManyRequestsException","message":"Maximum sending rate exceeded."}"#,
        "later (haste)",
    ),
    (
        ApiKind::Ses,
        400,
        r#"{"__type":"LimitExceededException","message":"Daily message quota exceeded."}"#,
        "later (haste)",
    ),
    (
        ApiKind::Ses,
        400,
        r#"{"__type":"MessageRejected","message":"Email address is not verified."}"#,
        "later (the provider's)",
    ),
    (ApiKind::Ses, 400, r#"{"__type":"MessageRejected","message":"Virus found."}"#, "never"),
    (
        ApiKind::Ses,
        400,
        r#"{"__type":"SendingPausedException","message":"paused"}"#,
        "later (the provider's)",
    ),
    (ApiKind::Ses, 400, r#"{"__type":"BadRequestException","message":"bad"}"#, "never"),
    (
        ApiKind::Ses,
        403,
        r#"{"message":"The security token included in the request is invalid."}"#,
        "later (the provider's)",
    ),
    (ApiKind::Ses, 500, "{}", "unknown"),
    (ApiKind::Ses, 503, "{}", "later (the provider's)"),
    (ApiKind::SendGrid, 202, "", "accepted as ?"),
    (
        ApiKind::SendGrid,
        400,
        r#"{"errors":[{"message":"Does not contain a valid address.","field":"personalizations.0.to.0.email"}]}"#,
        "never, bad address",
    ),
    (
        ApiKind::SendGrid,
        400,
        r#"{"errors":[{"message":"Does not contain a valid address.","field":"from.email"}]}"#,
        "never",
    ),
    (
        ApiKind::SendGrid,
        401,
        r#"{"errors":[{"message":"Maximum credits exceeded"}]}"#,
        "later (the provider's)",
    ),
    (
        ApiKind::SendGrid,
        403,
        r#"{"errors":[{"message":"The from address does not match a verified Sender Identity."}]}"#,
        "later (the provider's)",
    ),
    (ApiKind::SendGrid, 413, "{}", "never"),
    (ApiKind::SendGrid, 429, r#"{"errors":[{"message":"too many requests"}]}"#, "later (haste)"),
    (ApiKind::SendGrid, 500, "{}", "unknown"),
    (ApiKind::SendGrid, 503, "{}", "later (the provider's)"),
    (
        ApiKind::Postmark,
        200,
        r#"{"ErrorCode":0,"Message":"OK","MessageID":"b7bc","To":"zoe@example.com"}"#,
        "accepted as b7bc",
    ),
    (
        ApiKind::Postmark,
        422,
        r#"{"ErrorCode":406,"Message":"You tried to send to recipient(s) that have been marked as inactive."}"#,
        "never, bad address",
    ),
    (
        ApiKind::Postmark,
        422,
        r#"{"ErrorCode":300,"Message":"Error parsing 'To': Illegal email address."}"#,
        "never, bad address",
    ),
    (
        ApiKind::Postmark,
        422,
        r#"{"ErrorCode":300,"Message":"Provide either email TextBody or HtmlBody or both."}"#,
        "never",
    ),
    (
        ApiKind::Postmark,
        422,
        r#"{"ErrorCode":400,"Message":"The 'From' address you supplied is not a Sender Signature on your account."}"#,
        "later (the provider's)",
    ),
    (
        ApiKind::Postmark,
        422,
        r#"{"ErrorCode":405,"Message":"Not allowed to send."}"#,
        "later (the provider's)",
    ),
    (
        ApiKind::Postmark,
        401,
        r#"{"ErrorCode":10,"Message":"The Server Token you provided in the X-Postmark-Server-Token request header was invalid."}"#,
        "later (the provider's)",
    ),
    (ApiKind::Postmark, 429, r#"{"ErrorCode":429,"Message":"Rate limit exceeded."}"#, "later (haste)"),
    (ApiKind::Postmark, 500, "{}", "unknown"),
    (ApiKind::Postmark, 503, "{}", "later (the provider's)"),
    (ApiKind::Mailgun, 200, r#"{"id":"<2@mg>","message":"Queued. Thank you."}"#, "accepted as 2@mg"),
    (
        ApiKind::Mailgun,
        400,
        r#"{"message":"'to' parameter is not a valid address. please check documentation"}"#,
        "never, bad address",
    ),
    (ApiKind::Mailgun, 400, r#"{"message":"'from' parameter is not a valid address."}"#, "never"),
    (ApiKind::Mailgun, 401, "Forbidden", "later (the provider's)"),
    (
        ApiKind::Mailgun,
        403,
        r#"{"message":"Domain mg.example.com is not allowed to send"}"#,
        "later (the provider's)",
    ),
    (ApiKind::Mailgun, 404, r#"{"message":"Domain not found"}"#, "later (the provider's)"),
    (ApiKind::Mailgun, 429, r#"{"message":"Domain has exceeded its limit"}"#, "later (haste)"),
    (ApiKind::Mailgun, 502, "bad gateway", "unknown"),
    (ApiKind::Resend, 200, r#"{"id":"49a3"}"#, "accepted as 49a3"),
    (
        ApiKind::Resend,
        401,
        r#"{"statusCode":401,"name":"missing_api_key","message":"Missing API key"}"#,
        "later (the provider's)",
    ),
    (
        ApiKind::Resend,
        403,
        r#"{"statusCode":403,"name":"validation_error","message":"The example.com domain is not verified."}"#,
        "later (the provider's)",
    ),
    (
        ApiKind::Resend,
        409,
        r#"{"statusCode":409,"name":"concurrent_idempotent_requests","message":"busy"}"#,
        "later (the provider's)",
    ),
    (
        ApiKind::Resend,
        409,
        r#"{"statusCode":409,"name":"invalid_idempotent_request","message":"other payload"}"#,
        "unknown",
    ),
    (
        ApiKind::Resend,
        422,
        r#"{"statusCode":422,"name":"validation_error","message":"Invalid `to` field."}"#,
        "never, bad address",
    ),
    (
        ApiKind::Resend,
        422,
        r#"{"statusCode":422,"name":"invalid_from_address","message":"Invalid `from` field."}"#,
        "never",
    ),
    (
        ApiKind::Resend,
        429,
        r#"{"statusCode":429,"name":"rate_limit_exceeded","message":"Too many requests."}"#,
        "later (haste)",
    ),
    (ApiKind::Resend, 500, r#"{"statusCode":500,"name":"application_error","message":"oops"}"#, "unknown"),
];

#[tokio::test]
async fn a_pause_is_kept_in_each_way_in_which_it_is_asked_for() {
    let date = ("date", "Sun, 22 Nov 2026 12:00:00 GMT".to_owned());
    for (headers, expected) in [
        (vec![("retry-after", "7".to_owned())], "later (haste, in 7 s)"),
        (vec![("ratelimit-reset", "3".to_owned())], "later (haste, in 3 s)"),
        (
            vec![date.clone(), ("retry-after", "Sun, 22 Nov 2026 12:01:30 GMT".to_owned())],
            "later (haste, in 90 s)",
        ),
        (vec![date.clone(), ("x-ratelimit-reset", "1795348830".to_owned())], "later (haste, in 30 s)"),
        (vec![("retry-after", "99999999".to_owned())], "later (haste, in 86400 s)"),
        (vec![("retry-after", "soon".to_owned())], "later (haste)"),
    ] {
        let server = Server::start(&[Says::Answer(429, headers.clone(), String::new())]).await;
        let outcome = server.api(ApiKind::SendGrid).send(&email()).await;
        assert_eq!(short(&outcome), expected, "{headers:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_only_where_the_key_is_honoured_and_with_the_same_key() {
    let server = Server::start(&[Says::Nothing, Says::Nothing, answer(200, r#"{"id":"49a3"}"#)]).await;
    assert_eq!(short(&server.api(ApiKind::Resend).send(&email()).await), "accepted as 49a3");
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|asked| asked.headers["idempotency-key"] == "0123"));
    for kind in [ApiKind::Ses, ApiKind::SendGrid, ApiKind::Postmark, ApiKind::Mailgun] {
        let server = Server::start(&[Says::Nothing]).await;
        let words = if kind == ApiKind::Ses { ses_words(&server.url) } else { words(&server.url) };
        let outcome = Api::new(ApiOptions::new(kind, &words).unwrap()).send(&email()).await;
        assert_eq!((short(&outcome), server.asked().len()), ("unknown".to_owned(), 1), "{}", kind.as_str());
    }
}

#[tokio::test]
async fn without_a_connection_the_message_was_certainly_not_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let api = Api::new(ApiOptions::new(ApiKind::Resend, &words(&url)).unwrap());
    assert_eq!(short(&api.send(&email()).await), "later (the provider's)");
}

#[tokio::test]
async fn each_message_of_a_batch_has_its_own_outcome() {
    let three = || vec![email(), email(), email()];
    let lines = r#"[{"ErrorCode":0,"Message":"OK","MessageID":"a"},
        {"ErrorCode":406,"Message":"inactive"},{"ErrorCode":429,"Message":"slow down"}]"#;
    let server = Server::start(&[answer(200, lines)]).await;
    let outcomes = server.api(ApiKind::Postmark).send_batch(&three()).await;
    let shown: Vec<String> = outcomes.iter().map(short).collect();
    assert_eq!(shown, ["accepted as a", "never, bad address", "later (haste)"]);

    let lines =
        r#"{"data":[{"id":"a"},{"id":"c"}],"errors":[{"index":1,"message":"The `to` field is invalid."}]}"#;
    let server = Server::start(&[answer(200, lines)]).await;
    let outcomes = server.api(ApiKind::Resend).send_batch(&three()).await;
    let shown: Vec<String> = outcomes.iter().map(short).collect();
    assert_eq!(shown, ["accepted as a", "never, bad address", "accepted as c"]);
}

#[tokio::test]
async fn what_is_unfit_is_left_out_of_a_batch_and_an_answer_without_all_lines_leaves_them_unknown() {
    let mut unfit = email();
    unfit.subject = "two\nlines".to_owned();
    let server = Server::start(&[answer(200, r#"[{"ErrorCode":0,"Message":"OK","MessageID":"a"}]"#)]).await;
    let outcomes = server.api(ApiKind::Postmark).send_batch(&[unfit, email()]).await;
    let shown: Vec<String> = outcomes.iter().map(short).collect();
    assert_eq!(shown, ["never", "accepted as a"]);

    for (kind, body) in
        [(ApiKind::Postmark, r#"[{"ErrorCode":0}]"#), (ApiKind::Resend, r#"{"data":[{"id":"a"}]}"#)]
    {
        let server = Server::start(&[answer(200, body)]).await;
        let outcomes = server.api(kind).send_batch(&[email(), email()]).await;
        assert!(outcomes.iter().all(|outcome| short(outcome) == "unknown"), "{outcomes:?}");
    }
}

#[tokio::test]
async fn an_email_that_smuggles_a_header_never_leaves() {
    for kind in ApiKind::ALL {
        let words =
            if kind == ApiKind::Ses { ses_words("http://127.0.0.1:1") } else { words("http://127.0.0.1:1") };
        let api = Api::new(ApiOptions::new(kind, &words).unwrap());
        let changes: [fn(&mut Email); 3] = [
            |email| email.subject = "x\r\nBcc: eve@example.com".to_owned(),
            |email| email.to.address = "zoe@example.com, eve@example.com".to_owned(),
            |email| email.headers.push(("X-A".to_owned(), "b\r\nBcc: eve@example.com".to_owned())),
        ];
        for change in changes {
            let mut email = email();
            change(&mut email);
            assert!(short(&api.send(&email).await).starts_with("never"), "{}", kind.as_str());
        }
    }
}
