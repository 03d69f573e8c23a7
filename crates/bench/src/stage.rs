//! Which part of the product uses the processor, by samples of its call stacks: the product itself counts nothing.
//!
//! Each sample belongs to the innermost function that [`STAGES`] knows. The binary is built with frame pointers for
//! this (see `xtask`), so that looking costs next to nothing.

use std::collections::BTreeMap;

use anyhow::Context as _;
use pprof::{ProfilerGuard, ProfilerGuardBuilder};

use crate::meter::{Passed, us_each};
use crate::report::Report;

/// How many samples a second of processor time.
const SAMPLES_PER_SECOND: i32 = 997;

/// How many functions are told at most.
const FUNCTIONS_TOLD: usize = 60;

/// A part of a function's file, its name (empty: any), and the stage that its time belongs to.
const STAGES: [(&str, &str, &str); 30] = [
    ("server/src/ingest", "", "parse"),
    ("store/src/fold.rs", "", "fold"),
    ("store/src/tail.rs", "", "tail"),
    ("store/src/work.rs", "identities", "identities"),
    ("store/src/work.rs", "claim_identities", "identities"),
    ("store/src/identity.rs", "", "identities"),
    ("engine/src/identify.rs", "", "identities"),
    ("store/src/work.rs", "contacts", "load"),
    ("store/src/alarm.rs", "", "look for alarms"),
    ("store/src/driver/sqlite.rs", "query_many", "load"),
    ("store/src/driver/sqlite.rs", "query_text", "load"),
    ("store/src/driver/sqlite.rs", "execute_all", "write rows"),
    ("store/src/driver/sqlite.rs", "transact", "commit"),
    ("store/src/commit.rs", "", "commit"),
    ("store/src/driver/postgres.rs", "", "database client"),
    ("tokio-postgres", "", "database client"),
    ("domain/src/contact.rs", "from_bytes", "decode"),
    ("domain/src/contact.rs", "to_bytes", "encode document"),
    ("engine/src/changes.rs", "json", "encode history"),
    ("engine/src/changes.rs", "", "changes"),
    ("render/src", "", "render"),
    ("domain/src/advance", "", "advance"),
    ("engine/src/lane.rs", "", "lane"),
    ("engine/src/batch.rs", "", "batch"),
    ("engine/src/outbox.rs", "", "outbox"),
    ("store/src/outbox.rs", "", "outbox"),
    ("store/src/", "", "store, other"),
    ("engine/src/", "", "engine, other"),
    ("server/src/", "", "http"),
    ("hyper-", "", "http"),
];

/// A profile that is being taken.
pub struct Sampler(ProfilerGuard<'static>);

impl Sampler {
    /// Begins.
    pub fn start() -> anyhow::Result<Self> {
        let guard = ProfilerGuardBuilder::default().frequency(SAMPLES_PER_SECOND).build();
        Ok(Self(guard.context("cannot sample call stacks")?))
    }

    /// Ends, and notes the microseconds of each stage for each of `n` things.
    pub fn note(self, bench: &str, passed: Passed, n: u64, report: &mut Report) -> anyhow::Result<()> {
        let profile = self.0.report().build().context("cannot read the samples")?;
        let (mut stages, mut functions) = (BTreeMap::new(), BTreeMap::new());
        let mut n_samples = 0;
        for (frames, count) in &profile.data {
            let symbols = frames.frames.iter().flatten();
            let names: Vec<(String, String)> = symbols
                .map(|symbol| {
                    let file = symbol.filename.as_ref().map(|path| path.to_string_lossy().into_owned());
                    (file.unwrap_or_default(), symbol.name())
                })
                .collect();
            let count = u64::try_from(*count).unwrap_or_default();
            n_samples += count;
            *stages.entry(stage_of(&names, &frames.thread_name)).or_insert(0_u64) += count;
            let mut seen = std::collections::BTreeSet::new();
            for (file, name) in names {
                let name = format!("{} {name}", shortened(&file));
                if seen.insert(name.clone()) {
                    *functions.entry(name).or_insert(0_u64) += count;
                }
            }
        }
        let share = |count: u64| passed.cpu.mul_f64(count as f64 / n_samples.max(1) as f64);
        let mut stages: Vec<(&str, u64)> = stages.into_iter().collect();
        stages.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for (stage, count) in stages {
            report.note(bench, &format!("  of it {stage}"), us_each(share(count), n), "us each");
        }
        if report.functions {
            let mut functions: Vec<(String, u64)> = functions.into_iter().collect();
            functions.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            for (function, count) in functions.iter().take(FUNCTIONS_TOLD) {
                println!("    {:>7.2} us  {function}", us_each(share(*count), n));
            }
        }
        Ok(())
    }
}

/// The stage of a call stack, innermost function first; of one that can't be read, its thread's.
fn stage_of(names: &[(String, String)], thread: &str) -> &'static str {
    let known = names.iter().find_map(|(file, name)| {
        let is_named = |function: &str| {
            function.is_empty() || name == function || name.ends_with(&format!("::{function}"))
        };
        let is = |(path, function, _): &&(&str, &str, &str)| file.contains(path) && is_named(function);
        STAGES.iter().find(is).map(|(_, _, stage)| *stage)
    });
    match known {
        Some(stage) => stage,
        None if thread.starts_with("wend-store") => "writer's thread, unread",
        None if names.iter().any(|(file, _)| file.contains("/tokio-")) => "runtime",
        None => "unread",
    }
}

/// The end of a path: which file it is can be told from that.
fn shortened(path: &str) -> &str {
    let start = path.rmatch_indices('/').nth(2).map_or(0, |(at, _)| at + 1);
    &path[start..]
}
