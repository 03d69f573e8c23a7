use super::template_parts;
use crate::source::{SourceFile, codes};

#[test]
fn a_place_in_a_part_is_found_in_its_file() {
    let text = "template: a\nchannel: email\nsubject: Hi {{ x }}\npreheader: \"See {{ y }}\"\nhtml: |\n    <p>\n      {{ z }}\n\n    </p>\ntext: >\n  a\n  {{ b }}\nurl: \"\\u0041 {{ c }}\"\n";
    let file = SourceFile { path: "templates/a.yaml".into(), text: text.into() };
    let parts =
        template_parts(&[file, SourceFile { path: "policies.yaml".into(), text: "sender: x".into() }]);
    let found: Vec<(String, String)> = parts
        .iter()
        .map(|part| {
            let before = part.source.split("{{").next().unwrap();
            let line = before.lines().count().max(1) as u32;
            let column = before.rsplit('\n').next().unwrap().chars().count() as u32 + 1;
            let finding = part.finding(&codes::LIQUID, line, column, "x");
            (part.part.clone(), format!("{}:{}", finding.line, finding.column))
        })
        .collect();
    let expected =
        [("subject", "3:13"), ("preheader", "4:17"), ("html", "7:7"), ("text", "11:3"), ("url", "13:6")];
    assert_eq!(found, expected.map(|(part, place)| (part.to_owned(), place.to_owned())));
}
