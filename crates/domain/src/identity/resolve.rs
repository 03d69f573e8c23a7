//! Which contact an event is about, and which contacts turn out to be one (SEMANTICS 3.1, 13.1, 13.2).

use super::{Identifier, IdentifierKind, Keys, Named, stays};
use crate::id::{ContactId, WorkspaceId};
use crate::time::Timestamp;

/// Which contact an event is about, and what becomes of its identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The contact.
    pub contact: ContactId,
    /// Whether nobody had heard of it before.
    pub is_new: bool,
    /// Identifiers that nobody held: the contact's from now on.
    pub claims: Vec<Identifier>,
    /// Anonymous ids that another person held: this contact's from now on.
    pub reassigned: Vec<Identifier>,
    /// Contacts that turn out to be this one, each with the identifier that says so.
    pub merges: Vec<(ContactId, Identifier)>,
    /// Claims that were not granted, and why: they are recorded with the input and reported.
    pub refused: Vec<(Identifier, String)>,
}

impl Resolution {
    fn of(contact: ContactId, is_new: bool, claims: Vec<Identifier>) -> Self {
        Self { contact, is_new, claims, reassigned: Vec::new(), merges: Vec::new(), refused: Vec::new() }
    }
}

/// Decides which contact an event is about (SEMANTICS 3.1, 13.1, 13.2); none if the event names nobody.
///
/// Identifiers are looked at in the order in which one is believed over another. Those who hold them are one person,
/// unless they can't be: then the earlier claim stands, and an anonymous id begins a new association. `owner_of` says who
/// holds an identifier; `keys_of` is asked only where something hangs on it.
pub fn resolve(
    workspace: &WorkspaceId,
    named: &Named,
    at: Timestamp,
    owner_of: impl Fn(&Identifier) -> Option<ContactId>,
    keys_of: impl Fn(ContactId) -> Keys,
) -> Option<Resolution> {
    let first = named.identifiers.first()?;
    if named.identifiers.len() == 1 && named.previous.is_none() {
        return Some(match owner_of(first) {
            Some(owner) => Resolution::of(owner, false, Vec::new()),
            None => Resolution::of(contact_of(workspace, first, at), true, vec![first.clone()]),
        });
    }
    let owners: Vec<Option<ContactId>> = named.identifiers.iter().map(&owner_of).collect();
    let previous = named.previous.as_ref().map(|value| Identifier::new(IdentifierKind::UserId, value));
    let known_before = previous.as_ref().and_then(&owner_of);
    if let Some(owner) = owners[0]
        && owners.iter().all(|other| *other == Some(owner))
        && known_before.is_none_or(|known| known == owner)
    {
        return Some(Resolution::of(owner, false, Vec::new()));
    }
    let mut group = Group::default();
    for (identifier, owner) in named.identifiers.iter().zip(owners) {
        let is_previous = identifier.kind == IdentifierKind::AnonymousId
            && named.previous.as_ref() == Some(&identifier.value);
        if is_previous && owner.is_none() && known_before.is_some() {
            // It is an earlier user id, so it is no device's.
            continue;
        }
        group.look_at(identifier, owner, &keys_of);
    }
    if let (Some(previous), Some(_)) = (&previous, known_before) {
        group.look_at(previous, known_before, &keys_of);
    }
    Some(group.resolved(workspace, at))
}

/// Those who are one person, and what they hold.
#[derive(Default)]
struct Group {
    keys: Keys,
    members: Vec<(ContactId, Keys, Identifier)>,
    claims: Vec<Identifier>,
    reassigned: Vec<Identifier>,
    refused: Vec<(Identifier, String)>,
}

impl Group {
    fn look_at(
        &mut self,
        identifier: &Identifier,
        owner: Option<ContactId>,
        keys_of: &impl Fn(ContactId) -> Keys,
    ) {
        let Some(owner) = owner else { return self.claim(identifier) };
        if self.members.iter().any(|(member, ..)| *member == owner) {
            return;
        }
        let keys = keys_of(owner);
        let apart = self
            .members
            .iter()
            .find_map(|(member, of_member, _)| keys.apart(owner, of_member, *member))
            .or_else(|| self.keys.conflict(&keys));
        match apart {
            None => {
                self.keys.join(&keys);
                // Whoever is first brings no merge along.
                self.keys.n_merged -= usize::from(self.members.is_empty());
                self.members.push((owner, keys, identifier.clone()));
            }
            Some(_) if identifier.kind == IdentifierKind::AnonymousId => {
                self.reassigned.push(identifier.clone());
            }
            Some(why) => {
                self.refused.push((identifier.clone(), format!("it stays with the contact {owner}: {why}")));
            }
        }
    }

    fn claim(&mut self, identifier: &Identifier) {
        let mut claimed = Keys::default();
        claimed.add(identifier);
        if let Some(why) = self.keys.conflict(&claimed) {
            return self.refused.push((identifier.clone(), why));
        }
        self.keys.add(identifier);
        self.claims.push(identifier.clone());
    }

    fn resolved(self, workspace: &WorkspaceId, at: Timestamp) -> Resolution {
        let Self { members, claims, reassigned, refused, .. } = self;
        let mut stayer: Option<(ContactId, &Keys)> = None;
        for (member, keys, _) in &members {
            stayer = match stayer {
                Some(so_far) if stays(so_far, (*member, keys)) == so_far.0 => Some(so_far),
                _ => Some((*member, keys)),
            };
        }
        let Some((contact, _)) = stayer else {
            // Nobody holds any of them: the most believed one makes the contact.
            let contact = contact_of(workspace, &claims[0], at);
            return Resolution { reassigned, refused, ..Resolution::of(contact, true, claims) };
        };
        let merges = members
            .iter()
            .filter(|(member, ..)| *member != contact)
            .map(|(member, _, identifier)| (*member, identifier.clone()))
            .collect();
        Resolution { reassigned, merges, refused, ..Resolution::of(contact, false, claims) }
    }
}

/// The id of the contact that an identifier makes.
fn contact_of(workspace: &WorkspaceId, identifier: &Identifier, at: Timestamp) -> ContactId {
    let parts = [workspace.as_str(), identifier.kind.as_str(), &identifier.value];
    ContactId::hashed(at, &parts.map(str::as_bytes))
}
