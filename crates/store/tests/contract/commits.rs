//! What is committed is read back, whether it is folded or not; what isn't committed was never there.

use std::collections::BTreeMap;

use wend_domain::behaviour::Stretch;
use wend_domain::id::{ContactId, EventName, WorkspaceId};
use wend_store::{Changes, Error, MessageFilter};

use crate::helper::*;

#[test]
fn every_statement_prepares_on_both_databases() {
    for_each_database(async |store| {
        assert!(store.check_statements().await.unwrap() > 80);
    });
}

#[test]
fn a_contact_is_read_back_by_id_before_and_after_a_fold() {
    for_each_database(async |store| {
        let changes = Changes {
            contacts: vec![version(1, "one", None), version(2, "two", None)],
            ..Changes::default()
        };
        commit(store, &shop(), changes).await;
        for _ in 0..2 {
            assert_eq!(store.contact_by_id(&shop(), contact(1)).await.unwrap().unwrap(), b"one");
            assert_eq!(store.contact_by_id(&shop(), contact(3)).await.unwrap(), None);
            let mut work = store.begin(&shop()).await.unwrap();
            let loaded = work.contacts(&set([contact(1), contact(2), contact(3)])).await.unwrap();
            assert_eq!(loaded, map([(contact(1), b"one".to_vec()), (contact(2), b"two".to_vec())]));
            drop(work);
            fold(store).await;
        }
    });
}

#[test]
fn a_page_of_contacts_goes_through_all_of_them_once() {
    for_each_database(async |store| {
        for n in (0..40).chain(20..60) {
            let document = format!("{n}");
            let changes =
                Changes { contacts: vec![version(n * 1_000, &document, None)], ..Changes::default() };
            commit(store, &shop(), changes).await;
            if n == 30 {
                fold(store).await;
            }
        }
        let mut seen: Vec<ContactId> = Vec::new();
        loop {
            let page = store.contacts_page(&shop(), seen.last().copied(), 7).await.unwrap();
            assert!(page.len() <= 7);
            if page.is_empty() {
                break;
            }
            seen.extend(page.iter().map(|(id, _)| *id));
        }
        assert_eq!(seen.len(), 60);
        assert_eq!(set(seen), set((0..60).map(|n| contact(n * 1_000))));
    });
}

fn wanted(names: &[&str], stretch: Stretch) -> BTreeMap<EventName, Stretch> {
    names.iter().map(|name| (EventName::from(*name), stretch)).collect()
}

#[test]
fn history_is_read_in_order_across_the_fold() {
    for_each_database(async |store| {
        for round in 0..6 {
            let history = vec![
                event(1, "Seen", round * 10),
                event(2, "Seen", round),
                event(1, "Bought", round * 10 + 1),
            ];
            commit(store, &shop(), Changes { history, ..Changes::default() }).await;
            if round == 2 {
                fold(store).await;
            }
        }
        let all = store.history(&shop(), contact(1), 0, 100).await.unwrap();
        assert_eq!(all.len(), 12);
        assert!(all.windows(2).all(|pair| pair[0].seq < pair[1].seq && pair[0].at < pair[1].at));
        let page = store.history(&shop(), contact(1), all[3].seq, 4).await.unwrap();
        assert_eq!(page, all[4..8]);
        let mut work = store.begin(&shop()).await.unwrap();
        let bought = work.events(contact(1), &wanted(&["Bought"], Stretch::ALL)).await.unwrap();
        assert_eq!(bought.len(), 6);
        let both = ["Bought", "Seen"];
        assert_eq!(work.events(contact(1), &wanted(&both, Stretch::ALL)).await.unwrap(), all);
        let some = Stretch { from: all[2].occurred_at.unwrap(), until: all[7].occurred_at.unwrap() };
        assert_eq!(work.events(contact(1), &wanted(&both, some)).await.unwrap(), all[2..=7]);
    });
}

#[test]
fn an_identifier_belongs_to_whom_claimed_it_first() {
    for_each_database(async |store| {
        let mut work = store.begin(&shop()).await.unwrap();
        let claims = map([(user("ada"), contact(1)), (anonymous("x"), contact(1))]);
        assert_eq!(work.claim_identities(&claims).await.unwrap(), claims);
        assert_eq!(
            work.identities(&set([user("ada"), user("bob")])).await.unwrap(),
            map([(user("ada"), contact(1))])
        );
        work.commit(Changes::default()).await.unwrap();
        let mut work = store.begin(&shop()).await.unwrap();
        let claims = map([(user("bob"), contact(2)), (anonymous("x"), contact(2))]);
        let owners = work.claim_identities(&claims).await.unwrap();
        assert_eq!(owners, map([(user("bob"), contact(2)), (anonymous("x"), contact(1))]));
        work.reassign_identity(&anonymous("x"), contact(2)).await.unwrap();
        assert_eq!(
            work.identities(&set([anonymous("x")])).await.unwrap(),
            map([(anonymous("x"), contact(2))])
        );
        work.commit(Changes::default()).await.unwrap();
        assert_eq!(store.contact_by_identifier(&shop(), &anonymous("x")).await.unwrap(), Some(contact(2)));
        assert_eq!(store.contact_by_identifier(&shop(), &user("eve")).await.unwrap(), None);
    });
}

#[test]
fn a_transaction_that_is_dropped_leaves_nothing() {
    for_each_database(async |store| {
        let mut work = store.begin(&shop()).await.unwrap();
        work.claim_identities(&map([(user("ada"), contact(1))])).await.unwrap();
        drop(work);
        let mut work = store.begin(&shop()).await.unwrap();
        assert!(work.identities(&set([user("ada")])).await.unwrap().is_empty());
        drop(work);
        assert_eq!(store.contact_by_identifier(&shop(), &user("ada")).await.unwrap(), None);
    });
}

#[test]
fn two_versions_of_a_contact_in_one_commit_are_refused() {
    for_each_database(async |store| {
        let changes = Changes {
            contacts: vec![version(1, "one", None), version(1, "two", None)],
            ..Changes::default()
        };
        let refused = store.begin(&shop()).await.unwrap().commit(changes).await;
        assert!(matches!(refused, Err(Error::Misuse { .. })));
    });
}

#[test]
fn alarms_come_due_in_order_and_move_with_their_contact() {
    for_each_database(async |store| {
        for round in 0..3 {
            let contacts =
                vec![version(1, "a", Some(30)), version(2, "b", Some(20)), version(3, "c", Some(10))];
            commit(store, &shop(), Changes { contacts, ..Changes::default() }).await;
            assert_eq!(due(store, &shop(), at(25), 10).await, [contact(3), contact(2)]);
            assert_eq!(store.next_alarm().await.unwrap(), Some((shop(), at(10))));
            if round == 1 {
                fold(store).await;
            }
            let contacts = vec![version(3, "c", Some(40)), version(2, "b", None)];
            commit(store, &shop(), Changes { contacts, ..Changes::default() }).await;
            assert_eq!(due(store, &shop(), at(25), 10).await, []);
            assert_eq!(store.alarms_due_workspaces(at(25)).await.unwrap(), []);
            assert_eq!(due(store, &shop(), at(50), 10).await, [contact(1), contact(3)]);
            assert_eq!(due(store, &shop(), at(50), 1).await, [contact(1)]);
            assert_eq!(store.alarms_due_workspaces(at(30)).await.unwrap(), [shop()]);
            assert_eq!(store.statistics(&shop()).await.unwrap().oldest_alarm, Some(at(30)));
            if round == 0 {
                fold(store).await;
                assert_eq!(due(store, &shop(), at(50), 10).await, [contact(1), contact(3)]);
            }
        }
    });
}

#[test]
fn alarms_that_were_folded_and_passed_over_count_again_when_they_are_folded_anew() {
    for_each_database(async |store| {
        let contacts = (0..50).map(|n| version(n, "a", Some(i64::from(n)))).collect();
        commit(store, &shop(), Changes { contacts, ..Changes::default() }).await;
        fold(store).await;
        let contacts = (0..50).map(|n| version(n, "b", Some(1_000))).collect();
        commit(store, &shop(), Changes { contacts, ..Changes::default() }).await;
        assert_eq!(due(store, &shop(), at(500), 100).await, []);
        commit(store, &shop(), Changes { contacts: vec![version(7, "c", Some(3))], ..Changes::default() })
            .await;
        fold(store).await;
        assert_eq!(due(store, &shop(), at(500), 100).await, [contact(7)]);
    });
}

#[test]
fn nothing_crosses_a_workspace() {
    for_each_database(async |store| {
        let other = WorkspaceId::from("other");
        store.workspace_create(&other, at(0)).await.unwrap();
        let id = message(1, 1);
        let everything = |name: &str| Changes {
            contacts: vec![version(1, name, Some(if name == "shop" { 10 } else { 20 }))],
            history: vec![event(1, name, 1)],
            messages: vec![message_row(id, 1, name)],
            outbox: vec![outgoing(id, 1, 5)],
            inbox_add: vec![queued(1, name)],
            counters: map([(name.to_owned(), 1)]),
            ..Changes::default()
        };
        for workspace in [shop(), other.clone()] {
            let mut work = store.begin(&workspace).await.unwrap();
            let to = if workspace == other { contact(2) } else { contact(1) };
            work.claim_identities(&map([(user("ada"), to)])).await.unwrap();
            work.commit(everything(workspace.as_str())).await.unwrap();
        }
        for _ in 0..2 {
            for (workspace, to) in [(shop(), contact(1)), (other.clone(), contact(2))] {
                let name = workspace.as_str();
                assert_eq!(
                    store.contact_by_id(&workspace, contact(1)).await.unwrap().unwrap(),
                    name.as_bytes()
                );
                assert_eq!(store.contact_by_identifier(&workspace, &user("ada")).await.unwrap(), Some(to));
                let history = store.history(&workspace, contact(1), 0, 10).await.unwrap();
                assert_eq!(
                    history.iter().map(|row| row.event.clone().unwrap()).collect::<Vec<_>>(),
                    [name.into()]
                );
                let filter =
                    MessageFilter { contact: Some(contact(1)), limit: 10, ..MessageFilter::default() };
                let messages = store.messages(&workspace, &filter).await.unwrap();
                assert_eq!(messages.iter().map(|row| row.state.as_str()).collect::<Vec<_>>(), [name]);
                assert_eq!(store.message(&workspace, id).await.unwrap().unwrap().state, name);
                assert_eq!(store.counters(&workspace).await.unwrap(), map([(name.to_owned(), 1)]));
                assert_eq!(store.contacts_page(&workspace, None, 10).await.unwrap().len(), 1);
                let ready = ready(store, &workspace, 10).await;
                assert_eq!(ready.iter().map(|row| row.source.as_str()).collect::<Vec<_>>(), [name]);
                assert_eq!(store.statistics(&workspace).await.unwrap().contacts, 1);
            }
            assert_eq!(due(store, &shop(), at(15), 10).await, [contact(1)]);
            assert_eq!(due(store, &other, at(15), 10).await, []);
            fold(store).await;
        }
        let settle = Changes { outbox_settle: vec![id], inbox_done: vec![1], ..Changes::default() };
        commit(store, &WorkspaceId::from("third"), settle).await;
        assert_eq!(store.claim_outbox(at(10), 10, &[]).await.unwrap().len(), 2);
    });
}

#[test]
fn a_tail_at_its_bound_is_folded_before_more_is_committed() {
    runtime().block_on(async {
        let place = Place::sqlite();
        let store = place.open_with_tail(10, 1_000_000).await;
        for n in 0..100 {
            let history = vec![event(n % 7, "Seen", i64::from(n))];
            let contacts = vec![version(n % 7, &format!("{n}"), None)];
            commit(&store, &shop(), Changes { contacts, history, ..Changes::default() }).await;
            assert!(store.statistics(&shop()).await.unwrap().tail_changes <= 11);
        }
        assert_eq!(store.contact_by_id(&shop(), contact(99 % 7)).await.unwrap().unwrap(), b"99");
        assert_eq!(store.history(&shop(), contact(1), 0, 100).await.unwrap().len(), 15);
        let statistics = store.statistics(&shop()).await.unwrap();
        assert_eq!((statistics.contacts, statistics.history), (7, 100));
    });
}

#[test]
fn a_tail_that_is_folded_frees_all_its_memory() {
    runtime().block_on(async {
        let place = Place::sqlite();
        let store = place.open().await;
        for n in 0..50 {
            let contacts = vec![version(n % 5, &format!("{n}"), Some(i64::from(n)))];
            let messages = vec![message_row(message(1, n), n % 5, "pending")];
            let changes =
                Changes { contacts, messages, history: vec![event(n % 9, "Seen", 1)], ..Changes::default() };
            commit(&store, &shop(), changes).await;
        }
        let statistics = store.statistics(&shop()).await.unwrap();
        assert_eq!(statistics.tail_changes, 150);
        assert!(statistics.tail_bytes > 0);
        fold(&store).await;
        let statistics = store.statistics(&shop()).await.unwrap();
        assert_eq!((statistics.tail_changes, statistics.tail_bytes), (0, 0));
    });
}
