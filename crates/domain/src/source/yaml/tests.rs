use super::{Kind, Node, parse};
use crate::source::SourceFile;

fn read(text: &str) -> Node {
    let (node, diagnostics) = parse(&SourceFile { path: "a.yaml".into(), text: text.into() });
    assert_eq!(diagnostics, []);
    node.expect("it is YAML")
}

fn refused(text: &str) -> String {
    let (_, diagnostics) = parse(&SourceFile { path: "a.yaml".into(), text: text.into() });
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn scalars_follow_the_core_schema_and_quotes_make_texts() {
    let node = read(
        "[1, -2, 0x1F, 1.5, 1e3, true, no, 10:00, \"10\", ~, 2026-01-01, 1.2.3, 9223372036854775808]\n",
    );
    let json = node.to_json().to_string();
    assert_eq!(
        json,
        r#"[1,-2,31,1.5,1000.0,true,"no","10:00","10",null,"2026-01-01","1.2.3","9223372036854775808"]"#
    );
}

#[test]
fn places_count_lines_and_characters_from_one() {
    let node = read("ü: é\nlist:\n  - { ä: 1 }\n");
    let entry = &node.get("list").unwrap().items()[0].entries()[0];
    assert_eq!((entry.place.line, entry.place.column), (3, 7));
    assert!(matches!(node.get("list").unwrap().kind, Kind::List { flow: false, .. }));
}

#[test]
fn what_the_format_does_not_want_is_refused_with_a_fix() {
    insta::assert_snapshot!(refused("a: &x 1\nb: *x\nc: !!str 5\na: 2\n"), @"");
    insta::assert_snapshot!(refused("a: 1\n---\nb: 2\n"), @"");
    insta::assert_snapshot!(refused("a: {{ b }}\n"), @"");
    insta::assert_snapshot!(refused("a: [1, 2\n"), @"");
    insta::assert_snapshot!(refused("a: b: c\n"), @"");
    insta::assert_snapshot!(refused(""), @"");
}

#[test]
fn nesting_beyond_the_bound_is_refused() {
    let text = format!("a: {}{}", "[".repeat(super::DEPTH_MAX), "]".repeat(super::DEPTH_MAX));
    assert!(refused(&text).contains("E0107"));
    let text = format!("a: {}{}", "[".repeat(super::DEPTH_MAX - 1), "]".repeat(super::DEPTH_MAX - 1));
    assert_eq!(refused(&text), "");
}

#[test]
fn more_values_than_the_bound_are_refused() {
    assert!(refused(&format!("[{}]", "1,".repeat(super::NODES_MAX))).contains("E0107"));
}

#[test]
fn a_file_beyond_the_bound_is_refused() {
    assert!(refused(&"#".repeat(crate::source::FILE_BYTES_MAX + 1)).contains("E0107"));
}
