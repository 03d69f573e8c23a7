//! Consent, applied: answers of events, commands, steps and signed links; what the contact chose; suppressed addresses
//! (SEMANTICS 3.4, 7.2, 7.3).

use serde_json::Value;

use super::turn::{About, Engaged, Turn};
use super::{confirmation, engagement, leaving, sending};
use crate::catalog::Concern;
use crate::consent::{
    Answer, Answers, Basis, Consent, ConsentChange, FrequencyChoice, Given, PauseChoice, Suppression,
};
use crate::effect::Effect;
use crate::event::Event;
use crate::id::{Category, Channel, MessageId};
use crate::limits::{CONSENT_ANSWERS_MAX, CONSENT_SOURCE_BYTES_MAX, PAUSE_FOR_MS_MAX, SUPPRESSED_MAX};
use crate::planted;
use crate::predicate::{ConsentOf, Engagement};
use crate::record::Decision;
use crate::time::{Period, Timestamp};

/// The events by which contacts opt out and in, with `category` or `channel` among their properties.
pub const UNSUBSCRIBED: &str = "Unsubscribed";
/// See [`UNSUBSCRIBED`].
pub const SUBSCRIBED: &str = "Subscribed";

/// How an answer was given.
#[derive(Debug, Clone, Copy)]
pub(super) struct How<'h> {
    /// Where it came from.
    pub source: &'h str,
    /// What allows messages, if somebody said.
    pub basis: Option<Basis>,
    /// The message whose link was followed.
    pub via: Option<MessageId>,
    /// When it was given, if that is known to have been before now.
    pub at: Option<Timestamp>,
    /// Whether a subscription counts without being confirmed.
    pub confirmed: bool,
}

impl<'h> How<'h> {
    /// By a source that says nothing else.
    pub fn by(source: &'h str) -> Self {
        Self { source, basis: None, via: None, at: None, confirmed: false }
    }

    fn instant(&self, turn: &Turn<'_>) -> Timestamp {
        self.at.map_or(turn.at, |at| at.min(turn.at))
    }
}

/// `Unsubscribed` and `Subscribed` events: of `category`, of `channel`, or of e-mail if they name neither.
pub(super) fn apply_event(turn: &mut Turn<'_>, event: &Event, concerns: &mut Vec<Concern>) {
    let answer = match event.name.as_str() {
        UNSUBSCRIBED => Answer::Unsubscribed,
        SUBSCRIBED => Answer::Subscribed,
        _ => return,
    };
    let text = |name: &str| event.properties.get(name).and_then(Value::as_str);
    let category = text("category").map(|name| ConsentOf::Category(Category::from(name)));
    let channel = text("channel").map(|name| ConsentOf::Channel(Channel::from(name)));
    let how = How {
        source: text("source").unwrap_or("event"),
        basis: text("legal_basis").and_then(Basis::named),
        via: None,
        at: None,
        confirmed: event.properties.get("confirmed").and_then(Value::as_bool).unwrap_or(false),
    };
    let both: Vec<ConsentOf> = category.into_iter().chain(channel).collect();
    let of = if both.is_empty() { vec![ConsentOf::Channel(Channel::from("email"))] } else { both };
    for question in &of {
        // An opt-out holds at once, however old; a subscription from before the last answer takes nothing back.
        let given = given(turn, question);
        match given {
            Some(given) if answer == Answer::Subscribed && event.occurred_at < given.at => {
                let why = format!("the event is older than the answer of {}", given.at);
                turn.note("7.3", About::default(), Decision::NotDone { why });
            }
            _ => give(turn, question, answer, how, concerns),
        }
    }
}

fn given<'t>(turn: &'t Turn<'_>, of: &ConsentOf) -> Option<&'t Given> {
    match of {
        ConsentOf::Channel(channel) => turn.contact.consent.channels.get(channel),
        ConsentOf::Category(category) => turn.contact.consent.categories.get(category),
    }
}

/// Records an answer of consent; messages that it forbids are taken back in the same transaction (SEMANTICS 7.13).
pub(super) fn give(
    turn: &mut Turn<'_>,
    of: &ConsentOf,
    answer: Answer,
    how: How<'_>,
    concerns: &mut Vec<Concern>,
) {
    let name = match of {
        ConsentOf::Channel(channel) => format!("channel {channel}"),
        ConsentOf::Category(category) => format!("category {category}"),
    };
    let before = given(turn, of).cloned();
    if before.is_none() && !may_have_another(turn, of) {
        let why = format!("the contact has {CONSENT_ANSWERS_MAX} answers already, so none for {name}");
        return turn.note("7.3", About::default(), Decision::NotDone { why });
    }
    if let ConsentOf::Category(category) = of
        && confirmation::is_wanted(turn, category, answer, &how)
    {
        return confirmation::ask(turn, category, &how, concerns);
    }
    let source = cut(how.source);
    let given = Given { answer, at: how.instant(turn), source: source.clone(), basis: how.basis };
    let is_new = before.as_ref().is_none_or(|before| {
        before.answer != answer || before.basis != given.basis || before.source != given.source
    });
    let mut was_open = false;
    match of {
        ConsentOf::Channel(channel) => drop(turn.contact.consent.channels.insert(channel.clone(), given)),
        ConsentOf::Category(category) => {
            was_open = turn.contact.consent.unconfirmed.remove(category).is_some();
            turn.contact.consent.categories.insert(category.clone(), given);
        }
    }
    if is_new || was_open {
        write(turn, &name, answer.as_str().to_owned(), how);
    }
    if before.is_some_and(|before| before.answer == answer) && !was_open {
        return;
    }
    concerns.push(Concern::Consent);
    turn.consents.push((of.clone(), answer));
    let said = answer.as_str().to_owned();
    turn.note("7.3", About::default(), Decision::ConsentChanged { of: name, answer: said });
    if answer == Answer::Unsubscribed && !planted!("opt-out-cancels-nothing") {
        if let ConsentOf::Category(category) = of {
            leaving::end_runs_of_category(turn, category);
        }
        sending::cancel_forbidden(turn);
    }
}

/// Whether the contact may answer for something that it has not answered for: always for what the team declares, else
/// within a bound.
fn may_have_another(turn: &Turn<'_>, of: &ConsentOf) -> bool {
    let policies = &turn.catalog.policies;
    let is_declared = match of {
        ConsentOf::Channel(channel) => policies.channels.contains_key(channel),
        ConsentOf::Category(category) => policies.categories.contains_key(category),
    };
    is_declared || turn.contact.consent.has_room()
}

/// Writes a line of the ledger.
pub(super) fn write(turn: &mut Turn<'_>, of: &str, answer: String, how: How<'_>) {
    let change = ConsentChange {
        of: of.to_owned(),
        answer,
        at: how.instant(turn),
        source: cut(how.source),
        basis: how.basis,
        via: how.via,
    };
    turn.effects.push(Effect::Consent(Box::new(change)));
}

fn cut(source: &str) -> String {
    let mut end = source.len().min(CONSENT_SOURCE_BYTES_MAX);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    source[..end].to_owned()
}

/// Takes what somebody answers for the contact, all at once; answers that it unsubscribed through a message, if it did.
pub(super) fn answer(
    turn: &mut Turn<'_>,
    answers: &Answers,
    by: &str,
    concerns: &mut Vec<Concern>,
) -> Option<Engaged> {
    let how = How {
        source: answers.source.as_deref().unwrap_or(by),
        basis: answers.basis,
        via: answers.via,
        at: None,
        confirmed: answers.confirmed,
    };
    for (channel, answer) in &answers.channels {
        give(turn, &ConsentOf::Channel(channel.clone()), *answer, how, concerns);
    }
    for (category, answer) in &answers.categories {
        give(turn, &ConsentOf::Category(category.clone()), *answer, how, concerns);
    }
    if let Some(choice) = answers.pause {
        pause(turn, choice, how);
    }
    if let Some(choice) = answers.frequency {
        choose_frequency(turn, choice, how);
    }
    let known =
        answers.via.and_then(|via| sending::message(turn, via)).filter(|message| !message.transactional)?;
    let opted_out =
        [answers.categories.get(&known.category).copied(), answers.channels.get(&known.channel).copied()];
    if !opted_out.contains(&Some(Answer::Unsubscribed)) {
        return None;
    }
    let known = known.clone();
    engagement::engaged(turn, &known, Engagement::Unsubscribed, None)
}

pub(super) fn pause(turn: &mut Turn<'_>, choice: PauseChoice, how: How<'_>) {
    let until = match choice {
        PauseChoice::Until(until) if until > turn.at => {
            Some(until.min(turn.at + Period::from_millis(PAUSE_FOR_MS_MAX)))
        }
        PauseChoice::Until(_) | PauseChoice::Over => None,
    };
    let before = turn.contact.consent.paused_until.filter(|until| *until > turn.at);
    if before == until {
        return;
    }
    turn.contact.consent.paused_until = until;
    let said = until.map_or_else(|| "over".to_owned(), |until| format!("until {until}"));
    write(turn, "pause", said, how);
    turn.note("7.3", About::default(), Decision::MarketingPaused { until });
    sending::cancel_forbidden(turn);
}

pub(super) fn choose_frequency(turn: &mut Turn<'_>, choice: FrequencyChoice, how: How<'_>) {
    let frequency = match choice {
        FrequencyChoice::Any => None,
        FrequencyChoice::AtMost(frequency) => {
            if !frequency.is_sane() {
                let why = format!("{} per {} is no frequency", frequency.max, frequency.per);
                return turn.note("7.9", About::default(), Decision::NotDone { why });
            }
            Some(frequency)
        }
    };
    if turn.contact.consent.frequency == frequency {
        return;
    }
    turn.contact.consent.frequency = frequency;
    let said = frequency.map_or_else(|| "any".to_owned(), |frequency| frequency.to_string());
    write(turn, "frequency", said.clone(), how);
    turn.note("7.9", About::default(), Decision::FrequencyChosen { frequency: said });
}

/// Stops using an address, or uses it again (SEMANTICS 7.2).
pub(super) fn suppress(
    turn: &mut Turn<'_>,
    channel: &Channel,
    address: &str,
    reason: Option<&str>,
    by: &str,
) {
    let key = Consent::suppression_key(channel, address);
    let suppressed = &mut turn.contact.consent.suppressed;
    let changed = match reason {
        Some(reason) => {
            if !suppressed.contains_key(&key) && suppressed.len() >= SUPPRESSED_MAX {
                suppressed.pop_first();
            }
            let suppression = Suppression { at: turn.at, reason: reason.to_owned() };
            suppressed.insert(key, suppression).is_none()
        }
        None => suppressed.remove(&key).is_some(),
    };
    if !changed {
        return;
    }
    let decision = Decision::SuppressionChanged {
        channel: channel.to_string(),
        suppressed: reason.is_some(),
        reason: reason.unwrap_or("taken back").to_owned(),
    };
    turn.note("7.2", About::default(), decision);
    let said = if reason.is_some() { "suppressed" } else { "usable" };
    write(turn, &format!("address {channel}"), said.to_owned(), How::by(reason.unwrap_or(by)));
    let (address, reason) = (address.to_owned(), reason.map(ToOwned::to_owned));
    turn.effects.push(Effect::Suppress { channel: channel.clone(), address, reason });
    sending::cancel_forbidden(turn);
}
