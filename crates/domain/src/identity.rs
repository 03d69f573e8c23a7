//! Who an event is about: identifiers, and which contact they mean (SEMANTICS 3.1, 13).

use serde::{Deserialize, Serialize};

/// The kinds of identifiers, in the order in which one is believed over another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// The customer's own id of a known person.
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
