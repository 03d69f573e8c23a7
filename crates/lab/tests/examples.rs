//! Every example portfolio is right, and does what its own tests say.

use std::fs;
use std::path::{Path, PathBuf};

use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::WorkspaceId;
use wend_domain::source::{Severity, SourceFile};
use wend_lab::scenario;
use wend_render::{Renderer, diagnostics};

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

fn files(folder: &Path, within: &str, found: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{within}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            files(&path, &format!("{name}/"), found);
        } else if name.ends_with(".yaml") {
            found.push(SourceFile { path: name, text: fs::read_to_string(path).unwrap() });
        }
    }
    found.sort();
}

#[test]
fn every_example_compiles_without_findings_and_passes_its_own_tests() {
    let mut n_tests = 0;
    let mut problems = Vec::new();
    for folder in examples() {
        let mut portfolio = Portfolio::default();
        files(&folder, "", &mut portfolio.files);
        let compiled = compile(&WorkspaceId::from("examples"), 1, &portfolio);
        let found = compiled.diagnostics.iter().filter(|found| found.severity != Severity::Note);
        problems.extend(found.map(|found| format!("{}: {found}", folder.display())));
        let Some(catalog) = compiled.catalog else { continue };
        problems.extend(diagnostics(&catalog).iter().map(ToString::to_string));
        let renderer = Renderer::new(&catalog);
        for file in portfolio.files.iter().filter(|file| file.path.ends_with(".test.yaml")) {
            let outcome = scenario::run(&catalog, &renderer, file);
            n_tests += 1;
            if !outcome.has_passed() {
                problems.push(outcome.to_string());
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
    assert!(n_tests > 0, "there are examples with tests");
}
