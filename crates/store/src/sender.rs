//! How much of each day's room a sender has used that is warming up.

use crate::driver::value::params;
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Statement, statements};

statements! {
    BEGIN: Statement =
        Statement::Both("INSERT INTO sender_day (sender, day, used) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING");
    /// What is read and what is written belong together: nobody else takes of it meanwhile.
    USED: Statement = Statement::Both("SELECT used FROM sender_day WHERE sender = $1 AND day = $2 FOR UPDATE");
    USE: Statement = Statement::Both("UPDATE sender_day SET used = used + $3 WHERE sender = $1 AND day = $2");
}

impl Store {
    /// Takes room for messages of a sender on a day, and answers for how many: fewer than wanted when the day's limit is
    /// reached. What was taken counts as used, whatever becomes of it.
    pub async fn sender_room(
        &self,
        sender: &str,
        day: &str,
        n_wanted: u32,
        limit: u32,
    ) -> Result<u32, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        transaction.execute(BEGIN, params![sender, day]).await?;
        let used: u32 = match transaction.query_first(USED, params![sender, day]).await? {
            Some(row) => row.columns("sender_day").count()?,
            None => 0,
        };
        let n_granted = limit.saturating_sub(used).min(n_wanted);
        if n_granted > 0 {
            transaction.execute(USE, params![sender, day, i64::from(n_granted)]).await?;
        }
        transaction.commit().await?;
        Ok(n_granted)
    }
}
