//! The command line and the configuration: what is refused, and how a failure looks.

use crate::harness::{command, run, wend};

#[test]
fn a_setting_that_does_not_exist_is_refused_with_its_line_and_the_nearest_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wend.toml");
    std::fs::write(&path, "[server]\nlisen = \"127.0.0.1:0\"\n").unwrap();
    let ended = run(command(&["serve", "--config"]).arg(&path));
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("wend.toml:2: there is no setting `server.lisen`"), "{ended:?}");
    assert!(ended.stderr.contains("did you mean `server.listen`?"), "{ended:?}");
    let ended = run(command(&["serve"]).env("WEND_ENGINE__POL_MS", "5"));
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("WEND_ENGINE__POL_MS"), "{ended:?}");
    let ended = wend(&["serve", "--set", "engine.poll_ms=soon"]);
    assert!(ended.code == 2 && ended.stderr.contains("a whole number"), "{ended:?}");
}

#[test]
fn a_wrong_secret_is_never_repeated() {
    let ended = wend(&["serve", "--smtp", "smtp://user:hunter2@mail.example.com?tls=perhaps"]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("email.smtp") && !ended.stderr.contains("hunter2"), "{ended:?}");
    let ended = wend(&["serve", "--database", "mysql://user:hunter2@db.example.com"]);
    assert_eq!(ended.code, 2);
    assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
}

#[test]
fn the_printed_configuration_is_one_that_is_accepted() {
    let text = wend(&["config"]).good();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wend.toml");
    std::fs::write(&path, text).unwrap();
    // It gets as far as the folder, which is a file.
    let ended =
        run(command(&["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&path).arg("--config").arg(&path));
    assert_eq!(ended.code, 1, "{ended:?}");
    let settings = wend(&["config", "--json"]).good_json();
    assert!(settings["settings"].as_array().unwrap().len() > 20);
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_2() {
    assert_eq!(wend(&["aply", "."]).code, 2);
    assert_eq!(wend(&["messages", "--limit", "0"]).code, 2);
    assert_eq!(wend(&["events", "send", "--event", "Signed Up"]).code, 2);
    assert_eq!(wend(&["doctor", "--url", "nowhere"]).code, 2);
}

#[test]
fn a_command_line_that_makes_no_sense_is_one_document_for_scripts_too() {
    for arguments in
        [&["messages", "--limit", "0", "--json"][..], &["--json", "nonsense"], &["why", "--json"]]
    {
        let ended = wend(arguments);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert_eq!(ended.json()["error"]["code"], "usage", "{ended:?}");
    }
    assert_eq!(wend(&["why", "--json", "--help"]).code, 0);
}

#[test]
fn a_server_that_is_not_there_ends_with_5_and_one_document() {
    let ended = wend(&["doctor", "--url", "http://127.0.0.1:1", "--json"]);
    assert_eq!(ended.code, 5);
    let error = &ended.json()["error"];
    assert_eq!(error["code"], "unreachable");
    assert!(error["message"].as_str().unwrap().contains("http://127.0.0.1:1"), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("wend serve"), "{error}");
}

#[test]
fn every_command_has_help_with_an_example() {
    let help = wend(&["--help"]).good();
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() >= 20, "{commands:?}");
    for name in commands {
        let help = wend(&[name, "--help"]).good();
        let inner = name == "events" || name == "contact";
        assert!(inner || help.contains("Example"), "{name} shows no example:\n{help}");
    }
    assert!(help.contains("Exit codes:"));
}

#[test]
fn the_generated_part_of_the_manual_is_in_step_with_the_code() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference");
    let ended = wend(&["docs", "--check", folder]);
    assert_eq!(ended.code, 0, "run `cargo xtask docs`: {ended:?}");
}
