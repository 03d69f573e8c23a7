//! Files that are imported and exported, on a real store.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wend_domain::id::{ListName, WorkspaceId};
use wend_domain::import::Duplicates;
use wend_domain::import::mapping::Settings;

use super::place::Place;
use super::{World, event, files};
use crate::exports::{ExportFormat, ExportOf, ExportRequest, FormulaCells};
use crate::imports::{Declared, Import, ImportError, ImportState, Outcome, ReportRow};
use crate::jobs::work::Selection;
use crate::options::EngineOptions;
use crate::tick::Worker;

/// Uploads a file in small pieces.
async fn uploaded(world: &World, id: &str, text: &[u8]) -> Import {
    let declared = Declared { name: format!("{id}.csv"), ..Declared::default() };
    let begun = world.engine.import_begin(&world.workspace, id.to_owned(), declared, "test", world.now());
    let mut upload = begun.await.unwrap();
    for piece in text.chunks(10_000) {
        upload.push(piece).await.unwrap();
    }
    upload.finish(world.now()).await.unwrap()
}

async fn started(world: &World, id: &str, settings: Settings, dry_run: bool) -> Import {
    world.engine.import_start(&world.workspace, id, settings, dry_run, world.now()).await.unwrap()
}

/// Uploads a file, and takes it in as is proposed.
async fn imported(world: &World, id: &str, text: &str) -> Import {
    let import = uploaded(world, id, text.as_bytes()).await;
    started(world, id, import.about.suggested, false).await;
    world.settle(Worker::Imports).await;
    world.engine.import(&world.workspace, id).await.unwrap()
}

async fn report(world: &World, import: &Import, bad_only: bool) -> Vec<ReportRow> {
    let (mut after, mut rows) = (0, Vec::new());
    while let Some((next, mut page)) = world.engine.import_report(import, after, bad_only).await.unwrap() {
        rows.append(&mut page);
        after = next;
    }
    rows
}

fn request(of: ExportOf, format: ExportFormat) -> ExportRequest {
    ExportRequest {
        of,
        format,
        select: Selection::All,
        since: None,
        until: None,
        formulas: FormulaCells::Escape,
        ids: false,
    }
}

async fn exported(world: &World, request: ExportRequest) -> Vec<u8> {
    let mut export = world.engine.export(&world.workspace, request, world.now()).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(mut piece) = export.next().await.unwrap() {
        bytes.append(&mut piece);
    }
    bytes
}

/// The lines of an export, in an order that doesn't depend on ids.
fn sorted(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[1..].sort();
    lines
}

/// Rows of so many people.
fn numbered(n_rows: usize) -> String {
    (0..n_rows).fold(String::new(), |rows, n| rows + &format!("u{n},{n}\n"))
}

const PEOPLE: &str = "user_id,email,Age,tags\n\
    1,ann@example.com,7,vip|warm\n\
    2,\"bo \"\"the\"\" cat@example.com\",x,\n\
    ,nobody,3,\n\
    3,cy@example.com,9,warm,too many\n\
    4,\"dee\n@example.com\",11,\n\
    1,ann@example.com,8,\n";

#[tokio::test]
async fn rows_become_contacts_and_bad_ones_are_reported_with_their_lines() {
    let world = World::new().await;
    let upload = uploaded(&world, "i1", PEOPLE.as_bytes()).await;
    let mut settings = upload.about.suggested;
    // The first rows have an age that is no number, so it was taken for a text.
    settings.columns.insert("Age".to_owned(), "trait:age as number".to_owned());
    let preview =
        world.engine.import_preview(&world.workspace, "i1", settings.clone(), world.now()).await.unwrap();
    assert_eq!(preview.rows.len(), 6);
    assert_eq!(
        preview.rows[0].says.as_ref().unwrap()["traits"],
        json!({"age": 7, "email": "ann@example.com"})
    );
    assert_eq!(preview.rows[1].fault.as_ref().unwrap().column.as_deref(), Some("Age"));

    started(&world, "i1", settings, false).await;
    world.settle(Worker::Imports).await;
    let import = world.engine.import(&world.workspace, "i1").await.unwrap();
    assert_eq!(import.state, ImportState::Finished);
    let progress = &import.progress;
    assert_eq!((progress.rows, progress.created, progress.updated, progress.bad), (6, 2, 1, 3));
    let rows = report(&world, &import, false).await;
    let told: Vec<(u64, u64, Outcome)> = rows.iter().map(|row| (row.row, row.line, row.outcome)).collect();
    assert_eq!(
        told,
        [
            (1, 2, Outcome::Created),
            (2, 3, Outcome::Bad),
            (3, 4, Outcome::Bad),
            (4, 5, Outcome::Bad),
            (5, 6, Outcome::Created),
            (6, 8, Outcome::Updated),
        ]
    );
    let bad = report(&world, &import, true).await;
    assert_eq!(bad.len(), rows.len(), "pages are given whole; who shows them leaves the good rows out");
    let contact = world.contact("1").await;
    assert_eq!(contact.traits["age"], 8);
    assert!(contact.tags.contains("vip"));
    assert_eq!(world.assert_replays("1").await, 2);
    // Nothing of the file is kept.
    assert!(world.engine.store().import_chunks(&world.workspace, "i1", 0, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_import_triggers_nothing_but_what_says_that_it_may_be_late() {
    let world = World::new().await;
    let mut portfolio = files("- { id: a, wait: 1d }");
    portfolio[2].text = portfolio[2].text.replace("{ event: Signed Up }", "{ trait_changed: plan, to: pro }");
    world.apply(&portfolio).await;
    imported(&world, "i1", "user_id,plan\n1,pro\n").await;
    assert!(world.contact("1").await.runs.is_empty());
}

#[tokio::test]
async fn a_dry_run_reports_every_row_and_changes_nothing() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let world = World::in_place(place, EngineOptions::default()).await;
        world.ingest(vec![event("1", "Seen", json!({}), world.now())]).await;
        let before = world.contact("1").await;
        let import = uploaded(&world, "i1", b"user_id,plan\n1,pro\n2,pro\n,pro\n").await;
        started(&world, "i1", import.about.suggested.clone(), true).await;
        world.settle(Worker::Imports).await;
        let checked = world.engine.import(&world.workspace, "i1").await.unwrap();
        assert_eq!(checked.state, ImportState::Checked);
        let outcomes: Vec<Outcome> =
            report(&world, &checked, false).await.iter().map(|row| row.outcome).collect();
        assert_eq!(outcomes, [Outcome::Updated, Outcome::Created, Outcome::Bad]);
        assert_eq!(world.contact("1").await, before);
        assert_eq!(world.contact_id("2").await, None);
        // Then it may be done.
        started(&world, "i1", import.about.suggested, false).await;
        world.settle(Worker::Imports).await;
        assert_eq!(world.contact("2").await.traits["plan"], "pro");
    }
}

#[tokio::test]
async fn an_import_goes_on_after_a_crash_and_counts_no_row_twice() {
    let mut world = World::new().await;
    let rows: String = numbered(3_500);
    let import = uploaded(&world, "i1", format!("user_id,n\n{rows}").as_bytes()).await;
    started(&world, "i1", import.about.suggested, false).await;
    for _ in 0..2 {
        world.tick(Worker::Imports).await;
        world = world.crash().await;
    }
    world.settle(Worker::Imports).await;
    let done = world.engine.import(&world.workspace, "i1").await.unwrap();
    assert_eq!(
        (done.state, done.progress.rows, done.progress.created),
        (ImportState::Finished, 3_500, 3_500)
    );
    assert_eq!(world.contact("u3499").await.traits["n"], 3_499);
    assert_eq!(world.contact("u0").await.n_inputs, 1);
}

#[tokio::test]
async fn an_import_that_was_cancelled_can_be_undone_and_forgotten() {
    let world = World::new().await;
    world.ingest(vec![event("u0", "Seen", json!({}), world.now())]).await;
    let rows: String = numbered(2_500);
    let import = uploaded(&world, "i1", format!("user_id,n\n{rows}").as_bytes()).await;
    let settings = Settings { list: Some("file".to_owned()), ..import.about.suggested };
    started(&world, "i1", settings.clone(), false).await;
    world.tick(Worker::Imports).await;
    let busy = world.engine.import_start(&world.workspace, "i1", settings, false, world.now()).await;
    assert!(matches!(busy, Err(ImportError::NotNow { state: ImportState::Running, .. })));
    world.engine.import_cancel(&world.workspace, "i1", world.now()).await.unwrap();
    world.settle(Worker::Imports).await;
    assert_eq!(world.contact_id("u2000").await, None);
    assert!(world.contact("u0").await.lists.contains_key(&ListName::from("file")));

    world.engine.import_undo(&world.workspace, "i1", world.now()).await.unwrap();
    world.settle(Worker::Imports).await;
    let undone = world.engine.import(&world.workspace, "i1").await.unwrap();
    assert_eq!(undone.state, ImportState::Undone);
    let undo = undone.progress.undo.unwrap();
    assert_eq!((undo.rows, undo.restored, undo.kept, undo.only_imported), (1_000, 1_000, 0, 999));
    let contact = world.contact("u0").await;
    assert!(contact.lists.is_empty() && !contact.traits.contains_key("n"));
    assert!(contact.traits.contains_key("email"));
    assert_eq!(world.assert_replays("u0").await, 3);
    let again = world.engine.import_undo(&world.workspace, "i1", world.now()).await;
    assert!(matches!(again, Err(ImportError::NotNow { .. })));
    world.engine.import_forget(&world.workspace, "i1").await.unwrap();
    assert!(matches!(world.engine.import(&world.workspace, "i1").await, Err(ImportError::Missing)));
}

#[tokio::test]
async fn contacts_that_are_there_are_left_as_they_are_if_that_is_asked_for() {
    let world = World::new().await;
    imported(&world, "i1", "user_id,plan\n1,free\n").await;
    let import = uploaded(&world, "i2", b"user_id,plan\n1,pro\n2,pro\n").await;
    let settings = Settings { duplicates: Duplicates::Skip, ..import.about.suggested };
    started(&world, "i2", settings, false).await;
    world.settle(Worker::Imports).await;
    let done = world.engine.import(&world.workspace, "i2").await.unwrap();
    assert_eq!((done.progress.skipped, done.progress.created), (1, 1));
    assert_eq!(world.contact("1").await.traits["plan"], "free");
}

#[tokio::test]
async fn nothing_of_an_import_crosses_a_workspace() {
    let world = World::new().await;
    uploaded(&world, "i1", b"user_id\n1\n").await;
    let other = WorkspaceId::from("other");
    world.engine.store().workspace_create(&other, world.now()).await.unwrap();
    assert!(matches!(world.engine.import(&other, "i1").await, Err(ImportError::Missing)));
    let start = world.engine.import_start(&other, "i1", Settings::default(), false, world.now()).await;
    assert!(matches!(start, Err(ImportError::Missing)));
    assert!(world.engine.store().imports(&other).await.unwrap().is_empty());
}

/// Contacts with everything that an export has to carry.
const RICH: [&str; 4] = [
    r#"{"user_id": "1", "anonymous_ids": ["a1", "a2"], "created_at": "2020-05-01T10:00:00Z", "traits": {"email": "ann@example.com", "age": 7, "score": -1.5, "zip": "0123", "formula": "=1+1", "quoted": "'x", "text": "two\nlines, \"quoted\"; and\ttab", "pro": true, "mixed": 1, "nested": {"a": [1, {"b": null}]}, "odd as name": "x", " spaced": "y", "blank": " "}, "lists": {"vip": "2021-01-01T00:00:00Z"}, "tags": ["warm"], "consent": {"channels": {"email": {"answer": "unsubscribed", "at": "2022-01-01T00:00:00Z", "source": "shop"}}, "categories": {"offers": {"answer": "subscribed", "at": "2021-06-01T00:00:00Z", "source": "form"}}}, "suppressed": {"email:old@example.com": {"reason": "complaint", "at": "2021-02-03T04:05:06.007Z"}}}"#,
    r#"{"user_id": "2", "traits": {"mixed": "one", "age": 9007199254740993, "empty": "", "locale": "de"}, "consent": {"unconfirmed": {"news": {"at": "2021-06-01T00:00:00Z", "source": "form"}}, "paused_until": "2026-12-24T00:00:00Z", "frequency": {"max": 2, "per": "1w"}}}"#,
    r#"{"anonymous_ids": ["lonely"], "traits": {"list": ["a", 1], "pro": false}}"#,
    r#"{"user_id": "=cmd()"}"#,
];

#[tokio::test]
async fn an_export_that_is_imported_elsewhere_and_exported_again_is_the_same() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let first = World::in_place(place, EngineOptions::default()).await;
        imported(&first, "rich", &RICH.join("\n")).await;
        for format in [ExportFormat::JsonLines, ExportFormat::Csv] {
            let bytes = exported(&first, request(ExportOf::Contacts, format)).await;
            let second = World::new().await;
            let done = imported(&second, "again", std::str::from_utf8(&bytes).unwrap()).await;
            assert_eq!((done.progress.created, done.progress.bad), (4, 0), "{done:?}");
            let again = exported(&second, request(ExportOf::Contacts, format)).await;
            assert_eq!(sorted(&again), sorted(&bytes));
            let contact = second.contact("1").await;
            assert_eq!(contact.traits, first.contact("1").await.traits);
            assert_eq!(contact.consent, first.contact("1").await.consent);
            assert_eq!(contact.anonymous_ids, ["a1", "a2"]);
        }
    }
}

#[tokio::test]
async fn cells_that_a_spreadsheet_would_compute_are_escaped_unless_they_are_to_be_kept() {
    let world = World::new().await;
    imported(&world, "rich", &RICH.join("\n")).await;
    let csv = |formulas| ExportRequest { formulas, ..request(ExportOf::Contacts, ExportFormat::Csv) };
    let escaped = String::from_utf8(exported(&world, csv(FormulaCells::Escape)).await).unwrap();
    assert!(escaped.contains("'=1+1") && escaped.contains("'=cmd()") && !escaped.contains(",=1+1"));
    assert!(escaped.contains(",-1.5,"), "a number is no formula");
    let kept = String::from_utf8(exported(&world, csv(FormulaCells::Keep)).await).unwrap();
    assert!(kept.contains(",=1+1,"));
}

#[tokio::test]
async fn exports_take_the_contacts_and_the_span_that_are_asked_for() {
    let world = World::with_steps("- { id: hello, send: { email: hello } }").await;
    world.happens("1", "Signed Up", json!({"plan": "pro"})).await;
    world.pass("1h");
    let between = world.now();
    world.pass("1h");
    world.happens("2", "Signed Up", json!({"plan": "free"})).await;
    let lines = async |request: ExportRequest| {
        let text = String::from_utf8(exported(&world, request).await).unwrap();
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
    };
    let all = |of| request(of, ExportFormat::JsonLines);
    let late = |of| ExportRequest { since: Some(between), ..all(of) };
    let one = |of| {
        let condition = json!({"trait": "email", "eq": "1@example.com"});
        ExportRequest { select: Selection::Where(condition), ..all(of) }
    };
    let events = lines(all(ExportOf::Events)).await;
    assert_eq!(events.len(), 2);
    let event = events.iter().find(|event| event["userId"] == "1").unwrap();
    assert_eq!((&event["type"], &event["event"]), (&json!("track"), &json!("Signed Up")));
    assert_eq!(event["properties"], json!({"plan": "pro"}));
    assert_eq!(lines(late(ExportOf::Events)).await[0]["userId"], "2");
    assert_eq!(lines(one(ExportOf::Events)).await[0]["userId"], "1");
    let messages = lines(all(ExportOf::Messages)).await;
    assert_eq!(messages.len(), 2);
    assert_eq!(lines(one(ExportOf::Messages)).await[0]["address"], "1@example.com");
    assert_eq!(lines(late(ExportOf::Messages)).await[0]["address"], "2@example.com");
    let decisions = lines(one(ExportOf::Decisions)).await;
    let entered = decisions.iter().find(|line| line["decision"] == "entered").unwrap();
    assert_eq!((&entered["workflow"], &entered["version"]), (&json!("welcome"), &json!(1)));
    assert!(entered["sentence"].as_str().unwrap().contains("welcome"));
    assert_eq!(lines(late(ExportOf::Contacts)).await.len(), 1);
}

#[tokio::test]
async fn parquet_holds_what_the_other_formats_hold() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let world = World::new().await;
    imported(&world, "rich", &RICH.join("\n")).await;
    let bytes = exported(&world, request(ExportOf::Contacts, ExportFormat::Parquet)).await;
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let cells = |row: parquet::record::Row| -> BTreeMap<String, Field> {
        row.get_column_iter().map(|(name, field)| (name.clone(), field.clone())).collect()
    };
    let rows: Vec<BTreeMap<String, Field>> =
        reader.get_row_iter(None).unwrap().map(|row| cells(row.unwrap())).collect();
    assert_eq!(rows.len(), 4);
    let text = |text: &str| Field::Str(text.to_owned());
    let row = rows.iter().find(|row| row["user_id"] == text("1")).unwrap();
    assert_eq!(row["trait:email"], text("ann@example.com"));
    assert_eq!(row["trait:score as number"], Field::Double(-1.5));
    assert_eq!(row["trait:pro as boolean"], Field::Bool(true));
    assert_eq!(row["trait:formula"], text("=1+1"));
    assert_eq!(row["lists as json"], text("{\"vip\":\"2021-01-01T00:00:00Z\"}"));
    assert!(matches!(row["created_at"], Field::TimestampMillis(1_588_327_200_000)));
}
