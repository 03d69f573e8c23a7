//! Chance from a seed that is printed, so that a failure can be had again.

use std::time::{SystemTime, UNIX_EPOCH};

/// The variable that gives the seed of a failure again.
const SEED: &str = "WEND_SEED";

/// A generator (`SplitMix64`): the same seed gives the same numbers.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    /// Whether something of so many percent happens.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// The seed from `WEND_SEED`, or a new one; a failure shows it.
#[expect(clippy::disallowed_methods, reason = "a seed that nobody chose comes from the clock")]
pub fn seed() -> u64 {
    let given = std::env::var(SEED).ok().map(|seed| seed.parse().expect("WEND_SEED is a whole number"));
    let seed = given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
        u64::from(now.subsec_nanos()) ^ (now.as_secs() << 20) ^ u64::from(std::process::id())
    });
    println!("{SEED}={seed}");
    seed
}
