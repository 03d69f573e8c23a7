//! Accounts: groups of contacts, with traits of their own and sums over their members.
//!
//! An account is an actor, as a contact is: what it is told waits in its inbox and is taken in order by [`take`], which
//! decides and does no I/O. Members hold copies of what live rules read of their account, so that each contact is decided
//! on by itself; when the account changes, its members are told, page by page.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalog::Catalog;
use crate::id::ContactId;
use crate::limits::{ACCOUNT_BYTES_MAX, ACCOUNT_TRAITS_MAX, SHARED_BYTES_MAX};
use crate::profile::shown_number;
use crate::time::Timestamp;

/// An account's document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The document format.
    pub v: u32,
    /// The team's own id of it.
    pub id: String,
    /// When it was first heard of.
    pub created_at: Timestamp,
    /// When it last took an input.
    pub at: Timestamp,
    /// What clients and people say of it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub traits: Map<String, Value>,
    /// Sums over its members, in millionths.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sums: BTreeMap<String, i64>,
    /// How many members it has.
    #[serde(default)]
    pub n_members: u64,
    /// Counts the changes of what members hold copies of.
    #[serde(default)]
    pub version: u64,
    /// What members hold copies of.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub shared: Map<String, Value>,
    /// Where the telling of members goes on, while they are being told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telling: Option<Telling>,
}

/// Where the telling of members is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Telling {
    /// The last member that was told; none at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<ContactId>,
}

/// The document format that this code writes.
pub const ACCOUNT_FORMAT: u32 = 1;

/// Something that an account is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountInput {
    /// What a client or a person says of it; null removes a trait.
    Traits(Map<String, Value>),
    /// What a member counts for.
    Member(Report),
    /// The definitions say that members hold copies of something else.
    Share,
}

/// What a member counts for in the sums of its account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The member.
    pub contact: ContactId,
    /// Grows with each report of the contact: a late or doubled one is known by it.
    pub version: u64,
    /// Whether the contact is no member any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// What it adds to each sum, in millionths.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, i64>,
}

impl Report {
    /// That a contact, which has taken so many inputs, is no member any more.
    pub fn left(contact: ContactId, n_inputs: u64) -> Self {
        Self { contact, version: n_inputs.saturating_add(1), left: true, parts: BTreeMap::new() }
    }
}

/// A member, as the account keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The version of its last report.
    pub version: u64,
    /// When it joined.
    pub since: Timestamp,
    /// Whether it has left; kept, so that a late report doesn't bring it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// What it adds to each sum, in millionths.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, i64>,
}

/// What members are told of their account: the copy that they hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountCopy {
    /// The account.
    pub account: String,
    /// The version of the copy: an older one that comes late changes nothing.
    pub version: u64,
    /// What live rules read of it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub traits: Map<String, Value>,
}

/// What came of one input of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountTaken {
    /// The account afterwards.
    pub account: Account,
    /// The member whose report it was, as it is kept from now on.
    pub member: Option<Member>,
    /// The member that is to be told at once: it has just joined.
    pub tell: Option<ContactId>,
}

impl Account {
    /// An account that nothing is known of yet.
    pub fn new(id: &str, at: Timestamp) -> Self {
        Self {
            v: ACCOUNT_FORMAT,
            id: id.to_owned(),
            created_at: at,
            at,
            traits: Map::new(),
            sums: BTreeMap::new(),
            n_members: 0,
            version: 0,
            shared: Map::new(),
            telling: None,
        }
    }

    /// What rules and people see: traits, and the sums that are defined; a sum counts over a trait of its name.
    pub fn seen(&self, catalog: &Catalog) -> Map<String, Value> {
        let mut seen = self.traits.clone();
        for name in catalog.traits.accounts.rollups.keys() {
            let millionths = self.sums.get(name).copied().unwrap_or_default();
            seen.insert(name.clone(), shown_number(millionths as f64 / MILLION));
        }
        seen
    }

    /// The copy that members hold.
    pub fn copy(&self) -> AccountCopy {
        AccountCopy { account: self.id.clone(), version: self.version, traits: self.shared.clone() }
    }
}

/// Sums are kept in millionths, so that what a member added can be taken away again to the last digit.
pub const MILLION: f64 = 1_000_000.0;

/// Takes one input of an account.
///
/// `member` is what the account keeps of the member whose report it is.
pub fn take(
    catalog: &Catalog,
    mut account: Account,
    member: Option<Member>,
    input: &AccountInput,
    at: Timestamp,
) -> AccountTaken {
    let at = at.max(account.at);
    account.at = at;
    let mut taken = AccountTaken { account, member: None, tell: None };
    match input {
        AccountInput::Traits(traits) => set(&mut taken.account, catalog, traits),
        AccountInput::Member(report) => reported(&mut taken, member, report, at),
        AccountInput::Share => {}
    }
    let account = &mut taken.account;
    let shared = shared(account, catalog);
    if shared != account.shared {
        account.shared = shared;
        account.version = account.version.saturating_add(1);
        account.telling = (account.n_members > 0).then(Telling::default);
    }
    // Whoever is told with all others needs no word of its own, and nobody does while there is nothing to tell.
    if account.version == 0 || account.telling.is_some_and(|telling| telling.after.is_none()) {
        taken.tell = None;
    }
    taken
}

/// Sets traits; sums are no traits that anybody can set, and what is too large is left out.
fn set(account: &mut Account, catalog: &Catalog, traits: &Map<String, Value>) {
    for (name, value) in traits {
        if catalog.traits.accounts.rollups.contains_key(name) {
            continue;
        }
        if value.is_null() {
            account.traits.remove(name);
            continue;
        }
        let is_new = !account.traits.contains_key(name);
        if is_new && account.traits.len() >= ACCOUNT_TRAITS_MAX {
            continue;
        }
        let before = account.traits.insert(name.clone(), value.clone());
        if bytes(&account.traits) > ACCOUNT_BYTES_MAX {
            match before {
                Some(before) => account.traits.insert(name.clone(), before),
                None => account.traits.remove(name),
            };
        }
    }
}

fn bytes(traits: &Map<String, Value>) -> usize {
    serde_json::to_string(traits).map_or(usize::MAX, |text| text.len())
}

/// Takes a member's report into the sums, unless a newer one is known.
fn reported(taken: &mut AccountTaken, member: Option<Member>, report: &Report, at: Timestamp) {
    if member.as_ref().is_some_and(|known| known.version >= report.version) {
        return;
    }
    let account = &mut taken.account;
    let was_member = member.as_ref().is_some_and(|known| !known.left);
    let before = member.as_ref().filter(|known| !known.left).map(|known| &known.parts);
    for (name, part) in before.into_iter().flatten() {
        add(account, name, -*part);
    }
    let parts = if report.left { BTreeMap::new() } else { report.parts.clone() };
    for (name, part) in &parts {
        add(account, name, *part);
    }
    account.sums.retain(|_, sum| *sum != 0);
    match (was_member, report.left) {
        (false, false) => {
            account.n_members = account.n_members.saturating_add(1);
            taken.tell = Some(report.contact);
        }
        (true, true) => account.n_members = account.n_members.saturating_sub(1),
        (true, false) | (false, true) => {}
    }
    let since = member.filter(|_| was_member).map_or(at, |known| known.since);
    taken.member = Some(Member { version: report.version, since, left: report.left, parts });
}

fn add(account: &mut Account, name: &str, part: i64) {
    let sum = account.sums.entry(name.to_owned()).or_default();
    *sum = sum.saturating_add(part);
}

/// What live rules and templates read of an account.
fn shared(account: &Account, catalog: &Catalog) -> Map<String, Value> {
    let names: &BTreeSet<String> = &catalog.index.account_traits;
    let mut shared = Map::new();
    for (name, value) in account.seen(catalog).into_iter().filter(|(name, _)| names.contains(name)) {
        shared.insert(name.clone(), value);
        if bytes(&shared) > SHARED_BYTES_MAX {
            shared.remove(&name);
        }
    }
    shared
}
