//! Random commits, folds, reads and crashes against a naive model.

use std::collections::BTreeMap;

use proptest::prelude::*;
use wend_store::{Changes, ContactChange, MessageFilter, Store};

use crate::helper::*;

/// How many histories of a store each database is put through.
const CASES: u32 = 24;

/// Few contacts, in few buckets, so that they meet.
const CONTACTS: u32 = 8;

#[derive(Debug, Clone)]
enum Act {
    Commit(Vec<Part>),
    Fold,
    FoldPiece,
    Crash,
    DropWork,
}

#[derive(Debug, Clone)]
enum Part {
    Contact { n: u32, document: u8, alarm: Option<i64> },
    Event { n: u32, name: u8 },
    Message { n: u32, number: u32, state: u8 },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => prop::collection::vec(part(), 0..6).prop_map(Act::Commit),
        1 => Just(Act::Fold),
        2 => Just(Act::FoldPiece),
        1 => Just(Act::Crash),
        1 => Just(Act::DropWork),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    let contact = 0..CONTACTS;
    prop_oneof![
        (contact.clone(), any::<u8>(), prop::option::of(0..20_i64))
            .prop_map(|(n, document, alarm)| Part::Contact { n, document, alarm }),
        (contact.clone(), 0..3_u8).prop_map(|(n, name)| Part::Event { n, name }),
        (contact, 0..4_u32, 0..3_u8).prop_map(|(n, number, state)| Part::Message { n, number, state }),
    ]
}

/// What a store should say.
#[derive(Default)]
struct Model {
    contacts: BTreeMap<u32, (u8, Option<i64>)>,
    events: BTreeMap<u32, Vec<u8>>,
    messages: BTreeMap<(u32, u32), u8>,
}

/// Contacts whose last bits are far apart, and two of one bucket.
fn number(n: u32) -> u32 {
    [0, 1, 4_096, 8_192, 2_000, 4_095, 3_333, 7][n as usize]
}

impl Model {
    fn take(&mut self, part: &Part) {
        match part {
            Part::Contact { n, document, alarm } => {
                self.contacts.insert(*n, (*document, *alarm));
            }
            Part::Event { n, name } => self.events.entry(*n).or_default().push(*name),
            Part::Message { n, number, state } => {
                self.messages.insert((*n, *number), *state);
            }
        }
    }

    async fn compare(&self, store: &Store) {
        for n in 0..CONTACTS {
            let id = contact(number(n));
            let document = store.contact_by_id(&shop(), id).await.unwrap();
            assert_eq!(document, self.contacts.get(&n).map(|(document, _)| vec![*document]));
            let history = store.history(&shop(), id, 0, 1_000).await.unwrap();
            let names: Vec<u8> =
                history.iter().map(|row| row.event.as_ref().unwrap().as_str().parse().unwrap()).collect();
            assert_eq!(names, self.events.get(&n).cloned().unwrap_or_default());
            let filter = MessageFilter { contact: Some(id), limit: 100, ..MessageFilter::default() };
            let messages = store.messages(&shop(), &filter).await.unwrap();
            let states: Vec<u8> = messages.iter().rev().map(|row| row.state.parse().unwrap()).collect();
            let expected: Vec<u8> =
                self.messages.iter().filter(|((of, _), _)| *of == n).map(|(_, state)| *state).collect();
            assert_eq!(states, expected);
        }
        let page = store.contacts_page(&shop(), None, 100).await.unwrap();
        assert_eq!(page.len(), self.contacts.len());
        let mut alarms: Vec<i64> = self.contacts.values().filter_map(|(_, alarm)| *alarm).collect();
        alarms.sort_unstable();
        let next = store.next_alarm().await.unwrap();
        assert_eq!(next.map(|(_, at)| at), alarms.first().map(|alarm| at(*alarm)));
        for until in [3, 10, 30] {
            let due = due(store, &shop(), at(until), 100).await;
            let due_at = |id| {
                let (n, _) = self.contacts.iter().find(|(n, _)| contact(number(**n)) == id).unwrap();
                self.contacts[n].1.unwrap()
            };
            let due: Vec<i64> = due.into_iter().map(due_at).collect();
            assert_eq!(due, alarms.iter().copied().filter(|alarm| *alarm <= until).collect::<Vec<_>>());
        }
        assert_eq!(store.statistics(&shop()).await.unwrap().contacts, self.contacts.len() as i64);
    }
}

fn changes(parts: &[Part]) -> Changes {
    let mut changes = Changes::default();
    let mut contacts = BTreeMap::new();
    for part in parts {
        match part {
            Part::Contact { n, document, alarm } => {
                let id = contact(number(*n));
                contacts.insert(id, ContactChange { id, document: vec![*document], alarm: alarm.map(at) });
            }
            Part::Event { n, name } => changes.history.push(event(number(*n), &name.to_string(), 1)),
            Part::Message { n, number: id, state } => {
                let n = number(*n);
                changes.messages.push(message_row(message(i64::from(*id), n), n, &state.to_string()));
            }
        }
    }
    changes.contacts = contacts.into_values().collect();
    changes
}

async fn play(mut place: Place, acts: &[Act]) {
    let mut model = Model::default();
    // A small bound, so that commits have to fold too.
    let mut store = place.open_with_tail(30, 1_000_000).await;
    store.workspace_create(&shop(), at(0)).await.unwrap();
    for (index, act) in acts.iter().enumerate() {
        match act {
            Act::Commit(parts) => {
                for part in parts {
                    model.take(part);
                }
                commit(&store, &shop(), changes(parts)).await;
            }
            Act::Fold => fold(&store).await,
            // Each time a minute has passed for the janitor, so that it begins.
            Act::FoldPiece => {
                tidy(&store, at(index as i64 * 60_000)).await;
            }
            Act::Crash if place.is_sqlite() => {
                place = place.crashed();
                store = place.open_with_tail(30, 1_000_000).await;
            }
            Act::Crash => store = place.open().await,
            Act::DropWork => {
                let mut work = store.begin(&shop()).await.unwrap();
                work.claim_identities(&map([(user("ada"), contact(1))])).await.unwrap();
            }
        }
        if index % 3 == 0 {
            model.compare(&store).await;
        }
    }
    model.compare(&store).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_store_on_sqlite_says_what_a_naive_model_says(acts in prop::collection::vec(act(), 1..40)) {
        runtime().block_on(play(Place::sqlite(), &acts));
    }

    #[test]
    fn a_store_on_postgresql_says_what_a_naive_model_says(acts in prop::collection::vec(act(), 1..20)) {
        let runtime = runtime();
        let place = runtime.block_on(Place::postgres());
        runtime.block_on(play(place, &acts));
    }
}
