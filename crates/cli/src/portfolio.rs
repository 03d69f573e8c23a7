//! The files of a portfolio on disk.
//!
//! **Invariant:** nothing outside the folder is read or written: symbolic links aren't followed, and a path that comes
//! from a server is checked before it is used.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use wend_domain::compile::{Portfolio, plan};
use wend_domain::id::WorkspaceId;
use wend_domain::source::diagnostic::in_order;
use wend_domain::source::yaml::Place;
use wend_domain::source::{Diagnostic, SourceFile, codes};

use crate::exit::{Exit, Failure};
use crate::output::counted;

/// The most files that a folder may have.
const FILES_MAX: usize = 10_000;
/// The largest file, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// How deep folders may be nested.
const DEPTH_MAX: usize = 8;

/// Reads every YAML file of a folder, in the order of their paths.
pub fn read(folder: &Path) -> Result<Vec<SourceFile>, Failure> {
    if !folder.is_dir() {
        return Err(Failure::new(
            Exit::NotFound,
            "no_folder",
            format!("there is no folder {}", folder.display()),
        )
        .hint("name the folder that holds workflows/, segments/, templates/ and policies.yaml"));
    }
    let mut paths = Vec::new();
    collect(folder, folder, 0, &mut paths)?;
    paths.sort();
    let (mut files, mut refused) = (Vec::with_capacity(paths.len()), Vec::new());
    for relative in paths {
        let (file, found) = read_one(folder, &relative)?;
        files.push(file);
        refused.extend(found);
    }
    if files.is_empty() {
        return Err(Failure::new(
            Exit::Invalid,
            "no_files",
            format!("{} has no YAML file", folder.display()),
        ));
    }
    if refused.is_empty() {
        return Ok(files);
    }
    let beside = |found: &Diagnostic| refused.iter().all(|refused| refused.file != found.file);
    let mut found: Vec<Diagnostic> = diagnostics(files).into_iter().filter(beside).collect();
    found.extend(refused);
    let n_errors = found.iter().filter(|found| found.is_error()).count();
    let message = format!("{} in {}", counted(n_errors as u64, "error"), folder.display());
    Err(Failure::new(Exit::Invalid, "invalid", message).diagnostics(in_order(found)))
}

/// Everything that is wrong with files and with the templates in them.
pub fn diagnostics(files: Vec<SourceFile>) -> Vec<Diagnostic> {
    let templates = wend_render::diagnostics(&files);
    let mut planned = plan(&WorkspaceId::from("default"), 1, &Portfolio::default(), files);
    planned.diagnostics.extend(templates);
    in_order(planned.diagnostics)
}

fn collect(root: &Path, folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if depth > DEPTH_MAX {
        let shown = folder.display();
        return Err(Failure::new(
            Exit::Invalid,
            "too_deep",
            format!("{shown} is nested deeper than {DEPTH_MAX} folders"),
        ));
    }
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read the folder {}", folder.display()))?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let (path, kind) = (entry.path(), entry.file_type().context("cannot tell a file from a folder")?);
        if kind.is_dir() {
            collect(root, &path, depth + 1, paths)?;
        } else if kind.is_file()
            && path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            paths.push(path.strip_prefix(root).unwrap_or(&path).to_owned());
        }
        if paths.len() > FILES_MAX {
            let shown = root.display();
            return Err(Failure::new(
                Exit::Invalid,
                "too_many_files",
                format!("{shown} has more than {FILES_MAX} files"),
            ));
        }
    }
    Ok(())
}

/// One file; if it can't be one of a portfolio, what there is of it and why.
fn read_one(folder: &Path, relative: &Path) -> Result<(SourceFile, Option<Diagnostic>), Failure> {
    let path = folder.join(relative);
    let shown = path.display();
    let length = fs::metadata(&path).with_context(|| format!("cannot read {shown}"))?.len();
    let parts: Vec<&str> = relative.iter().filter_map(|part| part.to_str()).collect();
    let name = parts.join("/");
    if length > FILE_BYTES_MAX {
        let message = format!("the file has {length} bytes; at most {FILE_BYTES_MAX} are allowed");
        let found = Diagnostic::new(&codes::TOO_LARGE, &name, Place::START, message);
        return Ok((
            SourceFile { path: name, text: String::new() },
            Some(found.fix("make several files of it")),
        ));
    }
    let bytes = fs::read(&path).with_context(|| format!("cannot read {shown}"))?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => (SourceFile { path: name, text }, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let line = 1 + error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
            let place = Place { line: u32::try_from(line).unwrap_or(u32::MAX), column: 1 };
            let message = format!("this is not UTF-8 from byte {at} on");
            let found = Diagnostic::new(&codes::NOT_YAML, &name, place, message).fix("save it as UTF-8");
            (SourceFile { path: name, text }, Some(found))
        }
    })
}

/// What writing a portfolio into a folder changed.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// The files that are new or different now.
    pub changed: Vec<String>,
    /// The files that were removed.
    pub removed: Vec<String>,
    /// How many were the same already.
    pub unchanged: usize,
}

/// Makes a folder hold these files; a file that isn't among them goes only if `prune` says so.
pub fn write(folder: &Path, files: &[SourceFile], prune: bool) -> Result<Written, Failure> {
    let mut report = Written::default();
    for file in files {
        let path = folder.join(safe(&file.path)?);
        if fs::read(&path).is_ok_and(|bytes| bytes == file.text.as_bytes()) {
            report.unchanged += 1;
            continue;
        }
        write_whole(&path, file.text.as_bytes())?;
        report.changed.push(file.path.clone());
    }
    if prune && folder.is_dir() {
        let kept: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let mut paths = Vec::new();
        collect(folder, folder, 0, &mut paths)?;
        for relative in paths {
            let shown = relative.iter().filter_map(|part| part.to_str()).collect::<Vec<_>>().join("/");
            if !kept.contains(shown.as_str()) {
                let path = folder.join(&relative);
                fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
                report.removed.push(shown);
            }
        }
    }
    Ok(report)
}

/// Writes a file beside its place and moves it there, so that nobody ever reads half of it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = folder.join(name);
    fs::write(&beside, bytes).with_context(|| format!("cannot write {}", beside.display()))?;
    fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// A path of a portfolio that stays inside its folder.
fn safe(path: &str) -> Result<&Path, Failure> {
    let relative = Path::new(path);
    let inside = relative.components().all(|component| matches!(component, Component::Normal(_)));
    if path.is_empty() || !inside {
        return Err(Failure::new(
            Exit::Invalid,
            "unsafe_path",
            format!("the server names a file `{path}`, which isn't inside a folder"),
        ));
    }
    Ok(relative)
}

#[cfg(test)]
mod tests;
