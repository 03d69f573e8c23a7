//! Every link in the documents leads somewhere.

use std::path::{Component, Path, PathBuf};

use crate::repository::{assert_none, files, has_extension, line_of, root};

/// The targets of the links and pictures of a Markdown text, with their lines; code is left out.
fn links(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let prose = without_code(text);
    for (at, _) in prose.match_indices("](") {
        let rest = &prose[at + 2..];
        if let Some(end) = rest.find([')', '\n']) {
            let target = rest[..end].split_whitespace().next().unwrap_or("");
            found.push((target.trim_matches(['<', '>']).to_owned(), line_of(&prose, at)));
        }
    }
    found
}

/// The text with its fenced blocks and inline code blanked.
fn without_code(text: &str) -> String {
    let mut fenced = false;
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let is_fence = line.trim_start().starts_with("```");
        fenced ^= is_fence;
        if fenced || is_fence {
            out.push('\n');
            continue;
        }
        for (index, part) in line.split('`').enumerate() {
            out.push_str(if index % 2 == 0 { part } else { "" });
        }
        if !line.ends_with('\n') || out.ends_with('\n') {
            continue;
        }
        out.push('\n');
    }
    out
}

/// The anchors that a Markdown text's headings make.
fn anchors(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced || !line.starts_with('#') {
            continue;
        }
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        found.push(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
    }
    found
}

/// What is wrong with a link of a document; `read` says what another file holds, none if there is no such file.
fn broken(path: &str, text: &str, target: &str, read: &dyn Fn(&Path) -> Option<String>) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let whole = if file.is_empty() {
        Some(text.to_owned())
    } else {
        read(&normal(&Path::new(path).parent().unwrap_or(Path::new("")).join(file)))
    };
    let Some(whole) = whole else {
        return Some("there is no such file".to_owned());
    };
    let anchor = anchor.filter(|_| file.is_empty() || has_extension(file, &["md"]))?;
    let is_there = anchors(&whole).iter().any(|known| known == anchor);
    (!is_there).then(|| "that file has no such heading".to_owned())
}

fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

fn read(path: &Path) -> Option<String> {
    let path = root().join(path);
    if path.is_dir() {
        Some(String::new())
    } else {
        std::fs::read(path).ok().map(|b| String::from_utf8_lossy(&b).into_owned())
    }
}

#[test]
fn every_link_in_the_documents_leads_somewhere() {
    let mut findings = Vec::new();
    for file in files().into_iter().filter(|file| has_extension(&file.path, &["md"])) {
        for (target, line) in links(&file.text) {
            if let Some(why) = broken(&file.path, &file.text, &target, &read) {
                findings.push(format!("{}:{line}: link to `{target}`: {why}", file.path));
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn the_rule_of_links_catches_what_leads_nowhere() {
    let read =
        |path: &Path| (path == Path::new("docs/b.md")).then(|| "# A heading: with `code`\n".to_owned());
    let wrong = |target: &str| broken("docs/a.md", "# Here\n", target, &read).is_some();
    assert!(wrong("c.md"));
    assert!(wrong("b.md#elsewhere"));
    assert!(wrong("#there"));
    assert!(!wrong("b.md"));
    assert!(!wrong("../docs/b.md#a-heading-with-code"));
    assert!(!wrong("#here"));
    assert!(!wrong("https://example.com/c.md"));
    let text = "see [b](b.md) and `[c](c.md)`\n```\n[d](d.md)\n```\n![e](e.png \"title\")\n";
    assert_eq!(links(text), [("b.md".to_owned(), 1), ("e.png".to_owned(), 5)]);
}
