//! How often somebody may try to sign in: a few tries at once, then one every while, for each address.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use wend_domain::time::{Period, Timestamp};

/// Tries that an address has at once.
const TRIES_MAX: i64 = 10;

/// How long it takes until there is one more.
const TRY_AFTER: Period = Period::from_millis(30_000);

/// The most addresses that are counted; beyond it those that have all their tries are forgotten, then all.
const ADDRESSES_MAX: usize = 10_000;

/// The tries that were used lately.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// When each address has all its tries again.
    full_at: Mutex<BTreeMap<String, Timestamp>>,
}

impl Attempts {
    /// Uses one try of an address, or says after how many seconds there is one.
    pub(crate) fn take(&self, address: &str, at: Timestamp) -> Result<(), u32> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= ADDRESSES_MAX {
            full_at.retain(|_, full| *full > at);
        }
        if full_at.len() >= ADDRESSES_MAX {
            full_at.clear();
        }
        let full = full_at.get(address).copied().unwrap_or(at).max(at) + TRY_AFTER;
        let over = full.since(at).as_millis() - TRIES_MAX * TRY_AFTER.as_millis();
        if over > 0 {
            return Err(u32::try_from((over + 999) / 1_000).unwrap_or(u32::MAX));
        }
        full_at.insert(address.to_owned(), full);
        Ok(())
    }

    /// Gives an address all its tries back: it was its owner.
    pub(crate) fn forget(&self, address: &str) {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_some_tries_an_address_must_wait_and_others_need_not() {
        let attempts = Attempts::default();
        let at = Timestamp::from_millis(1_000_000);
        for _ in 0..TRIES_MAX {
            assert_eq!(attempts.take("ada@shop.example", at), Ok(()));
        }
        assert_eq!(attempts.take("ada@shop.example", at), Err(30));
        assert_eq!(attempts.take("bob@shop.example", at), Ok(()));
        assert_eq!(attempts.take("ada@shop.example", at + TRY_AFTER), Ok(()));
        assert!(attempts.take("ada@shop.example", at + TRY_AFTER).is_err());
        attempts.forget("ada@shop.example");
        assert_eq!(attempts.take("ada@shop.example", at), Ok(()));
    }
}
