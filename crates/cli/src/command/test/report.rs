//! What came of tests, for people and for scripts.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use wend_lab::scenario::{Count, Coverage};

use super::play::Round;
use crate::output::{counted, table};

/// The results as `--json` prints them.
pub fn document(round: &Round, coverage: Option<&Coverage>) -> Value {
    let tests = round.tests.iter().map(|played| {
        let mut test = json!(played.outcome);
        test["duration_ms"] = json!(milliseconds(played.took));
        test
    });
    let mut document = json!({
        "tests": tests.collect::<Vec<Value>>(),
        "passed": round.tests.len() - round.n_failed(),
        "failed": round.n_failed(),
        "duration_ms": milliseconds(round.took),
    });
    if let Some(coverage) = coverage {
        document["coverage"] = json!(coverage);
        document["coverage"]["percent"] = json!(coverage.all.percent());
    }
    document
}

/// The results as a person reads them.
pub fn text(round: &Round, coverage: Option<&Coverage>) -> String {
    let mut out = String::new();
    // A failure stands alone; those that passed are a list.
    for (n, played) in round.tests.iter().enumerate() {
        let after_failure = n > 0 && !round.tests[n - 1].outcome.has_passed();
        let gap = if n > 0 && (after_failure || !played.outcome.has_passed()) { "\n" } else { "" };
        let _ = writeln!(out, "{gap}{}", played.outcome);
    }
    if let Some(coverage) = coverage {
        let _ = writeln!(out, "\n{}", of_coverage(coverage));
    }
    let _ = write!(out, "\n{}", summary(round));
    out
}

/// How many of each, in one line.
pub fn summary(round: &Round) -> String {
    let (n_tests, n_failed) = (round.tests.len(), round.n_failed());
    let seconds = round.took.as_secs_f64();
    let counts = match n_failed {
        0 => "all passed".to_owned(),
        n_failed => format!("{} passed, {n_failed} failed", n_tests - n_failed),
    };
    format!("{}, {counts}, in {seconds:.2} s", counted(n_tests as u64, "test"))
}

/// What the tests reached and what they didn't.
fn of_coverage(coverage: &Coverage) -> String {
    let shown = |count: Count| match count.all {
        0 => "-".to_owned(),
        all => format!("{}/{all}", count.reached),
    };
    let rows: Vec<Vec<String>> = coverage
        .workflows
        .iter()
        .map(|of| {
            vec![
                of.workflow.to_string(),
                shown(of.steps),
                shown(of.branches),
                shown(of.alternatives),
                shown(of.timeouts),
                format!("{} %", of.all().percent()),
            ]
        })
        .collect();
    let heading = ["workflow", "steps", "branches", "alternatives", "time-outs", "reached"];
    let mut out = table(&heading, &rows, "there is no workflow\n");
    let Count { reached, all } = coverage.all;
    let _ = write!(out, "reached: {reached} of {all} ({} %)", coverage.all.percent());
    let missed: Vec<String> = coverage
        .workflows
        .iter()
        .flat_map(|of| {
            of.missed.iter().map(|missed| format!("  {}:{}: {}", of.file, missed.line, missed.what))
        })
        .collect();
    if !missed.is_empty() {
        let _ = write!(out, "\n\nnever reached:\n{}", missed.join("\n"));
    }
    out
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
