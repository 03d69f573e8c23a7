//! Random templates rendered here and by python-liquid, another implementation, must come out the same.

#[path = "oracle/generate.rs"]
mod generate;
#[path = "golden/rendering.rs"]
mod rendering;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

/// How many templates are compared, unless `WEND_LIQUID_CASES` says another number.
const CASES: u64 = 3_000;

/// What the templates are drawn from, unless `WEND_SEED` says another one.
const SEED: u64 = 20_260_314;

/// In which ways the two differ: name, place, texts and reason.
const KNOWN: &str = include_str!("oracle/known_differences.txt");

/// How many differences are told.
const SHOWN_MAX: usize = 25;

/// Most of the templates must be compared, or the list of differences says too much.
const COMPARED_PERCENT_MIN: usize = 80;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

/// What python-liquid makes of all templates.
fn foreign(cases: &[Value]) -> Vec<Value> {
    let python = std::env::var_os("WEND_TEST_PYTHON").expect(
        "WEND_TEST_PYTHON isn't set: run `cargo xtask test`, which makes its Python in target/python",
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/render.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("WEND_TEST_PYTHON is no interpreter: run `cargo xtask test`");
    let mut stdin = child.stdin.take().expect("it was piped");
    let wanted = serde_json::to_vec(cases).expect("values are JSON");
    // It reads everything before it writes anything.
    stdin.write_all(&wanted).expect("python-liquid reads its cases");
    drop(stdin);
    let output = child.wait_with_output().expect("python-liquid ends");
    assert!(output.status.success(), "python-liquid: are the packages of tests/requirements.txt there?");
    serde_json::from_slice(&output.stdout).expect("python-liquid writes JSON")
}

#[test]
fn random_templates_come_out_as_from_another_implementation() {
    let data = generate::data();
    let partials: Map<String, Value> =
        generate::PARTIALS.iter().map(|(name, source)| ((*name).to_owned(), json!(source))).collect();
    let seed = number("WEND_SEED", SEED);
    let cases: Vec<Value> = (0..number("WEND_LIQUID_CASES", CASES))
        .map(|index| {
            let template = generate::template(&mut generate::Draw::new(seed.wrapping_add(index)));
            json!({ "template": template, "templates": partials, "data": data })
        })
        .collect();
    let known = known_differences();
    let mut n_explained: BTreeMap<&str, usize> = known.iter().map(|known| (known.name, 0)).collect();
    let mut different = Vec::new();
    for (case, theirs) in cases.iter().zip(foreign(&cases)) {
        let template = case["template"].as_str().unwrap();
        let ours = rendering::rendered(template, Some(&partials), &data);
        let is_same = match (&ours, theirs["text"].as_str()) {
            (Ok(ours), Some(theirs)) => ours == theirs,
            (Err(_), None) => true,
            (Ok(_), None) | (Err(_), Some(_)) => false,
        };
        if !is_same {
            let ours = ours.unwrap_or_else(|error| format!("error: {error}"));
            let there = theirs["text"].as_str().or(theirs["error"].as_str()).unwrap_or_default();
            if let Some(known) = known.iter().find(|known| known.explains(template, &ours, there)) {
                *n_explained.entry(known.name).or_default() += 1;
                continue;
            }
            different.push(format!("{template}\n  here:  {ours:?}\n  there: {theirs}"));
        }
    }
    let shown = different[..different.len().min(SHOWN_MAX)].join("\n\n");
    assert!(different.is_empty(), "{} of {} differ, such as\n{shown}", different.len(), cases.len());
    let n_compared = cases.len() - n_explained.values().sum::<usize>();
    assert!(
        n_compared * 100 >= cases.len() * COMPARED_PERCENT_MIN,
        "too much is explained away: {n_explained:?}"
    );
}

/// A way in which the two differ, and why that is right.
struct Known {
    name: &'static str,
    /// `template`, `here` or `there`.
    place: &'static str,
    /// What stands in there.
    texts: Vec<String>,
}

impl Known {
    fn explains(&self, template: &str, here: &str, there: &str) -> bool {
        let text = match self.place {
            "template" => template,
            "here" => here,
            "there" => there,
            other => panic!("{}: there is no place `{other}`", self.name),
        };
        self.texts.iter().any(|wanted| text.contains(wanted.as_str()))
    }
}

fn known_differences() -> Vec<Known> {
    let lines = KNOWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &'static str| {
        let mut parts = line.split(" :: ");
        let mut part = || parts.next().unwrap_or_else(|| panic!("a part is missing: {line}"));
        let (name, place) = (part(), part());
        let texts = part().split(" || ").map(|text| text.replace("\\n", "\n")).collect();
        assert!(parts.next().is_some_and(|reason| !reason.is_empty()), "why? {line}");
        Known { name, place, texts }
    };
    lines.map(read).collect()
}
