//! What happens to a contact: the one pure function that carries the product.

use std::collections::VecDeque;

use crate::behaviour::SummaryId;
use crate::catalog::Catalog;
use crate::contact::Contact;
use crate::effect::{Effect, Render};
use crate::id::{EventName, InputId};
use crate::input::{Cause, Input, News, NewsKind};
use crate::limits::INPUTS_PER_TAKE_MAX;
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

/// An input of a contact with all that followed from it in the same transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The contact after the last of them.
    pub contact: Contact,
    /// The earliest deadline of anything the contact waits for.
    pub alarm: Option<Timestamp>,
    /// The inputs in the order in which they were taken, each with its effects and record.
    pub inputs: Vec<TakenInput>,
}

/// One input of a [`Taken`]: one row of history.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenInput {
    /// The input.
    pub input: Input,
    /// What the shell must do.
    pub effects: Vec<Effect>,
    /// What was decided and why.
    pub record: Record,
}

/// More than [`INPUTS_PER_TAKE_MAX`] inputs followed from one: it can't be processed (SEMANTICS 3.15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {INPUTS_PER_TAKE_MAX} inputs followed from this one in one transaction")]
pub struct Endless;

/// Takes an input and everything that follows from it at once: messages that `render` renders and events that steps
/// emit are the contact's next inputs, first in, first out.
///
/// Engine, scenario tests and simulation all come through here.
pub fn take(
    catalog: &Catalog,
    contact: Contact,
    input: Input,
    at: Timestamp,
    render: &mut dyn FnMut(&Render) -> Result<(), String>,
) -> Result<Taken, Endless> {
    let at = at.max(contact.at);
    let mut taken = Taken { contact, alarm: None, inputs: Vec::new() };
    let mut waiting = VecDeque::from([input]);
    while let Some(input) = waiting.pop_front() {
        let advanced = advance(catalog, taken.contact, &input, at);
        taken.contact = advanced.contact;
        taken.alarm = advanced.alarm;
        for (n, cause_and_hop) in
            advanced.effects.iter().filter_map(|effect| follows(effect, render)).enumerate()
        {
            let (cause, hop) = cause_and_hop;
            let id = InputId::hashed(at, &[&input.id.to_bytes(), b"follows", &(n as u64).to_be_bytes()]);
            waiting.push_back(Input { id, cause, history: None, refused_claims: Vec::new(), hop });
        }
        if taken.inputs.len() + waiting.len() >= INPUTS_PER_TAKE_MAX {
            return Err(Endless);
        }
        taken.inputs.push(TakenInput { input, effects: advanced.effects, record: advanced.record });
    }
    Ok(taken)
}

/// The input that an effect leads to in the same transaction, and its hop.
fn follows(effect: &Effect, render: &mut dyn FnMut(&Render) -> Result<(), String>) -> Option<(Cause, u32)> {
    match effect {
        Effect::Render(wanted) => {
            let what = match render(wanted) {
                Ok(()) => NewsKind::Rendered,
                Err(error) => NewsKind::RenderFailed { error },
            };
            Some((Cause::News(News { message: wanted.message, what }), 0))
        }
        Effect::Emit { event, hop } => Some((Cause::Event(event.clone()), *hop)),
        Effect::Dispatch { .. }
        | Effect::Retry { .. }
        | Effect::Cancel { .. }
        | Effect::Settle { .. }
        | Effect::Show(_)
        | Effect::Count { .. } => None,
    }
}
