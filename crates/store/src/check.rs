//! Every statement of the store, for a database to say whether it understands it.

use crate::driver::Driver;
use crate::driver::sqlite;
use crate::error::Error;
use crate::statement::AnyStatement;

/// The statements of every file that has some.
static ALL: &[&[AnyStatement]] = &[
    crate::alarm::STATEMENTS,
    crate::audit::STATEMENTS,
    crate::business::STATEMENTS,
    crate::catalog::STATEMENTS,
    crate::claim::STATEMENTS,
    crate::consent::STATEMENTS,
    crate::contact::STATEMENTS,
    crate::account::STATEMENTS,
    crate::counter::STATEMENTS,
    crate::draft::STATEMENTS,
    crate::dump::table::STATEMENTS,
    crate::erase::STATEMENTS,
    crate::fold::STATEMENTS,
    crate::grant::STATEMENTS,
    crate::history::STATEMENTS,
    crate::hold::STATEMENTS,
    crate::identity::STATEMENTS,
    crate::import::STATEMENTS,
    crate::inbox::STATEMENTS,
    crate::janitor::STATEMENTS,
    crate::job::STATEMENTS,
    crate::key::STATEMENTS,
    crate::lane::STATEMENTS,
    crate::message::STATEMENTS,
    crate::migrate::STATEMENTS,
    crate::node::STATEMENTS,
    crate::outbox::STATEMENTS,
    crate::past::STATEMENTS,
    crate::people_key::STATEMENTS,
    crate::posting::STATEMENTS,
    crate::quarantine::STATEMENTS,
    crate::rollout::STATEMENTS,
    crate::schedule::STATEMENTS,
    crate::trait_seen::STATEMENTS,
    crate::catalogue::STATEMENTS,
    crate::secret::STATEMENTS,
    crate::sender::STATEMENTS,
    crate::team::STATEMENTS,
    crate::statistics::STATEMENTS,
    crate::suppression::STATEMENTS,
    crate::tail::STATEMENTS,
    crate::task::STATEMENTS,
    crate::term::STATEMENTS,
    crate::workspace::STATEMENTS,
];

/// Prepares every statement; answers how many they were.
pub(crate) async fn every_statement(driver: &Driver) -> Result<usize, Error> {
    let dialect = driver.dialect();
    let mut texts: Vec<String> =
        ALL.iter().flat_map(|list| list.iter()).filter_map(|statement| statement.text(dialect)).collect();
    texts.extend(crate::dump::table::texts(dialect));
    let n_texts = texts.len();
    let wrong = |text: &str, error: &Error| Error::internal(format!("{error}, in: {text}"));
    match driver {
        Driver::Sqlite(sqlite) => {
            let check = move |connection: &rusqlite::Connection| {
                texts.iter().try_for_each(|text| {
                    sqlite::prepare(connection, text).map_err(|error| wrong(text, &error))
                })
            };
            sqlite.read(check).await?;
        }
        Driver::Postgres(postgres) => {
            let mut transaction = postgres.begin().await?;
            for text in &texts {
                transaction.prepare(text).await.map_err(|error| wrong(text, &error))?;
            }
        }
    }
    Ok(n_texts)
}
