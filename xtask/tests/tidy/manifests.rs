//! The direction of the crates, and what each manifest says.

use std::collections::BTreeMap;

use crate::repository::{assert_none, files, root, rust_files};

/// Which crate may use which. The direction is the architecture: a new edge is talked over first (ARCHITECTURE.md).
const EDGES: [(&str, &[&str]); 12] = [
    ("wend-domain", &[]),
    ("wend-liquid", &[]),
    ("wend-render", &["wend-domain", "wend-liquid"]),
    ("wend-lab", &["wend-domain", "wend-render"]),
    ("wend-store", &["wend-domain"]),
    ("wend-channels", &["wend-domain"]),
    ("wend-engine", &["wend-domain", "wend-render", "wend-store"]),
    ("wend-sim", &["wend-domain", "wend-store", "wend-engine"]),
    ("wend-server", &["wend-domain", "wend-lab", "wend-store", "wend-engine"]),
    (
        "wend-cli",
        &[
            "wend-domain",
            "wend-render",
            "wend-lab",
            "wend-store",
            "wend-engine",
            "wend-server",
            "wend-channels",
        ],
    ),
    (
        "wend-bench",
        &["wend-domain", "wend-liquid", "wend-store", "wend-channels", "wend-engine", "wend-server"],
    ),
    ("xtask", &[]),
];
/// The crates that only compute.
const PURE: [&str; 4] = ["wend-domain", "wend-liquid", "wend-render", "wend-lab"];
/// What would let one of them do more than compute.
const IMPURE: [&str; 12] = [
    "tokio",
    "reqwest",
    "axum",
    "rusqlite",
    "tokio-postgres",
    "rand",
    "chrono",
    "uuid",
    "tracing",
    "tempfile",
    "anyhow",
    "ureq",
];
/// What each crate takes over from the workspace.
const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];

fn manifests() -> Vec<(String, toml::Table)> {
    let manifests = files().into_iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    let manifests: Vec<_> = manifests
        .map(|file| {
            (file.path.clone(), file.text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.path)))
        })
        .collect();
    assert!(manifests.len() >= EDGES.len(), "only {} manifests were found", manifests.len());
    manifests
}

fn name(manifest: &toml::Table) -> &str {
    manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(toml::Value::as_str)
        .unwrap_or("")
}

fn dependencies<'a>(manifest: &'a toml::Table, section: &str) -> Vec<&'a str> {
    let table = manifest.get(section).and_then(toml::Value::as_table);
    table.map(|table| table.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn forbidden_edges(path: &str, manifest: &toml::Table) -> Vec<String> {
    let edges: BTreeMap<&str, &[&str]> = EDGES.into_iter().collect();
    let name = name(manifest);
    let Some(allowed) = edges.get(name) else {
        return vec![format!(
            "{path}: `{name}` isn't in the table of allowed edges (xtask/tests/tidy/manifests.rs)"
        )];
    };
    let mut used = dependencies(manifest, "dependencies");
    used.extend(dependencies(manifest, "dev-dependencies"));
    used.into_iter()
        .filter(|used| used.starts_with("wend-") && *used != name && !allowed.contains(used))
        .map(|used| format!("{path}: {name} -> {used} is not an allowed edge"))
        .collect()
}

fn impurities(path: &str, manifest: &toml::Table) -> Vec<String> {
    let name = name(manifest);
    if !PURE.contains(&name) {
        return Vec::new();
    }
    dependencies(manifest, "dependencies")
        .into_iter()
        .filter(|used| IMPURE.contains(used))
        .map(|used| format!("{path}: {name} only computes, so it can't use `{used}`"))
        .collect()
}

fn missing_headers(path: &str, manifest: &toml::Table) -> Vec<String> {
    let mut found = Vec::new();
    let inherits = |value: Option<&toml::Value>| {
        value.and_then(|value| value.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
    };
    let package = manifest.get("package");
    for key in INHERITED {
        if !inherits(package.and_then(|package| package.get(key))) {
            found.push(format!("{path}: [package] needs `{key}.workspace = true`"));
        }
    }
    if package.and_then(|package| package.get("description")).is_none() {
        found.push(format!("{path}: [package] needs a `description`"));
    }
    if !inherits(manifest.get("lints")) {
        found.push(format!("{path}: [lints] needs `workspace = true`"));
    }
    found
}

fn features(path: &str, manifest: &toml::Table) -> Vec<String> {
    let has_features = manifest.contains_key("features");
    has_features
        .then(|| format!("{path}: one binary has it all; there are no features"))
        .into_iter()
        .collect()
}

/// The dependencies that no code of the crate names.
fn unused(path: &str, manifest: &toml::Table, code: &str) -> Vec<String> {
    let mut declared = dependencies(manifest, "dependencies");
    declared.extend(dependencies(manifest, "dev-dependencies"));
    let is_named = |name: &str| {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        code.split(|c: char| !word(c)).any(|found| found == name)
    };
    declared
        .into_iter()
        .filter(|dependency| !is_named(&dependency.replace('-', "_")))
        .map(|dependency| format!("{path}: nothing uses `{dependency}`"))
        .collect()
}

fn each(rule: fn(&str, &toml::Table) -> Vec<String>) -> Vec<String> {
    manifests().iter().flat_map(|(path, manifest)| rule(path, manifest)).collect()
}

#[test]
fn crates_depend_on_each_other_in_one_direction() {
    assert_none(&each(forbidden_edges));
}

#[test]
fn crates_that_only_compute_have_nothing_to_do_more_with() {
    assert_none(&each(impurities));
}

#[test]
fn every_manifest_takes_version_licence_and_lints_from_the_workspace() {
    assert_none(&each(missing_headers));
}

#[test]
fn no_crate_has_features_of_its_own() {
    assert_none(&each(features));
}

#[test]
fn every_dependency_is_used() {
    let code = rust_files();
    let mut found = Vec::new();
    let mut inherited = Vec::new();
    for (path, manifest) in manifests() {
        let folder = path.trim_end_matches("Cargo.toml");
        let own = code.iter().filter(|file| file.path.starts_with(folder)).map(|file| file.text.as_str());
        found.extend(unused(&path, &manifest, &own.collect::<Vec<_>>().join("\n")));
        for section in ["dependencies", "dev-dependencies"] {
            inherited.extend(dependencies(&manifest, section).into_iter().map(str::to_owned));
        }
    }
    let root = std::fs::read_to_string(root().join("Cargo.toml")).expect("the workspace has a manifest");
    let root: toml::Table = root.parse().expect("the workspace's manifest is TOML");
    let shared = root["workspace"].as_table().expect("it is the workspace's");
    let shared = dependencies(shared, "dependencies").into_iter();
    let left = shared.filter(|shared| !inherited.iter().any(|inherited| inherited == shared));
    found.extend(left.map(|left| format!("Cargo.toml: no crate inherits `{left}`")));
    assert_none(&found);
}

#[test]
fn the_rules_of_manifests_catch_what_they_forbid() {
    let bad: toml::Table = "[package]\nname = \"wend-domain\"\n[features]\n[dependencies]\ntokio = \"1\"\n[dev-dependencies]\nwend-store.workspace = true"
        .parse()
        .expect("this is TOML");
    assert_eq!(forbidden_edges("a", &bad).len(), 1);
    assert_eq!(impurities("a", &bad).len(), 1);
    assert_eq!(missing_headers("a", &bad).len(), INHERITED.len() + 2);
    assert_eq!(features("a", &bad).len(), 1);
    assert_eq!(unused("a", &bad, "use tokio::net; use wend_storeroom;"), ["a: nothing uses `wend-store`"]);
    let unknown: toml::Table = "[package]\nname = \"wend-new\"".parse().expect("this is TOML");
    assert_eq!(forbidden_edges("a", &unknown).len(), 1);
}
