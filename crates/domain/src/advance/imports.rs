//! What the row of an import says, applied; and given back (SEMANTICS 2.1, 3.4).

use super::consents::{self, How};
use super::intake;
use super::segments as memberships;
use super::turn::{About, SegmentChange, Stimulus, TraitChange, Turn};
use crate::catalog::Concern;
use crate::consent::{Answer, FrequencyChoice, PauseChoice, Suppression, UNCONFIRMED, Unconfirmed};
use crate::event::Event;
use crate::id::{Category, Channel};
use crate::import::undo::{Restore, UNANSWERED};
use crate::import::{Answered, Brought, Duplicates};
use crate::predicate::ConsentOf;
use crate::record::Decision;

/// Where a consent came from that a file has and doesn't say.
const SOURCE: &str = "import";

/// Where a consent came from that was given back.
const UNDO: &str = "undo";

/// Applies a row; answers the traits that changed.
pub(super) fn apply(
    turn: &mut Turn<'_>,
    event: &Event,
    brought: &Brought,
    concerns: &mut Vec<Concern>,
) -> Vec<TraitChange> {
    let is_new = turn.contact.n_inputs == 0;
    if brought.duplicates == Duplicates::Skip && !is_new {
        let why = "the contact was there before, and the import leaves such contacts as they are".to_owned();
        turn.note("3.4", About::default(), Decision::NotDone { why });
        return Vec::new();
    }
    let fills = brought.duplicates == Duplicates::Fill && !is_new;
    let mut changes = Vec::new();
    for (name, value) in &event.traits {
        if fills && turn.contact.traits.contains_key(name) {
            continue;
        }
        changes.extend(intake::set_trait(turn, "3.4", About::default(), name, value, concerns));
    }
    if let Some(created_at) = brought.created_at {
        turn.contact.created_at = turn.contact.created_at.min(created_at);
    }
    for (list, since) in &brought.lists {
        intake::put_on_list(turn, About::default(), list, true, concerns);
        if let (Some(since), Some(on)) = (since, turn.contact.lists.get_mut(list)) {
            *on = (*on).min(*since);
        }
    }
    for list in brought.off_lists.iter().filter(|_| !fills) {
        intake::put_on_list(turn, About::default(), list, false, concerns);
    }
    for tag in &brought.tags {
        intake::tag(turn, About::default(), tag, true, concerns);
    }
    for tag in brought.off_tags.iter().filter(|_| !fills) {
        intake::tag(turn, About::default(), tag, false, concerns);
    }
    for answered in &brought.consent {
        consent(turn, answered, fills, concerns);
    }
    for (category, open) in &brought.unconfirmed {
        leave_open(turn, category, open, concerns);
    }
    choices(turn, brought, fills);
    suppress(turn, brought);
    changes
}

/// Records an answer of consent. The strictest rule wins: a file takes an opt-out back only if it says that the
/// subscription was given later.
fn consent(turn: &mut Turn<'_>, answered: &Answered, fills: bool, concerns: &mut Vec<Concern>) {
    let consent = &turn.contact.consent;
    let given = match &answered.of {
        ConsentOf::Channel(channel) => consent.channels.get(channel),
        ConsentOf::Category(category) => consent.categories.get(category),
    };
    if let Some(given) = given {
        let is_older = answered.at.is_none_or(|at| at <= given.at);
        if answered.answer == given.answer || fills {
            return;
        }
        if answered.answer == Answer::Subscribed && is_older {
            let why = format!("the answer of {} is newer than the imported one, or as new", given.at);
            return turn.note("7.3", About::default(), Decision::NotDone { why });
        }
    }
    let source = answered.source.as_deref().unwrap_or(SOURCE);
    // Whoever brings the answer of another system answers for its having been confirmed there.
    let how = How { at: answered.at, basis: answered.basis, confirmed: true, ..How::by(source) };
    consents::give(turn, &answered.of, answered.answer, how, concerns);
}

/// Takes over that a subscription awaits its confirmation: nothing is sent, because the message with the link went from
/// where the file came from.
fn leave_open(turn: &mut Turn<'_>, category: &Category, open: &Unconfirmed, concerns: &mut Vec<Concern>) {
    let consent = &mut turn.contact.consent;
    let is_settled = consent.categories.contains_key(category) || consent.unconfirmed.contains_key(category);
    if is_settled || !consent.has_room() {
        let why = format!("there is an answer for {category} already, or no room for another one");
        return turn.note("7.3", About::default(), Decision::NotDone { why });
    }
    consent.unconfirmed.insert(category.clone(), open.clone());
    concerns.push(Concern::Consent);
    let of = format!("category {category}");
    let how = How { at: Some(open.at), ..How::by(&open.source) };
    consents::write(turn, &of, UNCONFIRMED.to_owned(), how);
    turn.note("7.3", About::default(), Decision::ConsentChanged { of, answer: UNCONFIRMED.to_owned() });
}

/// What the person chose for all marketing. The strictest rule wins: a file makes a pause longer and a frequency lower.
fn choices(turn: &mut Turn<'_>, brought: &Brought, fills: bool) {
    let consent = &turn.contact.consent;
    let (paused_until, frequency) = (consent.paused_until, consent.frequency);
    if let Some(until) = brought.paused_until
        && paused_until.is_none_or(|known| !fills && until > known)
    {
        consents::pause(turn, PauseChoice::Until(until), How::by(SOURCE));
    }
    if let Some(chosen) = brought.frequency
        && frequency.is_none_or(|known| !fills && chosen.is_rarer_than(&known))
    {
        consents::choose_frequency(turn, FrequencyChoice::AtMost(chosen), How::by(SOURCE));
    }
}

fn suppress(turn: &mut Turn<'_>, brought: &Brought) {
    for (key, told) in &brought.suppressed {
        let Some((channel, address)) = key.split_once(':') else { continue };
        consents::suppress(turn, &Channel::from(channel), address, Some(&told.reason), SOURCE);
        let suppression = turn.contact.consent.suppressed.get_mut(key);
        if let (Some(Suppression { at, .. }), Some(since)) = (suppression, told.at) {
            *at = (*at).min(since);
        }
    }
}

/// Gives back what an import changed, where the contact still is as the import left it; it triggers nothing.
pub(super) fn undo(turn: &mut Turn<'_>, restore: &[Restore], _begun: Vec<SegmentChange>) {
    let mut concerns = Vec::new();
    for restore in restore {
        let is_as_left = match restore {
            Restore::Trait { name, is, was } => {
                let as_left = turn.contact.traits.get(name).cloned().unwrap_or_default() == *is;
                if as_left {
                    intake::set_trait(turn, "3.4", About::default(), name, was, &mut concerns);
                }
                as_left
            }
            Restore::List { list, was } => {
                intake::put_on_list(turn, About::default(), list, *was, &mut concerns);
                true
            }
            Restore::Tag { tag, was } => {
                intake::tag(turn, About::default(), tag, *was, &mut concerns);
                true
            }
            Restore::Consent { of, was, is } => restore_consent(turn, of, was.as_deref(), is, &mut concerns),
            Restore::Pause { is, was } => {
                let as_left = turn.contact.consent.paused_until == Some(*is);
                if as_left {
                    let choice = was.map_or(PauseChoice::Over, PauseChoice::Until);
                    consents::pause(turn, choice, How::by(UNDO));
                }
                as_left
            }
            Restore::Frequency { is, was } => {
                let as_left = turn.contact.consent.frequency == Some(*is);
                if as_left {
                    let choice = was.map_or(FrequencyChoice::Any, FrequencyChoice::AtMost);
                    consents::choose_frequency(turn, choice, How::by(UNDO));
                }
                as_left
            }
            Restore::Suppressed { address } => match address.split_once(':') {
                Some((channel, address)) => {
                    consents::suppress(turn, &Channel::from(channel), address, None, UNDO);
                    true
                }
                None => false,
            },
        };
        if !is_as_left {
            let why = "something newer changed it after the import".to_owned();
            turn.note("3.4", About::default(), Decision::NotDone { why });
        }
    }
    memberships::recompute(turn, &concerns, turn.at);
    turn.consents.clear();
    super::stimulate(turn, &Stimulus { hop: turn.hop, ..Stimulus::default() });
}

/// Gives the answer back that there was; false if it isn't the one that the import gave any more.
fn restore_consent(
    turn: &mut Turn<'_>,
    of: &str,
    was: Option<&str>,
    is: &str,
    concerns: &mut Vec<Concern>,
) -> bool {
    let question = match of.split_once(' ') {
        Some(("channel", name)) => ConsentOf::Channel(Channel::from(name)),
        Some(("category", name)) => ConsentOf::Category(Category::from(name)),
        _ => return false,
    };
    let consent = &mut turn.contact.consent;
    let given = match &question {
        ConsentOf::Channel(channel) => consent.channels.get(channel),
        ConsentOf::Category(category) => consent.categories.get(category),
    };
    let as_left = match (&question, is) {
        (ConsentOf::Category(category), UNCONFIRMED) => consent.unconfirmed.remove(category).is_some(),
        _ => given.is_some_and(|given| named(given.answer) == is),
    };
    if !as_left {
        return false;
    }
    if let Some(answer) = was.and_then(answer_of) {
        let how = How { confirmed: true, ..How::by(UNDO) };
        consents::give(turn, &question, answer, how, concerns);
        return true;
    }
    match &question {
        ConsentOf::Channel(channel) => drop(consent.channels.remove(channel)),
        ConsentOf::Category(category) => drop(consent.categories.remove(category)),
    }
    concerns.push(Concern::Consent);
    let decision = Decision::ConsentChanged { of: of.to_owned(), answer: UNANSWERED.to_owned() };
    turn.note("7.3", About::default(), decision);
    consents::write(turn, of, UNANSWERED.to_owned(), How::by(UNDO));
    true
}

fn named(answer: Answer) -> &'static str {
    match answer {
        Answer::Subscribed => "subscribed",
        Answer::Unsubscribed => "unsubscribed",
    }
}

fn answer_of(name: &str) -> Option<Answer> {
    [Answer::Subscribed, Answer::Unsubscribed].into_iter().find(|answer| named(*answer) == name)
}
