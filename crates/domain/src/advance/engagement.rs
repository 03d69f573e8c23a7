//! What somebody did with a message, or a mailbox with it: remembered, counted, and told as an event of the contact
//! (SEMANTICS 6.1, 8.3, 15.6).

use serde_json::{Map, Value};

use super::consents::{self, How};
use super::intake;
use super::sending::{about, message_mut, touch};
use super::turn::{Engaged, Turn};
use crate::consent::Answer;
use crate::effect::Effect;
use crate::event::{Event, EventKind};
use crate::id::MessageId;
use crate::identity::Identifiers;
use crate::limits::{LINK_BYTES_MAX, LINKS_PER_CONTACT_MAX, LINKS_PER_MESSAGE_MAX};
use crate::message::Message;
use crate::predicate::{ConsentOf, Engagement};
use crate::record::Decision;
use crate::report::Report;
use crate::time::Timestamp;

/// Who says that an address is bad.
pub(super) const PROVIDER: &str = "provider";

/// How much an opened message says of when the contact is active.
const ACTIVITY_OF_OPEN: u8 = 1;

/// How much a click or a reply says of it: nothing but a person does that.
const ACTIVITY_OF_CLICK: u8 = 3;

/// The contact, or its mailbox, did something with the message; bounces and complaints stop the address (8.3), and who
/// unsubscribes through it has opted out of its category (5.3).
pub(super) fn engaged(
    turn: &mut Turn<'_>,
    known: &Message,
    engagement: Engagement,
    link: Option<&str>,
) -> Option<Engaged> {
    let suppress = match engagement {
        Engagement::Bounced | Engagement::Complained => Some(engagement.as_str().to_owned()),
        _ => None,
    };
    let circumstances =
        Circumstances { occurred_at: turn.at, source: PROVIDER.to_owned(), suppress, more: Map::new() };
    engaged_by(turn, known, engagement, link, &circumstances)
}

/// What is known of how something was done with a message.
#[derive(Debug, Clone)]
pub(super) struct Circumstances {
    /// When, as the source says.
    pub occurred_at: Timestamp,
    /// Who says it.
    pub source: String,
    /// Why the address must not be used any more, if that follows.
    pub suppress: Option<String>,
    /// What the event says besides.
    pub more: Map<String, Value>,
}

impl Circumstances {
    /// What a report tells; nothing is from the future.
    pub fn of(turn: &Turn<'_>, report: &Report) -> Self {
        Self {
            occurred_at: report.occurred_at.min(turn.at),
            source: report.source.clone(),
            suppress: None,
            more: Map::new(),
        }
    }
}

/// The same, as somebody reports it.
pub(super) fn engaged_by(
    turn: &mut Turn<'_>,
    known: &Message,
    engagement: Engagement,
    link: Option<&str>,
    circumstances: &Circumstances,
) -> Option<Engaged> {
    let at = turn.at;
    let is_first_link = link.is_some_and(|link| remember_link(turn, known.id, link));
    let message = message_mut(turn, known.id)?;
    let is_first = !message.engagement.contains_key(&engagement);
    message.engagement.entry(engagement).or_insert(at);
    let what = engagement.as_str();
    if is_first || is_first_link {
        touch(turn, known.id);
        turn.note("6.1", about(known), Decision::Engaged { what: what.to_owned() });
    }
    match engagement {
        Engagement::Bounced | Engagement::Complained if is_first => {
            let reason = circumstances.suppress.as_deref();
            if let Some(reason) = reason {
                let by = &circumstances.source;
                consents::suppress(turn, &known.channel, &known.address, Some(reason), by);
            }
        }
        Engagement::Unsubscribed if is_first && !known.transactional => {
            let of = ConsentOf::Category(known.category.clone());
            let source = format!("message {}", known.id);
            let given = turn.contact.consent.categories.get(&known.category);
            let is_said = given.is_some_and(|given| given.answer == Answer::Unsubscribed && given.at == at);
            if !is_said {
                let how = How { via: Some(known.id), ..How::by(&source) };
                // The caller looks at what consent concerns.
                consents::give(turn, &of, Answer::Unsubscribed, how, &mut Vec::new());
            }
        }
        Engagement::Opened => intake::was_active(turn, circumstances.occurred_at, ACTIVITY_OF_OPEN),
        Engagement::Clicked | Engagement::Replied => {
            intake::was_active(turn, circumstances.occurred_at, ACTIVITY_OF_CLICK);
        }
        Engagement::Sent
        | Engagement::Delivered
        | Engagement::Bounced
        | Engagement::Complained
        | Engagement::Unsubscribed
        | Engagement::Failed => {}
    }
    if is_first {
        count(turn, known, engagement);
    }
    if is_first || is_first_link {
        tell(turn, known, engagement, link, circumstances);
    }
    let link = link.map(ToOwned::to_owned);
    Some(Engaged { message: known.id, what: engagement, link, is_first: is_first || is_first_link })
}

/// Counts what people did with the messages of a workflow, and by version what its rollout is judged by (SEMANTICS 9.3).
pub(super) fn count(turn: &mut Turn<'_>, known: &Message, engagement: Engagement) {
    let (workflow, version, what) = (&known.workflow, known.version, engagement.as_str());
    let counter = format!("news:{workflow}:{what}");
    match engagement {
        Engagement::Bounced | Engagement::Complained | Engagement::Unsubscribed => {
            turn.count(format!("{counter}:v{version}"));
        }
        Engagement::Sent
        | Engagement::Delivered
        | Engagement::Opened
        | Engagement::Clicked
        | Engagement::Replied
        | Engagement::Failed => {}
    }
    turn.count(counter);
}

/// Tells it as an event of the contact as well, by the names of the Segment specification: its next input, one hop deeper.
pub(super) fn tell(
    turn: &mut Turn<'_>,
    known: &Message,
    engagement: Engagement,
    link: Option<&str>,
    circumstances: &Circumstances,
) {
    let Some(name) = crate::event::news_event_name(&known.channel, engagement) else { return };
    if !turn.may_derive() {
        return;
    }
    let mut properties = Map::new();
    properties.insert("email_id".to_owned(), Value::from(known.id.to_string()));
    properties.insert("campaign_name".to_owned(), Value::from(known.workflow.to_string()));
    properties.insert("template".to_owned(), Value::from(known.template.to_string()));
    properties.insert("step".to_owned(), Value::from(known.step.to_string()));
    properties.insert("category".to_owned(), Value::from(known.category.to_string()));
    if let Some(link) = link {
        properties.insert("link_url".to_owned(), Value::from(link));
    }
    properties.extend(circumstances.more.clone());
    // The same news gives the same id, whoever brings it and however often.
    let parts =
        [&known.id.to_bytes()[..], engagement.as_str().as_bytes(), link.unwrap_or_default().as_bytes()];
    turn.note("15.6", about(known), Decision::Emitted { event: name.to_string() });
    let event = Event {
        kind: EventKind::Track,
        name,
        message_id: MessageId::hashed(known.intent_at, &parts).to_string(),
        occurred_at: circumstances.occurred_at,
        identifiers: Identifiers { user_id: turn.contact.user_id.clone(), ..Identifiers::default() },
        properties,
        traits: Map::new(),
        imported: false,
        brought: None,
    };
    turn.effects.push(Effect::Emit { event: Box::new(event), hop: turn.hop.saturating_add(1) });
}

/// Remembers a link that was clicked; false if it was clicked before, or is one too many.
fn remember_link(turn: &mut Turn<'_>, id: MessageId, link: &str) -> bool {
    let n_links: usize = turn.contact.ledger.iter().map(|message| message.links.len()).sum();
    let Some(message) = message_mut(turn, id) else { return false };
    let has_room = message.links.len() < LINKS_PER_MESSAGE_MAX && link.len() <= LINK_BYTES_MAX;
    if !has_room || message.links.iter().any(|known| known == link) {
        return false;
    }
    message.links.push(link.to_owned());
    if n_links >= LINKS_PER_CONTACT_MAX
        && let Some(oldest) = turn.contact.ledger.iter_mut().find(|message| !message.links.is_empty())
    {
        oldest.links.remove(0);
    }
    true
}
