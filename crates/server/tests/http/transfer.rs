//! Files that come in and go out, as a browser would do it.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use wend_server::auth::Scope;

use crate::app::{ADMIN, Answer, App};

async fn upload(app: &App, secret: &str, query: &str, bytes: impl Into<Body>) -> Answer {
    let request = Request::post(format!("/api/v1/imports?{query}"))
        .header("authorization", format!("Bearer {secret}"))
        .header("content-type", "application/octet-stream");
    app.send(request.body(bytes.into()).unwrap()).await
}

/// Uploads what must be taken, and answers the import.
async fn uploaded(app: &App, text: &str) -> Value {
    let answer = upload(app, ADMIN, "name=people.csv", text.to_owned()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

fn id(import: &Value) -> String {
    import["id"].as_str().unwrap().to_owned()
}

async fn text(app: &App, path: &str) -> String {
    let answer = app.call(ADMIN, Method::GET, path, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

#[tokio::test]
async fn a_browser_uploads_looks_tries_imports_downloads_and_undoes() {
    let app = App::start().await;
    let import = uploaded(&app, "Customer ID;E-Mail;Age\n1;ann@example.com;7\n;nobody@example.com;x\n").await;
    assert_eq!(import["state"], "uploaded");
    assert_eq!(import["file"]["delimiter"], ";");
    assert_eq!(import["file"]["encoding"], "UTF-8");
    assert_eq!(import["suggested"]["columns"]["Customer ID"], "user_id");
    let path = format!("/api/v1/imports/{}", id(&import));

    let mut settings = import["suggested"].clone();
    settings["columns"]["Age"] = json!("trait:age as number");
    let preview = app.post(&format!("{path}/preview"), settings.clone()).await;
    assert_eq!(preview["rows"][0]["says"]["traits"], json!({"age": 7, "email": "ann@example.com"}));
    assert_eq!(preview["rows"][1]["fault"]["column"], "Age");

    app.post(&format!("{path}/start"), json!({"settings": settings, "dry_run": true})).await;
    app.settle().await;
    assert_eq!(app.get(&path).await["state"], "checked");
    assert!(
        text(&app, &format!("{path}/report")).await.starts_with(r#"{"line":2,"outcome":"created","row":1}"#)
    );
    let nobody = app.call(ADMIN, Method::GET, "/api/v1/contacts/1", None).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);

    app.post(&format!("{path}/start"), json!({"settings": settings})).await;
    app.settle().await;
    let done = app.get(&path).await;
    assert_eq!((&done["state"], &done["progress"]["created"]), (&json!("finished"), &json!(1)));
    let report = text(&app, &format!("{path}/report?bad_only=true&format=csv")).await;
    assert!(report.starts_with("row,line,outcome,contact,column,reason,fix\n2,3,bad,,Age,"), "{report}");
    assert_eq!(report.lines().count(), 2);
    assert_eq!(app.get("/api/v1/contacts/1").await["traits"]["age"], 7);
    let why = app.get("/api/v1/contacts/1/why").await;
    assert!(why.to_string().contains("brought"), "{why}");

    let csv = text(&app, "/api/v1/exports/contacts?format=csv").await;
    assert!(csv.starts_with("user_id,") && csv.contains("ann@example.com"));
    app.post(&format!("{path}/undo"), json!({})).await;
    app.settle().await;
    assert_eq!(app.get(&path).await["state"], "undone");
    assert_eq!(app.get("/api/v1/contacts/1").await["traits"], json!({}));
    let removed = app.call(ADMIN, Method::DELETE, &path, None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(app.get("/api/v1/imports").await["imports"], json!([]));
}

#[tokio::test]
async fn what_can_not_be_imported_is_refused_with_what_to_do_and_is_not_kept() {
    let app = App::start().await;
    let refused = upload(&app, ADMIN, "name=x", &b"PK\x03\x04"[..]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("save it as CSV"), "{}", refused.text());
    let refused = upload(&app, ADMIN, "encoding=klingon", "a\n1\n").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = upload(&app, ADMIN, "delimiter=ab", "a\n1\n").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.get("/api/v1/imports").await["imports"], json!([]));

    let import = uploaded(&app, "a,b\n1,2\n").await;
    let path = format!("/api/v1/imports/{}", id(&import));
    let settings = json!({"columns": {"a": "trait:a as nmber", "c": "user_id"}});
    let start =
        app.call(ADMIN, Method::POST, &format!("{path}/start"), Some(json!({"settings": settings}))).await;
    assert_eq!(start.status, StatusCode::UNPROCESSABLE_ENTITY);
    for what in ["no column `c`", "`nmber` is not a type", "no column says who"] {
        assert!(start.text().contains(what), "{}", start.text());
    }
    let undo = app.call(ADMIN, Method::POST, &format!("{path}/undo"), None).await;
    assert_eq!(undo.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn nobody_reaches_the_files_of_another_workspace() {
    let app = App::start().await;
    app.post("/api/v1/workspaces", json!({"name": "other"})).await;
    app.key("other", "others", Scope::Admin).await;
    let import = uploaded(&app, "user_id\nsecret\n").await;
    let path = format!("/api/v1/imports/{}", id(&import));
    let calls = [
        (Method::GET, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::GET, format!("{path}/report")),
        (Method::POST, format!("{path}/start")),
        (Method::POST, format!("{path}/preview")),
        (Method::POST, format!("{path}/cancel")),
        (Method::POST, format!("{path}/undo")),
    ];
    for (method, path) in calls {
        let body = (method == Method::POST).then(|| json!({}));
        let answer = app.call("others", method.clone(), &path, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}: {}", answer.text());
    }
    app.post(&format!("{path}/start"), json!({})).await;
    app.settle().await;
    let theirs = app.call("others", Method::GET, "/api/v1/exports/contacts?format=json_lines", None).await;
    assert_eq!((theirs.status, theirs.text()), (StatusCode::OK, String::new()));
    assert!(text(&app, "/api/v1/exports/contacts?format=json_lines").await.contains("secret"));
}

#[tokio::test]
async fn an_export_takes_a_selection_and_says_what_makes_no_sense() {
    let app = App::start().await;
    let import = uploaded(&app, "user_id,plan,tags\n1,pro,a\n2,free,b\n").await;
    app.post(&format!("/api/v1/imports/{}/start", id(&import)), json!({})).await;
    app.settle().await;
    let contacts = "/api/v1/exports/contacts?format=json_lines";
    let pros = text(&app, &format!("{contacts}&where=%7B%22trait%22:%22plan%22,%22eq%22:%22pro%22%7D")).await;
    assert!(pros.contains(r#""user_id":"1""#) && pros.lines().count() == 1, "{pros}");
    assert!(text(&app, &format!("{contacts}&tag=b")).await.contains(r#""user_id":"2""#));
    let decisions = text(&app, "/api/v1/exports/decisions?format=csv").await;
    assert!(decisions.contains(",trait_changed,"), "{decisions}");
    let parquet = app.call(ADMIN, Method::GET, "/api/v1/exports/events?format=parquet", None).await;
    assert!(parquet.body.starts_with(b"PAR1") && parquet.body.ends_with(b"PAR1"));
    let refused = [
        ("/api/v1/exports/cats?format=csv", StatusCode::NOT_FOUND),
        ("/api/v1/exports/contacts?format=xml", StatusCode::BAD_REQUEST),
        ("/api/v1/exports/contacts?format=csv&segment=none", StatusCode::NOT_FOUND),
        ("/api/v1/exports/contacts?format=csv&tag=a&list=b", StatusCode::BAD_REQUEST),
        ("/api/v1/exports/contacts?format=csv&since=yesterday", StatusCode::BAD_REQUEST),
        ("/api/v1/exports/contacts?format=csv&where=%7B%7D", StatusCode::UNPROCESSABLE_ENTITY),
    ];
    for (path, status) in refused {
        let answer = app.call(ADMIN, Method::GET, path, None).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
    let audit = app.get("/api/v1/audit").await.to_string();
    assert!(audit.contains("exported") && audit.contains("import_started"), "{audit}");
}
