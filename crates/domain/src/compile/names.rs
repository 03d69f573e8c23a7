//! What the portfolio defines by name, so that references can be held against it.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{Read, Unread};
use super::{hooks, templates, traits};
use crate::catalog::{Catalog, Published};
use crate::event::{EventKind, hook_event_name, standard_name};
use crate::id::{Category, Channel, EventName, TRANSACTIONAL};
use crate::policy::Policies;
use crate::profile::{TraitRule, TraitType};
use crate::source::codes::{self, Code};
use crate::source::diagnostic::Diagnostic;
use crate::source::grammar::{FileKind, objects, step};
use crate::source::suggest::did_you_mean;
use crate::source::yaml::{Node, Place};
use crate::template::Layout;

/// Everything that has a name.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub segments: BTreeSet<String>,
    /// Templates with the channel that they are for.
    pub templates: BTreeMap<String, String>,
    /// Pages around the content of templates.
    pub layouts: BTreeMap<String, Layout>,
    /// Hooks with what their events are called.
    pub hooks: BTreeMap<String, EventName>,
    /// Workflows with the ids of their steps.
    pub workflows: BTreeMap<String, BTreeSet<String>>,
    pub channels: BTreeSet<String>,
    /// Declared categories; none if the policies declare none, and then any will do.
    pub categories: Option<BTreeSet<String>>,
    /// Categories whose messages are transactional.
    pub transactional: BTreeSet<String>,
    /// What events of well-known kinds are called.
    pub events: StandardEvents,
    /// What is declared of traits.
    pub traits: BTreeMap<String, TraitRule>,
    /// What is declared of the traits of accounts.
    pub accounts: BTreeMap<String, TraitRule>,
    /// Sums over the members of accounts.
    pub rollups: BTreeSet<String>,
    /// Traits that are computed, with their type if it is known.
    pub computed: BTreeMap<String, Option<TraitType>>,
    /// What files that can't be read may define.
    unread: Unread,
}

/// What events of well-known kinds are called.
#[derive(Debug)]
pub(super) struct StandardEvents {
    pub page: EventName,
    pub purchase: EventName,
    pub support: EventName,
    pub form: EventName,
}

impl StandardEvents {
    fn read(node: Option<&Node>) -> Self {
        let name = |key: &str, default: &str| {
            EventName::from(node.and_then(|node| node.text_of(key)).unwrap_or(default))
        };
        Self {
            page: standard_name(EventKind::Page),
            purchase: name("purchase", "Order Completed"),
            support: name("support", "Ticket Updated"),
            form: name("form", "Form Submitted"),
        }
    }
}

impl Default for StandardEvents {
    fn default() -> Self {
        Self::read(None)
    }
}

impl Names {
    /// Collects the names of all files.
    pub fn of(files: &[Read], unread: Unread, policies: &Policies, declared: bool) -> Self {
        let mut names = Self {
            unread,
            channels: policies.channels.keys().map(ToString::to_string).collect(),
            categories: declared.then(|| policies.categories.keys().map(ToString::to_string).collect()),
            ..Self::default()
        };
        names.transactional.insert(TRANSACTIONAL.to_owned());
        for (category, policy) in &policies.categories {
            if policy.transactional {
                names.transactional.insert(category.to_string());
            }
        }
        for file in files.iter().filter(|file| !file.name().is_empty()) {
            let name = file.name().to_owned();
            match file.kind {
                FileKind::Segment => {
                    names.segments.insert(name);
                }
                FileKind::Template => {
                    let channel = file.node.text_of("channel").unwrap_or_default().to_owned();
                    names.templates.insert(name, channel);
                }
                FileKind::Workflow => {
                    names.workflows.insert(name, step_ids(&file.node));
                }
                FileKind::Hook => {
                    let event = hooks::event_name(&file.node, &name);
                    names.hooks.insert(name, event);
                }
                FileKind::Layout => names.layouts.extend(templates::layout(&file.node)),
                FileKind::Policies
                | FileKind::Traits
                | FileKind::Catalogue
                | FileKind::Partial
                | FileKind::Test => {}
            }
        }
        if let Some(file) = files.iter().find(|file| file.kind == FileKind::Policies) {
            names.events = StandardEvents::read(file.node.get("events"));
        }
        if let Some(file) = files.iter().find(|file| file.kind == FileKind::Traits) {
            names.traits = traits::declared(&file.node);
            if let Some(accounts) = file.node.get("accounts") {
                names.accounts = traits::declared(accounts);
                names.rollups = traits::rollup_names(accounts);
            }
            names.computed = traits::computed_kinds(&file.node);
        }
        names
    }
}

/// The ids of all steps of a workflow's tree.
pub(super) fn step_ids(workflow: &Node) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    if let Some(steps) = workflow.get("steps") {
        objects(steps, &step::STEPS, &mut |node, object| {
            if std::ptr::eq(object, &raw const step::STEP)
                && let Some(id) = node.text_of("id")
            {
                ids.insert(id.to_owned());
            }
        });
    }
    ids
}

/// One file that is being compiled: references are looked up and findings gathered here.
pub(super) struct Reading<'a> {
    /// Its path.
    pub file: &'a str,
    /// What there is.
    pub names: &'a Names,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether references to what is gone are let through: an older version of a workflow.
    pub lenient: bool,
}

/// A kind of thing that files define by name.
struct Sort {
    code: &'static Code,
    word: &'static str,
    /// The files that define it.
    kind: FileKind,
}

const SEGMENT: Sort = Sort { code: &codes::UNKNOWN_SEGMENT, word: "segment", kind: FileKind::Segment };
const TEMPLATE: Sort = Sort { code: &codes::UNKNOWN_TEMPLATE, word: "template", kind: FileKind::Template };
const WORKFLOW: Sort = Sort { code: &codes::UNKNOWN_WORKFLOW, word: "workflow", kind: FileKind::Workflow };
const LAYOUT: Sort = Sort { code: &codes::BAD_LAYOUT, word: "layout", kind: FileKind::Layout };
const HOOK: Sort = Sort { code: &codes::UNKNOWN_HOOK, word: "hook", kind: FileKind::Hook };
const CHANNEL: Sort = Sort { code: &codes::UNKNOWN_CHANNEL, word: "channel", kind: FileKind::Policies };
const CATEGORY: Sort = Sort { code: &codes::UNKNOWN_CATEGORY, word: "category", kind: FileKind::Policies };

impl Names {
    /// What a catalog defines.
    pub fn of_catalog(catalog: &Catalog) -> Self {
        let steps = |published: &Published| {
            let versions = published.versions.values().flat_map(|workflow| &workflow.steps);
            versions.map(|step| step.id.to_string()).collect()
        };
        let templates = catalog.templates.values();
        let computed = catalog.traits.computed.iter();
        Self {
            segments: catalog.segments.keys().map(ToString::to_string).collect(),
            templates: templates.map(|of| (of.name.to_string(), of.channel.to_string())).collect(),
            hooks: catalog.hooks.values().map(|hook| (hook.name.to_string(), hook.event.clone())).collect(),
            workflows: catalog.workflows.iter().map(|(name, of)| (name.to_string(), steps(of))).collect(),
            channels: catalog.policies.channels.keys().map(ToString::to_string).collect(),
            categories: Some(catalog.policies.categories.keys().map(ToString::to_string).collect()),
            traits: catalog.traits.declared.clone(),
            accounts: catalog.traits.accounts.declared.clone(),
            rollups: catalog.traits.accounts.rollups.keys().cloned().collect(),
            computed: computed.map(|(name, computed)| (name.clone(), computed.what.kind())).collect(),
            ..Self::default()
        }
    }

    /// The type of a trait, if it is known.
    pub fn kind_of(&self, name: &str) -> Option<TraitType> {
        let declared = self.traits.get(name).map(|rule| rule.kind);
        declared.or_else(|| self.computed.get(name).copied().flatten())
    }

    /// The type of an account's trait, if it is known.
    pub fn account_kind_of(&self, name: &str) -> Option<TraitType> {
        let sum = self.rollups.contains(name).then_some(TraitType::Number);
        sum.or_else(|| self.accounts.get(name).map(|rule| rule.kind))
    }

    /// Whether a file that can't be read may define it, and has its own finding.
    fn may_define(&self, kind: FileKind, name: &str) -> bool {
        match kind {
            FileKind::Policies => self.unread.iter().any(|(kind, _)| *kind == FileKind::Policies),
            _ => self.unread.contains(&(kind, name.to_owned())),
        }
    }
}

impl<'a> Reading<'a> {
    /// Begins a file.
    pub fn new(file: &'a str, names: &'a Names, lenient: bool) -> Self {
        Self { file, names, diagnostics: Vec::new(), lenient }
    }

    /// Notes a finding; the caller completes it.
    pub fn say(&mut self, code: &Code, place: Place, message: impl Into<String>) -> &mut Diagnostic {
        self.diagnostics.push(Diagnostic::new(code, self.file, place, message));
        self.diagnostics.last_mut().expect("one was just pushed")
    }

    fn unknown<'n>(
        &mut self,
        sort: &Sort,
        name: &str,
        place: Place,
        known: impl Iterator<Item = &'n String>,
    ) {
        if !self.lenient && !self.names.may_define(sort.kind, name) {
            let fix = did_you_mean(name, known.map(String::as_str));
            self.say(sort.code, place, format!("there is no {} `{name}`", sort.word)).fix = fix;
        }
    }

    /// Looks up a segment.
    pub fn segment(&mut self, name: &str, place: Place) {
        if !self.names.segments.contains(name) {
            self.unknown(&SEGMENT, name, place, self.names.segments.iter());
        }
    }

    /// Looks up a template.
    pub fn template(&mut self, name: &str, place: Place) {
        if !self.names.templates.contains_key(name) {
            self.unknown(&TEMPLATE, name, place, self.names.templates.keys());
        }
    }

    /// Looks up a template and holds its channel against the one that it is sent on.
    pub fn template_for(&mut self, name: &str, channel: &str, place: Place) {
        let names = self.names;
        match names.templates.get(name) {
            Some(other) if !other.is_empty() && other != channel && !self.lenient => {
                let message =
                    format!("the template `{name}` is for `{other}`, but the step sends on `{channel}`");
                let same =
                    names.templates.iter().filter(|(_, on)| *on == channel).map(|(name, _)| name.as_str());
                let near = crate::source::suggest::nearest(name, same);
                let fix = match near {
                    Some(near) => format!("did you mean `{near}`, or `{other}: {name}`?"),
                    None => format!("write `{other}: {name}`, or make a template for `{channel}`"),
                };
                self.say(&codes::WRONG_CHANNEL, place, message).fix = Some(fix);
            }
            Some(_) => {}
            None => {
                let same = names.templates.iter().filter(|(_, on)| *on == channel).map(|(name, _)| name);
                self.unknown(&TEMPLATE, name, place, same);
            }
        }
    }

    /// Looks up a layout.
    pub fn layout(&mut self, name: &str, place: Place) -> Option<Layout> {
        let names = self.names;
        let found = names.layouts.get(name).cloned();
        if found.is_none() {
            self.unknown(&LAYOUT, name, place, names.layouts.keys());
        }
        found
    }

    /// Looks up a workflow.
    pub fn workflow(&mut self, name: &str, place: Place) {
        if !self.names.workflows.contains_key(name) {
            self.unknown(&WORKFLOW, name, place, self.names.workflows.keys());
        }
    }

    /// Looks up a hook: what its events are called.
    pub fn hook(&mut self, name: &str, place: Place) -> EventName {
        let names = self.names;
        names.hooks.get(name).cloned().unwrap_or_else(|| {
            self.unknown(&HOOK, name, place, names.hooks.keys());
            hook_event_name(name)
        })
    }

    /// Looks up a channel.
    pub fn channel(&mut self, name: &str, place: Place) -> Channel {
        if !self.names.channels.contains(name) {
            self.unknown(&CHANNEL, name, place, self.names.channels.iter());
        }
        Channel::from(name)
    }

    /// Looks up a category.
    pub fn category(&mut self, name: &str, place: Place) -> Category {
        let names = self.names;
        if let Some(known) = names.categories.as_ref().filter(|known| !known.contains(name)) {
            self.unknown(&CATEGORY, name, place, known.iter());
        }
        Category::from(name)
    }
}
