//! Segments, lists and searches, as people ask for them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use wend_server::auth::Scope;

use crate::app::{ADMIN, App};

const PLAN: &str = "segment: pros\ntitle: Paying\nwhere: { trait: plan, eq: pro }\n";
const BUYERS: &str = "segment: buyers\nwhere: { event: Order Completed, count: { gte: 2 }, within: 30d }\n";

fn files(segments: &[(&str, &str)]) -> Value {
    let mut files =
        vec![json!({"path": "policies.yaml", "text": "timezone: UTC\nsender: Shop <hello@shop.example>\n"})];
    files.extend(segments.iter().map(|(path, text)| json!({"path": path, "text": text})));
    json!(files)
}

async fn publish(app: &App, segments: &[(&str, &str)]) {
    app.post("/api/v1/apply", json!({"files": files(segments)})).await;
}

async fn identify(app: &App, user: &str, traits: Value) {
    let event = json!({"userId": user, "messageId": format!("i-{user}-{traits}"), "traits": traits});
    assert_eq!(app.events("/v1/identify", &event.to_string()).await.status, StatusCode::OK);
}

async fn ordered(app: &App, user: &str, n: u32) {
    let event = json!({"userId": user, "messageId": format!("o-{user}-{n}"), "event": "Order Completed", "properties": {"total": n}});
    assert_eq!(app.events("/v1/track", &event.to_string()).await.status, StatusCode::OK);
}

fn names(page: &Value) -> Vec<&str> {
    page["contacts"].as_array().unwrap().iter().map(|contact| contact["user_id"].as_str().unwrap()).collect()
}

/// All contacts of a search, page by page.
async fn all(app: &App, mut body: Value) -> Vec<String> {
    let mut found = Vec::new();
    for _ in 0..100 {
        let page = app.post("/api/v1/contacts/search", body.clone()).await;
        found.extend(names(&page).into_iter().map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => body["after"] = json!(next),
            None => return found,
        }
    }
    panic!("the pages never end")
}

#[tokio::test]
async fn a_segment_tells_how_many_how_that_came_about_and_who() {
    let app = App::start().await;
    publish(&app, &[("segments/pros.yaml", PLAN)]).await;
    for (user, plan) in [("ada", "pro"), ("bob", "free"), ("cyd", "pro")] {
        identify(&app, user, json!({"plan": plan, "name": user})).await;
    }
    app.settle().await;
    app.pass(24 * 3_600_000);
    identify(&app, "cyd", json!({"plan": "free"})).await;
    let listed = app.get("/api/v1/segments").await;
    let row = &listed["segments"][0];
    assert_eq!((row["name"].as_str(), row["n_contacts"].as_i64()), (Some("pros"), Some(1)));
    assert_eq!(row["building"], json!({"state": "whole"}));
    let shown = app.get("/api/v1/segments/pros?days=3").await;
    assert_eq!(shown["file"]["text"], PLAN);
    let growth = |day: &str, n: i64, entered: i64, left: i64| json!({"day": day, "n_contacts": n, "entered": entered, "left": left, "defined_in": 0, "defined_out": 0});
    assert_eq!(
        shown["growth"],
        json!([growth("2026-11-21", 0, 0, 0), growth("2026-11-22", 2, 2, 0), growth("2026-11-23", 1, 0, 1)])
    );
    let members = app.get("/api/v1/segments/pros/members").await;
    assert_eq!(names(&members), ["ada"]);
    assert_eq!(members["contacts"][0]["since"], "2026-11-22T10:00:00Z");
    let history = app.get("/api/v1/contacts/cyd/segments").await;
    let changes: Vec<(bool, &str)> = history["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["entered"].as_bool().unwrap(), change["at"].as_str().unwrap()))
        .collect();
    assert_eq!(changes, [(true, "2026-11-22T10:00:00Z"), (false, "2026-11-23T10:00:00Z")]);
    for (path, status) in [("none", 404), ("pros?days=0", 400), ("pros?days=401", 400), ("none/members", 404)]
    {
        let answer = app.call(ADMIN, Method::GET, &format!("/api/v1/segments/{path}"), None).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn why_somebody_is_in_a_segment_or_not_is_told_with_the_values() {
    let app = App::start().await;
    let care = "segment: care\nwhere: { all: [ { segment: pros }, { segment: buyers } ] }\n";
    let segments =
        [("segments/pros.yaml", PLAN), ("segments/buyers.yaml", BUYERS), ("segments/care.yaml", care)];
    publish(&app, &segments).await;
    identify(&app, "ada", json!({"plan": "pro"})).await;
    ordered(&app, "ada", 1).await;
    let why = app.get("/api/v1/segments/care/why/ada").await;
    assert_eq!(why["inside"], false);
    assert_eq!(why["text"], "no, because the number of `Order Completed` within 30d is at least 2: it is 1");
    assert_eq!(why["lines"].as_array().unwrap().len(), 5);
    ordered(&app, "ada", 2).await;
    let why = app.get("/api/v1/segments/care/why/ada").await;
    assert_eq!((&why["inside"], &why["since"]), (&json!(true), &json!("2026-11-22T10:00:00Z")));
    assert_eq!(why["may_change_at"], Value::Null);
    let why = app.get("/api/v1/segments/buyers/why/ada").await;
    assert_eq!(why["may_change_at"], "2026-12-22T10:00:00Z");
    assert_eq!(why["explanation"]["may_change_at"], "2026-12-22T10:00:00Z");
}

#[tokio::test]
async fn s9_5_a_new_segment_is_being_built_until_every_contact_has_been_told() {
    let app = App::start().await;
    publish(&app, &[("segments/pros.yaml", PLAN)]).await;
    app.settle().await;
    for n in 0..5 {
        let user = format!("u{n}");
        identify(&app, &user, json!({"plan": "pro"})).await;
        ordered(&app, &user, 1).await;
        ordered(&app, &user, 2).await;
    }
    publish(&app, &[("segments/pros.yaml", PLAN), ("segments/buyers.yaml", BUYERS)]).await;
    let states = async || {
        let listed = app.get("/api/v1/segments").await;
        let segments = listed["segments"].as_array().unwrap().iter();
        let state =
            |row: &Value| format!("{}:{}:{}", row["name"], row["building"]["state"], row["n_contacts"]);
        segments.map(state).collect::<Vec<_>>().join(" ").replace('"', "")
    };
    assert_eq!(states().await, "buyers:building:0 pros:whole:5");
    let shown = app.get("/api/v1/segments/buyers").await;
    assert_eq!(
        shown["building"],
        json!({"state": "building", "looked_at": 0, "of": 5, "job": "recompute-2"})
    );
    // Whoever is asked about is answered from history: nothing is decided on half of it.
    assert_eq!(app.get("/api/v1/segments/buyers/why/u1").await["inside"], true);
    let preview = app.post("/api/v1/segments/preview", json!({"segment": "buyers"})).await;
    assert_eq!((&preview["matched"], &preview["building"]), (&json!(5), &json!(["buyers"])));
    // What a person does to its members waits until they are known.
    let order = json!({"select": {"segment": "buyers"}, "order": {"tag": {"tag": "b", "on": true}}, "reason": "test"});
    app.post("/api/v1/bulk", order).await;
    app.settle().await;
    assert_eq!(states().await, "buyers:whole:5 pros:whole:5");
    app.pass(60_000);
    app.settle().await;
    assert_eq!(all(&app, json!({"tag": "b"})).await.len(), 5);
    let growth = app.get("/api/v1/segments/buyers?days=1").await["growth"][0].clone();
    assert_eq!((&growth["defined_in"], &growth["entered"]), (&json!(5), &json!(0)));
    // A change that means the same builds nothing.
    let same = BUYERS.replace("segment: buyers", "# who comes back\nsegment: buyers");
    publish(&app, &[("segments/pros.yaml", PLAN), ("segments/buyers.yaml", &same)]).await;
    assert_eq!(states().await, "buyers:whole:5 pros:whole:5");
}

#[tokio::test]
async fn a_preview_asks_what_nobody_published_and_a_job_counts_exactly() {
    let app = App::start().await;
    publish(&app, &[("segments/pros.yaml", PLAN)]).await;
    for n in 0..8 {
        let user = format!("u{n}");
        identify(&app, &user, json!({"plan": if n < 3 { "pro" } else { "free" }, "name": user})).await;
        for order in 0..n {
            ordered(&app, &user, order).await;
        }
    }
    let rule =
        json!({"where": {"event": "Order Completed", "where": {"total": {"gte": 2}}, "count": {"gte": 2}}});
    let mut asked = rule.clone();
    asked["count"] = json!(true);
    let preview = app.post("/api/v1/segments/preview", asked).await;
    assert_eq!(
        (&preview["asked"], &preview["matched"], &preview["contacts"]),
        (&json!(8), &json!(4), &json!(8))
    );
    assert_eq!(preview["estimate"], json!({"n": 4, "low": 4, "high": 4, "share": 0.5, "exact": true}));
    assert_eq!(preview["members"].as_array().unwrap().len(), 4);
    app.settle().await;
    let job = app.get(&format!("/api/v1/jobs/{}", preview["job"].as_str().unwrap())).await;
    assert_eq!((&job["state"], &job["result"]["asked"]), (&json!("finished"), &json!(8)));
    assert_eq!(job["result"]["sets"], json!([{"of": ["the condition"], "n": 4}]));
    let of = json!({"of": [{"segment": "pros"}, rule, {"tag": "x"}], "count": true});
    let overlap = app.post("/api/v1/segments/overlap", of).await;
    let matched = |view: &Value| {
        let sets = view.as_array().unwrap().iter();
        sets.map(|set| set.get("matched").or_else(|| set.get("n")).unwrap().as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(matched(&overlap["sets"]), [3, 4, 0, 0, 0, 0, 0]);
    app.settle().await;
    let job = app.get(&format!("/api/v1/jobs/{}", overlap["job"].as_str().unwrap())).await;
    assert_eq!(matched(&job["result"]["sets"]), [3, 4, 0, 0, 0, 0, 0]);
    for (body, status) in [
        (json!({"where": {"colour": 1}}), 422),
        (json!({"segment": "none"}), 404),
        (json!({}), 400),
        (json!({"where": {"trait": "age", "gte": {"x": 1}}, "extra": 1}), 400),
    ] {
        let answer = app.call(ADMIN, Method::POST, "/api/v1/segments/preview", Some(body.clone())).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.text());
    }
    let answer = app
        .call(ADMIN, Method::POST, "/api/v1/segments/preview", Some(json!({"where": {"colour": 1}})))
        .await;
    assert!(answer.text().contains("a condition has no key `colour`"), "{}", answer.text());
}

#[tokio::test]
async fn contacts_are_found_by_identifier_beginning_and_condition_page_by_page() {
    let app = App::start().await;
    publish(&app, &[("segments/pros.yaml", PLAN)]).await;
    let people = [
        ("7", "Ada Lovelace", "ada@love.example", "pro"),
        ("8", "Adam Ant", "ant@example.com", "free"),
        ("9", "Grace Hopper", "adagio@example.com", "pro"),
        ("ada", "Linus", "l@example.com", "free"),
    ];
    for (user, name, email, plan) in people {
        identify(&app, user, json!({"name": name, "email": email, "plan": plan})).await;
    }
    let found = async |q: &str| {
        let mut found = all(&app, json!({"q": q, "limit": 1})).await;
        let whole = app.post("/api/v1/contacts/search", json!({"q": q})).await;
        assert_eq!(names(&whole), found, "{q}");
        found.sort();
        found
    };
    assert_eq!(found("ada").await, ["7", "8", "9", "ada"]);
    assert_eq!(found("ADA LOVE").await, ["7"]);
    assert_eq!(found("lovelace").await, ["7"]);
    assert_eq!(found("ant@").await, ["8"]);
    assert_eq!(found("hop").await, ["9"]);
    assert_eq!(found("nobody").await, Vec::<String>::new());
    let page = app.post("/api/v1/contacts/search", json!({"q": "ada"})).await;
    assert_eq!(
        (&page["contacts"][0]["user_id"], &page["contacts"][0]["by_identifier"]),
        (&json!("ada"), &json!(true))
    );
    assert_eq!(all(&app, json!({"q": "ada", "where": {"trait": "plan", "eq": "pro"}})).await.len(), 2);
    assert_eq!(all(&app, json!({"where": {"trait": "plan", "eq": "free"}, "limit": 1})).await.len(), 2);
    assert_eq!(all(&app, json!({"segment": "pros", "limit": 1})).await.len(), 2);
    assert_eq!(all(&app, json!({"limit": 1})).await.len(), 4);
    // Another name is found at once, and the old one is no more.
    identify(&app, "8", json!({"name": "Bea", "email": null})).await;
    assert_eq!(found("adam").await, Vec::<String>::new());
    assert_eq!(found("ant@").await, Vec::<String>::new());
    assert_eq!(found("bea").await, ["8"]);
    for body in [json!({"q": "x".repeat(201)}), json!({"after": "zzz"}), json!({"limit": 0})] {
        let answer = app.call(ADMIN, Method::POST, "/api/v1/contacts/search", Some(body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_list_has_its_members_and_its_days() {
    let app = App::start().await;
    for user in ["ada", "bob"] {
        identify(&app, user, json!({})).await;
        let order = json!({"order": {"list": {"list": "vip", "on": true}}, "reason": "test"});
        app.post(&format!("/api/v1/contacts/{user}/commands"), order).await;
    }
    let order = json!({"order": {"list": {"list": "vip", "on": false}}, "reason": "test"});
    app.post("/api/v1/contacts/bob/commands", order).await;
    app.settle().await;
    assert_eq!(app.get("/api/v1/lists").await["lists"], json!([{"name": "vip", "n_contacts": 1}]));
    assert_eq!(names(&app.get("/api/v1/lists/vip/members").await), ["ada"]);
    let day = app.get("/api/v1/lists/vip?days=1").await["growth"][0].clone();
    assert_eq!((&day["entered"], &day["left"], &day["n_contacts"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(app.call(ADMIN, Method::GET, "/api/v1/lists/none", None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_sees_contacts_of_another_workspace() {
    let app = App::start().await;
    publish(&app, &[("segments/pros.yaml", PLAN)]).await;
    identify(&app, "ada", json!({"plan": "pro", "name": "Ada"})).await;
    app.post("/api/v1/workspaces", json!({"name": "other"})).await;
    app.key("other", "theirs", Scope::Read).await;
    let ask =
        async |method: Method, path: &str, body: Option<Value>| app.call("theirs", method, path, body).await;
    for body in [json!({"q": "ada"}), json!({"q": "Ada"}), json!({"tag": "x"}), json!({})] {
        let answer = ask(Method::POST, "/api/v1/contacts/search", Some(body)).await;
        assert_eq!(answer.json()["contacts"], json!([]));
    }
    assert_eq!(ask(Method::GET, "/api/v1/segments", None).await.json()["segments"], json!([]));
    for path in ["segments/pros", "segments/pros/members", "segments/pros/why/ada", "contacts/ada/segments"] {
        assert_eq!(
            ask(Method::GET, &format!("/api/v1/{path}"), None).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let preview =
        ask(Method::POST, "/api/v1/segments/preview", Some(json!({"where": {"trait": "plan", "eq": "pro"}})))
            .await;
    assert_eq!((&preview.json()["asked"], &preview.json()["matched"]), (&json!(0), &json!(0)));
}
