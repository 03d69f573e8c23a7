//! The parts of templates with their places, so that a crate that knows Liquid can add its own findings.

use crate::source::SourceFile;
use crate::source::codes::Code;
use crate::source::diagnostic::Diagnostic;
use crate::source::grammar::{FileKind, objects, step};
use crate::source::yaml::{self, Kind, Node, Place, Scalar, Style};

/// One part of a template or one Liquid text of a step, and where its source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSource {
    /// The file's path.
    pub file: String,
    /// What its file describes.
    pub kind: FileKind,
    /// Whether it is of a webhook call, the one place where secrets can be read.
    pub is_call: bool,
    /// The name of the partial or layout that it is of.
    pub named: Option<String>,
    /// The template that it is of; none if it is of a step.
    pub template: Option<Head>,
    /// The part: `subject`, `html`, …
    pub part: String,
    /// The Liquid source.
    pub source: String,
    /// Where the source begins.
    begins: Place,
    /// How the source's lines lie in the file.
    lies: Lies,
}

/// What a template's file says besides its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The template's name.
    pub name: String,
    /// Its channel.
    pub channel: String,
    /// Whether its content stands in a layout.
    pub has_layout: bool,
    /// Made-up data by root.
    pub sample: Option<serde_json::Value>,
}

/// How the lines of a text lie in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lies {
    /// Line by line, each indented.
    Lines,
    /// On one line, after this many characters of quotation.
    OneLine(u32),
    /// Folded or escaped: only the beginning is known.
    Otherwise,
}

/// The kinds of files that have parts.
const HAVE_PARTS: [FileKind; 4] =
    [FileKind::Template, FileKind::Workflow, FileKind::Partial, FileKind::Layout];

/// The parts of partials and layouts.
const SHARED_PARTS: [&str; 4] = ["html", "markdown", "mjml", "text"];

/// All parts of all templates and all texts of steps that can be read, in the order of files and of their parts in them.
pub fn template_parts(files: &[SourceFile]) -> Vec<PartSource> {
    let mut parts = Vec::new();
    for file in files {
        let kind = FileKind::of_path(&file.path);
        let Some(kind) = kind.filter(|kind| HAVE_PARTS.contains(kind)) else { continue };
        let Some(node) = yaml::parse(file).0 else { continue };
        if matches!(kind, FileKind::Partial | FileKind::Layout) {
            let named = kind.key().and_then(|key| node.text_of(key)).map(str::to_owned);
            let entries = node.entries().iter().filter(|entry| SHARED_PARTS.contains(&entry.key.as_str()));
            let here = entries.filter_map(|entry| part_of(file, entry.key.clone(), &entry.value, false));
            parts.extend(here.map(|part| PartSource { kind, named: named.clone(), ..part }));
        } else if kind == FileKind::Template {
            let text = |key| node.text_of(key).unwrap_or_default().to_owned();
            let head = Head {
                name: text("template"),
                channel: text("channel"),
                has_layout: node.get("layout").is_some(),
                sample: node.get("sample").map(Node::to_json),
            };
            let mut here = parts_in(file, &node);
            for locale in node.get("locales").map(Node::entries).unwrap_or_default() {
                here.extend(parts_in(file, &locale.value));
            }
            parts.extend(here.into_iter().map(|part| PartSource {
                kind,
                template: Some(head.clone()),
                ..part
            }));
        } else if let Some(steps) = node.get("steps") {
            objects(steps, &step::STEPS, &mut |node, object| {
                if std::ptr::eq(object, &raw const step::STEP) {
                    let is_call = node.get("webhook").is_some();
                    let texts = super::steps::texts(node).into_iter();
                    parts.extend(texts.filter_map(|(part, node)| part_of(file, part, node, is_call)));
                }
            });
        }
    }
    parts
}

/// The parts of a template or of one of its locales.
fn parts_in(file: &SourceFile, node: &Node) -> Vec<PartSource> {
    let mut parts = Vec::new();
    for entry in node.entries().iter().filter(|entry| !super::templates::is_head(&entry.key)) {
        if entry.key == super::templates::BLOCKS {
            let source = entry.value.to_json().to_string();
            let document = PartSource {
                file: file.path.clone(),
                kind: FileKind::Template,
                is_call: false,
                named: None,
                template: None,
                part: entry.key.clone(),
                source,
                begins: entry.value.place,
                lies: Lies::Otherwise,
            };
            parts.push(document);
            texts_in(file, &entry.value, "block", &mut parts);
        } else {
            parts.extend(part_of(file, entry.key.clone(), &entry.value, false));
        }
    }
    parts
}

/// The texts of a document, each as a part that is named after its key.
fn texts_in(file: &SourceFile, node: &Node, key: &str, parts: &mut Vec<PartSource>) {
    if node.text().is_some() {
        parts.extend(part_of(file, format!("blocks, {key}"), node, false));
    }
    node.items().iter().for_each(|node| texts_in(file, node, key, parts));
    node.entries().iter().for_each(|entry| texts_in(file, &entry.value, &entry.key, parts));
}

/// The name that the file of a template gives; none if it isn't one, or can't be read.
pub fn template_name(file: &SourceFile) -> Option<String> {
    (FileKind::of_path(&file.path) == Some(FileKind::Template)).then_some(())?;
    yaml::parse(file).0?.text_of("template").map(str::to_owned)
}

fn part_of(file: &SourceFile, part: String, node: &Node, is_call: bool) -> Option<PartSource> {
    let source = node.text()?.to_owned();
    let lies = lies(file, node, &source);
    Some(PartSource {
        file: file.path.clone(),
        kind: FileKind::Workflow,
        is_call,
        named: None,
        template: None,
        part,
        source,
        begins: node.place,
        lies,
    })
}

fn lies(file: &SourceFile, node: &Node, source: &str) -> Lies {
    let place = node.place;
    let Kind::Scalar(Scalar::Text { style, .. }) = &node.kind else { return Lies::Otherwise };
    let line = |n: u32| file.text.lines().nth(n as usize - 1);
    let after = |quotes: u32| {
        let rest = line(place.line)
            .map(|line| line.chars().skip((place.column - 1 + quotes) as usize).collect::<String>());
        rest.is_some_and(|rest| rest.starts_with(source))
    };
    match style {
        Style::Plain if after(0) => Lies::OneLine(0),
        Style::Quoted if after(1) => Lies::OneLine(1),
        Style::Block => {
            let lines = (place.line..).zip(source.lines());
            let indent = place.column as usize - 1;
            let mut same = lines
                .map(|(n, text)| line(n).is_some_and(|line| line.get(indent..).unwrap_or_default() == text));
            if same.all(|same| same) { Lies::Lines } else { Lies::Otherwise }
        }
        Style::Plain | Style::Quoted => Lies::Otherwise,
    }
}

impl PartSource {
    /// The place in the file of a place in the source; both count from 1. Where a text is folded or escaped, it is where
    /// the text begins.
    pub fn place(&self, line: u32, column: u32) -> Place {
        let Place { line: first, column: indent } = self.begins;
        match self.lies {
            Lies::Lines => Place { line: first + line.max(1) - 1, column: indent + column.max(1) - 1 },
            Lies::OneLine(quotes) if line <= 1 => {
                Place { line: first, column: indent + quotes + column.max(1) - 1 }
            }
            Lies::OneLine(_) | Lies::Otherwise => self.begins,
        }
    }

    /// A finding at a place of the source.
    pub fn finding(&self, code: &Code, line: u32, column: u32, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, &self.file, self.place(line, column), message)
    }
}

#[cfg(test)]
mod tests;
