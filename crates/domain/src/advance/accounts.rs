//! The contact as a member of accounts: joining and leaving, the copy of the account's traits, and what it counts for.
//!
//! A contact never reads its account: it is told, and keeps what it was told. What it counts for in the account's sums it
//! reports itself, with a version that grows with its inputs, so that a late or doubled report changes nothing.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::segments;
use super::turn::{About, Stimulus, Turn};
use crate::account::{AccountCopy, AccountInput, Report};
use crate::catalog::Concern;
use crate::contact::Membership;
use crate::effect::Effect;
use crate::event::{Event, EventKind};
use crate::limits::ACCOUNTS_PER_CONTACT_MAX;
use crate::record::Decision;

/// The property of a group call that names the account.
const GROUP_ID: &str = "groupId";

/// The property of a group call that says something of the account.
const GROUP_TRAITS: &str = "traits";

/// Takes a group call: the contact is a member from now on, and the account hears what was said of it.
pub(super) fn grouped(turn: &mut Turn<'_>, event: &Event, concerns: &mut Vec<Concern>) {
    if event.kind != EventKind::Group {
        return;
    }
    let Some(account) = event.properties.get(GROUP_ID).and_then(Value::as_str) else { return };
    if let Some(Value::Object(traits)) = event.properties.get(GROUP_TRAITS)
        && !traits.is_empty()
    {
        let what = AccountInput::Traits(traits.clone());
        turn.effects.push(Effect::Account { account: account.to_owned(), what: Box::new(what) });
    }
    set(turn, account, true, concerns);
}

/// Makes the contact a member of an account, or none any more.
pub(super) fn set(turn: &mut Turn<'_>, account: &str, on: bool, concerns: &mut Vec<Concern>) {
    let at = turn.at;
    if let Some(known) = turn.contact.accounts.get_mut(account) {
        if on {
            known.named_at = at;
            return;
        }
        turn.contact.accounts.remove(account);
        turn.note("3.4", About::default(), Decision::AccountLeft { account: account.to_owned() });
        tell_left(turn, account);
    } else if !on {
        return;
    } else if turn.contact.accounts.len() >= ACCOUNTS_PER_CONTACT_MAX {
        let why = format!(
            "the contact is a member of {ACCOUNTS_PER_CONTACT_MAX} accounts already, so not of {account}"
        );
        return turn.note("3.4", About::default(), Decision::NotDone { why });
    } else {
        turn.contact.accounts.insert(account.to_owned(), Membership::new(at));
        turn.note("3.4", About::default(), Decision::AccountJoined { account: account.to_owned() });
    }
    concerns.push(Concern::Account);
}

/// Takes the copy of an account's traits.
pub(super) fn told(turn: &mut Turn<'_>, copy: &AccountCopy) {
    let Some(known) = turn.contact.accounts.get_mut(&copy.account) else {
        let why = format!("the contact is no member of the account {} any more", copy.account);
        return turn.note("3.4", About::default(), Decision::NotDone { why });
    };
    if known.version.is_some_and(|version| version >= copy.version) {
        let why = format!("what the account {} was before is known to be over", copy.account);
        return turn.note("3.4", About::default(), Decision::NotDone { why });
    }
    known.version = Some(copy.version);
    let before = std::mem::replace(&mut known.traits, copy.traits.clone());
    for (name, from, to) in differences(&before, &copy.traits) {
        let account = copy.account.clone();
        turn.note("3.4", About::default(), Decision::AccountChanged { account, name, from, to });
    }
    let segments = segments::recompute(turn, &[Concern::Account], turn.at);
    super::stimulate(turn, &Stimulus { segments, ..Stimulus::default() });
}

fn differences(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<(String, Value, Value)> {
    let value = |map: &Map<String, Value>, name: &str| map.get(name).cloned().unwrap_or_default();
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    changed.map(|name| (name.clone(), value(before, name), value(after, name))).collect()
}

/// Reports to each account what the contact counts for, if that is something else than it last reported.
pub(super) fn report(turn: &mut Turn<'_>) {
    if turn.contact.accounts.is_empty() {
        return;
    }
    let rollups = &turn.catalog.traits.accounts.rollups;
    let parts =
        rollups.iter().map(|(name, rollup)| (name.clone(), rollup.part(&turn.contact.traits, turn.at)));
    let parts: BTreeMap<String, i64> = parts.filter(|(_, part)| *part != 0).collect();
    let due: Vec<String> = turn
        .contact
        .accounts
        .iter()
        .filter(|(_, membership)| membership.reported.as_ref() != Some(&parts))
        .map(|(account, _)| account.clone())
        .collect();
    for account in due {
        if let Some(membership) = turn.contact.accounts.get_mut(&account) {
            membership.reported = Some(parts.clone());
        }
        let report = Report {
            contact: turn.contact.id,
            version: turn.contact.n_inputs.saturating_add(1),
            left: false,
            parts: parts.clone(),
        };
        tell(turn, &account, report);
    }
}

/// Counts for no account any more: another contact has the memberships from now on.
pub(super) fn leave_all(turn: &mut Turn<'_>) {
    let accounts: Vec<String> = turn.contact.accounts.keys().cloned().collect();
    for account in accounts {
        tell_left(turn, &account);
    }
}

fn tell_left(turn: &mut Turn<'_>, account: &str) {
    let report = Report::left(turn.contact.id, turn.contact.n_inputs);
    tell(turn, account, report);
}

fn tell(turn: &mut Turn<'_>, account: &str, report: Report) {
    let what = Box::new(AccountInput::Member(report));
    turn.effects.push(Effect::Account { account: account.to_owned(), what });
}
