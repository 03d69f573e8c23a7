//! Migrations: numbered SQL files that are never edited after a release.

use crate::driver::value::params;
use crate::driver::{Driver, Transaction};
use crate::error::Error;
use crate::statement::{Dialect, Statement, for_sqlite, statements};

/// One migration; where the databases differ there is a file for each.
struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// A migration whose text is the same for both.
macro_rules! same {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/", $name, ".sql")),
        }
    };
}

/// A migration with a text for each.
macro_rules! different {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/", $name, ".sqlite.sql")),
            postgres: include_str!(concat!("../migrations/", $name, ".postgres.sql")),
        }
    };
}

/// All of them, in order.
const MIGRATIONS: &[Migration] = &[
    same!(1, "0001_management"),
    different!(2, "0002_contact"),
    same!(3, "0003_language"),
    different!(4, "0004_posting"),
    different!(5, "0005_history"),
    same!(6, "0006_identity"),
    different!(7, "0007_profiles"),
    different!(8, "0008_audience"),
    different!(9, "0009_transfer"),
    same!(10, "0010_consent"),
    same!(11, "0011_team"),
    same!(12, "0012_sending"),
    same!(15, "0015_catalogues"),
    different!(16, "0016_past"),
];

/// What says which ones were applied; it is there before the first.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL
)";

/// The lock under which nodes migrate, one after the other.
const LOCK: &str = "SELECT pg_advisory_xact_lock(8271946)";

statements! {
    APPLIED: Statement = Statement::Both("SELECT number, name, hash FROM migration ORDER BY number");
    RECORD: Statement = Statement::Both("INSERT INTO migration (number, name, hash) VALUES ($1, $2, $3)");
}

/// The number of the newest migration this version knows: the version of the schema.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.number).max().unwrap_or_default()
}

/// Applies what is missing, all of it or nothing, and answers the names.
pub(crate) async fn migrate(driver: &Driver) -> Result<Vec<String>, Error> {
    migrate_with(driver, MIGRATIONS).await
}

async fn migrate_with(driver: &Driver, migrations: &[Migration]) -> Result<Vec<String>, Error> {
    let dialect = driver.dialect();
    let mut transaction = driver.begin().await?;
    if dialect == Dialect::Postgres {
        transaction.script(LOCK).await?;
    }
    transaction.script(TABLE).await?;
    let n_applied = check_applied(&mut transaction, dialect).await?;
    let mut names = Vec::new();
    for migration in migrations.iter().skip(n_applied) {
        transaction.script(&migration.script(dialect)).await?;
        let hash = migration.hash(dialect);
        transaction.execute(RECORD, params![migration.number, migration.name, hash]).await?;
        names.push(migration.name.to_owned());
    }
    transaction.commit().await?;
    Ok(names)
}

/// Compares what was applied with what this version knows; answers how many were.
async fn check_applied(transaction: &mut Transaction, dialect: Dialect) -> Result<usize, Error> {
    let applied = transaction.query(APPLIED, params![]).await?;
    let n_applied = applied.len();
    if n_applied > MIGRATIONS.len() {
        let last = applied.into_iter().next_back().expect("there are more of them than none");
        return Err(Error::TooNew { found: last.columns("migration").integer()?, known: newest() });
    }
    for (index, row) in applied.into_iter().enumerate() {
        let mut row = row.columns("migration");
        let (number, name, hash) = (row.integer()?, row.text()?, row.text()?);
        let migration = &MIGRATIONS[index];
        if migration.number != number || migration.hash(dialect) != hash {
            let why = format!(
                "this version of Wend has another migration {} ({})",
                migration.number, migration.name
            );
            return Err(Error::inconsistent("migration", name, why));
        }
    }
    Ok(n_applied)
}

impl Migration {
    fn script(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Sqlite => for_sqlite(self.sqlite),
            Dialect::Postgres => self.postgres.to_owned(),
        }
    }

    fn hash(&self, dialect: Dialect) -> String {
        let text = match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        };
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }
}

#[cfg(test)]
mod tests;
