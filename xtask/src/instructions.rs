//! How many instructions hot scenarios take, counted by callgrind: a guard where seconds vary too much to be one.
//!
//! `crates/lab/benches/instructions.txt` keeps the counts, each with the functions that take the most, and what they
//! were made with. A scenario that takes over [`RISE_MAX_PERCENT`] more fails, with the functions that rose;
//! `--accept` writes the counts of today down.
//!
//! The counts are the same again and again, and on every machine, as long as these are: the compiler (with another one
//! nothing is compared, and that is said), valgrind, and the C library (another one is told of; it allocates and copies
//! a little differently). valgrind shows every machine with AVX2 the same processor, so that code which chooses by it
//! chooses the same; a machine without is told of, too. Not pinned: the seeds of hash maps in other people's code; no
//! counted path has one that is large enough to be seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::stage::{ask, cargo, run};

/// The scenarios of crates/lab/benches/instructions.rs.
const SCENARIOS: [&str; 4] =
    ["event-that-concerns-nothing", "event-that-sends", "alarm-that-chooses-an-instant", "document"];
/// How often a scenario is played while it is counted, as it says there.
const ROUNDS: u64 = 50;
/// A rise of more than this many percent fails.
const RISE_MAX_PERCENT: u64 = 10;
/// How many functions of a scenario are kept, those with the most instructions first.
const FUNCTIONS_MAX: usize = 40;
/// Of the functions that rose, how many are named.
const NAMED_MAX: usize = 12;
/// What is counted: this function and what it calls.
const COUNTED: &str = "--toggle-collect=*instructions*measured*";
/// The C library's allocator searches more or less depending on where the heap begins, by up to 5 % of all: with all that
/// is freed kept at hand for its size (a cache without an end), it takes the same way each time.
const ALLOCATOR: (&str, &str) = ("GLIBC_TUNABLES", "glibc.malloc.tcache_count=65535");
/// Functions around what is counted.
const AROUND: [&str; 4] = ["instructions::", "std::rt::", "std::sys::backtrace::", "core::ops::function::"];

/// What one scenario takes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    total: u64,
    /// With what they call, most first.
    functions: Vec<(String, u64)>,
}

/// What counts were made with, and the counts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    compiler: String,
    /// The rest of what matters: valgrind, C library, processor.
    around: String,
    scenarios: BTreeMap<String, Counts>,
}

/// Compares with what is kept, or writes it down.
pub fn check(arguments: &[String]) -> anyhow::Result<()> {
    let accept = match arguments {
        [] => false,
        [argument] if argument == "--accept" => true,
        _ => bail!("`instructions` takes nothing, or `--accept`"),
    };
    let path = crate::root().join("crates/lab/benches/instructions.txt");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let kept = read(&kept).with_context(|| format!("cannot read {}", path.display()))?;
    let mut now = Counted { compiler: compiler()?, around: around(), scenarios: BTreeMap::new() };
    if !accept && kept.compiler != now.compiler {
        println!("  NOTE: nothing is compared: counted with {}, here is {}.", kept.compiler, now.compiler);
        println!("  NOTE: `cargo xtask instructions --accept` counts anew with this compiler.");
        return Ok(());
    }
    if !accept && kept.around != now.around {
        println!(
            "  NOTE: counted with {}, here is {}: small differences mean nothing.",
            kept.around, now.around
        );
    }
    let program = build()?;
    for scenario in SCENARIOS {
        now.scenarios.insert(scenario.to_owned(), count(&program, scenario)?);
    }
    if accept {
        std::fs::write(&path, print(&now)).with_context(|| format!("cannot write {}", path.display()))?;
        println!("  written down in {}", path.display());
        return Ok(());
    }
    report(&kept, &now)
}

fn compiler() -> anyhow::Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = ask(Command::new(rustc).arg("--version")).context("cannot ask rustc for its version")?;
    Ok(version.trim().to_owned())
}

fn around() -> String {
    let valgrind = ask(Command::new("valgrind").arg("--version")).unwrap_or_else(|| "no valgrind".to_owned());
    let libc =
        ask(Command::new("getconf").arg("GNU_LIBC_VERSION")).unwrap_or_else(|| "another libc".to_owned());
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let avx2 = if processor.split_whitespace().any(|flag| flag == "avx2") { "with" } else { "without" };
    format!("{}, {}, {} {avx2} avx2", valgrind.trim(), libc.trim(), std::env::consts::ARCH)
}

/// Builds the scenarios and gives the program.
fn build() -> anyhow::Result<PathBuf> {
    const BUILD: [&str; 7] =
        ["build", "--quiet", "--profile", "counted", "--package", "wend-lab", "--bench=instructions"];
    run(&mut cargo(&BUILD))?;
    // Built by now: this only tells where it is.
    let told = ask(cargo(&BUILD).arg("--message-format=json")).context("cannot ask cargo where it built")?;
    let path = told.lines().filter(|line| line.contains("\"name\":\"instructions\"")).find_map(|line| {
        let (_, rest) = line.split_once("\"executable\":\"")?;
        Some(PathBuf::from(rest.split_once('"')?.0))
    });
    path.context("cargo doesn't say where it built the scenarios")
}

fn count(program: &Path, scenario: &str) -> anyhow::Result<Counts> {
    let written = crate::target().join(format!("callgrind.{scenario}"));
    let mut out = std::ffi::OsString::from("--callgrind-out-file=");
    out.push(&written);
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet", COUNTED]).arg(out).arg(program).arg(scenario);
    valgrind.env(ALLOCATOR.0, ALLOCATOR.1);
    ask(&mut valgrind)
        .with_context(|| format!("callgrind can't count `{scenario}`: is `valgrind` installed?"))?;
    let annotated =
        ask(Command::new("callgrind_annotate").args(["--inclusive=yes", "--auto=no"]).arg(&written));
    let counts = annotated.as_deref().and_then(read_annotated);
    counts.with_context(|| format!("cannot read what callgrind counted: {}", written.display()))
}

/// Reads what `callgrind_annotate` prints; a function stands there once for each file that it is inlined from.
fn read_annotated(text: &str) -> Option<Counts> {
    let mut total = None;
    let mut functions: BTreeMap<String, u64> = BTreeMap::new();
    for line in text.lines() {
        let Some((number, rest)) = line.trim_start().split_once(' ') else { continue };
        let Ok(number) = number.replace(',', "").parse::<u64>() else { continue };
        let Some((_, what)) = rest.split_once(')') else { continue };
        let what = what.trim_start();
        if what == "PROGRAM TOTALS" {
            total = Some(number / ROUNDS);
            continue;
        }
        let Some((_, function)) = what.split_once(':') else { continue };
        let function = function.rsplit_once(" [").map_or(function, |(function, _)| function);
        if AROUND.iter().any(|around| function.starts_with(around)) {
            continue;
        }
        let counted = functions.entry(function.to_owned()).or_default();
        *counted = (*counted).max(number / ROUNDS);
    }
    let total = total?;
    // What is called by nothing that is counted calls it.
    let mut functions: Vec<_> = functions.into_iter().filter(|(_, counted)| *counted < total).collect();
    functions.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    functions.truncate(FUNCTIONS_MAX);
    Some(Counts { total, functions })
}

fn report(kept: &Counted, now: &Counted) -> anyhow::Result<()> {
    let mut failed = Vec::new();
    for (scenario, now) in &now.scenarios {
        let Some(kept) = kept.scenarios.get(scenario) else {
            failed.push(format!("nothing is kept of {scenario}"));
            continue;
        };
        let percent = (now.total as f64 / kept.total as f64 - 1.0) * 100.0;
        println!("  {scenario:<32} {:>9} instructions, {percent:+.1} %", now.total);
        if is_rise(kept.total, now.total) {
            failed.push(format!("{scenario} takes {percent:.1} % more:\n{}", risen(kept, now)));
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!("{}\nif it is worth it, `cargo xtask instructions --accept` writes it down", failed.join("\n"))
}

fn is_rise(kept: u64, now: u64) -> bool {
    now * 100 > kept * (100 + RISE_MAX_PERCENT)
}

/// The functions that take more than before, those with the largest difference first.
fn risen(kept: &Counts, now: &Counts) -> String {
    let before: BTreeMap<&str, u64> = kept.functions.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    let mut risen: Vec<(u64, String)> = Vec::new();
    for (name, n) in &now.functions {
        match before.get(name.as_str()) {
            Some(before) if is_rise(*before, *n) => {
                risen.push((n - before, format!("{before} -> {n}  {name}")));
            }
            Some(_) => {}
            None => risen.push((*n, format!("{n}, not among the first {FUNCTIONS_MAX} before  {name}"))),
        }
    }
    risen.sort_by_key(|(more, _)| std::cmp::Reverse(*more));
    risen.into_iter().take(NAMED_MAX).fold(String::new(), |text, (_, line)| text + "    " + &line + "\n")
}

fn print(counted: &Counted) -> String {
    let mut text =
        String::from("# Written by `cargo xtask instructions --accept`: instructions of one round.\n");
    let _ = writeln!(text, "compiler {}\naround {}", counted.compiler, counted.around);
    for (scenario, counts) in &counted.scenarios {
        let _ = writeln!(text, "\nscenario {scenario} {}", counts.total);
        for (function, n) in &counts.functions {
            let _ = writeln!(text, "{n} {function}");
        }
    }
    text
}

fn read(text: &str) -> anyhow::Result<Counted> {
    let mut counted = Counted::default();
    let mut scenario = None;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').with_context(|| format!("`{line}` says nothing"))?;
        match word {
            "compiler" => rest.clone_into(&mut counted.compiler),
            "around" => rest.clone_into(&mut counted.around),
            "scenario" => {
                let (name, total) = rest.split_once(' ').with_context(|| format!("`{line}` has no count"))?;
                let counts = Counts { total: total.parse().context(line.to_owned())?, functions: Vec::new() };
                counted.scenarios.insert(name.to_owned(), counts);
                scenario = Some(name.to_owned());
            }
            number => {
                let counts = scenario.as_ref().and_then(|name| counted.scenarios.get_mut(name));
                let counts = counts.with_context(|| format!("`{line}` is before any scenario"))?;
                counts.functions.push((rest.to_owned(), number.parse().context(line.to_owned())?));
            }
        }
    }
    Ok(counted)
}

#[cfg(test)]
mod tests;
