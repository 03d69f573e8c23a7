//! Every example portfolio is right, and does what its own tests say.

use std::fs;
use std::path::{Path, PathBuf};

use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::WorkspaceId;
use wend_domain::source::{Severity, SourceFile, format::format};
use wend_lab::scenario;
use wend_render::{Renderer, diagnostics};

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    paths
}

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    listed(&folder).into_iter().filter(|path| path.is_dir()).collect()
}

/// The files of a portfolio, by their paths within it.
fn files(folder: &Path, within: &str, found: &mut Vec<SourceFile>) {
    for path in listed(folder) {
        let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
        let name = format!("{within}{name}");
        if path.is_dir() {
            files(&path, &format!("{name}/"), found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(SourceFile { path: name, text: fs::read_to_string(&path).expect("it is UTF-8") });
        }
    }
    found.sort();
}

#[test]
fn every_example_is_laid_out_compiles_without_findings_and_passes_its_own_tests() {
    let mut n_tests = 0;
    let mut problems = Vec::new();
    for folder in examples() {
        let mut portfolio = Portfolio::default();
        files(&folder, "", &mut portfolio.files);
        for file in &portfolio.files {
            match format(file) {
                Ok(text) if text == file.text => {}
                Ok(text) => problems.push(format!(
                    "`wend fmt` would change {}/{} to:\n{text}",
                    folder.display(),
                    file.path
                )),
                Err(found) => problems.extend(found.iter().map(ToString::to_string)),
            }
        }
        let compiled = compile(&WorkspaceId::from("examples"), 1, &portfolio);
        let found = compiled.diagnostics.iter().filter(|found| found.severity != Severity::Note);
        problems.extend(found.map(|found| format!("{}: {found}", folder.display())));
        let Some(catalog) = compiled.catalog else { continue };
        problems.extend(diagnostics(&portfolio.files).iter().map(ToString::to_string));
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
