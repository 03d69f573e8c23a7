//! Histories made by the rules, written down as tests.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use wend_domain::advance::{needs, take};
use wend_domain::catalog::Catalog;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::contact::Contact;
use wend_domain::effect::Effect;
use wend_domain::event::{Event, EventKind, standard_name};
use wend_domain::id::{ContactId, EventName, InputId, MessageId, WorkspaceId};
use wend_domain::identity::Identifiers;
use wend_domain::input::{Answered, Cause, Command, Input, News, NewsKind, Order, Outcome, RunOrder, Runs};
use wend_domain::message::MessageKind;
use wend_domain::source::SourceFile;
use wend_domain::time::{Period, Timestamp};
use wend_render::Renderer;

use super::{Entry, History, Keep, Recording, recording};
use crate::scenario::run;

const WORKFLOW: &str = "\
workflow: welcome
title: Welcome
category: offers
trigger: [{ event: Signed Up, where: { plan: { in: [pro, free] } } }, { api: true }]
audience: { not: { segment: staff } }
steps:
  - { id: hello, send: { email: hello } }
  - { id: pause, wait: 1d }
  - { id: ask, webhook: { url: https://crm.example/ask, save: { grade: body.grade } } }
  - { id: mark, update: { traits: { greeted: true } } }
";

fn files() -> Vec<SourceFile> {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    vec![
        file("workflows/welcome.yaml", WORKFLOW),
        file(
            "segments/staff.yaml",
            "segment: staff\nwhere: { trait: email, ends_with: \"@shop.example\" }\n",
        ),
        file(
            "templates/hello.yaml",
            "template: hello\nchannel: email\nsubject: Hi {{ contact.first_name }}\ntext: See you\n",
        ),
    ]
}

fn catalog() -> Catalog {
    let portfolio = Portfolio { files: files(), ..Portfolio::default() };
    let compiled = compile(&WorkspaceId::from("default"), 1, &portfolio);
    compiled.catalog.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

fn at(after: &str) -> Timestamp {
    Timestamp::parse("2026-03-02T12:00:00.250Z").unwrap() + Period::parse(after).unwrap()
}

/// A contact that lives as in production: messages and calls are handed over a moment after they are due.
struct Life {
    catalog: Catalog,
    contact: Contact,
    alarm: Option<Timestamp>,
    entries: Vec<Entry>,
    outbox: Vec<MessageId>,
    calls: BTreeSet<MessageId>,
}

impl Life {
    fn new() -> Self {
        let contact = Contact::new(ContactId::hashed(at("0s"), &[b"real"]), 1, at("0s"));
        Self {
            catalog: catalog(),
            contact,
            alarm: None,
            entries: Vec::new(),
            outbox: Vec::new(),
            calls: BTreeSet::new(),
        }
    }

    fn input(&mut self, at: Timestamp, cause: Cause) {
        let n = self.entries.len();
        let id = InputId::hashed(at, &[&n.to_be_bytes()]);
        let mut input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
        if needs(&self.catalog, &self.contact, &input, at).is_some() {
            input.history = Some(Vec::new());
        }
        let renderer = Renderer::new(&self.catalog);
        let taken = take(&self.catalog, self.contact.clone(), input, at, &mut |wanted| {
            Ok(renderer.render(wanted).map(drop)?)
        });
        let taken = taken.unwrap();
        for taken in taken.inputs {
            for effect in &taken.effects {
                match effect {
                    Effect::Show(message) if message.kind == MessageKind::Call => {
                        self.calls.insert(message.id);
                    }
                    Effect::Dispatch { message, .. } => self.outbox.push(*message),
                    _ => {}
                }
            }
            self.entries.push(Entry { at, catalog_revision: 1, input: taken.input, record: taken.record });
        }
        self.contact = taken.contact;
        self.alarm = taken.alarm;
        for message in std::mem::take(&mut self.outbox) {
            let outcome = Outcome::Accepted { reply: "fine".to_owned() };
            let body = json!({ "grade": "A", "secret": "hush" });
            let answer = Answered { status: 201, headers: [].into(), body };
            let answer = self.calls.contains(&message).then(|| Box::new(answer));
            let what = NewsKind::Attempted { attempt: 1, outcome, answer, receipt: None };
            self.input(at + Period::from_millis(300), Cause::News(News { message, what }));
        }
    }

    fn event(&mut self, after: &str, kind: EventKind, name: &str, properties: &Value, traits: &Value) {
        self.wake(after);
        let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let name = if name.is_empty() { standard_name(kind) } else { EventName::from(name) };
        let event = Event {
            kind,
            name,
            message_id: format!("m{}", self.entries.len()),
            occurred_at: at(after),
            identifiers: Identifiers { user_id: Some("user-7".to_owned()), ..Identifiers::default() },
            properties: object(properties),
            traits: object(traits),
            imported: false,
            brought: None,
        };
        self.input(at(after), Cause::Event(Box::new(event)));
    }

    fn order(&mut self, after: &str, order: Order) {
        self.wake(after);
        self.input(at(after), Cause::Command(Command { by: "ann".to_owned(), reason: None, order }));
    }

    /// Lets deadlines come until then.
    fn wake(&mut self, until: &str) {
        while let Some(alarm) = self.alarm.filter(|alarm| *alarm <= at(until)) {
            self.input(alarm + Period::from_millis(40), Cause::Alarm);
        }
    }

    #[track_caller]
    fn recorded(&self, entries: &[Entry], keep: Keep) -> Recording {
        let renderer = Renderer::new(&self.catalog);
        let history = History {
            id: self.contact.id,
            user_id: self.contact.user_id.as_deref(),
            traits: &self.contact.traits,
            entries,
            now: at("10d"),
        };
        let recording = recording(&self.catalog, &renderer, &files(), &history, keep, "it happened");
        let file = SourceFile { path: "tests/it.test.yaml".to_owned(), text: recording.text.clone() };
        let outcome = run(&self.catalog, &renderer, &file);
        assert!(outcome.has_passed(), "{outcome}\n{}", recording.text);
        recording
    }
}

fn ada(email: &str) -> Life {
    let mut life = Life::new();
    let traits = json!({ "email": email, "first_name": "Ada", "salary": 9000 });
    life.event("0s", EventKind::Identify, "", &Value::Null, &traits);
    let properties = json!({ "plan": "pro", "friend": "bob@corp.example" });
    life.event("10m", EventKind::Track, "Signed Up", &properties, &Value::Null);
    life
}

#[test]
fn a_history_becomes_a_test_that_says_it_all() {
    let mut life = ada("ada@lovelace.example");
    life.wake("2d");
    let data = Map::from_iter([("plan".to_owned(), json!("free"))]);
    life.order("3d", Order::StartRun { workflow: "welcome".into(), data, by_hand: false });
    let runs = Runs { workflow: None, run: life.contact.runs.first().map(|run| run.id), step: None };
    life.order("3d5m", Order::OnRuns { runs, what: RunOrder::End });
    insta::assert_snapshot!(life.recorded(&life.entries, Keep::WhatIsRead).text);
}

#[test]
fn the_domain_of_an_address_stays_only_where_a_segment_asks_for_it() {
    let staff = ada("bob@shop.example");
    let text = staff.recorded(&staff.entries, Keep::WhatIsRead).text;
    assert!(text.contains("email: person1@shop.example"), "{text}");
    assert!(text.contains("messages: none"), "{text}");
    let customer = ada("bob@corp.example");
    let text = customer.recorded(&customer.entries, Keep::WhatIsRead).text;
    assert!(text.contains("email: person1@example.com"), "{text}");
    assert!(text.contains("messages: [hello]"), "{text}");
}

#[test]
fn everything_is_kept_when_it_is_asked_for() {
    let life = ada("ada@lovelace.example");
    let text = life.recorded(&life.entries, Keep::Everything).text;
    for said in [
        "user_id: user-7",
        "ada@lovelace.example",
        "first_name: Ada",
        "salary: 9000",
        "friend: bob@corp.example",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn a_history_whose_beginning_is_gone_starts_with_the_traits_of_then() {
    let mut life = ada("ada@lovelace.example");
    life.event("1h", EventKind::Identify, "", &Value::Null, &json!({ "email": "ada@new.example" }));
    // The first entries have passed their retention.
    let from = life.entries.iter().position(|entry| entry.at >= at("10m")).unwrap();
    let recording = life.recorded(&life.entries[from..], Keep::Everything);
    let text = recording.text;
    let contact = text.lines().find(|line| line.starts_with("contact: ")).unwrap();
    assert!(contact.contains("ada@lovelace.example") && !contact.contains("new: true"), "{text}");
    assert!(text.contains("traits: { email: ada@new.example }"), "{text}");
    assert!(recording.remarks.iter().any(|remark| remark.contains("begins later")), "{text}");
}
