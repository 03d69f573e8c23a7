//! What audiences are asked with: terms, contacts by bucket, past events of many, counters of days, results of jobs.

use std::collections::BTreeMap;

use wend_domain::id::{ContactId, WorkspaceId};
use wend_store::{BUCKETS, Changes, JobPage, NewHistory, NewJob, TermChange, TermPlace, bucket_of};

use crate::helper::*;

fn term(n: u32, term: &str, present: bool) -> TermChange {
    TermChange { contact: contact(n), term: term.to_owned(), present }
}

fn place(term: &str, n: u32) -> TermPlace {
    (term.to_owned(), contact(n))
}

#[test]
fn contacts_are_found_by_terms_in_an_order_that_stays_merged_or_not() {
    for_each_database(async |store| {
        let put = async |terms: Vec<TermChange>| {
            commit(store, &shop(), Changes { terms, ..Changes::default() }).await;
        };
        let page = async |after: Option<&TermPlace>, limit: usize| {
            store.terms_page(&shop(), ("n:a", "n:b"), after, limit).await.unwrap()
        };
        put(vec![
            term(2, "n:ada", true),
            term(1, "n:ada", true),
            term(3, "n:bea", true),
            term(3, "s:x", true),
        ])
        .await;
        put(vec![term(1, "n:ada", false), term(4, "n:a", true)]).await;
        put(vec![term(1, "n:ada", true), term(1, "n:ada", true)]).await;
        let all = [place("n:a", 4), place("n:ada", 1), place("n:ada", 2)];
        assert_eq!(page(None, 10).await, all);
        assert_eq!(page(None, 2).await, all[..2]);
        assert_eq!(page(Some(&all[1]), 2).await, all[2..]);
        assert_eq!(page(Some(&place("a", 9)), 10).await, all);
        // So many that the janitor merges them; what comes after lies over what is merged.
        put((0..6_000).map(|n| term(n, "l:vip", true)).collect()).await;
        tidy(store, at(1)).await;
        assert_eq!(page(None, 10).await, all);
        put(vec![term(1, "n:ada", false), term(5, "n:abe", true)]).await;
        let now = [place("n:a", 4), place("n:abe", 5), place("n:ada", 2)];
        assert_eq!(page(None, 10).await, now);
        assert_eq!(page(None, 3).await, now);
        let vip = store.terms_page(&shop(), ("l:vip", "l:vip\0"), None, 10_000).await.unwrap();
        assert_eq!(vip.len(), 6_000);
        let other = WorkspaceId::from("other");
        assert!(store.terms_page(&other, ("a", "z"), None, 10).await.unwrap().is_empty());
    });
}

#[test]
fn a_back_up_has_the_terms() {
    for_each_place(async |place_of| {
        let store = place_of.open().await;
        store.workspace_create(&shop(), at(0)).await.unwrap();
        let terms = vec![term(1, "n:ada", true), term(2, "n:ada", true), term(2, "n:ada", false)];
        commit(&store, &shop(), Changes { terms, ..Changes::default() }).await;
        let file = tempfile::NamedTempFile::new().unwrap();
        store.dump(at(1), file.reopen().unwrap()).await.unwrap();
        store.close().await.unwrap();
        let other = if place_of.is_sqlite() { Place::sqlite() } else { Place::postgres().await };
        wend_store::Store::load(&other.database, file.reopen().unwrap()).await.unwrap();
        let loaded = other.open().await;
        let found = loaded.terms_page(&shop(), ("n:", "n;"), None, 10).await.unwrap();
        assert_eq!(found, [place("n:ada", 1)]);
        loaded.close().await.unwrap();
    });
}

#[test]
fn buckets_divide_contacts_folded_or_not() {
    for_each_database(async |store| {
        let write = async |from: u32, to: u32, document: &str| {
            let contacts = (from..to).map(|n| version(n, document, None)).collect();
            commit(store, &shop(), Changes { contacts, ..Changes::default() }).await;
        };
        write(0, 20, "a").await;
        fold(store).await;
        write(15, 30, "b").await;
        let read = async |from: u16, to: u16| store.contacts_in_buckets(&shop(), from, to).await.unwrap();
        let found: Vec<(ContactId, Vec<u8>)> = read(10, 18).await;
        let expected: Vec<(ContactId, Vec<u8>)> =
            (10..18).map(|n| (contact(n), if n < 15 { b"a".to_vec() } else { b"b".to_vec() })).collect();
        let mut found = found;
        found.sort();
        assert_eq!(found, expected);
        assert!(found.iter().all(|(id, _)| (10..18).contains(&bucket_of(*id))));
        assert_eq!(read(0, BUCKETS).await.len(), 30);
        assert_eq!(store.contact_count(&shop()).await.unwrap(), 30);
    });
}

#[test]
fn what_many_contacts_did_is_read_at_once_folded_or_not() {
    for_each_database(async |store| {
        let write = async |from: u32, to: u32, name: &str, millis: i64| {
            let history: Vec<NewHistory> = (from..to).map(|n| event(n, name, millis)).collect();
            commit(store, &shop(), Changes { history, ..Changes::default() }).await;
        };
        write(0, 30, "Bought", 10).await;
        write(0, 30, "Seen", 11).await;
        fold(store).await;
        write(5, 8, "Bought", 5).await;
        for (n_contacts, with_inputs) in [(3, true), (25, true), (25, false)] {
            let asked = set((5..5 + n_contacts).map(contact));
            let found =
                store.past_events(&shop(), &asked, &set(["Bought".into()]), with_inputs).await.unwrap();
            assert_eq!(found.keys().copied().collect::<Vec<_>>(), asked.iter().copied().collect::<Vec<_>>());
            let when: Vec<i64> = found[&contact(5)].iter().map(|row| row.occurred_at.as_millis()).collect();
            assert_eq!(when, [9, 4], "in the order in which they came");
            assert!(found.values().flatten().all(|row| row.event.as_str() == "Bought"));
            assert!(found.values().flatten().all(|row| row.input_json.is_some() == with_inputs));
            assert_eq!(found[&contact(5 + n_contacts - 1)].len(), if n_contacts == 3 { 2 } else { 1 });
        }
        let both = set(["Bought".into(), "Seen".into()]);
        let found = store.past_events(&shop(), &set([contact(6)]), &both, true).await.unwrap();
        assert_eq!(found[&contact(6)].len(), 3);
        assert!(store.past_events(&shop(), &set([]), &both, true).await.unwrap().is_empty());
    });
}

#[test]
fn counters_of_days_stand_apart_and_leave_when_they_are_old() {
    for_each_database(async |store| {
        let counters: BTreeMap<String, i64> = map([
            ("segment:x".to_owned(), 2),
            ("day.1970-01-02.segment:x:entered".to_owned(), 3),
            ("day.1974-01-02.segment:x:entered".to_owned(), 4),
        ]);
        commit(store, &shop(), Changes { counters, ..Changes::default() }).await;
        assert_eq!(store.counters(&shop()).await.unwrap(), map([("segment:x".to_owned(), 2)]));
        let days = async || store.counters_between(&shop(), "day.", "day/").await.unwrap().len();
        assert_eq!(days().await, 2);
        // The first sweep rolls up what the second may remove.
        for _ in 0..2 {
            tidy(store, at(4 * 365 * 86_400_000)).await;
        }
        assert_eq!(days().await, 1);
        assert_eq!(store.counters(&shop()).await.unwrap().len(), 1);
    });
}

#[test]
fn a_job_that_counts_keeps_what_it_has_counted() {
    for_each_database(async |store| {
        let job = NewJob { id: "count-1".to_owned(), kind: "count".to_owned(), ..recompute(1, at(1)) };
        store.job_create(&shop(), job).await.unwrap();
        let job = next_job(store, at(1)).await.unwrap();
        assert_eq!(job.result_json, None);
        let result_json = Some("{\"asked\":1}".to_owned());
        let page =
            JobPage { cursor: Some(contact(1)), result_json: result_json.clone(), ..JobPage::default() };
        assert!(store.job_advance(&job, page.clone()).await.unwrap());
        assert!(!store.job_advance(&job, page).await.unwrap());
        assert_eq!(store.job(&shop(), "count-1").await.unwrap().unwrap().result_json, result_json);
        assert_eq!(store.job_latest(&shop(), "count").await.unwrap().unwrap().id, "count-1");
        assert_eq!(store.job_latest(&shop(), "recompute").await.unwrap(), None);
        let inbox_add = vec![queued(1, "job:count-1")];
        commit(store, &shop(), Changes { inbox_add, ..Changes::default() }).await;
        assert!(store.inbox_has_source(&shop(), "job:count-1").await.unwrap());
        assert!(!store.inbox_has_source(&shop(), "job:count-2").await.unwrap());
    });
}
