use std::collections::BTreeSet;

use super::{DEFAULT_FILE, Settings, file, table};
use crate::exit::Exit;

fn load(text: &str, environment: &[(&str, &str)], command_line: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wend.toml");
    std::fs::write(&path, text).unwrap();
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    Settings::load(Some(&path), owned(environment), &owned(command_line)).map_err(|failure| {
        assert_eq!(failure.exit(), Exit::Usage);
        failure.to_string().replace(&path.display().to_string(), "wend.toml")
    })
}

#[test]
fn the_embedded_file_has_every_setting_with_its_default_and_no_other() {
    let entries = file::read(DEFAULT_FILE).map_err(|broken| broken.why).unwrap();
    let in_file: BTreeSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let in_code: BTreeSet<&str> = table::TABLE.iter().map(|setting| setting.name).collect();
    assert_eq!(in_file, in_code);
    let defaults = Settings::default();
    for entry in &entries {
        let setting = table::TABLE.iter().find(|setting| setting.name == entry.name).unwrap();
        assert_eq!((setting.get)(&defaults), entry.value, "{}", entry.name);
    }
    load(DEFAULT_FILE, &[], &[]).unwrap();
}

#[test]
fn every_setting_can_be_set_from_the_environment_and_the_command_line() {
    let settings = Settings::load(None, Vec::new(), &[]).unwrap();
    for setting in &table::TABLE {
        let value = match (setting.get)(&settings) {
            super::Given::Number(number) => number.to_string(),
            super::Given::Text(text) | super::Given::Words(text) => text,
            super::Given::Other(what) => panic!("{} is {what}", setting.name),
        };
        let variable = format!("WEND_{}", setting.name.to_uppercase().replace('.', "__"));
        load("", &[(&variable, &value)], &[]).unwrap();
        load("", &[], &[(setting.name, &value)]).unwrap();
    }
}

#[test]
fn the_environment_stands_over_the_file_and_the_command_line_over_both() {
    let text = "[engine]\npoll_ms = 11\nalarms_max = 12\norphans_max = 13\n";
    let environment =
        [("WEND_ENGINE__ALARMS_MAX", "22"), ("WEND_ENGINE__ORPHANS_MAX", "23"), ("WEND_URL", "http://x")];
    let settings = load(text, &environment, &[("engine.orphans_max", "33")]).unwrap();
    let engine = settings.engine;
    assert_eq!((engine.poll_ms, engine.alarms_max, engine.orphans_max), (11, 22, 33));
}

#[test]
fn a_setting_that_does_not_exist_is_refused_with_its_line_and_the_nearest_one() {
    let error = load("[server]\n\nlisen = \"127.0.0.1:1\"\n", &[], &[]).unwrap_err();
    assert!(error.contains("wend.toml:3: there is no setting `server.lisen`"), "{error}");
    assert!(error.contains("did you mean `server.listen`?"), "{error}");
    let error = load("", &[("WEND_SERVER__LISEN", "x")], &[]).unwrap_err();
    assert!(
        error.contains("WEND_SERVER__LISEN") && error.contains("did you mean `server.listen`?"),
        "{error}"
    );
    let error = load("listen = \"x\"", &[], &[]).unwrap_err();
    assert!(error.contains("wend.toml:1: there is no setting `listen`"), "{error}");
}

#[test]
fn a_value_of_the_wrong_kind_or_size_is_refused_with_its_line() {
    for (text, expected) in [
        ("[server]\nlisten = 8080", "wend.toml:2: `server.listen` is a number"),
        ("[server]\nlisten = \"8080\"", "write ADDRESS:PORT"),
        ("[engine]\npoll_ms = \"fast\"", "wend.toml:2: `engine.poll_ms` is a text"),
        ("[engine]\npoll_ms = 1", "it must be from 10"),
        ("[engine]\npoll_ms = 1.5", "a number with a fraction"),
        ("[logs]\nformat = \"xml\"", "it is `text` or `json`"),
        ("[logs]\nlevel = \"loud!\"", "`logs.level` is `loud!`"),
        ("[database]\nurl = \"mysql://a\"", "is no postgres://"),
        (
            "[web]\nallow = \"10.0.0.0/8, http://erp\"",
            "wend.toml:2: `web.allow` is wrong: `http://erp` is no host name",
        ),
        ("[web]\ntimeout_ms = 1", "it must be from 100"),
        ("[email]\ndkim_domain = \"shop.example\"", "go together"),
        ("[server\n", "wend.toml:1: this isn't TOML"),
    ] {
        let error = load(text, &[], &[]).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn no_secret_is_in_an_error_or_in_a_debug_text() {
    for text in [
        "[email]\nsmtp = \"smtp://user:hunter2@host?tls=wrong\"",
        "[database]\nurl = \"mysql://user:hunter2@host\"",
        "[database]\nurl = \"postgres://user:hunter2@host\n",
        "[database]\nurls = \"postgres://user:hunter2@host\"\n",
    ] {
        let error = load(text, &[], &[]).unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }
    let settings = load("[database]\nurl = \"postgres://user:hunter2@host/wend\"\n", &[], &[]).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
}
