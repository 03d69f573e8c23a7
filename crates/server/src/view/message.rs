//! Messages as the API shows them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use wend_domain::message::Message;
use wend_domain::report::Bounce;
use wend_store::MessageRow;

use crate::error::Error;
use crate::view::{object, shown, with_instants_shown};

/// One message to one contact.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MessageView {
    /// Its id, which providers get as its key.
    pub id: String,
    /// To whom: the contact's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The run that wanted it.
    pub run: String,
    /// The workflow.
    pub workflow: String,
    /// The workflow's version.
    pub version: u32,
    /// The step.
    pub step: String,
    /// How it goes.
    pub channel: String,
    /// What the contact can opt out of.
    pub category: String,
    /// Whether it skips marketing rules.
    pub transactional: bool,
    /// The template.
    pub template: String,
    /// Where it goes; empty until it is known.
    pub address: String,
    /// What has become of it.
    #[schema(example = "sent")]
    pub state: String,
    /// When it took that state.
    pub state_at: String,
    /// What belongs to the state: `until`, `due_at`, `rule`, `why`.
    #[schema(value_type = Object)]
    pub detail: Map<String, Value>,
    /// How often it was handed to a provider.
    pub attempts: u32,
    /// The sender of `wend.toml` that carried it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sender: String,
    /// What the provider calls it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub provider_id: String,
    /// When the step wanted it.
    pub intent_at: String,
    /// Past this it is not sent any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// What has happened since, and when first.
    #[schema(value_type = Object)]
    pub engagement: BTreeMap<&'static str, String>,
    /// What machines did with it, and when first.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub by_machine: BTreeMap<&'static str, String>,
    /// How it came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce: Option<BounceView>,
}

/// How a message came back.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BounceView {
    /// Whether nothing will ever reach the address.
    pub hard: bool,
    /// Why, in a word.
    #[schema(example = "no such mailbox")]
    pub class: &'static str,
    /// The words of the server that refused it.
    pub words: String,
    /// Who said so.
    pub source: String,
    /// When.
    pub at: String,
}

impl From<&Bounce> for BounceView {
    fn from(bounce: &Bounce) -> Self {
        Self {
            hard: bounce.class.is_hard(),
            class: bounce.class.as_str(),
            words: bounce.words.clone(),
            source: bounce.source.clone(),
            at: shown(bounce.at),
        }
    }
}

impl MessageView {
    /// A message of a list.
    pub(crate) fn of_row(row: &MessageRow) -> Result<Self, Error> {
        let message: Message = serde_json::from_str(&row.detail_json).map_err(|error| {
            Error::internal(anyhow::Error::new(error).context(format!("cannot read the message {}", row.id)))
        })?;
        Ok(Self { contact: Some(row.contact.to_string()), ..Self::from(&message) })
    }
}

impl From<&Message> for MessageView {
    fn from(message: &Message) -> Self {
        let mut detail = with_instants_shown(object(&message.state));
        detail.remove("is");
        let engagement = message.engagement.iter().map(|(what, at)| (what.as_str(), shown(*at)));
        let reported = message.reported.as_deref();
        let by_machine = reported.into_iter().flat_map(|reported| &reported.machine);
        let by_machine = by_machine.map(|(what, at)| (what.as_str(), shown(*at)));
        Self {
            id: message.id.to_string(),
            contact: None,
            run: message.run.to_string(),
            workflow: message.workflow.to_string(),
            version: message.version,
            step: message.step.to_string(),
            channel: message.channel.to_string(),
            category: message.category.to_string(),
            transactional: message.transactional,
            template: message.template.to_string(),
            address: message.address.clone(),
            state: message.state.name().to_owned(),
            state_at: shown(message.state_at),
            detail,
            attempts: message.attempts,
            sender: message.sender.clone(),
            provider_id: message.provider_id.clone(),
            intent_at: shown(message.intent_at),
            expires_at: message.expires_at.map(shown),
            engagement: engagement.collect(),
            by_machine: by_machine.collect(),
            bounce: reported.and_then(|reported| reported.bounce.as_ref()).map(BounceView::from),
        }
    }
}
