//! Laws of reading and formatting, over made-up files: nothing panics, meaning and comments stay, twice is once.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::Value;
use wend_domain::compile::{Portfolio, compile, plan};
use wend_domain::id::WorkspaceId;
use wend_domain::source::format::format;
use wend_domain::source::{Diagnostic, SourceFile, yaml};

/// A value that is written in one of several ways.
#[derive(Debug, Clone)]
enum Made {
    Scalar(String),
    Block(Vec<String>, &'static str),
    List(Vec<Made>, Layout),
    Map(Vec<(String, Made)>, Layout),
}

/// How a list or an object is written.
#[derive(Debug, Clone)]
struct Layout {
    flow: bool,
    indent: usize,
    /// Before each item: a comment at some depth, blank lines.
    before: Vec<(Option<usize>, usize)>,
    /// After each item that stands on one line.
    after: Vec<Option<usize>>,
}

fn layout() -> impl Strategy<Value = Layout> {
    let before = prop::collection::vec((prop::option::weighted(0.2, 0..4_usize), 0..3_usize), 1..4);
    let after = prop::collection::vec(prop::option::weighted(0.2, 1..5_usize), 1..4);
    (prop::bool::weighted(0.3), 1..5_usize, before, after).prop_map(|(flow, indent, before, after)| Layout {
        flow,
        indent,
        before,
        after,
    })
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9]{0,6}",
        "[0-9]{1,3}",
        Just("\"a # b: {\"".to_owned()),
        Just("'it''s'".to_owned()),
        Just("true".to_owned()),
        Just("20m".to_owned()),
        Just("ünï".to_owned()),
        Just("\"x\\\"y\"".to_owned()),
    ]
}

fn key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "id",
        "send",
        "wait",
        "wait_for",
        "branch",
        "note",
        "goto",
        "if",
        "then",
        "else",
        "trait",
        "eq",
        "event",
        "where",
        "email",
        "title",
        "category",
        "trigger",
        "steps",
        "owner",
        "within",
        "with",
        "html",
        "split",
        "variants",
        "weight",
        "repeat",
        "set",
        "on_timeout",
        "on_error",
        "task",
        "outcomes",
        "webhook",
    ])
}

fn made() -> impl Strategy<Value = Made> {
    let block = (
        prop::collection::vec("( {0,2}[a-z#:]{1,6})?", 1..4),
        prop::sample::select(vec!["|", "|-", "|+", ">", ">-"]),
    )
        .prop_map(|(mut lines, header)| {
            // The first line gives the indentation.
            lines.insert(0, "x".to_owned());
            Made::Block(lines, header)
        });
    let leaf = prop_oneof![4 => scalar().prop_map(Made::Scalar), 1 => block];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let map = prop::collection::btree_map(key(), inner.clone(), 1..5).prop_shuffled();
        prop_oneof![
            (prop::collection::vec(inner, 1..4), layout())
                .prop_map(|(items, layout)| Made::List(items, layout)),
            (map, layout()).prop_map(|(entries, layout)| Made::Map(entries, layout)),
        ]
    })
}

/// Entries of an object in a made-up order.
trait Shuffled {
    fn prop_shuffled(self) -> BoxedStrategy<Vec<(String, Made)>>;
}

impl<S: Strategy<Value = std::collections::BTreeMap<&'static str, Made>> + 'static> Shuffled for S {
    fn prop_shuffled(self) -> BoxedStrategy<Vec<(String, Made)>> {
        self.prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Vec<_>>())
            .prop_shuffle()
            .boxed()
    }
}

fn file() -> impl Strategy<Value = String> {
    let steps = prop::collection::vec(made(), 1..4);
    let rest = prop::collection::btree_map(key(), made(), 0..4).prop_shuffled();
    (rest, steps, layout()).prop_map(|(mut entries, steps, layout)| {
        entries.retain(|(key, _)| key != "steps");
        let steps = Made::List(steps, Layout { flow: false, ..layout.clone() });
        entries.push(("steps".to_owned(), steps));
        entries.insert(0, ("workflow".to_owned(), Made::Scalar("made".to_owned())));
        let mut text = String::new();
        write(&Made::Map(entries, Layout { flow: false, ..layout }), 0, &mut text);
        text
    })
}

/// Writes a value on one line.
fn flow(made: &Made) -> String {
    match made {
        Made::Scalar(text) => text.clone(),
        Made::Block(lines, _) => format!("\"{}\"", lines.join(" ")),
        Made::List(items, _) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(",  ")),
        Made::Map(entries, _) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}:   {}", flow(value)));
            format!("{{{} }}", entries.collect::<Vec<_>>().join(" , "))
        }
    }
}

/// Writes a list or an object in brackets over several lines, ending in a comment or not.
fn flow_lines(made: &Made, column: usize) -> String {
    let (open, close, items, layout) = match made {
        Made::List(items, layout) if layout.indent == 4 => {
            ('[', ']', items.iter().map(flow).collect::<Vec<_>>(), layout)
        }
        Made::Map(entries, layout) if layout.indent == 4 => {
            let entries = entries.iter().map(|(key, value)| format!("{key}: {}", flow(value)));
            ('{', '}', entries.collect(), layout)
        }
        made => return flow(made),
    };
    let mut out = String::from(open);
    for (index, item) in items.iter().enumerate() {
        let after = if layout.after[index % layout.after.len()].is_some() { " # t" } else { "" };
        _ = write!(out, "{after}\n{}{item},", " ".repeat(column + layout.before.len() + 1));
    }
    _ = write!(out, "\n{}{close}", " ".repeat(column + 1));
    out
}

fn is_block(made: &Made) -> bool {
    match made {
        Made::Scalar(_) | Made::Block(..) => false,
        Made::List(_, layout) | Made::Map(_, layout) => !layout.flow,
    }
}

/// Writes a block at a column, from the beginning of a line.
fn write(made: &Made, column: usize, out: &mut String) {
    let (layout, n) = match made {
        Made::List(items, layout) => (layout, items.len()),
        Made::Map(entries, layout) => (layout, entries.len()),
        Made::Scalar(_) | Made::Block(..) => return,
    };
    for index in 0..n {
        let (comment, blanks) = layout.before[index % layout.before.len()];
        // After a text block that keeps its end, blank lines and deep comments would belong to the text.
        let quiet = out.trim_end_matches('\n').len() + 1 < out.len();
        out.push_str(&"\n".repeat(if quiet { 0 } else { blanks }));
        if let Some(depth) = comment.filter(|_| !quiet) {
            _ = writeln!(out, "{}# c{index}", " ".repeat(if depth < 3 { column } else { 0 }));
        }
        out.push_str(&" ".repeat(column));
        let value = match made {
            Made::List(items, _) => {
                out.push('-');
                &items[index]
            }
            Made::Map(entries, _) => {
                _ = write!(out, "{}:", entries[index].0);
                &entries[index].1
            }
            Made::Scalar(_) | Made::Block(..) => return,
        };
        let after = layout.after[index % layout.after.len()].map(|gap| format!("{}# t", " ".repeat(gap)));
        let after = after.unwrap_or_default();
        let inner = column + layout.indent;
        match value {
            Made::Block(lines, header) => {
                _ = writeln!(out, " {header}{after}");
                for line in lines {
                    let indent = if line.is_empty() { 0 } else { inner };
                    _ = writeln!(out, "{}{line}", " ".repeat(indent));
                }
            }
            value if is_block(value) => {
                out.push_str(&after);
                out.push('\n');
                write(value, inner, out);
            }
            value => _ = writeln!(out, "  {}{after}", flow_lines(value, column)),
        }
    }
}

fn source(text: &str) -> SourceFile {
    SourceFile { path: "workflows/made.yaml".into(), text: text.to_owned() }
}

/// The meaning of a file; the ids of steps are left out, because formatting may add some.
fn meaning(text: &str) -> Value {
    let (node, diagnostics) = yaml::parse(&source(text));
    assert_eq!(diagnostics, [], "{text}");
    without_ids(node.expect("it is YAML").to_json())
}

fn without_ids(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(key, _)| key != "id")
            .map(|(key, value)| (key, without_ids(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_ids).collect(),
        other => other,
    }
}

fn n_comments(text: &str) -> usize {
    text.matches("# c").count() + text.matches("# t").count()
}

const EXAMPLE: &str = include_str!("files/cart_rescue.txt");

fn example() -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = Vec::new();
    for part in EXAMPLE.split("=== ").skip(1) {
        let (path, text) = part.split_once('\n').expect("a path ends its line");
        files.push(SourceFile { path: path.to_owned(), text: text.to_owned() });
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn formatting_keeps_meaning_and_comments_and_twice_is_once(text in file()) {
        let once = format(&source(&text)).expect("it is YAML");
        prop_assert_eq!(meaning(&once), meaning(&text), "{}", once);
        prop_assert_eq!(n_comments(&once), n_comments(&text), "{}", once);
        prop_assert_eq!(&format(&source(&once)).expect("it is YAML"), &once);
        // The generator writes two blanks here: a file that was given back as it was would still have them.
        prop_assert!(once.contains("workflow: made"), "not laid out:\n{}", once);
    }

    #[test]
    fn a_broken_file_gives_findings_and_never_a_panic(
        which in 0..8_usize,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, "[-:{}\\[\\]#\"'|>&*!%@, \n\ta-z0-9$é]{0,4}"), 1..6),
    ) {
        let mut files = example();
        let n = files.len();
        let file = &mut files[which % n];
        let mut characters: Vec<char> = file.text.chars().collect();
        for (at, n, with) in cuts {
            let at = at.index(characters.len().max(1)).min(characters.len());
            let end = (at + n).min(characters.len());
            characters.splice(at..end, with.chars());
        }
        file.text = characters.into_iter().collect();
        let changed = file.clone();
        let workspace = WorkspaceId::from("test");
        let compiled = compile(&workspace, 1, &Portfolio { files: files.clone(), ..Portfolio::default() });
        prop_assert!(compiled.catalog.is_some() || compiled.diagnostics.iter().any(Diagnostic::is_error));
        let planned = plan(&workspace, 1, &Portfolio::default(), files);
        prop_assert_eq!(planned.next.is_some(), compiled.catalog.is_some());
        if let Ok(once) = format(&changed) {
            prop_assert_eq!(&format(&SourceFile { text: once.clone(), ..changed }).expect("it is YAML"), &once);
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[-:{}\\[\\]#\"'|>&*!%@?, \n\ta-c0-1é]{0,60}") {
        let (node, diagnostics) = yaml::parse(&source(&text));
        prop_assert!(node.is_some() || !diagnostics.is_empty());
        if let Ok(once) = format(&source(&text)) {
            prop_assert_eq!(&format(&source(&once)).expect("it is YAML"), &once);
        }
    }
}

#[test]
fn the_examples_are_laid_out_as_they_will_stay() {
    for file in example() {
        let once = format(&file).expect("it is YAML");
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(bare(&once), bare(&file.text), "only spaces inside of braces may differ");
    }
}
