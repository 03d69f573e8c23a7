//! Who is meant: previews while somebody writes, an exact count over everybody's history, and searches.

use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use wend_domain::event::{Event, EventKind};
use wend_domain::id::{EventName, WorkspaceId};
use wend_domain::identity::Identifiers;
use wend_domain::source::SourceFile;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{JobWork, Search, Selection, Worker};

use crate::house::{House, real};
use crate::place::{Kind, Place, client, sqlite_file};
use crate::report::Report;
use crate::scale::Scale;
use crate::shop::{identify, small};

/// A segment that documents are kept for.
const SEGMENT: &str = "segment: trials\nwhere: { trait: plan, eq: trial }\n";

/// How many previews, and how many searches of each kind.
const ASKED: u64 = 200;

/// How many previews that read history: each reads some thousand rows.
const ASKED_WITH_HISTORY: u64 = 50;

/// How many seconds of events come in again and again while everybody is counted.
const MEANWHILE: usize = 200;

/// The event that is counted; nothing in the portfolio asks for it.
const EVENT: &str = "Looked";

/// Measures it on a filled installation.
pub fn measure(kind: Kind, scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    crate::block_on(async {
        let bench = format!("audience {kind}");
        let place = Place::new(kind).await?;
        let mut files = small("  - { id: hello, send: { email: hello } }\n");
        files.push(SourceFile { path: "segments/trials.yaml".to_owned(), text: SEGMENT.to_owned() });
        let house = House::with(place.options(), real(), files).await?;
        let now = house.now();
        let began = Instant::now();
        house.fill((0..scale.n_contacts).map(|n| named(n, now))).await?;
        house.fill((0..scale.n_events).map(|n| looked(n, scale.n_contacts, now))).await?;
        house.engine.store().fold_all().await?;
        house.settle(&[Worker::Jobs, Worker::Inbox, Worker::Janitor]).await?;
        report.note(&bench, "contacts and events made", began.elapsed().as_secs_f64(), "s");

        previews(&house, &bench, report).await?;
        searches(&house, scale, &bench, report).await?;
        counts(&house, &place, scale, &bench, report).await?;
        house.close().await
    })
}

/// A contact with a name and an address of its own.
fn named(n: u64, at: Timestamp) -> Event {
    let mut event = identify(n, at);
    event.traits.insert("first_name".to_owned(), json!(format!("Ada{}", n % 1_000)));
    event.traits.insert("last_name".to_owned(), json!(format!("Lovelace{n}")));
    event
}

/// An event of one contact after the other.
fn looked(n: u64, n_contacts: u64, at: Timestamp) -> Event {
    let contact = n.wrapping_mul(0x9E37_79B1) % n_contacts;
    let identifiers = Identifiers { user_id: Some(format!("user-{contact}")), anonymous_id: None };
    let Value::Object(properties) = json!({ "item": n % 1_000, "seconds": n % 60 }) else { unreachable!() };
    Event {
        kind: EventKind::Track,
        name: EventName::from(EVENT),
        message_id: format!("looked-{n}"),
        occurred_at: at - Period::from_millis((n % 1_000_000).cast_signed() * 1_000),
        identifiers,
        properties,
        traits: serde_json::Map::new(),
        imported: false,
    }
}

/// Who looked at least twice in the last week: nothing is kept for it.
fn behaviour() -> Selection {
    Selection::Where(json!({ "event": EVENT, "count": { "gte": 2 }, "within": "7d" }))
}

async fn previews(house: &House, bench: &str, report: &mut Report) -> anyhow::Result<()> {
    let kept = Selection::Where(
        json!({ "all": [{ "trait": "first_name", "eq": "Ada7" }, { "segment": "trials" }] }),
    );
    for (what, select, n_asked, goal) in [
        ("preview of traits and segments", kept, ASKED, true),
        ("preview that reads history", behaviour(), ASKED_WITH_HISTORY, true),
    ] {
        let mut took = Vec::new();
        for seed in 0..n_asked {
            let began = Instant::now();
            let sample = house.engine.sample(&house.workspace, std::slice::from_ref(&select), seed).await?;
            took.push(began.elapsed().as_secs_f64() * 1e3);
            ensure!(sample.counted.asked > 0, "nobody was asked");
        }
        note(&mut took, bench, what, goal.then_some("100"), report);
    }
    Ok(())
}

async fn searches(house: &House, scale: &Scale, bench: &str, report: &mut Report) -> anyhow::Result<()> {
    let member = Selection::Segment("trials".into());
    let cases: [(&str, &dyn Fn(u64) -> String, Selection); 4] = [
        ("search by user id", &|n| format!("user-{}", n * 7 % scale.n_contacts), Selection::All),
        (
            "search by the beginning of a name",
            &|n| format!("love{}", if n % 2 == 0 { "" } else { "lace1" }),
            Selection::All,
        ),
        ("search by the beginning of an e-mail", &|n| format!("user-{}", n % 100), Selection::All),
        ("members of a segment, a page", &|_| String::new(), member),
    ];
    for (what, typed, select) in cases {
        let mut took = Vec::new();
        for n in 0..ASKED {
            let typed = Some(typed(n)).filter(|typed| !typed.is_empty());
            let search = Search { typed, select: select.clone(), after: None, limit: 50 };
            let began = Instant::now();
            let page = house.engine.search(&house.workspace, &search).await?;
            took.push(began.elapsed().as_secs_f64() * 1e3);
            ensure!(!page.found.is_empty(), "nobody was found by {:?}", search.typed);
        }
        note(&mut took, bench, what, Some("100"), report);
    }
    Ok(())
}

fn note(took: &mut [f64], bench: &str, what: &str, goal: Option<&'static str>, report: &mut Report) {
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    report.note(bench, &format!("{what}, p50"), at(0.5), "ms");
    match goal {
        Some(goal) => report.goal(bench, &format!("{what}, p99"), at(0.99), "ms", goal),
        None => report.note(bench, &format!("{what}, p99"), at(0.99), "ms"),
    }
}

/// Counts everybody exactly while events come in, and scans the same rows plainly.
async fn counts(
    house: &House,
    place: &Place,
    scale: &Scale,
    bench: &str,
    report: &mut Report,
) -> anyhow::Result<()> {
    let work = JobWork::Count { of: vec![behaviour()] };
    house.engine.begin_job(&house.workspace, "count-bench".to_owned(), &work, None, None, "bench").await?;
    let began = Instant::now();
    let counting = async {
        while !is_over(house).await? {
            house.engine.tick(Worker::Jobs, house.now()).await?;
        }
        anyhow::Ok(began.elapsed().as_secs_f64())
    };
    let meanwhile = async {
        let mut n_events: u64 = 0;
        while !is_over(house).await? {
            let now = house.now();
            let events =
                (0..MEANWHILE as u64).map(|n| looked(scale.n_events + n_events + n, scale.n_contacts, now));
            house.fill(events).await?;
            n_events += MEANWHILE as u64;
        }
        anyhow::Ok(n_events)
    };
    let (counted, n_events) = tokio::join!(counting, meanwhile);
    let (counted, n_events) = (counted?, n_events?);
    let job = house.engine.store().job(&house.workspace, "count-bench").await?.context("the job is there")?;
    ensure!(job.looked_at >= scale.n_contacts, "only {} contacts were asked", job.looked_at);
    report.goal(bench, "behaviour over everybody, counted exactly", counted, "s", "10");
    report.note(bench, "events taken in meanwhile", n_events as f64 / counted, "events/s");
    let scanned = scan(place, &house.workspace).await?;
    report.note(bench, "a plain scan of the same rows", scanned, "s");
    report.note(bench, "counting, in plain scans", counted / scanned, "x");
    Ok(())
}

async fn is_over(house: &House) -> anyhow::Result<bool> {
    let job = house.engine.store().job(&house.workspace, "count-bench").await?;
    Ok(job.is_some_and(|job| job.finished))
}

/// Reads every document and every event of the name, and nothing more.
async fn scan(place: &Place, workspace: &WorkspaceId) -> anyhow::Result<f64> {
    let documents = "SELECT SUM(LENGTH(document)) FROM contact WHERE workspace = ";
    let events = "SELECT SUM(occurred_at) FROM history WHERE workspace = ";
    let began = Instant::now();
    match place.kind {
        Kind::Sqlite => {
            let connection = rusqlite::Connection::open(sqlite_file(place.folder()))?;
            let name = workspace.as_str();
            let bytes: i64 = connection.query_row(&format!("{documents}?1"), [name], |row| row.get(0))?;
            let _: i64 =
                connection
                    .query_row(&format!("{events}?1 AND event = ?2"), [name, EVENT], |row| row.get(0))?;
            ensure!(bytes > 0, "there are no documents");
        }
        Kind::Postgres => {
            let client = client(place.url()).await?;
            let name = workspace.as_str();
            client.query_one(&format!("{documents}$1"), &[&name]).await?;
            client.query_one(&format!("{events}$1 AND event = $2"), &[&name, &EVENT]).await?;
        }
    }
    Ok(began.elapsed().as_secs_f64())
}
