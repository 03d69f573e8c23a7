//! One transaction of the engine: what it reads, and the changes it commits.
//!
//! On PostgreSQL it is a transaction of the database, and its row locks are what keeps nodes apart. On SQLite it is the
//! turn to write: nobody else changes anything meanwhile, so what it reads stays true without an open transaction, and
//! all that it writes goes to the writer's thread in one piece at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wend_domain::behaviour::Stretch;
use wend_domain::id::{ContactId, EventName, MessageId, WorkspaceId};
use wend_domain::identity::Identifier;
use wend_domain::planted;
use wend_domain::time::Timestamp;

use crate::account::NewAccountInput;
use crate::alarm;
use crate::catalog;
use crate::claim::RefusedClaim;
use crate::commit;
use crate::consent::NewConsentChange;
use crate::contact::{self, ContactChange};
use crate::driver::sqlite::{self, Turn};
use crate::driver::value::{Row, Value, params};
use crate::driver::{Driver, postgres};
use crate::error::Error;
use crate::grant::EntryRequest;
use crate::history::{self, HistoryRow, NewHistory};
use crate::identity;
use crate::import::ImportStep;
use crate::inbox::{self, InboxRow, NewInbox};
use crate::message::MessageRow;
use crate::open::{Inner, Store};
use crate::outbox::NewOutbox;
use crate::posting::Posting;
use crate::statement::{Many, Statement};
use crate::suppression::SuppressionRow;
use crate::task::TaskRow;
use crate::term::TermChange;
use crate::trait_seen::SeenTraits;

/// One transaction of one workspace.
///
/// Dropping it rolls it back; PostgreSQL hears of that a moment later, and until then others pass over what it had
/// locked. Who only reads commits no changes: that is as cheap, and over when it answers.
pub struct Work {
    pub(crate) inner: Arc<Inner>,
    pub(crate) workspace: WorkspaceId,
    pub(crate) mode: Mode,
    /// The contacts that were asked for, and whether they exist.
    pub(crate) known: BTreeMap<ContactId, bool>,
}

/// What it is on each database.
pub(crate) enum Mode {
    Sqlite {
        turn: Turn,
        /// Identifiers claimed by this transaction.
        claimed: BTreeMap<Identifier, ContactId>,
        /// Identifiers given to another contact by this transaction.
        reassigned: BTreeMap<Identifier, ContactId>,
    },
    Postgres(postgres::Transaction),
}

/// All that one transaction changes.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// New versions of contacts, at most one of each.
    pub contacts: Vec<ContactChange>,
    /// What happened and what was decided; the order here is the order of `seq`.
    pub history: Vec<NewHistory>,
    /// Messages as they are now; the last one of an id wins.
    pub messages: Vec<MessageRow>,
    /// What is to be handed to a provider.
    pub outbox: Vec<NewOutbox>,
    /// Attempts to be made again, and when.
    pub outbox_retry: Vec<(MessageId, Timestamp)>,
    /// Rows to be taken back where they are still pending.
    pub outbox_cancel: Vec<MessageId>,
    /// Rows that are done.
    pub outbox_settle: Vec<MessageId>,
    /// Inputs to be queued for contacts; to note that a queued one is stuck, add it again with the reason.
    pub inbox_add: Vec<NewInbox>,
    /// Queued inputs that are done.
    pub inbox_done: Vec<i64>,
    /// Tasks as they are now; the last one of an id wins.
    pub tasks: Vec<TaskRow>,
    /// Runs that ask for a place under entry caps.
    pub entry_requests: Vec<EntryRequest>,
    /// What contacts did, for pairs of event and property that are declared.
    pub postings: Vec<Posting>,
    /// Terms that contacts have gained and lost; the last change of a term of a contact wins.
    pub terms: Vec<TermChange>,
    /// What accounts are told.
    pub account_inputs: Vec<NewAccountInput>,
    /// What types traits were seen with.
    pub traits_seen: SeenTraits,
    /// Claims of identifiers that were not granted.
    pub refused_claims: Vec<RefusedClaim>,
    /// Lines of the ledger of consent.
    pub consent_changes: Vec<NewConsentChange>,
    /// Addresses that must not be used any more.
    pub suppress: Vec<SuppressionRow>,
    /// Addresses, by hash, that may be used again.
    pub unsuppress: Vec<String>,
    /// What to add to counters; a name that begins with `store.` is the store's own.
    pub counters: BTreeMap<String, i64>,
    /// A step of an import that this transaction locked.
    pub import: Option<ImportStep>,
}

impl Store {
    /// Begins one transaction of a workspace; on SQLite it waits until it is the only one.
    pub async fn begin(&self, workspace: &WorkspaceId) -> Result<Work, Error> {
        let inner = Arc::clone(&self.inner);
        let mode = match &inner.driver {
            Driver::Sqlite(sqlite) => {
                let turn = sqlite.turn().await;
                if inner.tail.read().stale {
                    let tail = inner.tail.clone();
                    turn.run(move |connection| tail.rebuild(connection)).await?;
                }
                Mode::Sqlite { turn, claimed: BTreeMap::new(), reassigned: BTreeMap::new() }
            }
            Driver::Postgres(postgres) => Mode::Postgres(postgres.begin().await?),
        };
        Ok(Work { inner, workspace: workspace.clone(), mode, known: BTreeMap::new() })
    }
}

impl Work {
    /// Which contacts these identifiers mean; unknown ones are absent.
    pub async fn identities(
        &mut self,
        identifiers: &BTreeSet<Identifier>,
    ) -> Result<BTreeMap<Identifier, ContactId>, Error> {
        let mut found = BTreeMap::new();
        let mut asked = Vec::new();
        for identifier in identifiers {
            match self.known_identity(identifier) {
                Some(contact) => {
                    found.insert(identifier.clone(), contact);
                }
                None => asked.push(identity::key(&self.workspace, identifier)),
            }
        }
        let answered = identity::read(self.query_many(&identity::GET, asked).await?)?;
        if let Mode::Sqlite { .. } = self.mode {
            let mut cache = self.inner.identities();
            for (identifier, contact) in &answered {
                cache.put(&self.workspace, identifier.clone(), *contact);
            }
        }
        found.extend(answered);
        Ok(found)
    }

    /// What is known of an identifier without asking the database.
    fn known_identity(&self, identifier: &Identifier) -> Option<ContactId> {
        let Mode::Sqlite { claimed, reassigned, .. } = &self.mode else { return None };
        let own = reassigned.get(identifier).or_else(|| claimed.get(identifier)).copied();
        own.or_else(|| self.inner.identities().get(&self.workspace, identifier))
    }

    /// Claims identifiers nobody has for contacts, and answers who owns each of them now.
    pub async fn claim_identities(
        &mut self,
        claims: &BTreeMap<Identifier, ContactId>,
    ) -> Result<BTreeMap<Identifier, ContactId>, Error> {
        let identifiers: BTreeSet<Identifier> = claims.keys().cloned().collect();
        if let Mode::Postgres(transaction) = &mut self.mode {
            let rows = claims.iter().map(|(identifier, to)| identity::row(&self.workspace, identifier, *to));
            transaction.execute_many(&identity::CLAIM, rows.collect()).await?;
            return self.identities(&identifiers).await;
        }
        let mut owners = self.identities(&identifiers).await?;
        if let Mode::Sqlite { claimed, .. } = &mut self.mode {
            for (identifier, contact) in claims {
                if !owners.contains_key(identifier) {
                    owners.insert(identifier.clone(), *contact);
                    claimed.insert(identifier.clone(), *contact);
                }
            }
        }
        Ok(owners)
    }

    /// Gives an identifier to another contact.
    pub async fn reassign_identity(&mut self, identifier: &Identifier, to: ContactId) -> Result<(), Error> {
        match &mut self.mode {
            Mode::Sqlite { reassigned, .. } => {
                reassigned.insert(identifier.clone(), to);
            }
            Mode::Postgres(transaction) => {
                let row = identity::row(&self.workspace, identifier, to);
                transaction.execute_many(&identity::ASSIGN, vec![row]).await?;
            }
        }
        Ok(())
    }

    /// Gives identifiers from one contact to another, as far as they still mean the one.
    pub async fn hand_identities(
        &mut self,
        handed: &BTreeMap<Identifier, (ContactId, ContactId)>,
    ) -> Result<(), Error> {
        if let Mode::Postgres(transaction) = &mut self.mode {
            // In the order of identifiers, as all locks of them.
            let rows = handed.iter().map(|(identifier, (from, to))| {
                let mut row = identity::row(&self.workspace, identifier, *from);
                row.push((*to).into());
                row
            });
            transaction.execute_many(&identity::HAND, rows.collect()).await?;
            return Ok(());
        }
        let owners = self.identities(&handed.keys().cloned().collect()).await?;
        if let Mode::Sqlite { reassigned, .. } = &mut self.mode {
            for (identifier, (from, to)) in handed {
                if owners.get(identifier) == Some(from) {
                    reassigned.insert(identifier.clone(), *to);
                }
            }
        }
        Ok(())
    }

    /// The documents of these contacts, locked until the end of the transaction; a missing one is absent.
    pub async fn contacts(
        &mut self,
        ids: &BTreeSet<ContactId>,
    ) -> Result<BTreeMap<ContactId, Vec<u8>>, Error> {
        let mut documents = BTreeMap::new();
        let mut asked = Vec::new();
        for id in ids {
            match self.inner.tail.version(&self.workspace, *id) {
                Some(version) => {
                    documents.insert(*id, version.document.to_vec());
                }
                None => asked.push(contact::key(&self.workspace, *id)),
            }
        }
        for row in self.query_many(&contact::GET, asked).await? {
            let (id, document) = contact::read(row)?;
            documents.insert(id, document);
        }
        self.known.extend(ids.iter().map(|id| (*id, documents.contains_key(id))));
        Ok(documents)
    }

    /// Whether a catalog later than this revision is published.
    ///
    /// On SQLite it can't be: the one process takes a catalog into use before it says that it is published. Other nodes
    /// of a PostgreSQL hear of a catalog here, so that whoever was told that it is published finds it in use everywhere.
    pub async fn has_later_catalog(&mut self, revision: u64) -> Result<bool, Error> {
        let params = params![self.workspace.as_str()];
        let rows = match &mut self.mode {
            Mode::Postgres(transaction) => transaction.query(catalog::REVISION, params).await?,
            Mode::Sqlite { turn, .. } if turn.is_simulated() && !planted!("node-misses-a-catalog") => {
                turn.run(move |connection| sqlite::query(connection, catalog::REVISION, &params)).await?
            }
            Mode::Sqlite { .. } => return Ok(false),
        };
        let latest: u64 = rows.into_iter().next().map_or(Ok(0), |row| row.columns("catalog").count())?;
        Ok(latest > revision)
    }

    /// Contacts whose alarm is due, earliest first; what another transaction holds is left out.
    pub async fn due_alarms(&mut self, at: Timestamp, limit: usize) -> Result<Vec<ContactId>, Error> {
        let workspace = self.workspace.clone();
        match &mut self.mode {
            Mode::Sqlite { turn, .. } => {
                let tail = self.inner.tail.clone();
                let due =
                    turn.run(move |connection| alarm::look(connection, &tail, &workspace, at, limit)).await?;
                Ok(due.into_iter().map(|(_, contact)| contact).collect())
            }
            Mode::Postgres(transaction) => alarm::lock_due(transaction, &workspace, at, limit).await,
        }
    }

    /// Queued inputs in order, without those of contacts that have a stuck one or that another transaction holds.
    pub async fn inbox_ready(&mut self, limit: usize) -> Result<Vec<InboxRow>, Error> {
        let rows = self.query(inbox::HEADS, params![self.workspace.as_str(), limit]).await?;
        let contacts: Vec<ContactId> =
            rows.into_iter().map(|row| row.columns("inbox").id()).collect::<Result<_, _>>()?;
        let queues = inbox::queues(&self.workspace, &contacts, limit);
        inbox::in_order(self.query_many(&inbox::QUEUE, queues).await?, limit)
    }

    /// Which of these contacts have queued inputs: what comes in for them later must queue behind.
    pub async fn contacts_with_inbox(
        &mut self,
        ids: &BTreeSet<ContactId>,
    ) -> Result<BTreeSet<ContactId>, Error> {
        let asked = ids.iter().map(|id| contact::key(&self.workspace, *id)).collect();
        let rows = self.query_many(&inbox::QUEUED, asked).await?;
        rows.into_iter().map(|row| row.columns("inbox").id()).collect()
    }

    /// The events of these names and times in a contact's history, oldest first.
    pub async fn events(
        &mut self,
        contact: ContactId,
        wanted: &BTreeMap<EventName, Stretch>,
    ) -> Result<Vec<HistoryRow>, Error> {
        let (tail, workspace) = (self.inner.tail.clone(), self.workspace.clone());
        match &mut self.mode {
            Mode::Sqlite { turn, .. } => {
                let wanted = wanted.clone();
                turn.run(move |connection| history::events(connection, &tail, &workspace, contact, &wanted))
                    .await
            }
            Mode::Postgres(transaction) => {
                let mut events = Vec::new();
                for (name, stretch) in wanted {
                    let params = history::by_name_key(&workspace, contact, name, *stretch);
                    for row in transaction.query(history::BY_NAME, params).await? {
                        events.push(history::read(row)?);
                    }
                }
                events.sort_by_key(|event| event.seq);
                Ok(events)
            }
        }
    }

    /// Commits; when this answers, the changes survive a power cut.
    pub async fn commit(self, changes: Changes) -> Result<(), Error> {
        commit::commit(self, changes).await
    }

    pub(crate) async fn query(
        &mut self,
        statement: Statement,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, Error> {
        match &mut self.mode {
            Mode::Sqlite { turn, .. } => {
                turn.run(move |connection| sqlite::query(connection, statement, &params)).await
            }
            Mode::Postgres(transaction) => transaction.query(statement, params).await,
        }
    }

    async fn query_many(&mut self, many: &'static Many, rows: Vec<Vec<Value>>) -> Result<Vec<Row>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        match &mut self.mode {
            Mode::Sqlite { turn, .. } => {
                turn.run(move |connection| sqlite::query_many(connection, many, &rows)).await
            }
            Mode::Postgres(transaction) => transaction.query_many(many, rows).await,
        }
    }
}
