use serde_json::json;
use wend_domain::id::{Category, Channel, ContactId, MessageId, TemplateName};
use wend_domain::time::Timestamp;

use super::*;

fn wanted(name: &str) -> Render {
    Render {
        message: MessageId::hashed(Timestamp::default(), &[]),
        contact: ContactId::hashed(Timestamp::default(), &[]),
        channel: Channel::from("http"),
        category: Category::from("news"),
        optional: false,
        confirms: false,
        tracking: wend_domain::report::Tracking::NONE,
        template: TemplateName::from("~w/1/s"),
        json: None,
        address: String::new(),
        context: json!({ "contact": { "name": name } }),
        zone: "UTC".to_owned(),
        at: Timestamp::default(),
        hop: 0,
    }
}

fn request(mark: &Mark) -> CallRequest {
    CallRequest {
        method: "POST".to_owned(),
        url: format!("https://crm.example/{}/x", mark.around("path")),
        headers: BTreeMap::from([("X-Key".to_owned(), format!("Bearer {}", mark.around("key")))]),
        body: Some(format!("{{\"a\":\"{}\"}}", mark.around("key"))),
        is_json: true,
        timeout_ms: 10_000,
        mark: Some(mark.clone()),
    }
}

#[test]
fn secrets_take_the_place_of_their_marks_and_are_escaped_in_json() {
    let request = request(&Mark::of(&wanted("Ann")));
    let revealed = request.revealed(|name| Some(format!("<{name}\">"))).ok().unwrap();
    assert_eq!(revealed.url, "https://crm.example/<path\">/x");
    assert_eq!(revealed.headers, [("X-Key".to_owned(), "Bearer <key\">".to_owned())]);
    assert_eq!(revealed.body.as_deref(), Some("{\"a\":\"<key\\\">\"}"));
}

#[test]
fn a_secret_that_nobody_gave_is_named() {
    let request = request(&Mark::of(&wanted("Ann")));
    let missing = request.revealed(|name| (name == "path").then(String::new)).err().unwrap();
    assert_eq!(missing.to_string(), "the secret `key` is not set");
}

#[test]
fn what_a_contact_says_is_never_a_mark() {
    // The mark depends on all that the contact says: whoever writes one mark down gets another one.
    let mark = Mark::of(&wanted("Ann"));
    let forged = mark.around("key");
    let other = Mark::of(&wanted(&forged));
    assert_ne!(mark, other);
    let request = CallRequest { url: forged.clone(), ..request(&other) };
    let revealed = request.revealed(|_| Some("secret".to_owned())).ok().unwrap();
    assert_eq!(revealed.url, forged);
}

#[test]
fn a_request_is_stored_without_secrets_and_read_back_the_same() {
    let request = request(&Mark::of(&wanted("Ann")));
    let stored = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<CallRequest>(&stored).unwrap(), request);
}
