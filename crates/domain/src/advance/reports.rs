//! What others tell of a message: bounces, complaints, what people and machines did with it (SEMANTICS 15).

use serde_json::{Map, Value};

use super::consents::{self, How};
use super::engagement::{self, Circumstances};
use super::sending::{self, about, message_mut, touch};
use super::turn::{Engaged, Turn};
use crate::consent::{Answer, Consent};
use crate::id::MessageId;
use crate::limits::CLICKS_UNJUDGED_MAX;
use crate::message::{Message, MessageState};
use crate::predicate::{ConsentOf, Engagement};
use crate::record::Decision;
use crate::report::machine::{self, Act, HIDDEN, JUDGED_AFTER};
use crate::report::{Bounce, BounceClass, Click, Report, Reported, Told, Visit};
use crate::time::{Period, Timestamp};

/// Takes a report, and answers what waits and triggers must look at.
pub(super) fn take(turn: &mut Turn<'_>, known: &Message, report: &Report) -> Option<Engaged> {
    match &report.what {
        Told::Opened { visit } => return opened(turn, known, report, visit),
        Told::Clicked { link, visit } => return clicked(turn, known, report, link.as_deref(), visit),
        Told::Delivered { words } => note(turn, known, report, "it was delivered", words),
        Told::Deferred { words } => {
            note(turn, known, report, "the mailbox doesn't take it yet", words);
            return None;
        }
        Told::Bounced { class, words } => return bounced(turn, known, report, *class, words),
        Told::Complained { words } => note(turn, known, report, "the person complains of it", words),
        Told::Unsubscribed => note(turn, known, report, "the person unsubscribed", ""),
        Told::Replied { words } => note(turn, known, report, "the person answered it", words),
    }
    let (engagement, circumstances) = match &report.what {
        Told::Delivered { .. } => (Engagement::Delivered, Circumstances::of(turn, report)),
        Told::Complained { words } => (Engagement::Complained, complaint(turn, report, words)),
        Told::Replied { words } => {
            let more = one("text", words);
            (Engagement::Replied, Circumstances { more, ..Circumstances::of(turn, report) })
        }
        _ => (Engagement::Unsubscribed, Circumstances::of(turn, report)),
    };
    it_went(turn, known);
    let engaged = engagement::engaged_by(turn, known, engagement, None, &circumstances);
    if engagement == Engagement::Complained {
        opt_out(turn, known, report);
    }
    engaged
}

fn complaint(turn: &Turn<'_>, report: &Report, words: &str) -> Circumstances {
    let reason = if words.is_empty() { "complaint".to_owned() } else { format!("complaint: {words}") };
    Circumstances { suppress: Some(reason), ..Circumstances::of(turn, report) }
}

/// A report on a message that the contact's ledger has forgotten: what concerns the address still does (15.2, 15.3).
pub(super) fn take_forgotten(turn: &mut Turn<'_>, report: &Report) {
    let Some((channel, address)) = &report.address else { return };
    let reason = match &report.what {
        Told::Bounced { class, words } if class.is_hard() => hard(*class, words),
        Told::Complained { .. } => "complaint".to_owned(),
        _ => return,
    };
    consents::suppress(turn, channel, address, Some(&reason), &report.source);
    if matches!(report.what, Told::Complained { .. }) {
        let of = ConsentOf::Channel(channel.clone());
        consents::give(turn, &of, Answer::Unsubscribed, How::by("complaint"), &mut Vec::new());
    }
}

/// Who complains has opted out of the channel's marketing, whatever address comes later.
fn opt_out(turn: &mut Turn<'_>, known: &Message, report: &Report) {
    let source = format!("complaint by {}", report.source);
    let how = How { via: Some(known.id), ..How::by(&source) };
    let of = ConsentOf::Channel(known.channel.clone());
    let given = turn.contact.consent.channels.get(&known.channel);
    if given.is_none_or(|given| given.answer != Answer::Unsubscribed) {
        // The caller looks at what consent concerns.
        consents::give(turn, &of, Answer::Unsubscribed, how, &mut Vec::new());
    }
}

fn hard(class: BounceClass, words: &str) -> String {
    if words.is_empty() {
        format!("hard bounce: {}", class.as_str())
    } else {
        format!("hard bounce: {}: {words}", class.as_str())
    }
}

/// The message came back: an address that nothing will ever reach is suppressed at once, one from which too much came back
/// in a while, too (15.2).
fn bounced(
    turn: &mut Turn<'_>,
    known: &Message,
    report: &Report,
    class: BounceClass,
    words: &str,
) -> Option<Engaged> {
    let before = known.reported.as_ref().and_then(|reported| reported.bounce.as_ref());
    let is_harder = class.is_hard() && !before.is_some_and(|bounce| bounce.class.is_hard());
    if before.is_some() && !is_harder {
        return None;
    }
    note(turn, known, report, &format!("it came back: {}", class.as_str()), words);
    let bounce = Bounce { at: turn.at, class, words: words.to_owned(), source: report.source.clone() };
    reported(turn, known.id, |reported| reported.bounce = Some(bounce));
    it_went(turn, known);
    touch(turn, known.id);
    let mut more = one("bounce_type", if class.is_hard() { "hard" } else { "soft" });
    more.extend(one("bounce_class", class.as_str()));
    more.extend(one("reason", words));
    let circumstances = Circumstances { more, suppress: None, ..Circumstances::of(turn, report) };
    let engaged = engagement::engaged_by(turn, known, Engagement::Bounced, None, &circumstances);
    if class.is_hard() {
        consents::suppress(turn, &known.channel, &known.address, Some(&hard(class, words)), &report.source);
    } else if let Some(reason) = too_soft(turn, known) {
        consents::suppress(turn, &known.channel, &known.address, Some(&reason), &report.source);
    }
    engaged
}

/// Whether too much came back from an address since the person last did something with a message to it.
fn too_soft(turn: &Turn<'_>, known: &Message) -> Option<String> {
    let limit = turn.catalog.policies.soft_bounces;
    let key = |message: &Message| Consent::suppression_key(&message.channel, &message.address);
    let of_address = || turn.contact.ledger.iter().filter(|message| key(message) == key(known));
    let alive = [Engagement::Opened, Engagement::Clicked, Engagement::Replied];
    let alive_at = of_address()
        .flat_map(|message| alive.iter().filter_map(|what| message.engagement.get(what)))
        .max()
        .copied();
    let since = turn.at + Period::from_millis(-limit.per.as_millis());
    let n = of_address()
        .filter_map(|message| message.reported.as_ref()?.bounce.as_ref())
        .filter(|bounce| !bounce.class.is_hard() && bounce.at > since && Some(bounce.at) > alive_at)
        .count();
    (n >= limit.max as usize).then(|| format!("{n} messages came back within {}", limit.per))
}

/// A message whose fate was unknown did go, if anything came of it (SEMANTICS 8.4).
fn it_went(turn: &mut Turn<'_>, known: &Message) {
    if matches!(known.state, MessageState::Uncertain { .. }) {
        turn.note("15.1", about(known), Decision::Sent { attempt: known.attempts });
        sending::settle(turn, known.id, MessageState::Sent);
        let at = turn.at;
        if let Some(message) = message_mut(turn, known.id) {
            message.engagement.entry(Engagement::Sent).or_insert(at);
        }
    }
}

fn opened(turn: &mut Turn<'_>, known: &Message, report: &Report, visit: &Visit) -> Option<Engaged> {
    if let Some(why) = judge(turn, known, report, Act::Open, visit) {
        by_machine(turn, known, Engagement::Opened, report, why);
        return None;
    }
    it_went(turn, known);
    let circumstances = Circumstances::of(turn, report);
    engagement::engaged_by(turn, known, Engagement::Opened, None, &circumstances)
}

/// A click that nothing speaks against by itself waits a little: if many links are followed at once, or the one that no
/// person sees, it was a machine (15.5).
fn clicked(
    turn: &mut Turn<'_>,
    known: &Message,
    report: &Report,
    link: Option<&str>,
    visit: &Visit,
) -> Option<Engaged> {
    let Some(link) = link else {
        let at = turn.at;
        reported(turn, known.id, |reported| reported.scanned_at = Some(at));
        by_machine(turn, known, Engagement::Clicked, report, HIDDEN.to_owned());
        return None;
    };
    if let Some(why) = judge(turn, known, report, Act::Click, visit) {
        by_machine(turn, known, Engagement::Clicked, report, why);
        return None;
    }
    let click = Click { at: turn.at, link: link.to_owned(), source: report.source.clone() };
    let mut is_kept = false;
    reported(turn, known.id, |reported| {
        let is_known = reported.clicks.iter().any(|known| known.link == click.link);
        is_kept = !is_known && reported.clicks.len() < CLICKS_UNJUDGED_MAX;
        if is_kept {
            reported.clicks.push(click);
        }
    });
    if is_kept {
        let what = format!("a link was followed; in {JUDGED_AFTER} it is judged whether by a person");
        note(turn, known, report, &what, link);
    }
    None
}

/// Judges clicks that have waited long enough, and answers what people did.
pub(super) fn judge_due(turn: &mut Turn<'_>, deadline: Timestamp) -> Vec<Engaged> {
    let is_due = |message: &&Message| message.clicks_due().is_some_and(|due| due <= deadline);
    let due: Vec<Message> = turn.contact.ledger.iter().filter(is_due).cloned().collect();
    let mut engaged = Vec::new();
    for known in due {
        let Some(was) = known.reported.as_deref() else { continue };
        reported(turn, known.id, |reported| reported.clicks.clear());
        let verdicts = machine::judge_clicks(&was.clicks, was.scanned_at);
        for (click, verdict) in was.clicks.iter().zip(verdicts) {
            let what = Told::Clicked { link: Some(click.link.clone()), visit: Visit::default() };
            let report = Report { what, occurred_at: click.at, source: click.source.clone(), address: None };
            if let Some(why) = verdict {
                by_machine(turn, &known, Engagement::Clicked, &report, why);
                continue;
            }
            it_went(turn, &known);
            let circumstances = Circumstances::of(turn, &report);
            engaged.extend(engagement::engaged_by(
                turn,
                &known,
                Engagement::Clicked,
                Some(&click.link),
                &circumstances,
            ));
        }
    }
    engaged
}

fn judge(turn: &Turn<'_>, known: &Message, report: &Report, act: Act, visit: &Visit) -> Option<String> {
    let sent_at = known.engagement.get(&Engagement::Sent).copied();
    let scanned_at = known.reported.as_ref().and_then(|reported| reported.scanned_at);
    let when = report.occurred_at.min(turn.at);
    machine::judge(
        act,
        visit,
        // An instant that a source rounds to seconds may lie before the message left.
        sent_at.map(|sent_at| when.max(sent_at).since(sent_at)),
        scanned_at.map(|scanned_at| turn.at.since(scanned_at)),
    )
}

/// A machine did it: that is counted apart, and no wait, trigger or condition hears of it.
fn by_machine(turn: &mut Turn<'_>, known: &Message, what: Engagement, report: &Report, why: String) {
    let at = turn.at;
    let mut is_first = false;
    reported(turn, known.id, |reported| {
        is_first = !reported.machine.contains_key(&what);
        reported.machine.entry(what).or_insert(at);
    });
    let source = report.source.clone();
    turn.note("15.5", about(known), Decision::ByMachine { what: what.as_str().to_owned(), why, source });
    if is_first {
        touch(turn, known.id);
        turn.count(format!("news:{}:{}_by_machine", known.workflow, what.as_str()));
    }
}

fn note(turn: &mut Turn<'_>, known: &Message, report: &Report, what: &str, words: &str) {
    let decision = Decision::Reported {
        what: what.to_owned(),
        words: words.to_owned(),
        source: report.source.clone(),
        occurred_at: report.occurred_at,
    };
    turn.note("15.1", about(known), decision);
}

fn reported(turn: &mut Turn<'_>, id: MessageId, change: impl FnOnce(&mut Reported)) {
    if let Some(message) = message_mut(turn, id) {
        change(message.reported.get_or_insert_default());
    }
}

fn one(name: &str, value: &str) -> Map<String, Value> {
    let mut map = Map::new();
    if !value.is_empty() {
        map.insert(name.to_owned(), Value::from(value));
    }
    map
}

impl Message {
    /// When its clicks are to be judged, if any wait.
    pub(crate) fn clicks_due(&self) -> Option<Timestamp> {
        let first = self.reported.as_ref()?.clicks.first()?;
        Some(first.at + JUDGED_AFTER)
    }
}
