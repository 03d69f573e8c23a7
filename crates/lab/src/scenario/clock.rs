//! Instants as a person reads them: in the contact's zone, and as time since the test's beginning.

use wend_domain::catalog::Catalog;
use wend_domain::contact::Contact;
use wend_domain::time::Timestamp;
use wend_domain::zone::Zone;

/// How a test's instants are told.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    zone: Zone,
    start: Timestamp,
}

impl Clock {
    /// The clock of a contact as it is when the test begins, else the workspace's.
    pub(super) fn of(catalog: &Catalog, contact: &Contact, start: Timestamp) -> Self {
        Self { zone: contact.zone().unwrap_or_else(|| catalog.policies.zone.clone()), start }
    }

    /// A clock of a zone for a test that begins then.
    pub(super) fn new(zone: Zone, start: Timestamp) -> Self {
        Self { zone, start }
    }

    /// When the test begins.
    pub(super) fn start(&self) -> Timestamp {
        self.start
    }

    /// An instant as a test file writes it: local time with its offset.
    pub(super) fn written(&self, at: Timestamp) -> String {
        let zoned = at.to_jiff().to_zoned(self.zone.to_jiff().clone());
        let is_whole_minute = at.as_millis() % 60_000 == 0;
        let format = if is_whole_minute { "%Y-%m-%dT%H:%M%:z" } else { "%Y-%m-%dT%H:%M:%S%:z" };
        zoned.strftime(format).to_string()
    }

    /// The zone's name.
    pub(super) fn zone(&self) -> &str {
        self.zone.name()
    }

    /// Local time, to the minute unless more is needed to tell it.
    pub(super) fn local(&self, at: Timestamp) -> String {
        let format = match at.as_millis() {
            millis if millis % 60_000 == 0 => "%a %Y-%m-%d %H:%M",
            millis if millis % 1_000 == 0 => "%a %Y-%m-%d %H:%M:%S",
            _ => "%a %Y-%m-%d %H:%M:%S%.3f",
        };
        self.zone.local(at).strftime(format).to_string()
    }

    /// The time since the test's beginning, as test files write it.
    pub(super) fn after(&self, at: Timestamp) -> String {
        format!("+{}", at.since(self.start))
    }

    /// An instant as the timeline tells it.
    pub(super) fn when(&self, at: Timestamp) -> String {
        format!("{}  {}", self.local(at), self.after(at))
    }

    /// An instant, and how long after the beginning it is.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        format!("{} ({})", self.local(at), self.after(at))
    }
}
