//! Contacts as the API shows them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use wend_domain::consent::{Basis, Given};
use wend_domain::contact::{Contact, Membership};
use wend_domain::run::{ClosedRun, Run, RunState};

use crate::view::message::MessageView;
use crate::view::shown;

/// One person, as far as Wend knows them.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContactView {
    /// Wend's own id.
    pub id: String,
    /// The team's own id, once known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The contact that was asked for, if it is part of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirected_from: Option<String>,
    /// Devices and browsers, oldest first.
    pub anonymous_ids: Vec<String>,
    /// Ids in other systems, by their namespaces.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub external_ids: BTreeMap<String, String>,
    /// The e-mail addresses that mean the contact, in their normal form, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// The phone numbers that mean the contact, in the form E.164, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// The contacts that have become part of this one, and when.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub merged: BTreeMap<String, String>,
    /// What is known about the person.
    #[schema(value_type = Object)]
    pub traits: Map<String, Value>,
    /// What the person agreed to.
    pub consent: ConsentView,
    /// The segments that the contact is in, and since when.
    #[schema(value_type = Object)]
    pub segments: BTreeMap<String, String>,
    /// The static lists that the contact is on, and since when.
    #[schema(value_type = Object)]
    pub lists: BTreeMap<String, String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The traits that are computed here.
    pub computed: Vec<String>,
    /// The accounts that the contact is a member of.
    pub accounts: BTreeMap<String, MembershipView>,
    /// The variant of each experiment that the contact was shown.
    #[schema(value_type = Object)]
    pub exposures: BTreeMap<String, String>,
    /// The live runs, in the order of their entry.
    pub runs: Vec<RunView>,
    /// Ended runs whose goals may still be reached.
    pub closed_runs: Vec<ClosedRunView>,
    /// Messages under way and of the recent past, oldest first.
    pub messages: Vec<MessageView>,
    /// When the contact was first heard of.
    pub created_at: String,
    /// When the contact last took an input.
    pub last_input_at: String,
    /// How many inputs it has taken.
    pub n_inputs: u64,
    /// The catalog revision that last decided about it.
    pub catalog_revision: u64,
}

/// A contact's answers to questions of consent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConsentView {
    /// For whole channels.
    pub channels: BTreeMap<String, GivenView>,
    /// For categories.
    pub categories: BTreeMap<String, GivenView>,
    /// Subscriptions that the person has yet to confirm, by category: they count as none.
    pub unconfirmed: BTreeMap<String, UnconfirmedView>,
    /// Addresses that are not used any more, as `channel:address`.
    pub suppressed: BTreeMap<String, SuppressionView>,
    /// Until when the person wants no marketing at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<String>,
    /// How much marketing the person wants at most, such as `1 per 1w`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
}

/// A subscription that the person has yet to confirm.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnconfirmedView {
    /// Since when.
    pub at: String,
    /// Where it came from.
    pub source: String,
}

/// What is known here of an account that the contact is a member of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MembershipView {
    /// Since when.
    pub since: String,
    /// The copy of what rules and messages read of the account.
    #[schema(value_type = Object)]
    pub traits: Map<String, Value>,
}

impl From<&Membership> for MembershipView {
    fn from(membership: &Membership) -> Self {
        Self { since: shown(membership.since), traits: membership.traits.clone() }
    }
}

/// An answer, with when and through what it was given.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GivenView {
    /// `subscribed` or `unsubscribed`.
    pub answer: &'static str,
    /// When it took effect.
    pub at: String,
    /// Where it came from.
    pub source: String,
    /// What allows messages, if somebody said: `consent`, `contract`, `legal_obligation` or `legitimate_interest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<&'static str>,
}

/// Why and since when an address is not used.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SuppressionView {
    /// Since when.
    pub at: String,
    /// The reason.
    pub reason: String,
}

/// A live run.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RunView {
    /// Its id.
    pub id: String,
    /// The workflow.
    pub workflow: String,
    /// The version that it stays on.
    pub version: u32,
    /// What tells runs of one workflow apart; empty without one.
    pub key: String,
    /// When it began.
    pub entered_at: String,
    /// `at`, `waiting`, `waiting_for`, `sending`, `calling`, `task`, `child` or `requested`.
    pub state: &'static str,
    /// The step at which it is.
    pub step: String,
    /// Since when it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Until when it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The message, call or task that it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Since when a person has paused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<String>,
    /// Whether the contact is held out: nothing leaves, and what would have is recorded.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ghost: bool,
    /// Its variables.
    #[schema(value_type = Object)]
    pub variables: Map<String, Value>,
    /// The variant that it went through in each experiment.
    pub variants: BTreeMap<String, String>,
    /// The data it was entered with.
    #[schema(value_type = Object)]
    pub trigger: Map<String, Value>,
    /// The goals that it has reached.
    pub goals: Vec<String>,
}

/// An ended run whose goals may still be reached.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ClosedRunView {
    /// Its id.
    pub id: String,
    /// The workflow.
    pub workflow: String,
    /// Its version.
    pub version: u32,
    /// Its key.
    pub key: String,
    /// When it began.
    pub entered_at: String,
    /// When it ended.
    pub ended_at: String,
    /// Why.
    pub reason: &'static str,
    /// The goals that it has reached.
    pub goals: Vec<String>,
}

impl From<&Contact> for ContactView {
    fn from(contact: &Contact) -> Self {
        Self {
            id: contact.id.to_string(),
            user_id: contact.user_id.clone(),
            redirected_from: None,
            anonymous_ids: contact.anonymous_ids.clone(),
            external_ids: contact.external_ids.clone(),
            emails: contact.emails.clone(),
            phones: contact.phones.clone(),
            merged: contact.merged.iter().map(|(id, at)| (id.to_string(), shown(*at))).collect(),
            traits: contact.traits.clone(),
            consent: consent(contact),
            segments: contact
                .segments
                .iter()
                .map(|(name, since)| (name.to_string(), shown(*since)))
                .collect(),
            lists: contact.lists.iter().map(|(name, since)| (name.to_string(), shown(*since))).collect(),
            tags: contact.tags.iter().cloned().collect(),
            computed: contact.computed.iter().cloned().collect(),
            accounts: contact
                .accounts
                .iter()
                .map(|(account, membership)| (account.clone(), membership.into()))
                .collect(),
            exposures: contact
                .exposures
                .iter()
                .map(|(experiment, shown)| (experiment.clone(), shown.variant.clone()))
                .collect(),
            runs: contact.runs.iter().map(RunView::from).collect(),
            closed_runs: contact.closed.iter().map(ClosedRunView::from).collect(),
            messages: contact.ledger.iter().map(MessageView::from).collect(),
            created_at: shown(contact.created_at),
            last_input_at: shown(contact.at),
            n_inputs: contact.n_inputs,
            catalog_revision: contact.catalog_revision,
        }
    }
}

fn consent(contact: &Contact) -> ConsentView {
    let consent = &contact.consent;
    let suppressed = consent.suppressed.iter().map(|(address, suppression)| {
        let view = SuppressionView { at: shown(suppression.at), reason: suppression.reason.clone() };
        (address.clone(), view)
    });
    let unconfirmed = consent.unconfirmed.iter().map(|(category, open)| {
        (category.to_string(), UnconfirmedView { at: shown(open.at), source: open.source.clone() })
    });
    ConsentView {
        channels: consent.channels.iter().map(|(name, given)| (name.to_string(), given.into())).collect(),
        categories: consent.categories.iter().map(|(name, given)| (name.to_string(), given.into())).collect(),
        unconfirmed: unconfirmed.collect(),
        suppressed: suppressed.collect(),
        paused_until: consent.paused_until.filter(|until| *until > contact.at).map(shown),
        frequency: consent.frequency.map(|frequency| format!("{} per {}", frequency.max, frequency.per)),
    }
}

impl From<&Given> for GivenView {
    fn from(given: &Given) -> Self {
        Self {
            answer: given.answer.as_str(),
            at: shown(given.at),
            source: given.source.clone(),
            legal_basis: given.basis.map(Basis::as_str),
        }
    }
}

impl From<&Run> for RunView {
    fn from(run: &Run) -> Self {
        let (state, since, until, message) = match &run.state {
            RunState::At { .. } => ("at", None, None, None),
            RunState::Waiting { since, until, .. } => ("waiting", Some(*since), Some(*until), None),
            RunState::WaitingFor { since, until, .. } => ("waiting_for", Some(*since), *until, None),
            RunState::Sending { message, .. } => ("sending", None, None, Some(*message)),
            RunState::Calling { message, .. } => ("calling", None, None, Some(*message)),
            RunState::Tasked { since, until, message, .. } => {
                ("task", Some(*since), Some(*until), Some(*message))
            }
            RunState::Child { since, until, .. } => ("child", Some(*since), *until, None),
            RunState::Requested { since, again_at, .. } => ("requested", Some(*since), *again_at, None),
        };
        Self {
            id: run.id.to_string(),
            workflow: run.workflow.to_string(),
            version: run.version,
            key: run.key.clone(),
            entered_at: shown(run.entered_at),
            state,
            step: run.state.step().to_string(),
            since: since.map(shown),
            until: until.map(shown),
            message: message.map(|message| message.to_string()),
            paused_at: run.paused_at.map(shown),
            ghost: run.ghost,
            variables: run.variables.clone(),
            variants: run.variants.clone(),
            trigger: run.trigger.clone(),
            goals: run.goals.clone(),
        }
    }
}

impl From<&ClosedRun> for ClosedRunView {
    fn from(run: &ClosedRun) -> Self {
        Self {
            id: run.id.to_string(),
            workflow: run.workflow.to_string(),
            version: run.version,
            key: run.key.clone(),
            entered_at: shown(run.entered_at),
            ended_at: shown(run.ended_at),
            reason: run.reason.as_str(),
            goals: run.goals.clone(),
        }
    }
}
