//! The simulator with every build: many seeds, those that failed once, and the same bytes from every process.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use wend_sim::{Played, play};

/// How many seeds are played.
const SEEDS: u64 = 200;

/// How many are played by several processes, to see that they play the same.
const SEEDS_COMPARED: u64 = 3;

/// What must have happened in them: a play in which nothing goes wrong would prove little.
const HAPPENED: [&str; 19] = [
    "crash",
    "a node is killed",
    "tick failed",
    "Refused",
    "AnswerLost",
    "DiskFull",
    "NeverBegun",
    "NeverAnswered",
    "Accepted",
    "Temporary",
    "Permanent",
    "TakenUnknown",
    "LostUnknown",
    "sent",
    "uncertain",
    "cancelled",
    "blocked",
    "failed",
    "merged",
];

/// Plays seeds on all cores and answers them in their order.
fn played(seeds: &[u64]) -> BTreeMap<u64, Played> {
    let next = AtomicU64::new(0);
    let work = || {
        let mut played = BTreeMap::new();
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::SeqCst) as usize) {
            played.insert(*seed, play(*seed, false).expect("a play can be set up"));
        }
        played
    };
    std::thread::scope(|scope| {
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a play never panics")).collect()
    })
}

fn assert_nothing_is_wrong(all: &BTreeMap<u64, Played>) {
    if let Some((seed, played)) = all.iter().find(|(_, played)| !played.wrong.is_empty()) {
        let (story, wrong) = (played.story.join("\n"), played.wrong.join("\n"));
        panic!("{story}\n\nseed {seed}: {wrong}\nplay it: cargo xtask sim --from {seed} --seeds 1 --loud");
    }
}

#[test]
fn nothing_is_wrong_in_the_first_seeds_and_everything_happens_in_them() {
    let all = played(&(1..=SEEDS).collect::<Vec<_>>());
    assert_eq!(all.len() as u64, SEEDS);
    assert_nothing_is_wrong(&all);
    for what in HAPPENED {
        let n = all.values().filter(|played| played.counts.contains_key(what)).count();
        assert!(n > 0, "{what} never happened");
    }
}

#[test]
fn seeds_that_failed_once_hold() {
    let lines = include_str!("../seeds.txt").lines().filter(|line| !line.starts_with('#'));
    let seeds: Vec<u64> =
        lines.map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect();
    assert!(!seeds.is_empty());
    assert_nothing_is_wrong(&played(&seeds));
}

#[test]
fn the_same_seed_gives_the_same_bytes_in_every_process() {
    let in_a_process = || {
        let output = Command::new(env!("CARGO_BIN_EXE_wend-sim"))
            .args(["--digests", "--seeds", &SEEDS_COMPARED.to_string()])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        lines.sort();
        lines
    };
    let here = played(&(1..=SEEDS_COMPARED).collect::<Vec<_>>());
    let (one, other) = (in_a_process(), in_a_process());
    assert_eq!(one, other);
    for (seed, played) in here {
        assert!(
            one.contains(&format!("{seed} {}", played.digest)),
            "seed {seed} is {}, not {one:?}",
            played.digest
        );
    }
}
