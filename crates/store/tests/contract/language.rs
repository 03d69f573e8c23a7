//! Tasks, drafts, secrets, holds, rates, entry caps, schedules, business events and jobs over some contacts.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::id::{MessageId, RunId};
use wend_domain::time::Timestamp;
use wend_store::{
    BusinessEventRow, CapWindow, CatalogRow, CatalogueRow, Changes, Consequences, DraftRow, DraftSaved,
    EntryAnswer, EntryRequest, Holds, NewJob, NewOutbox, Posting, PostingPair, Publish, RateRoom,
    ScheduleRow, ScheduleStep, SecretRow, Store, TaskClaim, TaskFilter, TaskRow, TermChange,
};

use crate::helper::*;

pub fn task(id: MessageId, n: u32, assignee: &str, due_at: i64) -> TaskRow {
    TaskRow {
        id,
        contact: contact(n),
        run: RunId::hashed(at(0), &[b"run"]),
        workflow: "sales".into(),
        version: 1,
        step: "call".into(),
        assignee: assignee.to_owned(),
        title: Some("Call Ada".to_owned()),
        note: None,
        outcomes_json: "[\"won\",\"lost\"]".to_owned(),
        opened_at: at(1),
        due_at: at(due_at),
        escalated: false,
        state: "open".to_owned(),
        outcome: None,
        outcome_note: None,
        done_by: None,
        claimed_by: None,
        updated_at: at(1),
    }
}

fn draft(text: &str) -> DraftRow {
    DraftRow {
        path: "workflows/welcome.yaml".to_owned(),
        revision: 0,
        base_revision: 3,
        text: text.to_owned(),
        at: at(4),
        by: "ada".to_owned(),
    }
}

fn run(n: u8) -> RunId {
    RunId::hashed(at(0), &[&[n]])
}

fn request(n: u8, asked_at: i64) -> EntryRequest {
    EntryRequest {
        workspace: shop(),
        run: run(n),
        contact: contact(u32::from(n)),
        workflow: "welcome".into(),
        version: 1,
        asked_at: at(asked_at),
    }
}

fn window() -> CapWindow {
    CapWindow { workflow: "welcome".into(), cap: "hour".to_owned(), since: at(0) }
}

fn viewed() -> PostingPair {
    PostingPair { event: "Product Viewed".into(), property: "sku".to_owned() }
}

fn posting(n: u32, value: &str, occurred_at: i64) -> Posting {
    Posting { pair: viewed(), value: value.to_owned(), contact: contact(n), occurred_at: at(occurred_at) }
}

fn schedule(next_at: i64) -> ScheduleRow {
    ScheduleRow {
        workspace: shop(),
        workflow: "weekly".into(),
        place: 0,
        rule: "FREQ=WEEKLY".to_owned(),
        occurrence: "2026-01-05T09:00:00".to_owned(),
        next_at: at(next_at),
    }
}

fn holds(workflows: &[&str]) -> Holds {
    workflows.iter().map(|workflow| ((*workflow).into(), "halted".to_owned())).collect()
}

/// Publishes a revision that says which workflows are on hold.
async fn hold(store: &Store, revision: u64, workflows: &[&str]) {
    let row = CatalogRow {
        revision,
        at: at(1),
        by: "ada".to_owned(),
        portfolio_json: format!("{{\"n\":{revision}}}"),
    };
    let consequences = Consequences { holds: Some(holds(workflows)), ..Consequences::default() };
    let published = store.publish_catalog(&shop(), revision - 1, row, consequences).await.unwrap();
    assert_eq!(published, Publish::Published);
}

async fn claimed(store: &Store, now: i64, limit: usize, rates: &[RateRoom]) -> Vec<MessageId> {
    let rows = store.claim_outbox(at(now), limit, rates).await.unwrap();
    rows.into_iter().map(|row| row.message).collect()
}

/// Claims until nothing is due; rows in lanes take several rounds.
async fn all_claimed(store: &Store, now: i64, rates: &[RateRoom]) -> BTreeSet<MessageId> {
    let mut all = BTreeSet::new();
    for _ in 0..100 {
        all.extend(claimed(store, now, 10, rates).await);
        if store.next_outbox_due().await.unwrap().is_none_or(|due_at| due_at > at(now)) {
            return all;
        }
    }
    panic!("the outbox never comes to rest");
}

fn rate(max: u32, since: i64, until: i64) -> RateRoom {
    RateRoom {
        workspace: shop(),
        rate: "email/1000".to_owned(),
        channels: set(["email".into()]),
        max,
        since: at(since),
        until: at(until),
    }
}

/// Something in every table of the language.
pub async fn fill(store: &Store) {
    let tasks = vec![task(message(1, 900), 1, "sales", 9)];
    let changes = Changes {
        tasks,
        entry_requests: vec![request(1, 1), request(2, 2)],
        postings: vec![posting(1, "sku-1", 1), posting(1, "sku-1", 5), posting(2, "sku-1", 2)],
        terms: vec![TermChange { contact: contact(1), term: "l:vip".to_owned(), present: true }],
        outbox: vec![outgoing(message(7, 1), 1, 1), outgoing(message(7, 2), 2, 1)],
        ..Changes::default()
    };
    commit(store, &shop(), changes).await;
    store.draft_save(&shop(), 0, draft("a")).await.unwrap();
    let secret = SecretRow { name: "crm".to_owned(), at: at(1), by: "ada".to_owned() };
    assert!(store.secret_set(&shop(), secret, "c2VhbGVk").await.unwrap());
    let tea = CatalogueRow {
        name: "tea".to_owned(),
        key_column: "sku".to_owned(),
        revision: 0,
        n_rows: 1,
        at: at(1),
        by: "ada".to_owned(),
    };
    assert!(store.catalogue_put(&shop(), tea, "[{\"sku\":\"a\"}]").await.unwrap());
    let row = BusinessEventRow {
        id: "b1".to_owned(),
        event: "Price Dropped".into(),
        properties_json: "{}".to_owned(),
        at: at(1),
    };
    assert!(store.business_event_add(&shop(), row, Vec::new()).await.unwrap());
    assert!(store.schedule_add(&schedule(50)).await.unwrap());
    store.rollout_start_note(&shop(), &"welcome".into(), at(1), "{}").await.unwrap();
    let job = NewJob { id: "bulk-1".to_owned(), contacts: Some(set([contact(1)])), ..recompute(1, at(60)) };
    assert!(store.job_create(&shop(), NewJob { kind: "bulk".to_owned(), ..job }).await.unwrap());
    grant_one(store, 1).await;
    let row = CatalogRow { revision: 2, at: at(1), by: "ada".to_owned(), portfolio_json: "{}".to_owned() };
    let consequences = Consequences {
        holds: Some(holds(&["other"])),
        pairs: Some(vec![viewed()]),
        ..Consequences::default()
    };
    store.publish_catalog(&shop(), 1, row, consequences).await.unwrap();
    assert_eq!(claimed(store, 5, 10, &[rate(1, 0, 1_000)]).await.len(), 1);
}

/// Answers all that is asked, giving at most so many places.
async fn grant_one(store: &Store, max: u32) -> Vec<RunId> {
    let mut granting = store.begin_granting(100).await.unwrap();
    let used = granting.used([(shop(), window())]).await.unwrap()[&(shop(), window())];
    let (mut n_free, mut taken, mut answers) = (max.saturating_sub(used), 0, Vec::new());
    for request in std::mem::take(&mut granting.requests) {
        let granted = n_free > 0;
        n_free -= u32::from(granted);
        taken += u32::from(granted);
        answers.push(EntryAnswer { request, granted, input_json: "{}".to_owned() });
    }
    let granted = answers.iter().filter(|answer| answer.granted).map(|answer| answer.request.run).collect();
    let taken = map([((shop(), window()), taken)]);
    granting.commit(answers, taken, at(10)).await.unwrap();
    granted
}

#[test]
fn a_task_is_listed_by_who_is_to_do_it_and_when_and_is_claimed_by_one() {
    for_each_database(async |store| {
        let ids = [1, 2, 3].map(|n| message(1, n));
        let rows =
            vec![task(ids[0], 1, "sales", 30), task(ids[1], 2, "sales", 10), task(ids[2], 1, "care", 20)];
        commit(store, &shop(), Changes { tasks: rows, ..Changes::default() }).await;
        let list = async |filter: TaskFilter| -> Vec<MessageId> {
            let tasks = store.tasks(&shop(), &TaskFilter { limit: 10, ..filter }).await.unwrap();
            tasks.into_iter().map(|task| task.id).collect()
        };
        let all = TaskFilter::default;
        assert_eq!(list(all()).await, [ids[1], ids[2], ids[0]]);
        assert_eq!(list(TaskFilter { after: Some((at(10), ids[1])), ..all() }).await, [ids[2], ids[0]]);
        let sales = TaskFilter { assignee: Some("sales".to_owned()), ..all() };
        assert_eq!(list(sales).await, [ids[1], ids[0]]);
        assert_eq!(list(TaskFilter { contact: Some(contact(1)), ..all() }).await, [ids[2], ids[0]]);
        assert_eq!(
            store.task_counts(&shop()).await.unwrap(),
            [("care".to_owned(), 1), ("sales".to_owned(), 2)]
        );
        let claim =
            async |by: &str, release| store.task_claim(&shop(), ids[0], by, release, at(2)).await.unwrap();
        assert_eq!(claim("ada", false).await, TaskClaim::Claimed);
        assert_eq!(claim("bob", false).await, TaskClaim::Taken { by: "ada".to_owned() });
        assert_eq!(list(TaskFilter { claimed_by: Some("ada".to_owned()), ..all() }).await, [ids[0]]);
        assert_eq!(claim("ada", true).await, TaskClaim::Claimed);
        assert_eq!(claim("bob", false).await, TaskClaim::Claimed);
    });
}

#[test]
fn a_task_keeps_its_title_when_its_state_changes_and_its_claim_until_it_goes_to_somebody_else() {
    for_each_database(async |store| {
        let id = message(1, 1);
        let put = async |row: TaskRow| {
            commit(store, &shop(), Changes { tasks: vec![row], ..Changes::default() }).await;
            store.task(&shop(), id).await.unwrap().unwrap()
        };
        put(task(id, 1, "sales", 30)).await;
        store.task_claim(&shop(), id, "ada", false, at(2)).await.unwrap();
        let same = put(TaskRow { title: None, updated_at: at(3), ..task(id, 1, "sales", 30) }).await;
        assert_eq!((same.title.as_deref(), same.claimed_by.as_deref()), (Some("Call Ada"), Some("ada")));
        let lead = put(TaskRow { escalated: true, ..task(id, 1, "lead", 30) }).await;
        assert_eq!((lead.escalated, lead.claimed_by), (true, None));
        let outcome = Some("won".to_owned());
        let done = put(TaskRow { state: "done".to_owned(), outcome, ..task(id, 1, "lead", 30) }).await;
        assert_eq!(done.outcome.as_deref(), Some("won"));
        let late = store.task_claim(&shop(), id, "bob", false, at(9)).await.unwrap();
        assert_eq!(late, TaskClaim::Closed { state: "done".to_owned() });
        let unknown = store.task_claim(&shop(), message(1, 2), "bob", false, at(9)).await.unwrap();
        assert_eq!(unknown, TaskClaim::Unknown);
    });
}

#[test]
fn a_draft_is_saved_on_top_of_what_was_looked_at() {
    for_each_database(async |store| {
        let save =
            async |expected, text: &str| store.draft_save(&shop(), expected, draft(text)).await.unwrap();
        assert_eq!(save(0, "a").await, DraftSaved::Saved { revision: 1 });
        assert_eq!(save(1, "b").await, DraftSaved::Saved { revision: 2 });
        let DraftSaved::Conflict { current: Some(current) } = save(1, "c").await else {
            panic!("it is a conflict")
        };
        assert_eq!((current.revision, current.text.as_str()), (2, "b"));
        assert_eq!(store.drafts(&shop()).await.unwrap(), [*current]);
        assert!(!store.draft_remove(&shop(), "workflows/welcome.yaml", 1).await.unwrap());
        assert!(store.draft_remove(&shop(), "workflows/welcome.yaml", 2).await.unwrap());
        assert_eq!(save(2, "d").await, DraftSaved::Conflict { current: None });
    });
}

#[test]
fn a_secret_is_listed_by_its_name_only() {
    for_each_database(async |store| {
        let row = |by: &str| SecretRow { name: "crm".to_owned(), at: at(1), by: by.to_owned() };
        assert!(store.secret_set(&shop(), row("ada"), "one").await.unwrap());
        assert!(store.secret_set(&shop(), row("bob"), "two").await.unwrap());
        assert_eq!(store.secrets(&shop()).await.unwrap(), [row("bob")]);
        assert_eq!(store.secrets_sealed(&shop()).await.unwrap(), map([("crm".to_owned(), "two".to_owned())]));
        assert!(store.secrets(&"other".into()).await.unwrap().is_empty());
        assert!(store.secret_remove(&shop(), "crm").await.unwrap());
        assert!(!store.secret_remove(&shop(), "crm").await.unwrap());
    });
}

#[test]
fn a_catalogue_is_counted_up_with_every_upload_and_its_rows_are_read_by_that_number() {
    for_each_database(async |store| {
        let row = |revision: u64, n_rows: u64| CatalogueRow {
            name: "tea".to_owned(),
            key_column: "sku".to_owned(),
            revision,
            n_rows,
            at: at(1),
            by: "ada".to_owned(),
        };
        assert!(store.catalogue_put(&shop(), row(0, 1), "[1]").await.unwrap());
        assert!(store.catalogue_put(&shop(), row(0, 2), "[1,2]").await.unwrap());
        assert_eq!(store.catalogues(&shop()).await.unwrap(), [row(2, 2)]);
        assert_eq!(store.catalogue_rows(&shop(), "tea", 2).await.unwrap().as_deref(), Some("[1,2]"));
        assert_eq!(store.catalogue_rows(&shop(), "tea", 1).await.unwrap(), None);
        assert!(store.catalogues(&"other".into()).await.unwrap().is_empty());
        assert!(store.catalogue_remove(&shop(), "tea").await.unwrap());
        assert!(!store.catalogue_remove(&shop(), "tea").await.unwrap());
    });
}

fn outgoing_of(workflow: &str, n: u32, due_at: i64) -> NewOutbox {
    NewOutbox { workflow: workflow.into(), ..outgoing(message(1, n), n, due_at) }
}

#[test]
fn s9_4_what_is_on_hold_is_passed_over_however_much_it_is_and_goes_on_afterwards() {
    for_each_database(async |store| {
        let stopped = (0..5_000).map(|n| outgoing_of("stopped", n, 1));
        let outbox = stopped.chain([outgoing_of("other", 9_000, 2)]).collect();
        commit(store, &shop(), Changes { outbox, ..Changes::default() }).await;
        hold(store, 1, &["stopped"]).await;
        assert_eq!(store.holds(&shop()).await.unwrap(), holds(&["stopped"]));
        assert_eq!(all_claimed(store, 5, &[]).await, set([message(1, 9_000)]));
        assert_eq!(store.next_outbox_due().await.unwrap(), None, "nobody looks for what is on hold");
        let cancelled = Changes { outbox_cancel: vec![message(1, 7)], ..Changes::default() };
        commit(store, &shop(), cancelled).await;
        hold(store, 2, &[]).await;
        let mut all = BTreeSet::new();
        for _ in 0..20 {
            all.extend(claimed(store, 5, 1_000, &[]).await);
        }
        assert_eq!(all.len(), 4_999, "what was taken back meanwhile doesn't go");
        assert_eq!(store.next_outbox_due().await.unwrap(), None);
    });
}

#[test]
fn s9_4_what_is_held_again_while_it_is_let_go_stays() {
    for_each_database(async |store| {
        commit(store, &shop(), Changes { outbox: vec![outgoing_of("stopped", 1, 1)], ..Changes::default() })
            .await;
        hold(store, 1, &["stopped"]).await;
        assert!(all_claimed(store, 5, &[]).await.is_empty());
        hold(store, 2, &[]).await;
        hold(store, 3, &["stopped"]).await;
        assert!(all_claimed(store, 5, &[]).await.is_empty());
        hold(store, 4, &[]).await;
        assert_eq!(all_claimed(store, 5, &[]).await.len(), 1);
    });
}

#[test]
fn a_row_that_was_claimed_in_vain_is_put_back_without_an_attempt() {
    for_each_database(async |store| {
        commit(store, &shop(), Changes { outbox: vec![outgoing_of("a", 1, 1)], ..Changes::default() }).await;
        let rows = store.claim_outbox(at(5), 10, &[]).await.unwrap();
        assert_eq!((rows[0].attempts, rows[0].workflow.as_str()), (1, "a"));
        store.outbox_put_back(&[put_back(rows[0].message)]).await.unwrap();
        assert_eq!(store.claim_outbox(at(5), 10, &[]).await.unwrap()[0].attempts, 1);
    });
}

#[test]
fn a_rate_lets_as_many_go_in_a_window_as_it_says_and_holds_up_no_other_channel() {
    for_each_database(async |store| {
        let mut outbox: Vec<NewOutbox> = (0..25).map(|n| outgoing_of("a", n, 1)).collect();
        outbox.push(NewOutbox { channel: "sms".into(), ..outgoing_of("a", 99, 2) });
        commit(store, &shop(), Changes { outbox, ..Changes::default() }).await;
        let first = all_claimed(store, 10, &[rate(10, 0, 1_000)]).await;
        assert_eq!(first.len(), 11);
        assert!(first.contains(&message(1, 99)));
        assert_eq!(store.next_outbox_due().await.unwrap(), Some(at(1_000)));
        let second = all_claimed(store, 1_000, &[rate(10, 1_000, 2_000)]).await;
        assert_eq!(second.len(), 10);
        let third = all_claimed(store, 2_500, &[rate(10, 2_000, 3_000)]).await;
        assert_eq!(third.len(), 5);
        assert_eq!(store.next_outbox_due().await.unwrap(), None);
    });
}

#[test]
fn a_rate_that_is_gone_holds_nothing_up() {
    for_each_database(async |store| {
        let outbox = (0..5).map(|n| outgoing_of("a", n, 1)).collect();
        commit(store, &shop(), Changes { outbox, ..Changes::default() }).await;
        assert_eq!(all_claimed(store, 10, &[rate(1, 0, 1_000)]).await.len(), 1);
        assert_eq!(all_claimed(store, 1_000, &[]).await.len(), 4);
    });
}

#[test]
fn s4_3_a_run_that_asks_twice_gets_one_place_and_one_that_was_refused_may_ask_again() {
    for_each_database(async |store| {
        let ask = async |n: u8, asked_at| {
            let entry_requests = vec![request(n, asked_at)];
            commit(store, &shop(), Changes { entry_requests, ..Changes::default() }).await;
        };
        ask(1, 1).await;
        ask(1, 1).await;
        ask(2, 2).await;
        assert!(store.are_entries_requested().await.unwrap());
        assert_eq!(grant_one(store, 1).await, [run(1)]);
        assert!(!store.are_entries_requested().await.unwrap());
        ask(1, 20).await;
        ask(2, 20).await;
        assert_eq!(grant_one(store, 2).await, [run(2)]);
        assert_eq!(store.entries_granted(&shop(), &window()).await.unwrap(), 2);
        assert_eq!(ready(store, &shop(), 10).await.len(), 3, "the two answers to the second are two");
    });
}

#[test]
fn a_schedule_is_moved_on_once() {
    for_each_database(async |store| {
        assert!(store.schedule_add(&schedule(50)).await.unwrap());
        assert!(!store.schedule_add(&schedule(60)).await.unwrap());
        assert_eq!(store.next_schedule_at().await.unwrap(), Some(at(50)));
        assert!(store.schedules_due(at(49), 10).await.unwrap().is_empty());
        let due = store.schedules_due(at(50), 10).await.unwrap();
        assert_eq!(due, [schedule(50)]);
        let step = ScheduleStep {
            next: Some(schedule(90)),
            job: Some(NewJob { id: "s-1".to_owned(), kind: "schedule".to_owned(), ..recompute(1, at(50)) }),
            audit_json: None,
        };
        assert!(store.schedule_step(&due[0], step.clone(), at(50)).await.unwrap());
        assert!(!store.schedule_step(&due[0], step, at(50)).await.unwrap());
        assert_eq!(store.jobs(&shop()).await.unwrap().len(), 1);
        let rows = store.schedules(&shop()).await.unwrap();
        assert!(store.schedule_step(&rows[0], ScheduleStep::default(), at(50)).await.unwrap());
        assert!(store.schedules(&shop()).await.unwrap().is_empty());
    });
}

#[test]
fn a_business_event_is_taken_once() {
    for_each_database(async |store| {
        let row = BusinessEventRow {
            id: "b1".to_owned(),
            event: "Price Dropped".into(),
            properties_json: "{\"sku\":\"a\"}".to_owned(),
            at: at(1),
        };
        let job = NewJob { id: "b-1".to_owned(), kind: "business".to_owned(), ..recompute(1, at(1)) };
        assert!(store.business_event_add(&shop(), row.clone(), vec![job.clone()]).await.unwrap());
        assert!(!store.business_event_add(&shop(), row.clone(), vec![job]).await.unwrap());
        assert_eq!(store.business_events(&shop(), 10).await.unwrap(), [row]);
        assert_eq!(store.jobs(&shop()).await.unwrap().len(), 1);
    });
}

#[test]
fn a_posting_says_when_something_was_last_done_with_a_value() {
    for_each_database(async |store| {
        let postings = vec![posting(1, "a", 5), posting(2, "a", 1), posting(1, "b", 2), posting(1, "a", 3)];
        commit(store, &shop(), Changes { postings, ..Changes::default() }).await;
        let page = async |value: &str, after, limit| -> BTreeMap<u32, Timestamp> {
            let found = store.postings(&shop(), &viewed(), value, after, limit).await.unwrap();
            let number = |id: &str| u32::from_str_radix(&id[24..], 16).unwrap();
            found.into_iter().map(|(contact, at)| (number(&contact.to_string()), at)).collect()
        };
        assert_eq!(page("a", None, 10).await, map([(1, at(5)), (2, at(1))]));
        commit(store, &shop(), Changes { postings: vec![posting(2, "a", 9)], ..Changes::default() }).await;
        store.postings_add(&shop(), vec![posting(2, "a", 4)]).await.unwrap();
        assert_eq!(page("a", Some(contact(1)), 10).await, map([(2, at(9))]));
        assert_eq!(page("a", None, 1).await, map([(1, at(5))]));
        assert!(page("c", None, 10).await.is_empty());
    });
}

#[test]
fn postings_of_a_pair_that_nothing_declares_leave() {
    for_each_database(async |store| {
        let declare = async |revision: u64, pairs: Vec<PostingPair>| {
            let row = CatalogRow {
                revision,
                at: at(1),
                by: "ada".to_owned(),
                portfolio_json: format!("{{\"n\":{revision}}}"),
            };
            let consequences = Consequences { pairs: Some(pairs), ..Consequences::default() };
            store.publish_catalog(&shop(), revision - 1, row, consequences).await.unwrap();
        };
        declare(1, vec![viewed()]).await;
        assert_eq!(store.posting_pairs(&shop()).await.unwrap(), [(viewed(), false)]);
        store.posting_pair_complete(&shop(), &viewed()).await.unwrap();
        declare(2, vec![viewed()]).await;
        assert_eq!(store.posting_pairs(&shop()).await.unwrap(), [(viewed(), true)]);
        store.postings_add(&shop(), vec![posting(1, "a", 5)]).await.unwrap();
        assert_eq!(store.postings(&shop(), &viewed(), "a", None, 10).await.unwrap().len(), 1);
        tidy(store, at(1)).await;
        assert_eq!(store.postings(&shop(), &viewed(), "a", None, 10).await.unwrap().len(), 1);
        declare(3, Vec::new()).await;
        tidy(store, at(1)).await;
        assert!(store.postings(&shop(), &viewed(), "a", None, 10).await.unwrap().is_empty());
    });
}

#[test]
fn a_job_over_some_contacts_is_made_once_and_can_be_cancelled() {
    for_each_database(async |store| {
        let contacts = Some((0..5).map(contact).collect());
        let job =
            NewJob { id: "bulk-1".to_owned(), kind: "bulk".to_owned(), contacts, ..recompute(1, at(3)) };
        assert!(store.job_create(&shop(), job.clone()).await.unwrap());
        assert!(!store.job_create(&shop(), job).await.unwrap());
        let job = next_job(store, at(3)).await.unwrap();
        assert_eq!(job.total, 5);
        let page = store.job_contacts(&job, Some(contact(2)), 10).await.unwrap();
        assert_eq!(page, [contact(3), contact(4)]);
        assert!(store.job_cancel(&shop(), "bulk-1").await.unwrap());
        assert!(!store.job_cancel(&shop(), "bulk-1").await.unwrap());
        assert!(!store.job_advance(&job, wend_store::JobPage::default()).await.unwrap());
        let job = store.job(&shop(), "bulk-1").await.unwrap().unwrap();
        assert_eq!((job.finished, job.cancelled), (true, true));
        tidy(store, at(4)).await;
        assert!(store.job_contacts(&job, None, 10).await.unwrap().is_empty());
    });
}
