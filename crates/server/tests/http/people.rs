//! What people do: by hand, to one and to many, and tasks; and what other systems bring along.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use wend_server::auth::Scope;

use crate::app::{ADMIN, App, WRITE_KEY};

fn files() -> Value {
    json!([
        {"path": "policies.yaml", "text": "timezone: UTC\nsender: Shop <hello@shop.example>\n"},
        {"path": "segments/pros.yaml", "text": "segment: pros\nwhere: { trait: plan, eq: pro }\n"},
        {"path": "workflows/care.yaml", "text":
            "workflow: care\ntitle: Care\ncategory: offers\ntrigger:\n  - { event: Asked }\n  - { manual: true }\nreentry: always\n\
             steps:\n  - id: call\n    task:\n      title: \"Call {{ contact.name }}\"\n      for: sales\n      due: 2d\n\
             \x20     outcomes: { won: [ { id: won, wait: 1d } ], lost: [] }\n  - { id: after, wait: 3d }\n"},
        {"path": "workflows/drop.yaml", "text":
            "workflow: drop\ntitle: Drop\ncategory: offers\nreentry: always\ntrigger:\n  business: Price Dropped\n  where: { by: { gte: 10 } }\n\
             \x20 match: { event: Product Viewed, property: sku, equals: sku, within: 30d }\nsteps:\n  - { id: rest, wait: 1d }\n"},
    ])
}

/// An installation with these contacts, each on a plan.
async fn with(contacts: &[(&str, &str)]) -> App {
    let app = App::start().await;
    app.post("/api/v1/apply", json!({"files": files()})).await;
    settled(&app).await;
    for (user, plan) in contacts {
        let event =
            json!({"userId": user, "messageId": format!("i{user}"), "traits": {"plan": plan, "name": user}});
        assert_eq!(app.events("/v1/identify", &event.to_string()).await.status, StatusCode::OK);
    }
    app
}

/// Lets jobs that begin later begin, too.
async fn settled(app: &App) {
    app.settle().await;
    app.pass(60_000);
    app.settle().await;
}

async fn contact(app: &App, user: &str) -> Value {
    app.get(&format!("/api/v1/contacts/{user}")).await
}

async fn steps(app: &App, user: &str) -> Vec<String> {
    let contact = contact(app, user).await;
    let runs = contact["runs"].as_array().unwrap().iter();
    runs.map(|run| format!("{}:{}", run["workflow"].as_str().unwrap(), run["step"].as_str().unwrap()))
        .collect()
}

async fn track(app: &App, user: &str, event: &str, properties: Value) {
    let id = format!("{user}{event}");
    let event = json!({"userId": user, "messageId": id, "event": event, "properties": properties});
    assert_eq!(app.events("/v1/track", &event.to_string()).await.status, StatusCode::OK);
    app.settle().await;
}

async fn bulk(app: &App, select: Value, order: Value) -> Value {
    let begun = app.post("/api/v1/bulk", json!({"select": select, "order": order, "reason": "a test"})).await;
    settled(app).await;
    let id = begun["job"]["id"].as_str().unwrap();
    let job = app.get(&format!("/api/v1/jobs/{id}")).await;
    assert_eq!(job["state"], "finished", "{job}");
    json!({"done": job["done"], "n_unknown": begun["n_unknown"], "unknown": begun["unknown"]})
}

#[tokio::test]
async fn a_person_starts_moves_skips_pauses_and_ends_runs_of_one_contact() {
    let app = with(&[("u", "pro")]).await;
    let order = async |order: Value| {
        app.post("/api/v1/contacts/u/commands", json!({"order": order, "reason": "by hand"})).await;
        app.settle().await;
        steps(&app, "u").await
    };
    let on = |what: Value| json!({"on_runs": {"runs": {"workflow": "care"}, "what": what}});
    let start = json!({"start_run": {"workflow": "care", "data": {}, "by_hand": true}});
    assert_eq!(order(start).await, ["care:call"]);
    assert_eq!(order(on(json!({"move": "won"}))).await, ["care:won"]);
    assert_eq!(order(on(json!("skip"))).await, ["care:after"]);
    order(on(json!("pause"))).await;
    app.pass(4 * 86_400_000);
    app.settle().await;
    assert_eq!(steps(&app, "u").await, ["care:after"]);
    assert!(contact(&app, "u").await["runs"][0]["paused_at"].is_string());
    assert_eq!(order(on(json!("resume"))).await, Vec::<String>::new(), "its wait was over");
    order(json!({"list": {"list": "vip", "on": true}})).await;
    order(json!({"tag": {"tag": "beta", "on": true}})).await;
    let shown = contact(&app, "u").await;
    assert!(shown["lists"]["vip"].is_string());
    assert_eq!(shown["tags"], json!(["beta"]));
    let why = app.get("/api/v1/contacts/u/why").await.to_string();
    assert!(why.contains("by hand"), "{why}");
}

#[tokio::test]
async fn many_contacts_are_selected_in_every_way() {
    let app = with(&[("a", "pro"), ("b", "pro"), ("c", "free")]).await;
    let list = |list: &str| json!({"list": {"list": list, "on": true}});
    let on = async |list: &str| {
        let mut on = Vec::new();
        for user in ["a", "b", "c"] {
            if contact(&app, user).await["lists"][list].is_string() {
                on.push(user);
            }
        }
        on
    };
    bulk(&app, json!({"segment": "pros"}), list("s")).await;
    assert_eq!(on("s").await, ["a", "b"]);
    bulk(&app, json!({"where": {"not": {"trait": "plan", "eq": "pro"}}}), list("w")).await;
    assert_eq!(on("w").await, ["c"]);
    let told = bulk(&app, json!({"user_ids": ["a", "c", "nobody"]}), list("u")).await;
    assert_eq!(told, json!({"done": 2, "n_unknown": 1, "unknown": ["nobody"]}));
    assert_eq!(on("u").await, ["a", "c"]);
    let id = contact(&app, "b").await["id"].clone();
    let told = bulk(&app, json!({"ids": [id, "x", "0".repeat(32)]}), list("i")).await;
    assert_eq!((told["done"].clone(), told["n_unknown"].clone()), (json!(1), json!(2)));
    assert_eq!(on("i").await, ["b"]);
    bulk(&app, json!({"list": "i"}), json!({"tag": {"tag": "t", "on": true}})).await;
    bulk(&app, json!({"tag": "t"}), json!({"start_run": {"workflow": "care", "data": {}, "by_hand": true}}))
        .await;
    assert_eq!(steps(&app, "b").await, ["care:call"]);
    let end = json!({"on_runs": {"runs": {"workflow": "care"}, "what": "end"}});
    bulk(&app, json!({"runs": {"workflow": "care", "step": "call"}}), end).await;
    assert_eq!(steps(&app, "b").await, Vec::<String>::new());
    bulk(&app, json!({"all": true}), list("all")).await;
    assert_eq!(on("all").await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_selection_that_makes_no_sense_is_refused_before_anything_begins() {
    let app = with(&[("a", "pro")]).await;
    let tag = json!({"tag": {"tag": "t", "on": true}});
    let run = json!({"on_runs": {"runs": {"run": "0".repeat(32)}, "what": "end"}});
    let many: Vec<String> = vec!["x".to_owned(); 100_001];
    for (select, order, reason, status) in [
        (json!({"segment": "nothing"}), &tag, "r", StatusCode::NOT_FOUND),
        (json!({"runs": {"workflow": "nothing"}}), &tag, "r", StatusCode::NOT_FOUND),
        (json!({"where": {"segment": "nothing"}}), &tag, "r", StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"where": {"event": "Never Counted"}}), &tag, "r", StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"all": true}), &run, "r", StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"all": true}), &tag, " ", StatusCode::BAD_REQUEST),
        (json!({"all": false}), &tag, "r", StatusCode::BAD_REQUEST),
        (json!({"ids": []}), &tag, "r", StatusCode::BAD_REQUEST),
        (json!({"user_ids": many}), &tag, "r", StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let body = json!({"select": select, "order": order, "reason": reason});
        let answer = app.call(ADMIN, Method::POST, "/api/v1/bulk", Some(body)).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let jobs = app.get("/api/v1/jobs").await;
    assert!(jobs["jobs"].as_array().unwrap().iter().all(|job| job["kind"] != "bulk"), "{jobs}");
}

#[tokio::test]
async fn a_job_of_many_is_begun_once_and_can_be_cancelled() {
    let app = with(&[("a", "pro"), ("b", "pro"), ("c", "pro")]).await;
    let body = json!({
        "select": {"all": true}, "order": {"tag": {"tag": "t", "on": true}}, "reason": "r", "pace": 1, "id": "once",
    });
    let begun = app.post("/api/v1/bulk", body.clone()).await;
    assert_eq!(begun["job"]["id"], "bulk-once");
    let again = app.call(ADMIN, Method::POST, "/api/v1/bulk", Some(body)).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    app.settle().await;
    let job = app.post("/api/v1/jobs/bulk-once/cancel", json!({})).await;
    assert_eq!(job["state"], "cancelled");
    assert_eq!(job["looked_at"], 1, "one contact a second");
    let again = app.call(ADMIN, Method::POST, "/api/v1/jobs/bulk-once/cancel", None).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(app.get("/api/v1/audit").await.to_string().contains("job_cancelled"));
}

#[tokio::test]
async fn a_task_is_claimed_by_one_person_and_its_outcome_moves_the_run() {
    let app = with(&[("u", "pro")]).await;
    track(&app, "u", "Asked", json!({})).await;
    let listed = app.get("/api/v1/tasks?assignee=sales").await;
    let task = listed["tasks"][0].clone();
    assert_eq!((task["title"].clone(), task["outcomes"].clone()), (json!("Call u"), json!(["won", "lost"])));
    assert_eq!(listed["open"], json!({"sales": 1}));
    assert_eq!(app.get("/api/v1/tasks?assignee=others").await["tasks"], json!([]));
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    let claimed = app.post(&format!("{path}/claim"), json!({"by": "ada"})).await;
    assert_eq!(claimed["claimed_by"], "ada");
    let post = async |what: &str, body: Value| {
        app.call(ADMIN, Method::POST, &format!("{path}/{what}"), Some(body)).await
    };
    assert_eq!(post("claim", json!({"by": "bob"})).await.status, StatusCode::CONFLICT);
    assert_eq!(post("complete", json!({"by": "bob", "outcome": "won"})).await.status, StatusCode::CONFLICT);
    let wrong = post("complete", json!({"by": "ada", "outcome": "maybe"})).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("it has `won`, `lost`"), "{}", wrong.text());
    app.post(&format!("{path}/complete"), json!({"by": "ada", "outcome": "won", "note": "wants two"})).await;
    app.settle().await;
    assert_eq!(steps(&app, "u").await, ["care:won"]);
    let done = app.get(&path).await;
    assert_eq!(
        [&done["state"], &done["outcome"], &done["outcome_note"], &done["done_by"]],
        [&json!("done"), &json!("won"), &json!("wants two"), &json!("ada")]
    );
    assert_eq!(post("complete", json!({"by": "ada", "outcome": "won"})).await.status, StatusCode::CONFLICT);
    assert_eq!(post("claim", json!({"by": "ada"})).await.status, StatusCode::CONFLICT);
    assert_eq!(app.get("/api/v1/tasks?contact=u").await["tasks"].as_array().unwrap().len(), 1);
    assert_eq!(app.get("/api/v1/tasks?state=done&workflow=care").await["tasks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn tasks_are_paged_in_the_order_of_their_deadlines() {
    let app = with(&[("a", "pro"), ("b", "pro"), ("c", "pro")]).await;
    for user in ["a", "b", "c"] {
        track(&app, user, "Asked", json!({})).await;
        app.pass(1_000);
    }
    let (mut titles, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/api/v1/tasks?limit=1{after}")).await;
        let Some(task) = page["tasks"].get(0) else { break };
        titles.push(task["title"].as_str().unwrap().to_owned());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(titles, ["Call a", "Call b", "Call c"]);
    for wrong in ["state=doing", "after=x", "limit=0"] {
        let answer = app.call(ADMIN, Method::GET, &format!("/api/v1/tasks?{wrong}"), None).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_business_event_reaches_those_whose_own_events_match_once() {
    let app = with(&[("a", "pro"), ("b", "pro")]).await;
    track(&app, "a", "Product Viewed", json!({"sku": "shoe"})).await;
    track(&app, "b", "Product Viewed", json!({"sku": "hat"})).await;
    let event = json!({"id": "p1", "event": "Price Dropped", "properties": {"sku": "shoe", "by": 20}});
    let taken = app.post("/v1/business-events", event.clone()).await;
    assert_eq!((taken["duplicate"].clone(), taken["jobs"].as_array().map(Vec::len)), (json!(false), Some(1)));
    settled(&app).await;
    assert_eq!(steps(&app, "a").await, ["drop:rest"]);
    assert_eq!(steps(&app, "b").await, Vec::<String>::new());
    assert_eq!(app.post("/v1/business-events", event).await["duplicate"], true);
    for (key, status) in [(WRITE_KEY, StatusCode::FORBIDDEN), ("nonsense", StatusCode::UNAUTHORIZED)] {
        let body = Some(json!({"id": "p2", "event": "Price Dropped"}));
        assert_eq!(app.call(key, Method::POST, "/v1/business-events", body).await.status, status);
    }
    for wrong in [
        json!({"id": "", "event": "X"}),
        json!({"id": "x", "event": "X", "occurred_at": "2999-01-01T00:00:00Z"}),
    ] {
        let answer = app.call(ADMIN, Method::POST, "/v1/business-events", Some(wrong)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    }
}

#[tokio::test]
async fn secrets_are_set_listed_by_name_and_never_shown() {
    let app = App::start().await;
    app.key("default", "manages", Scope::Manage).await;
    app.put("/api/v1/secrets/crm", json!({"value": "s3cr3t-value"})).await;
    let listed = app.get("/api/v1/secrets").await;
    assert_eq!(listed["secrets"][0]["name"], "crm");
    assert!(!listed.to_string().contains("s3cr3t"));
    assert!(!app.get("/api/v1/audit").await.to_string().contains("s3cr3t"));
    let put = async |key: &str, name: &str, value: String| {
        let path = format!("/api/v1/secrets/{name}");
        app.call(key, Method::PUT, &path, Some(json!({"value": value}))).await.status
    };
    assert_eq!(put("manages", "crm", "x".to_owned()).await, StatusCode::FORBIDDEN);
    assert_eq!(put(ADMIN, "a%20b", "x".to_owned()).await, StatusCode::BAD_REQUEST);
    assert_eq!(put(ADMIN, "crm", String::new()).await, StatusCode::BAD_REQUEST);
    assert_eq!(put(ADMIN, "crm", "x".repeat(16 * 1024 + 1)).await, StatusCode::PAYLOAD_TOO_LARGE);
    let remove = async || app.call(ADMIN, Method::DELETE, "/api/v1/secrets/crm", None).await.status;
    assert_eq!(remove().await, StatusCode::NO_CONTENT);
    assert_eq!(remove().await, StatusCode::NOT_FOUND);
}
