//! Logs: on stderr, for people or for collectors.

use tracing_subscriber::EnvFilter;

use crate::exit::Failure;
use crate::settings::{LogFormat, Settings};

/// Reads which log lines there are to be.
pub fn filter(level: &str) -> Result<EnvFilter, String> {
    let known = |word: &str| ["error", "warn", "info", "debug", "trace", "off"].contains(&word);
    // A bare word is taken for the name of a part by the filter's own reader, which would then show nothing.
    if let Some(word) = level.split(',').find(|part| !part.contains('=') && !known(part.trim())) {
        return Err(format!("`{word}` is none of error, warn, info, debug, trace, off"));
    }
    EnvFilter::try_new(level).map_err(|error| error.to_string())
}

/// Begins to log; once per process.
pub fn start(settings: &Settings) -> Result<(), Failure> {
    use std::io::IsTerminal as _;
    let filter = filter(&settings.log_level).map_err(Failure::usage)?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Otherwise a line that can't be written - the log is on the disk that is full - is told of on stderr, which
        // can't be written either, and whoever wanted to log panics.
        .log_internal_errors(false);
    match settings.log_format {
        LogFormat::Text => subscriber.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => subscriber.json().init(),
    }
    Ok(())
}
