use super::{Candidate, order};
use crate::id::MessageId;
use crate::time::Timestamp;

fn message(n: u32) -> MessageId {
    MessageId::hashed(Timestamp::from_millis(0), &[&n.to_be_bytes()])
}

fn sender(name: &str, tier: u32, weight: u32) -> Candidate {
    Candidate { name: name.to_owned(), tier, weight }
}

#[test]
fn weights_share_the_messages_of_a_tier() {
    let senders = [sender("a", 1, 3), sender("b", 1, 1), sender("c", 1, 0)];
    let mut n_first = [0; 3];
    for n in 0..4_000 {
        n_first[order(message(n), &senders)[0]] += 1;
    }
    assert!((2_850..3_150).contains(&n_first[0]), "{n_first:?}");
    assert!((850..1_150).contains(&n_first[1]), "{n_first:?}");
    assert_eq!(n_first[2], 0);
}

#[test]
fn a_higher_tier_comes_after_all_of_a_lower_one() {
    let senders = [sender("spare", 2, 1_000), sender("a", 1, 1), sender("b", 1, 1)];
    for n in 0..100 {
        let order = order(message(n), &senders);
        assert_eq!(order[2], 0);
        assert_eq!(order.len(), 3);
    }
}

#[test]
fn every_attempt_asks_in_the_same_order() {
    let senders = [sender("a", 1, 1), sender("b", 1, 1), sender("c", 1, 1)];
    for n in 0..50 {
        assert_eq!(order(message(n), &senders), order(message(n), &senders));
    }
}

#[test]
fn each_is_asked_once_whatever_the_weights_are() {
    for weights in [[0, 0, 0], [1, 0, 7], [u32::MAX, 1, 0]] {
        let senders: Vec<Candidate> =
            weights.iter().enumerate().map(|(n, weight)| sender(&n.to_string(), 1, *weight)).collect();
        for n in 0..50 {
            let mut order = order(message(n), &senders);
            order.sort_unstable();
            assert_eq!(order, [0, 1, 2]);
        }
    }
}
