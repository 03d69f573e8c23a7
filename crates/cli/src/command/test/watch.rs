//! Tests, again whenever a file changes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use wend_domain::source::SourceFile;

use super::{Play, play};
use crate::args::General;
use crate::command::serve::interrupted;
use crate::exit::Failure;
use crate::output::say;
use crate::portfolio;

/// How often the folder is looked at.
///
/// Files are compared by what they say, which also works where the system tells of no changes: in containers, and on
/// shared volumes.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Looking takes at most one part in this many of the time: a large folder is looked at less often.
const LOOK_SHARE: u32 = 10;

/// What a folder holds: its files, or why they can't be read.
type Seen = Result<Vec<SourceFile>, Failure>;

/// Plays the tests, and again after each change, until Ctrl-C.
pub async fn watch(test: &Play, general: &General) -> Result<(), Failure> {
    let interrupted = interrupted();
    tokio::pin!(interrupted);
    // A folder that isn't there is most often a slip of the pen: that isn't worth waiting for.
    let mut seen: Seen = Ok(portfolio::read(test.folder())?);
    loop {
        once(test, general, &seen)?;
        say(&format!("\nwatching {}; Ctrl-C ends it", test.folder().display()))?;
        let mut pause = LOOK_EVERY;
        seen = loop {
            tokio::select! {
                () = &mut interrupted => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
            let begun = Instant::now();
            let now = portfolio::read(test.folder());
            pause = LOOK_EVERY.max(begun.elapsed() * LOOK_SHARE);
            let changed = changed(&seen, &now);
            if !changed.is_empty() {
                say(&format!("\nchanged: {}\n", changed.join(", ")))?;
                break now;
            }
        };
    }
}

/// Plays the tests once; what is wrong with them or with the files is told and no reason to end.
fn once(test: &Play, general: &General, seen: &Seen) -> Result<(), Failure> {
    let files = match seen {
        Ok(files) => files.clone(),
        Err(failure) => return say(&failure.to_string()),
    };
    match play::round_of(test.folder(), files, test.filter.as_deref(), Instant::now()) {
        Ok(round) => {
            test.tell(general, &round)?;
            test.failure(&round).map_or(Ok(()), |failure| say(&failure.to_string()))
        }
        Err(failure) => say(&failure.to_string()),
    }
}

/// The files that are new, different or gone.
fn changed(before: &Seen, now: &Seen) -> Vec<String> {
    match (before, now) {
        (Ok(before), Ok(now)) => {
            let texts = |files: &[SourceFile]| -> BTreeMap<String, String> {
                files.iter().map(|file| (file.path.clone(), file.text.clone())).collect()
            };
            let (before, now) = (texts(before), texts(now));
            let differs = |path: &&String| before.get(*path) != now.get(*path);
            let mut paths: Vec<String> = before.keys().chain(now.keys()).filter(differs).cloned().collect();
            paths.sort();
            paths.dedup();
            paths
        }
        (Err(before), Err(now)) if before.to_string() == now.to_string() => Vec::new(),
        (_, Err(_)) => vec!["something can't be read".to_owned()],
        (Err(_), Ok(_)) => vec!["everything can be read again".to_owned()],
    }
}
