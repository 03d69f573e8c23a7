//! What publishing is asked to do: files, what they were made from, and what becomes of runs. Plan, apply and drafts
//! share it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::compile::{Choices, Conflict, MigrationChoice, Portfolio, difference};
use wend_domain::id::{WorkflowName, WorkspaceId};
use wend_domain::source;
use wend_engine::{Applied, Backfill, Publication};

use crate::auth::Caller;
use crate::error::Error;
use crate::state::ServerState;
use crate::view::rollout::RolloutPlan;
use crate::wire::SourceFile;

/// How many files of others a refusal names.
const PATHS_SHOWN_MAX: usize = 10;

/// What becomes of runs and contacts; nothing is done that isn't chosen.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Chosen {
    /// Where the runs of older versions go, by workflow: `from` (versions; all older ones if empty), `default` (`same`,
    /// `stay` or `exit`), and `steps` with `{"to": STEP}`, `"stay"` or `"exit"` for single steps. Without a choice runs
    /// stay on their version.
    #[schema(value_type = Object, example = json!({"welcome": {"default": "same", "steps": {"old": {"to": "new"}}}}))]
    migrations: BTreeMap<WorkflowName, MigrationChoice>,
    /// New versions that reach contacts by and by, by workflow.
    #[schema(value_type = Object)]
    rollouts: BTreeMap<WorkflowName, RolloutPlan>,
    /// Workflows that let those in who match already.
    backfill: Vec<BackfillChoice>,
}

/// A workflow that lets those in who match already.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackfillChoice {
    /// The workflow.
    pub workflow: String,
    /// How many contacts a second are looked at, at most.
    pub pace: Option<u32>,
}

impl Chosen {
    /// The choices as the compiler takes them, and who is let in.
    pub(crate) fn read(self) -> Result<(Choices, Vec<Backfill>), Error> {
        let rollouts = self.rollouts.into_iter().map(|(name, plan)| Ok((name, plan.try_into()?)));
        let choices =
            Choices { migrations: self.migrations, rollouts: rollouts.collect::<Result<_, Error>>()? };
        let mut backfill: Vec<Backfill> = Vec::new();
        for BackfillChoice { workflow, pace } in self.backfill {
            let workflow = WorkflowName::from(workflow);
            if pace == Some(0) {
                return Err(Error::Malformed("`pace` is 0: nobody would ever be looked at".to_owned()));
            }
            if backfill.iter().any(|other| other.workflow == workflow) {
                return Err(Error::Malformed(format!("`backfill` names `{workflow}` twice")));
            }
            backfill.push(Backfill { workflow, pace });
        }
        Ok((choices, backfill))
    }
}

/// The files as the compiler takes them.
pub(crate) fn sources(files: Vec<SourceFile>) -> Result<Vec<source::SourceFile>, Error> {
    if files.len() > source::FILES_MAX {
        let message = format!("there are {} files, more than {}", files.len(), source::FILES_MAX);
        return Err(Error::TooLarge(message));
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = files.iter().find(|file| !seen.insert(file.path.as_str())) {
        return Err(Error::Malformed(format!("the file `{}` is there twice", twice.path)));
    }
    Ok(files.into_iter().map(source::SourceFile::from).collect())
}

/// Publishes, or says why not.
pub(crate) async fn publish(
    state: &ServerState,
    caller: &Caller,
    publication: Publication,
) -> Result<(u64, wend_domain::compile::Planned, Vec<String>), Error> {
    let (workspace, base) = (&caller.workspace, publication.base);
    let files = publication.files.clone();
    let by = format!("{} ({})", caller.name, caller.key_id);
    let unknown = publication
        .backfill
        .iter()
        .find(|backfill| !files.iter().any(|file| file.text.contains(backfill.workflow.as_str())));
    if let Some(backfill) = unknown {
        return Err(Error::not_found("workflow", &backfill.workflow));
    }
    match state.engine().publish(workspace, publication, &by).await? {
        Applied::Applied { revision, planned, jobs } => Ok((revision, *planned, jobs)),
        Applied::Invalid { diagnostics } => Err(Error::Invalid(diagnostics)),
        Applied::Conflict { revision, conflicts } => {
            Err(diverged(state, workspace, base, revision, conflicts, &files).await?)
        }
    }
}

/// Why files can't take the place of those that are there.
async fn diverged(
    state: &ServerState,
    workspace: &WorkspaceId,
    base: Option<u64>,
    revision: u64,
    mut conflicts: Vec<Conflict>,
    mine: &[source::SourceFile],
) -> Result<Error, Error> {
    let (_, current) = state.engine().portfolio(workspace).await?;
    let theirs = match base {
        Some(base) => {
            let base = portfolio_at(state, workspace, base).await?.files;
            if conflicts.is_empty() {
                conflicts = difference(&base, &current.files, mine);
            }
            changed(&base, &current.files)
        }
        None => Vec::new(),
    };
    let n_others = theirs.len().saturating_sub(PATHS_SHOWN_MAX);
    let mut named: Vec<String> = theirs.into_iter().take(PATHS_SHOWN_MAX).collect();
    if n_others > 0 {
        named.push(format!("{n_others} more"));
    }
    let what = if named.is_empty() { "something".to_owned() } else { named.join(", ") };
    let since = base.map_or_else(String::new, |base| format!(" since revision {base}"));
    let message =
        format!("somebody changed {what}{since} and published revision {revision}: nothing was applied");
    Ok(Error::Diverged { message, revision, conflicts })
}

/// The portfolio of a revision; an empty one before the first.
pub(crate) async fn portfolio_at(
    state: &ServerState,
    workspace: &WorkspaceId,
    revision: u64,
) -> Result<Portfolio, Error> {
    let row = state.store().catalog_at(workspace, revision).await?;
    row.map_or(Ok(Portfolio::default()), |row| {
        serde_json::from_str(&row.portfolio_json).map_err(Error::internal)
    })
}

/// The paths of files that are different, new or gone.
fn changed(before: &[source::SourceFile], after: &[source::SourceFile]) -> Vec<String> {
    let (before, after): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
    let paths: BTreeSet<&str> = before.symmetric_difference(&after).map(|file| file.path.as_str()).collect();
    paths.into_iter().map(str::to_owned).collect()
}

/// Refuses a base that never was.
pub(crate) async fn checked_base(
    state: &ServerState,
    workspace: &WorkspaceId,
    base: Option<u64>,
) -> Result<(), Error> {
    let latest = state.store().catalog_revision_number(workspace).await?;
    match base {
        Some(base) if base > latest => {
            Err(Error::Malformed(format!("there is no revision {base}: the latest is {latest}")))
        }
        _ => Ok(()),
    }
}
