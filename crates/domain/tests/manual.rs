//! Every example of the manual's pages on workflows means something: it compiles.

use std::fs;
use std::path::Path;

use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::WorkspaceId;
use wend_domain::source::SourceFile;

/// What the examples name.
const AROUND: &[(&str, &str)] = &[
    ("segments/lapsed.yaml", "segment: lapsed\nwhere: { event: Order Completed, last: { before: 60d } }"),
    ("templates/welcome.yaml", "template: welcome\nchannel: email\nsubject: Hello\ntext: Hello"),
    ("hooks/billing.yaml", "hook: billing\nuser_id: user"),
    (
        "workflows/nurture.yaml",
        "workflow: nurture\ntrigger: { workflow: any }\nsteps: [{ exit: { result: { grade: a } } }]",
    ),
    ("workflows/rescue.yaml", "workflow: rescue\ntrigger: { api: true }\nsteps: [{ exit: true }]"),
];

/// The YAML blocks of a page, each with its line.
fn blocks(page: &str) -> Vec<(usize, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let text = fs::read_to_string(&path).expect("the page is there");
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (n, line) in text.lines().enumerate() {
        match (&mut open, line) {
            (None, "```yaml") => open = Some((n + 1, String::new())),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some((_, block)), line) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

fn indented(block: &str) -> String {
    block.lines().flat_map(|line| ["  ", line, "\n"]).collect()
}

/// Compiles each block of a page, made a workflow by `wrap`; answers what is wrong with any.
fn wrong(page: &str, wrap: impl Fn(&str) -> String) -> Vec<String> {
    let blocks = blocks(page);
    assert!(blocks.len() > 3, "{page} has examples");
    let mut wrong = Vec::new();
    for (line, block) in blocks {
        let text = format!("workflow: manual\ncategory: offers\n{}", wrap(&block));
        let own = SourceFile { path: "workflows/manual.yaml".to_owned(), text };
        let around = AROUND
            .iter()
            .map(|(path, text)| SourceFile { path: (*path).to_owned(), text: format!("{text}\n") });
        let files = around.chain([own]).collect();
        let portfolio = Portfolio { files, ..Portfolio::default() };
        let compiled = compile(&WorkspaceId::from("manual"), 1, &portfolio);
        let found = compiled.diagnostics.iter().filter(|found| found.is_error());
        wrong.extend(found.map(|found| format!("docs/{page}, the example in line {line}: {found}")));
    }
    wrong
}

#[test]
fn every_trigger_of_the_manual_compiles() {
    let wrong = wrong("triggers.md", |block| format!("{block}steps: [{{ exit: true }}]\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_condition_of_the_manual_compiles() {
    let wrong = wrong("conditions.md", |block| {
        let arms = block.lines().map(|line| match line.strip_prefix("- ") {
            Some(condition) if condition.starts_with('{') => format!("      - if: {condition}\n"),
            Some(condition) => format!("      - if:\n          {condition}\n"),
            None => format!("        {line}\n"),
        });
        let arms: String = arms.collect();
        format!("trigger: {{ api: true }}\nsteps:\n  - id: ask\n    branch:\n{arms}")
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_step_of_the_manual_compiles() {
    let wrong = wrong("steps.md", |block| {
        let steps = if block.contains("steps:\n  - { id: wait-long") {
            block.to_owned()
        } else {
            format!("steps:\n{}", indented(block))
        };
        format!("trigger: {{ api: true }}\n{steps}")
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
