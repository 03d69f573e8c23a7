//! A file of contacts taken in and given out again: rows a second, and the memory that it takes.

use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use wend_engine::exports::{ExportFormat, ExportOf, ExportRequest, FormulaCells};
use wend_engine::imports::Declared;
use wend_engine::{Selection, Worker};

use crate::house::{House, real};
use crate::meter::{Meter, resident_bytes};
use crate::place::{Kind, Place};
use crate::report::Report;
use crate::scale::Scale;
use crate::shop::small;

/// How many rows are made at once.
const MADE_AT_ONCE: u64 = 1_000;

/// How often memory is looked at: once in so many pieces of work.
const LOOKED_EVERY: u64 = 16;

/// Letters of a note that makes each row about a kilobyte, so that a million rows are a gigabyte.
const NOTE: usize = 900;

/// Measures a file of short rows, and one of as many rows of a kilobyte each, of the same people.
pub fn measure(kind: Kind, scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    crate::block_on(async {
        let bench = format!("transfer {kind}");
        let place = Place::new(kind).await?;
        let files = small("  - { id: hello, send: { email: hello } }\n");
        let house = House::with(place.options(), real(), files).await?;
        let n = scale.n_contacts;
        import(&house, n, "", &bench, report).await?;
        for (what, format) in [
            ("CSV", ExportFormat::Csv),
            ("JSON Lines", ExportFormat::JsonLines),
            ("Parquet", ExportFormat::Parquet),
        ] {
            export(&house, n, (what, format), &bench, report).await?;
        }
        import(&house, n, &"tea ".repeat(NOTE / 4), &bench, report).await?;
        house.close().await
    })
}

/// The highest memory that was seen.
#[derive(Default)]
struct Highest(u64, u64);

impl Highest {
    fn look(&mut self) -> anyhow::Result<()> {
        self.0 += 1;
        if self.0.is_multiple_of(LOOKED_EVERY) {
            self.1 = self.1.max(resident_bytes()?);
        }
        Ok(())
    }
}

async fn import(house: &House, n: u64, note: &str, bench: &str, report: &mut Report) -> anyhow::Result<()> {
    let what = if note.is_empty() { "short rows" } else { "long rows" };
    let mut highest = Highest::default();
    let id = what.replace(' ', "-");
    let declared = Declared { name: format!("{id}.csv"), ..Declared::default() };
    let meter = Meter::start();
    let begun = house.engine.import_begin(&house.workspace, id.clone(), declared, "bench", house.now());
    let mut upload = begun.await?;
    upload.push(b"user_id,email,first_name,last_name,plan,orders,note\n").await?;
    let mut n_bytes = 0;
    for first in (0..n).step_by(usize::try_from(MADE_AT_ONCE)?) {
        let mut rows = String::new();
        for n in first..(first + MADE_AT_ONCE).min(n) {
            writeln!(
                rows,
                "person-{n},person-{n}@example.com,Ada{},Lovelace{n},trial,{},{note}",
                n % 1_000,
                n % 9
            )?;
        }
        n_bytes += rows.len();
        upload.push(rows.as_bytes()).await?;
        highest.look()?;
    }
    let import = upload.finish(house.now()).await?;
    let uploaded = meter.passed();
    report.note(bench, &format!("{what}: a file of"), n_bytes as f64 / 1e6, "MB");
    report.note(bench, &format!("{what}: to take the file in"), uploaded.wall.as_secs_f64(), "s");
    let meter = Meter::start();
    let settings = import.about.suggested;
    house.engine.import_start(&house.workspace, &id, settings, false, house.now()).await?;
    let mut n_ticks: u64 = 0;
    while house.engine.tick(Worker::Imports, house.now()).await?.n_done > 0 {
        highest.look()?;
        n_ticks += 1;
        if n_ticks.is_multiple_of(LOOKED_EVERY) {
            // As a server does meanwhile.
            house.engine.tick(Worker::Janitor, house.now()).await?;
        }
    }
    let passed = meter.passed();
    let import = house.engine.import(&house.workspace, &id).await?;
    let all = house.engine.store().contact_count(&house.workspace).await?;
    ensure!(all >= n, "only {all} contacts are there of {n}: {:?}", import.progress);
    let per_million = passed.wall.as_secs_f64() * 1e6 / n as f64;
    report.goal(bench, &format!("{what}: a million rows"), per_million, "s", "60");
    report.note(bench, &format!("{what}: a row"), passed.cpu_us_each(n), "us of CPU");
    report.note(bench, &format!("{what}: most memory at any time"), highest.1 as f64 / 1e6, "MB");
    Ok(())
}

async fn export(
    house: &House,
    n: u64,
    (what, format): (&str, ExportFormat),
    bench: &str,
    report: &mut Report,
) -> anyhow::Result<()> {
    let request = ExportRequest {
        of: ExportOf::Contacts,
        format,
        select: Selection::All,
        since: None,
        until: None,
        formulas: FormulaCells::Escape,
        ids: false,
    };
    let meter = Meter::start();
    let mut export =
        house.engine.export(&house.workspace, request, house.now()).await.context("no export")?;
    let (mut highest, mut n_bytes) = (Highest::default(), 0);
    while let Some(piece) = export.next().await? {
        n_bytes += piece.len();
        highest.look()?;
    }
    ensure!(n_bytes > 0, "nothing was exported");
    let passed = meter.passed();
    report.note(bench, &format!("{what}: contacts exported"), passed.per_second(n), "/s");
    report.note(bench, &format!("{what}: most memory at any time"), highest.1 as f64 / 1e6, "MB");
    Ok(())
}
