//! Who an event is about: identifiers, and which contact they mean (SEMANTICS 3.1, 13).
//!
//! Read in this order: the types here, [`named`] (which identifiers an event names), [`resolve`] (which contact they
//! mean, and which contacts turn out to be one).

mod named;
mod resolve;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::contact::Contact;
use crate::id::ContactId;
use crate::limits::MERGED_MAX;

pub(crate) use named::{EMAIL, PHONE};
pub use named::{Named, is_country, named, news, normal_email, normal_phone};
pub use resolve::{Resolution, resolve};

/// The kinds of identifiers, in the order in which one is believed over another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// The team's own id of a known person.
    UserId,
    /// The id of a known person in another system: `crm:4711`, the namespace before the first colon.
    External,
    /// A device's or browser's id of a person who is not known yet.
    AnonymousId,
    /// An e-mail address, trimmed and in lower case.
    Email,
    /// A phone number in the form E.164.
    Phone,
}

/// One identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// Its kind.
    pub kind: IdentifierKind,
    /// Its value: as the client sent it, or in its normal form.
    pub value: String,
}

/// The identifiers that an event says outright; addresses among its traits come on top (see [`named`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Identifiers {
    /// The id of a known person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The id of a device or browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<String>,
    /// Ids in other systems by their namespaces.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external: BTreeMap<String, String>,
    /// What an alias call says that the person was called before: an anonymous id, or an earlier user id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
}

/// Which of the things that an event says identify a person: the section `identity` of the policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityPolicy {
    /// Whether an e-mail address does.
    pub email: bool,
    /// Whether a phone number does.
    pub phone: bool,
    /// The country of phone numbers without an international prefix, for contacts whose own is unknown: `DE`.
    pub country: Option<String>,
    /// The namespaces of external ids that do.
    pub external: BTreeSet<String>,
}

impl Default for IdentityPolicy {
    fn default() -> Self {
        Self { email: true, phone: true, country: None, external: BTreeSet::new() }
    }
}

/// What decides whether two contacts may be one person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Keys {
    /// The team's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Ids in other systems by their namespaces.
    #[serde(rename = "external_ids", skip_serializing_if = "BTreeMap::is_empty")]
    pub external: BTreeMap<String, String>,
    /// Contacts that it was found not to be one with.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub apart: BTreeSet<ContactId>,
    /// How many contacts have become one with it.
    #[serde(skip_serializing_if = "is_zero")]
    pub n_merged: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if wants a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Keys {
    /// The keys of a contact.
    pub fn of(contact: &Contact) -> Self {
        Self {
            user_id: contact.user_id.clone(),
            external: contact.external_ids.clone(),
            apart: contact.apart.clone(),
            n_merged: contact.merged.len(),
        }
    }

    /// Why two contacts can't be one person (SEMANTICS 13.2); none if they can.
    pub fn conflict(&self, other: &Self) -> Option<String> {
        if let (Some(one), Some(two)) = (&self.user_id, &other.user_id)
            && one != two
        {
            return Some(format!("both are known, by the user ids `{one}` and `{two}`"));
        }
        for (namespace, one) in &self.external {
            if let Some(two) = other.external.get(namespace).filter(|two| *two != one) {
                return Some(format!("their ids in `{namespace}` differ: `{one}` and `{two}`"));
            }
        }
        (self.n_merged + other.n_merged >= MERGED_MAX).then(|| {
            format!("{MERGED_MAX} contacts have become one already: an address or id that so many share names nobody")
        })
    }

    /// Why two contacts stay apart; none if they may become one.
    pub fn apart(&self, own: ContactId, other: &Self, others: ContactId) -> Option<String> {
        if self.apart.contains(&others) || other.apart.contains(&own) {
            return Some("they were found not to be one person before".to_owned());
        }
        self.conflict(other)
    }

    /// Takes over the keys of a contact that becomes one with this one.
    pub fn join(&mut self, other: &Self) {
        if self.user_id.is_none() {
            self.user_id.clone_from(&other.user_id);
        }
        for (namespace, value) in &other.external {
            self.external.entry(namespace.clone()).or_insert_with(|| value.clone());
        }
        self.apart.extend(&other.apart);
        self.n_merged += other.n_merged + 1;
    }

    /// Adds an identifier, if it is one that decides.
    pub fn add(&mut self, identifier: &Identifier) {
        match identifier.kind {
            IdentifierKind::UserId => {
                self.user_id.get_or_insert_with(|| identifier.value.clone());
            }
            IdentifierKind::External => {
                if let Some((namespace, value)) = identifier.external() {
                    self.external.entry(namespace.to_owned()).or_insert_with(|| value.to_owned());
                }
            }
            IdentifierKind::AnonymousId | IdentifierKind::Email | IdentifierKind::Phone => {}
        }
    }
}

/// Which of two contacts stays when they become one: the known one, then the one with ids in other systems, then the
/// older one.
pub fn stays<'k>(one: (ContactId, &'k Keys), other: (ContactId, &'k Keys)) -> ContactId {
    let rank = |(id, keys): (ContactId, &Keys)| (keys.user_id.is_none(), keys.external.is_empty(), id);
    if rank(one) <= rank(other) { one.0 } else { other.0 }
}

impl IdentifierKind {
    /// All of them, in the order in which one is believed over another.
    pub const ALL: [Self; 5] = [Self::UserId, Self::External, Self::AnonymousId, Self::Email, Self::Phone];

    /// Its name in tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserId => "user_id",
            Self::External => "external",
            Self::AnonymousId => "anonymous_id",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Identifier {
    /// An identifier of a kind.
    pub fn new(kind: IdentifierKind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }

    /// The namespace and the id of one in another system.
    pub fn external(&self) -> Option<(&str, &str)> {
        (self.kind == IdentifierKind::External).then(|| self.value.split_once(':'))?
    }
}

/// All identifiers that a contact holds, as far as its document remembers them.
pub fn held(contact: &Contact) -> Vec<Identifier> {
    let of = |kind, values: &[String]| -> Vec<Identifier> {
        values.iter().map(|value| Identifier::new(kind, value)).collect()
    };
    let user = contact.user_id.iter().map(|value| Identifier::new(IdentifierKind::UserId, value));
    let external = contact
        .external_ids
        .iter()
        .map(|(namespace, value)| Identifier::new(IdentifierKind::External, format!("{namespace}:{value}")));
    let mut held: Vec<Identifier> = user.chain(external).collect();
    held.extend(of(IdentifierKind::AnonymousId, &contact.anonymous_ids));
    held.extend(of(IdentifierKind::Email, &contact.emails));
    held.extend(of(IdentifierKind::Phone, &contact.phones));
    held
}

#[cfg(test)]
mod tests;
