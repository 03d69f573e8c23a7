//! What comes out: a table for people and the same as JSON.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

/// All numbers of one run.
pub struct Report {
    rows: Vec<Row>,
    /// Whether the time is told function by function, too.
    pub functions: bool,
}

struct Row {
    bench: String,
    what: String,
    value: f64,
    unit: &'static str,
    goal: Option<&'static str>,
}

impl Report {
    /// One without numbers.
    pub fn new(functions: bool) -> Self {
        Self { rows: Vec::new(), functions }
    }

    /// Notes a number, and prints it at once: a run takes a while.
    pub fn note(&mut self, bench: &str, what: &str, value: f64, unit: &'static str) {
        self.note_with_goal(bench, what, value, unit, None);
    }

    /// Notes a number that has a goal.
    pub fn goal(&mut self, bench: &str, what: &str, value: f64, unit: &'static str, goal: &'static str) {
        self.note_with_goal(bench, what, value, unit, Some(goal));
    }

    fn note_with_goal(
        &mut self,
        bench: &str,
        what: &str,
        value: f64,
        unit: &'static str,
        goal: Option<&'static str>,
    ) {
        let row = Row { bench: bench.to_owned(), what: what.to_owned(), value, unit, goal };
        println!("{}", row.line());
        self.rows.push(row);
    }

    /// Prints the whole table.
    pub fn print(&self) {
        println!("\n{}", machine());
        for row in &self.rows {
            println!("{}", row.line());
        }
    }

    /// Writes the numbers as JSON.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let row = |row: &Row| json!({ "bench": row.bench, "what": row.what, "value": row.value, "unit": row.unit, "goal": row.goal });
        let all =
            json!({ "machine": machine(), "results": self.rows.iter().map(row).collect::<Vec<Value>>() });
        let text = serde_json::to_string_pretty(&all).context("numbers are JSON")?;
        std::fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Row {
    fn line(&self) -> String {
        let goal = self.goal.map(|goal| format!("   (goal {goal})")).unwrap_or_default();
        format!("{:<18} {:<58} {:>14} {}{goal}", self.bench, self.what, shown(self.value), self.unit)
    }
}

/// A number with as many digits as say something, in groups of three.
fn shown(value: f64) -> String {
    if value.abs() < 100.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// What it was measured on.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model =
        cpuinfo.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split(": ").nth(1));
    let n_processors = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
    let memory = read("/proc/meminfo");
    let memory_kib: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse().ok())
        .unwrap_or_default();
    let load = read("/proc/loadavg");
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{n_processors} x {}, {} GiB, Linux {}, load {}",
        model.unwrap_or("unknown processor"),
        memory_kib / 1024 / 1024,
        kernel.trim(),
        load.split(' ').next().unwrap_or_default()
    )
}
