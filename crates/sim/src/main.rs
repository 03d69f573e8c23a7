//! Plays seeds by hand: `cargo xtask sim`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to its terminal")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context, bail};
use wend_sim::planted::{self, Planted};
use wend_sim::{Played, play};

const USAGE: &str = "\
usage: cargo xtask sim [--seeds N] [--from S] [--planted NAME|all] [--loud] [--digests]

  --seeds N       how many seeds are played, one after the other (default: 50)
  --from S        the first of them (default: 1)
  --planted NAME  plays with a bug that was planted, until it is found; `all` does so for each
  --loud          prints every line of what happens, not only the end of it; on one thread
  --digests       prints what tells each history from any other
";

/// How many seeds a planted bug may need until it is found: those that need most are found by one of thirty.
const SEEDS_PER_BUG: u64 = 200;

/// What is asked for.
struct Asked {
    seeds: u64,
    from: u64,
    planted: Option<String>,
    is_loud: bool,
    digests: bool,
}

fn main() -> ExitCode {
    match asked().and_then(|asked| if asked.planted.is_some() { hunt(&asked) } else { all(&asked) }) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}\n\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn asked() -> anyhow::Result<Asked> {
    let mut asked = Asked { seeds: 50, from: 1, planted: None, is_loud: false, digests: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--seeds" => asked.seeds = value()?.parse().context("--seeds takes a number")?,
            "--from" => asked.from = value()?.parse().context("--from takes a number")?,
            "--planted" => asked.planted = Some(value()?),
            "--loud" => asked.is_loud = true,
            "--digests" => asked.digests = true,
            other => bail!("there is no option `{other}`"),
        }
    }
    Ok(asked)
}

/// Plays all seeds that are asked for, on all cores; true if nothing was wrong.
fn all(asked: &Asked) -> anyhow::Result<bool> {
    let next = AtomicU64::new(asked.from);
    let is_well = AtomicBool::new(true);
    let until = asked.from.saturating_add(asked.seeds);
    on_all_cores(asked.is_loud, || {
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= until {
                return Ok(());
            }
            let played = play(seed, asked.is_loud)?;
            if asked.digests {
                println!("{seed} {}", played.digest);
            }
            if !played.wrong.is_empty() {
                is_well.store(false, Ordering::SeqCst);
                tell(seed, &played);
            }
        }
    })?;
    let is_well = is_well.into_inner();
    println!(
        "{} seeds from {}: {}",
        asked.seeds,
        asked.from,
        if is_well { "nothing is wrong" } else { "something is wrong" }
    );
    Ok(is_well)
}

/// Plays with planted bugs; true if each was found.
fn hunt(asked: &Asked) -> anyhow::Result<bool> {
    let name = asked.planted.as_deref().unwrap_or_default();
    let bugs: Vec<Planted> =
        planted::ALL.into_iter().filter(|bug| name == "all" || bug.name == name).collect();
    if bugs.is_empty() {
        let names: Vec<&str> = planted::ALL.iter().map(|bug| bug.name).collect();
        bail!("no bug `{name}` was planted; there are: {}", names.join(", "));
    }
    let next = AtomicU64::new(0);
    let is_well = AtomicBool::new(true);
    on_all_cores(asked.is_loud, || {
        while let Some(bug) = bugs.get(next.fetch_add(1, Ordering::SeqCst) as usize) {
            planted::choose(bug.name)?;
            let found = hunt_one(bug, asked)?;
            if let Some((seed, played)) = found {
                println!("{}: found by seed {seed}: {}", bug.name, played.wrong[0]);
            } else {
                is_well.store(false, Ordering::SeqCst);
                println!("{}: NOT FOUND by {SEEDS_PER_BUG} seeds: {}", bug.name, bug.what);
            }
        }
        Ok(())
    })?;
    Ok(is_well.into_inner())
}

fn hunt_one(bug: &Planted, asked: &Asked) -> anyhow::Result<Option<(u64, Played)>> {
    let others = asked.from..asked.from.saturating_add(SEEDS_PER_BUG);
    for seed in std::iter::once(bug.seed).chain(others) {
        let played = play(seed, asked.is_loud)?;
        if !played.wrong.is_empty() {
            return Ok(Some((seed, played)));
        }
    }
    Ok(None)
}

/// Runs the same on as many threads as there are cores; the first error of any ends with it.
fn on_all_cores(is_loud: bool, work: impl Fn() -> anyhow::Result<()> + Sync) -> anyhow::Result<()> {
    let n_threads = if is_loud { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(&work)).collect();
        for thread in threads {
            thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))??;
        }
        Ok(())
    })
}

/// Prints what happened and what is wrong with it.
fn tell(seed: u64, played: &Played) {
    let counts: BTreeMap<_, _> = played.counts.iter().collect();
    println!("seed {seed} ({})", played.digest);
    for line in &played.story {
        println!("  {line}");
    }
    println!("  {counts:?}");
    for what in &played.wrong {
        println!("seed {seed}: {what}");
    }
}
