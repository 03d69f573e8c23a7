//! Who an event is about: identifiers, and which contact they mean (SEMANTICS 3.1, 13).

use serde::{Deserialize, Serialize};

use crate::id::{ContactId, WorkspaceId};
use crate::time::Timestamp;

/// The kinds of identifiers, in the order in which one is believed over another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// The team's own id of a known person.
    UserId,
    /// A device's or browser's id of a person who is not known yet.
    AnonymousId,
}

/// One identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// Its kind.
    pub kind: IdentifierKind,
    /// Its value, as the client sent it.
    pub value: String,
}

/// The identifiers of one event; at least one is present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Identifiers {
    /// The id of a known person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The id of a device or browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<String>,
}

/// Who holds an identifier so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The contact.
    pub contact: ContactId,
    /// Whether it is known by a user id: two contacts with different ones never become one (SEMANTICS 13.2).
    pub has_user_id: bool,
}

/// Which contact an event is about, and what becomes of its identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The contact.
    pub contact: ContactId,
    /// Whether nobody had heard of it before.
    pub is_new: bool,
    /// Identifiers that nobody held: the contact's from now on.
    pub claims: Vec<Identifier>,
    /// Identifiers that another contact held: this contact's from now on.
    pub reassigned: Vec<Identifier>,
    /// Claims that were not granted in full, and why: they are recorded with the input.
    pub refused: Vec<(Identifier, String)>,
}

impl Resolution {
    fn of(contact: ContactId, is_new: bool, claims: Vec<Identifier>) -> Self {
        Self { contact, is_new, claims, reassigned: Vec::new(), refused: Vec::new() }
    }
}

/// Decides which contact an event is about (SEMANTICS 3.1, 13.1, 13.2); none if the event names nobody.
///
/// A known user id is believed first. An unknown one makes the contact of the anonymous id known, unless that contact
/// is somebody else already: then a new association begins, and old history stays where it was.
pub fn resolve(
    workspace: &WorkspaceId,
    identifiers: &Identifiers,
    at: Timestamp,
    owner_of: impl Fn(&Identifier) -> Option<Owner>,
) -> Option<Resolution> {
    let mut list = identifiers.list().into_iter();
    let first = list.next()?;
    let Some(second) = list.next() else {
        return Some(match owner_of(&first) {
            Some(owner) => Resolution::of(owner.contact, false, Vec::new()),
            None => Resolution::of(contact_of(workspace, &first, at), true, vec![first]),
        });
    };
    let (user, anonymous) = (first, second);
    Some(match (owner_of(&user), owner_of(&anonymous)) {
        (Some(owner), None) => Resolution::of(owner.contact, false, vec![anonymous]),
        (Some(owner), Some(other)) => associated(owner.contact, anonymous, other),
        (None, Some(other)) if other.has_user_id => Resolution {
            reassigned: vec![anonymous],
            ..Resolution::of(contact_of(workspace, &user, at), true, vec![user])
        },
        (None, Some(other)) => Resolution::of(other.contact, false, vec![user]),
        (None, None) => Resolution::of(contact_of(workspace, &user, at), true, vec![user, anonymous]),
    })
}

/// A known person appears with an anonymous id that somebody holds.
fn associated(contact: ContactId, anonymous: Identifier, other: Owner) -> Resolution {
    let mut resolution = Resolution::of(contact, false, Vec::new());
    if other.contact == contact {
        return resolution;
    }
    if !other.has_user_id {
        let why = format!(
            "not merged yet: history before this stays with contact {}, what follows is this contact's",
            other.contact
        );
        resolution.refused.push((anonymous.clone(), why));
    }
    resolution.reassigned.push(anonymous);
    resolution
}

/// The id of the contact that an identifier makes.
fn contact_of(workspace: &WorkspaceId, identifier: &Identifier, at: Timestamp) -> ContactId {
    let parts = [workspace.as_str(), identifier.kind.as_str(), &identifier.value];
    ContactId::hashed(at, &parts.map(str::as_bytes))
}

impl IdentifierKind {
    /// Its name in tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserId => "user_id",
            Self::AnonymousId => "anonymous_id",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::UserId, Self::AnonymousId].into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Identifiers {
    /// The identifiers in the order in which one is believed over another.
    pub fn list(&self) -> Vec<Identifier> {
        let user = self.user_id.as_ref().map(|value| (IdentifierKind::UserId, value));
        let anonymous = self.anonymous_id.as_ref().map(|value| (IdentifierKind::AnonymousId, value));
        user.into_iter()
            .chain(anonymous)
            .map(|(kind, value)| Identifier { kind, value: value.clone() })
            .collect()
    }
}

#[cfg(test)]
mod tests;
