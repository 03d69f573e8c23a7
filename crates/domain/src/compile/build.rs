//! All files of a portfolio, and its published versions, to one catalog.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::files::{Read, read};
use super::lifecycle::Lifecycle;
use super::names::{Names, Reading};
use super::steps::Experiment;
use super::summaries::Summaries;
use super::workflow::Draft;
use super::{Portfolio, PublishedVersion};
use super::{catalogues, hooks, others, policies, portfolio, segments, templates, traits, workflow};
use crate::catalog::{Catalog, Index, Published, Rollout, Status};
use crate::catalogue::Catalogue;
use crate::hook::Hook;
use crate::id::{CatalogueName, Category, HookName, SegmentName, TemplateName, WorkflowName, WorkspaceId};
use crate::policy::Policies;
use crate::profile::Traits;
use crate::segment::Segment;
use crate::source::codes;
use crate::source::diagnostic::{Diagnostic, any_error};
use crate::source::grammar::FileKind;
use crate::source::yaml::{self, Place};
use crate::source::{SourceFile, check};
use crate::template::{Partial, Template};
use crate::workflow::{Action, Workflow};

/// What the files describe, compiled, with everything that is wrong.
#[derive(Debug)]
pub(super) struct Built {
    pub names: Names,
    pub policies: Policies,
    pub segments: BTreeMap<SegmentName, Segment>,
    pub segment_order: Vec<SegmentName>,
    pub templates: BTreeMap<TemplateName, Template>,
    pub hooks: BTreeMap<HookName, Hook>,
    pub catalogues: BTreeMap<CatalogueName, Catalogue>,
    pub partials: BTreeMap<String, Partial>,
    pub traits: Traits,
    /// Workflows with the path of their file.
    pub drafts: BTreeMap<WorkflowName, (String, Draft)>,
    /// What segments and computed traits ask of past events.
    pub summaries: Summaries,
    pub diagnostics: Vec<Diagnostic>,
}

/// A compiled version of a workflow.
pub(super) struct Version {
    pub name: WorkflowName,
    pub draft: Draft,
}

/// Compiles files; with an error in them the rest is compiled as far as it goes, so that all is found at once.
pub(super) fn build(files: &[SourceFile]) -> Built {
    let mut diagnostics = Vec::new();
    let (files, unread) = read(files, &mut diagnostics);
    let policy_file = files.iter().find(|file| file.kind == FileKind::Policies);
    let policy_node = policy_file.map(|file| &file.node);
    let policies = policies::declared(policy_node);
    let declared = policy_node.is_some_and(|node| node.get("categories").is_some());
    let names = Names::of(&files, unread, &policies, declared);
    let mut built = Built {
        names: Names::default(),
        policies,
        segments: BTreeMap::new(),
        segment_order: Vec::new(),
        templates: BTreeMap::new(),
        hooks: BTreeMap::new(),
        catalogues: BTreeMap::new(),
        partials: BTreeMap::new(),
        traits: Traits::default(),
        drafts: BTreeMap::new(),
        summaries: Summaries::default(),
        diagnostics,
    };
    let mut places = BTreeMap::new();
    for file in &files {
        one(&mut built, &names, file, &mut places);
    }
    if let Some(file) = policy_file {
        let mut reading = Reading::new(&file.path, &names, false);
        let workflows = built.drafts.values().map(|(_, draft)| &draft.workflow);
        portfolio::against(&mut reading, &file.node, &built.policies, workflows);
        built.diagnostics.append(&mut reading.diagnostics);
    }
    experiments(&built.drafts, &mut built.diagnostics);
    others::check(&mut built);
    built.segment_order = segments::order(&built.segments, &places, &mut built.diagnostics);
    built.names = names;
    built
}

/// Holds the splits of one experiment against each other: a contact stays in its variant, so each must have it.
fn experiments(drafts: &BTreeMap<WorkflowName, (String, Draft)>, diagnostics: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, (&str, &Experiment)> = BTreeMap::new();
    for (path, draft) in drafts.values() {
        for split in &draft.experiments {
            let (other_path, other) = *first.entry(&split.name).or_insert((path, split));
            if other.variants == split.variants {
                continue;
            }
            let variants = |split: &Experiment| {
                split.variants.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            };
            let message = format!(
                "the experiment `{}` has the variants {} here, and {} in {other_path}, line {}",
                split.name,
                variants(split),
                variants(other),
                other.place.line
            );
            diagnostics.push(
                Diagnostic::new(&codes::OTHER_VARIANTS, path, split.place, message)
                    .why("a contact stays in its variant wherever the experiment is met")
                    .fix("give both the same variants (a weight may be 0), or one another `experiment:`"),
            );
        }
    }
}

fn one(built: &mut Built, names: &Names, file: &Read, places: &mut BTreeMap<SegmentName, (String, Place)>) {
    let mut reading = Reading::new(&file.path, names, false);
    match file.kind {
        FileKind::Workflow => {
            if let Some(draft) = workflow::workflow(&mut reading, &file.node, 1) {
                built.drafts.entry(draft.workflow.name.clone()).or_insert((file.path.clone(), draft));
            }
        }
        FileKind::Segment => {
            if let Some(segment) = segments::segment(&mut reading, &mut built.summaries, &file.node) {
                places.insert(segment.name.clone(), (file.path.clone(), file.name_place()));
                built.segments.entry(segment.name.clone()).or_insert(segment);
            }
        }
        FileKind::Template => {
            if let Some(template) = templates::template(&mut reading, &file.node, &built.policies.channels) {
                built.templates.entry(template.name.clone()).or_insert(template);
            }
        }
        FileKind::Policies => policies::rules(&mut reading, &file.node, &mut built.policies),
        FileKind::Traits => built.traits = traits::traits(&mut reading, &mut built.summaries, &file.node),
        FileKind::Hook => {
            if let Some(hook) = hooks::hook(&mut reading, &file.node) {
                built.hooks.entry(hook.name.clone()).or_insert(hook);
            }
        }
        FileKind::Catalogue => {
            if let Some(catalogue) = catalogues::catalogue(&mut reading, &file.node) {
                built.catalogues.entry(catalogue.name.clone()).or_insert(catalogue);
            }
        }
        FileKind::Partial => {
            if let Some((name, partial)) = templates::partial(&mut reading, &file.node) {
                built.partials.entry(name).or_insert(partial);
            }
        }
        // Layouts are names: templates take them up.
        FileKind::Layout | FileKind::Test => {}
    }
    built.diagnostics.append(&mut reading.diagnostics);
}

/// Compiles published versions leniently; one that cannot be read is left out with a warning.
pub(super) fn versions(published: &[PublishedVersion], built: &mut Built) -> Vec<Version> {
    let mut versions = Vec::new();
    for version in published {
        match read_version(version, &built.names) {
            Ok(draft) => versions.push(Version { name: version.workflow.clone(), draft: *draft }),
            Err(why) => built.diagnostics.push(stale(version, &why)),
        }
    }
    versions
}

fn read_version(version: &PublishedVersion, names: &Names) -> Result<Box<Draft>, String> {
    let (node, mut diagnostics) = yaml::parse(&version.source);
    let Some(node) = node else { return Err(first_error(&diagnostics)) };
    diagnostics.extend(check::check(&version.source.path, &node, FileKind::Workflow));
    let mut reading = Reading::new(&version.source.path, names, true);
    let draft = workflow::workflow(&mut reading, &node, version.version);
    diagnostics.append(&mut reading.diagnostics);
    match draft {
        Some(draft) if !any_error(&diagnostics) => Ok(Box::new(draft)),
        _ => Err(first_error(&diagnostics)),
    }
}

fn first_error(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().find(|d| d.is_error()).map(|error| error.message.clone()).unwrap_or_default()
}

fn stale(version: &PublishedVersion, why: &str) -> Diagnostic {
    let message =
        format!("version {} of `{}` can no longer be read: {why}", version.version, version.workflow);
    Diagnostic::new(&codes::STALE_VERSION, &version.source.path, Place::START, message)
        .why("its live runs cannot go on")
        .fix("go back to the version of wend that published it, or end its runs")
}

/// Puts a catalog together.
pub(super) fn assemble(
    workspace: &WorkspaceId,
    revision: u64,
    built: Built,
    versions: Vec<Version>,
    portfolio: &Portfolio,
) -> Catalog {
    let mut summaries = built.summaries;
    let mut workflows: BTreeMap<WorkflowName, Published> = BTreeMap::new();
    let in_files: BTreeSet<WorkflowName> = built.drafts.keys().cloned().collect();
    let versioned: BTreeSet<WorkflowName> = versions.iter().map(|version| version.name.clone()).collect();
    let fresh = built.drafts.into_iter().filter(|(name, _)| !versioned.contains(name));
    let fresh = fresh.map(|(name, (_, draft))| Version { name, draft });
    for Version { name, draft } in versions.into_iter().chain(fresh) {
        summaries.absorb(draft.summaries);
        let published = workflows.entry(name).or_insert_with(|| Published {
            current: None,
            versions: BTreeMap::new(),
            status: Status::Live,
            rollout: None,
        });
        published.versions.insert(draft.workflow.version, Arc::new(draft.workflow));
    }
    for (name, published) in &mut workflows {
        let newest = published.versions.keys().next_back().copied();
        let lifecycle = portfolio.lifecycle.get(name);
        let pinned =
            lifecycle.and_then(Lifecycle::entered).filter(|version| published.versions.contains_key(version));
        published.current = pinned.or(newest).filter(|_| in_files.contains(name));
        published.status = lifecycle.map_or(Status::Live, |lifecycle| lifecycle.status);
        let rollout = lifecycle.and_then(|lifecycle| lifecycle.rollout.as_ref());
        published.rollout = rollout
            .filter(|rollout| {
                published.current.is_some() && published.versions.contains_key(&rollout.version)
            })
            .map(|rollout| Rollout { version: rollout.version, of_10_000: rollout.of_10_000() });
    }
    let mut policies = built.policies;
    for category in workflows.values().flat_map(|published| published.versions.values()).flat_map(|w| used(w))
    {
        policies
            .categories
            .entry(category)
            .or_insert_with_key(|category| policies::undeclared(category.as_str(), false));
    }
    let mut account_traits = summaries.account_traits();
    let texts = portfolio.files.iter().chain(portfolio.versions.iter().map(|version| &version.source));
    account_traits.extend(texts.flat_map(|file| read_of_accounts(&file.text)));
    let mut catalog = Catalog {
        workspace: workspace.clone(),
        revision,
        definitions: if portfolio.definitions == 0 { revision } else { portfolio.definitions },
        workflows,
        segments: built.segments,
        segment_order: built.segment_order,
        segments_since: portfolio.segments.clone(),
        templates: built.templates,
        hooks: built.hooks,
        catalogues: Arc::new(built.catalogues),
        partials: Arc::new(built.partials),
        traits: built.traits,
        policies,
        summaries: summaries.finish(&portfolio.summaries, revision),
        index: Index::default(),
    };
    catalog.index = Index::of(&catalog);
    catalog.index.account_traits = account_traits;
    catalog
}

/// The traits of accounts that messages may read: every `account.NAME` of a text.
fn read_of_accounts(text: &str) -> BTreeSet<String> {
    const ACCOUNT: &str = "account.";
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let named = text.match_indices(ACCOUNT).filter_map(|(at, _)| {
        let begins = !text[..at].ends_with(|c: char| is_part(c) || c == '.');
        let rest = &text[at + ACCOUNT.len()..];
        let name = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        (begins && !name.is_empty()).then(|| name.to_owned())
    });
    named.collect()
}

/// The categories in which a workflow sends.
fn used(workflow: &Workflow) -> BTreeSet<Category> {
    let mut categories = BTreeSet::new();
    for step in &workflow.steps {
        if let Action::Send(send) = &step.action {
            categories.insert(send.category.as_ref().unwrap_or(&workflow.category).clone());
        }
    }
    categories
}
