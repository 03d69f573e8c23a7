//! Several nodes share one PostgreSQL, and it keeps them apart; when it goes away, they wait and go on.

use std::collections::BTreeMap;

use wend_domain::id::ContactId;
use wend_store::{Changes, Error, Store};

use crate::helper::*;

async fn two() -> (Place, Store, Store) {
    let place = Place::postgres().await;
    let (one, other) = (place.open().await, place.open().await);
    one.workspace_create(&shop(), at(0)).await.unwrap();
    (place, one, other)
}

/// Wakes contacts until none is left; what was woken, and how often.
async fn wake(store: Store) -> BTreeMap<ContactId, u32> {
    let mut woken = BTreeMap::new();
    loop {
        let mut work = store.begin(&shop()).await.unwrap();
        let due = work.due_alarms(at(1_000), 7).await.unwrap();
        if due.is_empty() {
            return woken;
        }
        let contacts =
            due.iter().map(|id| wend_store::ContactChange { id: *id, document: vec![1], alarm: None });
        let contacts = contacts.collect();
        work.contacts(&due.iter().copied().collect()).await.unwrap();
        work.commit(Changes { contacts, ..Changes::default() }).await.unwrap();
        for id in due {
            *woken.entry(id).or_default() += 1;
        }
    }
}

#[test]
fn two_nodes_never_wake_the_same_contact() {
    runtime().block_on(async {
        let (_place, one, other) = two().await;
        let contacts = (0..300).map(|n| version(n, "a", Some(i64::from(n)))).collect();
        commit(&one, &shop(), Changes { contacts, ..Changes::default() }).await;
        let (first, second) = (tokio::spawn(wake(one.clone())), tokio::spawn(wake(other)));
        let (first, second) = (first.await.unwrap(), second.await.unwrap());
        let mut woken = first.clone();
        for (id, times) in second {
            *woken.entry(id).or_default() += times;
        }
        // A node leaves what the other has locked, so the last ones may be woken by nobody of the two.
        assert!(woken.values().all(|times| *times == 1), "{woken:?}");
        let rest = wake(one).await;
        assert_eq!(woken.len() + rest.len(), 300);
    });
}

#[test]
fn what_one_node_has_locked_the_other_leaves_out() {
    runtime().block_on(async {
        let (_place, one, other) = two().await;
        let contacts = (0..4).map(|n| version(n, "a", Some(i64::from(n)))).collect();
        commit(
            &one,
            &shop(),
            Changes {
                contacts,
                inbox_add: vec![queued(1, "x"), queued(2, "x"), queued(1, "y")],
                ..Changes::default()
            },
        )
        .await;
        let mut holding = one.begin(&shop()).await.unwrap();
        assert_eq!(holding.due_alarms(at(9), 2).await.unwrap(), [contact(0), contact(1)]);
        let mut passing = other.begin(&shop()).await.unwrap();
        assert_eq!(passing.due_alarms(at(9), 9).await.unwrap(), [contact(2), contact(3)]);
        let taken = holding.inbox_ready(1).await.unwrap();
        assert_eq!((taken[0].contact, taken[0].source.as_str()), (contact(1), "x"));
        let left = passing.inbox_ready(9).await.unwrap();
        assert_eq!(left.iter().map(|row| row.contact).collect::<Vec<_>>(), [contact(2)]);
    });
}

#[test]
fn two_nodes_never_claim_the_same_row_of_the_outbox() {
    runtime().block_on(async {
        let (_place, one, other) = two().await;
        let outbox = (0..500).map(|n| outgoing(message(1, n), n, 1)).collect();
        commit(&one, &shop(), Changes { outbox, ..Changes::default() }).await;
        let claim = async |store: Store| {
            let mut claimed = Vec::new();
            loop {
                let rows = store.claim_outbox(at(5), 9, &[]).await.unwrap();
                if rows.is_empty() {
                    return claimed;
                }
                claimed.extend(rows.into_iter().map(|row| row.message));
            }
        };
        let (first, second) = tokio::join!(claim(one.clone()), claim(other));
        let rest = claim(one).await;
        let all: Vec<_> = [first, second, rest].concat();
        assert_eq!(all.len(), 500);
        assert_eq!(set(all).len(), 500);
    });
}

#[test]
fn s8_4_the_attempts_of_a_dead_node_are_found_by_one_other() {
    for_each_place(async |place| {
        let dying = place.open().await;
        dying.workspace_create(&shop(), at(0)).await.unwrap();
        let outbox = (0..3).map(|n| outgoing(message(1, n), n, 1)).collect();
        commit(&dying, &shop(), Changes { outbox, ..Changes::default() }).await;
        assert_eq!(dying.claim_outbox(at(1), 2, &[]).await.unwrap().len(), 2);
        let early = if place.is_sqlite() { None } else { Some(place.open().await) };
        if let Some(early) = &early {
            assert!(early.orphaned_attempts(10).await.unwrap().is_empty(), "its node is alive");
        }
        dying.close().await.unwrap();
        let heir = place.open().await;
        let orphans = heir.orphaned_attempts(1).await.unwrap();
        assert_eq!((orphans[0].message, orphans[0].attempts), (message(1, 0), 1));
        let finder = early.as_ref().unwrap_or(&heir);
        assert_eq!(finder.orphaned_attempts(10).await.unwrap().len(), 1);
        assert!(heir.orphaned_attempts(10).await.unwrap().is_empty());
        assert_eq!(heir.claim_outbox(at(1), 10, &[]).await.unwrap().len(), 1);
    });
}

#[test]
fn two_nodes_that_change_the_same_contacts_take_turns() {
    runtime().block_on(async {
        let (_place, one, other) = two().await;
        let contacts = (0..20).map(|n| version(n, "0", None)).collect();
        commit(&one, &shop(), Changes { contacts, ..Changes::default() }).await;
        let count = async |store: Store| {
            for _ in 0..50 {
                let mut work = store.begin(&shop()).await.unwrap();
                let documents = work.contacts(&(0..20).map(contact).collect()).await.unwrap();
                let contacts = documents.into_iter().map(|(id, document)| {
                    let n: u32 = String::from_utf8(document).unwrap().parse().unwrap();
                    wend_store::ContactChange { id, document: (n + 1).to_string().into_bytes(), alarm: None }
                });
                let contacts = contacts.collect();
                work.commit(Changes { contacts, ..Changes::default() }).await.unwrap();
            }
        };
        tokio::join!(count(one.clone()), count(other));
        for n in 0..20 {
            assert_eq!(one.contact_by_id(&shop(), contact(n)).await.unwrap().unwrap(), b"100");
        }
    });
}

#[test]
fn two_nodes_that_claim_the_same_identifier_agree_on_its_owner() {
    runtime().block_on(async {
        let (_place, one, other) = two().await;
        let claim = async |store: Store, n: u32| {
            let mut owners = Vec::new();
            for name in 0..50 {
                let mut work = store.begin(&shop()).await.unwrap();
                let claims = map([
                    (user(&format!("{name}")), contact(n)),
                    (anonymous(&format!("{name}")), contact(n)),
                ]);
                owners.push(work.claim_identities(&claims).await.unwrap());
                work.commit(Changes::default()).await.unwrap();
            }
            owners
        };
        let (first, second) = tokio::join!(claim(one, 1), claim(other, 2));
        assert_eq!(first, second);
        assert!(first.iter().all(|owners| set(owners.values()).len() == 1));
    });
}

#[test]
fn a_deadlock_is_a_conflict_and_the_other_one_goes_on() {
    runtime().block_on(async {
        let (_place, one, other) = two().await;
        commit(
            &one,
            &shop(),
            Changes { contacts: vec![version(1, "a", None), version(2, "a", None)], ..Changes::default() },
        )
        .await;
        let (mut first, mut second) =
            (one.begin(&shop()).await.unwrap(), other.begin(&shop()).await.unwrap());
        first.contacts(&set([contact(2)])).await.unwrap();
        second.contacts(&set([contact(1)])).await.unwrap();
        // Against the order of ids, on purpose.
        let (wants_1, wants_2) = (set([contact(1)]), set([contact(2)]));
        let waiting = async {
            let answer = first.contacts(&wants_1).await;
            drop(first);
            answer
        };
        let crossing = async {
            let answer = second.contacts(&wants_2).await;
            drop(second);
            answer
        };
        let (one, other) = tokio::join!(waiting, crossing);
        let conflicts =
            [&one, &other].into_iter().filter(|answer| matches!(answer, Err(Error::Conflict { .. }))).count();
        assert_eq!(conflicts, 1, "{one:?} {other:?}");
    });
}

#[test]
fn a_database_that_was_away_is_used_again_without_a_restart() {
    runtime().block_on(async {
        let (place, one, _other) = two().await;
        commit(&one, &shop(), Changes { outbox: vec![outgoing(message(1, 1), 1, 1)], ..Changes::default() })
            .await;
        let mut work = one.begin(&shop()).await.unwrap();
        work.contacts(&set([contact(1)])).await.unwrap();
        let cut = format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'",
            place.name()
        );
        place.administer(&cut).await;
        let lost =
            work.commit(Changes { contacts: vec![version(1, "lost", None)], ..Changes::default() }).await;
        assert!(matches!(lost, Err(Error::Unavailable { .. })), "{lost:?}");
        commit(&one, &shop(), Changes { contacts: vec![version(1, "kept", None)], ..Changes::default() })
            .await;
        assert_eq!(one.contact_by_id(&shop(), contact(1)).await.unwrap().unwrap(), b"kept");
        assert_eq!(one.claim_outbox(at(1), 10, &[]).await.unwrap().len(), 1, "it has its name again");
    });
}

#[test]
fn a_database_that_is_not_there_is_unavailable() {
    runtime().block_on(async {
        let options = wend_store::StoreOptions {
            database: wend_store::Database::Postgres { url: "postgres://nobody@127.0.0.1:9/none".to_owned() },
            node: "lonely".to_owned(),
            tail_changes_max: 1,
            tail_bytes_max: 1,
        };
        let refused = Store::open(options).await.err().unwrap();
        assert!(refused.is_unavailable(), "{refused}");
    });
}

#[test]
fn an_encrypted_connection_that_the_server_does_not_offer_is_refused() {
    runtime().block_on(async {
        let place = Place::postgres().await;
        let wend_store::Database::Postgres { url } = &place.database else { panic!("it is PostgreSQL") };
        let database = wend_store::Database::Postgres { url: format!("{url}?sslmode=require") };
        let refused = Store::migrate(&database).await.unwrap_err();
        assert!(refused.to_string().contains("TLS"), "{refused}");
    });
}
