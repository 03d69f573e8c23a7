//! What types traits were seen with, and what was wrong with them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Fault, TraitType, Traits};
use crate::limits::{TRAIT_NAME_BYTES_MAX, TRAITS_SEEN_MAX};

/// A trait as an event had it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeenTrait {
    /// Its name.
    pub name: String,
    /// What its value was; nothing if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<TraitType>,
    /// What was wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// What an event's traits were; `known` are all traits of a contact that is known, which required ones belong to.
pub fn seen(
    traits: &Traits,
    sent: &Map<String, Value>,
    known: Option<&Map<String, Value>>,
) -> Vec<SeenTrait> {
    let mut seen = Vec::new();
    for (name, value) in
        sent.iter().filter(|(name, _)| name.len() <= TRAIT_NAME_BYTES_MAX).take(TRAITS_SEEN_MAX)
    {
        let Some(kind) = TraitType::of(value) else { continue };
        let fault = if traits.computed.contains_key(name) {
            Some(Fault::Computed)
        } else {
            traits.declared.get(name).and_then(|rule| rule.fault(value))
        };
        seen.push(SeenTrait { name: name.clone(), kind: Some(kind), fault });
    }
    if let Some(known) = known {
        let required = traits.declared.iter().filter(|(_, rule)| rule.required);
        let missing = required.filter(|(name, _)| !known.contains_key(*name));
        seen.extend(missing.map(|(name, _)| SeenTrait {
            name: name.clone(),
            kind: None,
            fault: Some(Fault::Missing),
        }));
    }
    seen
}
