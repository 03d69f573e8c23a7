//! In which order senders are asked for one message.
//!
//! Tiers go first to last; within a tier the weights decide by chance, and chance is a hash of message and names: every
//! attempt at a message on every node asks in the same order, so that a retry goes the same way while that way is open.

use crate::id::{MessageId, chance};

/// The largest weight.
pub const WEIGHT_MAX: u32 = 1_000;

/// What the order depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// Senders of a higher tier are only asked when none of a lower one can.
    pub tier: u32,
    /// How often it is the first one asked, compared with the others of its tier; 0 is asked last.
    pub weight: u32,
}

/// The places of the senders, in the order in which they are asked.
pub fn order(message: MessageId, senders: &[Candidate]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..senders.len()).collect();
    left.sort_by_key(|n| senders[*n].tier);
    let mut order = Vec::with_capacity(left.len());
    while let Some(first) = left.first() {
        let tier = senders[*first].tier;
        let n_in_tier = left.iter().take_while(|n| senders[**n].tier == tier).count();
        let picked = pick(message, order.len(), &left[..n_in_tier], senders);
        order.push(left.remove(picked));
    }
    order
}

/// The place in `left` of the one that is asked next.
fn pick(message: MessageId, round: usize, left: &[usize], senders: &[Candidate]) -> usize {
    if left.len() == 1 {
        return 0;
    }
    let weight = |n: &usize| u64::from(senders[*n].weight.min(WEIGHT_MAX));
    let sum: u64 = left.iter().map(weight).sum();
    let round = u64::try_from(round).unwrap_or(u64::MAX);
    let mut drawn = chance("sender", &[&message.to_bytes(), &round.to_be_bytes()], sum);
    for (place, n) in left.iter().enumerate() {
        if drawn < weight(n) {
            return place;
        }
        drawn -= weight(n);
    }
    0
}

#[cfg(test)]
mod tests;
