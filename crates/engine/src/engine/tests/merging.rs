//! Contacts who turn out to be one person (SEMANTICS 13): the saga through inboxes, on both databases.

use std::collections::BTreeSet;

use wend_domain::consent::Answer;
use wend_domain::id::MessageId;
use wend_domain::input::{Command, Order};
use wend_domain::run::{EndReason, RunState};

use super::*;

/// What a person is called in an event.
fn ids(user: Option<&str>, anonymous: Option<&str>) -> Identifiers {
    Identifiers {
        user_id: user.map(str::to_owned),
        anonymous_id: anonymous.map(str::to_owned),
        ..Identifiers::default()
    }
}

/// An event of somebody, with these traits.
fn of(identifiers: Identifiers, name: &str, traits: Value, at: Timestamp) -> Event {
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
        self.ingest(vec![of(identifiers, name, traits, self.now())]).await;
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
