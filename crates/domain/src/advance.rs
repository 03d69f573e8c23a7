//! What happens to a contact: the one pure function that carries the product.

use crate::behaviour::SummaryId;
use crate::catalog::Catalog;
use crate::contact::Contact;
use crate::effect::Effect;
use crate::id::EventName;
use crate::input::Input;
use crate::record::Record;
use crate::time::Timestamp;

/// What came of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Advanced {
    /// The contact afterwards.
    pub contact: Contact,
    /// What the shell must do, in order.
    pub effects: Vec<Effect>,
    /// What was decided and why.
    pub record: Record,
    /// The earliest deadline of anything the contact waits for.
    pub alarm: Option<Timestamp>,
}

/// History that must be loaded into [`Input::history`] before an input can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Whose summaries.
    pub summaries: Vec<SummaryId>,
    /// The events that they count.
    pub events: std::collections::BTreeSet<EventName>,
}

/// The history that an input needs and the document lacks; none if it can be taken as it is.
pub fn needs(catalog: &Catalog, contact: &Contact, input: &Input) -> Option<Needs> {
    let _ = (catalog, contact, input);
    None
}

/// Takes one input of one contact (SEMANTICS 3).
///
/// `at` is the time at which the actor takes it; an earlier one than the contact's last counts as the last.
pub fn advance(catalog: &Catalog, contact: Contact, input: &Input, at: Timestamp) -> Advanced {
    let _ = (catalog, input, at);
    Advanced { contact, effects: Vec::new(), record: Record::new(), alarm: None }
}
