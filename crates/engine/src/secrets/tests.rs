use super::*;

fn shop() -> WorkspaceId {
    WorkspaceId::from("shop")
}

#[test]
fn a_sealed_secret_is_opened_where_it_belongs_and_nowhere_else() {
    let key = SecretsKey::from_base64(&STANDARD.encode([7; 32])).unwrap();
    let sealed = key.seal(&shop(), "crm", "s3cr3t").unwrap();
    assert!(!sealed.contains("s3cr3t"));
    assert_eq!(key.open(&shop(), "crm", &sealed).unwrap(), "s3cr3t");
    assert!(key.open(&shop(), "erp", &sealed).is_err());
    assert!(key.open(&"other".into(), "crm", &sealed).is_err());
    assert_ne!(key.seal(&shop(), "crm", "s3cr3t").unwrap(), sealed, "no nonce is used twice");
    let other = SecretsKey::from_base64(&STANDARD.encode([8; 32])).unwrap();
    let error = other.open(&shop(), "crm", &sealed).unwrap_err();
    assert!(error.to_string().contains("set it again"), "{error}");
}

#[test]
fn a_folder_keeps_its_key_and_shows_it_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = SecretsKey::in_folder(folder.path()).unwrap().seal(&shop(), "crm", "x").unwrap();
    let again = SecretsKey::in_folder(folder.path()).unwrap();
    assert_eq!(again.open(&shop(), "crm", &sealed).unwrap(), "x");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.path().join(KEY_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(format!("{again:?}"), "SecretsKey");
}

#[test]
fn a_text_that_is_no_key_is_refused_with_how_to_make_one() {
    let error = SecretsKey::from_base64("c2hvcnQ=").unwrap_err();
    assert!(error.to_string().contains("/dev/urandom"), "{error}");
}
