//! Hostile inputs for as long as you like: the targets of `crates/domain/tests/fuzz`, whose few cases CI runs.

use anyhow::Context as _;

use crate::stage::{cargo, run};

/// The targets, each with its test.
const TARGETS: [(&str, &str); 3] = [
    ("parser", "parser_takes_whatever_text_comes"),
    ("compiler", "compiler_takes_whatever_portfolio_comes"),
    ("advance", "advance::advance_takes_whatever_documents_and_inputs_come"),
];

/// How long each target runs unless it is said.
const SECONDS: u64 = 60;

/// `[TARGET] [--for 60s] [--seed N]`: the named target, or one after the other.
pub fn run_targets(arguments: &[String]) -> anyhow::Result<()> {
    let mut wanted = None;
    let (mut milliseconds, mut seed) = (SECONDS * 1_000, None);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("`{argument}` needs a value"));
        match argument.as_str() {
            "--for" => milliseconds = milliseconds_of(value()?)?,
            "--seed" => {
                let text = value()?;
                seed = Some(
                    text.parse::<u64>().with_context(|| format!("`{text}` is no seed: write a number"))?,
                );
            }
            name if TARGETS.iter().any(|(target, _)| *target == name) => wanted = Some(name.to_owned()),
            other => anyhow::bail!("there is no target `{other}`; there are parser, compiler and advance"),
        }
    }
    // Without a seed each run looks at other cases; it is printed, so that any can be repeated.
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()) << 32);
    let kept = crate::target().join("fuzz");
    println!("seed {seed}; cases that fail are kept in {}", kept.display());
    for (_, test) in TARGETS.iter().filter(|(name, _)| wanted.as_deref().is_none_or(|wanted| wanted == *name))
    {
        // Not as released: there sums that are too large would go unnoticed.
        let mut command = cargo(&["test", "--quiet", "--package", "wend-domain", "--test", "fuzz", "--"]);
        command.args(["--exact", test, "--nocapture"]);
        command.env("WEND_FUZZ_MS", milliseconds.to_string()).env("WEND_SEED", seed.to_string());
        run(command.env("WEND_FUZZ_DIR", &kept))?;
    }
    Ok(())
}

/// `90s`, `20m` or `3h`, in milliseconds.
fn milliseconds_of(text: &str) -> anyhow::Result<u64> {
    let units = [("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
    let read = units.iter().find_map(|(unit, milliseconds)| {
        text.strip_suffix(unit)?.parse::<u64>().ok()?.checked_mul(*milliseconds)
    });
    read.with_context(|| format!("`{text}` is no time: write `60s`, `20m` or `3h`"))
}
