//! A history as a file: each input as it was taken, and under it what was decided.
//!
//! ```text
//! contact 019c… of library, since 2026-03-02T08:00:00Z
//! portfolio 3f9a11c07be2
//!
//! 2026-03-02T08:14:05Z event Signed Up
//!   < {"revision":1,"at":1772439245000,"input":{…}}
//!   4.1 welcome@1 #1: entered {…}
//! ```

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use similar::TextDiff;
use wend_domain::id::ContactId;
use wend_domain::input::Input;
use wend_domain::time::Timestamp;

use crate::frozen::folder;

/// What stands before an input.
const INPUT: &str = "  < ";
/// How histories end in names of files.
const EXTENSION: &str = "history";

/// One input as the contact's actor took it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Take {
    /// The revision of the catalog.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// What, with the history that was loaded.
    pub input: Input,
}

/// A contact's history.
#[derive(Debug, Clone)]
pub struct Story {
    /// What the contact is called here.
    pub name: String,
    pub contact: ContactId,
    pub since: Timestamp,
    /// The hash of the portfolio's files.
    pub portfolio: String,
    /// Each input with what was decided on it, as it is told.
    pub takes: Vec<(Take, String)>,
    /// The contact at the end.
    pub end: String,
}

/// The histories that are kept of a portfolio.
pub fn paths(name: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(name)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION)).collect();
    paths.sort();
    paths
}

/// Where a history is kept.
pub fn path(portfolio: &str, name: &str) -> PathBuf {
    folder(portfolio).join(format!("{name}.{EXTENSION}"))
}

impl Story {
    /// Reads a history.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("it is there");
        let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
        let (head, rest) = text.split_once("\n\n").expect("a history has a head");
        let (contact, portfolio) = head.split_once('\n').expect("the head has two lines");
        let contact = contact.strip_prefix("contact ").expect("the first line names the contact");
        let (contact, since) = contact.split_once(" since ").expect("… and since when it is known");
        let (takes, end) = rest.split_once("\n\nend\n").expect("a history has an end");
        Self {
            name,
            contact: contact.parse().expect("a contact's id"),
            since: Timestamp::parse(since).expect("an instant"),
            portfolio: portfolio.strip_prefix("portfolio ").expect("the portfolio's hash").to_owned(),
            takes: takes.split("\n\n").map(read_take).collect(),
            end: end.to_owned(),
        }
    }
}

fn read_take(text: &str) -> (Take, String) {
    let input = text.lines().find_map(|line| line.strip_prefix(INPUT)).expect("every part shows its input");
    let take = serde_json::from_str(input)
        .unwrap_or_else(|error| panic!("an input can't be read: {error}: {input}"));
    let told: Vec<&str> = text.lines().filter(|line| !line.starts_with(INPUT)).collect();
    (take, told.join("\n"))
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "contact {} since {}", self.contact, self.since)?;
        writeln!(f, "portfolio {}", self.portfolio)?;
        for (take, told) in &self.takes {
            let (heading, rest) = told.split_once('\n').unwrap_or((told, ""));
            let input = serde_json::to_string(take).map_err(|_| fmt::Error)?;
            write!(f, "\n{heading}\n{INPUT}{input}\n{rest}{}", if rest.is_empty() { "" } else { "\n" })?;
        }
        write!(f, "\nend\n{}", self.end)
    }
}

/// Where two tellings of a history differ: the contact, each input concerned, and the decisions before and now.
pub fn difference(path: &Path, kept: &Story, told: &Story) -> Option<String> {
    let mut parts = Vec::new();
    if kept.portfolio != told.portfolio {
        parts.push(format!("it was recorded with other files: {}, now {}", kept.portfolio, told.portfolio));
    }
    for ((_, before), (_, now)) in kept.takes.iter().zip(&told.takes).filter(|(kept, told)| kept.1 != told.1)
    {
        parts.push(format!("{}\n{}", before.lines().next().unwrap_or_default(), lines(before, now)));
    }
    if kept.end != told.end {
        parts.push(format!("in the end\n{}", lines(&kept.end, &told.end)));
    }
    (!parts.is_empty()).then(|| format!("{} ({})\n{}", kept.name, path.display(), parts.join("\n")))
}

fn lines(before: &str, now: &str) -> String {
    TextDiff::from_lines(&format!("{before}\n"), &format!("{now}\n"))
        .unified_diff()
        .context_radius(1)
        .to_string()
        .lines()
        .filter(|line| !line.starts_with("@@"))
        .collect::<Vec<_>>()
        .join("\n")
}
