//! From HTTP to the commit: batches of 100, every commit on the disk, 20 live workflows, a tenth of the events moving a run.

use std::time::Duration;

use crate::floor;
use crate::house::{House, real};
use crate::meter::{Meter, us_each};
use crate::place::{Kind, Place};
use crate::report::Report;
use crate::scale::Scale;
use crate::shop::{Spread, identify, library};
use crate::stage::Sampler;

/// Measures both spreads of activity, and the floors below the second.
pub fn measure(kind: Kind, scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    crate::block_on(async {
        for spread in [Spread::Zipf, Spread::Uniform] {
            one(kind, scale, spread, report).await?;
        }
        Ok(())
    })
}

async fn one(kind: Kind, scale: &Scale, spread: Spread, report: &mut Report) -> anyhow::Result<()> {
    let bench = format!("ingest {kind}");
    let name = match spread {
        Spread::Zipf => "Zipf",
        Spread::Uniform => "uniform",
    };
    let place = Place::new(kind).await?;
    let mut house = House::with(place.options(), real(), library()?).await?;
    house.start().await?;
    let now = house.now();
    house.fill((0..scale.n_contacts).map(|n| identify(n, now))).await?;
    house.engine.store().fold_all().await?;
    let bytes_before = place.bytes().await?;

    let sampler = Sampler::start()?;
    let (meter, server_before) = (Meter::start(), place.server_cpu()?);
    let said = house
        .client(&[
            ("events", scale.n_events.to_string()),
            ("contacts", scale.n_contacts.to_string()),
            ("spread", name.to_lowercase()),
        ])
        .await?;
    let passed = meter.passed();
    let server = place.server_cpu()?.saturating_sub(server_before);
    let n_events = said["events"].as_u64().unwrap_or_default();
    let wall = Duration::from_secs_f64(said["wall_s"].as_f64().unwrap_or_default());
    let rate = n_events as f64 / wall.as_secs_f64();
    let goal = match kind {
        Kind::Sqlite => "20,000",
        Kind::Postgres => "0.6 of floor 2",
    };
    report.goal(&bench, &format!("{name}: events committed"), rate, "/s", goal);
    report.note(&bench, &format!("{name}: an event"), passed.cpu_us_each(n_events), "us of CPU");
    if kind == Kind::Postgres {
        report.note(
            &bench,
            &format!("{name}: an event, in the database"),
            us_each(server, n_events),
            "us of CPU",
        );
    }
    sampler.note(&bench, passed, n_events, report)?;
    house.engine.store().fold_all().await?;
    house.close().await?;
    let bytes = place.bytes().await?.saturating_sub(bytes_before);
    report.note(&bench, &format!("{name}: on disk"), bytes as f64 / n_events as f64, "bytes an event");
    floor::measure(&place, &bench, name, rate, said["bytes"].as_u64().unwrap_or_default(), n_events, report)
        .await
}
