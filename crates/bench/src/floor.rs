//! What the disk and the database alone can do with the same bytes and the same rows.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags, params};
use tokio_postgres::Client;

use crate::meter::Meter;
use crate::place::{Kind, Place, client, sqlite_file};
use crate::report::Report;

/// How many events are one write, as in the engine.
const AT_ONCE: usize = 1_000;

/// The most rows that are written: the rate doesn't depend on it.
const ROWS_MAX: i64 = 200_000;

/// A row of history and the contact that it changed, as the product left them.
#[derive(Clone)]
struct Line {
    contact: String,
    at: i64,
    event: Option<String>,
    input_json: String,
    record_json: String,
    document: Vec<u8>,
    alarm_at: Option<i64>,
}

const PLAIN: &str = "
    CREATE TABLE plain_history (
        seq BIGINT NOT NULL PRIMARY KEY, contact TEXT NOT NULL, at BIGINT NOT NULL, event TEXT,
        input_json TEXT NOT NULL, record_json TEXT NOT NULL
    );
    CREATE INDEX plain_history_contact ON plain_history (contact, seq);
    CREATE TABLE plain_contact (contact TEXT NOT NULL PRIMARY KEY, document BLOB NOT NULL, alarm_at BIGINT);
    CREATE INDEX plain_contact_alarm ON plain_contact (alarm_at);
";

/// Measures both floors and sets the product's rate beside them.
pub async fn measure(
    place: &Place,
    bench: &str,
    name: &str,
    rate: f64,
    n_bytes: u64,
    n_events: u64,
    report: &mut Report,
) -> anyhow::Result<()> {
    let appended = append(place.folder(), n_bytes, n_events)?;
    report.note(
        bench,
        &format!("{name}: floor 1, the requests' bytes appended and synced"),
        appended,
        "events/s",
    );
    report.note(bench, &format!("{name}: of floor 1"), rate / appended, "times");
    let lines = match place.kind {
        Kind::Sqlite => sqlite_lines(place.folder())?,
        Kind::Postgres => postgres_lines(place.url()).await?,
    };
    report.note(bench, &format!("{name}: rows of history that were looked at"), lines.len() as f64, "");
    match place.kind {
        Kind::Sqlite => {
            let meter = Meter::start();
            sqlite_floor(place.folder(), &lines)?;
            let passed = meter.passed();
            let plain = passed.per_second(lines.len() as u64);
            let what = format!("{name}: floor 2, its rows in bulk to plain tables");
            report.note(bench, &what, plain, "rows/s");
            report.note(
                bench,
                &format!("{name}: a row of floor 2"),
                passed.cpu_us_each(lines.len() as u64),
                "us of CPU",
            );
            report.goal(bench, &format!("{name}: of floor 2"), rate / plain, "times", "1.0");
        }
        Kind::Postgres => {
            for n_connections in [1, 2] {
                let plain = postgres_floor(place.url(), &lines, n_connections).await?;
                let what = format!("{name}: floor 2, its rows in bulk over {n_connections}");
                report.note(bench, &what, plain, "rows/s");
                report.goal(
                    bench,
                    &format!("{name}: of floor 2 over {n_connections}"),
                    rate / plain,
                    "times",
                    "0.6",
                );
            }
        }
    }
    Ok(())
}

/// Events a second if their bytes were all that is kept.
fn append(folder: &Path, n_bytes: u64, n_events: u64) -> anyhow::Result<f64> {
    let mut file = File::create(folder.join("appended")).context("cannot make a file")?;
    let n_writes = n_events.div_ceil(AT_ONCE as u64).clamp(1, 200);
    let block = vec![b'x'; usize::try_from(n_bytes * AT_ONCE as u64 / n_events.max(1))?];
    let begun = Instant::now();
    for _ in 0..n_writes {
        file.write_all(&block)?;
        file.sync_data()?;
    }
    let rate = (n_writes * AT_ONCE as u64) as f64 / begun.elapsed().as_secs_f64();
    std::fs::remove_file(folder.join("appended"))?;
    Ok(rate)
}

fn sqlite_lines(folder: &Path) -> anyhow::Result<Vec<Line>> {
    let connection = Connection::open_with_flags(sqlite_file(folder), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = connection.prepare(
        "SELECT history.contact, history.at, event, input_json, record_json, document, alarm_at
         FROM history JOIN contact USING (workspace, bucket, contact) ORDER BY seq DESC LIMIT $1",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Line {
            contact: row.get(0)?,
            at: row.get(1)?,
            event: row.get(2)?,
            input_json: row.get(3)?,
            record_json: row.get(4)?,
            document: row.get(5)?,
            alarm_at: row.get(6)?,
        })
    };
    Ok(statement.query_map([ROWS_MAX], read)?.collect::<Result<_, _>>()?)
}

/// The newest version of each contact of a piece.
fn newest(piece: &[Line]) -> BTreeMap<&str, &Line> {
    piece.iter().map(|line| (line.contact.as_str(), line)).collect()
}

fn sqlite_floor(folder: &Path, lines: &[Line]) -> anyhow::Result<()> {
    let file = folder.join("plain.db");
    let mut connection = Connection::open(&file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -131072;",
    )?;
    connection.execute_batch(PLAIN)?;
    let mut seq = 0;
    for piece in lines.chunks(AT_ONCE) {
        let transaction = connection.transaction()?;
        {
            let mut history =
                transaction.prepare_cached("INSERT INTO plain_history VALUES ($1, $2, $3, $4, $5, $6)")?;
            for line in piece {
                seq += 1;
                history.execute(params![
                    seq,
                    line.contact,
                    line.at,
                    line.event,
                    line.input_json,
                    line.record_json
                ])?;
            }
            let mut contact = transaction.prepare_cached(
                "INSERT INTO plain_contact VALUES ($1, $2, $3) ON CONFLICT (contact)
                 DO UPDATE SET document = excluded.document, alarm_at = excluded.alarm_at",
            )?;
            for (id, line) in newest(piece) {
                contact.execute(params![id, line.document, line.alarm_at])?;
            }
        }
        transaction.commit()?;
    }
    drop(connection);
    for name in ["plain.db", "plain.db-wal", "plain.db-shm"] {
        let _ = std::fs::remove_file(folder.join(name));
    }
    Ok(())
}

async fn postgres_lines(url: &str) -> anyhow::Result<Vec<Line>> {
    let rows = client(url)
        .await?
        .query(
            "SELECT contact, history.at, event, input_json, record_json, document, alarm_at
             FROM history JOIN contact USING (workspace, bucket, contact)
             LEFT JOIN alarm USING (workspace, bucket, contact) ORDER BY seq DESC LIMIT $1",
            &[&ROWS_MAX],
        )
        .await?;
    let read = |row: &tokio_postgres::Row| Line {
        contact: row.get(0),
        at: row.get(1),
        event: row.get(2),
        input_json: row.get(3),
        record_json: row.get(4),
        document: row.get(5),
        alarm_at: row.get(6),
    };
    Ok(rows.iter().map(read).collect())
}

/// Rows a second over so many connections, each with its own contacts.
async fn postgres_floor(url: &str, lines: &[Line], n_connections: usize) -> anyhow::Result<f64> {
    let first = client(url).await?;
    first.batch_execute("DROP TABLE IF EXISTS plain_history, plain_contact").await?;
    first.batch_execute(&PLAIN.replace("BLOB", "BYTEA")).await?;
    let mut parts = vec![Vec::new(); n_connections];
    for (n, line) in lines.iter().enumerate() {
        // The last byte of an id is as good as chance.
        let part = usize::from(line.contact.bytes().last().unwrap_or_default()) % n_connections;
        parts[part].push((n as i64, line.clone()));
    }
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for part in parts {
        let client = client(url).await?;
        tasks.push(tokio::spawn(async move {
            for piece in part.chunks(AT_ONCE) {
                postgres_piece(&client, piece).await?;
            }
            anyhow::Ok(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    let rate = lines.len() as f64 / begun.elapsed().as_secs_f64();
    first.batch_execute("DROP TABLE plain_history, plain_contact").await?;
    Ok(rate)
}

async fn postgres_piece(client: &Client, piece: &[(i64, Line)]) -> anyhow::Result<()> {
    let newest: BTreeMap<&str, &Line> = piece.iter().map(|(_, line)| (line.contact.as_str(), line)).collect();
    client.batch_execute("BEGIN").await?;
    let (mut seq, mut contact, mut at, mut event) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut input, mut record) = (Vec::new(), Vec::new());
    for (n, line) in piece {
        seq.push(*n);
        contact.push(line.contact.as_str());
        at.push(line.at);
        event.push(line.event.as_deref());
        input.push(line.input_json.as_str());
        record.push(line.record_json.as_str());
    }
    let text = "INSERT INTO plain_history
                SELECT * FROM unnest($1::BIGINT[], $2::TEXT[], $3::BIGINT[], $4::TEXT[], $5::TEXT[], $6::TEXT[])";
    client.execute(text, &[&seq, &contact, &at, &event, &input, &record]).await?;
    let ids: Vec<&str> = newest.keys().copied().collect();
    let documents: Vec<&[u8]> = newest.values().map(|line| line.document.as_slice()).collect();
    let alarms: Vec<Option<i64>> = newest.values().map(|line| line.alarm_at).collect();
    let text = "INSERT INTO plain_contact SELECT * FROM unnest($1::TEXT[], $2::BYTEA[], $3::BIGINT[])
                ON CONFLICT (contact) DO UPDATE SET document = excluded.document, alarm_at = excluded.alarm_at";
    client.execute(text, &[&ids, &documents, &alarms]).await?;
    client.batch_execute("COMMIT").await?;
    Ok(())
}
