//! The page on which a person chooses what to get, by which way, how often, and whether at all for now.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;
use wend_domain::consent::{Answer, Answers, Frequency, FrequencyChoice, PauseChoice};
use wend_domain::id::{Category, Channel};
use wend_domain::link::Purpose;
use wend_domain::time::{Period, Timestamp};

use super::html::{self, button, escaped, page, paragraph};
use super::words::{Words, with};
use super::{Form, Visit, visit};
use crate::state::ServerState;

/// The button for everything.
const EVERYTHING: &str = "everything";

/// The choice that leaves what was chosen before.
const KEEP: &str = "keep";

/// How long a day is.
const DAY_MS: i64 = 24 * 3_600_000;

/// The channels that people know by a name of ours; others have the name that the team gave them.
const NOT_FOR_PEOPLE: &str = "webhook";

/// The frequencies to choose from: the value in the form, and the days in which one message comes.
const FREQUENCIES: [(&str, i64); 3] = [("day", 1), ("week", 7), ("month", 30)];

/// The pauses to choose from: the value in the form, and how many days they last.
const PAUSES: [(&str, i64); 3] = [("week", 7), ("month", 30), ("quarter", 90)];

/// Shows what is chosen.
pub(super) async fn show(
    State(state): State<ServerState>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match visit(&state, Purpose::Preferences, place, &headers).await {
        Ok(visit) => shown(&visit, None),
        Err(page) => page,
    }
}

/// Keeps what the person chose; a link that is too old only unsubscribes.
pub(super) async fn take(
    State(state): State<ServerState>,
    Path(place): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let place_again = place.clone();
    let visited = match visit(&state, Purpose::Preferences, place, &headers).await {
        Ok(visit) => visit,
        Err(page) => return page,
    };
    let form = Form::read(&body);
    let (answers, said) = if form.has(EVERYTHING) {
        (visited.nothing_more(), visited.words.unsubscribed_from_all)
    } else if visited.link.holds(visited.at) {
        (chosen(&visited, &form), visited.words.saved)
    } else {
        return shown(&visited, None);
    };
    if let Err(page) = visited.give(&state, answers, "preference page").await {
        return page;
    }
    match visit(&state, Purpose::Preferences, place_again, &headers).await {
        Ok(visit) => shown(&visit, Some(said)),
        Err(page) => page,
    }
}

/// What differs between the form and what stands.
fn chosen(visit: &Visit, form: &Form) -> Answers {
    let mut answers = Answers::default();
    // Only what the page showed: a category that was published since was not refused by leaving it out.
    let (shown, ticked): (Vec<&str>, Vec<&str>) =
        (form.values("shown").collect(), form.values("category").collect());
    for category in visit.categories().into_keys().filter(|category| shown.contains(&category.as_str())) {
        let answer = answer(ticked.contains(&category.as_str()));
        if answer != of_category(visit, category) {
            answers.categories.insert(category.clone(), answer);
        }
    }
    let (shown, ticked): (Vec<&str>, Vec<&str>) =
        (form.values("shown_channel").collect(), form.values("channel").collect());
    for channel in channels(visit).into_iter().filter(|channel| shown.contains(&channel.as_str())) {
        let answer = answer(ticked.contains(&channel.as_str()));
        if answer != of_channel(visit, channel) {
            answers.channels.insert(channel.clone(), answer);
        }
    }
    let days = |choices: &[(&str, i64)], value: &str| {
        choices.iter().find(|(name, _)| *name == value).map(|(_, days)| Period::from_millis(days * DAY_MS))
    };
    answers.frequency = match form.value("frequency") {
        None | Some(KEEP) => None,
        Some(value) => Some(match days(&FREQUENCIES, value) {
            Some(per) => FrequencyChoice::AtMost(Frequency { max: 1, per }),
            None => FrequencyChoice::Any,
        }),
    };
    answers.frequency = answers.frequency.filter(|choice| *choice != standing_frequency(visit));
    answers.pause = match form.value("pause") {
        None | Some(KEEP) => None,
        Some(value) => Some(match days(&PAUSES, value) {
            Some(span) => PauseChoice::Until(visit.at + span),
            None => PauseChoice::Over,
        }),
    };
    answers.pause =
        answers.pause.filter(|choice| *choice != PauseChoice::Over || paused_until(visit).is_some());
    answers
}

fn answer(is_ticked: bool) -> Answer {
    if is_ticked { Answer::Subscribed } else { Answer::Unsubscribed }
}

fn standing_frequency(visit: &Visit) -> FrequencyChoice {
    let frequency = visit.contact.as_ref().and_then(|contact| contact.consent.frequency);
    frequency.map_or(FrequencyChoice::Any, FrequencyChoice::AtMost)
}

fn paused_until(visit: &Visit) -> Option<Timestamp> {
    visit.contact.as_ref()?.consent.paused_until.filter(|until| *until > visit.at)
}

fn of_category(visit: &Visit, category: &Category) -> Answer {
    let default =
        visit.catalog.policies.categories.get(category).map_or(Answer::Subscribed, |policy| policy.default);
    let Some(contact) = &visit.contact else { return default };
    if contact.consent.unconfirmed.contains_key(category) {
        return Answer::Unsubscribed;
    }
    contact.consent.categories.get(category).map_or(default, |given| given.answer)
}

fn of_channel(visit: &Visit, channel: &Channel) -> Answer {
    let given = visit.contact.as_ref().and_then(|contact| contact.consent.channels.get(channel));
    given.map_or(Answer::Subscribed, |given| given.answer)
}

/// The channels by which the person can be reached.
fn channels(visit: &Visit) -> Vec<&Channel> {
    let Some(contact) = &visit.contact else { return Vec::new() };
    let channels = visit.catalog.policies.channels.iter();
    let usable = channels.filter(|(channel, policy)| {
        channel.as_str() != NOT_FOR_PEOPLE
            && contact.traits.get(&policy.address).is_some_and(Value::is_string)
    });
    usable.map(|(channel, _)| channel).collect()
}

/// The page; `said` is what has just happened.
fn shown(visit: &Visit, said: Option<&str>) -> Response {
    let words = visit.words;
    let mut body = String::new();
    if let Some(said) = said {
        body.push_str(&html::said(said));
    }
    if !visit.link.holds(visit.at) || visit.contact.is_none() {
        body.push_str(&paragraph(words.too_old));
        body.push_str(&button(Some(EVERYTHING), words.unsubscribe_from_all));
        return page(StatusCode::OK, words, words.preferences, &body);
    }
    if let Some(address) = visit.masked_address() {
        body.push_str(&html::aside(&with(words.preferences_of, &address)));
    }
    body.push_str("<form method=\"post\">");
    let topics = visit.categories().into_iter().map(|(category, policy)| {
        let is_on = of_category(visit, category) == Answer::Subscribed;
        (category.as_str(), policy.title_in(words.language).to_owned(), is_on)
    });
    group(&mut body, words.topics, ("shown", "category"), topics);
    let ways = channels(visit).into_iter().map(|channel| {
        (channel.as_str(), way(words, channel), of_channel(visit, channel) == Answer::Subscribed)
    });
    group(&mut body, words.ways, ("shown_channel", "channel"), ways);
    select(&mut body, "frequency", words.frequency, &frequencies(visit));
    select(&mut body, "pause", words.pause, &pauses(visit));
    body.push_str("<button>");
    body.push_str(&escaped(words.save));
    body.push_str("</button></form>");
    body.push_str(&button(Some(EVERYTHING), words.unsubscribe_from_all));
    page(StatusCode::OK, words, words.preferences, &body)
}

fn way(words: &Words, channel: &Channel) -> String {
    match channel.as_str() {
        "email" => words.email.to_owned(),
        "sms" => words.sms.to_owned(),
        "push" => words.push.to_owned(),
        other => other.to_owned(),
    }
}

/// A group of boxes to tick, each with a field that says that it was shown.
fn group<'g>(
    body: &mut String,
    legend: &str,
    (shown, ticked): (&str, &str),
    choices: impl Iterator<Item = (&'g str, String, bool)>,
) {
    let boxes = choices.map(|(name, title, is_on)| {
        let (name, title) = (escaped(name), escaped(&title));
        let checked = if is_on { " checked" } else { "" };
        format!(
            "<input type=\"hidden\" name=\"{shown}\" value=\"{name}\"><label class=\"choice\">\
             <input type=\"checkbox\" name=\"{ticked}\" value=\"{name}\"{checked}><span>{title}</span></label>"
        )
    });
    let boxes: String = boxes.collect();
    if !boxes.is_empty() {
        let legend = escaped(legend);
        let _ = write!(body, "<fieldset><legend>{legend}</legend>{boxes}</fieldset>");
    }
}

/// The value, what a person reads, and whether it is what stands.
type Choice = (&'static str, String, bool);

fn frequencies(visit: &Visit) -> Vec<Choice> {
    let words = visit.words;
    let standing = standing_frequency(visit);
    let titles = [words.frequency_day, words.frequency_week, words.frequency_month];
    let mut choices = vec![("any", words.frequency_any.to_owned(), standing == FrequencyChoice::Any)];
    for ((value, days), title) in FREQUENCIES.into_iter().zip(titles) {
        let choice = Frequency { max: 1, per: Period::from_millis(days * DAY_MS) };
        choices.push((value, title.to_owned(), standing == FrequencyChoice::AtMost(choice)));
    }
    if let FrequencyChoice::AtMost(other) = standing
        && choices.iter().all(|(_, _, stands)| !stands)
    {
        let title = with(&with(words.frequency_kept, &other.max.to_string()), &other.per.to_string());
        choices.push((KEEP, title, true));
    }
    choices
}

fn pauses(visit: &Visit) -> Vec<Choice> {
    let words = visit.words;
    let until = paused_until(visit);
    let mut choices = Vec::new();
    if let Some(until) = until {
        let zone = visit.contact.as_ref().and_then(wend_domain::contact::Contact::zone);
        let zone = zone.as_ref().unwrap_or(&visit.catalog.policies.zone);
        let day = zone.local(until).strftime("%Y-%m-%d").to_string();
        choices.push((KEEP, with(words.pause_until, &day), true));
    }
    choices.push(("none", words.pause_none.to_owned(), until.is_none()));
    let titles = [words.pause_week, words.pause_month, words.pause_quarter];
    choices
        .extend(PAUSES.into_iter().zip(titles).map(|((value, _), title)| (value, title.to_owned(), false)));
    choices
}

fn select(body: &mut String, name: &str, label: &str, choices: &[Choice]) {
    let options = choices.iter().map(|(value, title, stands)| {
        let selected = if *stands { " selected" } else { "" };
        format!("<option value=\"{value}\"{selected}>{}</option>", escaped(title))
    });
    let options: String = options.collect();
    let label = escaped(label);
    let _ = write!(body, "<label>{label}<select name=\"{name}\">{options}</select></label>");
}
