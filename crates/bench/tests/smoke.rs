//! That the measurements run, with as little as shows it: what it says depends on the machine and is nobody's business
//! here.

use std::process::Command;

#[test]
fn the_measurements_run_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("results.json");
    let output = Command::new(env!("CARGO_BIN_EXE_wend-bench"))
        .args(["advance", "portfolio", "templates", "ingest", "latency", "waiting", "broadcast"])
        .args(["--database", "sqlite", "--contacts", "20", "--events", "200", "--seconds", "1"])
        .arg("--json")
        .arg(&json)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let results = std::fs::read_to_string(json).unwrap();
    for bench in [
        "advance",
        "ingest sqlite",
        "latency sqlite",
        "waiting sqlite",
        "broadcast sqlite",
        "portfolio",
        "templates",
    ] {
        assert!(results.contains(bench), "nothing of `{bench}`: {said}");
    }
}
