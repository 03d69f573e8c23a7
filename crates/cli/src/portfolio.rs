//! The files of a portfolio on disk.
//!
//! **Invariant:** nothing outside the folder is read or written: symbolic links aren't followed, and a path that comes
//! from a server is checked before it is used.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use wend_domain::source::SourceFile;

use crate::exit::{Exit, Failure};

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
    let mut files = Vec::with_capacity(paths.len());
    for relative in paths {
        files.push(read_one(folder, &relative)?);
    }
    if files.is_empty() {
        return Err(Failure::new(
            Exit::Invalid,
            "no_files",
            format!("{} has no YAML file", folder.display()),
        ));
    }
    Ok(files)
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

fn read_one(folder: &Path, relative: &Path) -> Result<SourceFile, Failure> {
    let path = folder.join(relative);
    let shown = path.display();
    let length = fs::metadata(&path).with_context(|| format!("cannot read {shown}"))?.len();
    if length > FILE_BYTES_MAX {
        let message =
            format!("{shown} has {length} bytes; a file of a portfolio has at most {FILE_BYTES_MAX}");
        return Err(Failure::new(Exit::Invalid, "too_large", message));
    }
    let bytes = fs::read(&path).with_context(|| format!("cannot read {shown}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(Exit::Invalid, "not_utf8", format!("{shown} isn't UTF-8 (byte {at})"))
            .hint("save it as UTF-8")
    })?;
    let parts: Vec<&str> = relative.iter().filter_map(|part| part.to_str()).collect();
    Ok(SourceFile { path: parts.join("/"), text })
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
