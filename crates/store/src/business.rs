//! Business events: what happened that is nobody's own event (SEMANTICS 4.1).

use wend_domain::id::{EventName, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::counter;
use crate::driver::value::{Row, params};
use crate::error::Error;
use crate::job::{self, NewJob};
use crate::open::Store;
use crate::statement::{Statement, statements};

/// Something that happened in the business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessEventRow {
    /// Its id: a second one of the same id is not taken.
    pub id: String,
    /// What happened.
    pub event: EventName,
    /// What it says of itself.
    pub properties_json: String,
    /// When it came in.
    pub at: Timestamp,
}

statements! {
    ADD: Statement = Statement::Both(
        "INSERT INTO business_event (workspace, id, event, properties_json, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace, id) DO NOTHING",
    );
    LATEST: Statement = Statement::Both(
        "SELECT id, event, properties_json, at FROM business_event WHERE workspace = $1 ORDER BY at DESC, id LIMIT $2",
    );
}

impl Store {
    /// Takes a business event with the jobs that tell contacts of it; false, and nothing done, if it came before.
    pub async fn business_event_add(
        &self,
        workspace: &WorkspaceId,
        row: BusinessEventRow,
        jobs: Vec<NewJob>,
    ) -> Result<bool, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let params = params![workspace.as_str(), row.id, row.event.as_str(), row.properties_json, row.at];
        if transaction.execute(ADD, params).await? == 0 {
            return Ok(false);
        }
        if !jobs.is_empty() {
            let total = counter::own(&mut transaction, workspace, counter::CONTACTS).await?;
            for job in jobs {
                job::add(&mut transaction, workspace, job, total).await?;
            }
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// The business events of a workspace, latest first.
    pub async fn business_events(
        &self,
        workspace: &WorkspaceId,
        limit: usize,
    ) -> Result<Vec<BusinessEventRow>, Error> {
        let rows = self.inner.driver.query(LATEST, params![workspace.as_str(), limit]).await?;
        let read = |row: Row| {
            let mut row = row.columns("business_event");
            Ok(BusinessEventRow {
                id: row.text()?,
                event: row.name()?,
                properties_json: row.text()?,
                at: row.time()?,
            })
        };
        rows.into_iter().map(read).collect()
    }
}
