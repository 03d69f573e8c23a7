//! The stable layout of files: two spaces, one blank line at most, keys in the table's order, missing step ids written.
//!
//! Comments stay, and so does the author's choice between `{ … }` and lines. **Invariants**, held by a check after the
//! fact and not by hope: what a file means is unchanged but for added ids, and no comment is lost. A file whose layout
//! would break one of them is given back as it was.

mod comments;
mod flow;
mod ids;
mod layout;
mod print;
mod text;

use std::collections::BTreeMap;

use super::SourceFile;
use super::diagnostic::Diagnostic;
use super::grammar::{FileKind, Object, Shape, objects};
use super::yaml::{self, Entry, Kind, Node};
use comments::Comment;
use text::Text;

/// What the formatter knows of the objects of a file, by the character at which they begin.
#[derive(Debug, Default)]
struct Known {
    /// What they are.
    objects: BTreeMap<usize, &'static Object>,
    /// Ids that steps need.
    ids: BTreeMap<usize, String>,
}

/// Lays out a file; text that cannot be read is never touched, and what is wrong with it is the answer.
///
/// Files that are no part of a portfolio are given back as they are.
pub fn format(file: &SourceFile) -> Result<String, Vec<Diagnostic>> {
    let Some(kind) = FileKind::of_path(&file.path) else { return Ok(file.text.clone()) };
    let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text).replace("\r\n", "\n");
    let (node, diagnostics) = yaml::parse(&SourceFile { path: file.path.clone(), text: text.clone() });
    let Some(node) = node.filter(|_| diagnostics.is_empty()) else { return Err(diagnostics) };
    let known = known(&node, kind);
    let text = Text::new(&text);
    let comments = comments::of(&text, &node);
    let formatted = layout::root(&text, &known, &node, comments.clone()).map(|layout| print::root(&layout));
    Ok(match formatted {
        Some(formatted) if keeps(&node, &comments, &known, &formatted) => formatted,
        _ => file.text.clone(),
    })
}

fn known(node: &Node, kind: FileKind) -> Known {
    let mut known = Known::default();
    objects(node, &Shape::Object(kind.object()), &mut |node, object| {
        known.objects.insert(node.span.start, object);
    });
    if kind == FileKind::Workflow {
        known.ids = ids::missing(node);
    }
    known
}

/// Whether formatted text means the same but for the added ids, and has all comments.
fn keeps(node: &Node, comments: &[Comment], known: &Known, formatted: &str) -> bool {
    let (after, diagnostics) = yaml::parse(&SourceFile { path: String::new(), text: formatted.to_owned() });
    let Some(after) = after.filter(|_| diagnostics.is_empty()) else { return false };
    let sorted = |comments: &[Comment]| {
        let mut texts: Vec<String> = comments.iter().map(|comment| comment.text.clone()).collect();
        texts.sort();
        texts
    };
    let after_comments = comments::of(&Text::new(formatted), &after);
    sorted(comments) == sorted(&after_comments) && same(node, &after, known)
}

/// Whether two trees mean the same; the order of keys means nothing.
fn same(before: &Node, after: &Node, known: &Known) -> bool {
    match (&before.kind, &after.kind) {
        (Kind::Map { entries, .. }, Kind::Map { entries: others, .. }) => {
            let id = known.ids.get(&before.span.start);
            let n_added = usize::from(id.is_some());
            let others: BTreeMap<&str, &Node> =
                others.iter().map(|other| (other.key.as_str(), &other.value)).collect();
            let kept = |entry: &Entry| {
                others.get(entry.key.as_str()).is_some_and(|other| same(&entry.value, other, known))
            };
            entries.len() + n_added == others.len()
                && id.is_none_or(|id| after.text_of("id") == Some(id))
                && entries.iter().all(kept)
        }
        (Kind::List { items, .. }, Kind::List { items: others, .. }) => {
            items.len() == others.len()
                && items.iter().zip(others).all(|(item, other)| same(item, other, known))
        }
        (Kind::Scalar(scalar), Kind::Scalar(other)) => scalar == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
