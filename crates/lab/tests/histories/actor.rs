//! A contact that takes recorded inputs, and what it decides, told for a reader.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use wend_domain::advance::{Taken, TakenInput, take};
use wend_domain::contact::Contact;
use wend_domain::effect::{Effect, Render};
use wend_domain::id::{ContactId, digest};
use wend_domain::input::{Cause, NewsKind};
use wend_domain::record::{Decision, Line};
use wend_domain::time::Timestamp;

use crate::frozen::{Frozen, short};
use crate::story::Take;

/// The digits of an id.
const ID_DIGITS: usize = 32;
/// Parts of a document that say nothing new at the end, or nothing to a reader.
const NOT_TOLD: [&str; 5] = ["activity", "closed", "entries", "ledger", "seen"];
/// Numbers between these are instants: of the years 2001 to 2286.
const INSTANTS: std::ops::Range<i64> = 1_000_000_000_000..10_000_000_000_000;

/// A contact, and the names under which its runs and messages are told.
pub struct Actor {
    pub contact: Contact,
    pub alarm: Option<Timestamp>,
    names: BTreeMap<String, usize>,
}

impl Actor {
    pub fn new(id: ContactId, since: Timestamp) -> Self {
        Self { contact: Contact::new(id, 0, since), alarm: None, names: BTreeMap::new() }
    }

    /// Takes an input; gives what came of it, if it could be taken, and tells it.
    pub fn take(&mut self, frozen: &Frozen, what: &Take) -> (Option<Taken>, String) {
        let revision = frozen.revision(what.revision);
        let mut rendered = Vec::new();
        let mut render = |wanted: &Render| {
            let done = revision.renderer.render(wanted).map_err(|error| error.to_string());
            rendered.push(done.as_ref().map_or_else(Clone::clone, |done| {
                let json = serde_json::to_vec(done).expect("it is plain data");
                let title = done.subject.as_ref().or(done.title.as_ref()).map_or("", |title| title);
                format!("{} {title:?} {}", wanted.template, short(&digest("rendered", &[&json])))
            }));
            Ok(done.map(drop)?)
        };
        let taken = take(&revision.catalog, self.contact.clone(), what.input.clone(), what.at, &mut render);
        let mut text = format!("{} {}", what.at, cause(&what.input.cause));
        match &taken {
            Ok(taken) => {
                self.contact = taken.contact.clone();
                self.alarm = taken.alarm;
                let mut rendered = rendered.iter();
                for (n, input) in taken.inputs.iter().enumerate() {
                    if n > 0 {
                        let _ = write!(text, "\n  then {}", cause(&input.input.cause));
                    }
                    tell(&mut text, input, &mut rendered);
                }
                let alarm = taken.alarm.map_or("none".to_owned(), |alarm| alarm.to_string());
                let _ = write!(text, "\n  alarm {alarm}");
            }
            Err(endless) => {
                let _ = write!(text, "\n  {endless}");
            }
        }
        (taken.ok(), self.shorten(&text))
    }

    /// The contact at the end, one part of its document a line.
    pub fn end(&mut self) -> String {
        let Value::Object(document) = serde_json::to_value(&self.contact).expect("it is plain data") else {
            unreachable!("a document is an object");
        };
        let document = document.into_iter().filter(|(name, _)| !NOT_TOLD.contains(&name.as_str()));
        let parts = document.flat_map(|(name, part)| match part {
            Value::Array(parts) => parts.into_iter().map(|part| (name.clone(), part)).collect::<Vec<_>>(),
            part => vec![(name, part)],
        });
        let text =
            parts.fold(String::new(), |text, (name, part)| text + &name + " " + &readable(part) + "\n");
        self.shorten(&text)
    }

    /// Ids become `#1`, `#2`, … in the order in which they are told of; the first time, the id stands beside it.
    fn shorten(&mut self, text: &str) -> String {
        let mut short = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((at, id)) = first_id(rest) {
            short.push_str(&rest[..at]);
            let known = self.names.get(id).copied();
            let n = known.unwrap_or(self.names.len() + 1);
            let _ = write!(short, "#{n}");
            if known.is_none() {
                self.names.insert(id.to_owned(), n);
                let _ = write!(short, "={id}");
            }
            rest = &rest[at + ID_DIGITS..];
        }
        short + rest
    }
}

/// The next run of hexadecimal digits that is as long as an id.
fn first_id(text: &str) -> Option<(usize, &str)> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let bytes = text.as_bytes();
    let mut start = 0;
    for at in 0..=bytes.len() {
        if bytes.get(at).copied().is_some_and(is_digit) {
            continue;
        }
        if at - start == ID_DIGITS {
            return Some((start, &text[start..at]));
        }
        start = at + 1;
    }
    None
}

/// A kind of decision.
pub fn name(decision: &Decision) -> String {
    let value = serde_json::to_value(decision).expect("it is plain data");
    value["decision"].as_str().unwrap_or_default().to_owned()
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Event(event) => format!("event {}", event.name),
        Cause::News(news) => {
            let what = match &news.what {
                NewsKind::Rendered => "rendered".to_owned(),
                other => readable(serde_json::to_value(other).expect("it is plain data")),
            };
            format!("news of {}: {what}", news.message)
        }
        Cause::Alarm | Cause::CatalogChanged => cause.name().to_owned(),
        other => {
            let value = serde_json::to_value(other).expect("it is plain data");
            format!("{} {}", cause.name(), readable(value[cause.name()].clone()))
        }
    }
}

fn tell<'a>(text: &mut String, input: &TakenInput, rendered: &mut impl Iterator<Item = &'a String>) {
    for line in &input.record {
        let _ = write!(text, "\n  {}", decided(line));
    }
    let mut counts = Vec::new();
    for effect in &input.effects {
        let _ = match effect {
            Effect::Render(_) => match rendered.next() {
                Some(rendered) => write!(text, "\n  > renders {rendered}"),
                None => Ok(()),
            },
            Effect::Emit { event, .. } => write!(text, "\n  > emits {}", event.name),
            Effect::Show(message) => {
                let state = serde_json::to_value(&message.state).expect("it is plain data");
                write!(text, "\n  > shows {} {}", message.id, readable(state))
            }
            // All on one line: there are many, and most say again what was decided.
            Effect::Count { counter, by } => {
                counts.push(format!("{counter} {by:+}"));
                Ok(())
            }
            // They say nothing of what was decided, or say it again.
            Effect::Seen(_) | Effect::Consent(_) | Effect::Suppress { .. } => Ok(()),
            Effect::Dispatch { .. }
            | Effect::Retry { .. }
            | Effect::Cancel { .. }
            | Effect::Settle { .. }
            | Effect::Task(_)
            | Effect::Account { .. }
            | Effect::Tell { .. }
            | Effect::Hand { .. }
            | Effect::Request { .. } => {
                write!(text, "\n  > {}", readable(serde_json::to_value(effect).expect("it is plain data")))
            }
        };
    }
    if !counts.is_empty() {
        let _ = write!(text, "\n  > counts {}", counts.join(", "));
    }
}

/// A decision: the rule, what it is about, and the values that made it.
fn decided(line: &Line) -> String {
    let mut text = line.rule.clone();
    if let Some((workflow, version)) = &line.workflow {
        let _ = write!(text, " {workflow}@{version}");
    }
    if let Some(step) = &line.step {
        let _ = write!(text, "/{step}");
    }
    if let Some(run) = line.run {
        let _ = write!(text, " {run}");
    }
    if let Some(message) = line.message {
        let _ = write!(text, " {message}");
    }
    if line.hop > 0 {
        let _ = write!(text, " hop {}", line.hop);
    }
    let Value::Object(mut decision) = serde_json::to_value(&line.decision).expect("it is plain data") else {
        unreachable!("a decision is an object");
    };
    let _ = write!(text, ": {}", name(&line.decision));
    decision.remove("decision");
    if !decision.is_empty() {
        let _ = write!(text, " {}", readable(Value::Object(decision)));
    }
    text
}

/// JSON whose instants can be read.
fn readable(mut value: Value) -> String {
    with_instants(&mut value);
    value.to_string()
}

fn with_instants(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(with_instants),
        Value::Object(values) => values.values_mut().for_each(with_instants),
        Value::Number(number) => {
            if let Some(instant) = number.as_i64().filter(|number| INSTANTS.contains(number)) {
                *value = Value::String(Timestamp::from_millis(instant).to_string());
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
