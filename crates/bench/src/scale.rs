//! How much goes in.

/// Contacts of a full measurement.
const CONTACTS: u64 = 1_000_000;
/// Contacts of a quick one.
const CONTACTS_QUICK: u64 = 50_000;

/// How much goes in.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// How many contacts there are.
    pub n_contacts: u64,
    /// How many events they send while it is measured.
    pub n_events: u64,
    /// For how many seconds the rate of events is held.
    pub paced_for_s: u64,
    /// How many events a second come in at that rate.
    pub events_per_second: u64,
}

impl Scale {
    /// A million of everything, or what was asked for.
    pub fn new(quick: bool, n_contacts: Option<u64>, n_events: Option<u64>, seconds: Option<u64>) -> Self {
        let n_contacts = n_contacts.unwrap_or(if quick { CONTACTS_QUICK } else { CONTACTS }).max(10);
        Self {
            n_contacts,
            n_events: n_events.unwrap_or(n_contacts).max(100),
            paced_for_s: seconds.unwrap_or(if quick { 5 } else { 30 }),
            events_per_second: 2_000,
        }
    }
}
