//! What the files of a portfolio say that the texts of templates can be held against.

use std::collections::{BTreeMap, BTreeSet};

use super::traits;
use crate::id::TRANSACTIONAL;
use crate::source::SourceFile;
use crate::source::grammar::{FileKind, objects, step};
use crate::source::yaml::{self, Node};

/// What is known of traits and of the uses of templates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The traits that `traits.yaml` declares or computes, each with whether every contact has it; none if nothing is
    /// declared.
    pub traits: Option<BTreeMap<String, bool>>,
    /// The templates that workflows send in categories that contacts can opt out of, each with the first such workflow.
    pub marketing: BTreeMap<String, String>,
    /// The workflows that name each template.
    pub used: BTreeMap<String, BTreeSet<String>>,
}

/// Reads what is known, as far as the files can be read.
pub fn known(files: &[SourceFile]) -> Known {
    let mut known = Known::default();
    let mut transactional = BTreeSet::from([TRANSACTIONAL.to_owned()]);
    let mut workflows = Vec::new();
    for file in files {
        let kind = FileKind::of_path(&file.path);
        if !matches!(kind, Some(FileKind::Traits | FileKind::Policies | FileKind::Workflow)) {
            continue;
        }
        let Some(node) = yaml::parse(file).0 else { continue };
        match kind {
            Some(FileKind::Traits) => known.traits = declared(&node),
            Some(FileKind::Policies) => {
                for entry in node.get("categories").map(Node::entries).unwrap_or_default() {
                    if entry.value.get("transactional").is_some() {
                        transactional.insert(entry.key.clone());
                    }
                }
            }
            _ => workflows.push(node),
        }
    }
    for node in &workflows {
        sends(node, &transactional, &mut known);
    }
    known
}

fn declared(node: &Node) -> Option<BTreeMap<String, bool>> {
    let rules = traits::declared(node).into_iter().map(|(name, rule)| (name, rule.required));
    // What is counted or summed up is there for everybody; the most frequent of nothing is nothing.
    let computed = traits::computed_kinds(node).into_keys().map(|name| (name, false));
    let known: BTreeMap<String, bool> = rules.chain(computed).collect();
    (!known.is_empty()).then_some(known)
}

/// Which templates a workflow sends, and in which category.
fn sends(workflow: &Node, transactional: &BTreeSet<String>, known: &mut Known) {
    let name = workflow.text_of("workflow").unwrap_or_default();
    let Some(steps) = workflow.get("steps") else { return };
    objects(steps, &step::STEPS, &mut |node, object| {
        if !std::ptr::eq(object, &raw const step::SEND) {
            return;
        }
        let template = node.entries().iter().find(|entry| step::SEND.field(node, &entry.key).is_none());
        let Some(template) = template.and_then(|entry| entry.value.text()) else { return };
        known.used.entry(template.to_owned()).or_default().insert(name.to_owned());
        let category = node.text_of("category").or_else(|| workflow.text_of("category"));
        if category.is_some_and(|category| !transactional.contains(category)) {
            known.marketing.entry(template.to_owned()).or_insert_with(|| name.to_owned());
        }
    });
}

#[cfg(test)]
mod tests;
