//! Laws of identity (SEMANTICS 13): a naive model takes events in any order, and asks who is whom.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// One event by its identifiers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen(Vec<Identifier>);

/// Who holds what, as a store would know it when every merge is done at once.
#[derive(Default)]
struct Model {
    owners: BTreeMap<Identifier, ContactId>,
    keys: BTreeMap<ContactId, Keys>,
    into: BTreeMap<ContactId, ContactId>,
    /// The user ids under which each contact's events came.
    took: BTreeMap<ContactId, BTreeSet<usize>>,
    refused: Vec<Identifier>,
    now: i64,
}

impl Model {
    fn root(&self, mut contact: ContactId) -> ContactId {
        while let Some(next) = self.into.get(&contact) {
            contact = *next;
        }
        contact
    }

    fn take(&mut self, number: usize, seen: &Seen) {
        self.now += 1;
        let named = Named { identifiers: seen.0.clone(), ..Named::default() };
        let resolution = resolve(
            &WorkspaceId::from("w"),
            &named,
            Timestamp::from_millis(AT + self.now),
            |identifier| Some(self.root(*self.owners.get(identifier)?)),
            |contact| self.keys.get(&contact).cloned().unwrap_or_default(),
        );
        let Resolution { contact, claims, reassigned, merges, refused, .. } = resolution.unwrap();
        for (goes, _) in merges {
            assert!(!self.into.contains_key(&goes) && goes != contact, "only who is itself becomes part");
            let others = self.keys.remove(&goes).unwrap_or_default();
            let keys = self.keys.entry(contact).or_default();
            assert_eq!(keys.conflict(&others), None, "no known person becomes another");
            keys.join(&others);
            self.into.insert(goes, contact);
        }
        let keys = self.keys.entry(contact).or_default();
        for identifier in claims.into_iter().chain(reassigned) {
            keys.add(&identifier);
            self.owners.insert(identifier, contact);
        }
        self.refused.extend(refused.into_iter().map(|(identifier, _)| identifier));
        self.took.entry(contact).or_default().insert(number);
    }

    /// Which identifiers mean the same contact.
    fn partition(&self) -> BTreeSet<BTreeSet<Identifier>> {
        let mut parts: BTreeMap<ContactId, BTreeSet<Identifier>> = BTreeMap::new();
        for (identifier, owner) in &self.owners {
            parts.entry(self.root(*owner)).or_default().insert(identifier.clone());
        }
        parts.into_values().collect()
    }
}

fn played(events: &[Seen]) -> Model {
    let mut model = Model::default();
    for (number, seen) in events.iter().enumerate() {
        model.take(number, seen);
    }
    model
}

/// A person's own identifiers: nobody else has any of them.
fn of_person(person: usize, picks: &[usize]) -> Seen {
    let all = [
        Identifier::new(IdentifierKind::UserId, format!("user-{person}")),
        Identifier::new(IdentifierKind::External, format!("crm:{person}")),
        Identifier::new(IdentifierKind::AnonymousId, format!("phone-{person}")),
        Identifier::new(IdentifierKind::AnonymousId, format!("laptop-{person}")),
        Identifier::new(IdentifierKind::Email, format!("{person}@example.com")),
        Identifier::new(IdentifierKind::Phone, format!("+4930{person}")),
    ];
    let picked: BTreeSet<Identifier> = picks.iter().map(|pick| all[pick % all.len()].clone()).collect();
    Seen(picked.into_iter().collect())
}

fn without_conflicts() -> impl Strategy<Value = Vec<Seen>> {
    let seen = (0_usize..3, prop::collection::vec(0_usize..6, 1..4));
    prop::collection::vec(seen.prop_map(|(person, picks)| of_person(person, &picks)), 1..14)
}

/// Identifiers of few values, so that devices and addresses are shared and claims conflict.
fn with_conflicts() -> impl Strategy<Value = Vec<Seen>> {
    let pick = (0_usize..5, 0_usize..3);
    let seen = prop::collection::vec(pick, 1..4).prop_map(|picks| {
        let kinds = IdentifierKind::ALL;
        let identifiers: BTreeMap<IdentifierKind, Identifier> = picks
            .into_iter()
            .map(|(kind, value)| {
                let kind = kinds[kind];
                let value =
                    if kind == IdentifierKind::External { format!("crm:{value}") } else { value.to_string() };
                (kind, Identifier::new(kind, value))
            })
            .collect();
        Seen(identifiers.into_values().collect())
    });
    prop::collection::vec(seen, 1..20)
}

/// The partition that the events say outright: identifiers of one event are one person.
fn said(events: &[Seen]) -> BTreeSet<BTreeSet<Identifier>> {
    let mut parts: Vec<BTreeSet<Identifier>> = Vec::new();
    for Seen(identifiers) in events {
        let mut joined: BTreeSet<Identifier> = identifiers.iter().cloned().collect();
        parts.retain(|part| {
            let touches = !part.is_disjoint(&joined);
            if touches {
                joined.extend(part.iter().cloned());
            }
            !touches
        });
        parts.push(joined);
    }
    parts.into_iter().collect()
}

proptest! {
    #[test]
    fn s13_without_conflicting_claims_every_order_gives_the_same_partition(
        events in without_conflicts(),
        seed in any::<u64>(),
    ) {
        let mut other = events.clone();
        let key = |seen: &Seen| crate::id::digest("order", &[&seed.to_be_bytes(), format!("{seen:?}").as_bytes()]);
        other.sort_by_key(key);
        let (one, two) = (played(&events), played(&other));
        prop_assert_eq!(one.partition(), said(&events));
        prop_assert_eq!(one.partition(), two.partition());
        prop_assert_eq!(one.refused, Vec::new());
    }

    #[test]
    fn s13_2_with_conflicting_claims_the_first_owner_keeps_it_and_nothing_is_lost(events in with_conflicts()) {
        let mut model = Model::default();
        for (number, seen) in events.iter().enumerate() {
            let before = model.owners.clone();
            let roots: BTreeMap<Identifier, ContactId> =
                before.iter().map(|(identifier, owner)| (identifier.clone(), model.root(*owner))).collect();
            let n_refused = model.refused.len();
            model.take(number, seen);
            for (identifier, owner) in roots {
                let holder = model.root(model.owners[&identifier]);
                let stays = holder == model.root(owner);
                // Only a device may pass from one known person to another.
                prop_assert!(stays || identifier.kind == IdentifierKind::AnonymousId, "{identifier:?}");
            }
            // Every identifier of the event means its contact, or is reported.
            let taken_by = model.took.iter().find(|(_, took)| took.contains(&number)).map(|(id, _)| *id);
            let taken_by = model.root(taken_by.unwrap());
            for identifier in &seen.0 {
                let holder = model.owners.get(identifier).map(|owner| model.root(*owner));
                let is_reported = model.refused[n_refused..].contains(identifier);
                prop_assert!(holder == Some(taken_by) || is_reported, "{identifier:?}");
            }
        }
        let taken: usize = model.took.values().map(BTreeSet::len).sum();
        prop_assert_eq!(taken, events.len(), "each event is one contact's");
        // Each user id, and each id of a namespace, is one contact's.
        for keys in model.keys.values() {
            for (namespace, value) in &keys.external {
                let identifier = Identifier::new(IdentifierKind::External, format!("{namespace}:{value}"));
                prop_assert!(model.owners.contains_key(&identifier));
            }
        }
    }
}
