use clap::Parser;
use serde_json::{Value, json};

use super::Choices;
use crate::exit::{Exit, Failure};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    choices: Choices,
}

fn read(arguments: &[&str]) -> Result<Value, Failure> {
    Line::parse_from(["wend"].iter().chain(arguments)).choices.read()
}

#[test]
fn options_become_the_choices_of_the_api() {
    assert_eq!(read(&[]).unwrap(), json!({}));
    let moved =
        read(&["--migrate", "a=stay", "--move", "a:old=new", "--move", "a:gone=exit", "--migrate", "b"]);
    assert_eq!(
        moved.unwrap(),
        json!({"migrations": {
            "a": {"default": "stay", "steps": {"old": {"to": "new"}, "gone": "exit"}},
            "b": {"default": "same"},
        }})
    );
    let rolled = read(&["--rollout", "a=5%:1d, 25:12h,100%", "--errors-max", "2", "--on-broken", "halt"]);
    assert_eq!(
        rolled.unwrap(),
        json!({"rollouts": {"a": {
            "stages": [
                {"percent": 5.0, "for": "1d"}, {"percent": 25.0, "for": "12h"}, {"percent": 100.0, "for": "0s"},
            ],
            "gates": {"errors_max_percent": 2, "entries_min": 0},
            "on_broken": "halt",
        }}})
    );
    assert_eq!(
        read(&["--backfill", "a", "--backfill", "b=100/s"]).unwrap(),
        json!({"backfill": [{"workflow": "a", "pace": null}, {"workflow": "b", "pace": 100}]})
    );
}

#[test]
fn options_are_added_to_a_file_in_yaml_or_json() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("choices");
    let file = path.to_str().unwrap();
    for text in [
        "migrations:\n  a: { default: same, steps: { old: { to: new } } }\nbackfill: [ { workflow: a } ]\n",
        "{\"migrations\": {\"a\": {\"default\": \"same\", \"steps\": {\"old\": {\"to\": \"new\"}}}}, \"backfill\": [{\"workflow\": \"a\"}]}",
    ] {
        std::fs::write(&path, text).unwrap();
        let choices = read(&["--choices", file, "--move", "a:gone=exit"]).unwrap();
        assert_eq!(choices["migrations"]["a"]["steps"], json!({"old": {"to": "new"}, "gone": "exit"}));
        assert_eq!(choices["backfill"], json!([{"workflow": "a"}]));
    }
    for text in ["- a\n", "a: [\n", "migrations: 3\n"] {
        std::fs::write(&path, text).unwrap();
        assert_eq!(read(&["--choices", file, "--migrate", "a"]).unwrap_err().exit(), Exit::Invalid, "{text}");
    }
}

#[test]
fn an_option_that_cannot_be_read_is_told_with_what_to_write() {
    for arguments in [
        ["--migrate", "a=away"],
        ["--move", "a=b"],
        ["--move", "a:b="],
        ["--rollout", "a"],
        ["--rollout", "a=5%:soon"],
        ["--rollout", "a="],
        ["--backfill", "a=0"],
        ["--errors-max", "2"],
    ] {
        assert_eq!(read(&arguments).unwrap_err().exit(), Exit::Usage, "{arguments:?}");
    }
}
