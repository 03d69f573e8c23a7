//! `kill -9` in the middle of an import: it goes on, and no row counts twice.

use std::fmt::Write as _;
use std::time::Duration;

use crate::harness::chance::{Chance, seed};
use crate::harness::postgres::Database;
use crate::harness::server::{Setup, wend};
use crate::harness::wait::{eventually, eventually_later};

/// How many rows are imported.
const ROWS: u64 = 12_000;

/// Every so many rows, one makes no sense.
const BAD_EVERY: u64 = 1_000;

/// How often the server is killed.
const KILLS: u64 = 6;

/// The longest time between ready and the next kill.
const LIFE_MAX_MS: u64 = 600;

/// How long the import may take after the last kill.
const FINISH_MAX: Duration = Duration::from_mins(2);

fn survives(setup: &Setup, folder: &std::path::Path) {
    let seed = seed();
    let mut chance = Chance::new(seed);
    let mut text = String::from("user_id,n,note\n");
    for n in 0..ROWS {
        let id = if n % BAD_EVERY == 7 { String::new() } else { format!("u{n}") };
        writeln!(text, "{id},{n},\"note\n{n}\"").unwrap();
    }
    let file = folder.join("people.csv");
    std::fs::write(&file, text).unwrap();
    let mut server = setup.start();
    let begun = wend(&server.api(), &["import", file.to_str().unwrap(), "--detach", "--tag", "imported"]);
    let id = begun["id"].as_str().unwrap().to_owned();
    for _ in 0..KILLS {
        eventually_later(Duration::from_millis(chance.below(LIFE_MAX_MS)));
        server.kill();
        server = setup.start();
    }
    let api = server.api();
    let path = format!("imports/{id}");
    let done = eventually(format!("WEND_SEED={seed}: the import is finished"), FINISH_MAX, || {
        Some(api.get(&path)).filter(|import| import["state"] == "finished")
    });
    let n_bad = ROWS / BAD_EVERY;
    let progress = &done["progress"];
    let counted =
        ["rows", "created", "bad", "updated", "unchanged"].map(|name| progress[name].as_u64().unwrap());
    assert_eq!(counted, [ROWS, ROWS - n_bad, n_bad, 0, 0], "WEND_SEED={seed}");
    for n in [0, 1, 999, 5_000, ROWS - 1] {
        let contact = api.get(&format!("contacts/u{n}"));
        assert_eq!(contact["traits"]["n"], n, "WEND_SEED={seed}");
        assert_eq!(api.why(&format!("u{n}")).len(), 1, "WEND_SEED={seed}: one input each");
    }
    server.stop();
}

#[test]
fn an_import_goes_on_after_kills_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    survives(&Setup::new(folder.path()), folder.path());
}

#[test]
fn an_import_goes_on_after_kills_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create("import");
    survives(&Setup::new(folder.path()).with("--database", &database.url), folder.path());
}
