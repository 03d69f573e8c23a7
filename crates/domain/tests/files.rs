//! Small portfolios, each in one file of `tests/files`, with everything that is said of them as a snapshot.
//!
//! A line `=== PATH` begins a file of the portfolio.

use std::fmt::Write as _;
use std::path::Path;

use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::WorkspaceId;
use wend_domain::source::SourceFile;

fn portfolio(text: &str) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("=== ") {
            files.push(SourceFile { path: path.trim().to_owned(), text: String::new() });
        } else {
            files.last_mut().expect("a portfolio begins with `=== PATH`").text.push_str(line);
        }
    }
    files
}

fn said(text: &str) -> String {
    let portfolio = Portfolio { files: portfolio(text), ..Portfolio::default() };
    let compiled = compile(&WorkspaceId::from("test"), 1, &portfolio);
    let mut said = String::new();
    for diagnostic in &compiled.diagnostics {
        _ = writeln!(said, "{diagnostic}");
    }
    if let Some(catalog) = compiled.catalog {
        for published in catalog.workflows.values() {
            for workflow in published.versions.values() {
                _ = writeln!(said, "workflow {} enters at {:?}", workflow.name, workflow.entry);
                for (index, step) in workflow.steps.iter().enumerate() {
                    _ = writeln!(said, "  {index} {} -> {:?}: {:?}", step.id, step.next, step.action);
                }
            }
        }
        for definition in catalog.summaries.values() {
            let (window, newest) = (definition.window_max(), definition.newest_enough);
            _ = writeln!(said, "summary {:?} window {window:?} newest {newest:?}", definition.event);
        }
        _ = writeln!(said, "segments in order: {:?}", catalog.segment_order);
    }
    said
}

#[test]
fn every_portfolio_gets_the_findings_that_are_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, said(&std::fs::read_to_string(&path).unwrap()));
    }
}
