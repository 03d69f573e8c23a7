//! The whole language end to end: life cycle, jobs, calls, tasks, entry caps, schedules, rollouts, business events.

use std::collections::{BTreeMap, BTreeSet};

use wend_domain::compile::lifecycle::Operation;
use wend_domain::compile::rollout::{Gates, OnBroken, Plan, Stage};
use wend_domain::id::WorkflowName;
use wend_domain::input::{Answered, Command, Order};
use wend_store::{CapWindow, TaskFilter};

use super::*;
use crate::business::BusinessTaken;
use crate::catalogs::compiled;
use crate::jobs::work::{JobWork, Selection};
use crate::lifecycle::LifecycleChange;
use crate::secrets::{SecretSet, SecretsKey};

const WAIT_AND_SEND: &str = "- { id: pause, wait: 1d }
- { id: hello, send: { email: hello } }";

fn welcome() -> WorkflowName {
    WorkflowName::from("welcome")
}

/// The files of a portfolio in which `welcome` says more than its steps.
fn with_head(head: &str, steps: &str) -> Vec<SourceFile> {
    let mut files = files(steps);
    let workflow = &mut files[2];
    workflow.text = workflow.text.replace("trigger: { event: Signed Up }\nreentry: always\n", head);
    files
}

impl World {
    async fn change(&self, operation: Operation) -> LifecycleChange {
        let changed =
            self.engine.change_lifecycle(&self.workspace, &welcome(), &operation, "ada", "a test").await;
        changed.unwrap()
    }

    /// Lets jobs and what they bring about come to rest.
    pub(super) async fn settle_jobs(&self) {
        for _ in 0..TICKS_MAX {
            let n_told = self.tick(Worker::Jobs).await;
            let n_granted = self.tick(Worker::Grants).await;
            self.settle(Worker::Inbox).await;
            if n_told + n_granted == 0 {
                return self.settle(Worker::Outbox).await;
            }
        }
        panic!("jobs never come to rest");
    }

    async fn wake(&self) {
        self.settle(Worker::Alarms).await;
        self.settle(Worker::Outbox).await;
    }

    async fn n_runs(&self, users: &[&str]) -> usize {
        let mut n_runs = 0;
        for user in users {
            n_runs += self.contact(user).await.runs.len();
        }
        n_runs
    }

    async fn command(&self, user: &str, order: Order) {
        let contact = self.contact_id(user).await.unwrap();
        let command = Command { by: "ada".to_owned(), reason: None, order };
        let (record, ()) = tokio::join!(self.engine.command(&self.workspace, contact, command), async {
            tokio::task::yield_now().await;
            self.settle(Worker::Inputs).await;
        });
        record.unwrap();
        self.settle(Worker::Outbox).await;
    }
}

#[tokio::test]
async fn s9_4_a_stop_holds_what_is_released_and_what_waits_until_it_is_resumed() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let world = World::in_place(place, EngineOptions::default()).await;
        world.apply(&files(WAIT_AND_SEND)).await;
        world.happens("ada", "Signed Up", json!({})).await;
        world.pass("1d");
        world.settle(Worker::Alarms).await;
        world.ingest(vec![event("bob", "Signed Up", json!({}), world.now())]).await;
        assert_eq!(world.n_outbox("pending").await, 1);
        let stopped = world.change(Operation::Halt).await;
        assert_eq!(stopped, LifecycleChange::Changed { revision: 2, job: None });
        world.pass("1d");
        world.wake().await;
        world.happens("cem", "Signed Up", json!({})).await;
        assert!(world.courier.carried().is_empty(), "nothing is attempted");
        assert_eq!(world.n_outbox("pending").await, 1, "nothing is released");
        assert_eq!(world.n_runs(&["cem"]).await, 0, "nobody enters");
        assert!(matches!(
            world.change(Operation::Resume).await,
            LifecycleChange::Changed { job: Some(_), .. }
        ));
        world.settle_jobs().await;
        world.wake().await;
        assert_eq!(world.states().await, ["sent", "sent"]);
        for user in ["ada", "bob", "cem"] {
            world.assert_replays(user).await;
        }
    }
}

#[tokio::test]
async fn s9_4_what_was_claimed_before_a_stop_is_not_attempted_after_it() {
    let world = World::with_steps("- { id: hello, send: { email: hello } }").await;
    world.ingest(vec![event("ada", "Signed Up", json!({}), world.now())]).await;
    // The stop is known here a moment before the store says so.
    let (revision, portfolio) = world.engine.portfolio(&world.workspace).await.unwrap();
    let halt = wend_domain::compile::lifecycle::change(
        &portfolio,
        revision + 1,
        &welcome(),
        &Operation::Halt,
        world.now(),
    );
    let row = wend_store::CatalogRow {
        revision: revision + 1,
        at: world.now(),
        by: "ada".to_owned(),
        portfolio_json: serde_json::to_string(&halt.unwrap().portfolio).unwrap(),
    };
    let catalogs = &world.engine.shared().catalogs;
    catalogs.set(compiled(&world.workspace, row, catalogs.get(&world.workspace), 1).await.unwrap());
    for _ in 0..3 {
        world.tick(Worker::Outbox).await;
        tokio::task::yield_now().await;
    }
    assert!(world.courier.carried().is_empty());
    assert_eq!(world.n_outbox("pending").await + world.n_outbox("attempting").await, 1);
}

#[tokio::test]
async fn s9_4_a_stop_writes_to_no_contact() {
    let world = World::with_steps(WAIT_AND_SEND).await;
    let users: Vec<String> = (0..300).map(|n| format!("user-{n}")).collect();
    let events = users.iter().map(|user| event(user, "Signed Up", json!({}), world.now())).collect();
    world.ingest(events).await;
    let documents = async || world.engine.store().contacts_page(&world.workspace, None, 1_000).await.unwrap();
    world.settle_jobs().await;
    let before = documents().await;
    assert_eq!(before.len(), 300);
    world.change(Operation::Halt).await;
    world.settle_jobs().await;
    assert!(documents().await == before, "documents are as they were");
    assert!(world.engine.store().jobs(&world.workspace).await.unwrap().iter().all(|job| job.revision == 1));
}

#[tokio::test]
async fn s9_4_a_workflow_that_is_paused_for_good_gives_up_its_runs() {
    let world = World::with_steps(WAIT_AND_SEND).await;
    for user in ["ada", "bob"] {
        world.happens(user, "Signed Up", json!({})).await;
    }
    world.happens("cem", "Seen", json!({})).await;
    world.change(Operation::Pause { discard: true }).await;
    world.settle_jobs().await;
    assert_eq!(world.n_runs(&["ada", "bob"]).await, 0);
    let jobs = world.engine.store().jobs(&world.workspace).await.unwrap();
    let discard = jobs.iter().find(|job| job.kind == "discard").unwrap();
    assert_eq!(
        (discard.looked_at, discard.done, discard.finished),
        (3, 2, true),
        "only those with runs hear of it"
    );
    let again = world.change(Operation::Pause { discard: true }).await;
    assert!(matches!(again, LifecycleChange::Refused(_)), "{again:?}");
}

#[tokio::test]
async fn s11_1_an_order_reaches_those_who_are_selected_at_its_pace_and_can_be_cancelled() {
    let world = World::new().await;
    for n in 0..25 {
        world.happens(&format!("user-{n}"), "Seen", json!({})).await;
    }
    let tag = |tag: &str| Order::Tag { tag: tag.to_owned(), on: true };
    world.command("user-1", tag("vip")).await;
    let bulk = |select, order| JobWork::Bulk {
        select,
        command: Command { by: "ada".to_owned(), reason: None, order },
    };
    let begin = async |id: &str, work: JobWork, contacts, pace| {
        let id = id.to_owned();
        world.engine.begin_job(&world.workspace, id, &work, contacts, pace, "ada").await.unwrap()
    };
    assert!(begin("one", bulk(Selection::Tag("vip".to_owned()), tag("told")), None, None).await);
    assert!(!begin("one", bulk(Selection::All, tag("told")), None, None).await, "an id is used once");
    world.settle_jobs().await;
    assert!(world.contact("user-1").await.tags.contains("told"));
    assert!(!world.contact("user-2").await.tags.contains("told"));

    let contacts: BTreeSet<ContactId> = [world.contact_id("user-3").await.unwrap()].into();
    begin("two", bulk(Selection::Ids, tag("named")), Some(contacts), None).await;
    world.settle_jobs().await;
    assert!(world.contact("user-3").await.tags.contains("named"));

    begin("three", bulk(Selection::All, tag("paced")), None, Some(10)).await;
    world.settle_jobs().await;
    let job = async || world.engine.store().job(&world.workspace, "three").await.unwrap().unwrap();
    assert_eq!((job().await.done, job().await.finished), (10, false));
    world.pass("1s");
    world.settle_jobs().await;
    assert_eq!(job().await.done, 20);
    assert!(world.engine.store().job_cancel(&world.workspace, "three").await.unwrap());
    world.pass("1s");
    world.settle_jobs().await;
    assert_eq!((job().await.done, job().await.cancelled), (20, true));
}

const CALL: &str = "- id: crm
  webhook:
    url: \"https://crm.example/contacts\"
    headers: { X-Api-Key: \"{{ secrets.crm }}\" }
    json: { who: \"{{ contact.email }}\" }
    save: { deal: body.id }
- { id: keep, update: { traits: { deal: $run.deal } } }";

/// Steps as they stand in a file, deeper lines included.
fn with_raw_steps(steps: &str) -> Vec<SourceFile> {
    let mut files = files("");
    let steps: Vec<String> = steps.lines().map(|line| format!("  {line}\n")).collect();
    files[2].text.push_str(&steps.concat());
    files
}

#[tokio::test]
async fn s8_a_call_carries_its_secret_and_the_run_goes_on_with_the_answer() {
    let key = SecretsKey::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
    let options = EngineOptions { secrets_key: Some(key), ..EngineOptions::default() };
    let world = World::with(options).await;
    world.apply(&with_raw_steps(CALL)).await;
    let set =
        async |name: &str| world.engine.set_secret(&world.workspace, name, "s3cr3t", "ada").await.unwrap();
    assert_eq!(set("not a name").await, SecretSet::BadName);
    assert_eq!(set("crm").await, SecretSet::Set);
    world.courier.answer_with(Answered { status: 200, headers: BTreeMap::new(), body: json!({ "id": 7 }) });
    world.happens("ada", "Signed Up", json!({})).await;
    let calls = world.courier.calls.lock().unwrap().clone();
    assert_eq!(calls.len(), 1);
    assert!(calls[0].1.contains(&("X-Api-Key".to_owned(), "s3cr3t".to_owned())), "{:?}", calls[0].1);
    assert_eq!(calls[0].2.as_deref(), Some("{\"who\":\"ada@example.com\"}"));
    assert_eq!(world.contact("ada").await.traits["deal"], 7);
    for message in world.messages().await {
        let payload = world.engine.store().message_payload(&world.workspace, message.id).await.unwrap();
        assert!(!payload.unwrap_or_default().contains("s3cr3t"), "no secret is stored");
    }
    world.assert_replays("ada").await;
}

#[tokio::test]
async fn a_call_whose_secret_is_not_set_fails_for_good_and_names_it() {
    let world = World::new().await;
    world.apply(&with_raw_steps(CALL)).await;
    world.happens("ada", "Signed Up", json!({})).await;
    assert!(world.courier.calls.lock().unwrap().is_empty());
    let messages = world.messages().await;
    assert_eq!(messages[0].state, "failed");
    assert!(messages[0].detail_json.contains("crm"), "{}", messages[0].detail_json);
}

const TASK: &str = "- id: phone
  task:
    title: \"Call {{ contact.email }}\"
    for: sales
    due: 2d
    outcomes:
      won: [{ id: won, update: { traits: { won: true } } }]
      lost: []";

#[tokio::test]
async fn s11_2_a_task_is_listed_with_its_title_until_somebody_has_done_it() {
    let world = World::new().await;
    world.apply(&with_raw_steps(TASK)).await;
    world.happens("ada", "Signed Up", json!({})).await;
    let store = world.engine.store();
    let list = async |state: &str| {
        let filter = TaskFilter { state: Some(state.to_owned()), limit: 10, ..TaskFilter::default() };
        store.tasks(&world.workspace, &filter).await.unwrap()
    };
    let open = list("open").await;
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].title.as_deref(), open[0].assignee.as_str()),
        (Some("Call ada@example.com"), "sales")
    );
    assert_eq!(open[0].outcomes_json, "[\"won\",\"lost\"]");
    let order = Order::CompleteTask { task: open[0].id, outcome: "won".to_owned(), note: None };
    world.command("ada", order).await;
    assert_eq!(world.contact("ada").await.traits["won"], true);
    assert!(list("open").await.is_empty());
    let done = list("done").await;
    assert_eq!((done[0].outcome.as_deref(), done[0].done_by.as_deref()), (Some("won"), Some("ada")));
    assert_eq!(done[0].title.as_deref(), Some("Call ada@example.com"));
}

#[tokio::test]
async fn s11_2_a_task_that_nobody_does_is_overdue() {
    let world = World::new().await;
    world.apply(&with_raw_steps(TASK)).await;
    world.happens("ada", "Signed Up", json!({})).await;
    world.pass("2d");
    world.wake().await;
    let filter = TaskFilter { state: Some("overdue".to_owned()), limit: 10, ..TaskFilter::default() };
    let tasks = world.engine.store().tasks(&world.workspace, &filter).await.unwrap();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].title.as_deref(), Some("Call ada@example.com"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s4_3_two_nodes_let_exactly_as_many_in_as_the_cap_says() {
    const MAX: usize = 10;
    let world = World::in_place(Place::postgres().await, EngineOptions::default()).await;
    let head = format!(
        "trigger: {{ event: Signed Up }}\nreentry: always\nentry_cap: {{ max: {MAX}, per: total, then: drop }}\n"
    );
    world.apply(&with_head(&head, "- { id: pause, wait: 1d }")).await;
    let other = engine_on(
        world.place.open().await,
        &Arc::new(Recorder::default()),
        &world.clock,
        EngineOptions { grants_max: 3, ..EngineOptions::default() },
    )
    .await;
    let at = world.now();
    let users: Vec<String> = (0..40).map(|n| format!("user-{n}")).collect();
    for chunk in users.chunks(10) {
        let events = chunk.iter().map(|user| event(user, "Signed Up", json!({}), at)).collect();
        world.ingest(events).await;
        for _ in 0..4 {
            let (one, two) =
                tokio::join!(world.engine.tick(Worker::Grants, at), other.tick(Worker::Grants, at));
            one.unwrap();
            two.unwrap();
        }
    }
    world.settle(Worker::Grants).await;
    world.settle(Worker::Inbox).await;
    let (mut n_live, mut n_asking) = (0, 0);
    for user in &users {
        for run in world.contact(user).await.runs {
            match run.state {
                wend_domain::run::RunState::Requested { .. } => n_asking += 1,
                _ => n_live += 1,
            }
        }
    }
    assert_eq!((n_live, n_asking), (MAX, 0), "never more than may, and nobody is left without an answer");
    let window = CapWindow { workflow: welcome(), cap: "total".to_owned(), since: Timestamp::MIN };
    let used = world.engine.store().entries_granted(&world.workspace, &window).await.unwrap();
    assert_eq!(used as usize, MAX);
}

const WEEKLY: &str =
    "trigger: { schedule: \"FREQ=DAILY\", at: \"12:00\", starts: 2026-03-01, zone: workspace }\n";

#[tokio::test]
async fn s4_1_a_set_time_lets_everybody_in_once_and_a_missed_one_counts_for_a_day() {
    let world = World::new().await;
    world.happens("ada", "Seen", json!({})).await;
    let mut files = with_head(WEEKLY, "- { id: hello, send: { email: hello } }");
    files[2].text.push_str("reentry: always\n");
    world.apply(&files).await;
    world.settle(Worker::Schedules).await;
    world.settle_jobs().await;
    assert!(world.states().await.is_empty());
    // 09:00 UTC is 10:00 in Berlin.
    world.pass("2h");
    assert_eq!(world.tick(Worker::Schedules).await, 1);
    assert_eq!(world.tick(Worker::Schedules).await, 0);
    world.settle_jobs().await;
    assert_eq!(world.states().await, ["sent"]);
    // The server is down for three days: the latest time counts, the others are in the audit.
    world.pass("3d");
    world.settle(Worker::Schedules).await;
    world.settle_jobs().await;
    assert_eq!(world.states().await, ["sent", "sent"]);
    let audit = world.engine.store().audit(&world.workspace, None, 10).await.unwrap();
    assert!(audit.iter().any(|row| row.by == "schedule" && row.what_json.contains("skip")));
    world.assert_replays("ada").await;
}

#[tokio::test]
async fn s9_3_a_rollout_goes_on_by_itself_and_back_when_a_gate_is_broken() {
    let world = World::with_steps("- { id: pause, wait: 1d }").await;
    world.apply(&files("- { id: hello, send: { email: hello } }")).await;
    world.change(Operation::Rollback { to: 1 }).await;
    let stage = |of_10_000, hours: i64| Stage { of_10_000, at_least: Period::from_millis(hours * 3_600_000) };
    let plan = Plan {
        stages: vec![stage(1_000, 1), stage(5_000, 1)],
        gates: Gates { errors_max_percent: Some(1), ..Gates::default() },
        on_broken: OnBroken::Rollback,
    };
    let begun = world.change(Operation::StartRollout { version: 2, plan }).await;
    assert!(matches!(begun, LifecycleChange::Changed { .. }), "{begun:?}");
    let share = |world: &World| {
        let catalog = world.engine.catalog(&world.workspace);
        catalog.workflows[&welcome()].rollout.map(|rollout| rollout.of_10_000)
    };
    assert_eq!(world.tick(Worker::Rollouts).await, 0);
    world.pass("1h");
    assert_eq!(world.tick(Worker::Rollouts).await, 1);
    assert_eq!(share(&world), Some(5_000));
    let mut work = world.engine.store().begin(&world.workspace).await.unwrap();
    work.contacts(&BTreeSet::new()).await.unwrap();
    let counters = [("entered:welcome:v2".to_owned(), 50), ("failed:welcome:v2".to_owned(), 5)].into();
    work.commit(wend_store::Changes { counters, ..wend_store::Changes::default() }).await.unwrap();
    assert_eq!(world.tick(Worker::Rollouts).await, 1);
    assert_eq!(share(&world), None);
    assert_eq!(world.engine.catalog(&world.workspace).current(&welcome()).unwrap().version, 1);
    let audit = world.engine.store().audit(&world.workspace, None, 1).await.unwrap();
    assert!(audit[0].what_json.contains("errors_max_percent"), "{}", audit[0].what_json);
}

const BUSINESS: &str = "trigger:\n  - business: Price Dropped\n    match: { event: Product Viewed, property: sku, \
                        equals: sku, within: 30d }\nreentry: always\n";

#[tokio::test]
async fn s4_1_a_business_event_reaches_those_whose_history_it_concerns() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let world = World::in_place(place, EngineOptions::default()).await;
        world.happens("ada", "Product Viewed", json!({ "sku": "a" })).await;
        world.apply(&with_head(BUSINESS, "- { id: hello, send: { email: hello } }")).await;
        world.happens("bob", "Product Viewed", json!({ "sku": "a" })).await;
        world.happens("cem", "Product Viewed", json!({ "sku": "b" })).await;
        let drop = async |id: &str| {
            let Value::Object(properties) = json!({ "sku": "a" }) else { unreachable!("it is an object") };
            let event = EventName::from("Price Dropped");
            let taken = world
                .engine
                .business_event(&world.workspace, id, event, properties, world.now(), "ada")
                .await;
            taken.unwrap()
        };
        assert!(matches!(drop("one").await, BusinessTaken::NotReady { .. }), "ada's past is not read yet");
        world.settle_jobs().await;
        world.pass("10s");
        world.settle_jobs().await;
        assert!(matches!(drop("one").await, BusinessTaken::Taken { .. }));
        assert_eq!(drop("one").await, BusinessTaken::Duplicate);
        world.settle_jobs().await;
        let messages = world.messages().await;
        let to: BTreeSet<&str> = messages.iter().map(|message| message.address.as_str()).collect();
        assert_eq!(to, BTreeSet::from(["ada@example.com", "bob@example.com"]));
        world.pass("31d");
        assert!(matches!(drop("two").await, BusinessTaken::Taken { .. }));
        world.settle_jobs().await;
        assert_eq!(world.messages().await.len(), 2, "it is too long ago");
    }
}

const BACKFILLED: &str = "trigger: { event: Signed Up }\naudience: { tag: pro }\n";

#[tokio::test]
async fn s4_4_a_backfill_is_counted_beforehand_and_nothing_is_kept_of_the_count() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let world = World::in_place(place, EngineOptions::default()).await;
        for (who, is_pro) in [("ada", true), ("bob", false), ("cem", true)] {
            world.happens(who, "Signed Up", json!({})).await;
            world.command(who, Order::Tag { tag: "pro".to_owned(), on: is_pro }).await;
        }
        world.happens("dan", "Page Seen", json!({})).await;
        let files = with_head(BACKFILLED, "- { id: hello, send: { email: hello } }");
        let planned = world.engine.plan(&world.workspace, files).await.unwrap();
        let catalog = Arc::new(planned.catalog.expect("the files are right"));
        let preview = world.engine.preview_backfill(&world.workspace, &catalog, &welcome()).await.unwrap();
        assert_eq!((preview.looked_at, preview.would_enter, preview.is_whole), (4, 2, true));
        let refused = [("audience".to_owned(), 1), ("no_match".to_owned(), 1)];
        assert_eq!(preview.refused, BTreeMap::from(refused));
        assert_eq!(world.messages().await.len(), 0);
    }
}
