//! Portfolios as they were when histories were recorded: one text, and one more for each later publish.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wend_domain::catalog::Catalog;
use wend_domain::compile::{Choices, MigrationChoice, Portfolio, plan_with};
use wend_domain::id::{WorkspaceId, digest};
use wend_domain::input::Migration;
use wend_domain::source::SourceFile;
use wend_domain::time::Timestamp;
use wend_render::Renderer;

/// The portfolios that histories were recorded with.
pub const FOLDERS: [&str; 2] = ["library", "shop"];

/// What stands before each file.
const MARK: &str = "=== ";

/// Where the histories of a portfolio are kept.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("histories").join(name)
}

/// One revision of a portfolio, ready to decide with.
pub struct Revision {
    pub catalog: Catalog,
    pub renderer: Renderer,
    /// The runs that the publish moves: each a command to every contact.
    pub migrations: Vec<Migration>,
}

/// A portfolio with all its revisions, from 1.
pub struct Frozen {
    revisions: Vec<Revision>,
    /// Of all files of all revisions.
    pub hash: String,
}

impl Frozen {
    /// Reads and compiles what is kept.
    pub fn read(name: &str) -> Self {
        let paths = (1..).map(|n| folder(name).join(format!("portfolio-{n}.txt")));
        let texts = paths.map_while(|path| std::fs::read_to_string(path).ok()).collect::<Vec<_>>();
        assert!(!texts.is_empty(), "{name} has a portfolio");
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        let mut portfolio = Portfolio::default();
        let mut revisions = Vec::new();
        for text in &texts {
            let changed = parse(text);
            let moved: Vec<&SourceFile> = changed
                .iter()
                .filter(|file| !revisions.is_empty() && file.path.starts_with("workflows/"))
                .collect();
            let choices = Choices { migrations: choices(&moved), ..Choices::default() };
            files.extend(changed.into_iter().map(|file| (file.path, file.text)));
            let files =
                files.iter().map(|(path, text)| SourceFile { path: path.clone(), text: text.clone() });
            let revision = revisions.len() as u64 + 1;
            let workspace = WorkspaceId::from("histories");
            let planned =
                plan_with(&workspace, revision, &portfolio, files.collect(), &choices, Timestamp::default());
            let catalog =
                planned.catalog.unwrap_or_else(|| panic!("{name} {revision}: {:?}", planned.diagnostics));
            portfolio = planned.next.expect("where there is a catalog there is a portfolio");
            let renderer = Renderer::new(&catalog);
            revisions.push(Revision { catalog, renderer, migrations: planned.migrations });
        }
        let parts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
        Self { revisions, hash: short(&digest("portfolio", &parts)) }
    }

    /// A revision by its number.
    pub fn revision(&self, number: u64) -> &Revision {
        &self.revisions[number as usize - 1]
    }

    /// How many revisions there are.
    pub fn n_revisions(&self) -> u64 {
        self.revisions.len() as u64
    }
}

/// The runs of workflows that a publish changes go along, step by step.
fn choices(moved: &[&SourceFile]) -> BTreeMap<wend_domain::id::WorkflowName, MigrationChoice> {
    let names =
        moved.iter().filter_map(|file| file.text.lines().find_map(|line| line.strip_prefix("workflow: ")));
    names.map(|name| (name.trim().into(), MigrationChoice::default())).collect()
}

/// The beginning of a hash, as histories show it.
pub fn short(hash: &[u8]) -> String {
    hash[..6].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn parse(text: &str) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = Vec::new();
    for line in text.lines() {
        if let Some(path) = line.strip_prefix(MARK) {
            files.push(SourceFile { path: path.to_owned(), text: String::new() });
        } else if let Some(file) = files.last_mut() {
            file.text.push_str(line);
            file.text.push('\n');
        }
    }
    files
}

/// Files as one text.
pub fn print(files: &[SourceFile]) -> String {
    files.iter().fold(String::new(), |text, file| text + MARK + &file.path + "\n" + &file.text)
}
