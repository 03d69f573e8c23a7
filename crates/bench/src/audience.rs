//! Who is meant: previews while somebody writes, an exact count over everybody's history, and searches.

use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use wend_domain::event::{Event, EventKind};
use wend_domain::id::{ContactId, EventName, InputId, WorkspaceId};
use wend_domain::identity::Identifiers;
use wend_domain::input::{Cause, Input};
use wend_domain::record::Record;
use wend_domain::source::SourceFile;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{JobWork, Search, Selection, Worker};
use wend_store::{Changes, NewHistory};

use crate::house::{House, real};
use crate::meter::Meter;
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

/// How many events each contact has, of those that are there when it begins.
const EVENTS_EACH: u64 = 20;

/// How many events are written in one transaction.
const WRITTEN_AT_ONCE: usize = 20_000;

/// How many contacts are listed at once.
const LISTED_AT_ONCE: usize = 10_000;

/// Over how long the events are spread, in seconds: 60 days.
const SPREAD_S: u64 = 60 * 24 * 3_600;

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
        house.engine.store().fold_all().await?;
        report.note(&bench, "contacts made", began.elapsed().as_secs_f64(), "s");
        let n_events = write_history(&house, now).await?;
        house.engine.store().fold_all().await?;
        report.note(&bench, "events of the past", n_events as f64, "events");
        house.settle(&[Worker::Jobs, Worker::Inbox, Worker::Janitor]).await?;
        report.note(&bench, "contacts and events made", began.elapsed().as_secs_f64(), "s");

        previews(&house, &bench, report).await?;
        searches(&house, scale, &bench, report).await?;
        Box::pin(counts(&house, &place, scale, &bench, report)).await?;
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

/// Writes history as it is kept, without deciding anything: nothing in the portfolio asks for these events.
async fn write_history(house: &House, now: Timestamp) -> anyhow::Result<u64> {
    let store = house.engine.store();
    let mut contacts: Vec<ContactId> = Vec::new();
    loop {
        let page = store.contacts_page(&house.workspace, contacts.last().copied(), LISTED_AT_ONCE).await?;
        contacts.extend(page.iter().map(|(contact, _)| *contact));
        if page.len() < LISTED_AT_ONCE {
            break;
        }
    }
    let n_contacts = contacts.len() as u64;
    let n_events = n_contacts * EVENTS_EACH;
    let mut written = 0;
    while written < n_events {
        let until = (written + WRITTEN_AT_ONCE as u64).min(n_events);
        let history = (written..until).map(|n| {
            // As it comes in: one contact after the other, again and again.
            let contact = contacts[usize::try_from(n.wrapping_mul(0x9E37_79B1) % n_contacts)?];
            let event = looked(n, n_contacts, now);
            let at = event.occurred_at;
            let id = InputId::hashed(at, &[&contact.to_bytes(), &n.to_be_bytes()]);
            let cause = Cause::Event(Box::new(event));
            let input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
            anyhow::Ok(NewHistory {
                contact,
                at,
                catalog_revision: 1,
                event: Some(EventName::from(EVENT)),
                occurred_at: Some(at),
                input_json: serde_json::to_string(&input)?,
                record_json: serde_json::to_string(&Record::default())?,
            })
        });
        let history = history.collect::<anyhow::Result<Vec<_>>>()?;
        let work = store.begin(&house.workspace).await?;
        work.commit(Changes { history, ..Changes::default() }).await?;
        store.fold_all().await?;
        written = until;
    }
    Ok(n_events)
}

/// An event of one contact after the other.
fn looked(n: u64, n_contacts: u64, at: Timestamp) -> Event {
    let contact = n.wrapping_mul(0x9E37_79B1) % n_contacts;
    let identifiers = Identifiers { user_id: Some(format!("user-{contact}")), ..Identifiers::default() };
    let Value::Object(properties) = json!({ "item": n % 1_000, "seconds": n % 60 }) else { unreachable!() };
    Event {
        kind: EventKind::Track,
        name: EventName::from(EVENT),
        message_id: format!("looked-{n}"),
        occurred_at: at - Period::from_millis((n.wrapping_mul(0x85EB_CA6B) % SPREAD_S).cast_signed() * 1_000),
        identifiers,
        properties,
        traits: serde_json::Map::new(),
        imported: false,
        brought: None,
    }
}

/// Who looked at least so often in the last 30 days and is on trial: nothing is kept for it.
fn behaviour() -> Selection {
    let often = json!({ "event": EVENT, "count": { "gte": 10 }, "within": "30d" });
    Selection::Where(json!({ "all": [often, { "trait": "plan", "eq": "trial" }] }))
}

/// The same of events that say something: what they say must be read.
fn behaviour_by_property() -> Selection {
    let often = json!({
        "event": EVENT, "where": { "seconds": { "gte": 30 } }, "count": { "gte": 2 }, "within": "30d"
    });
    Selection::Where(json!({ "all": [often, { "trait": "plan", "eq": "trial" }] }))
}

async fn previews(house: &House, bench: &str, report: &mut Report) -> anyhow::Result<()> {
    let kept = Selection::Where(
        json!({ "all": [{ "trait": "first_name", "eq": "Ada7" }, { "segment": "trials" }] }),
    );
    for (what, select, n_asked, goal) in [
        ("preview of traits and segments", kept, ASKED, true),
        ("preview that reads history", behaviour(), ASKED_WITH_HISTORY, true),
        ("preview by properties of the past", behaviour_by_property(), ASKED_WITH_HISTORY, true),
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

/// What somebody types the nth time.
type Typed<'a> = &'a dyn Fn(u64) -> String;

async fn searches(house: &House, scale: &Scale, bench: &str, report: &mut Report) -> anyhow::Result<()> {
    let member = Selection::Segment("trials".into());
    let cases: [(&str, Typed<'_>, Selection); 4] = [
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
    let scanned = scan(place, &house.workspace).await?;
    report.note(bench, "a plain scan of the same rows", scanned, "s");
    for (what, select) in
        [("behaviour over everybody", behaviour()), ("behaviour by property", behaviour_by_property())]
    {
        let id = what.replace(' ', "-");
        let work = JobWork::Count { of: vec![select] };
        house.engine.begin_job(&house.workspace, id.clone(), &work, None, None, "bench").await?;
        let meter = Meter::start();
        let counting = async {
            while !is_over(house, &id).await? {
                house.engine.tick(Worker::Jobs, house.now()).await?;
            }
            anyhow::Ok(meter.passed())
        };
        let meanwhile = async {
            let mut n_events: u64 = 0;
            while !is_over(house, &id).await? {
                let (now, first) = (house.now(), scale.n_contacts * EVENTS_EACH + n_events);
                let events = (first..first + MEANWHILE as u64).map(|n| looked(n, scale.n_contacts, now));
                house.fill(events).await?;
                n_events += MEANWHILE as u64;
            }
            anyhow::Ok(n_events)
        };
        let (counted, n_events) = tokio::join!(counting, meanwhile);
        let (counted, n_events) = (counted?, n_events?);
        let job = house.engine.store().job(&house.workspace, &id).await?.context("the job is there")?;
        ensure!(job.looked_at >= scale.n_contacts, "only {} contacts were asked", job.looked_at);
        let seconds = counted.wall.as_secs_f64();
        report.goal(bench, &format!("{what}, counted exactly"), seconds, "s", "10");
        report.note(bench, &format!("{what}, of processor"), counted.cpu.as_secs_f64(), "s");
        report.note(bench, &format!("{what}, in plain scans"), seconds / scanned, "x");
        report.note(bench, &format!("{what}, events taken in meanwhile"), n_events as f64 / seconds, "/s");
    }
    Ok(())
}

async fn is_over(house: &House, id: &str) -> anyhow::Result<bool> {
    let job = house.engine.store().job(&house.workspace, id).await?;
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
