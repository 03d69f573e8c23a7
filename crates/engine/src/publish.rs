//! Publishing a portfolio: plan, apply, and reading it back (SEMANTICS 9).

use anyhow::Context;
use wend_domain::compile::{self, Planned, Portfolio};
use wend_domain::id::WorkspaceId;
use wend_domain::source::diagnostic::{any_error, in_order};
use wend_domain::source::{Diagnostic, SourceFile};
use wend_store::{CatalogRow, Publish};

use crate::catalogs::Loaded;
use crate::changes::json;
use crate::engine::Engine;
use crate::tick::Worker;
use crate::tick::compute::compute;

/// What became of a publication.
#[derive(Debug)]
pub enum Applied {
    /// It is the latest revision now; or it was already, and nothing had to change.
    Applied {
        /// The revision.
        revision: u64,
        /// What changed.
        planned: Box<Planned>,
    },
    /// The files have errors: nothing was applied.
    Invalid {
        /// Everything found in them.
        diagnostics: Vec<Diagnostic>,
    },
    /// Somebody else published since the caller looked: nothing was applied.
    Conflict {
        /// The latest revision.
        revision: u64,
    },
}

impl Engine {
    /// A workspace's files and versions, and their revision; 0 and nothing if nothing was published.
    pub async fn portfolio(&self, workspace: &WorkspaceId) -> anyhow::Result<(u64, Portfolio)> {
        let Some(row) = self.store().catalog_latest(workspace).await? else {
            return Ok((0, Portfolio::default()));
        };
        let portfolio = serde_json::from_str(&row.portfolio_json)
            .with_context(|| format!("cannot read revision {} of the catalog", row.revision))?;
        Ok((row.revision, portfolio))
    }

    /// What applying these files would change, and everything that is wrong with them, templates included.
    pub async fn plan(&self, workspace: &WorkspaceId, files: Vec<SourceFile>) -> anyhow::Result<Planned> {
        let (revision, current) = self.portfolio(workspace).await?;
        planned(workspace, revision + 1, current, files).await
    }

    /// Publishes these files as the next revision of the catalog, if there is no error in them.
    ///
    /// With `expected`, only on top of that revision. Contacts are told by a job, page by page.
    pub async fn apply(
        &self,
        workspace: &WorkspaceId,
        files: Vec<SourceFile>,
        expected: Option<u64>,
        by: &str,
    ) -> anyhow::Result<Applied> {
        let (revision, current) = self.portfolio(workspace).await?;
        if expected.is_some_and(|expected| expected != revision) {
            return Ok(Applied::Conflict { revision });
        }
        let before = json(&current);
        let mut planned = planned(workspace, revision + 1, current, files).await?;
        let (Some(next), Some(catalog)) = (&planned.next, planned.catalog.take()) else {
            return Ok(Applied::Invalid { diagnostics: planned.diagnostics });
        };
        let portfolio_json = json(next);
        if portfolio_json == before {
            return Ok(Applied::Applied { revision, planned: Box::new(planned) });
        }
        let shared = self.shared();
        let at = shared.clock.now();
        let row = CatalogRow { revision: revision + 1, at, by: by.to_owned(), portfolio_json };
        if let Publish::Conflict { revision } = self.store().publish_catalog(workspace, revision, row).await?
        {
            return Ok(Applied::Conflict { revision });
        }
        let revision = catalog.revision;
        planned.catalog = Some(catalog.clone());
        let loaded = Loaded::new(catalog, Some(&shared.catalogs.get(workspace)));
        shared.catalogs.set(loaded);
        shared.wakers.wake(Worker::Jobs);
        let what = serde_json::json!({ "did": "publish", "revision": revision });
        self.store().audit_add(workspace, at, by, &what.to_string()).await?;
        tracing::info!(workspace = %workspace, revision, by, "published a catalog");
        Ok(Applied::Applied { revision, planned: Box::new(planned) })
    }
}

/// The domain's plan with what is wrong with templates; compiling is work for another thread.
async fn planned(
    workspace: &WorkspaceId,
    revision: u64,
    current: Portfolio,
    files: Vec<SourceFile>,
) -> anyhow::Result<Planned> {
    let workspace = workspace.clone();
    let work = (current, files, None);
    let done = compute(vec![work], 1, move |(current, files, planned)| {
        let templates = wend_render::diagnostics(files);
        let plan = compile::plan(&workspace, revision, current, std::mem::take(files));
        *planned = Some(with_templates(plan, templates));
    });
    let (.., planned) = done.await?.pop().context("the plan was not made")?;
    planned.context("the plan was not made")
}

fn with_templates(mut planned: Planned, templates: Vec<Diagnostic>) -> Planned {
    planned.diagnostics.extend(templates);
    planned.diagnostics = in_order(planned.diagnostics);
    if any_error(&planned.diagnostics) {
        planned.next = None;
        planned.catalog = None;
    }
    planned
}
