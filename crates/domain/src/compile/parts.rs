//! The parts of templates with their places, so that a crate that knows Liquid can add its own findings.

use crate::source::SourceFile;
use crate::source::codes::Code;
use crate::source::diagnostic::Diagnostic;
use crate::source::grammar::FileKind;
use crate::source::yaml::{self, Entry, Kind, Place, Scalar, Style};

/// One part of a template, and where its source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSource {
    /// The file's path.
    pub file: String,
    /// The template's name.
    pub template: String,
    /// The channel that it is for.
    pub channel: String,
    /// The part: `subject`, `html`, …
    pub part: String,
    /// The Liquid source.
    pub source: String,
    /// Where the source begins.
    begins: Place,
    /// How the source's lines lie in the file.
    lies: Lies,
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

/// All parts of all templates that can be read, in the order of files and of their parts in them.
pub fn template_parts(files: &[SourceFile]) -> Vec<PartSource> {
    let mut parts = Vec::new();
    for file in files.iter().filter(|file| FileKind::of_path(&file.path) == Some(FileKind::Template)) {
        let Some(node) = yaml::parse(file).0 else { continue };
        let text_of = |key: &str| node.text_of(key).unwrap_or_default().to_owned();
        for entry in node.entries().iter().filter(|entry| !super::templates::is_head(&entry.key)) {
            if let Some(source) = entry.value.text() {
                parts.push(PartSource {
                    file: file.path.clone(),
                    template: text_of("template"),
                    channel: text_of("channel"),
                    part: entry.key.clone(),
                    source: source.to_owned(),
                    begins: entry.value.place,
                    lies: lies(file, entry, source),
                });
            }
        }
    }
    parts
}

fn lies(file: &SourceFile, entry: &Entry, source: &str) -> Lies {
    let place = entry.value.place;
    let Kind::Scalar(Scalar::Text { style, .. }) = &entry.value.kind else { return Lies::Otherwise };
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
