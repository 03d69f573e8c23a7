//! What traits were seen with, and accounts.

use wend_domain::id::WorkspaceId;
use wend_store::{
    AccountChange, AccountKey, Changes, NewAccountInput, OTHERS, SeenNow, SeenTraits, Store, TRAITS_MAX,
};

use crate::helper::*;

fn seen(name: &str, kind: &str, fault: &str, n: u64, millis: i64) -> SeenTraits {
    let now = SeenNow { n, at: at(millis), contact: contact(1).to_string() };
    map([((name.to_owned(), kind.to_owned(), fault.to_owned()), now)])
}

async fn see(store: &Store, workspace: &WorkspaceId, traits_seen: SeenTraits) {
    commit(store, workspace, Changes { traits_seen, ..Changes::default() }).await;
}

/// Name, type, fault, how often, first and last.
async fn shown(store: &Store) -> Vec<String> {
    let rows = store.traits_seen(&shop()).await.unwrap();
    let line = |row: wend_store::TraitSeenRow| {
        let (first, last) = (row.first_at.as_millis(), row.last_at.as_millis());
        format!("{} {} {} {} {first}-{last}", row.name, row.kind, row.fault, row.n)
    };
    rows.into_iter().map(line).collect()
}

#[test]
fn what_was_seen_of_traits_is_the_same_before_and_after_it_is_added_up() {
    for_each_database(async |store| {
        let other = WorkspaceId::from("other");
        store.workspace_create(&other, at(0)).await.unwrap();
        see(store, &shop(), seen("age", "number", "", 2, 10)).await;
        see(store, &shop(), seen("age", "text", "type", 1, 20)).await;
        tidy(store, at(25)).await;
        see(store, &shop(), seen("age", "number", "", 3, 30)).await;
        see(store, &other, seen("age", "number", "", 100, 30)).await;
        let expected = ["age number  5 10-30", "age text type 1 20-20"];
        assert_eq!(shown(store).await, expected);
        for _ in 0..5 {
            tidy(store, at(40)).await;
        }
        assert_eq!(shown(store).await, expected);
    });
}

#[test]
fn traits_beyond_the_bound_are_added_up_under_one_name() {
    for_each_database(async |store| {
        let many: SeenTraits =
            (0..TRAITS_MAX + 5).flat_map(|n| seen(&format!("trait {n:05}"), "text", "", 1, 10)).collect();
        see(store, &shop(), many).await;
        tidy(store, at(20)).await;
        let rows = store.traits_seen(&shop()).await.unwrap();
        assert_eq!(rows.len(), TRAITS_MAX + 1);
        assert_eq!(rows.iter().find(|row| row.name == OTHERS).map(|row| row.n), Some(5));
    });
}

fn told(account: &str, input_json: &str) -> NewAccountInput {
    NewAccountInput { account: account.to_owned(), input_json: input_json.to_owned(), at: at(5) }
}

fn key(account: &str) -> AccountKey {
    AccountKey { workspace: shop(), account: account.to_owned() }
}

fn change(account: &str, taken: Vec<i64>) -> AccountChange {
    AccountChange {
        key: key(account),
        document_json: format!("\"{account}\""),
        shared_by: "[]".to_owned(),
        telling: false,
        members: Vec::new(),
        told: Vec::new(),
        taken,
    }
}

/// Something in every table.
pub async fn fill(store: &Store) {
    see(store, &shop(), seen("age", "number", "", 2, 10)).await;
    tidy(store, at(15)).await;
    see(store, &shop(), seen("age", "number", "", 3, 20)).await;
    store.tell_account(&shop(), told("acme", "1")).await.unwrap();
    let mut accounting = store.begin_accounting(10).await.unwrap();
    accounting.document(&key("acme")).await.unwrap();
    let queue = accounting.queue(&key("acme"), 10).await.unwrap();
    let members = vec![(contact(7), "{}".to_owned(), false)];
    let change = AccountChange { members, telling: true, ..change("acme", vec![queue[0].0]) };
    accounting.commit(vec![change]).await.unwrap();
    store.tell_account(&shop(), told("acme", "2")).await.unwrap();
}

#[test]
fn an_account_takes_what_it_was_told_in_order_and_once() {
    for_each_database(async |store| {
        let account_inputs = vec![told("acme", "1"), told("acme", "2"), told("other", "3")];
        commit(store, &shop(), Changes { account_inputs, ..Changes::default() }).await;
        assert!(store.are_accounts_waiting().await.unwrap());
        let mut accounting = store.begin_accounting(10).await.unwrap();
        assert_eq!(accounting.keys, [key("acme"), key("other")]);
        assert_eq!(accounting.document(&key("acme")).await.unwrap(), "");
        let queue = accounting.queue(&key("acme"), 10).await.unwrap();
        assert_eq!(queue.iter().map(|(_, text, _)| text.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        let member = (contact(7), "{\"a\":1}".to_owned(), false);
        let left = (contact(8), "{\"a\":2}".to_owned(), true);
        let change = AccountChange { members: vec![member, left], ..change("acme", vec![queue[0].0]) };
        accounting.commit(vec![change]).await.unwrap();

        let row = store.account(&shop(), "acme").await.unwrap().unwrap();
        assert_eq!(row.document_json, "\"acme\"");
        assert_eq!(store.account(&shop(), "other").await.unwrap(), None, "nothing is known of it yet");
        let members = store.account_members(&shop(), "acme", "", 10).await.unwrap();
        assert_eq!(members, [(contact(7), "{\"a\":1}".to_owned())], "who has left is no member");
        let mut accounting = store.begin_accounting(10).await.unwrap();
        assert_eq!(accounting.member(&key("acme"), contact(8)).await.unwrap().as_deref(), Some("{\"a\":2}"));
        let queue = accounting.queue(&key("acme"), 10).await.unwrap();
        assert_eq!(queue.iter().map(|(_, text, _)| text.as_str()).collect::<Vec<_>>(), ["2"]);
    });
}

#[test]
fn what_is_not_committed_waits_and_what_members_are_told_waits_in_their_inbox() {
    for_each_database(async |store| {
        store.tell_account(&shop(), told("acme", "1")).await.unwrap();
        drop(store.begin_accounting(10).await.unwrap());
        let mut accounting = store.begin_accounting(10).await.unwrap();
        while accounting.keys.is_empty() {
            // The transaction that was dropped is gone a moment later.
            drop(accounting);
            accounting = store.begin_accounting(10).await.unwrap();
        }
        accounting.document(&key("acme")).await.unwrap();
        let queue = accounting.queue(&key("acme"), 10).await.unwrap();
        let word = wend_store::NewInbox {
            contact: contact(7),
            source: "account:acme:1".to_owned(),
            input_json: "{}".to_owned(),
            stuck: None,
            at: at(6),
        };
        let change = AccountChange { telling: true, told: vec![word], ..change("acme", vec![queue[0].0]) };
        accounting.commit(vec![change]).await.unwrap();
        assert_eq!(store.inbox_ready_workspaces().await.unwrap(), [shop()]);
        assert!(store.are_accounts_waiting().await.unwrap(), "members are still to be told");
        let keys = store.accounts_otherwise_shared(&shop(), "[\"plan\"]", 10).await.unwrap();
        assert_eq!(keys, [key("acme")]);
        assert!(store.accounts_otherwise_shared(&shop(), "[]", 10).await.unwrap().is_empty());
        assert_eq!(store.accounts(&shop(), "acme", 10).await.unwrap(), []);
        assert_eq!(store.accounts(&shop(), "", 10).await.unwrap().len(), 1);
        assert_eq!(store.accounts(&WorkspaceId::from("other"), "", 10).await.unwrap(), []);
    });
}
