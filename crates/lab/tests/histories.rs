//! Recorded histories: what was decided for some contacts once is decided again by every build (SEMANTICS 12.2).
//!
//! The folder `histories/` keeps, for each portfolio, its files as they were (`portfolio-1.txt`, and what a later
//! publish changed), and for each contact the inputs that it took with what was decided on them. The inputs are data:
//! neither a change of the examples nor of what made them touches them. A change of the rules that changes a decision
//! shows as a difference of these files, which is reviewed as code is: `cargo xtask histories --accept` writes it down.
//!
//! Read in this order: [`frozen`] (the portfolios), [`story`] (a history as a file), [`actor`] (how its inputs are
//! taken, and how that is told), [`player`] (who made the inputs), [`record`] (how all of it is made anew:
//! `cargo xtask histories --record`).

#[path = "histories/frozen.rs"]
mod frozen;

#[path = "histories/story.rs"]
mod story;

#[path = "histories/actor.rs"]
mod actor;

#[path = "histories/player.rs"]
mod player;

#[path = "histories/world.rs"]
mod world;

#[path = "histories/record.rs"]
mod record;

use std::collections::BTreeSet;

use wend_domain::record::Decision;

use actor::Actor;
use frozen::{FOLDERS, Frozen, folder};
use story::{Story, difference};

/// What is to be done instead of comparing: `accept` writes the decisions anew, `record` also the inputs.
const MODE: &str = "WEND_HISTORIES";
/// How much of the differences is shown.
const SHOWN_LINES_MAX: usize = 200;
/// The most bytes that all histories may have: they are read in reviews.
const BYTES_MAX: u64 = 1_000_000;
/// The fewest kinds of decisions that the histories must come by, of those that there are.
const DECISIONS_MIN: usize = 58;

fn mode() -> Option<String> {
    std::env::var(MODE).ok()
}

/// Decides a history again; gives it as it is told now, and all decisions that were made.
fn again(frozen: &Frozen, story: &Story) -> (Story, Vec<Decision>) {
    let mut actor = Actor::new(story.contact, story.since);
    let mut decisions = Vec::new();
    let takes = story.takes.iter().map(|(take, _)| {
        let (taken, told) = actor.take(frozen, take);
        let records = taken.into_iter().flat_map(|taken| taken.inputs).flat_map(|input| input.record);
        decisions.extend(records.map(|line| line.decision));
        (take.clone(), told)
    });
    let takes = takes.collect();
    (Story { takes, end: actor.end(), portfolio: frozen.hash.clone(), ..story.clone() }, decisions)
}

/// Each history of a portfolio: its path, as it is kept, and as it is told now.
fn all(name: &str) -> Vec<(std::path::PathBuf, Story, Story, Vec<Decision>)> {
    let frozen = Frozen::read(name);
    let paths = story::paths(name);
    assert!(!paths.is_empty(), "{name} has histories");
    let read = paths.into_iter().map(|path| {
        let kept = Story::read(&path);
        let (told, decisions) = again(&frozen, &kept);
        (path, kept, told, decisions)
    });
    read.collect()
}

#[test]
fn s12_2_recorded_histories_are_decided_again_as_they_were() {
    match mode().as_deref() {
        Some("record") => FOLDERS.iter().for_each(|name| record::record(name)),
        Some("accept") => {
            for (path, _, told, _) in FOLDERS.iter().flat_map(|name| all(name)) {
                std::fs::write(&path, told.to_string()).expect("the folder can be written");
            }
        }
        Some(other) => panic!("{MODE} is `accept` or `record`, not `{other}`"),
        None => {}
    }
    let stories = FOLDERS.iter().flat_map(|name| all(name));
    let differences: Vec<String> =
        stories.filter_map(|(path, kept, told, _)| difference(&path, &kept, &told)).collect();
    let shown: Vec<&str> = differences.iter().flat_map(|text| text.lines()).take(SHOWN_LINES_MAX).collect();
    assert!(
        differences.is_empty(),
        "the rules decide otherwise than they did for {} recorded contacts:\n{}\n\nif that is what the change is for, \
         write it down with `cargo xtask histories --accept` and let it be reviewed",
        differences.len(),
        shown.join("\n")
    );
}

#[test]
fn recorded_histories_come_by_nearly_all_kinds_of_decisions() {
    let stories = FOLDERS.iter().flat_map(|name| all(name));
    let names = stories.flat_map(|(_, _, _, decisions)| decisions).map(|decision| actor::name(&decision));
    let names: BTreeSet<String> = names.collect();
    assert!(names.len() >= DECISIONS_MIN, "only {} kinds of decisions: {names:?}", names.len());
}

#[test]
fn recorded_histories_stay_small_enough_to_be_read() {
    let sizes = FOLDERS.iter().flat_map(|name| std::fs::read_dir(folder(name)).expect("it is there"));
    let n_bytes: u64 =
        sizes.map(|entry| entry.expect("it is there").metadata().expect("so it has").len()).sum();
    assert!(n_bytes <= BYTES_MAX, "{n_bytes} bytes of histories");
}

#[test]
fn a_changed_decision_is_told_with_contact_input_and_decision() {
    let frozen = Frozen::read(FOLDERS[0]);
    let path = story::paths(FOLDERS[0]).remove(0);
    let mut kept = Story::read(&path);
    let sent = |(_, told): &&mut (story::Take, String)| told.contains(": released");
    let (_, told) = kept.takes.iter_mut().find(sent).expect("something is sent to the first contact");
    *told = told.replacen(": released", ": blocked", 1);
    let heading = told.lines().next().unwrap_or_default().to_owned();
    let difference = difference(&path, &kept, &again(&frozen, &kept).0).expect("there is one");
    assert!(difference.contains(&kept.name), "the contact is named:\n{difference}");
    assert!(difference.contains(&heading), "the input is named:\n{difference}");
    assert!(
        difference.contains("\n-") && difference.contains("\n+"),
        "the decisions are shown:\n{difference}"
    );
}

#[test]
fn a_history_is_read_as_it_was_written() {
    for path in FOLDERS.iter().flat_map(|name| story::paths(name)) {
        let text = std::fs::read_to_string(&path).expect("it is there");
        assert_eq!(Story::read(&path).to_string(), text, "{}", path.display());
    }
}
