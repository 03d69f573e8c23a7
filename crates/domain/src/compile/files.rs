//! Files to trees: what each file describes, and whether it stands in the right folder.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::check::check;
use crate::source::codes;
use crate::source::diagnostic::Diagnostic;
use crate::source::grammar::FileKind;
use crate::source::yaml::{self, Node, Place};
use crate::source::{FILES_MAX, SourceFile};

/// A file that could be read as YAML.
#[derive(Debug)]
pub(super) struct Read {
    /// Its path.
    pub path: String,
    /// What it describes.
    pub kind: FileKind,
    /// What it says.
    pub node: Node,
}

impl Read {
    /// The name of what it describes; empty for policies and where the name is missing.
    pub fn name(&self) -> &str {
        self.kind.key().and_then(|key| self.node.text_of(key)).unwrap_or_default()
    }

    /// Where the name stands.
    pub fn name_place(&self) -> Place {
        self.kind.key().and_then(|key| self.node.get(key)).map_or(self.node.place, |node| node.place)
    }
}

/// What files would have defined if they could be read, so that nobody is told that it isn't there.
pub(super) type Unread = BTreeSet<(FileKind, String)>;

/// Reads all files; those that aren't YAML, or describe something else than their folder says, are left out.
pub(super) fn read(files: &[SourceFile], diagnostics: &mut Vec<Diagnostic>) -> (Vec<Read>, Unread) {
    let mut unread = Unread::new();
    if files.len() > FILES_MAX {
        let message = format!("the folder has {} files, more than {FILES_MAX}", files.len());
        diagnostics.push(Diagnostic::new(&codes::TOO_LARGE, &files[FILES_MAX].path, Place::START, message));
        return (Vec::new(), unread);
    }
    let mut read: Vec<Read> =
        files.iter().filter_map(|file| read_one(file, diagnostics, &mut unread)).collect();
    read.sort_by(|a, b| a.path.cmp(&b.path));
    duplicates(&read, diagnostics);
    for file in read.iter().filter(|file| file.kind.key().is_some() && file.name().is_empty()) {
        unread.insert((file.kind, stem(&file.path).to_owned()));
    }
    (read, unread)
}

/// The name of a file without its folder and ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yaml").unwrap_or(name)
}

/// What a text that isn't YAML seems to define: what its file is called, and what its naming key says.
fn guess(file: &SourceFile, kind: FileKind, unread: &mut Unread) {
    unread.insert((kind, stem(&file.path).to_owned()));
    let Some(key) = kind.key() else { return };
    let named = |line: &str| {
        let value = line.strip_prefix(key)?.trim_start().strip_prefix(':')?;
        let value = value.split_once('#').map_or(value, |(value, _)| value);
        Some(value.trim().trim_matches(['"', '\'']).to_owned())
    };
    unread.extend(file.text.lines().find_map(named).map(|name| (kind, name)));
}

/// Reads a file and checks its shape.
fn read_one(file: &SourceFile, diagnostics: &mut Vec<Diagnostic>, unread: &mut Unread) -> Option<Read> {
    let Some(kind) = FileKind::of_path(&file.path) else {
        diagnostics.push(ignored(&file.path));
        return None;
    };
    let (node, mut findings) = yaml::parse(file);
    diagnostics.append(&mut findings);
    let Some(node) = node else {
        guess(file, kind, unread);
        return None;
    };
    if let Some(other) = described(&node).filter(|other| *other != kind) {
        let message =
            format!("this file describes a {}, but stands where {} belong", other.word(), plural(kind));
        let place = other.key().and_then(|key| node.entry(key)).map_or(node.place, |entry| entry.place);
        let name = other.key().and_then(|key| node.text_of(key)).unwrap_or_default();
        unread.insert((other, name.to_owned()));
        let fix = format!("move it to `{}`", other.pattern());
        diagnostics.push(Diagnostic::new(&codes::WRONG_PLACE, &file.path, place, message).fix(fix));
        return None;
    }
    diagnostics.extend(check(&file.path, &node, kind));
    Some(Read { path: file.path.clone(), kind, node })
}

/// What a file describes by its naming key; none if there is no such key.
fn described(node: &Node) -> Option<FileKind> {
    let first = node.entries().first()?;
    FileKind::ALL.into_iter().find(|kind| kind.key() == Some(first.key.as_str()))
}

fn plural(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Workflow => "workflows",
        FileKind::Segment => "segments",
        FileKind::Template => "templates",
        FileKind::Hook => "hooks",
        FileKind::Catalogue => "catalogues",
        FileKind::Partial => "partials",
        FileKind::Layout => "layouts",
        FileKind::Test => "tests",
        FileKind::Policies => "policies",
        FileKind::Traits => "traits",
    }
}

fn ignored(path: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(&codes::IGNORED_FILE, path, Place::START, "this file is ignored");
    let folder = path.split('/').next().unwrap_or_default();
    let known = ["workflows", "segments", "templates", "partials", "layouts", "hooks", "catalogues", "tests"];
    if known.contains(&folder) {
        let fix =
            if folder == "tests" { "name it `tests/NAME.test.yaml`" } else { "end its name in `.yaml`" };
        diagnostic.fix(fix)
    } else if let "policies.yml" | "traits.yml" = path {
        diagnostic.fix(format!("name it `{}.yaml`", path.trim_end_matches(".yml")))
    } else {
        diagnostic
    }
}

fn duplicates(read: &[Read], diagnostics: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<(FileKind, &str), &Read> = BTreeMap::new();
    for file in read.iter().filter(|file| !file.name().is_empty() && file.kind != FileKind::Test) {
        if let Some(other) = first.get(&(file.kind, file.name())) {
            let message =
                format!("{} already describes a {} `{}`", other.path, file.kind.word(), file.name());
            let diagnostic = Diagnostic::new(&codes::DUPLICATE_NAME, &file.path, file.name_place(), message);
            diagnostics.push(diagnostic.fix("give one of the two another name"));
        } else {
            first.insert((file.kind, file.name()), file);
        }
    }
}
