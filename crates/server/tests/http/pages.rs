//! The pages for people: by a link from a message, without a login.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::app::{Answer, App};

const POLICIES: &str = "
timezone: UTC
sender: Shop <hello@shop.example>
categories:
  offers: { title: Offers & <more> }
  tips: { title: Tips }
  news: { title: News, titles: { de: Neuigkeiten, fr_CA: Infolettre }, default: unsubscribed, double_opt_in: please-confirm }
";

fn files() -> Value {
    let workflow = |name: &str, event: &str, category: &str| {
        format!(
            "workflow: {name}\ntitle: W\ncategory: {category}\nreentry: always\ntrigger: {{ event: {event} }}\n\
             steps:\n  - {{ id: hello, send: {{ email: hello }} }}\n"
        )
    };
    json!([
        {"path": "policies.yaml", "text": POLICIES},
        {"path": "templates/hello.yaml", "text":
            "template: hello\nchannel: email\nsubject: Hello\ntext: |\n  Hi {{ contact.name }}.\n  \
             Unsubscribe: {{ unsubscribe_url }}\n  Choose: {{ preferences_url }}\n"},
        {"path": "templates/please-confirm.yaml", "text":
            "template: please-confirm\nchannel: email\nsubject: Please confirm\ntext: \"Confirm: {{ confirm_url }}\"\n"},
        {"path": "workflows/offers.yaml", "text": workflow("offers", "Go", "offers")},
        {"path": "workflows/receipt.yaml", "text": workflow("receipt", "Paid", "transactional")},
    ])
}

/// An installation with one contact, who was sent an offer.
async fn installation() -> App {
    let app = App::start().await;
    app.post("/api/v1/apply", json!({"files": files()})).await;
    app.settle().await;
    let ada =
        json!({"userId": "ada", "messageId": "1", "traits": {"name": "Ada", "email": "ada@example.com"}});
    assert_eq!(app.events("/v1/identify", &ada.to_string()).await.status, StatusCode::OK);
    track(&app, "Go", "2", json!({})).await;
    app
}

async fn track(app: &App, event: &str, id: &str, properties: Value) {
    let event = json!({"userId": "ada", "messageId": id, "event": event, "properties": properties});
    assert_eq!(app.events("/v1/track", &event.to_string()).await.status, StatusCode::OK);
    app.settle().await;
}

/// The path of the link that stands after a word in the newest message.
fn link(app: &App, word: &str) -> String {
    let text = app.parcels().last().unwrap().content.text.clone().unwrap();
    let after = text.split(word).nth(1).unwrap().trim_start();
    let url = after.split_whitespace().next().unwrap();
    url.strip_prefix("https://shop.example").unwrap().to_owned()
}

async fn open(app: &App, path: &str) -> Answer {
    app.send(Request::get(path).body(Body::empty()).unwrap()).await
}

async fn send_form(app: &App, path: &str, form: &str) -> Answer {
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let answer = app.send(request.body(Body::from(form.to_owned())).unwrap()).await;
    app.settle().await;
    answer
}

async fn consent(app: &App) -> Value {
    app.get("/api/v1/contacts/ada").await["consent"].clone()
}

#[tokio::test]
async fn opening_the_page_unsubscribes_nobody_and_its_button_does() {
    let app = installation().await;
    let path = link(&app, "Unsubscribe:");
    let shown = open(&app, &path).await;
    assert_eq!(shown.status, StatusCode::OK);
    let text = shown.text();
    assert!(text.contains("Offers &amp; &lt;more&gt;") && text.contains("a•••@example.com"), "{text}");
    assert!(!text.contains("ada@example.com") && !text.contains("<script"), "{text}");
    assert!(shown.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    assert_eq!(shown.header("referrer-policy"), "no-referrer");
    assert_eq!(consent(&app).await["categories"], json!({}));

    let done = send_form(&app, &path, "").await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(done.text().contains("You are unsubscribed"), "{}", done.text());
    let given = consent(&app).await["categories"]["offers"].clone();
    assert_eq!((&given["answer"], &given["source"]), (&json!("unsubscribed"), &json!("unsubscribe page")));
    track(&app, "Go", "3", json!({})).await;
    assert_eq!(app.parcels().len(), 1, "nothing more is sent");
}

#[tokio::test]
async fn one_click_of_a_mailbox_unsubscribes_however_it_is_encoded() {
    for body in [
        "List-Unsubscribe=One-Click",
        "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--",
    ] {
        let app = installation().await;
        let parcel = app.parcels().last().cloned().unwrap();
        let path = parcel.content.unsubscribe_url.unwrap();
        let answer = send_form(&app, path.strip_prefix("https://shop.example").unwrap(), body).await;
        assert_eq!(answer.status, StatusCode::OK);
        let given = consent(&app).await["categories"]["offers"].clone();
        assert_eq!(
            (&given["answer"], &given["source"]),
            (&json!("unsubscribed"), &json!("one-click unsubscribe"))
        );
    }
}

#[tokio::test]
async fn a_link_for_unsubscribing_works_after_ten_years_and_one_that_was_altered_never() {
    let app = installation().await;
    let path = link(&app, "Unsubscribe:");
    app.pass(10 * 366 * 86_400_000);
    assert_eq!(open(&app, &path).await.status, StatusCode::OK);
    for wrong in [
        path.replacen("AQEA", "AQEB", 1),
        path.replace("/default/", "/other/"),
        path.replace("/unsubscribe/", "/preferences/"),
        "/unsubscribe/default/x".to_owned(),
    ] {
        let answer = send_form(&app, &wrong, "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
        assert!(answer.text().contains("This link does not work"));
    }
    assert_eq!(consent(&app).await["categories"], json!({}));
    assert_eq!(send_form(&app, &path, "").await.status, StatusCode::OK);
    assert_eq!(consent(&app).await["categories"]["offers"]["answer"], "unsubscribed");
}

#[tokio::test]
async fn a_receipt_has_no_one_click_header_and_its_link_is_about_all_marketing() {
    let app = installation().await;
    track(&app, "Paid", "4", json!({})).await;
    assert_eq!(app.parcels().last().unwrap().content.unsubscribe_url, None);
    let path = link(&app, "Unsubscribe:");
    assert_eq!(send_form(&app, &path, "").await.status, StatusCode::OK);
    let consent = consent(&app).await;
    assert_eq!(consent["categories"]["offers"]["answer"], "unsubscribed");
    assert_eq!(consent["channels"]["email"]["answer"], "unsubscribed");
    track(&app, "Paid", "5", json!({})).await;
    assert_eq!(app.parcels().len(), 3, "receipts still come");
}

#[tokio::test]
async fn a_person_chooses_categories_channels_frequency_and_a_pause() {
    let app = installation().await;
    let path = link(&app, "Choose:");
    let shown = open(&app, &path).await.text();
    assert!(shown.contains("name=\"category\" value=\"offers\" checked"), "{shown}");
    assert!(shown.contains("name=\"category\" value=\"news\">"), "{shown}");
    assert!(shown.contains("name=\"channel\" value=\"email\" checked") && !shown.contains("value=\"sms\""));
    // The page showed offers and news; of tips it says nothing.
    let form =
        "shown=offers&shown=news&category=news&shown_channel=email&channel=email&frequency=week&pause=month";
    let saved = send_form(&app, &path, form).await;
    assert!(saved.text().contains("Your choice is saved."), "{}", saved.text());
    assert!(
        saved.text().contains("value=\"week\" selected") && saved.text().contains("Paused until 2026-12-22")
    );
    let consent = consent(&app).await;
    assert_eq!(consent["categories"]["offers"]["answer"], "unsubscribed");
    assert_eq!(consent["categories"]["news"]["answer"], "subscribed", "who has the link need not confirm");
    assert_eq!(consent["categories"]["tips"], Value::Null);
    assert_eq!(consent["channels"], json!({}));
    assert_eq!(consent["frequency"], "1 per 1w");
    assert_eq!(consent["paused_until"], "2026-12-22T10:00:00Z");
    let again = send_form(&app, &path, "frequency=keep&pause=none&shown=offers").await;
    assert_eq!(again.status, StatusCode::OK);
    let consent = self::consent(&app).await;
    assert_eq!((&consent["frequency"], &consent["paused_until"]), (&json!("1 per 1w"), &Value::Null));
}

#[tokio::test]
async fn an_old_link_to_the_preferences_only_unsubscribes() {
    let app = installation().await;
    let path = link(&app, "Choose:");
    app.pass(91 * 86_400_000);
    let shown = open(&app, &path).await.text();
    assert!(shown.contains("older than 90 days") && !shown.contains("checkbox"), "{shown}");
    send_form(&app, &path, "shown=news&category=news").await;
    assert_eq!(consent(&app).await["categories"], json!({}), "nobody is subscribed by an old link");
    let done = send_form(&app, &path, "everything=yes").await.text();
    assert!(done.contains("will no longer receive any"), "{done}");
    assert_eq!(consent(&app).await["channels"]["sms"]["answer"], "unsubscribed");
}

#[tokio::test]
async fn the_link_from_the_unsubscribe_page_to_the_preferences_is_as_old_as_the_message() {
    let app = installation().await;
    let path = link(&app, "Unsubscribe:");
    app.pass(91 * 86_400_000);
    let shown = open(&app, &path).await.text();
    let relative = shown.split("href=\"../../").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let shown = open(&app, &format!("/{relative}")).await.text();
    assert!(shown.contains("older than 90 days"), "{shown}");
}

#[tokio::test]
async fn a_subscription_counts_once_its_link_was_followed_and_the_button_pressed() {
    let app = installation().await;
    track(&app, "Subscribed", "6", json!({"category": "news"})).await;
    let path = link(&app, "Confirm:");
    assert!(open(&app, &path).await.text().contains("Do you want to receive"));
    let waiting = consent(&app).await;
    assert_eq!(waiting["categories"], json!({}));
    assert_eq!(waiting["unconfirmed"]["news"]["source"], "event");
    let done = send_form(&app, &path, "").await.text();
    assert!(done.contains("You are subscribed"), "{done}");
    let given = consent(&app).await["categories"]["news"].clone();
    assert_eq!((&given["answer"], &given["legal_basis"]), (&json!("subscribed"), &json!("consent")));
    assert_eq!(send_form(&app, &path, "").await.status, StatusCode::OK, "a second time does no harm");
}

#[tokio::test]
async fn a_confirmation_that_comes_too_late_confirms_nothing() {
    let app = installation().await;
    track(&app, "Subscribed", "6", json!({"category": "news"})).await;
    let path = link(&app, "Confirm:");
    app.pass(31 * 86_400_000);
    assert_eq!(open(&app, &path).await.status, StatusCode::GONE);
    assert_eq!(send_form(&app, &path, "").await.status, StatusCode::GONE);
    assert_eq!(consent(&app).await["categories"], json!({}));
}

#[tokio::test]
async fn a_page_speaks_the_language_of_the_contact() {
    let app = installation().await;
    let path = link(&app, "Unsubscribe:");
    let german =
        Request::get(&path).header("accept-language", "de-AT, en;q=0.5").body(Body::empty()).unwrap();
    let german = app.send(german).await;
    assert!(german.text().contains("lang=\"de\"") && german.text().contains("Abmelden"));
    assert_eq!(german.header("content-language"), "de");
    let choices =
        Request::get(link(&app, "Choose:")).header("accept-language", "de").body(Body::empty()).unwrap();
    assert!(app.send(choices).await.text().contains("Neuigkeiten"), "titles have languages, too");
    let locale = json!({"userId": "ada", "messageId": "7", "traits": {"locale": "fr_FR"}});
    app.events("/v1/identify", &locale.to_string()).await;
    let french = Request::get(&path).header("accept-language", "de").body(Body::empty()).unwrap();
    assert!(app.send(french).await.text().contains("Se désabonner"));
    assert!(open(&app, &link(&app, "Choose:")).await.text().contains("Infolettre"));
}

#[tokio::test]
async fn the_ledger_tells_every_answer_with_its_source() {
    let app = installation().await;
    send_form(&app, &link(&app, "Unsubscribe:"), "").await;
    app.post(
        "/api/v1/contacts/ada/consent",
        json!({"categories": {"offers": "subscribed"}, "legal_basis": "contract", "source": "call of 3 May", "reason": "asked"}),
    )
    .await;
    let ledger = app.get("/api/v1/contacts/ada/consent").await;
    let lines: Vec<String> = ledger["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            format!("{} {} {} {}", line["of"], line["answer"], line["source"], line["legal_basis"])
                .replace('"', "")
        })
        .collect();
    assert_eq!(
        lines,
        [
            "category offers unsubscribed unsubscribe page consent",
            "category offers subscribed call of 3 May contract",
        ]
    );
    assert!(ledger["changes"][0]["message"].is_string(), "{ledger}");
    assert_eq!(ledger["next"], Value::Null);
}

#[tokio::test]
async fn an_address_on_the_workspaces_list_gets_nothing_whoever_has_it() {
    let app = installation().await;
    let listed = app
        .post("/api/v1/suppressions", json!({"addresses": ["Bob@Example.com"], "reason": "asked us to"}))
        .await;
    assert_eq!(listed["taken"], 1);
    let bob = json!({"userId": "bob", "messageId": "8", "traits": {"email": "bob@example.com"}});
    app.events("/v1/identify", &bob.to_string()).await;
    let paid = json!({"userId": "bob", "messageId": "9", "event": "Paid"});
    app.events("/v1/track", &paid.to_string()).await;
    app.settle().await;
    assert_eq!(app.parcels().len(), 1, "not even a receipt goes");
    let message = app.get("/api/v1/contacts/bob").await["messages"][0].clone();
    assert_eq!(message["state"], "blocked", "{message}");
    let rows = app.get("/api/v1/suppressions?address=BOB@example.com").await;
    assert_eq!(rows["suppressions"][0]["reason"], "asked us to");
    assert_eq!(app.get("/api/v1/suppressions?address=eve@example.com").await["suppressions"], json!([]));
    let removed = app
        .post("/api/v1/suppressions/remove", json!({"addresses": ["bob@example.com", "eve@example.com"]}))
        .await;
    assert_eq!(removed, json!({"taken": 1, "unknown": ["eve@example.com"]}));
    let again = json!({"userId": "bob", "messageId": "10", "event": "Paid"});
    app.events("/v1/track", &again.to_string()).await;
    app.settle().await;
    assert_eq!(app.parcels().len(), 2);
}

#[tokio::test]
async fn a_bounce_of_one_contact_stops_the_address_for_all_and_taking_it_back_frees_it() {
    let app = installation().await;
    let order = |suppressed: bool| {
        json!({"order": {"suppression": {"channel": "email", "address": "ada@example.com", "suppressed": suppressed}},
               "reason": "bounced"})
    };
    app.post("/api/v1/contacts/ada/commands", order(true)).await;
    let rows = app.get("/api/v1/suppressions").await;
    assert_eq!(rows["suppressions"][0]["address"], "ada@example.com");
    app.post("/api/v1/contacts/ada/commands", order(false)).await;
    assert_eq!(app.get("/api/v1/suppressions").await["suppressions"], json!([]));
}
