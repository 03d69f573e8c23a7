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
fn a_file_that_is_too_large_or_no_text_is_told_with_all_that_is_wrong_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    put("templates/big.yaml", &vec![b'#'; 1024 * 1024 + 1]);
    put("templates/latin.yaml", b"template: hello\nsubject: caf\xe9\n");
    put(
        "templates/liquid.yaml",
        b"template: liquid\nchannel: email\nsubject: s\ntext: '{{ contact.x | defalt: 1 }}'\n",
    );
    put("workflows/a.yaml", b"workflow: a\ncategory: c\ntrigger: { event: A }\nsteps:\n  - { id: s, send: { sms: hello } }\n  - { id: t, send: { sms: gone } }\n");
    let failure = read(folder.path()).unwrap_err();
    assert_eq!(failure.exit(), Exit::Invalid);
    let found: Vec<(&str, &str, u32)> =
        failure.found().iter().map(|d| (&*d.file, &*d.code, d.line)).collect();
    let expected = [
        ("templates/big.yaml", "E0107", 1),
        ("templates/latin.yaml", "E0101", 2),
        ("templates/liquid.yaml", "E0501", 4),
        ("workflows/a.yaml", "E0202", 6),
    ];
    assert_eq!(found, expected);
}
