//! Double opt-in: a subscription counts once the person has confirmed it through a link in a message (SEMANTICS 7.3).

use super::consents::{self, How};
use super::turn::{About, Turn};
use crate::catalog::Concern;
use crate::consent::{Answer, UNCONFIRMED, Unconfirmed};
use crate::id::{CONFIRMATION, Category, MessageId, RunId, StepId, WorkflowName};
use crate::limits::CONFIRM_AGAIN_AFTER_MS;
use crate::message::{Message, MessageKind, MessageState};
use crate::record::Decision;
use crate::time::Period;

/// Whether an answer is a subscription that the person has to confirm first.
pub(super) fn is_wanted(turn: &Turn<'_>, category: &Category, answer: Answer, how: &How<'_>) -> bool {
    let policy = turn.catalog.policies.categories.get(category);
    let is_subscribed =
        turn.contact.consent.categories.get(category).is_some_and(|given| given.answer == Answer::Subscribed);
    answer == Answer::Subscribed
        && !how.confirmed
        && !is_subscribed
        && policy.is_some_and(|policy| policy.double_opt_in.is_some())
}

/// Remembers that the person wants to subscribe, and wants the message with the link sent: at most once a day, however
/// often somebody enters the address into a form.
pub(super) fn ask(turn: &mut Turn<'_>, category: &Category, how: &How<'_>, concerns: &mut Vec<Concern>) {
    let open = turn.contact.consent.unconfirmed.get(category);
    if let Some(open) = open
        && turn.at.since(open.at) < Period::from_millis(CONFIRM_AGAIN_AFTER_MS)
    {
        let why = format!("the confirmation of {category} was asked for at {}", open.at);
        return turn.note("7.3", About::default(), Decision::NotDone { why });
    }
    let unconfirmed = Unconfirmed { at: turn.at, source: how.source.to_owned() };
    turn.contact.consent.unconfirmed.insert(category.clone(), unconfirmed);
    consents::write(turn, &format!("category {category}"), UNCONFIRMED.to_owned(), *how);
    concerns.push(Concern::Consent);
    turn.note("7.3", About::default(), Decision::ConfirmationAsked { category: category.to_string() });
    let policy = turn.catalog.policies.categories.get(category);
    let Some(template) = policy.and_then(|policy| policy.double_opt_in.clone()) else { return };
    let Some(channel) = turn.catalog.templates.get(&template).map(|template| template.channel.clone()) else {
        let why = format!("the template `{template}` does not exist any more");
        return turn.note("7.0", About::default(), Decision::RenderFailed { error: why });
    };
    let parts = turn.next_id_parts();
    let parts = [parts[0].as_slice(), &parts[1], &parts[2]];
    let id = MessageId::hashed(turn.at, &parts);
    let message = Message {
        id,
        kind: MessageKind::Send,
        run: RunId::hashed(turn.at, &parts),
        workflow: WorkflowName::from(CONFIRMATION),
        version: 0,
        step: StepId::from(category.as_str()),
        channel: channel.clone(),
        category: category.clone(),
        transactional: true,
        template: template.clone(),
        content_hash: String::new(),
        address: String::new(),
        intent_at: turn.at,
        reserved_at: None,
        expires_at: None,
        attempts: 0,
        state: MessageState::Rendering,
        state_at: turn.at,
        engagement: std::collections::BTreeMap::new(),
        links: Vec::new(),
        reported: None,
        ghost: false,
        hop: turn.hop,
        may_have_gone: false,
        sender: String::new(),
        provider_id: String::new(),
        of: None,
    };
    let about = super::sending::about(&message);
    turn.note(
        "7.0",
        about,
        Decision::Intended { channel: channel.to_string(), template: template.to_string() },
    );
    turn.contact.ledger.push(message);
    turn.want(id);
    super::sending::touch(turn, id);
}
