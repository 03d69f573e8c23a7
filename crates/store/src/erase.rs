//! Erasing a person: every row of theirs goes, in one transaction, and a tombstone stays.
//!
//! What is deleted leaves holes in the database's files in which its bytes stand until something else is written there.
//! [`Store::compact`] rewrites the files, so that they are gone for good.

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::account::NewAccountInput;
use crate::bucket;
use crate::driver::Driver;
use crate::driver::sqlite;
use crate::driver::value::{Value, params};
use crate::error::Error;
use crate::fold;
use crate::open::Store;
use crate::posting;
use crate::statement::{Dialect, Statement, statements};
use crate::suppression::SuppressionRow;
use crate::term;

/// The tables (PostgreSQL) that hold anything of a person, for [`Store::compact`].
const TABLES: &[&str] = &[
    "contact",
    "history",
    "consent_change",
    "inbox",
    "message_payload",
    "message",
    "outbox",
    "alarm",
    "identity",
    "task",
    "entry_request",
    "posting",
    "job_contact",
    "contact_term",
    "refused_claim",
    "account",
    "account_member",
    "account_inbox",
    "trait_seen",
    "trait_delta",
    "import_chunk",
    "import_page",
    "quarantine",
    "audit",
    "suppression",
];

/// The most texts by which rows that don't name the contact are found.
const TEXTS_MAX: usize = 1_000;

statements! {
    /// First: whoever works on the contact has finished when its row is locked.
    CONTACT: Statement = Statement::Both(
        "DELETE FROM contact WHERE workspace = $1 AND bucket = $2 AND contact = $3",
    );
    HISTORY: Statement = Statement::Both(
        "DELETE FROM history WHERE workspace = $1 AND bucket = $2 AND contact = $3",
    );
    CONSENT: Statement = Statement::Both(
        "DELETE FROM consent_change WHERE workspace = $1 AND bucket = $2 AND contact = $3",
    );
    INBOX: Statement = Statement::Both("DELETE FROM inbox WHERE workspace = $1 AND bucket = $2 AND contact = $3");
    PAYLOAD_SQLITE: Statement = Statement::Sqlite(
        "DELETE FROM message_payload WHERE workspace = $1 AND message IN
         (SELECT message FROM contact_message WHERE workspace = $1 AND bucket = $2 AND contact = $3)",
    );
    MESSAGE_SQLITE: Statement = Statement::Sqlite(
        "DELETE FROM message WHERE workspace = $1 AND message IN
         (SELECT message FROM contact_message WHERE workspace = $1 AND bucket = $2 AND contact = $3)",
    );
    CONTACT_MESSAGE: Statement = Statement::Sqlite(
        "DELETE FROM contact_message WHERE workspace = $1 AND bucket = $2 AND contact = $3",
    );
    PAYLOAD_POSTGRES: Statement = Statement::Postgres(
        "DELETE FROM message_payload WHERE workspace = $1 AND bucket = $2 AND message IN
         (SELECT message FROM message WHERE workspace = $1 AND bucket = $2 AND contact = $3)",
    );
    MESSAGE_POSTGRES: Statement = Statement::Postgres(
        "DELETE FROM message WHERE workspace = $1 AND bucket = $2 AND contact = $3",
    );
    OUTBOX: Statement = Statement::Both("DELETE FROM outbox WHERE workspace = $1 AND contact = $2");
    ALARM: Statement = Statement::Both("DELETE FROM alarm WHERE workspace = $1 AND contact = $2");
    IDENTITY: Statement = Statement::Both("DELETE FROM identity WHERE workspace = $1 AND contact = $2");
    TASK: Statement = Statement::Both("DELETE FROM task WHERE workspace = $1 AND contact = $2");
    ENTRY_REQUEST: Statement = Statement::Both("DELETE FROM entry_request WHERE workspace = $1 AND contact = $2");
    POSTING: Statement = Statement::Both("DELETE FROM posting WHERE workspace = $1 AND contact = $2");
    JOB_CONTACT: Statement = Statement::Both("DELETE FROM job_contact WHERE workspace = $1 AND contact = $2");
    TERM: Statement = Statement::Both("DELETE FROM contact_term WHERE workspace = $1 AND contact = $2");
    CLAIM: Statement = Statement::Both("DELETE FROM refused_claim WHERE workspace = $1 AND contact = $2");
    /// What somebody else claimed of the person's.
    CLAIMED: Statement = Statement::Both(
        "DELETE FROM refused_claim WHERE workspace = $1 AND '\"' || value || '\"' = $2",
    );
    /// An account counts its members itself: it is told that this one left.
    ACCOUNT_LEFT: Statement = Statement::Both(
        "INSERT INTO account_inbox (workspace, account, input_json, at) VALUES ($1, $2, $3, $4)",
    );
    TRAIT_SEEN: Statement = Statement::Both(
        "UPDATE trait_seen SET contact = '' WHERE workspace = $1 AND contact = $2",
    );
    TRAIT_DELTA: Statement = Statement::Both(
        "UPDATE trait_delta SET contact = '' WHERE workspace = $1 AND contact = $2",
    );
    QUARANTINE_SQLITE: Statement = Statement::Sqlite(
        "DELETE FROM quarantine WHERE workspace = $1 AND instr(event_json, $2) > 0",
    );
    QUARANTINE_POSTGRES: Statement = Statement::Postgres(
        "DELETE FROM quarantine WHERE workspace = $1 AND strpos(event_json, CAST($2 AS TEXT)) > 0",
    );
    /// Who did something and when stays; what may name the person doesn't.
    AUDIT_SQLITE: Statement = Statement::Sqlite(
        "UPDATE audit SET what_json = '{\"erased\":true}' WHERE workspace = $1 AND instr(what_json, $2) > 0",
    );
    AUDIT_POSTGRES: Statement = Statement::Postgres(
        "UPDATE audit SET what_json = '{\"erased\":true}' WHERE workspace = $1
         AND strpos(what_json, CAST($2 AS TEXT)) > 0",
    );
    /// The address leaves the list; its hash and that it must not be used stay.
    SUPPRESSION: Statement = Statement::Both(
        "INSERT INTO suppression (workspace, channel, hash, address, reason, since, set_by)
         VALUES ($1, $2, $3, NULL, $4, $5, $6)
         ON CONFLICT (workspace, hash) DO UPDATE SET address = NULL, reason = excluded.reason",
    );
    TOMBSTONE: Statement = Statement::Both(
        "INSERT INTO erased (workspace, contact, at, erased_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace, contact) DO UPDATE SET at = excluded.at",
    );
    IS_ERASED: Statement = Statement::Both("SELECT at FROM erased WHERE workspace = $1 AND contact = $2");
}

/// Who is to be erased, and what is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The contacts that are this person.
    pub contacts: Vec<ContactId>,
    /// Texts by which rows are found that name the person and not the contact: refused events, and what the audit says.
    /// Identifiers and addresses, as they stand in JSON, with their quotation marks.
    pub texts: Vec<String>,
    /// What the person's accounts are told.
    pub accounts: Vec<NewAccountInput>,
    /// The person's addresses, without them: they stay suppressed.
    pub suppressed: Vec<SuppressionRow>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

/// One statement with its values.
type Step = (Statement, Vec<Value>);

impl Store {
    /// Erases a person: when this answers no query finds anything of theirs any more.
    pub async fn erase(&self, workspace: &WorkspaceId, erasure: Erasure) -> Result<(), Error> {
        if erasure.texts.len() > TEXTS_MAX {
            return Err(Error::Misuse {
                what: format!("{} texts; at most {TEXTS_MAX}", erasure.texts.len()),
            });
        }
        let steps = steps(self.inner.driver.dialect(), workspace, erasure);
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                // One turn: nothing is appended between what brings the logs to where it is deleted from and that.
                let turn = sqlite.turn().await;
                fold::fold_all(&turn, &self.inner.tail).await?;
                let tail = self.inner.tail.clone();
                let erase = move |connection: &mut rusqlite::Connection| {
                    while posting::merge_piece(connection)? {}
                    while term::merge_piece(connection)? {}
                    sqlite::transact(connection, |connection| {
                        for (statement, values) in &steps {
                            sqlite::execute(connection, *statement, values)?;
                        }
                        Ok(())
                    })?;
                    tail.rebuild(connection)
                };
                turn.run(erase).await?;
            }
            Driver::Postgres(postgres) => {
                let mut transaction = postgres.begin().await?;
                for (statement, values) in steps {
                    transaction.execute(statement, values).await?;
                }
                transaction.commit().await?;
            }
        }
        self.inner.identities().clear();
        Ok(())
    }

    /// When a contact was erased, if it was.
    pub async fn erased_at(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
    ) -> Result<Option<Timestamp>, Error> {
        let row = self.inner.driver.query_first(IS_ERASED, params![workspace.as_str(), contact]).await?;
        row.map(|row| row.columns("erased").time()).transpose()
    }

    /// Rewrites the database's files without what was deleted. Whoever writes waits meanwhile; on PostgreSQL who reads,
    /// too, a table at a time.
    pub async fn compact(&self) -> Result<(), Error> {
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => {
                let turn = sqlite.turn().await;
                fold::fold_all(&turn, &self.inner.tail).await?;
                turn.run(|connection| sqlite::compact(connection)).await
            }
            Driver::Postgres(postgres) => postgres.compact(TABLES).await,
        }
    }
}

/// Everything that erasing takes, in order.
fn steps(dialect: Dialect, workspace: &WorkspaceId, erasure: Erasure) -> Vec<Step> {
    let name = workspace.as_str();
    let mut steps: Vec<Step> = Vec::new();
    let messages: &[Statement] = match dialect {
        Dialect::Sqlite => &[PAYLOAD_SQLITE, MESSAGE_SQLITE, CONTACT_MESSAGE],
        Dialect::Postgres => &[PAYLOAD_POSTGRES, MESSAGE_POSTGRES],
    };
    for contact in &erasure.contacts {
        let keyed = || params![name, bucket::of_contact(*contact), *contact];
        steps.extend([CONTACT, HISTORY, CONSENT, INBOX].map(|statement| (statement, keyed())));
        steps.extend(messages.iter().map(|statement| (*statement, keyed())));
        let others = [
            OUTBOX,
            ALARM,
            IDENTITY,
            TASK,
            ENTRY_REQUEST,
            POSTING,
            JOB_CONTACT,
            TERM,
            CLAIM,
            TRAIT_SEEN,
            TRAIT_DELTA,
        ];
        steps.extend(others.map(|statement| (statement, params![name, *contact])));
        steps.push((TOMBSTONE, params![name, *contact, erasure.at, erasure.by.as_str()]));
    }
    let by_text = match dialect {
        Dialect::Sqlite => [QUARANTINE_SQLITE, AUDIT_SQLITE],
        Dialect::Postgres => [QUARANTINE_POSTGRES, AUDIT_POSTGRES],
    };
    let ids = erasure.contacts.iter().map(ToString::to_string);
    for text in ids.chain(erasure.texts) {
        steps.extend(by_text.map(|statement| (statement, params![name, text.as_str()])));
        steps.push((CLAIMED, params![name, text.as_str()]));
    }
    for new in erasure.accounts {
        let NewAccountInput { account, input_json, at } = new;
        steps.push((ACCOUNT_LEFT, params![name, account, input_json, at]));
    }
    for row in erasure.suppressed {
        let SuppressionRow { channel, hash, address: _, reason, since, set_by } = row;
        steps.push((SUPPRESSION, params![name, channel.as_str(), hash, reason, since, set_by]));
    }
    steps
}
