//! Which identifiers an event names: those that it says outright, and addresses among its traits, in their normal form.

use serde_json::{Map, Value};

use super::{Identifier, IdentifierKind, Identifiers, IdentityPolicy};
use crate::contact::Contact;
use crate::event::Event;
use crate::limits::ADDRESS_BYTES_MAX;

/// The traits in which addresses are looked for.
pub(crate) const EMAIL: &str = "email";
/// See [`EMAIL`].
pub(crate) const PHONE: &str = "phone";
/// The trait that says in which country a phone number without an international prefix is.
const COUNTRY: &str = "country";

/// What an event names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// The identifiers, in the order in which one is believed over another; each is there once.
    pub identifiers: Vec<Identifier>,
    /// The earlier id of an alias call.
    pub previous: Option<String>,
    /// What looks like an identifier and is none (kind, value, why): it names nobody, and is reported.
    pub invalid: Vec<(Identifier, String)>,
}

impl Named {
    /// Whether it names nobody.
    pub fn is_empty(&self) -> bool {
        self.identifiers.is_empty()
    }

    /// All that has to be looked up: the identifiers, and an earlier id of an alias call as the user id that it may be.
    pub fn looked_up(&self) -> impl Iterator<Item = Identifier> + '_ {
        let previous = self.previous.iter().map(|value| Identifier::new(IdentifierKind::UserId, value));
        self.identifiers.iter().cloned().chain(previous)
    }
}

/// The identifiers of an event, under a workspace's policy.
pub fn named(event: &Event, policy: &IdentityPolicy) -> Named {
    let Identifiers { user_id, anonymous_id, external, previous } = &event.identifiers;
    let mut named = Named { previous: previous.clone(), ..Named::default() };
    let list = &mut named.identifiers;
    list.extend(user_id.iter().map(|value| Identifier::new(IdentifierKind::UserId, value)));
    for (namespace, value) in external.iter().filter(|(namespace, _)| policy.external.contains(*namespace)) {
        list.push(Identifier::new(IdentifierKind::External, format!("{namespace}:{value}")));
    }
    let anonymous = anonymous_id.iter().chain(previous);
    for value in anonymous {
        let identifier = Identifier::new(IdentifierKind::AnonymousId, value);
        if !list.contains(&identifier) {
            list.push(identifier);
        }
    }
    if !event.traits.is_empty() {
        addresses(&event.traits, policy, &mut named);
    }
    named
}

/// The identifiers of an event that its contact doesn't know yet. Most events bring none, so nothing is copied for them.
pub fn news(event: &Event, policy: &IdentityPolicy, contact: &Contact) -> Vec<Identifier> {
    let Identifiers { user_id, anonymous_id, external, previous } = &event.identifiers;
    let is_device = |id: &String| contact.anonymous_ids.contains(id);
    let is_trait_known = |name: &str, names_somebody: bool, known: &[String]| match event.traits.get(name) {
        Some(value) if names_somebody => !known.is_empty() && contact.traits.get(name) == Some(value),
        Some(_) | None => true,
    };
    let brings_nothing = user_id.as_ref().is_none_or(|id| contact.user_id.as_ref() == Some(id))
        && anonymous_id.as_ref().is_none_or(is_device)
        && previous.as_ref().is_none_or(is_device)
        && external.iter().all(|(namespace, id)| contact.external_ids.get(namespace) == Some(id))
        && is_trait_known(EMAIL, policy.email, &contact.emails)
        && is_trait_known(PHONE, policy.phone, &contact.phones);
    if brings_nothing { Vec::new() } else { named(event, policy).identifiers }
}

fn addresses(traits: &Map<String, Value>, policy: &IdentityPolicy, named: &mut Named) {
    if policy.email
        && let Some(text) = text_of(traits, EMAIL)
    {
        match normal_email(text) {
            Some(value) => named.identifiers.push(Identifier::new(IdentifierKind::Email, value)),
            None => named.invalid.push(invalid(IdentifierKind::Email, text, "it is no e-mail address")),
        }
    }
    if policy.phone
        && let Some(text) = text_of(traits, PHONE)
    {
        let country = text_of(traits, COUNTRY).filter(|country| country.len() == 2);
        let own = country.and_then(|country| normal_phone(text, Some(country)));
        if let Some(value) = own.or_else(|| normal_phone(text, policy.country.as_deref())) {
            named.identifiers.push(Identifier::new(IdentifierKind::Phone, value));
        } else {
            let why = "it is no phone number; one without an international prefix needs the trait `country`, or \
                       `country` in the section `identity` of policies.yaml";
            named.invalid.push(invalid(IdentifierKind::Phone, text, why));
        }
    }
}

/// A trait that is a text and not blank; anything else says nothing of who it is.
fn text_of<'t>(traits: &'t Map<String, Value>, name: &str) -> Option<&'t str> {
    traits.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn invalid(kind: IdentifierKind, text: &str, why: &str) -> (Identifier, String) {
    let value: String = text.chars().take(ADDRESS_BYTES_MAX).collect();
    (Identifier::new(kind, value), why.to_owned())
}

/// An e-mail address in its normal form: trimmed and in lower case; none if it can't be one.
pub fn normal_email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let is_address = !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.len() <= ADDRESS_BYTES_MAX
        && !text.chars().any(|letter| letter.is_control() || letter.is_whitespace());
    is_address.then(|| text.to_lowercase())
}

/// Whether a text is the code of a country that has phone numbers.
pub fn is_country(text: &str) -> bool {
    text.to_uppercase().parse::<phonenumber::country::Id>().is_ok()
}

/// A phone number in the form E.164; none if it can't be one.
///
/// `country` is where a number without an international prefix is.
pub fn normal_phone(text: &str, country: Option<&str>) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > ADDRESS_BYTES_MAX {
        return None;
    }
    let country = country.and_then(|country| country.to_uppercase().parse().ok());
    let number = phonenumber::parse(country, text).ok().filter(phonenumber::is_valid)?;
    Some(number.format().mode(phonenumber::Mode::E164).to_string())
}
