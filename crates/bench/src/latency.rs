//! From an event to the commit that holds its message, at a rate that is held whether or not the server keeps up.

use crate::house::{House, real};
use crate::meter::Meter;
use crate::place::{Kind, Place};
use crate::report::Report;
use crate::scale::Scale;
use crate::shop::{identify, small};

/// Enough of them that no request waits for a connection while the server keeps its goal.
const CONNECTIONS: u64 = 128;

/// Each event is a request of its own and releases a message at once.
pub fn measure(kind: Kind, scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    crate::block_on(async {
        let bench = format!("latency {kind}");
        let place = Place::new(kind).await?;
        let mut house =
            House::with(place.options(), real(), small("  - { id: hello, send: { email: hello } }\n"))
                .await?;
        let n_events = (scale.events_per_second * scale.paced_for_s).next_multiple_of(CONNECTIONS);
        // Clients say who they are once, and where mail goes; what is measured is what they do later.
        let now = house.now();
        house.fill((0..n_events).map(|n| identify(n, now))).await?;
        house.start().await?;
        let meter = Meter::start();
        let said = house
            .client(&[
                ("events", n_events.to_string()),
                ("contacts", n_events.to_string()),
                ("connections", CONNECTIONS.to_string()),
                ("per-request", "1".to_owned()),
                ("pace", scale.events_per_second.to_string()),
            ])
            .await?;
        let passed = meter.passed();
        let n_events = said["events"].as_u64().unwrap_or_default();
        let ms = |name: &str| said[name].as_f64().unwrap_or(f64::NAN) / 1e3;
        let rate = n_events as f64 / said["wall_s"].as_f64().unwrap_or(f64::NAN);
        report.note(&bench, "rate that was held", rate, "events/s");
        report.note(&bench, "event to committed message, p50", ms("p50_us"), "ms");
        report.goal(&bench, "event to committed message, p99", ms("p99_us"), "ms", "30");
        report.note(&bench, "event to committed message, p99.9", ms("p999_us"), "ms");
        report.note(
            &bench,
            "event, message, hand-over and its news",
            passed.cpu_us_each(n_events),
            "us of CPU",
        );
        report.note(&bench, "messages handed over meanwhile", house.n_carried() as f64, "");
        house.close().await
    })
}
