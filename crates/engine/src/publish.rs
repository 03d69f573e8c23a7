//! Publishing a portfolio: plan, apply, and reading it back (SEMANTICS 9).

use std::collections::BTreeSet;

use anyhow::Context;
use wend_domain::catalog::Catalog;
use wend_domain::compile::{self, Choices, Conflict, Planned, Portfolio, difference};
use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::source::diagnostic::{any_error, in_order};
use wend_domain::source::{Diagnostic, SourceFile};
use wend_domain::time::{Period, Timestamp};
use wend_store::{CatalogRow, Consequences, NewJob, PostingPair, Publish, RECOMPUTE};

use crate::catalogs::{Loaded, business_triggers, pair_of};
use crate::changes::json;
use crate::engine::Engine;
use crate::jobs::new_job;
use crate::jobs::work::JobWork;
use crate::lifecycle::holds;
use crate::tick::compute::compute;

/// How long after a publication the past is read for a new pair of event and property.
const POSTINGS_AFTER: Period = Period::from_millis(10_000);

/// What is to be published, and how.
#[derive(Debug, Clone, Default)]
pub struct Publication {
    /// All files; what is missing is removed.
    pub files: Vec<SourceFile>,
    /// The revision that the files were made from. If others changed files since then, nothing is published, and they
    /// are shown. None publishes on top of whatever is there.
    pub base: Option<u64>,
    /// What becomes of the runs of older versions, and which versions reach contacts by and by.
    pub choices: Choices,
    /// Workflows that let those in who match already.
    pub backfill: Vec<Backfill>,
}

/// A workflow that lets those in who match already (SEMANTICS 4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    /// The workflow.
    pub workflow: WorkflowName,
    /// How many contacts a second are looked at, at most.
    pub pace: Option<u32>,
}

/// What became of a publication.
#[derive(Debug)]
pub enum Applied {
    /// It is the latest revision now; or it was already, and nothing had to change.
    Applied {
        /// The revision.
        revision: u64,
        /// What changed.
        planned: Box<Planned>,
        /// The jobs that tell contacts.
        jobs: Vec<String>,
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
        /// The files that both changed, with the differences.
        conflicts: Vec<Conflict>,
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
        self.plan_publication(workspace, files, Choices::default()).await
    }

    /// The same with what was chosen besides.
    pub async fn plan_publication(
        &self,
        workspace: &WorkspaceId,
        files: Vec<SourceFile>,
        choices: Choices,
    ) -> anyhow::Result<Planned> {
        let (revision, current) = self.portfolio(workspace).await?;
        self.planned(workspace, revision + 1, current, files, choices, self.shared().clock.now()).await
    }

    /// Publishes these files as the next revision of the catalog, if there is no error in them.
    ///
    /// With `base`, only if nobody has changed files since that revision. Contacts are told by jobs, page by page.
    pub async fn apply(
        &self,
        workspace: &WorkspaceId,
        files: Vec<SourceFile>,
        base: Option<u64>,
        by: &str,
    ) -> anyhow::Result<Applied> {
        self.publish(workspace, Publication { files, base, ..Publication::default() }, by).await
    }

    /// Publishes, with what was chosen besides.
    pub async fn publish(
        &self,
        workspace: &WorkspaceId,
        publication: Publication,
        by: &str,
    ) -> anyhow::Result<Applied> {
        let Publication { files, base, choices, backfill } = publication;
        let (revision, current) = self.portfolio(workspace).await?;
        if let Some(base) = base.filter(|base| *base != revision)
            && let Some(conflicts) = self.changed_since(workspace, base, &current, &files).await?
        {
            return Ok(Applied::Conflict { revision, conflicts });
        }
        let shared = self.shared();
        let at = shared.clock.now();
        let before = json(&current);
        let mut planned = self.planned(workspace, revision + 1, current, files, choices, at).await?;
        let (Some(next), Some(catalog)) = (&planned.next, planned.catalog.take()) else {
            return Ok(Applied::Invalid { diagnostics: planned.diagnostics });
        };
        let portfolio_json = json(next);
        if portfolio_json == before && backfill.is_empty() {
            return Ok(Applied::Applied { revision, planned: Box::new(planned), jobs: Vec::new() });
        }
        let row = CatalogRow { revision: revision + 1, at, by: by.to_owned(), portfolio_json };
        let consequences = self.consequences(&catalog, &planned, backfill, by, at).await?;
        let jobs = consequences.jobs.iter().map(|job| job.id.clone()).collect();
        if let Publish::Conflict { revision } =
            self.store().publish_catalog(workspace, revision, row, consequences).await?
        {
            return Ok(Applied::Conflict { revision, conflicts: Vec::new() });
        }
        let revision = catalog.revision;
        planned.catalog = Some(catalog.clone());
        let loaded = Loaded::new(catalog, Some(&shared.catalogs.get(workspace)));
        self.take_into_use(loaded.keyed(shared).await?);
        tracing::info!(workspace = %workspace, revision, by, "published a catalog");
        Ok(Applied::Applied { revision, planned: Box::new(planned), jobs })
    }

    /// The files that others and the caller changed since a revision; none if others changed no file at all, for
    /// instance because a workflow was paused meanwhile.
    async fn changed_since(
        &self,
        workspace: &WorkspaceId,
        base: u64,
        current: &Portfolio,
        files: &[SourceFile],
    ) -> anyhow::Result<Option<Vec<Conflict>>> {
        let base: Portfolio = match self.store().catalog_at(workspace, base).await? {
            Some(row) => serde_json::from_str(&row.portfolio_json)
                .with_context(|| format!("cannot read revision {base} of the catalog"))?,
            None => Portfolio::default(),
        };
        if base.files == current.files {
            return Ok(None);
        }
        Ok(Some(difference(&base.files, &current.files, files)))
    }

    /// What a publication brings about besides the catalog.
    async fn consequences(
        &self,
        catalog: &Catalog,
        planned: &Planned,
        backfill: Vec<Backfill>,
        by: &str,
        at: Timestamp,
    ) -> anyhow::Result<Consequences> {
        let revision = catalog.revision;
        let mut jobs = Vec::new();
        if planned.tell {
            let job = new_job(&JobWork::Recompute, format!("{RECOMPUTE}-{revision}"), revision, by, at);
            let params_json = self.built(&catalog.workspace).await?.params();
            jobs.push(NewJob { params_json, ..job });
        }
        for migration in &planned.migrations {
            let id = format!("migrate-{}-{revision}", migration.workflow);
            jobs.push(new_job(&JobWork::Migrate(migration.clone()), id, revision, by, at));
        }
        for Backfill { workflow, pace } in backfill {
            let id = format!("backfill-{workflow}-{revision}");
            jobs.push(NewJob { pace, ..new_job(&JobWork::Backfill { workflow }, id, revision, by, at) });
        }
        let pairs: BTreeSet<PostingPair> =
            business_triggers(catalog).map(|(_, _, trigger)| pair_of(trigger)).collect();
        if !pairs.is_empty() {
            let known = self.store().posting_pairs(&catalog.workspace).await?;
            let is_complete = |pair: &PostingPair| known.contains(&(pair.clone(), true));
            let new = pairs.iter().filter(|pair| !is_complete(pair));
            let new: Vec<_> = new.map(|pair| (pair.event.clone(), pair.property.clone())).collect();
            if !new.is_empty() {
                let id = format!("postings-{revision}");
                let job = new_job(&JobWork::Postings { pairs: new }, id, revision, by, at);
                // What other nodes are committing at this moment is in the history when it is read.
                jobs.push(NewJob { begins_at: at + POSTINGS_AFTER, ..job });
            }
        }
        let what = serde_json::json!({ "did": "publish", "revision": revision });
        Ok(Consequences {
            jobs,
            holds: Some(holds(catalog)),
            pairs: Some(pairs.into_iter().collect()),
            audit_json: Some(what.to_string()),
        })
    }

    /// The domain's plan with what is wrong with templates; compiling is work for another thread.
    async fn planned(
        &self,
        workspace: &WorkspaceId,
        revision: u64,
        current: Portfolio,
        files: Vec<SourceFile>,
        choices: Choices,
        at: Timestamp,
    ) -> anyhow::Result<Planned> {
        let workspace = workspace.clone();
        let work = (current, files, None);
        let threads = self.shared().options.one_thread();
        let done = compute(vec![work], threads, move |(current, files, planned)| {
            let templates = wend_render::diagnostics(files);
            let plan = compile::plan_with(&workspace, revision, current, std::mem::take(files), &choices, at);
            *planned = Some(with_templates(plan, templates));
        });
        let (.., planned) = done.await?.pop().context("the plan was not made")?;
        planned.context("the plan was not made")
    }
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
