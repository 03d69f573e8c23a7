//! How long what is kept of people stays, where a team decides it: table by table, in the policies.

use std::collections::BTreeMap;

use crate::time::Period;

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// The longest time that a team can set, in days.
const DAYS_MAX: u32 = 36_500;

/// A table whose rows leave by age, and for how long it keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settable {
    /// The table; the policies name it like this.
    pub table: &'static str,
    /// How many days it keeps its rows if nobody says.
    pub usual: u32,
    /// The fewest days: what goes on needs its rows for so long.
    pub least: u32,
}

const fn settable(table: &'static str, usual: u32, least: u32) -> Settable {
    Settable { table, usual, least }
}

/// All tables of which a team decides.
pub const SETTABLE: [Settable; 7] = [
    settable("history", 730, 30),
    settable("message", 730, 30),
    settable("message_payload", 30, 1),
    settable("task", 730, 30),
    settable("import", 30, 1),
    settable("quarantine", 30, 1),
    settable("counter", 800, 32),
];

/// What the policies say of how long tables keep their rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retention {
    said: BTreeMap<&'static str, Period>,
}

impl Retention {
    /// How long a table keeps its rows; none if it isn't one of those of which a team decides.
    pub fn of(&self, table: &str) -> Option<Period> {
        let known = SETTABLE.iter().find(|known| known.table == table)?;
        let usual = Period::from_millis(i64::from(known.usual) * DAY_MS);
        Some(self.said.get(known.table).copied().unwrap_or(usual))
    }

    /// Sets how long a table keeps its rows.
    ///
    /// Fails, with the least and the most days, if that is too short or too long; names nobody knows are ignored.
    pub fn set(&mut self, table: &str, kept: Period) -> Result<(), (u32, u32)> {
        let Some(known) = SETTABLE.iter().find(|known| known.table == table) else { return Ok(()) };
        let days = kept.as_millis() / DAY_MS;
        if days < i64::from(known.least) || days > i64::from(DAYS_MAX) {
            return Err((known.least, DAYS_MAX));
        }
        self.said.insert(known.table, kept);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Retention, SETTABLE};
    use crate::time::Period;

    fn days(days: i64) -> Period {
        Period::from_millis(days * super::DAY_MS)
    }

    #[test]
    fn what_nobody_says_is_kept_as_usual_and_what_goes_on_is_never_starved() {
        let mut retention = Retention::default();
        assert_eq!(retention.of("history"), Some(days(730)));
        assert_eq!(retention.set("history", days(90)), Ok(()));
        assert_eq!(retention.of("history"), Some(days(90)));
        assert_eq!(retention.set("history", days(29)), Err((30, 36_500)));
        assert_eq!(retention.of("history"), Some(days(90)), "what is refused changes nothing");
        assert_eq!(retention.of("contact"), None);
        assert!(SETTABLE.iter().all(|known| known.least <= known.usual));
    }
}
