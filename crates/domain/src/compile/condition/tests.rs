use serde_json::{Value, json};

use super::condition;
use crate::catalog::Catalog;
use crate::compile::{Portfolio, compile};
use crate::id::WorkspaceId;
use crate::predicate::Predicate;
use crate::source::SourceFile;

fn catalog() -> Catalog {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let files = vec![
        file("segments/vip.yaml", "segment: vip\nwhere: { event: Bought, count: { gte: 3 }, within: 30d }\n"),
        file("templates/hello.yaml", "template: hello\nchannel: email\nsubject: Hi\ntext: Hi\n"),
    ];
    let portfolio = Portfolio { files, ..Portfolio::default() };
    compile(&WorkspaceId::from("w"), 1, &portfolio).catalog.unwrap()
}

fn said(of: &Value) -> String {
    let found = condition(&catalog(), of).unwrap_err();
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_condition_is_read_as_in_files() {
    let of = json!({"all": [{"trait": "plan", "eq": "pro"}, {"not": {"segment": "vip"}}, {"message": "hello", "is": "sent"}]});
    assert!(matches!(condition(&catalog(), &of), Ok(Predicate::All(parts)) if parts.len() == 3));
}

#[test]
fn what_others_ask_of_the_past_may_be_asked_and_nothing_else() {
    let asked = |within: &str, n: u32| {
        condition(&catalog(), &json!({"event": "Bought", "count": {"gte": n}, "within": within}))
    };
    assert!(asked("30d", 3).is_ok());
    assert!(asked("7d", 2).is_ok());
    assert!(asked("31d", 3).is_err());
    assert!(asked("30d", 4).is_err());
    insta::assert_snapshot!(said(&json!({"event": "Seen"})), @r"
    where:1:1: error E0602: no published rule asks this of `Seen`, so nobody has counted it
      fix: publish a segment with this condition, and select the segment
    ");
}

#[test]
fn what_is_wrong_is_said() {
    let all = said(&json!({"any": [{"segment": "vpi"}, {"trait": "a", "eq": "$trigger.x"}, {"colour": 1}]}));
    for one in [
        "did you mean `vip`?",
        "`$trigger.x` has nothing to refer to here",
        "a condition has no key `colour`",
    ] {
        assert!(all.contains(one), "{all}");
    }
    assert!(said(&json!(17)).contains("`where` should be a condition, not a number"));
}
