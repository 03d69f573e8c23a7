//! The audit: who did what to the installation.

use wend_domain::id::WorkspaceId;
use wend_domain::time::Timestamp;

use crate::driver::Transaction;
use crate::driver::value::params;
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};
use crate::workspace;

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number, in the order in which things were done.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What.
    pub what_json: String,
}

statements! {
    ADD: Statement = Statement::Both(
        "INSERT INTO audit (workspace, seq, at, done_by, what_json)
         SELECT CAST($1 AS TEXT), COALESCE(MAX(seq), 0) + 1, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT)
         FROM audit WHERE workspace = $1",
    );
    PAGE: Statement = Statement::Both(
        "SELECT seq, at, done_by, what_json FROM audit WHERE workspace = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
    );
}

impl Store {
    /// Notes what somebody did.
    pub async fn audit_add(
        &self,
        workspace: &WorkspaceId,
        at: Timestamp,
        by: &str,
        what_json: &str,
    ) -> Result<(), Error> {
        let mut transaction = self.inner.driver.begin().await?;
        add(&mut transaction, workspace, at, by, what_json).await?;
        transaction.commit().await
    }

    /// What was done before a number (none: up to now), latest first.
    pub async fn audit(
        &self,
        workspace: &WorkspaceId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, Error> {
        let params = params![workspace.as_str(), before.unwrap_or(i64::MAX), limit];
        let rows = self.inner.driver.query(PAGE, params).await?;
        let read = |row: crate::driver::value::Row| {
            let mut row = row.columns("audit");
            Ok(AuditRow { seq: row.integer()?, at: row.time()?, by: row.text()?, what_json: row.text()? })
        };
        rows.into_iter().map(read).collect()
    }
}

/// Notes it in a transaction, which is the only one in its workspace that notes anything until it ends.
pub(crate) async fn add(
    transaction: &mut Transaction,
    workspace: &WorkspaceId,
    at: Timestamp,
    by: &str,
    what_json: &str,
) -> Result<(), Error> {
    workspace::lock(transaction, workspace).await?;
    transaction.execute(ADD, params![workspace.as_str(), at, by, what_json]).await?;
    Ok(())
}
