use super::{known, remember, update};

#[test]
fn a_folder_remembers_a_revision_for_each_server() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    update(folder, "http://a", 3).unwrap();
    assert!(!folder.join(".wend").exists(), "nobody pulled this folder");
    remember(folder, "http://a", 3).unwrap();
    update(folder, "http://b", 1).unwrap();
    update(folder, "http://a", 4).unwrap();
    assert_eq!((known(folder, "http://a"), known(folder, "http://b")), (Some(4), Some(1)));
    assert_eq!(std::fs::read_to_string(folder.join(".wend/.gitignore")).unwrap(), "*\n");
    std::fs::write(folder.join(".wend/base"), "{").unwrap();
    assert_eq!(known(folder, "http://a"), None);
}
