//! Traits, computed traits and accounts end to end, on both databases.

use wend_domain::account::Account;
use wend_domain::id::SegmentName;
use wend_domain::input::{Command, Order};

use super::*;

const TRAITS: &str = "traits:
  age: { type: number }
  email: { type: text, required: true }
computed:
  orders: { event: Ordered, count: true }
accounts:
  traits:
    plan: { type: text, in: [free, pro] }
  rollups:
    seats: { count: members }
    orders: { sum: orders }
";

fn portfolio() -> Vec<SourceFile> {
    vec![
        file("traits.yaml", TRAITS),
        file("segments/pros.yaml", "segment: pros\nwhere: { account: plan, eq: pro }\n"),
        file("segments/large.yaml", "segment: large\nwhere: { account: seats, gte: 3 }\n"),
    ]
}

fn grouped(user: &str, account: &str, traits: &Value, at: Timestamp) -> Event {
    let properties = json!({ "groupId": account, "traits": traits });
    let name = wend_domain::event::standard_name(EventKind::Group);
    Event { kind: EventKind::Group, name, ..event(user, "Group", properties, at) }
}

impl World {
    /// Lets accounts and their members come to rest.
    async fn settle_accounts(&self) {
        for _ in 0..TICKS_MAX {
            let n_taken = self.tick(Worker::Accounts).await;
            let n_told = self.tick(Worker::Inbox).await;
            if n_taken + n_told == 0 {
                return;
            }
        }
        panic!("accounts never come to rest");
    }

    async fn account(&self, account: &str) -> Account {
        let row = self.engine.store().account(&self.workspace, account).await.unwrap();
        serde_json::from_str(&row.expect("the account is known").document_json).unwrap()
    }

    async fn is_in(&self, user: &str, segment: &str) -> bool {
        self.contact(user).await.segments.contains_key(&SegmentName::from(segment))
    }
}

#[tokio::test]
async fn an_account_tells_its_members_and_counts_what_they_did() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let world = World::in_place(place, EngineOptions::default()).await;
        world.apply(&portfolio()).await;
        let at = world.now();
        world.ingest(vec![grouped("ada", "acme", &json!({ "plan": "free" }), at)]).await;
        world
            .ingest(vec![grouped("bob", "acme", &json!({}), at), grouped("cem", "other", &json!({}), at)])
            .await;
        world.settle_accounts().await;
        assert!(!world.is_in("ada", "pros").await);
        assert_eq!(world.account("acme").await.n_members, 2);

        world.ingest(vec![grouped("bob", "acme", &json!({ "plan": "pro" }), at)]).await;
        world.settle_accounts().await;
        for (user, is_pro) in [("ada", true), ("bob", true), ("cem", false)] {
            assert_eq!(world.is_in(user, "pros").await, is_pro, "{user}");
        }

        world
            .ingest(vec![event("ada", "Ordered", json!({}), at), event("bob", "Ordered", json!({}), at)])
            .await;
        world.ingest(vec![grouped("cem", "acme", &json!({}), at)]).await;
        world.settle_accounts().await;
        let acme = world.account("acme").await;
        assert_eq!((acme.sums["orders"], acme.sums["seats"], acme.n_members), (2_000_000, 3_000_000, 3));
        assert!(world.is_in("ada", "large").await && world.is_in("cem", "large").await);

        let contact = world.contact_id("bob").await.unwrap();
        let order = Order::Account { account: "acme".to_owned(), on: false };
        let command = Command { by: "ada".to_owned(), reason: None, order };
        let (record, ()) = tokio::join!(world.engine.command(&world.workspace, contact, command), async {
            tokio::task::yield_now().await;
            world.settle(Worker::Inputs).await;
        });
        record.unwrap();
        world.settle_accounts().await;
        assert_eq!(world.account("acme").await.sums["orders"], 1_000_000);
        assert!(!world.is_in("bob", "pros").await && !world.is_in("ada", "large").await);
        for user in ["ada", "bob", "cem"] {
            world.assert_replays(user).await;
        }
    }
}

#[tokio::test]
async fn two_nodes_never_miscount_the_members_of_an_account() {
    let world = World::in_place(Place::postgres().await, EngineOptions::default()).await;
    world.apply(&portfolio()).await;
    let courier = Arc::new(Recorder::default());
    let other = engine_on(world.place.open().await, &courier, &world.clock, EngineOptions::default()).await;
    let at = world.now();
    for n in 0..12 {
        let user = format!("user-{n}");
        let name = format!("name {n}");
        world
            .ingest(vec![
                grouped(&user, "acme", &json!({ "name": name, "plan": "pro" }), at),
                event(&user, "Ordered", json!({}), at),
            ])
            .await;
        let (one, two) =
            tokio::join!(world.engine.tick(Worker::Accounts, at), other.tick(Worker::Accounts, at));
        one.unwrap();
        two.unwrap();
    }
    world.settle_accounts().await;
    let acme = world.account("acme").await;
    assert_eq!((acme.n_members, acme.sums["seats"], acme.sums["orders"]), (12, 12_000_000, 12_000_000));
    assert_eq!(acme.traits["name"], "name 11", "what was said last counts");
    for n in 0..12 {
        assert!(world.is_in(&format!("user-{n}"), "large").await, "user-{n}");
        assert_eq!(world.contact(&format!("user-{n}")).await.accounts["acme"].traits["plan"], "pro");
    }
}

#[tokio::test]
async fn a_crash_between_every_two_ticks_loses_nothing_and_counts_nothing_twice() {
    let mut world = World::new().await;
    world.apply(&portfolio()).await;
    let at = world.now();
    for user in ["ada", "bob", "cem"] {
        world.ingest(vec![grouped(user, "acme", &json!({ "plan": "pro" }), at)]).await;
        world = world.crash().await;
        world.tick(Worker::Accounts).await;
        world = world.crash().await;
        world.tick(Worker::Inbox).await;
        world = world.crash().await;
    }
    world.settle_accounts().await;
    assert_eq!(world.account("acme").await.n_members, 3);
    for user in ["ada", "bob", "cem"] {
        assert!(world.is_in(user, "pros").await && world.is_in(user, "large").await, "{user}");
        world.assert_replays(user).await;
    }
}

#[tokio::test]
async fn members_hear_of_what_a_new_rule_reads() {
    let world = World::new().await;
    world.apply(&portfolio()[..1]).await;
    world.ingest(vec![grouped("ada", "acme", &json!({ "plan": "pro" }), world.now())]).await;
    world.settle_accounts().await;
    assert!(world.contact("ada").await.accounts["acme"].traits.is_empty(), "no rule reads anything");
    world.apply(&portfolio()).await;
    world.settle(Worker::Jobs).await;
    world.settle_accounts().await;
    assert!(world.is_in("ada", "pros").await);
}

#[tokio::test]
async fn types_and_faults_of_traits_are_counted_and_nothing_is_dropped() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let world = World::in_place(place, EngineOptions::default()).await;
        world.apply(&portfolio()).await;
        let identify = |user: &str, traits: Value| {
            let mut event = event(user, "Identify", json!({}), world.now());
            event.kind = EventKind::Identify;
            event.traits = traits.as_object().unwrap().clone();
            event
        };
        let twice = identify("ada", json!({ "age": 30 }));
        world.ingest(vec![twice.clone(), twice]).await;
        world
            .ingest(vec![identify("bob", json!({ "age": "old", "email": "b@c.example", "orders": 7 }))])
            .await;
        let rows = world.engine.store().traits_seen(&world.workspace).await.unwrap();
        let said: Vec<String> =
            rows.iter().map(|row| format!("{} {} {} {}", row.name, row.kind, row.fault, row.n)).collect();
        assert_eq!(
            said,
            [
                "age number  1",
                "age text type 1",
                "email  missing 1",
                "email text  1",
                "orders number computed 1"
            ]
        );
        let bob = world.contact("bob").await;
        assert_eq!((&bob.traits["age"], &bob.traits["orders"]), (&json!("old"), &json!(0)));
    }
}
