//! What a contact received, against what the model says that it should have.

use wend_domain::limits::ATTEMPTS_MAX;

use super::Person;
use crate::model::{Kind, Need, Wish};
use crate::play::Play;
use crate::provider::{Call, Verdict};

/// The texts of marketing messages that opting out of offers stops.
const OFFERS: [&str; 4] = ["hello", "tips", "reminder", "nudge"];

/// Compares everything.
pub fn all(person: &Person, play: &Play) -> Vec<String> {
    let mut wrong = Vec::new();
    for call in &person.calls {
        if !person.model.wishes.iter().any(|wish| wish.text == call.text) {
            wrong.push(format!("`{}` was sent at {} and should never have been", call.text, call.at));
        }
        wrong.extend(too_late(person, call, play));
    }
    for wish in &person.model.wishes {
        let calls: Vec<&Call> = person.calls.iter().filter(|call| call.text == wish.text).collect();
        wrong.extend(often_enough(person, wish, &calls));
        wrong.extend(not_too_often(wish, &calls));
        wrong.extend(in_time(wish, &calls));
    }
    wrong
}

/// It came if it had to, and didn't if it mustn't.
fn often_enough(person: &Person, wish: &Wish, calls: &[&Call]) -> Option<String> {
    let text = &wish.text;
    if wish.need == Need::Never && !calls.is_empty() {
        return Some(format!("`{text}` was sent although the contact had opted out at {}", wish.wanted_at));
    }
    if wish.need != Need::Must {
        return None;
    }
    let is_over =
        calls.iter().any(|call| call.verdict == Verdict::Permanent) || calls.len() >= ATTEMPTS_MAX as usize;
    let came = calls.iter().any(|call| match wish.kind {
        Kind::Marketing => call.verdict.may_have_gone(),
        Kind::Transactional | Kind::Keyed => {
            matches!(call.verdict, Verdict::Accepted | Verdict::TakenUnknown)
        }
    });
    // A process that ended between the claim and the call leaves one that is shown as uncertain.
    let is_uncertain = || {
        let template = text.split(' ').next();
        wish.kind == Kind::Marketing
            && person
                .messages
                .values()
                .any(|message| message.state == "uncertain" && Some(message.template.as_str()) == template)
    };
    (!is_over && !came && !is_uncertain())
        .then(|| format!("`{text}`, wanted at {}, never came: {} calls", wish.wanted_at, calls.len()))
}

/// It came no more often than it may.
fn not_too_often(wish: &Wish, calls: &[&Call]) -> Option<String> {
    let text = &wish.text;
    if calls.iter().any(|call| call.message != calls[0].message) {
        return Some(format!("`{text}` was sent with several keys"));
    }
    let mut attempts: Vec<u32> = calls.iter().map(|call| call.attempt).collect();
    let n_calls = attempts.len();
    attempts.sort_unstable();
    attempts.dedup();
    if attempts.len() < n_calls {
        return Some(format!("an attempt of `{text}` was made twice"));
    }
    let is_last = |call: &Call| match wish.kind {
        Kind::Marketing => call.verdict.may_have_gone() || call.verdict == Verdict::Permanent,
        Kind::Transactional | Kind::Keyed => false,
    };
    let last = calls.iter().position(|call| is_last(call))?;
    (last + 1 < n_calls)
        .then(|| format!("`{text}` was sent again after it may have gone at {}", calls[last].at))
}

/// It came neither before it was wanted nor after it expired, by the clocks of those who sent it.
fn in_time(wish: &Wish, calls: &[&Call]) -> Option<String> {
    let early = calls.iter().find(|call| call.claimed_at < wish.wanted_at);
    if let Some(call) = early {
        return Some(format!(
            "`{}` was sent at {}, before it was wanted at {}",
            wish.text, call.claimed_at, wish.wanted_at
        ));
    }
    let expires_at = wish.expires_at?;
    let late = calls.iter().find(|call| call.claimed_at >= expires_at)?;
    Some(format!("`{}` was claimed at {}, after it had expired at {expires_at}", wish.text, late.claimed_at))
}

/// Nothing is claimed that was stopped before (SEMANTICS 7.13, 9.4).
fn too_late(person: &Person, call: &Call, play: &Play) -> Option<String> {
    let text = call.text.split(' ').next().unwrap_or_default();
    if OFFERS.contains(&text) {
        let of = |name: &'static str| {
            let own = move |sent: &&crate::clients::Sent| {
                sent.user == person.user && sent.event.name.as_str() == name
            };
            play.clients.sent.iter().filter(own)
        };
        let stopped = of("Unsubscribed").find(|out| {
            let is_stopped = out.taken_at_step.is_some_and(|step| step < call.claimed_since);
            let goes_on = |back: &crate::clients::Sent| {
                back.first_at_step <= call.step
                    && back.kept_at_step.is_none_or(|kept| kept >= out.first_at_step)
            };
            is_stopped && !of("Subscribed").any(goes_on)
        });
        if let Some(out) = stopped {
            return Some(format!("`{}` was claimed after {} had opted out", call.text, out.event.message_id));
        }
    }
    let workflow = match text {
        "reminder" | "nudge" => "cart",
        "receipt" => "receipt",
        _ => return None,
    };
    let of = || play.changes.iter().filter(|change| change.workflow == workflow);
    let stopped = of().filter(|change| !change.goes_on).any(|stop| {
        let is_stopped = stop.done_at_step.is_some_and(|step| step < call.claimed_since);
        let goes_on = |on: &crate::play::Change| {
            on.goes_on
                && on.asked_at_step <= call.step
                && on.done_at_step.is_none_or(|done| done >= stop.asked_at_step)
        };
        is_stopped && !of().any(goes_on)
    });
    stopped.then(|| format!("`{}` was claimed while its workflow stood still", call.text))
}
