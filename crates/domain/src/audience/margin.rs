//! How far off a share may be that was found in a random sample.
//!
//! The interval is Wilson's score interval (E. B. Wilson, "Probable inference, the law of succession, and statistical
//! inference", Journal of the American Statistical Association 22, 1927), which Brown, Cai and `DasGupta` recommend for a
//! proportion ("Interval estimation for a binomial proportion", Statistical Science 16, 2001): unlike the textbook's it
//! stays inside 0 and 1, and is honest for rare things. A sample that is a good part of all contacts says more than its
//! size alone: its size is corrected for that, so that who asks everybody has no margin.

use serde::Serialize;

/// The standard normal quantile of 0.975: 95 of 100 such intervals hold the true share.
const Z: f64 = 1.959_963_984_540_054;

/// A share of contacts as a sample shows it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// How many contacts were asked.
    pub sampled: u64,
    /// How many of them answered yes.
    pub matched: u64,
    /// How many contacts there are.
    pub contacts: u64,
    /// The most likely share, from 0 to 1.
    pub share: f64,
    /// The lower end of the 95 percent interval.
    pub low: f64,
    /// The upper end of the 95 percent interval.
    pub high: f64,
}

impl Share {
    /// The share that a random sample shows.
    pub fn of(sampled: u64, matched: u64, contacts: u64) -> Self {
        let contacts = contacts.max(sampled);
        let share = if sampled == 0 { 0.0 } else { matched as f64 / sampled as f64 };
        let (low, high) = if sampled == 0 && contacts > 0 {
            (0.0, 1.0)
        } else if sampled >= contacts {
            (share, share)
        } else {
            interval(share, effective(sampled as f64, contacts as f64))
        };
        Self { sampled, matched, contacts, share, low, high }
    }

    /// Whether everybody was asked.
    pub fn is_exact(&self) -> bool {
        self.sampled >= self.contacts
    }

    /// How many contacts the share means: the most likely number, the least and the most.
    pub fn numbers(&self) -> (u64, u64, u64) {
        if self.is_exact() {
            return (self.matched, self.matched, self.matched);
        }
        let of = |share: f64| share * self.contacts as f64;
        (of(self.share).round() as u64, of(self.low).floor() as u64, of(self.high).ceil() as u64)
    }
}

/// The size that a sample without replacement is worth.
fn effective(sampled: f64, contacts: f64) -> f64 {
    sampled * (contacts - 1.0) / (contacts - sampled)
}

fn interval(share: f64, n: f64) -> (f64, f64) {
    let z2 = Z * Z;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons_for_a_small_sample_of_many() {
        // Known values of the score interval without correction.
        for (matched, low, high) in
            [(0, 0.0, 0.2775), (1, 0.0179, 0.4042), (5, 0.2366, 0.7634), (10, 0.7225, 1.0)]
        {
            let share = Share::of(10, matched, 1_000_000_000);
            assert!((share.low - low).abs() < 1e-4 && (share.high - high).abs() < 1e-4, "{share:?}");
        }
    }

    #[test]
    fn who_asks_everybody_has_no_margin_and_who_asks_nobody_knows_nothing() {
        let share = Share::of(200, 50, 200);
        assert_eq!((share.low, share.high, share.numbers()), (0.25, 0.25, (50, 50, 50)));
        assert!(share.is_exact());
        assert_eq!(Share::of(0, 0, 0).numbers(), (0, 0, 0));
        assert_eq!(Share::of(0, 0, 10).numbers(), (0, 0, 10));
    }

    #[test]
    fn the_margin_narrows_as_the_sample_comes_near_to_all() {
        let width = |sampled: u64| {
            let share = Share::of(sampled, sampled / 4, 10_000);
            share.high - share.low
        };
        assert!(width(100) > width(1_000) && width(1_000) > width(9_000));
        assert!(width(9_999) < 0.001);
    }

    #[test]
    fn the_true_share_lies_in_about_95_of_100_intervals() {
        // A population of 10,000 of which 3 in 10 are meant, drawn by the product's own keyed hash.
        let mut held = 0;
        for round in 0_u32..1_000 {
            let matched = (0_u32..400)
                .filter(|n| crate::id::chance("sample", &[&round.to_be_bytes(), &n.to_be_bytes()], 10) < 3)
                .count();
            let share = Share::of(400, matched as u64, 1_000_000);
            held += u32::from(share.low <= 0.3 && 0.3 <= share.high);
        }
        assert!((930..=970).contains(&held), "{held}");
    }
}
