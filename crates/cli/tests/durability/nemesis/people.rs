//! Who does what while everything fails: people opt out, a team publishes, stops and resumes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::portfolio::{CATEGORY, STOPPED, publication};
use super::witness::{Moment, Witness};
use crate::harness::api::Api;
use crate::harness::chance::Chance;
use crate::harness::server::KEY;
use crate::harness::wait::eventually_later;
use crate::workload::N_CONTACTS;
use crate::workload::writer::{Load, contact};

/// How many of the contacts opt out at most.
const OPT_OUTS_MAX: usize = N_CONTACTS as usize / 3;
/// The longest pause between two people who opt out.
const PAUSE_MS_MAX: u64 = 300;
/// How long a stop lasts when nothing from before it can be claimed any more.
const STOPPED_FOR: Duration = Duration::from_millis(1_500);
/// How long nothing is stopped.
const GOING_FOR: Duration = Duration::from_secs(2);
/// How long it takes until something is asked for again.
const AGAIN_AFTER: Duration = Duration::from_millis(50);

/// What was done, and when it was acknowledged.
#[derive(Debug, Default)]
pub struct People {
    /// What was under way when the opt-out of each contact had been acknowledged.
    pub opted_out: BTreeMap<String, Moment>,
    /// What was under way when each stop had been acknowledged, and the instant before its end was asked for.
    pub stopped: Vec<(Moment, Instant)>,
    /// The files that were published last.
    pub published: Value,
    pub n_published: u64,
}

/// Lets people and team act for as long as something else takes.
pub fn acting(load: &Load, witness: &Witness, seed: u64, is_short: bool, meanwhile: impl FnOnce()) -> People {
    let stopped = &AtomicBool::new(false);
    std::thread::scope(|scope| {
        let people = scope.spawn(|| opting_out(load, witness, &mut Chance::new(seed ^ 0xA1), stopped));
        let team =
            scope.spawn(|| publishing(load, witness, &mut Chance::new(seed ^ 0xB2), is_short, stopped));
        // They end with the test, however it ends.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(meanwhile));
        stopped.store(true, Ordering::Release);
        let opted_out = people.join().expect("people get answers that make sense");
        let team = team.join().expect("the team gets answers that make sense");
        if let Err(panic) = done {
            std::panic::resume_unwind(panic);
        }
        People { opted_out, ..team }
    })
}

fn opting_out(
    load: &Load,
    witness: &Witness,
    chance: &mut Chance,
    stopped: &AtomicBool,
) -> BTreeMap<String, Moment> {
    let mut opted_out = BTreeMap::new();
    while !stopped.load(Ordering::Acquire) && opted_out.len() < OPT_OUTS_MAX {
        eventually_later(Duration::from_millis(chance.below(PAUSE_MS_MAX)));
        let name = contact(chance.below(N_CONTACTS));
        if opted_out.contains_key(&name) {
            continue;
        }
        let order = json!({ "category_consent": { "category": CATEGORY, "answer": "unsubscribed" } });
        let path = format!("contacts/{name}/commands");
        // 202: it is kept behind other inputs of the contact, so it is not carried out yet and proves nothing.
        if done(load, chance, &path, &json!({ "order": order, "reason": "asked for it" }), &[200, 202, 404])
            == 200
        {
            opted_out.insert(name, witness.after_opt_out());
        }
    }
    opted_out
}

fn publishing(
    load: &Load,
    witness: &Witness,
    chance: &mut Chance,
    is_short: bool,
    stopped: &AtomicBool,
) -> People {
    let mut done_so_far = People { published: publication(0, is_short), ..People::default() };
    let stop = format!("workflows/{STOPPED}/stop");
    let resume = format!("workflows/{STOPPED}/resume");
    let why = json!({ "reason": "to see what happens" });
    while !stopped.load(Ordering::Acquire) {
        done_so_far.n_published += 1;
        done_so_far.published = publication(done_so_far.n_published, is_short);
        done(load, chance, "apply", &done_so_far.published, &[200]);
        wait(GOING_FOR, stopped);
        // 409: it was done the time before, whose answer was lost.
        done(load, chance, &stop, &why, &[200, 409]);
        let moment = witness.after_stop();
        wait(STOPPED_FOR, stopped);
        done_so_far.stopped.push((moment, Instant::now()));
        done(load, chance, &resume, &why, &[200, 409]);
    }
    done_so_far
}

fn wait(how_long: Duration, stopped: &AtomicBool) {
    let begun = Instant::now();
    while begun.elapsed() < how_long && !stopped.load(Ordering::Acquire) {
        eventually_later(AGAIN_AFTER);
    }
}

/// Asks one node after the other until it is done; gives the answer's status.
fn done(load: &Load, chance: &mut Chance, path: &str, body: &Value, fine: &[u16]) -> u16 {
    loop {
        let answer =
            load.address(chance).and_then(|address| Api::new(address, KEY).try_post(path, body).ok());
        match answer {
            Some((status, _)) if fine.contains(&status) => return status,
            Some((408 | 409 | 429 | 503, _)) | None => eventually_later(AGAIN_AFTER),
            Some((status, document)) => panic!("{path}: {status} {document}"),
        }
    }
}
