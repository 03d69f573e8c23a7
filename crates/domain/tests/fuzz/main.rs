//! Hostile inputs: whatever comes, nothing panics and every limit holds.
//!
//! Each target runs a few cases here, always the same ones. By hand, for as long as you like, with other seeds:
//! `cargo xtask fuzz [parser|compiler|advance] [--for 60s] [--seed N]`. A case that fails is printed with its seed and kept
//! in a file.
#![expect(clippy::unwrap_used, reason = "what is made here is right, or the test is wrong")]
#![expect(clippy::print_stdout, reason = "who runs it for hours wants to know how many cases there were")]

mod advance;
mod mutate;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mutate::Chance;
use serde_json::{Value, json};
use wend_domain::compile::{Portfolio, PublishedVersion, compile, plan};
use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::source::format::format;
use wend_domain::source::{Diagnostic, SourceFile, yaml};

/// Runs cases: a number of them, or for as long as `WEND_FUZZ_MS` says. Each gets its seed and says what it is.
fn fuzz(target: &str, cases: u64, case: impl Fn(&mut Chance, &mut String)) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (until, first) = (number("WEND_FUZZ_MS"), number("WEND_SEED").unwrap_or(0));
    #[expect(
        clippy::disallowed_methods,
        reason = "how long the tool has been at it is no time of the domain"
    )]
    let began = Instant::now();
    let goes_on = |n: u64| until.map_or(n < cases, |until| began.elapsed() < Duration::from_millis(until));
    let mut n = 0;
    while goes_on(n) {
        let seed = first.wrapping_add(n);
        let mut shown = String::new();
        if until.is_some() {
            // A stack that overflows ends the process at once: the seed is what is left.
            _ = std::fs::write(kept(target, "last-seed"), seed.to_string());
        }
        let done = catch_unwind(AssertUnwindSafe(|| case(&mut Chance::new(seed), &mut shown)));
        if done.is_err() {
            let path = kept(target, &format!("{seed}.txt"));
            _ = std::fs::write(&path, &shown);
            let shown: String = shown.chars().take(3_000).collect();
            panic!("{target} failed with seed {seed}; the case is in {}\n{shown}", path.display());
        }
        n += 1;
    }
    println!("{target}: {n} cases from seed {first} on");
}

/// The file in which something of a target is kept.
fn kept(target: &str, name: &str) -> PathBuf {
    let folder = std::env::var_os("WEND_FUZZ_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    _ = std::fs::create_dir_all(&folder);
    folder.join(format!("fuzz-{target}-{name}"))
}

/// The folders of portfolios that the examples are made of, and one that has all of the language.
fn folders() -> Vec<Vec<SourceFile>> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut folders: Vec<Vec<SourceFile>> = Vec::new();
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(examples).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for folder in names.iter().filter(|path| path.is_dir()) {
        let mut files = Vec::new();
        collect(folder, folder, &mut files);
        folders.push(files);
    }
    folders.push(in_parts(include_str!("../files/cart_rescue.txt")));
    folders.push(in_parts(include_str!("whole.txt")));
    folders
}

fn in_parts(text: &str) -> Vec<SourceFile> {
    let parts = text.split("=== ").skip(1).filter_map(|part| part.split_once('\n'));
    parts.map(|(path, text)| SourceFile { path: path.to_owned(), text: text.to_owned() }).collect()
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|end| end == "yaml") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.push(SourceFile { path: name, text: std::fs::read_to_string(&path).unwrap() });
        }
    }
}

/// Fewer files, so that a case is quick: all that are no workflows, and a few that are.
fn some_of(chance: &mut Chance, files: &[SourceFile]) -> Vec<SourceFile> {
    let workflows = files.iter().filter(|file| file.path.starts_with("workflows/")).count();
    let keep = if workflows > 4 { 400 / workflows } else { 100 };
    files
        .iter()
        .filter(|file| !file.path.starts_with("workflows/") || chance.percent(keep))
        .filter(|file| !file.path.starts_with("tests/"))
        .cloned()
        .collect()
}

/// Reads, formats, compiles and plans: an error is an answer.
fn check(files: &[SourceFile], changed: &SourceFile) {
    let (node, diagnostics) = yaml::parse(changed);
    assert!(node.is_some() || !diagnostics.is_empty(), "neither a tree nor a finding");
    if let Ok(once) = format(changed) {
        let twice = format(&SourceFile { text: once.clone(), ..changed.clone() })
            .expect("what was formatted is YAML");
        assert_eq!(twice, once, "formatting twice is formatting once");
    }
    let workspace = WorkspaceId::from("test");
    let compiled = compile(&workspace, 1, &Portfolio { files: files.to_vec(), ..Portfolio::default() });
    assert!(compiled.catalog.is_some() || compiled.diagnostics.iter().any(Diagnostic::is_error));
}

#[test]
fn parser_takes_whatever_text_comes() {
    let folders = folders();
    let all: Vec<String> = folders.iter().flatten().map(|file| file.text.clone()).collect();
    fuzz("parser", 120, |chance, shown| {
        let folder = chance.pick(&folders).clone();
        let mut files = some_of(chance, &folder);
        if files.is_empty() {
            return;
        }
        let n = chance.below(files.len());
        for _ in 0..=chance.below(4) {
            files[n].text = mutate::text(chance, &files[n].text, &all);
        }
        *shown = format!("=== {}\n{}", files[n].path, files[n].text);
        check(&files, &files[n]);
    });
}

/// The trees of the files that are YAML.
fn trees(folders: &[Vec<SourceFile>]) -> Vec<Value> {
    folders.iter().flatten().filter_map(|file| Some(yaml::parse(file).0?.to_json())).collect()
}

/// A folder one of whose files has other values, written as JSON, which is YAML.
fn altered(chance: &mut Chance, folders: &[Vec<SourceFile>], trees: &[Value]) -> (Vec<SourceFile>, usize) {
    let folder = chance.pick(folders).clone();
    let mut files = some_of(chance, &folder);
    let n = chance.below(files.len());
    if let Some(file) = files.get_mut(n)
        && let Some(node) = yaml::parse(file).0
    {
        let mut tree = node.to_json();
        mutate::json(chance, &mut tree, trees);
        file.text = serde_json::to_string_pretty(&tree).unwrap();
    }
    (files, n)
}

#[test]
fn compiler_takes_whatever_portfolio_comes() {
    let folders = folders();
    let trees = trees(&folders);
    let workspace = WorkspaceId::from("test");
    fuzz("compiler", 120, |chance, shown| {
        let (files, n) = altered(chance, &folders, &trees);
        let Some(changed) = files.get(n) else { return };
        *shown = format!("=== {}\n{}", changed.path, changed.text);
        check(&files, changed);
        // A portfolio as it is stored, altered by hand.
        let version =
            PublishedVersion { workflow: WorkflowName::from("w"), version: 1, source: changed.clone() };
        let stored = Portfolio { files: files.clone(), versions: vec![version], ..Portfolio::default() };
        let mut stored = serde_json::to_value(&stored).unwrap();
        stored["lifecycle"] = json!({ "w": { "status": "live", "current": 1 } });
        if chance.percent(70) {
            mutate::json(chance, &mut stored, &trees);
        }
        *shown = serde_json::to_string_pretty(&stored).unwrap();
        let Ok(stored) = serde_json::from_value::<Portfolio>(stored) else { return };
        let compiled = compile(&workspace, chance.next(), &stored);
        assert!(compiled.catalog.is_some() || compiled.diagnostics.iter().any(Diagnostic::is_error));
        plan(&workspace, 2, &stored, files);
    });
}
