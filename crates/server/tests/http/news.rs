//! What messages tell: the pixel, the redirects, and the link that no person sees.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::app::{ADMIN, Answer, App};

/// What a person's browser calls itself.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A while in which a person may have read a message.
const READ_FOR: i64 = 60_000;

/// A while after which it is decided who followed a link.
const JUDGED_FOR: i64 = 5_000;

/// An installation with one contact, who was sent a message a minute ago.
async fn installation(policies: &str) -> App {
    let app = App::start().await;
    let files = json!([
        {"path": "policies.yaml", "text": policies},
        {"path": "templates/hello.yaml", "text":
            "template: hello\nchannel: email\nsubject: Hello\nhtml: |\n  <p><a href=\"https://else.example/a?b=1&amp;c=2\">One</a> \
             <a href=\"https://else.example/d\" data-track=\"off\">Two</a> <a href=\"{{ unsubscribe_url }}\">Out</a></p>\n"},
        {"path": "workflows/offers.yaml", "text":
            "workflow: offers\ntitle: W\ncategory: offers\ntrigger: { event: Go }\n\
             steps:\n  - { id: hello, send: { email: hello } }\n  - id: wait\n    wait_for:\n      \
             - { message: hello, is: clicked, then: [{ update: { tags: { add: [clicker] } } }] }\n    timeout: 7d\n"},
    ]);
    app.post("/api/v1/apply", json!({"files": files})).await;
    app.settle().await;
    for (path, body) in [
        ("/v1/identify", json!({"userId": "ada", "messageId": "1", "traits": {"email": "ada@example.com"}})),
        ("/v1/track", json!({"userId": "ada", "messageId": "2", "event": "Go"})),
    ] {
        assert_eq!(app.events(path, &body.to_string()).await.status, StatusCode::OK);
    }
    app.settle().await;
    app.pass(READ_FOR);
    app
}

fn policies(more: &str) -> String {
    format!(
        "timezone: UTC\nsender: Shop <hello@shop.example>\ncategories:\n  offers: {{ title: Offers }}\n{more}"
    )
}

fn html(app: &App) -> String {
    app.parcels().last().unwrap().content.html.clone().unwrap()
}

/// The paths of the links of a kind that the message has.
fn paths(app: &App, kind: &str) -> Vec<String> {
    let html = html(app);
    let start = format!("\"https://shop.example/{kind}/default/");
    html.match_indices(&start)
        .map(|(at, _)| {
            html[at + 1..].split('"').next().unwrap().strip_prefix("https://shop.example").unwrap().to_owned()
        })
        .collect()
}

async fn visit(app: &App, method: Method, path: &str, agent: &str) -> Answer {
    let request = Request::builder().method(method).uri(path).header("user-agent", agent);
    app.send(request.body(Body::empty()).unwrap()).await
}

/// The message, after all that was told of it is settled.
async fn message(app: &App) -> Value {
    app.settle().await;
    app.pass(JUDGED_FOR);
    app.settle().await;
    let id = app.parcels().last().unwrap().message;
    app.get(&format!("/api/v1/messages/{id}")).await
}

#[tokio::test]
async fn a_person_who_opens_and_clicks_gets_there_and_a_run_that_waits_for_it_goes_on() {
    let app = installation(&policies("")).await;
    let (pixels, clicks) = (paths(&app, "o"), paths(&app, "c"));
    assert_eq!(
        (pixels.len(), clicks.len()),
        (1, 2),
        "one pixel, one link, one that no person sees: {}",
        html(&app)
    );
    assert!(html(&app).contains("href=\"https://else.example/d\""), "what isn't to be tracked is left alone");

    let pixel = visit(&app, Method::GET, &pixels[0], BROWSER).await;
    assert_eq!((pixel.status, pixel.header("content-type")), (StatusCode::OK, "image/gif"));
    assert!(pixel.body.starts_with(b"GIF89a") && pixel.header("cache-control").contains("no-store"));
    let followed = visit(&app, Method::GET, &clicks[0], BROWSER).await;
    assert_eq!(followed.status, StatusCode::FOUND);
    assert_eq!(followed.header("location"), "https://else.example/a?b=1&c=2");
    assert_eq!((followed.header("set-cookie"), followed.header("referrer-policy")), ("", "no-referrer"));

    let message = message(&app).await;
    assert!(message["engagement"]["opened"].is_string(), "{message}");
    assert!(
        message["engagement"]["clicked"].is_string() && message["by_machine"]["clicked"].is_null(),
        "{message}"
    );
    assert_eq!(app.get("/api/v1/contacts/ada").await["tags"], json!(["clicker"]));
    let why = app.get("/api/v1/contacts/ada/why").await.to_string();
    assert!(why.contains("https://else.example/a?b=1&c=2"), "{why}");
}

#[tokio::test]
async fn a_link_that_was_altered_leads_nowhere_and_tells_nothing() {
    let app = installation(&policies("")).await;
    let link = paths(&app, "c")[0].clone();
    let signed = link.strip_prefix("/c/default/").unwrap();
    let other = |from: char| if from == 'A' { 'B' } else { 'A' };
    for at in [0, 1, 10, 30, 50, signed.len() - 10] {
        let altered: String = signed
            .char_indices()
            .map(|(place, letter)| if place == at { other(letter) } else { letter })
            .collect();
        let answer = visit(&app, Method::GET, &format!("/c/default/{altered}"), BROWSER).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::NOT_FOUND, ""), "{at}");
    }
    for path in [
        format!("/c/other/{signed}"),
        format!("/c/default/{}", &signed[..signed.len() - 4]),
        format!("{link}?url=https://evil.example/"),
        "/c/default/aHR0cHM6Ly9ldmlsLmV4YW1wbGUv".to_owned(),
    ] {
        let answer = visit(&app, Method::GET, &path, BROWSER).await;
        assert!(!answer.header("location").contains("evil"), "{path}");
    }
    let broken = visit(&app, Method::GET, &format!("/o/default/{signed}"), BROWSER).await;
    assert_eq!(broken.status, StatusCode::OK, "a broken picture helps nobody");
    let message = message(&app).await;
    assert!(message["engagement"]["opened"].is_null(), "{message}");
}

#[tokio::test]
async fn whoever_follows_the_link_that_no_person_sees_is_a_machine_and_so_are_its_other_clicks() {
    let app = installation(&policies("")).await;
    for link in paths(&app, "c") {
        let answer = visit(&app, Method::GET, &link, BROWSER).await;
        assert!([StatusCode::FOUND, StatusCode::NO_CONTENT].contains(&answer.status));
    }
    let message = message(&app).await;
    assert!(message["engagement"]["clicked"].is_null(), "{message}");
    assert!(message["by_machine"]["clicked"].is_string(), "{message}");
    assert_eq!(app.get("/api/v1/contacts/ada").await["tags"], json!([]), "the run still waits");
    let why = app.get("/api/v1/contacts/ada/why").await.to_string();
    assert!(why.contains("a link was followed that no person sees"), "{why}");
}

#[tokio::test]
async fn who_looks_ahead_or_says_what_it_is_is_a_machine() {
    for (method, agent, ahead) in [
        (Method::HEAD, BROWSER, None),
        (Method::GET, BROWSER, Some("prefetch")),
        (Method::GET, "curl/8.5.0", None),
        (Method::GET, "", None),
    ] {
        let app = installation(&policies("")).await;
        let link = paths(&app, "c")[0].clone();
        let mut request = Request::builder().method(&method).uri(&link).header("user-agent", agent);
        if let Some(ahead) = ahead {
            request = request.header("sec-purpose", ahead);
        }
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FOUND, "whoever follows a link gets there");
        let message = message(&app).await;
        assert!(message["engagement"]["clicked"].is_null(), "{method} {agent} {ahead:?}: {message}");
        assert!(message["by_machine"]["clicked"].is_string(), "{method} {agent} {ahead:?}: {message}");
    }
}

#[tokio::test]
async fn a_person_who_comes_right_after_a_scanner_is_heard_and_loads_of_one_visit_are_one_commit() {
    let app = installation(&policies("")).await;
    let link = paths(&app, "c")[0].clone();
    visit(&app, Method::HEAD, &link, "Scanner/1.0").await;
    for _ in 0..20 {
        assert_eq!(visit(&app, Method::GET, &link, BROWSER).await.status, StatusCode::FOUND);
    }
    let message = message(&app).await;
    assert!(message["engagement"]["clicked"].is_string(), "{message}");
    assert!(message["by_machine"]["clicked"].is_string(), "{message}");
    let why = app.get("/api/v1/contacts/ada/why").await.to_string();
    assert_eq!(why.matches(r#""decision":"reported""#).count(), 1, "{why}");
}

#[tokio::test]
async fn tracking_that_is_off_leaves_a_message_as_its_template_has_it() {
    let app =
        installation(&policies("tracking: { opens: false, clicks: false, hidden_link: false }\n")).await;
    assert_eq!((paths(&app, "o").len(), paths(&app, "c").len()), (0, 0), "{}", html(&app));
    assert!(html(&app).contains("https://else.example/a?b=1&amp;c=2"), "{}", html(&app));
}

#[tokio::test]
async fn a_call_that_claims_to_be_a_providers_is_refused_while_no_secret_is_set() {
    let app = installation(&policies("")).await;
    for provider in ["ses", "sendgrid", "postmark", "mailgun", "resend", "nobody"] {
        let path = format!("/v1/providers/{provider}/default");
        let answer = app.send(Request::post(path).body(Body::from("{}")).unwrap()).await;
        // This installation's courier knows no provider at all.
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{provider}");
    }
    let with_key = app.call(ADMIN, Method::GET, "/v1/providers/postmark/default", None).await;
    assert_eq!(with_key.status, StatusCode::METHOD_NOT_ALLOWED);
}
