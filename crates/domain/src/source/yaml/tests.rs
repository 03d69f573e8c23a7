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
    let node =
        read("[1, -2, 0x1F, 1.5, 1e3, true, no, 10:00, \"10\", ~, 2026-01-01, 1.2.3, 9223372036854775808]\n");
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
    insta::assert_snapshot!(refused("a: &x 1\nb: *x\nc: !!str 5\na: 2\n"), @r#"
    a.yaml:1:4: error E0102: an anchor (`&name`) is not part of the format
      fix: remove it, and write out each use of it
    a.yaml:2:4: error E0102: an alias (`*name`) is not part of the format
      fix: write out what it stands for
    a.yaml:3:4: error E0103: a tag (`!name`) is not part of the format
      fix: remove it; texts that look like numbers take quotes
    a.yaml:4:1: error E0105: `a` is given twice: first in line 1
      why: only one of the two could count
      fix: keep one of them
    "#);
    insta::assert_snapshot!(refused("a: 1\n---\nb: 2\n"), @r#"
    a.yaml:2:1: error E0104: a second document is not part of the format
      fix: make it a file of its own
    "#);
    insta::assert_snapshot!(refused("a: {{ b }}\n"), @r#"
    a.yaml:1:5: error E0106: a list or an object cannot be a key
      fix: put text with braces in quotes: "{{ … }}"
    "#);
    insta::assert_snapshot!(refused("a: [1, 2\n"), @r#"
    a.yaml:2:1: error E0101: this is not YAML: while parsing a flow sequence, expected ',' or ']'
      fix: close every `{` and `[`, and put commas between the entries
    "#);
    insta::assert_snapshot!(refused("a: b: c\n"), @r#"
    a.yaml:1:5: error E0101: this is not YAML: mapping values are not allowed in this context
      fix: check the indentation of this line and the one above, and put texts with `: ` or `#` in quotes
    "#);
    insta::assert_snapshot!(refused(""), @r#"
    a.yaml:1:1: error E0108: the file says nothing
      fix: describe something in it, or remove it
    "#);
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
