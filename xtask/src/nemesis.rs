//! Hours of everything going wrong: the test of the real binary that CI runs for seconds.

use anyhow::bail;

use crate::stage::cargo;

/// The test, in the tests of the command line.
const TEST: &str = "nemesis::";

/// Runs it for as long as is asked.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let mut command =
        cargo(&["test", "--package", "wend-cli", "--test", "durability", TEST, "--", "--nocapture"]);
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        match (name.as_str(), rest.next()) {
            ("--for", Some(span)) => command.env("WEND_NEMESIS", span),
            ("--seed", Some(seed)) => command.env("WEND_SEED", seed),
            _ => bail!("`nemesis` takes `--for 90s|10m|1h` and `--seed N`"),
        };
    }
    crate::stage::run(&mut command)
}
