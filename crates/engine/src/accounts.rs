//! The worker of accounts: each takes what it was told, in order, and its members are told what changed, page by page.
//!
//! What an account makes of it is the domain's rule; what it becomes, what its members are told and that it has taken what
//! it was told stand in one transaction, so that nothing is counted twice and nobody is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context as _;
use wend_domain::account::{self, Account, AccountInput, Member, Telling};
use wend_domain::catalog::Catalog;
use wend_domain::id::{ContactId, InputId, WorkspaceId};
use wend_domain::input::{Cause, Input};
use wend_domain::time::{Period, Timestamp};
use wend_store::{AccountChange, AccountKey, Accounting, NewAccountInput, NewInbox};

use crate::changes::json;
use crate::shared::Shared;
use crate::tick::{Next, Tick, Worker};

/// How many things of one account are taken in one go.
const INPUTS_MAX: usize = 500;

/// How many members of one account are told in one go: the pace of a change that reaches many.
const TOLD_MAX: usize = 500;

/// How many accounts are looked at in one go.
const ACCOUNTS_MAX: usize = 50;

/// Lets a bounded number of accounts take what they were told, and tells a page of their members.
pub(crate) async fn tick(shared: &Shared, at: Timestamp) -> anyhow::Result<Tick> {
    let soon = Next::At(at + Period::from_millis(shared.options.poll_ms));
    let n_shared = share_otherwise(shared, at).await?;
    if n_shared == 0 && !shared.store.are_accounts_waiting().await? {
        return Ok(Tick { n_done: 0, next: soon });
    }
    let mut accounting = shared.store.begin_accounting(ACCOUNTS_MAX).await?;
    let keys = std::mem::take(&mut accounting.keys);
    let (mut changes, mut n_done, mut is_more) = (Vec::new(), 0, keys.len() == ACCOUNTS_MAX);
    for key in keys {
        let catalog = Arc::clone(&shared.catalogs.get(&key.workspace).catalog);
        if accounting.newest_catalog(&key.workspace).await? > catalog.revision {
            // Members would be told what an older catalog's rules read: another node is ahead, or this one in a moment.
            shared.wakers.wake(Worker::Catalogs);
            is_more = false;
            continue;
        }
        let change = match one(&mut accounting, &key, &catalog, at).await {
            Ok(change) => change,
            Err(error) if error.is::<wend_store::Error>() => return Err(error),
            Err(error) => {
                // It stays as it is, and the others go on.
                tracing::error!(workspace = %key.workspace, error = %format!("{error:#}"), "an account makes no sense");
                is_more = false;
                continue;
            }
        };
        n_done += change.taken.len() + change.told.len();
        is_more |= change.taken.len() == INPUTS_MAX;
        changes.push(change);
    }
    let tells = changes.iter().any(|change| !change.told.is_empty());
    accounting.commit(changes).await?;
    if tells {
        shared.wakers.wake(Worker::Inbox);
    }
    Ok(Tick { n_done, next: if is_more { Next::Now } else { soon } })
}

/// Tells accounts of a new catalog whose members hold copies of other traits than its rules read.
async fn share_otherwise(shared: &Shared, at: Timestamp) -> anyhow::Result<usize> {
    let mut n_told = 0;
    for loaded in shared.catalogs.all() {
        let workspace = loaded.catalog.workspace.clone();
        let shared_by = shared_by(&loaded.catalog);
        if shared.shares.is_known(&workspace, &shared_by) {
            continue;
        }
        let accounts = shared.store.accounts_otherwise_shared(&workspace, &shared_by, ACCOUNTS_MAX).await?;
        if accounts.is_empty() {
            shared.shares.know(&workspace, &shared_by);
        }
        for account in accounts {
            let input_json = json(&AccountInput::Share);
            let new = NewAccountInput { account: account.account, input_json, at };
            shared.store.tell_account(&workspace, new).await?;
            n_told += 1;
        }
    }
    Ok(n_told)
}

/// What says which traits of accounts members hold copies of.
fn shared_by(catalog: &Catalog) -> String {
    let sums = catalog.traits.accounts.rollups.keys();
    json(&(&catalog.index.account_traits, sums.collect::<BTreeSet<_>>()))
}

/// Lets one account take what waits for it, then tells a page of its members.
async fn one(
    accounting: &mut Accounting,
    key: &AccountKey,
    catalog: &Catalog,
    at: Timestamp,
) -> anyhow::Result<AccountChange> {
    let document = accounting.document(key).await?;
    let mut account = match document.as_str() {
        "" => Account::new(&key.account, at),
        text => {
            serde_json::from_str(text).with_context(|| format!("cannot read the account {}", key.account))?
        }
    };
    let queue = accounting.queue(key, INPUTS_MAX).await?;
    let mut members: BTreeMap<ContactId, Member> = BTreeMap::new();
    let (mut taken, mut joined) = (Vec::new(), BTreeSet::new());
    for (seq, input_json, said_at) in queue {
        let input: AccountInput = serde_json::from_str(&input_json)
            .with_context(|| format!("cannot read what the account {} was told", key.account))?;
        let member = match &input {
            AccountInput::Member(report) => known(accounting, key, &members, report.contact).await?,
            AccountInput::Traits(_) | AccountInput::Share => None,
        };
        let result = account::take(catalog, account, member, &input, said_at);
        account = result.account;
        if let (AccountInput::Member(report), Some(member)) = (&input, result.member) {
            members.insert(report.contact, member);
        }
        joined.extend(result.tell);
        taken.push(seq);
    }
    let mut told: BTreeSet<ContactId> = joined;
    if let Some(telling) = account.telling {
        let page = accounting.members(key, telling.after, TOLD_MAX).await?;
        account.telling = (page.len() == TOLD_MAX).then(|| Telling { after: page.last().copied() });
        // Those who joined just now aren't among the rows yet.
        told.extend(page);
        told.extend(members.iter().filter(|(_, member)| !member.left).map(|(contact, _)| *contact));
    }
    told.retain(|contact| members.get(contact).is_none_or(|member| !member.left));
    let told = told.into_iter().map(|contact| word(&account, contact, at)).collect();
    Ok(AccountChange {
        document_json: json(&account),
        shared_by: shared_by(catalog),
        telling: account.telling.is_some(),
        members: members.iter().map(|(contact, member)| (*contact, json(member), member.left)).collect(),
        told,
        taken,
        key: key.clone(),
    })
}

/// A member as it is kept, or as it has just become.
async fn known(
    accounting: &mut Accounting,
    key: &AccountKey,
    members: &BTreeMap<ContactId, Member>,
    contact: ContactId,
) -> anyhow::Result<Option<Member>> {
    if let Some(member) = members.get(&contact) {
        return Ok(Some(member.clone()));
    }
    let Some(text) = accounting.member(key, contact).await? else { return Ok(None) };
    let member = serde_json::from_str(&text);
    Ok(Some(member.with_context(|| format!("cannot read a member of the account {}", key.account))?))
}

/// What a member is told: the copy that it holds from now on. While an older word waits, this one waits behind it.
fn word(account: &Account, contact: ContactId, at: Timestamp) -> NewInbox {
    let copy = account.copy();
    let source = format!("account:{}:{}", copy.account, copy.version);
    let parts: [&[u8]; 3] = [&contact.to_bytes(), copy.account.as_bytes(), &copy.version.to_be_bytes()];
    let input = Input {
        id: InputId::hashed(at, &parts),
        cause: Cause::Account(Box::new(copy)),
        history: None,
        refused_claims: Vec::new(),
        hop: 0,
    };
    NewInbox { contact, source, input_json: json(&input), stuck: None, at }
}

/// The workspaces whose accounts are known to share what their catalog's rules read, so that nobody looks again.
#[derive(Debug, Default)]
pub(crate) struct Shares(std::sync::Mutex<BTreeMap<WorkspaceId, String>>);

impl Shares {
    fn is_known(&self, workspace: &WorkspaceId, shared_by: &str) -> bool {
        self.lock().get(workspace).is_some_and(|known| known == shared_by)
    }

    fn know(&self, workspace: &WorkspaceId, shared_by: &str) {
        self.lock().insert(workspace.clone(), shared_by.to_owned());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<WorkspaceId, String>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
