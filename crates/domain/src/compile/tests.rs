use super::{Change, Planned, PlannedKind, Portfolio, compile, plan};
use crate::catalog::Catalog;
use crate::id::{WorkflowName, WorkspaceId};
use crate::source::SourceFile;

const STEPS: &str = "workflow: welcome
category: news
trigger: { event: Signed Up }
steps:
  - { id: hello, send: { email: hello } }
  - { id: rest, wait: 1d }
";

const TEMPLATE: &str = "template: hello\nchannel: email\nsubject: Hello\ntext: Hello\n";

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.into(), text: text.into() }
}

fn files(workflow: &str) -> Vec<SourceFile> {
    vec![file("workflows/welcome.yaml", workflow), file("templates/hello.yaml", TEMPLATE)]
}

fn planned(revision: u64, current: &Portfolio, files: Vec<SourceFile>) -> Planned {
    plan(&WorkspaceId::from("shop"), revision, current, files)
}

fn next(revision: u64, current: &Portfolio, files: Vec<SourceFile>) -> (Portfolio, Catalog) {
    let planned = planned(revision, current, files);
    (planned.next.expect("no errors"), planned.catalog.expect("no errors"))
}

fn said(planned: &Planned) -> String {
    let lines = planned.diagnostics.iter().map(|d| format!("{} {}", d.code, d.message));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn s9_1_a_workflow_gets_a_new_version_only_if_it_does_something_else() {
    let (first, catalog) = next(1, &Portfolio::default(), files(STEPS));
    assert_eq!(catalog.workflows[&WorkflowName::from("welcome")].current, Some(1));

    let commented = format!("# a comment\n{}", STEPS.replace("{ event: Signed Up }", "\n  event: Signed Up"));
    let same = planned(2, &first, files(&commented));
    let change = same.changes.iter().find(|change| change.kind == PlannedKind::Workflow).unwrap();
    assert_eq!((change.change, change.text_only, change.to_version), (Change::Changed, true, Some(1)));
    let second = same.next.unwrap();
    assert_eq!(second.versions, first.versions);
    assert_eq!(second.files[1].text, commented, "pull gives back what was applied");

    let (third, catalog) = next(3, &second, files(&STEPS.replace("1d", "2d")));
    assert_eq!(third.versions.len(), 2);
    assert_eq!(catalog.workflows[&WorkflowName::from("welcome")].current, Some(2));
    assert_eq!(catalog.workflows[&WorkflowName::from("welcome")].versions.len(), 2);
}

#[test]
fn s9_2_a_plan_names_steps_that_are_added_removed_changed_and_renamed() {
    let (first, _) = next(1, &Portfolio::default(), files(STEPS));
    let changed = "workflow: welcome
category: news
trigger: { event: Signed Up }
steps:
  - { id: hi, was: hello, send: { email: hello, expires: 1d } }
  - { id: more, wait: 1d }
";
    let planned = planned(2, &first, files(changed));
    let change = planned.changes.iter().find(|change| change.kind == PlannedKind::Workflow).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(change).unwrap(), @r#"
    {
      "kind": "workflow",
      "name": "welcome",
      "change": "changed",
      "from_version": 1,
      "to_version": 2,
      "steps_added": [
        "more"
      ],
      "steps_removed": [
        "rest"
      ],
      "steps_changed": [
        "hi"
      ],
      "steps_renamed": [
        [
          "hello",
          "hi"
        ]
      ],
      "moves": [
        {
          "version": 1,
          "step": "hello",
          "action": "send",
          "goes": "stay"
        },
        {
          "version": 1,
          "step": "rest",
          "action": "wait",
          "goes": "stay"
        }
      ]
    }
    "#);
    let template = planned.changes.iter().find(|change| change.kind == PlannedKind::Template).unwrap();
    assert_eq!(template.change, Change::Unchanged);
}

#[test]
fn a_removed_workflow_keeps_its_versions_though_its_template_is_gone() {
    let (first, _) = next(1, &Portfolio::default(), files(STEPS));
    let (second, catalog) = next(2, &first, Vec::new());
    let published = &catalog.workflows[&WorkflowName::from("welcome")];
    assert_eq!((published.current, published.versions.len()), (None, 1));
    let again = planned(3, &second, files(STEPS));
    let change = again.changes.iter().find(|change| change.kind == PlannedKind::Workflow).unwrap();
    assert_eq!((change.change, change.from_version, change.to_version), (Change::Added, None, Some(1)));
}

#[test]
fn with_an_error_nothing_is_applied() {
    let planned = planned(1, &Portfolio::default(), vec![file("workflows/welcome.yaml", STEPS)]);
    assert_eq!((planned.next, planned.catalog), (None, None));
}

#[test]
fn s9_5_a_summary_begins_anew_when_a_rule_asks_more_of_it() {
    let segment = |rule: &str| vec![file("segments/busy.yaml", &format!("segment: busy\nwhere: {rule}\n"))];
    let since = |portfolio: &Portfolio| portfolio.summaries.values().copied().collect::<Vec<_>>();
    let (first, catalog) =
        next(1, &Portfolio::default(), segment("{ event: Visit, count: { gte: 3 }, within: 30d }"));
    assert_eq!(since(&first), [1]);
    let definition = catalog.summaries.values().next().unwrap();
    assert_eq!((definition.newest_enough, definition.since), (Some(3), 1));
    let (less, _) = next(2, &first, segment("{ event: Visit, count: { gte: 2 }, within: 7d }"));
    assert_eq!(since(&less), [1]);
    let (more, _) = next(3, &less, segment("{ event: Visit, count: { gte: 2 }, within: 8d }"));
    assert_eq!(since(&more), [3], "documents keep 7 days only");
    let (other, _) = next(4, &more, segment("{ event: Visit, where: { page: /x }, within: 8d }"));
    assert_eq!(since(&other), [4]);
}

#[test]
fn rules_that_count_the_same_events_share_a_summary_with_what_all_of_them_need() {
    let rule = "{ all: [ { event: Visit, where: { a: 1, b: x }, count: { gt: 4 }, within: 7d },
      { event: Visit, where: { b: { eq: x }, a: 1 }, within: 30d },
      { event: Visit, where: { a: 1, b: x }, last: { before: 90d } } ] }";
    let many = vec![file("segments/busy.yaml", &format!("segment: busy\nwhere: {rule}\n"))];
    let (_, catalog) = next(1, &Portfolio::default(), many);
    let definitions: Vec<_> = catalog.summaries.values().collect();
    assert_eq!(definitions.len(), 1);
    assert_eq!(definitions[0].newest_enough, Some(5));
    assert_eq!(definitions[0].window_max().unwrap().to_string(), "30d");
    let spill = "{ event: Visit, count: { gte: 300 }, within: 7d }";
    let many = vec![file("segments/busy.yaml", &format!("segment: busy\nwhere: {spill}\n"))];
    let (_, catalog) = next(1, &Portfolio::default(), many);
    assert_eq!(catalog.summaries.values().next().unwrap().newest_enough, None);
}

#[test]
fn s3_14_more_than_a_thousand_steps_without_rest_are_refused() {
    let steps = |n: usize| {
        let mut text = "workflow: long\ntrigger: { api: true }\nsteps:\n".to_owned();
        text.push_str(&"  - { emit: { event: X } }\n".repeat(n));
        vec![file("workflows/long.yaml", &text)]
    };
    assert_eq!(said(&planned(1, &Portfolio::default(), steps(1_000))), "");
    let refused = said(&planned(1, &Portfolio::default(), steps(1_001)));
    assert!(refused.starts_with("E0302 1001 steps from `steps/1` on"), "{refused}");
}

#[test]
fn more_files_than_the_bound_are_refused() {
    let many: Vec<SourceFile> =
        (0..=crate::source::FILES_MAX).map(|n| file(&format!("segments/{n:05}.yaml"), "")).collect();
    assert!(said(&planned(1, &Portfolio::default(), many)).contains("E0107"));
}

#[test]
fn a_version_that_can_no_longer_be_read_is_a_warning() {
    let (mut first, _) = next(1, &Portfolio::default(), files(STEPS));
    first.versions[0].source.text = "workflow: welcome\nsteps: [ { id: x, wait: soon } ]\n".into();
    first.files.clear();
    let compiled = compile(&WorkspaceId::from("shop"), 2, &first);
    assert!(compiled.catalog.is_some());
    insta::assert_snapshot!(compiled.diagnostics[0], @r#"
    workflows/welcome.yaml:1:1: warning W0201: version 1 of `welcome` can no longer be read: a workflow needs `trigger`
      why: its live runs cannot go on
      fix: go back to the version of wend that published it, or end its runs
    "#);
}

#[test]
fn of_more_findings_than_the_bound_errors_are_shown_first() {
    let notes = "  - { id: x, wait: { date: birthday } }\n";
    let n_findings = crate::source::diagnostic::FINDINGS_MAX + 1;
    let text = format!("workflow: many\ntrigger: {{ api: true }}\nsteps:\n{}", notes.repeat(n_findings));
    let planned = planned(1, &Portfolio::default(), vec![file("workflows/many.yaml", &text)]);
    assert_eq!(planned.diagnostics.len(), n_findings);
    assert!(planned.diagnostics[..n_findings - 1].iter().all(crate::source::Diagnostic::is_error));
    assert_eq!(planned.diagnostics[n_findings - 1].message, "there are more findings than these 1000");
    let again = crate::source::diagnostic::in_order(planned.diagnostics.clone());
    assert_eq!(again, planned.diagnostics, "sorted again, it still says that there are more");
}

#[test]
fn a_file_that_cannot_be_read_is_not_also_missed_where_it_is_named() {
    let broken = "template: hello\nchannel: email\nsubject: \"x\ntext: y\n";
    let workflow = "workflow: welcome
category: news
trigger: { event: Signed Up }
audience: { all: [{ segment: vip }, { segment: gone }] }
steps:
  - { id: hello, send: { email: hello } }
  - { id: again, send: { email: lost } }
  - { id: other, send: { pigeon: coo } }
";
    let files = vec![
        file("workflows/welcome.yaml", workflow),
        file("templates/a.yaml", broken),
        file("templates/b.yaml", "template: coo\ntext: y\n"),
        file("segments/vip.yaml", "segmnt: vip\nwhere: { trait: vip, eq: true }\n"),
        file("policies.yaml", "timezone: [\n"),
    ];
    let planned = planned(1, &Portfolio::default(), files);
    let named: Vec<&str> = planned
        .diagnostics
        .iter()
        .filter(|d| d.file.starts_with("work"))
        .map(|d| d.message.as_str())
        .collect();
    assert_eq!(named, ["there is no segment `gone`", "there is no template `lost`"]);
}

#[test]
fn a_catalogue_is_compiled_planned_and_told_what_is_wrong_with_its_rows() {
    let csv = "catalogue: products\nkey: sku\ncsv: |\n  sku,title,price\n  a,Apple,3\n  b,Bread,2.5\n";
    let with = |text: &str| [files(STEPS), vec![file("catalogues/products.yaml", text)]].concat();
    let (first, catalog) = next(1, &Portfolio::default(), with(csv));
    let (name, products) = catalog.catalogues.first_key_value().expect("a catalogue");
    assert_eq!((name.as_str(), products.items.len()), ("products", 2));
    assert_eq!(products.by_key["b"], serde_json::json!({ "sku": "b", "title": "Bread", "price": 2.5 }));

    let rows = "catalogue: products\nkey: sku\nrows:\n  - { sku: a, title: Apple, price: 3 }\n  - { sku: b, title: Bread, price: 2.5 }\n";
    let same = planned(2, &first, with(rows));
    let change = same.changes.iter().find(|change| change.kind == PlannedKind::Catalogue).unwrap();
    assert_eq!(
        (change.change, change.text_only),
        (Change::Changed, true),
        "the same rows, written otherwise"
    );

    let bad = planned(
        2,
        &first,
        with("catalogue: products\nkey: sku\ncsv: |\n  sku,title\n  a,Apple\n  a,Pear\n  ,Plum\n"),
    );
    assert!(bad.next.is_none());
    insta::assert_snapshot!(said(&bad), @r"
    E0411 row 2: `a` is the key of an earlier row
    E0411 row 3: it has no `sku`, which is the key
    ");
    let neither = planned(2, &first, with("catalogue: products\n"));
    assert!(neither.next.is_none(), "{}", said(&neither));
}
