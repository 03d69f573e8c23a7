//! Accounts: their documents, their members, and what waits to be taken by them.
//!
//! Rules are the domain's: an [`Accounting`] shows it one account with what it was told, and writes what it decided, in one
//! transaction. Whoever has locked the first row of an account's inbox has the account.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::time::Timestamp;

use crate::catalog;
use crate::driver::Transaction;
use crate::driver::value::{Row, Value, params};
use crate::error::Error;
use crate::inbox::{self, NewInbox};
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};

/// Something that an account is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccountInput {
    /// The account.
    pub account: String,
    /// What.
    pub input_json: String,
    /// When it was said.
    pub at: Timestamp,
}

/// An account as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The account.
    pub account: String,
    /// Its document.
    pub document_json: String,
}

/// An account whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountKey {
    /// Whose.
    pub workspace: WorkspaceId,
    /// The account.
    pub account: String,
}

/// What becomes of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChange {
    /// Which one.
    pub key: AccountKey,
    /// Its new document.
    pub document_json: String,
    /// What says which traits its members hold copies of.
    pub shared_by: String,
    /// Whether its members are being told.
    pub telling: bool,
    /// Members that changed: who, as it is kept, and whether it has left.
    pub members: Vec<(ContactId, String, bool)>,
    /// What its members are told.
    pub told: Vec<NewInbox>,
    /// The rows of its inbox that were taken.
    pub taken: Vec<i64>,
}

/// A transaction in which accounts take what they were told; dropping it changes nothing.
pub struct Accounting {
    transaction: Transaction,
    /// The accounts that are told something, or whose members are; other nodes pass over these.
    pub keys: Vec<AccountKey>,
}

/// What of an account waits: rows of its inbox by number, with when each was said.
pub type AccountQueue = Vec<(i64, String, Timestamp)>;

statements! {
    /// What an account is told, in the order of the commits.
    PUT_INPUT: Many = Many::Insert {
        table: "account_inbox",
        columns: &[
            ("workspace", Kind::Text),
            ("account", Kind::Text),
            ("input_json", Kind::Text),
            ("at", Kind::Integer),
        ],
        conflict: "",
    };
    HEADS: Statement = Statement::Both(
        "SELECT queued.workspace, queued.account FROM account_inbox AS queued WHERE NOT EXISTS (
             SELECT 1 FROM account_inbox AS other WHERE other.workspace = queued.workspace
             AND other.account = queued.account AND other.seq < queued.seq
         ) ORDER BY queued.seq LIMIT $1 FOR UPDATE OF queued SKIP LOCKED",
    );
    TELLING: Statement = Statement::Both(
        "SELECT workspace, account FROM account WHERE telling = 1 ORDER BY workspace, account LIMIT $1
         FOR UPDATE SKIP LOCKED",
    );
    OTHERWISE_SHARED: Statement = Statement::Both(
        "SELECT workspace, account FROM account WHERE workspace = $1 AND shared_by <> $2
         ORDER BY workspace, account LIMIT $3",
    );
    ANY_INPUT: Statement = Statement::Both("SELECT 1 FROM account_inbox LIMIT 1");
    ANY_TELLING: Statement = Statement::Both("SELECT 1 FROM account WHERE telling = 1 LIMIT 1");
    QUEUE: Statement = Statement::Both(
        "SELECT seq, input_json, at FROM account_inbox WHERE workspace = $1 AND account = $2 ORDER BY seq LIMIT $3",
    );
    /// Row by row: one with a lower number may be committed later than one with a higher.
    TAKEN: Many = Many::Each {
        kinds: &[Kind::Text, Kind::Integer],
        sqlite: "DELETE FROM account_inbox WHERE workspace = $1 AND seq = $2",
        postgres: "DELETE FROM account_inbox USING {rows} AS gone (workspace, seq)
                   WHERE account_inbox.workspace = gone.workspace AND account_inbox.seq = gone.seq",
    };
    /// Makes the row, so that there is one to lock.
    MAKE: Statement = Statement::Both(
        "INSERT INTO account (workspace, account, document_json, shared_by, telling) VALUES ($1, $2, '', '', 0)
         ON CONFLICT (workspace, account) DO NOTHING",
    );
    LOCK: Statement = Statement::Both(
        "SELECT document_json FROM account WHERE workspace = $1 AND account = $2 FOR UPDATE",
    );
    WRITE: Statement = Statement::Both(
        "UPDATE account SET document_json = $3, shared_by = $4, telling = $5 WHERE workspace = $1 AND account = $2",
    );
    MEMBER: Statement = Statement::Both(
        "SELECT member_json FROM account_member WHERE workspace = $1 AND account = $2 AND contact = $3",
    );
    MEMBER_PUT: Many = Many::Insert {
        table: "account_member",
        columns: &[
            ("workspace", Kind::Text),
            ("account", Kind::Text),
            ("contact", Kind::Text),
            ("member_json", Kind::Text),
            ("has_left", Kind::Integer),
        ],
        conflict: "ON CONFLICT (workspace, account, contact) DO UPDATE SET member_json = excluded.member_json,
                   has_left = excluded.has_left",
    };
    MEMBERS: Statement = Statement::Both(
        "SELECT contact, member_json FROM account_member WHERE workspace = $1 AND account = $2 AND contact > $3
         AND has_left = 0 ORDER BY contact LIMIT $4",
    );
    ONE: Statement = Statement::Both(
        "SELECT account, document_json FROM account WHERE workspace = $1 AND account = $2 AND document_json <> ''",
    );
    PAGE: Statement = Statement::Both(
        "SELECT account, document_json FROM account WHERE workspace = $1 AND account > $2 AND document_json <> ''
         ORDER BY account LIMIT $3",
    );
}

impl Store {
    /// Queues something for an account.
    pub async fn tell_account(&self, workspace: &WorkspaceId, new: NewAccountInput) -> Result<(), Error> {
        let mut transaction = self.inner.driver.begin().await?;
        transaction.execute_all(vec![(&PUT_INPUT, vec![row_values(workspace, new)])]).await?;
        transaction.commit().await
    }

    /// Whether an account has something to take, or members to tell.
    pub async fn are_accounts_waiting(&self) -> Result<bool, Error> {
        Ok(self.inner.driver.query_first(ANY_INPUT, params![]).await?.is_some()
            || self.inner.driver.query_first(ANY_TELLING, params![]).await?.is_some())
    }

    /// Accounts whose members hold copies of other traits than they should.
    pub async fn accounts_otherwise_shared(
        &self,
        workspace: &WorkspaceId,
        shared_by: &str,
        limit: usize,
    ) -> Result<Vec<AccountKey>, Error> {
        let params = params![workspace.as_str(), shared_by, limit];
        let rows = self.inner.driver.query(OTHERWISE_SHARED, params).await?;
        rows.into_iter().map(key).collect()
    }

    /// Takes accounts of all workspaces, those that were told something first.
    pub async fn begin_accounting(&self, limit: usize) -> Result<Accounting, Error> {
        let mut transaction = self.inner.driver.begin().await?;
        let mut rows = transaction.query(HEADS, params![limit]).await?;
        rows.extend(transaction.query(TELLING, params![limit]).await?);
        let keys: BTreeSet<AccountKey> = rows.into_iter().map(key).collect::<Result<_, _>>()?;
        // In order, so that two nodes never wait for each other in a circle.
        Ok(Accounting { transaction, keys: keys.into_iter().take(limit).collect() })
    }

    /// An account.
    pub async fn account(&self, workspace: &WorkspaceId, account: &str) -> Result<Option<AccountRow>, Error> {
        let row = self.inner.driver.query_first(ONE, params![workspace.as_str(), account]).await?;
        row.map(read).transpose()
    }

    /// Accounts in the order of their ids, after one.
    pub async fn accounts(
        &self,
        workspace: &WorkspaceId,
        after: &str,
        limit: usize,
    ) -> Result<Vec<AccountRow>, Error> {
        let rows = self.inner.driver.query(PAGE, params![workspace.as_str(), after, limit]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Members of an account in the order of their ids, after one: who, and as it is kept.
    pub async fn account_members(
        &self,
        workspace: &WorkspaceId,
        account: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(ContactId, String)>, Error> {
        let rows =
            self.inner.driver.query(MEMBERS, params![workspace.as_str(), account, after, limit]).await?;
        rows.into_iter().map(member).collect()
    }
}

impl Accounting {
    /// The document of an account, empty if it has none yet; until the end of the transaction nobody else changes it.
    pub async fn document(&mut self, key: &AccountKey) -> Result<String, Error> {
        let params = params![key.workspace.as_str(), key.account.as_str()];
        self.transaction.execute(MAKE, params.clone()).await?;
        let row = self.transaction.query_first(LOCK, params).await?;
        row.map_or(Ok(String::new()), |row| row.columns("account").text())
    }

    /// The newest revision of a workspace's catalog: who has an older one leaves its accounts to others.
    pub async fn newest_catalog(&mut self, workspace: &WorkspaceId) -> Result<u64, Error> {
        let row = self.transaction.query_first(catalog::REVISION, params![workspace.as_str()]).await?;
        row.map_or(Ok(0), |row| row.columns("catalog").count())
    }

    /// What the account was told and has not taken, in order.
    pub async fn queue(&mut self, key: &AccountKey, limit: usize) -> Result<AccountQueue, Error> {
        let params = params![key.workspace.as_str(), key.account.as_str(), limit];
        let rows = self.transaction.query(QUEUE, params).await?;
        let read = |row: Row| {
            let mut row = row.columns("account_inbox");
            Ok((row.integer()?, row.text()?, row.time()?))
        };
        rows.into_iter().map(read).collect()
    }

    /// A member as the account keeps it.
    pub async fn member(&mut self, key: &AccountKey, contact: ContactId) -> Result<Option<String>, Error> {
        let params = params![key.workspace.as_str(), key.account.as_str(), contact];
        let row = self.transaction.query_first(MEMBER, params).await?;
        row.map(|row| row.columns("account_member").text()).transpose()
    }

    /// Members after one, in the order of their ids.
    pub async fn members(
        &mut self,
        key: &AccountKey,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Vec<ContactId>, Error> {
        let after = after.map(|contact| contact.to_string()).unwrap_or_default();
        let params = params![key.workspace.as_str(), key.account.as_str(), after, limit];
        let rows = self.transaction.query(MEMBERS, params).await?;
        rows.into_iter().map(|row| Ok(member(row)?.0)).collect()
    }

    /// Writes what became of the accounts.
    pub async fn commit(mut self, changes: Vec<AccountChange>) -> Result<(), Error> {
        let (mut members, mut told, mut taken) = (Vec::new(), Vec::new(), Vec::new());
        for change in changes {
            let (workspace, account) = (change.key.workspace, change.key.account);
            let name = workspace.as_str();
            let telling = i64::from(change.telling);
            let write = params![name, account.as_str(), change.document_json, change.shared_by, telling];
            self.transaction.execute(WRITE, write).await?;
            taken.extend(change.taken.into_iter().map(|seq| params![name, seq]));
            let kept: BTreeMap<ContactId, (String, bool)> =
                change.members.into_iter().map(|(contact, json, left)| (contact, (json, left))).collect();
            for (contact, (json, left)) in kept {
                members.push(params![name, account.as_str(), contact, json, i64::from(left)]);
            }
            told.extend(change.told.into_iter().map(|new| inbox::row_values(&workspace, new)));
        }
        let bulks = vec![(&TAKEN, taken), (&MEMBER_PUT, members), (&inbox::PUT, told)];
        self.transaction.execute_all(bulks).await?;
        self.transaction.commit().await
    }
}

fn key(row: Row) -> Result<AccountKey, Error> {
    let mut row = row.columns("account");
    Ok(AccountKey { workspace: row.name()?, account: row.text()? })
}

fn read(row: Row) -> Result<AccountRow, Error> {
    let mut row = row.columns("account");
    Ok(AccountRow { account: row.text()?, document_json: row.text()? })
}

fn member(row: Row) -> Result<(ContactId, String), Error> {
    let mut row = row.columns("account_member");
    Ok((row.id()?, row.text()?))
}

/// The values of something new to be told.
pub(crate) fn row_values(workspace: &WorkspaceId, new: NewAccountInput) -> Vec<Value> {
    params![workspace.as_str(), new.account, new.input_json, new.at]
}
