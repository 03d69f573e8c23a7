//! From the one text of a portfolio to the catalogs of its revisions.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::catalog::Catalog;
use crate::compile::{Portfolio, PublishedVersion, compile};
use crate::id::{WorkflowName, WorkspaceId};
use crate::source::{Severity, SourceFile};

/// Compiles a portfolio of one or more revisions.
pub fn catalogs(text: &str) -> Vec<Catalog> {
    try_catalogs(text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The same; what is wrong with the portfolio, if anything is.
pub fn try_catalogs(text: &str) -> Result<Vec<Catalog>, String> {
    let mut portfolio = Portfolio::default();
    let mut catalogs = Vec::new();
    for (n, revision) in text.split("=== next").enumerate() {
        let number = n as u64 + 1;
        portfolio.files = files(revision);
        let workspace = WorkspaceId::from("test");
        for file in &portfolio.files {
            let Some(name) = file.path.strip_prefix("workflows/").and_then(|name| name.strip_suffix(".yaml"))
            else {
                continue;
            };
            let known = portfolio.versions.iter().rev().find(|version| version.workflow.as_str() == name);
            if known.is_none_or(|known| known.source != *file) {
                let version = known.map_or(1, |known| known.version + 1);
                let workflow = WorkflowName::from(name);
                portfolio.versions.push(PublishedVersion { workflow, version, source: file.clone() });
            }
        }
        let compiled = compile(&workspace, number, &portfolio);
        let errors: Vec<String> = compiled
            .diagnostics
            .iter()
            .filter(|found| found.severity == Severity::Error)
            .map(ToString::to_string)
            .collect();
        let Some(catalog) = compiled.catalog else {
            return Err(format!("{}\n{revision}", errors.join("\n")));
        };
        for (id, definition) in &catalog.summaries {
            portfolio.summaries.entry(id.clone()).or_insert(definition.since);
        }
        catalogs.push(catalog);
    }
    Ok(catalogs)
}

fn files(text: &str) -> Vec<SourceFile> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for part in text.split("---\n") {
        let part = unindented(part);
        let Some(first) = part.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')) else {
            continue;
        };
        let (key, name) = first.split_once(':').unwrap_or((first, ""));
        let path = match key {
            "workflow" | "segment" | "template" | "hook" => format!("{key}s/{}.yaml", name.trim()),
            "traits" | "computed" | "accounts" => "traits.yaml".to_owned(),
            _ => "policies.yaml".to_owned(),
        };
        files.insert(path, part);
    }
    for (channel, name) in sent(text) {
        let parts = match channel {
            "email" => "subject: Hi\ntext: Hello\n",
            "push" => "title: Hi\nbody: Hello\n",
            _ => "body: Hello\n",
        };
        files.entry(format!("templates/{name}.yaml")).or_insert_with(|| {
            format!("template: {name}\nchannel: {channel}\n{}", parts.replace("Hello", name))
        });
    }
    files.into_iter().map(|(path, text)| SourceFile { path, text }).collect()
}

/// The templates that a text sends, with their channels.
fn sent(text: &str) -> Vec<(&str, &str)> {
    let sends = text.split("send: {").skip(1);
    sends
        .filter_map(|send| {
            let (channel, rest) = send.split_once(':')?;
            Some((channel.trim(), rest[..rest.find([',', '}'])?].trim()))
        })
        .collect()
}

/// The text without the indentation that its first line has.
fn unindented(text: &str) -> String {
    let lines = text.trim_start_matches('\n').trim_end();
    let indent = lines.len() - lines.trim_start().len();
    let mut out = String::new();
    for line in lines.lines() {
        let _ = writeln!(out, "{}", line.get(indent..).unwrap_or_default());
    }
    out
}
