use std::collections::BTreeSet;

use super::{KEYS, SenderSettings};
use crate::settings::{DEFAULT_FILE, Given, Settings};

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wend.toml");
    std::fs::write(&path, text).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(Some(&path), environment, &[])
        .map_err(|failure| failure.to_string().replace(&path.display().to_string(), "wend.toml"))
}

fn wrong(text: &str) -> String {
    load(text, &[]).unwrap_err().trim_start_matches("error: ").to_owned()
}

#[test]
fn the_example_in_the_file_names_every_setting_of_a_sender_with_its_default() {
    let lines: Vec<&str> = DEFAULT_FILE
        .lines()
        .skip_while(|line| !line.starts_with("# [sender.main]"))
        .take_while(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches("# "))
        .collect();
    let example = lines.join("\n");
    let named: BTreeSet<&str> = example.lines().skip(1).filter_map(|line| line.split(" = ").next()).collect();
    assert_eq!(named, BTreeSet::from(KEYS));
    let settings = load(&example.replace("key = \"\"", "key = \"k\""), &[]).unwrap();
    let mut expected = SenderSettings::default();
    for (key, value) in [("provider", "postmark"), ("key", "k")] {
        expected.set(key, &Given::Text(value.to_owned())).unwrap();
    }
    assert_eq!(format!("{:?}", settings.senders["main"]), format!("{expected:?}"));
}

#[test]
fn the_environment_stands_over_the_file() {
    let text = "[sender.main]\nprovider = \"resend\"\nkey = \"from-file\"\nweight = 3\n";
    let settings =
        load(text, &[("WEND_SENDER__MAIN__KEY", "from-environment"), ("WEND_SENDER__MAIN__TIER", "2")]);
    let sender = &settings.unwrap().senders["main"];
    assert_eq!((sender.key.expose(), sender.weight, sender.tier), ("from-environment", 3, 2));
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_no_secret() {
    assert_eq!(
        wrong("[sender.main]\nprovider = \"sendgird\"\n"),
        "wend.toml:2: `sender.main.provider` is `sendgird`; it is smtp, ses, sendgrid, postmark, mailgun or resend"
    );
    assert!(wrong("[sender.main]\nwieght = 1\n").contains("`weight`"));
    assert!(wrong("[sender.Main]\nweight = 1\n").contains("made of up to 40"));
    assert_eq!(
        wrong("[sender.a]\nprovider = \"resend\"\n"),
        "[sender.a]: `key` is missing: the provider's API key"
    );
    let both = "[sender.a]\nprovider = \"resend\"\nkey = \"hunter2\"\nkey_file = \"x\"\n";
    assert!(wrong(both).starts_with("[sender.a]: `key` and `key_file`"));
    let smtp = wrong("[sender.a]\nprovider = \"smtp\"\nurl = \"smtp://u:hunter2@h:1?tls=maybe\"\n");
    assert!(smtp.starts_with("[sender.a]: `url` is wrong") && !smtp.contains("hunter2"), "{smtp}");
    let alone = "[sender.a]\nprovider = \"resend\"\nkey = \"k\"\nwarm_up = \"50\"\n";
    assert!(wrong(alone).contains("go together"));
    for (key, value) in [
        ("rate", "fast"),
        ("rate", "0/s"),
        ("domains", "gmail.com"),
        ("domains", "gmail.com 0x"),
        ("domains", "a.example 1x, a.example 2x"),
        ("warm_up", "50, many"),
        ("warm_up_from", "tomorrow"),
    ] {
        let text = format!("[sender.a]\nprovider = \"resend\"\nkey = \"k\"\n{key} = \"{value}\"\n");
        assert!(wrong(&text).starts_with(&format!("wend.toml:4: `sender.a.{key}` ")), "{key} = {value}");
    }
}

#[test]
fn limits_of_domains_are_rates_and_numbers_at_a_time() {
    let text = "[sender.a]\nprovider = \"resend\"\nkey = \"k\"\ndomains = \"Gmail.com 600/m 10x, * 5x\"\n";
    let settings = load(text, &[]).unwrap();
    let shown = format!("{:?}", settings.senders["a"].domains);
    assert!(shown.contains("\"gmail.com\": DomainRule { pace: Some(PaceRule { max: 600"), "{shown}");
    assert!(shown.contains("\"*\": DomainRule { pace: None, under_way_max: Some(5)"), "{shown}");
}
