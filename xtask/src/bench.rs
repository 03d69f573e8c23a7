//! Builds the measurements as production is built, starts a PostgreSQL for them, and hands over (crates/bench).

use std::process::Command;

use crate::postgres::Postgres;
use crate::stage::{cargo, run};

/// How the database server is told to the measurements.
const POSTGRES: &str = "WEND_BENCH_POSTGRES";
/// Its first process.
const POSTGRES_PID: &str = "WEND_BENCH_POSTGRES_PID";
/// Call stacks can be read without tables of them: that is how time is told apart by stage.
const FRAME_POINTERS: (&str, &str) = ("RUSTFLAGS", "-C force-frame-pointers=yes");
/// The same for what is written in C.
const FRAME_POINTERS_C: (&str, &str) = ("CFLAGS", "-fno-omit-frame-pointer");

/// What others take for the same small workflow: in Python, because it only starts and watches their programs.
const PEERS: &str = "benches/peers/peers.py";

/// Measures.
pub fn bench(arguments: &[String]) -> anyhow::Result<()> {
    if let Some((first, rest)) = arguments.split_first()
        && first == "peers"
    {
        let place = crate::target().join("peers");
        return run(Command::new("python3").arg(PEERS).arg("--place").arg(place).args(rest));
    }
    // A folder of its own: other flags would have everything built again each time.
    let target = crate::target().join("bench");
    let mut build = cargo(&["build", "--release", "--quiet", "--package", "wend-bench"]);
    for (name, value) in [FRAME_POINTERS, FRAME_POINTERS_C] {
        build.env(name, value);
    }
    run(build.env("CARGO_TARGET_DIR", &target))?;
    let mut measure = Command::new(target.join("release/wend-bench"));
    measure.args(arguments);
    let wants_postgres = !arguments.windows(2).any(|pair| pair == ["--database", "sqlite"])
        && !arguments.iter().any(|argument| matches!(argument.as_str(), "-h" | "--help"));
    if !wants_postgres {
        return run(&mut measure);
    }
    let postgres = Postgres::start_durable()?;
    run(measure.env(POSTGRES, &postgres.url).env(POSTGRES_PID, postgres.pid().to_string()))
}
