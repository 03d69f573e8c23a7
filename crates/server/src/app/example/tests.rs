use wend_domain::compile::{Portfolio, compile};
use wend_domain::source::SourceFile;

use super::*;

#[test]
fn every_example_compiles_by_itself() {
    let names = Examples::names();
    assert!(names.len() >= 15, "{names:?}");
    for name in names {
        let files = Examples::files(&name).unwrap();
        let files: Vec<SourceFile> =
            files.into_iter().map(|(path, text)| SourceFile { path, text }).collect();
        let compiled = compile(&"shop".into(), 1, &Portfolio { files, ..Portfolio::default() });
        assert!(compiled.catalog.is_some(), "{name}: {:?}", compiled.diagnostics);
    }
}

#[test]
fn what_is_no_example_has_no_files() {
    assert_eq!(Examples::files("../policies"), None);
}
