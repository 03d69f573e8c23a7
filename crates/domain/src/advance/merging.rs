//! Two contacts who are one person: how one freezes, how the other takes it in, and what comes afterwards (SEMANTICS 13.3).
//!
//! - [`aside`]: what never reaches the ordinary way of an input: freezing, thawing, and all that comes for a frozen one.
//! - [`absorb`]: taking another contact's document in.
//!
//! A frozen contact has given its document away and keeps only where it went. Nothing of it is due, nothing is sent, and
//! every input is sent on, so that none is lost and none is taken twice.

use std::collections::BTreeSet;

use super::counting::{self, CameOrWent};
use super::turn::{About, Stimulus, Turn};
use super::{accounts, computed, leaving, segments, sending, tasks, timers};
use crate::behaviour::SummaryId;
use crate::catalog::Catalog;
use crate::consent::Answer;
use crate::contact::{Contact, Redirect};
use crate::effect::{Effect, TaskState};
use crate::id::{Category, ContactId, InputId, RunId};
use crate::identity::{Keys, held};
use crate::input::{Absorb, Cause, Forwarded, Found, Input, Merge, Thaw};
use crate::limits::{APART_MAX, RUNS_PER_CONTACT_MAX};
use crate::merge;
use crate::message::{Message, MessageState};
use crate::record::Decision;
use crate::run::{EndReason, Run, RunState};
use crate::time::Timestamp;

/// What becomes of an input that doesn't take the ordinary way.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every input is of the large one: a box would cost each of them"
)]
pub(super) enum Aside<'a> {
    /// It is done.
    Done(Box<Turn<'a>>),
    /// It is taken as this one.
    As(Box<(Contact, Input)>),
    /// It is taken as it is.
    No(Contact),
}

/// Takes what concerns only whether the contact is itself or part of another one.
pub(super) fn aside<'a>(catalog: &'a Catalog, contact: Contact, input: &Input, at: Timestamp) -> Aside<'a> {
    let is_frozen = contact.into.is_some();
    match &input.cause {
        Cause::Merge(_) | Cause::Thaw(_) => {}
        Cause::Forwarded(forwarded) if !is_frozen => {
            if contact.merged.contains_key(&forwarded.from) {
                let cause = forwarded.cause.clone();
                return Aside::As(Box::new((contact, Input { cause, ..input.clone() })));
            }
        }
        _ if is_frozen => {}
        _ => return Aside::No(contact),
    }
    let mut turn = Turn::new(catalog, contact, input, at);
    match &input.cause {
        Cause::Merge(merge) => found(&mut turn, merge),
        Cause::Thaw(thaw) => self::thaw(&mut turn, thaw),
        Cause::Forwarded(forwarded) if !is_frozen => give_back(&mut turn, forwarded, input.id),
        _ => send_on(&mut turn, input),
    }
    Aside::Done(Box::new(turn))
}

/// The contact and another one turned out to be one person.
fn found(turn: &mut Turn<'_>, merge: &Merge) {
    let not_done = |turn: &mut Turn<'_>, why: String| {
        turn.note("13.2", About::default(), Decision::NotDone { why });
    };
    let other = merge.other;
    match &merge.found {
        Found::Into { .. } if turn.contact.into.is_some() => {
            not_done(turn, "the contact is part of another one already".to_owned());
        }
        Found::Into { stays, keys } => match Keys::of(&turn.contact).apart(turn.contact.id, keys, *stays) {
            None => freeze(turn, *stays, merge),
            Some(why) => stay_apart(turn, *stays, why),
        },
        Found::Apart { why } => stay_apart(turn, other, why.clone()),
        Found::Same => not_done(turn, format!("this contact and {other} are one already")),
        Found::Stays => not_done(turn, format!("{other} becomes part of this contact ({})", merge.by)),
        Found::Open => not_done(turn, format!("nobody has looked at this contact and {other} together")),
    }
}

fn stay_apart(turn: &mut Turn<'_>, other: ContactId, why: String) {
    turn.note("13.2", About::default(), Decision::NotMerged { contact: other, why });
    turn.count("merges_refused".to_owned());
}

/// Gives everything away: the document goes to the contact that stays, by its inbox; what was in the outbox is taken back.
fn freeze(turn: &mut Turn<'_>, stays: ContactId, merge: &Merge) {
    let own = turn.contact.id;
    let (by, reason) = (merge.by.clone(), merge.reason.clone());
    turn.note("13.3", About::default(), Decision::MergedInto { contact: stays, by, reason });
    turn.count("contacts_merged".to_owned());
    for message in &turn.contact.ledger {
        if matches!(message.state, MessageState::Pending { .. }) {
            turn.effects.push(Effect::Cancel { message: message.id });
        }
    }
    accounts::leave_all(turn);
    for what in counting::memberships(&turn.contact) {
        counting::note_day(turn, &what, CameOrWent::DefinedOut);
    }
    let (at, n_inputs, revision) = (turn.at, turn.contact.n_inputs, turn.contact.catalog_revision);
    let mut frozen = Contact::new(own, revision, turn.contact.at);
    frozen.created_at = turn.contact.created_at;
    frozen.n_inputs = n_inputs;
    frozen.into = Some(Redirect { contact: stays, at, n_inputs });
    let document = std::mem::replace(&mut turn.contact, frozen);
    hand(turn, held(&document), own, stays);
    let (by, reason) = (merge.by.clone(), merge.reason.clone());
    let cause = Cause::Absorb(Box::new(Absorb { document, by, reason, refused: None }));
    tell(turn, stays, format!("absorb:{own}:{n_inputs}"), cause);
}

/// The document is back: the contact is itself again, as if nothing had been.
fn thaw(turn: &mut Turn<'_>, thaw: &Thaw) {
    let is_ours = turn.contact.into.as_ref().is_some_and(|into| into.n_inputs == thaw.document.n_inputs);
    if !is_ours {
        let why = "the contact was not waiting for its document".to_owned();
        return turn.note("13.3", About::default(), Decision::NotDone { why });
    }
    let (n_inputs, revision) = (turn.contact.n_inputs, turn.contact.catalog_revision);
    let mut document = thaw.document.clone();
    document.n_inputs = n_inputs;
    if document.apart.len() < APART_MAX {
        document.apart.insert(thaw.other);
    }
    let at = turn.at;
    document.ledger = document.ledger.into_iter().map(|message| merge::resumed(message, at)).collect();
    // What is newer than the document is computed with its next input.
    turn.is_behind = document.catalog_revision < revision;
    // The accounts were told that it had left.
    document.accounts.values_mut().for_each(|membership| membership.reported = None);
    turn.contact = document;
    for what in counting::memberships(&turn.contact) {
        counting::note_day(turn, &what, CameOrWent::DefinedIn);
    }
    let (contact, why) = (thaw.other, thaw.why.clone());
    turn.note("13.3", About::default(), Decision::Thawed { contact, why });
    turn.count("merges_refused".to_owned());
}

/// What comes for a frozen contact goes to the one that it has become part of.
fn send_on(turn: &mut Turn<'_>, input: &Input) {
    let Some(to) = turn.contact.into.as_ref().map(|into| into.contact) else { return };
    let what = input.cause.name().to_owned();
    match &input.cause {
        // Nothing of it is due, and the other one is told the same by itself.
        Cause::Alarm | Cause::CatalogChanged | Cause::Scheduled { .. } | Cause::Backfill { .. } => {}
        _ => {
            turn.note("13.3", About::default(), Decision::SentOn { contact: to, what });
            let forwarded = Forwarded { from: turn.contact.id, cause: input.cause.clone() };
            let source = format!("forwarded:{}:{}", turn.contact.id, input.id);
            tell(turn, to, source, Cause::Forwarded(Box::new(forwarded)));
        }
    }
}

/// What came for a contact that is not part of this one after all goes back to it.
fn give_back(turn: &mut Turn<'_>, forwarded: &Forwarded, input: InputId) {
    let (contact, what) = (forwarded.from, forwarded.cause.name().to_owned());
    turn.note("13.3", About::default(), Decision::GivenBack { contact, what });
    let source = format!("returned:{}:{input}", turn.contact.id);
    tell(turn, contact, source, forwarded.cause.clone());
}

fn tell(turn: &mut Turn<'_>, contact: ContactId, source: String, cause: Cause) {
    turn.effects.push(Effect::Tell { contact, source, cause: Box::new(cause) });
}

fn hand(turn: &mut Turn<'_>, identifiers: Vec<crate::identity::Identifier>, from: ContactId, to: ContactId) {
    if !identifiers.is_empty() {
        turn.effects.push(Effect::Hand { identifiers, from, to });
    }
}

/// Takes the document of another contact in, once; or gives it back, if they can't be one person.
///
/// `is_counted` says which summaries were computed from the history of both.
pub(super) fn absorb(turn: &mut Turn<'_>, absorb: &Absorb, counted: &BTreeSet<SummaryId>) {
    let (from, own) = (absorb.document.id, turn.contact.id);
    if turn.contact.merged.contains_key(&from) || from == own {
        let why = format!("the contact {from} is part of this one already");
        return turn.note("13.3", About::default(), Decision::NotDone { why });
    }
    let keys = Keys::of(&absorb.document);
    let refused = absorb.refused.clone().or_else(|| Keys::of(&turn.contact).apart(own, &keys, from));
    if let Some(why) = refused {
        return refuse(turn, absorb, why);
    }
    let (by, reason) = (absorb.by.clone(), absorb.reason.clone());
    turn.note("13.3", About::default(), Decision::Absorbed { contact: from, by, reason });
    let at = turn.at;
    let before = counting::memberships(&turn.contact);
    merge::join(&mut turn.contact, absorb.document.clone(), at, |id| counted.contains(id));
    for what in counting::memberships(&turn.contact).difference(&before) {
        counting::note_day(turn, what, CameOrWent::DefinedIn);
    }
    let brought: Vec<Message> =
        turn.contact.ledger.iter().filter(|message| message.of == Some(from)).cloned().collect();
    for message in brought {
        turn.touched.insert(message.id);
        if message.state == MessageState::Open {
            tasks::show(turn, &message, TaskState::Open);
        }
    }
    end_doubles(turn);
    strictest(turn);
    computed::recompute_all(turn);
    let segments = segments::recompute_merged(turn);
    timers::recompute(turn);
    super::stimulate(turn, &Stimulus { segments, ..Stimulus::default() });
}

fn refuse(turn: &mut Turn<'_>, absorb: &Absorb, why: String) {
    let (own, from) = (turn.contact.id, absorb.document.id);
    turn.note("13.3", About::default(), Decision::NotMerged { contact: from, why: why.clone() });
    if turn.contact.apart.len() < APART_MAX {
        turn.contact.apart.insert(from);
    }
    hand(turn, held(&absorb.document), own, from);
    let source = format!("thaw:{from}:{}", absorb.document.n_inputs);
    let thaw = Thaw { document: absorb.document.clone(), other: own, why };
    tell(turn, from, source, Cause::Thaw(Box::new(thaw)));
}

/// Of two live runs of one workflow and key the older stays, and so in a group of workflows that exclude each other; more
/// runs than a contact may have end, the youngest first. Whoever asks for a place has not entered, and makes way.
fn end_doubles(turn: &mut Turn<'_>) {
    let age = |run: &Run| (matches!(run.state, RunState::Requested { .. }), run.entered_at, run.id);
    let mut oldest_first: Vec<_> = turn.contact.runs.iter().map(|run| (age(run), run.id)).collect();
    oldest_first.sort();
    let ids: Vec<RunId> = oldest_first.into_iter().map(|(_, id)| id).collect();
    let mut kept: Vec<RunId> = Vec::new();
    for id in ids {
        let Some(run) = turn.run(id) else { continue };
        let is_full = kept.len() >= RUNS_PER_CONTACT_MAX;
        let over = kept.iter().filter_map(|other| turn.run(*other)).find(|other| excludes(turn, other, run));
        let (over, why) = match over {
            Some(other) => (other.id, "the contact's older run stays: two contacts became one".to_owned()),
            None if is_full => {
                (kept[0], format!("two contacts became one, who has {RUNS_PER_CONTACT_MAX} runs already"))
            }
            None => {
                kept.push(id);
                continue;
            }
        };
        if let Some(stays) = turn.run(over).map(About::run).filter(|_| !is_full) {
            turn.note("13.3", stays, Decision::RunStays { over: id });
        }
        leaving::end(turn, id, EndReason::Replaced, &why, "13.3");
    }
}

/// Whether a contact can't be in both.
fn excludes(turn: &Turn<'_>, one: &Run, other: &Run) -> bool {
    if one.workflow == other.workflow {
        return one.key == other.key;
    }
    let is_asking = matches!(other.state, RunState::Requested { .. });
    let groups = &turn.catalog.policies.exclusive;
    !is_asking
        && one.ghost == other.ghost
        && groups
            .iter()
            .any(|group| group.workflows.contains(&one.workflow) && group.workflows.contains(&other.workflow))
}

/// Who opted out as one of the two has opted out: runs end and messages are taken back as if it were said now.
fn strictest(turn: &mut Turn<'_>) {
    let is_out = |answer: Answer| answer == Answer::Unsubscribed;
    let categories = turn.contact.consent.categories.iter();
    let left: Vec<Category> =
        categories.filter(|(_, given)| is_out(given.answer)).map(|(category, _)| category.clone()).collect();
    for category in left {
        leaving::end_runs_of_category(turn, &category);
    }
    sending::cancel_forbidden(turn);
}
