//! One small workflow from the event to the message that is handed over: an event, a condition, a wait of a second, and a
//! send. What `benches/peers` says of others, said of Wend.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::house::{House, real};
use crate::meter::{Meter, us_each};
use crate::place::{Kind, Place};
use crate::report::Report;
use crate::scale::Scale;
use crate::shop::{identify, small};

const STEPS: &str = "  - id: which
    branch:
      - if: { trait: plan, eq: trial }
        then:
          - { id: rest, wait: 1s }
          - { id: hello, send: { email: hello } }
";

/// The most workflows: more of them don't change the rate.
const WORKFLOWS_MAX: u64 = 100_000;
/// Over how many connections they are started.
const CONNECTIONS: u64 = 16;
/// How long they may take in all.
const ENDED_WITHIN: Duration = Duration::from_mins(10);
/// How often it is looked whether they have ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Starts them over HTTP, a hundred in one request, and waits until every message is handed over.
pub fn measure(kind: Kind, scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    crate::block_on(async {
        let bench = format!("workflow {kind}");
        let place = Place::new(kind).await?;
        let mut house = House::with(place.options(), real(), small(STEPS)).await?;
        let n = scale.n_contacts.min(WORKFLOWS_MAX).next_multiple_of(CONNECTIONS);
        let now = house.now();
        house.fill((0..n).map(|n| identify(n, now))).await?;
        house.start().await?;
        let (meter, server_before, begun) = (Meter::start(), place.server_cpu()?, Instant::now());
        let orders = [("events", n), ("contacts", n), ("connections", CONNECTIONS)];
        let said = house.client(&orders.map(|(name, value)| (name, value.to_string()))).await?;
        let n = said["events"].as_u64().unwrap_or_default();
        while house.n_carried() < n {
            let n_carried = house.n_carried();
            ensure!(begun.elapsed() < ENDED_WITHIN, "only {n_carried} of {n} workflows came to their end");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let passed = meter.passed();
        let server = place.server_cpu()?.saturating_sub(server_before);
        report.note(&bench, "workflows: event, condition, wait, send", passed.per_second(n), "/s");
        report.note(&bench, "one of them", passed.cpu_us_each(n), "us of CPU");
        if kind == Kind::Postgres {
            report.note(&bench, "one of them, in the database", us_each(server, n), "us of CPU");
        }
        house.close().await
    })
}
