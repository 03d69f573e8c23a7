//! The catalogs of all workspaces, compiled, and the worker that notices new ones.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::{Context, bail};
use wend_domain::catalog::Catalog;
use wend_domain::catalogue::Catalogue;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::id::{CatalogueName, EventName, WorkflowName, WorkspaceId};
use wend_domain::link::LinkKey;
use wend_domain::source::Severity;
use wend_domain::time::{Period, Timestamp};
use wend_domain::value::Path;
use wend_domain::workflow::{BusinessTrigger, Trigger};
use wend_render::Renderer;
use wend_store::{CatalogRow, PostingPair};

use crate::links;
use crate::shared::Shared;
use crate::tick::compute::compute;
use crate::tick::{Next, Tick};
use crate::uploads::Uploads;

/// How many findings an error about a stored catalog quotes.
const FINDINGS_QUOTED_MAX: usize = 5;

/// A workspace's catalog and its templates, compiled.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) renderer: Renderer,
    /// The catalogues of its files.
    files: Arc<BTreeMap<CatalogueName, Catalogue>>,
    /// The catalogues that were uploaded.
    pub(crate) uploads: Uploads,
    /// What signs links and hashes addresses; none only until the catalog was loaded from the store.
    pub(crate) key: Option<LinkKey>,
    /// The properties of contacts' events by whose values business events find them.
    pub(crate) posted: BTreeMap<EventName, Vec<(PostingPair, Path)>>,
}

impl Loaded {
    pub(crate) fn new(catalog: Catalog, before: Option<&Self>) -> Self {
        let uploads = before.map(|before| before.uploads.clone()).unwrap_or_default();
        Self::with(catalog, before, uploads)
    }

    /// The same with these uploads.
    fn with(mut catalog: Catalog, before: Option<&Self>, uploads: Uploads) -> Self {
        let files = Arc::clone(&catalog.catalogues);
        catalog.catalogues = uploads.below(&files);
        let renderer =
            before.map_or_else(|| Renderer::new(&catalog), |before| before.renderer.renewed(&catalog));
        let mut posted: BTreeMap<EventName, Vec<(PostingPair, Path)>> = BTreeMap::new();
        for (_, _, trigger) in business_triggers(&catalog) {
            let pair = pair_of(trigger);
            let properties = posted.entry(pair.event.clone()).or_default();
            if properties.iter().all(|(known, _)| *known != pair) {
                properties.push((pair, trigger.property.clone()));
            }
        }
        let key = before.and_then(|before| before.key.clone());
        Self { catalog: Arc::new(catalog), renderer, files, uploads, key, posted }
    }

    /// Whether a file describes a catalogue.
    pub(crate) fn is_file(&self, name: &CatalogueName) -> bool {
        self.files.contains_key(name)
    }

    /// The same with other uploads.
    fn uploaded(&self, uploads: Uploads) -> Self {
        let mut catalog = Catalog::clone(&self.catalog);
        catalog.catalogues = Arc::clone(&self.files);
        Self::with(catalog, Some(self), uploads)
    }

    /// The same with the workspace's key, which makes the links of its messages.
    pub(crate) async fn keyed(self, shared: &Shared) -> anyhow::Result<Self> {
        if self.key.is_some() {
            return Ok(self);
        }
        let workspace = self.catalog.workspace.clone();
        let key = links::key_of(shared, &workspace).await?;
        let renderer = self.renderer.with_links(links::links(&shared.options, &workspace, key.clone()));
        Ok(Self { renderer, key: Some(key), ..self })
    }
}

/// A workspace's latest catalog, also if another node has published it just now.
pub(crate) async fn latest(shared: &Shared, workspace: &WorkspaceId) -> anyhow::Result<Arc<Catalog>> {
    let known = shared.catalogs.get(workspace);
    if known.catalog.revision >= shared.store.catalog_revision_number(workspace).await? {
        return Ok(Arc::clone(&known.catalog));
    }
    reload(shared, workspace).await?;
    Ok(Arc::clone(&shared.catalogs.get(workspace).catalog))
}

/// The triggers of business events of the versions that contacts enter, each with the workflow and its place in the
/// file.
pub(crate) fn business_triggers(
    catalog: &Catalog,
) -> impl Iterator<Item = (&WorkflowName, usize, &BusinessTrigger)> {
    catalog.workflows.keys().flat_map(|name| catalog.entered(name)).flat_map(|workflow| {
        let triggers = workflow.triggers.iter().enumerate();
        triggers.filter_map(|(place, trigger)| match trigger {
            Trigger::Business(trigger) => Some((&workflow.name, place, trigger)),
            _ => None,
        })
    })
}

/// The pair of event and property by whose values a trigger finds contacts.
pub(crate) fn pair_of(trigger: &BusinessTrigger) -> PostingPair {
    PostingPair { event: trigger.event.clone(), property: trigger.property.to_string() }
}

/// The catalogs of all workspaces that this node knows.
#[derive(Default)]
pub(crate) struct Catalogs(RwLock<BTreeMap<WorkspaceId, Arc<Loaded>>>);

impl Catalogs {
    /// A workspace's catalog; the empty one if nothing was published.
    pub(crate) fn get(&self, workspace: &WorkspaceId) -> Arc<Loaded> {
        self.known(workspace)
            .unwrap_or_else(|| Arc::new(Loaded::new(Catalog::empty(workspace.clone()), None)))
    }

    /// All catalogs that this node knows.
    pub(crate) fn all(&self) -> Vec<Arc<Loaded>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn known(&self, workspace: &WorkspaceId) -> Option<Arc<Loaded>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(workspace).cloned()
    }

    /// Takes a catalog over, unless a later one is there already.
    pub(crate) fn set(&self, loaded: Loaded) {
        let mut catalogs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = catalogs.get(&loaded.catalog.workspace).map_or(0, |known| known.catalog.revision);
        if loaded.catalog.revision >= known {
            catalogs.insert(loaded.catalog.workspace.clone(), Arc::new(loaded));
        }
    }
}

/// Compiles a catalog as it was published, on another thread.
pub(crate) async fn compiled(
    workspace: &WorkspaceId,
    row: CatalogRow,
    before: Arc<Loaded>,
    threads: usize,
) -> anyhow::Result<Loaded> {
    let workspace = workspace.clone();
    let work = move |(row, loaded): &mut (CatalogRow, Option<anyhow::Result<Loaded>>)| {
        *loaded = Some(compile_row(&workspace, row).map(|catalog| Loaded::new(catalog, Some(&before))));
    };
    let done = compute(vec![(row, None)], threads, work).await?.pop();
    done.and_then(|(_, loaded)| loaded).context("the catalog was not compiled")?
}

fn compile_row(workspace: &WorkspaceId, row: &CatalogRow) -> anyhow::Result<Catalog> {
    let what = || format!("revision {} of the catalog of workspace `{workspace}`", row.revision);
    let portfolio: Portfolio =
        serde_json::from_str(&row.portfolio_json).with_context(|| format!("cannot read {}", what()))?;
    let compiled = compile(workspace, row.revision, &portfolio);
    let Some(catalog) = compiled.catalog else {
        let errors = compiled.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        let errors: Vec<String> = errors.take(FINDINGS_QUOTED_MAX).map(ToString::to_string).collect();
        bail!("cannot compile {}, which another version of wend published: {}", what(), errors.join("; "));
    };
    Ok(catalog)
}

/// Loads a workspace's latest catalog.
pub(crate) async fn reload(shared: &Shared, workspace: &WorkspaceId) -> anyhow::Result<()> {
    let before = shared.catalogs.get(workspace);
    let loaded = match shared.store.catalog_latest(workspace).await? {
        None => Loaded::new(Catalog::empty(workspace.clone()), None),
        Some(row) => compiled(workspace, row, Arc::clone(&before), shared.options.one_thread()).await?,
    };
    if loaded.catalog.revision > 0 && loaded.catalog.revision != before.catalog.revision {
        tracing::info!(workspace = %workspace, revision = loaded.catalog.revision, "loaded a catalog");
    }
    shared.catalogs.set(loaded.keyed(shared).await?);
    Ok(())
}

/// Loads the catalogs of new workspaces, and newer ones of known workspaces.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let workspaces = match shared.store.workspaces().await {
        Ok(workspaces) => workspaces,
        Err(error) => {
            shared.note_database(!error.is_unavailable());
            return Err(error.into());
        }
    };
    shared.note_database(true);
    let mut n_done = 0;
    for workspace in workspaces {
        let known = shared.catalogs.known(&workspace).map(|known| known.catalog.revision);
        let latest = shared.store.catalog_revision_number(&workspace).await?;
        if known.is_none_or(|known| known < latest) {
            reload(shared, &workspace).await?;
            n_done += 1;
        }
        n_done += usize::from(take_uploads(shared, &workspace).await?);
    }
    Ok(Tick { n_done, next: Next::At(at + Period::from_millis(shared.options.poll_ms)) })
}

/// Takes uploads into use that this node doesn't know yet; true if there were any.
pub(crate) async fn take_uploads(shared: &Shared, workspace: &WorkspaceId) -> anyhow::Result<bool> {
    let before = shared.catalogs.get(workspace);
    let rows = shared.store.catalogues(workspace).await?;
    if before.uploads.are(&rows) {
        return Ok(false);
    }
    let uploads = before.uploads.renewed(shared, workspace, rows).await?;
    shared.catalogs.set(before.uploaded(uploads).keyed(shared).await?);
    Ok(true)
}
