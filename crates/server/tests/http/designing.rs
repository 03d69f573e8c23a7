//! Templates as a visual editor works on them: shown, checked, previewed, saved and published as documents.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{ADMIN, App};

/// The document of an e-mail of blocks; a workflow doesn't send it.
fn document(button: &Value) -> Value {
    json!({
        "template": "harvest", "channel": "email", "subject": "A new harvest",
        "blocks": { "sections": [{ "columns": [{ "blocks": [
            { "heading": "Hello {{ contact.first_name | default: 'there' }}" },
            button,
            { "products": "trigger.items" },
            { "footer": "Tea Ltd, Leith" },
        ] }] }] },
    })
}

#[tokio::test]
async fn an_email_of_blocks_is_checked_previewed_published_and_shown_with_its_versions() {
    let app = App::start().await;
    let policies = json!([{"path": "policies.yaml", "text": "sender: Tea <hi@tea.example>\n"}]);
    app.post("/api/v1/apply", json!({"files": policies})).await;

    // A mistake is told with the value that it is in.
    let bad = document(&json!({ "button": "Read on {{ contact.x", "lnk": "https://tea.example" }));
    let checked = app.post("/api/v1/templates/check", json!({ "document": bad })).await;
    assert_eq!(checked["ok"], false);
    let pointers: Vec<&str> = checked["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["pointer"].as_str().unwrap())
        .collect();
    assert!(pointers.contains(&"/blocks/sections/0/columns/0/blocks/1/lnk"), "{checked}");
    assert!(pointers.contains(&"/blocks/sections/0/columns/0/blocks/1/button"), "{checked}");

    let good = document(&json!({ "button": "Read on", "link": "https://tea.example/new" }));
    let checked = app.post("/api/v1/templates/check", json!({ "document": good })).await;
    assert_eq!(checked["ok"], true, "{checked}");
    assert_eq!(checked["path"], "templates/harvest.yaml");

    let items =
        json!({"items": [{"name": "Assam <1>", "price": "7.50", "url": "https://tea.example/assam"}]});
    let preview = json!({"document": good, "context": {"contact": {"first_name": "Ana"}, "trigger": items}});
    let shown = app.post("/api/v1/templates/preview", preview).await;
    let html = shown["content"]["html"].as_str().unwrap();
    assert!(html.contains("Hello Ana") && html.contains("Assam &lt;1&gt;"), "{html}");

    let draft = "/api/v1/drafts/templates%2Fharvest.yaml";
    let saved = json!({"text": checked["text"], "expected_revision": 0});
    assert_eq!(app.call(ADMIN, Method::PUT, draft, Some(saved)).await.status, StatusCode::OK);
    app.post(&format!("{draft}/publish"), json!({"revision": 1})).await;

    let shown = app.get("/api/v1/templates/harvest").await;
    assert_eq!(shown["document"], good);
    assert_eq!(shown["text"], checked["text"]);
    assert_eq!(shown["versions"][0]["revision"], 2);
    assert_eq!(shown["versions"].as_array().unwrap().len(), 1);
    let gone = app.call(ADMIN, Method::GET, "/api/v1/templates/gone", None).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    app.stop().await;
}

#[tokio::test]
async fn an_email_in_a_layout_is_previewed_with_its_sample_and_tested_by_a_seed_list() {
    let app = App::start().await;
    let files = json!([
        {"path": "policies.yaml", "text": "sender: Tea <hi@tea.example>\nseed_lists: { team: [ada@tea.example, bo@tea.example] }\n"},
        {"path": "layouts/page.yaml", "text": "layout: page\nhtml: '<html lang=\"en\"><body>{{ content }}</body></html>'\n"},
        {"path": "partials/bye.yaml", "text": "partial: bye\nmarkdown: Bye {{ who }}\n"},
        {"path": "templates/news.yaml", "text":
            "template: news\nchannel: email\nlayout: page\nsample: { trigger: { title: Oolong } }\n\
             subject: New {{ trigger.title }}\nmarkdown: \"{% render 'bye', who: trigger.title %}\"\n"},
    ]);
    app.post("/api/v1/apply", json!({ "files": files })).await;
    let shown = app.post("/api/v1/templates/preview", json!({"template": "news"})).await;
    assert_eq!(shown["content"]["subject"], "New Oolong");
    assert!(shown["content"]["html"].as_str().unwrap().contains("Bye Oolong"), "{shown}");
    let given = json!({"template": "news", "context": {"trigger": {"title": "Assam"}}});
    let shown = app.post("/api/v1/templates/preview", given).await;
    assert_eq!(shown["content"]["subject"], "New Assam");
    let tested = json!({"template": "news", "to": ["bo@tea.example"], "list": "team"});
    let tested = app.post("/api/v1/templates/test", tested).await;
    assert_eq!(tested["sent"].as_array().unwrap().len(), 2, "{tested}");
    let unknown = Some(json!({"template": "news", "list": "taem"}));
    let answer = app.call(ADMIN, Method::POST, "/api/v1/templates/test", unknown).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    app.stop().await;
}

#[tokio::test]
async fn an_uploaded_catalogue_is_read_by_templates_until_it_is_removed_and_a_file_wins_over_it() {
    let app = App::start().await;
    let template = "template: news\nchannel: email\nsubject: \"{{ catalogues.tea.item[trigger.sku].title }}\"\n\
                    text: \"{% assign green = catalogues.tea.items | where: 'kind', 'green' %}{{ green | map: 'sku' | join: ' ' }}\"\n";
    let policies = json!({"path": "policies.yaml", "text": "sender: Tea <hi@tea.example>\n"});
    let news = json!({"path": "templates/news.yaml", "text": template});
    app.post("/api/v1/apply", json!({ "files": [policies, news] })).await;
    let preview = json!({"template": "news", "context": {"trigger": {"sku": "a"}}});
    let csv = "sku,title,kind\na,Assam,black\ns,Sencha,green\ng,Gyokuro,green\n";
    let taken = app.put("/api/v1/catalogues/tea", json!({"key": "sku", "csv": csv})).await;
    assert_eq!(taken["n_rows"], 3);
    let shown = app.post("/api/v1/templates/preview", preview.clone()).await;
    assert_eq!((&shown["content"]["subject"], &shown["content"]["text"]), (&json!("Assam"), &json!("s g")));
    let page = app.get("/api/v1/catalogues/tea?limit=2").await;
    assert_eq!((&page["rows"][1]["title"], &page["next"]), (&json!("Sencha"), &json!(2)));
    assert_eq!(app.get("/api/v1/catalogues").await["catalogues"][0]["source"], "upload");

    let bad = Some(json!({"key": "sku", "rows": [{"sku": "a"}, {"title": "none"}]}));
    let answer = app.call(ADMIN, Method::PUT, "/api/v1/catalogues/tea", bad).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);

    let file = json!({"path": "catalogues/tea.yaml", "text": "catalogue: tea\nkey: sku\nrows: [{ sku: a, title: Of the file }]\n"});
    app.post("/api/v1/apply", json!({ "files": [policies, news, file] })).await;
    let shown = app.post("/api/v1/templates/preview", preview.clone()).await;
    assert_eq!(shown["content"]["subject"], "Of the file");
    let again = Some(json!({"rows": []}));
    let answer = app.call(ADMIN, Method::PUT, "/api/v1/catalogues/tea", again).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    app.post("/api/v1/apply", json!({ "files": [policies, news] })).await;
    let gone = app.call(ADMIN, Method::DELETE, "/api/v1/catalogues/tea", None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let shown = app.post("/api/v1/templates/preview", preview).await;
    assert_eq!(shown["content"]["subject"], "");
    app.stop().await;
}
