//! Contacts who turn out to be one person (SEMANTICS 13): the saga through inboxes, on both databases.

use std::collections::BTreeSet;

use wend_domain::consent::Answer;
use wend_domain::id::MessageId;
use wend_domain::input::{Command, Order};
use wend_domain::run::RunState;

use super::*;
use crate::exports::{ExportFormat, ExportOf, ExportRequest, FormulaCells};
use crate::jobs::work::Selection;

/// What a person is called in an event.
fn ids(user: Option<&str>, anonymous: Option<&str>) -> Identifiers {
    Identifiers {
        user_id: user.map(str::to_owned),
        anonymous_id: anonymous.map(str::to_owned),
        ..Identifiers::default()
    }
}

/// An event of somebody, with these traits.
fn of(identifiers: Identifiers, name: &str, traits: &Value, at: Timestamp) -> Event {
    let traits = traits.as_object().cloned().unwrap_or_default();
    Event { identifiers, traits, ..event("nobody", name, json!({}), at) }
}

impl World {
    async fn on_both(options: EngineOptions) -> Vec<Self> {
        vec![
            Self::in_place(Place::sqlite(), options.clone()).await,
            Self::in_place(Place::postgres().await, options).await,
        ]
    }

    async fn happens_to(&self, identifiers: Identifiers, name: &str, traits: Value) {
        self.ingest(vec![of(identifiers, name, &traits, self.now())]).await;
    }

    /// The contact that an identifier means.
    async fn holder(&self, kind: IdentifierKind, value: &str) -> Option<ContactId> {
        let identifier = Identifier::new(kind, value);
        self.engine.store().contact_by_identifier(&self.workspace, &identifier).await.unwrap()
    }

    async fn document(&self, id: ContactId) -> Contact {
        let bytes = self.engine.store().contact_by_id(&self.workspace, id).await.unwrap();
        Contact::from_bytes(&bytes.expect("the contact has a document")).unwrap()
    }

    /// Works until nothing waits.
    async fn come_to_rest(&self) {
        for _ in 0..TICKS_MAX {
            let mut n_done = 0;
            for worker in [Worker::Inputs, Worker::Inbox, Worker::Alarms, Worker::Grants, Worker::Outbox] {
                tokio::task::yield_now().await;
                n_done += self.tick(worker).await;
            }
            if n_done == 0 {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    async fn assert_all_replay(&self) {
        let all = self.engine.store().contacts_page(&self.workspace, None, 1_000).await.unwrap();
        for (contact, _) in all {
            let report = self.engine.replay(&self.workspace, contact).await.unwrap();
            assert_eq!(report.differences, Vec::new());
        }
    }

    /// The contacts that are not part of another one.
    async fn themselves(&self) -> Vec<Contact> {
        let all = self.engine.store().contacts_page(&self.workspace, None, 1_000).await.unwrap();
        let all = all.into_iter().map(|(_, bytes)| Contact::from_bytes(&bytes).unwrap());
        all.filter(|contact| contact.into.is_none()).collect()
    }
}

#[tokio::test]
async fn s13_3_a_visitor_who_turns_out_to_be_known_becomes_part_of_the_known_contact() {
    for world in World::on_both(EngineOptions::default()).await {
        world
            .happens_to(
                ids(None, Some("phone")),
                "Seen",
                json!({ "email": "Ada@Example.com", "city": "Ulm" }),
            )
            .await;
        world.happens_to(ids(Some("ada"), None), "Seen", json!({ "city": "Bonn", "plan": "pro" })).await;
        let visitor = world.holder(IdentifierKind::AnonymousId, "phone").await.unwrap();
        let ada = world.holder(IdentifierKind::UserId, "ada").await.unwrap();
        assert_ne!(visitor, ada);

        world.happens_to(ids(Some("ada"), Some("phone")), "Logged In", json!({})).await;
        assert_eq!(world.document(visitor).await.into.map(|into| into.contact), Some(ada));
        for (kind, value) in
            [(IdentifierKind::AnonymousId, "phone"), (IdentifierKind::Email, "ada@example.com")]
        {
            assert_eq!(world.holder(kind, value).await, Some(ada), "moved as the visitor froze");
        }
        world.come_to_rest().await;
        let contact = world.document(ada).await;
        assert_eq!(contact.merged.keys().copied().collect::<Vec<_>>(), [visitor]);
        assert_eq!(contact.traits["city"], "Bonn", "known traits win");
        assert_eq!(contact.traits["email"], "Ada@Example.com");
        assert_eq!(contact.anonymous_ids, ["phone"]);
        assert_eq!(contact.emails, ["ada@example.com"]);

        // Whatever is called by one of the names is the one contact's.
        world.happens_to(ids(None, Some("phone")), "Seen", json!({})).await;
        assert_eq!(world.document(ada).await.n_inputs, contact.n_inputs + 1);
        world.assert_all_replay().await;
    }
}

#[tokio::test]
async fn who_is_erased_while_another_contact_becomes_part_of_theirs_leaves_nothing_of_either() {
    for world in World::on_both(EngineOptions::default()).await {
        world.happens_to(ids(None, Some("phone")), "Seen", json!({ "email": "ada@example.com" })).await;
        world.happens_to(ids(Some("ada"), None), "Seen", json!({})).await;
        let visitor = world.holder(IdentifierKind::AnonymousId, "phone").await.unwrap();
        world.happens_to(ids(Some("ada"), Some("phone")), "Logged In", json!({})).await;
        let ada = world.contact("ada").await;
        assert!(ada.merged.is_empty(), "the visitor's document is still on its way");

        world.engine.erase(&world.workspace, &ada, "ann").await.unwrap();
        world.come_to_rest().await;
        let store = world.engine.store();
        for contact in [visitor, ada.id] {
            assert!(store.erased_at(&world.workspace, contact).await.unwrap().is_some());
            assert_eq!(store.contact_by_id(&world.workspace, contact).await.unwrap(), None);
            assert_eq!(store.history(&world.workspace, contact, i64::MIN, 10).await.unwrap(), []);
        }
        assert_eq!(world.holder(IdentifierKind::AnonymousId, "phone").await, None);
        let suppressed = store.suppressions(&world.workspace, "", 10).await.unwrap();
        assert_eq!(suppressed.len(), 1, "the address that only the visitor knew stays suppressed");
    }
}

#[tokio::test]
async fn an_export_has_what_a_person_did_before_two_contacts_became_one_and_has_it_once() {
    for world in World::on_both(EngineOptions::default()).await {
        world.happens_to(ids(None, Some("phone")), "Seen", json!({})).await;
        world.happens_to(ids(Some("ada"), None), "Seen", json!({})).await;
        world.happens_to(ids(Some("ada"), Some("phone")), "Logged In", json!({})).await;
        // It comes for the contact that is part of the other one, and is sent on.
        world.happens_to(ids(None, Some("phone")), "Seen", json!({})).await;
        world.come_to_rest().await;
        for select in [Selection::All, Selection::Where(json!({ "not": { "trait": "city", "eq": "Ulm" } }))] {
            let request = ExportRequest {
                of: ExportOf::Events,
                format: ExportFormat::JsonLines,
                select,
                since: None,
                until: None,
                formulas: FormulaCells::Keep,
                ids: false,
            };
            let mut export = world.engine.export(&world.workspace, request, world.now()).await.unwrap();
            let mut bytes = Vec::new();
            while let Some(piece) = export.next().await.unwrap() {
                bytes.extend(piece);
            }
            let text = String::from_utf8(bytes).unwrap();
            let mut names: Vec<String> = text
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].to_string())
                .collect();
            names.sort();
            assert_eq!(names, ["\"Logged In\"", "\"Seen\"", "\"Seen\"", "\"Seen\""], "{text}");
        }
    }
}

#[tokio::test]
async fn an_event_that_is_sent_again_right_behind_what_makes_two_contacts_one_counts_once() {
    for world in World::on_both(EngineOptions::default()).await {
        let seen = of(ids(None, Some("phone")), "Seen", &json!({}), world.now());
        world.happens_to(ids(Some("ada"), None), "Seen", json!({})).await;
        world.ingest(vec![seen.clone()]).await;
        let signed_in = of(ids(Some("ada"), Some("phone")), "Signed In", &json!({}), world.now());
        world.ingest(vec![signed_in, seen]).await;
        world.come_to_rest().await;
        let ada = world.contact("ada").await;
        let mut events = Vec::new();
        for part in ada.parts() {
            let rows = world.engine.store().history(&world.workspace, part, i64::MIN, 100).await.unwrap();
            events.extend(rows.into_iter().filter_map(|row| row.event));
        }
        events.sort();
        assert_eq!(events, ["Seen", "Seen", "Signed In"].map(EventName::from), "{events:?}");
        world.assert_all_replay().await;
    }
}

/// The workflow's file, a cap, and a segment that counts.
fn portfolio(steps: &str, policies: &str) -> Vec<SourceFile> {
    let mut files = files(steps);
    files[0].text.push_str(policies);
    files.push(file(
        "workflows/greet.yaml",
        "workflow: greet\ntitle: Greet\ncategory: offers\ntrigger: { event: Came Back }\nsteps:\n\
         - { id: hello, send: { email: hello } }\n- { id: rest, wait: 30d }\n",
    ));
    files.push(file(
        "segments/regulars.yaml",
        "segment: regulars\ntitle: Three orders\nwhere: { event: Ordered, count: { gte: 3 }, within: 365d }\n",
    ));
    files
}

const HELLO: &str = "- { id: hello, send: { email: hello } }\n- { id: rest, wait: 30d }";

#[tokio::test]
async fn s13_3_a_chain_of_merges_in_one_batch_ends_at_one_contact_and_loses_nothing() {
    for world in World::on_both(EngineOptions::default()).await {
        world.apply(&portfolio(HELLO, "")).await;
        let at = world.now();
        let devices = ["a", "b", "c", "d"];
        for device in devices {
            world
                .happens_to(
                    ids(None, Some(device)),
                    "Ordered",
                    json!({ "email": format!("{device}@example.com") }),
                )
                .await;
        }
        // Pairs meet by an address, in one request: d and c, c and b, b and a; then somebody is known.
        let meets = |device: &str, address: &str| {
            of(ids(None, Some(device)), "Ordered", &json!({ "email": format!("{address}@example.com") }), at)
        };
        let known = of(ids(Some("ada"), Some("d")), "Ordered", &json!({}), at);
        world.ingest(vec![meets("d", "c"), meets("c", "b"), meets("b", "a"), known]).await;
        world.come_to_rest().await;
        let themselves = world.themselves().await;
        assert_eq!(themselves.len(), 1, "{themselves:?}");
        let ada = &themselves[0];
        assert_eq!(ada.user_id.as_deref(), Some("ada"));
        assert_eq!(ada.merged.len(), 3);
        assert_eq!(ada.anonymous_ids.iter().collect::<BTreeSet<_>>().len(), 4);
        assert!(ada.segments.contains_key("regulars"), "orders of all count together");
        assert_eq!(ada.summaries.values().map(|summary| summary.count).collect::<Vec<_>>(), [8]);
        world.assert_all_replay().await;

        // What is asked later is computed from the history of all.
        let mut files = portfolio(HELLO, "");
        files.push(file(
            "segments/many.yaml",
            "segment: many\ntitle: Eight\nwhere: { event: Ordered, count: { gte: 8 }, within: 90d }\n",
        ));
        world.apply(&files).await;
        world.settle(Worker::Jobs).await;
        world.come_to_rest().await;
        assert!(world.contact("ada").await.segments.contains_key("many"));
        world.assert_all_replay().await;
    }
}

#[tokio::test]
async fn s13_3_a_frozen_contact_never_sends_and_its_message_goes_once_under_the_caps_of_both() {
    for capped in [false, true] {
        for world in World::on_both(EngineOptions::default()).await {
            let cap = "caps: [{ max: 1, per: 7d, then: drop }]\n";
            world.apply(&portfolio(HELLO, if capped { cap } else { "" })).await;
            world
                .happens_to(ids(None, Some("phone")), "Signed Up", json!({ "email": "ada@example.com" }))
                .await;
            let signed_up =
                of(ids(Some("ada"), None), "Came Back", &json!({ "email": "work@example.com" }), world.now());
            world.ingest(vec![signed_up]).await;
            assert_eq!(world.n_outbox("pending").await, 2, "each wants one");
            world.happens_to(ids(Some("ada"), Some("phone")), "Logged In", json!({})).await;
            assert_eq!(world.n_outbox("pending").await, 1, "what froze is taken back in the same commit");
            world.come_to_rest().await;
            let carried = world.courier.carried();
            let keys: BTreeSet<MessageId> = carried.iter().map(|parcel| parcel.message).collect();
            assert_eq!(carried.len(), keys.len(), "each goes once");
            assert_eq!(carried.len(), if capped { 1 } else { 2 });
            let ada = world.contact("ada").await;
            assert_eq!(ada.ledger.len(), 2);
            assert_eq!(ada.runs.len(), 2);
            assert_eq!(world.messages().await.len(), 2, "no message is shown twice");
            world.assert_all_replay().await;
        }
    }
}

#[tokio::test]
async fn s13_3_news_of_an_attempt_that_was_under_way_reaches_the_contact_that_stays() {
    let world = World::with_steps(HELLO).await;
    world.courier.reply_with(&[Reply::WhenReleased]);
    world.happens_to(ids(None, Some("phone")), "Signed Up", json!({ "email": "ada@example.com" })).await;
    world.tick(Worker::Outbox).await;
    tokio::task::yield_now().await;
    assert_eq!(world.n_outbox("attempting").await, 1);
    world.happens_to(ids(Some("ada"), None), "Seen", json!({})).await;
    world.happens_to(ids(Some("ada"), Some("phone")), "Logged In", json!({})).await;
    world.settle(Worker::Inbox).await;
    world.settle(Worker::Alarms).await;
    world.courier.release.notify_waiters();
    world.come_to_rest().await;
    assert_eq!(world.courier.carried().len(), 1);
    assert_eq!(world.states().await, ["sent"]);
    let ada = world.contact("ada").await;
    assert_eq!(ada.ledger[0].state.name(), "sent");
    assert_eq!(world.n_outbox("pending").await + world.n_outbox("attempting").await, 0);
    world.assert_all_replay().await;
}

#[tokio::test]
async fn s13_4_the_strictest_consent_holds_and_the_older_run_stays() {
    let world = World::with_steps("- { id: rest, wait: 30d }").await;
    world.happens_to(ids(None, Some("phone")), "Signed Up", json!({})).await;
    let visitor = world.holder(IdentifierKind::AnonymousId, "phone").await.unwrap();
    let run = world.document(visitor).await.runs[0].id;
    world.pass("1h");
    world.happens_to(ids(Some("ada"), None), "Signed Up", json!({})).await;
    world.happens_to(ids(Some("ada"), Some("phone")), "Logged In", json!({})).await;
    world.come_to_rest().await;
    let ada = world.contact("ada").await;
    assert_eq!(ada.runs.iter().map(|run| run.id).collect::<Vec<_>>(), [run]);
    assert!(matches!(ada.runs[0].state, RunState::Waiting { .. }));

    // Who opted out as a visitor has opted out.
    let opted_out = of(ids(None, Some("tablet")), "Unsubscribed", &json!({}), world.now());
    let opted_out =
        Event { properties: json!({ "category": "offers" }).as_object().unwrap().clone(), ..opted_out };
    world.ingest(vec![opted_out]).await;
    world.happens_to(ids(Some("ada"), Some("tablet")), "Logged In", json!({})).await;
    world.come_to_rest().await;
    let ada = world.contact("ada").await;
    assert_eq!(ada.consent.categories["offers"].answer, Answer::Unsubscribed);
    assert_eq!(ada.runs, []);
    world.assert_all_replay().await;
}

#[tokio::test]
async fn s13_3_two_who_are_too_large_as_one_stay_two_and_lose_nothing() {
    for world in World::on_both(EngineOptions::default()).await {
        let essay = |name: &str| json!({ name: "x".repeat(40_000) });
        world.happens_to(ids(None, Some("phone")), "Seen", essay("one")).await;
        world.happens_to(ids(Some("ada"), None), "Seen", essay("other")).await;
        let visitor = world.holder(IdentifierKind::AnonymousId, "phone").await.unwrap();
        let ada = world.contact_id("ada").await.unwrap();
        world.happens_to(ids(Some("ada"), Some("phone")), "Logged In", json!({})).await;
        // What is told to the frozen one meanwhile comes back to it.
        let tag = Command {
            by: "test".to_owned(),
            reason: None,
            order: Order::Tag { tag: "vip".to_owned(), on: true },
        };
        let (told, ()) = tokio::join!(world.engine.command(&world.workspace, visitor, tag), async {
            tokio::task::yield_now().await;
            world.settle(Worker::Inputs).await;
        });
        told.unwrap();
        world.come_to_rest().await;
        let (visitor, ada) = (world.document(visitor).await, world.document(ada).await);
        assert_eq!((visitor.into, ada.merged.len()), (None, 0));
        assert!(visitor.traits.contains_key("one") && visitor.tags.contains("vip"));
        assert_eq!(world.holder(IdentifierKind::AnonymousId, "phone").await, Some(visitor.id));
        let claims = world.engine.store().refused_claims(&world.workspace, None, 10).await.unwrap();
        assert!(
            claims.iter().any(|claim| claim.kind == "contact" && claim.why.contains("bytes")),
            "{claims:?}"
        );

        // They are not thought to be one again.
        world.happens_to(ids(Some("ada"), Some("phone")), "Logged In", json!({})).await;
        world.come_to_rest().await;
        assert_eq!(world.themselves().await.len(), 2);
        world.assert_all_replay().await;
    }
}

#[tokio::test]
async fn s13_2_known_persons_stay_two_whoever_asks_and_a_report_says_so() {
    let world = World::new().await;
    for user in ["ada", "bob"] {
        world.happens_to(ids(Some(user), None), "Seen", json!({ "email": "both@example.com" })).await;
    }
    let (ada, bob) = (world.contact_id("ada").await.unwrap(), world.contact_id("bob").await.unwrap());
    world.pass("1s");
    let merge = |with| Command { by: "test".to_owned(), reason: None, order: Order::Merge { with } };
    let (told, ()) = tokio::join!(world.engine.command(&world.workspace, ada, merge(bob)), async {
        tokio::task::yield_now().await;
        world.settle(Worker::Inputs).await;
    });
    assert!(format!("{:?}", told.unwrap()).contains("NotMerged"));
    world.come_to_rest().await;
    assert_eq!(world.themselves().await.len(), 2);
    let claims = world.engine.store().refused_claims(&world.workspace, None, 10).await.unwrap();
    let kinds: Vec<(&str, ContactId)> =
        claims.iter().map(|claim| (claim.kind.as_str(), claim.contact)).collect();
    assert_eq!(kinds, [("contact", ada), ("email", bob)]);
    assert_eq!(world.holder(IdentifierKind::Email, "both@example.com").await, Some(ada), "first come");
}

#[tokio::test]
async fn s13_3_a_person_makes_two_contacts_one_whichever_is_asked() {
    for asks_the_known in [true, false] {
        let world = World::new().await;
        world.happens_to(ids(Some("ada"), None), "Seen", json!({})).await;
        world.happens_to(ids(None, Some("phone")), "Seen", json!({})).await;
        let ada = world.contact_id("ada").await.unwrap();
        let visitor = world.holder(IdentifierKind::AnonymousId, "phone").await.unwrap();
        let (asked, with) = if asks_the_known { (ada, visitor) } else { (visitor, ada) };
        let command = Command { by: "test".to_owned(), reason: None, order: Order::Merge { with } };
        let (told, ()) = tokio::join!(world.engine.command(&world.workspace, asked, command), async {
            tokio::task::yield_now().await;
            world.settle(Worker::Inputs).await;
        });
        told.unwrap();
        world.come_to_rest().await;
        assert_eq!(world.document(visitor).await.into.map(|into| into.contact), Some(ada));
        assert!(world.document(ada).await.merged.contains_key(&visitor));
        world.assert_all_replay().await;
    }
}

/// What is left in the end, whatever happened on the way.
async fn outcome(world: &World) -> (usize, usize, BTreeSet<String>, Vec<String>, u64) {
    let themselves = world.themselves().await;
    assert_eq!(themselves.len(), 1, "{themselves:?}");
    let contact = &themselves[0];
    let n_orders = contact.summaries.values().map(|summary| summary.count).sum();
    let devices = contact.anonymous_ids.iter().cloned().collect();
    (contact.merged.len(), contact.runs.len(), devices, world.states().await, n_orders)
}

#[tokio::test]
async fn s13_3_a_crash_between_any_two_commits_changes_nothing() {
    let mut expected = None;
    for crash_after in 0_usize.. {
        let mut world = World::new().await;
        world.apply(&portfolio(HELLO, "")).await;
        for device in ["a", "b", "c"] {
            world
                .happens_to(
                    ids(None, Some(device)),
                    "Signed Up",
                    json!({ "email": format!("{device}@example.com") }),
                )
                .await;
            world.happens_to(ids(None, Some(device)), "Ordered", json!({})).await;
        }
        world.happens_to(ids(None, Some("c")), "Seen", json!({ "email": "b@example.com" })).await;
        world.happens_to(ids(Some("ada"), Some("a")), "Seen", json!({ "email": "c@example.com" })).await;
        // One commit after the other, and then the end of the process.
        let mut n_ticks = 0;
        let workers = [Worker::Inbox, Worker::Alarms, Worker::Outbox];
        let mut n_idle = 0;
        while n_ticks < crash_after && n_idle < workers.len() {
            tokio::task::yield_now().await;
            let n_done = world.tick(workers[n_ticks % workers.len()]).await;
            n_idle = if n_done == 0 { n_idle + 1 } else { 0 };
            n_ticks += 1;
        }
        let is_over = n_idle >= workers.len();
        world = world.crash().await;
        world.settle(Worker::Recovery).await;
        world.come_to_rest().await;
        let (n_merged, n_runs, devices, states, n_orders) = outcome(&world).await;
        world.assert_all_replay().await;
        // Whoever came late to be one with another was welcomed by then; an attempt that was cut short is uncertain.
        let ends = ["sent", "uncertain", "cancelled"];
        assert!(states.iter().all(|state| ends.contains(&state.as_str())), "{states:?}");
        let found = (n_merged, n_runs, devices, states.len(), n_orders);
        assert_eq!(*expected.get_or_insert_with(|| found.clone()), found, "after {crash_after}");
        if is_over {
            assert!(crash_after > 3);
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s13_3_two_nodes_that_find_out_the_same_end_with_one_contact() {
    let world = World::in_place(Place::postgres().await, EngineOptions::default()).await;
    world.apply(&portfolio(HELLO, "")).await;
    let courier = Arc::new(Recorder::default());
    let other = engine_on(world.place.open().await, &courier, &world.clock, EngineOptions::default()).await;
    let (workspace, at) = (&world.workspace, world.now());
    let take_in = async |engine: &Engine, events: Vec<Event>| {
        let (answer, ()) = tokio::join!(engine.ingest(workspace, events), async {
            tokio::task::yield_now().await;
            while engine.tick(Worker::Inputs, at).await.unwrap().n_done > 0 {}
        });
        answer.unwrap();
    };
    let mut n_events = 0;
    for round in 0..6 {
        let event = |device: usize, address: usize| {
            let traits = json!({ "email": format!("{address}@example.com") });
            of(ids(None, Some(&format!("device-{device}"))), "Ordered", &traits, at)
        };
        // Opposite orders, so that one node merges one way while the other merges the other way.
        let one: Vec<Event> = (0..4).map(|n| event(n, (n + round) % 4)).collect();
        let two: Vec<Event> = (0..4).rev().map(|n| event((n + 1) % 4, n)).collect();
        n_events += one.len() + two.len();
        tokio::join!(take_in(&world.engine, one), take_in(&other, two));
        let (one, two) = tokio::join!(world.engine.tick(Worker::Inbox, at), other.tick(Worker::Inbox, at));
        assert!(one.is_ok() && two.is_ok());
    }
    world.come_to_rest().await;
    let themselves = world.themselves().await;
    assert_eq!(themselves.len(), 1, "{themselves:?}");
    let all = world.engine.store().contacts_page(workspace, None, 100).await.unwrap();
    let mut n_taken = 0;
    for (contact, _) in &all {
        let rows = world.engine.store().history(workspace, *contact, 0, 10_000).await.unwrap();
        n_taken += rows.iter().filter(|row| row.event.is_some()).count();
    }
    assert_eq!(n_taken, n_events, "each event was taken once");
    let counted: u64 = themselves[0].summaries.values().map(|summary| summary.count).sum();
    assert_eq!(counted, n_events as u64);
    world.assert_all_replay().await;
    drop(other);
}
