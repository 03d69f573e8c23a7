//! One schedule that concerns everybody: how fast contacts are told.

use std::sync::Arc;

use anyhow::ensure;
use wend_domain::source::SourceFile;
use wend_domain::time::Period;
use wend_engine::{ManualClock, Worker};

use crate::house::{House, real};
use crate::meter::{Meter, us_each};
use crate::place::{Kind, Place};
use crate::report::Report;
use crate::scale::Scale;
use crate::shop::{identify, small};
use crate::stage::Sampler;

/// When it goes out: every day at noon.
const BROADCAST: &str = "\
workflow: letter
title: Letter
category: service
trigger: { schedule: \"FREQ=DAILY\", starts: 2026-01-01, at: \"12:00\", zone: workspace }
reentry: always
steps:
  - { id: hello, send: { email: hello } }
";

/// A minute: after so much of it each the schedule and its job are looked at again.
const STEP: Period = Period::from_millis(60_000);

/// A day of minutes, and some: by then it has begun.
const STEPS_MAX: usize = 3_000;

/// Takes everybody into a broadcast; each is told, enters, and has a message released.
pub fn measure(kind: Kind, scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    crate::block_on(async {
        let bench = format!("broadcast {kind}");
        let place = Place::new(kind).await?;
        let clock = Arc::new(ManualClock::at(real().now()));
        let mut files = small("  - { id: hello, send: { email: hello } }\n");
        files.push(SourceFile { path: "workflows/letter.yaml".to_owned(), text: BROADCAST.to_owned() });
        let house = House::with(place.options(), Arc::clone(&clock) as _, files).await?;
        let now = house.now();
        house.fill((0..scale.n_contacts).map(|n| identify(n, now))).await?;
        house.engine.store().fold_all().await?;

        let sampler = Sampler::start()?;
        let (meter, server_before) = (Meter::start(), place.server_cpu()?);
        let mut n_told = 0;
        for _ in 0..STEPS_MAX {
            house.settle(&[Worker::Schedules]).await?;
            house.settle(&[Worker::Jobs]).await?;
            n_told += house.settle(&[Worker::Inbox, Worker::Alarms]).await?;
            if n_told >= scale.n_contacts {
                break;
            }
            clock.pass(if n_told == 0 { STEP } else { Period::from_millis(200) });
        }
        let passed = meter.passed();
        let server = place.server_cpu()?.saturating_sub(server_before);
        ensure!(n_told >= scale.n_contacts, "only {n_told} of {} contacts were told", scale.n_contacts);
        report.note(
            &bench,
            "contacts that are told, enter and get a message",
            passed.per_second(n_told),
            "/s",
        );
        report.note(&bench, "one of them", passed.cpu_us_each(n_told), "us of CPU");
        if kind == Kind::Postgres {
            report.note(&bench, "one of them, in the database", us_each(server, n_told), "us of CPU");
        }
        sampler.note(&bench, passed, n_told, report)?;
        house.close().await
    })
}
