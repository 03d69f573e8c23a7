use wend_domain::source::SourceFile;

use super::{read, write};
use crate::exit::Exit;

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn what_is_written_is_read_back_and_the_rest_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let files = [file("policies.yaml", "timezone: UTC\n"), file("workflows/a.yaml", "workflow: a\n")];
    let report = write(folder.path(), &files, false).unwrap();
    assert_eq!((report.changed.len(), report.unchanged), (2, 0));
    std::fs::write(folder.path().join("README.md"), "not ours").unwrap();
    assert_eq!(read(folder.path()).unwrap(), files);
    let report = write(folder.path(), &files[..1], true).unwrap();
    assert_eq!((report.removed, report.unchanged), (vec!["workflows/a.yaml".to_owned()], 1));
    assert!(folder.path().join("README.md").exists());
}

#[test]
fn a_server_cannot_make_pull_write_outside_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["../a.yaml", "/tmp/a.yaml", "a/../../b.yaml", ""] {
        assert_eq!(
            write(folder.path(), &[file(path, "x")], false).unwrap_err().exit(),
            Exit::Invalid,
            "{path}"
        );
    }
}

#[test]
fn a_folder_that_is_missing_or_empty_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read(&folder.path().join("nowhere")).unwrap_err().exit(), Exit::NotFound);
    assert_eq!(read(folder.path()).unwrap_err().exit(), Exit::Invalid);
}

#[test]
fn a_file_that_is_too_large_or_no_text_is_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("big.yaml"), vec![b'#'; 1024 * 1024 + 1]).unwrap();
    assert!(read(folder.path()).unwrap_err().to_string().contains("big.yaml"));
    std::fs::write(folder.path().join("big.yaml"), [0xFF, 0xFE]).unwrap();
    assert!(read(folder.path()).unwrap_err().to_string().contains("isn't UTF-8"));
}
