//! Sums that never miscount, whatever comes late or twice.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::compile::{Portfolio, compile};
use crate::id::WorkspaceId;
use crate::source::SourceFile;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn contact(n: u8) -> ContactId {
    ContactId::hashed(at(0), &[&[n]])
}

fn catalog() -> Catalog {
    let text = "accounts:\n  rollups:\n    seats: { count: members }\n    spent: { sum: spent }\n";
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let files = vec![
        file("segments/s.yaml", "segment: s\nwhere: { account: spent, gte: 3 }\n"),
        file("traits.yaml", text),
    ];
    let compiled = compile(&WorkspaceId::from("w"), 1, &Portfolio { files, ..Portfolio::default() });
    compiled.catalog.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics))
}

fn report(contact: ContactId, version: u64, left: bool, spent: i64) -> AccountInput {
    let parts = [("seats".to_owned(), 1_000_000), ("spent".to_owned(), spent)];
    AccountInput::Member(Report { contact, version, left, parts: BTreeMap::from(parts) })
}

#[test]
fn traits_are_set_and_removed_and_sums_are_nobodys_to_set() {
    let catalog = catalog();
    let tell = |account: Account, traits: Value| {
        let Value::Object(traits) = traits else { unreachable!("it is an object") };
        take(&catalog, account, None, &AccountInput::Traits(traits), at(1)).account
    };
    let account = tell(Account::new("acme", at(0)), json!({ "plan": "pro", "seats": 99, "gone": 1 }));
    let account = tell(account, json!({ "gone": null }));
    assert_eq!(
        account.seen(&catalog),
        json!({ "plan": "pro", "seats": 0, "spent": 0 }).as_object().unwrap().clone()
    );
}

#[test]
fn members_are_told_only_when_something_changes_that_rules_read() {
    let catalog = catalog();
    let account = Account::new("acme", at(0));
    let joined = take(&catalog, account, None, &report(contact(1), 1, false, 2_500_000), at(1));
    assert_eq!((joined.account.version, joined.account.n_members), (1, 1));
    assert_eq!(joined.account.shared["spent"], json!(2.5));
    assert!(joined.account.telling.is_some());
    let traits = json!({ "plan": "pro" }).as_object().unwrap().clone();
    let mut account = joined.account;
    account.telling = None;
    let taken = take(&catalog, account, None, &AccountInput::Traits(traits), at(2));
    assert_eq!((taken.account.version, taken.account.telling), (1, None), "nobody reads the plan");
}

#[test]
fn what_is_too_large_is_left_out() {
    let catalog = catalog();
    let large = Map::from_iter([
        ("large".to_owned(), json!("x".repeat(ACCOUNT_BYTES_MAX))),
        ("small".to_owned(), json!(1)),
    ]);
    let taken = take(&catalog, Account::new("acme", at(0)), None, &AccountInput::Traits(large), at(1));
    assert!(taken.account.traits.contains_key("small") && !taken.account.traits.contains_key("large"));
}

proptest! {
    #[test]
    fn late_and_doubled_reports_never_miscount(
        // Of three members: which one, whether it leaves, and what it has spent; each may come again later.
        reports in prop::collection::vec((0..3_u8, any::<bool>(), 0..1_000_000_i64), 1..30),
        again in prop::collection::vec(0..30_usize, 0..30),
    ) {
        let catalog = catalog();
        let numbered: Vec<AccountInput> = reports
            .iter()
            .enumerate()
            .map(|(n, (member, left, spent))| report(contact(*member), n as u64 + 1, *left, *spent))
            .collect();
        let mut account = Account::new("acme", at(0));
        let mut members: BTreeMap<ContactId, Member> = BTreeMap::new();
        let repeated = again.iter().filter_map(|place| numbered.get(*place));
        for input in numbered.iter().chain(repeated) {
            let AccountInput::Member(of) = input else { unreachable!("all are reports") };
            let taken = take(&catalog, account, members.get(&of.contact).cloned(), input, at(1));
            account = taken.account;
            members.extend(taken.member.map(|member| (of.contact, member)));
        }
        let mut last: BTreeMap<u8, (bool, i64)> = BTreeMap::new();
        for (member, left, spent) in &reports {
            last.insert(*member, (*left, *spent));
        }
        let there: Vec<i64> = last.values().filter(|(left, _)| !left).map(|(_, spent)| *spent).collect();
        prop_assert_eq!(account.n_members, there.len() as u64);
        prop_assert_eq!(account.sums.get("seats").copied().unwrap_or_default(), there.len() as i64 * 1_000_000);
        prop_assert_eq!(account.sums.get("spent").copied().unwrap_or_default(), there.iter().sum::<i64>());
    }
}
