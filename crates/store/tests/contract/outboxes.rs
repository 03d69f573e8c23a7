//! A message is in the outbox once, is claimed before it is attempted, and leaves when it is done.

use wend_domain::id::{MessageId, WorkflowName};
use wend_store::{Changes, MessageFilter, PutBack, Store};

use crate::helper::*;

async fn claim(store: &Store, millis: i64, limit: usize) -> Vec<(MessageId, u32)> {
    let rows = store.claim_outbox(at(millis), limit, &[]).await.unwrap();
    rows.into_iter().map(|row| (row.message, row.attempts)).collect()
}

#[test]
fn s8_1_what_is_due_is_claimed_once_earliest_first() {
    for_each_database(async |store| {
        let [a, b, c] = [1, 2, 3].map(|n| message(1, n));
        let outbox = vec![outgoing(a, 1, 30), outgoing(b, 2, 10), outgoing(c, 3, 20), outgoing(c, 3, 5)];
        commit(store, &shop(), Changes { outbox, ..Changes::default() }).await;
        assert_eq!(store.next_outbox_due().await.unwrap(), Some(at(10)));
        assert_eq!(claim(store, 5, 10).await, []);
        let claimed = store.claim_outbox(at(40), 2, &[]).await.unwrap();
        assert_eq!(claimed.iter().map(|row| row.message).collect::<Vec<_>>(), [b, c]);
        assert_eq!(claimed[0].payload_json, "{\"to\":\"2\"}");
        assert_eq!(
            (&claimed[0].workspace, claimed[0].contact, claimed[0].due_at),
            (&shop(), contact(2), at(10))
        );
        assert_eq!(claim(store, 40, 10).await, [(a, 1)]);
        assert_eq!(claim(store, 40, 10).await, []);
        assert_eq!(store.next_outbox_due().await.unwrap(), None);
        assert!(store.orphaned_attempts(10).await.unwrap().is_empty());
    });
}

#[test]
fn a_claimed_row_is_retried_or_settled_and_only_a_pending_one_is_cancelled() {
    for_each_database(async |store| {
        let [a, b] = [1, 2].map(|n| message(1, n));
        let outbox = vec![outgoing(a, 1, 10), outgoing(b, 2, 20)];
        commit(store, &shop(), Changes { outbox, ..Changes::default() }).await;
        assert_eq!(claim(store, 10, 10).await, [(a, 1)]);
        commit(store, &shop(), Changes { outbox_cancel: vec![a, b], ..Changes::default() }).await;
        assert_eq!(store.statistics(&shop()).await.unwrap().outbox, map([("attempting".to_owned(), 1)]));
        commit(store, &shop(), Changes { outbox_retry: vec![(a, at(50))], ..Changes::default() }).await;
        assert_eq!(claim(store, 40, 10).await, []);
        assert_eq!(claim(store, 50, 10).await, [(a, 2)]);
        commit(store, &shop(), Changes { outbox_settle: vec![a], ..Changes::default() }).await;
        assert_eq!(store.statistics(&shop()).await.unwrap().outbox, map([]));
        assert_eq!(store.message_payload(&shop(), a).await.unwrap().as_deref(), Some("{\"to\":\"1\"}"));
    });
}

#[test]
fn a_claimed_row_that_was_cancelled_is_not_put_back() {
    for_each_database(async |store| {
        let [a, b] = [1, 2].map(|n| message(1, n));
        let outbox = vec![outgoing(a, 1, 10), outgoing(b, 2, 20)];
        commit(store, &shop(), Changes { outbox, ..Changes::default() }).await;
        assert_eq!(claim(store, 20, 10).await, [(a, 1), (b, 1)]);
        commit(store, &shop(), Changes { outbox_cancel: vec![a], ..Changes::default() }).await;
        store.outbox_put_back(&[put_back(a), put_back(b)]).await.unwrap();
        assert_eq!(claim(store, 20, 10).await, [(b, 1)]);
        assert_eq!(store.statistics(&shop()).await.unwrap().outbox, map([("attempting".to_owned(), 1)]));
    });
}

#[test]
fn a_row_that_nobody_may_carry_now_is_looked_at_again_when_it_may_go_and_no_attempt_is_counted() {
    for_each_database(async |store| {
        let [a, b, c] = [1, 2, 3].map(|n| message(1, n));
        let outbox = vec![outgoing(a, 1, 10), outgoing(b, 2, 10), outgoing(c, 3, 10)];
        commit(store, &shop(), Changes { outbox, ..Changes::default() }).await;
        assert_eq!(claim(store, 20, 3).await.len(), 3);
        let wait = |message, millis| PutBack { until: Some(at(millis)), ..put_back(message) };
        store.outbox_put_back(&[wait(a, 5_000), wait(b, 5_000), wait(c, 9_000)]).await.unwrap();
        assert_eq!(claim(store, 4_999, 10).await, []);
        assert_eq!(store.next_outbox_due().await.unwrap(), Some(at(5_000)));
        assert_eq!(claim(store, 5_000, 10).await, [(a, 1), (b, 1)]);
        store.outbox_put_back(&[wait(a, 9_000)]).await.unwrap();
        commit(store, &shop(), Changes { outbox_cancel: vec![c], ..Changes::default() }).await;
        assert_eq!(claim(store, 9_000, 10).await, [(a, 1)]);
    });
}

#[test]
fn a_day_of_a_sender_has_room_for_so_many_and_no_more_whoever_asks() {
    for_each_database(async |store| {
        assert_eq!(store.sender_room("main", "2026-11-22", 30, 50).await.unwrap(), 30);
        assert_eq!(store.sender_room("main", "2026-11-22", 30, 50).await.unwrap(), 20);
        assert_eq!(store.sender_room("main", "2026-11-22", 30, 50).await.unwrap(), 0);
        assert_eq!(store.sender_room("main", "2026-11-22", 30, 60).await.unwrap(), 10);
        assert_eq!(store.sender_room("main", "2026-11-23", 30, 100).await.unwrap(), 30);
        assert_eq!(store.sender_room("other", "2026-11-22", 1, 1).await.unwrap(), 1);
    });
}

#[test]
fn what_is_put_and_cancelled_in_one_commit_is_not_sent() {
    for_each_database(async |store| {
        let id = message(1, 1);
        let changes =
            Changes { outbox: vec![outgoing(id, 1, 1)], outbox_cancel: vec![id], ..Changes::default() };
        commit(store, &shop(), changes).await;
        assert_eq!(claim(store, 10, 10).await, []);
    });
}

#[test]
fn messages_are_listed_newest_first_by_any_filter() {
    for_each_database(async |store| {
        for n in 0..20 {
            let mut row =
                message_row(message(i64::from(n), 0), n % 3, if n % 2 == 0 { "sent" } else { "failed" });
            row.workflow = WorkflowName::from(if n % 5 == 0 { "welcome" } else { "tips" });
            row.channel = if n < 10 { "email" } else { "sms" }.into();
            row.step = if n % 4 == 0 { "hello" } else { "again" }.into();
            let waiting = wend_store::MessageRow { state: "pending".to_owned(), ..row.clone() };
            commit(store, &shop(), Changes { messages: vec![waiting], ..Changes::default() }).await;
            if n == 11 {
                fold(store).await;
            }
            commit(store, &shop(), Changes { messages: vec![row], ..Changes::default() }).await;
        }
        let list = async |filter: MessageFilter| -> Vec<i64> {
            let rows = store
                .messages(&shop(), &MessageFilter { limit: filter.limit.max(4), ..filter })
                .await
                .unwrap();
            rows.iter().map(|row| i64::from_str_radix(&row.id.to_string()[..12], 16).unwrap()).collect()
        };
        let all = MessageFilter::default;
        let before = Some(message(14, 0));
        assert_eq!(list(all()).await, [19, 18, 17, 16]);
        assert_eq!(list(MessageFilter { before, ..all() }).await, [13, 12, 11, 10]);
        assert_eq!(
            list(MessageFilter { state: Some("sent".to_owned()), before, ..all() }).await,
            [12, 10, 8, 6]
        );
        assert!(list(MessageFilter { state: Some("pending".to_owned()), ..all() }).await.is_empty());
        assert_eq!(list(MessageFilter { workflow: Some("welcome".into()), ..all() }).await, [15, 10, 5, 0]);
        assert_eq!(list(MessageFilter { channel: Some("email".into()), ..all() }).await, [9, 8, 7, 6]);
        assert_eq!(list(MessageFilter { step: Some("hello".into()), ..all() }).await, [16, 12, 8, 4]);
        let mine = MessageFilter { contact: Some(contact(1)), ..all() };
        assert_eq!(list(MessageFilter { step: Some("hello".into()), ..mine.clone() }).await, [16, 4]);
        assert_eq!(list(MessageFilter { limit: 9, ..mine.clone() }).await, [19, 16, 13, 10, 7, 4, 1]);
        assert_eq!(list(MessageFilter { before, ..mine.clone() }).await, [13, 10, 7, 4]);
        assert_eq!(list(MessageFilter { state: Some("sent".to_owned()), ..mine.clone() }).await, [16, 10, 4]);
        assert_eq!(list(MessageFilter { workflow: Some("welcome".into()), ..mine.clone() }).await, [10]);
        assert_eq!(list(MessageFilter { channel: Some("sms".into()), ..mine }).await, [19, 16, 13, 10]);
    });
}

#[test]
fn the_last_row_of_a_message_in_a_commit_wins() {
    for_each_database(async |store| {
        let id = message(1, 1);
        let messages = vec![message_row(id, 1, "pending"), message_row(id, 1, "sent")];
        commit(store, &shop(), Changes { messages, ..Changes::default() }).await;
        assert_eq!(store.message(&shop(), id).await.unwrap().unwrap(), message_row(id, 1, "sent"));
        assert_eq!(store.message(&shop(), message(1, 2)).await.unwrap(), None);
    });
}
