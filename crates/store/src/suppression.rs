//! Addresses of a workspace that must not be used, whoever has them.

use std::collections::BTreeMap;

use wend_domain::id::{Channel, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// How many addresses one statement asks about; there are as many parameters in [`ANY`].
const ASKED_AT_ONCE: usize = 16;

/// An address that must not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionRow {
    /// Its channel.
    pub channel: Channel,
    /// The keyed hash of channel and address by which it is found.
    pub hash: String,
    /// The address; none if its person was erased.
    pub address: Option<String>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Who said so.
    pub set_by: String,
}

statements! {
    PUT: Many = Many::Insert {
        table: "suppression",
        columns: &[
            ("workspace", Kind::Text),
            ("channel", Kind::Text),
            ("hash", Kind::Text),
            ("address", Kind::Text),
            ("reason", Kind::Text),
            ("since", Kind::Integer),
            ("set_by", Kind::Text),
        ],
        conflict: "ON CONFLICT (workspace, hash) DO NOTHING",
    };
    /// What is suppressed because its person was erased stays so.
    REMOVE: Many = Many::Each {
        sqlite: "DELETE FROM suppression WHERE workspace = $1 AND hash = $2 AND address IS NOT NULL",
        postgres: "DELETE FROM suppression USING {rows} AS gone (workspace, hash)
             WHERE suppression.workspace = gone.workspace AND suppression.hash = gone.hash
             AND suppression.address IS NOT NULL",
        kinds: &[Kind::Text, Kind::Text],
    };
    REMOVE_ONE: Statement = Statement::Both(
        "DELETE FROM suppression WHERE workspace = $1 AND hash = $2 AND address IS NOT NULL",
    );
    ANY: Statement = Statement::Both(
        "SELECT channel, hash, address, reason, since, set_by FROM suppression WHERE workspace = $1 AND hash IN (
             $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
         )",
    );
    PAGE: Statement = Statement::Both(
        "SELECT channel, hash, address, reason, since, set_by FROM suppression
         WHERE workspace = $1 AND hash > $2 ORDER BY hash LIMIT $3",
    );
}

/// A row for [`PUT`].
pub(crate) fn row_values(workspace: &WorkspaceId, row: SuppressionRow) -> Vec<Value> {
    let SuppressionRow { channel, hash, address, reason, since, set_by } = row;
    params![workspace.as_str(), channel.as_str(), hash, address, reason, since, set_by]
}

fn read(row: Row) -> Result<SuppressionRow, Error> {
    let mut row = row.columns("suppression");
    Ok(SuppressionRow {
        channel: row.name()?,
        hash: row.text()?,
        address: row.optional_text()?,
        reason: row.text()?,
        since: row.time()?,
        set_by: row.text()?,
    })
}

impl Store {
    /// Adds addresses; those that are there stay as they are.
    pub async fn suppressions_add(
        &self,
        workspace: &WorkspaceId,
        rows: Vec<SuppressionRow>,
    ) -> Result<(), Error> {
        // One row of each address, in the order of the key: so two that add the same never wait for each other in a ring.
        let rows: BTreeMap<String, SuppressionRow> =
            rows.into_iter().map(|row| (row.hash.clone(), row)).collect();
        let values = rows.into_values().map(|row| row_values(workspace, row)).collect();
        let mut transaction = self.inner.driver.begin().await?;
        transaction.execute_all(vec![(&PUT, values)]).await?;
        transaction.commit().await
    }

    /// Removes an address; false if it wasn't there, or belongs to somebody who was erased.
    pub async fn suppression_remove(&self, workspace: &WorkspaceId, hash: &str) -> Result<bool, Error> {
        Ok(self.inner.driver.execute(REMOVE_ONE, params![workspace.as_str(), hash]).await? > 0)
    }

    /// Those of some addresses that are suppressed, by hash.
    pub async fn suppressed(
        &self,
        workspace: &WorkspaceId,
        hashes: &[String],
    ) -> Result<BTreeMap<String, SuppressionRow>, Error> {
        let mut found = BTreeMap::new();
        for some in hashes.chunks(ASKED_AT_ONCE) {
            let mut values = params![workspace.as_str()];
            values.extend(some.iter().map(|hash| Value::from(hash.as_str())));
            values.resize_with(ASKED_AT_ONCE + 1, || Value::from(""));
            for row in self.inner.driver.query(ANY, values).await? {
                let row = read(row)?;
                found.insert(row.hash.clone(), row);
            }
        }
        Ok(found)
    }

    /// A page of the list, by hash, after a row.
    pub async fn suppressions(
        &self,
        workspace: &WorkspaceId,
        after: &str,
        limit: usize,
    ) -> Result<Vec<SuppressionRow>, Error> {
        let rows = self.inner.driver.query(PAGE, params![workspace.as_str(), after, limit]).await?;
        rows.into_iter().map(read).collect()
    }
}
