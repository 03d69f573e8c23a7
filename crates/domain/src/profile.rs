//! What is known of contacts: the types of traits, and what a team says of them.
//!
//! Any trait is welcome and stored as it came. What a team declares makes it checkable: conditions that mix types are
//! refused when they are published, and a value of another type counts as missing where a rule needs the declared one.

mod computed;
mod rollup;
mod seen;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::behaviour::SummaryId;
use crate::pattern::UrlPattern;
use crate::predicate::{PropertyTest, compare, date};
use crate::time::{Period, Timestamp};
use crate::value::Path;

pub use computed::{Computed, Reckoning, shown_number};
pub use rollup::{AccountTraits, Rollup};
pub use seen::{SeenTrait, seen};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraitType {
    /// A text.
    Text,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// A date, or an instant as RFC 3339 writes it.
    Date,
    /// A list.
    List,
    /// An object.
    Object,
}

impl TraitType {
    /// All types.
    pub const ALL: [Self; 6] =
        [Self::Text, Self::Number, Self::Boolean, Self::Date, Self::List, Self::Object];

    /// What a value seems to be; nothing if it is null.
    pub fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(text) if is_date(text) => Self::Date,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        })
    }

    /// Whether a value of one type may stand where this one is meant: a date is a text, too.
    pub fn takes(self, other: Self) -> bool {
        self == other || (self == Self::Text && other == Self::Date)
    }

    /// Its name in files and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::List => "list",
            Self::Object => "object",
        }
    }

    /// What it is, in a person's words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Boolean => "a truth value",
            Self::Date => "a date",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Whether a text is a date or an instant, rather than one that only begins like one.
fn is_date(text: &str) -> bool {
    date(text).is_some()
        || text.get(..10).is_some_and(|day| date(day).is_some() && Timestamp::parse(text).is_some())
}

/// What a text must look like.
#[derive(Debug, Clone, PartialEq)]
pub enum TraitFormat {
    /// An e-mail address.
    Email,
    /// A phone number with its country.
    Phone,
    /// An address of the web.
    Url,
    /// An address of this pattern.
    Pattern(UrlPattern),
}

/// The fewest and the most digits of a phone number with its country (E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

impl TraitFormat {
    /// Reads a format as files name it.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "email" => Self::Email,
            "phone" => Self::Phone,
            "url" => Self::Url,
            pattern => Self::Pattern(UrlPattern::parse(pattern).ok()?),
        })
    }

    /// Whether a text looks so.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Email => text.trim().split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && !domain.contains('@')
                    && !text.trim().contains(char::is_whitespace)
                    && domain.split('.').count() > 1
                    && domain.split('.').all(|part| !part.is_empty())
            }),
            Self::Phone => text.trim().strip_prefix('+').is_some_and(|rest| {
                let n_digits = rest.chars().filter(char::is_ascii_digit).count();
                PHONE_DIGITS.contains(&n_digits)
                    && rest.chars().all(|c| c.is_ascii_digit() || " ()-./".contains(c))
            }),
            Self::Url => ["http://", "https://"].iter().any(|scheme| {
                text.strip_prefix(scheme)
                    .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
            }),
            Self::Pattern(pattern) => pattern.matches(text),
        }
    }
}

/// What a team says of a trait.
#[derive(Debug, Clone, PartialEq)]
pub struct TraitRule {
    /// What a person reads.
    pub title: String,
    /// What its value is.
    pub kind: TraitType,
    /// Whether a known contact should have it.
    pub required: bool,
    /// What a text must look like.
    pub format: Option<TraitFormat>,
    /// The only values that it has; any if empty.
    pub one_of: Vec<Value>,
    /// Whether it says something of a person that others should not see.
    pub personal: bool,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It is of another type than declared.
    Type,
    /// It doesn't look as declared.
    Format,
    /// It isn't among the declared values.
    NotListed,
    /// It was sent for a trait that is computed here, and is left out.
    Computed,
    /// A contact that is known lacks it.
    Missing,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 5] = [Self::Type, Self::Format, Self::NotListed, Self::Computed, Self::Missing];

    /// Its name in tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Format => "format",
            Self::NotListed => "not_listed",
            Self::Computed => "computed",
            Self::Missing => "missing",
        }
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.as_str() == name)
    }
}

impl TraitRule {
    /// Whether a value is of the declared type.
    pub fn takes(&self, value: &Value) -> bool {
        TraitType::of(value).is_some_and(|kind| self.kind.takes(kind))
    }

    /// What is wrong with a value, if anything is.
    pub fn fault(&self, value: &Value) -> Option<Fault> {
        let kind = TraitType::of(value)?;
        if !self.kind.takes(kind) {
            return Some(Fault::Type);
        }
        if let (Some(format), Some(text)) = (&self.format, value.as_str())
            && !format.fits(text)
        {
            return Some(Fault::Format);
        }
        let is_listed = |known: &Value| compare(known, value) == Some(std::cmp::Ordering::Equal);
        (!self.one_of.is_empty() && !self.one_of.iter().any(is_listed)).then_some(Fault::NotListed)
    }
}

/// What a team says of traits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Traits {
    /// Traits of contacts.
    pub declared: BTreeMap<String, TraitRule>,
    /// Traits that follow from what contacts did.
    pub computed: BTreeMap<String, Computed>,
    /// What is said of accounts.
    pub accounts: AccountTraits,
}

impl Traits {
    /// A value of a contact as rules see it: one of another type than declared is missing to them.
    pub fn seen<'v>(&self, root: &str, value: &'v Value) -> Option<&'v Value> {
        match self.declared.get(root) {
            Some(rule) if !rule.takes(value) => None,
            _ => Some(value),
        }
    }

    /// The type of a trait, if it is known.
    pub fn kind_of(&self, name: &str) -> Option<TraitType> {
        let declared = self.declared.get(name).map(|rule| rule.kind);
        declared.or_else(|| self.computed.get(name)?.what.kind())
    }

    /// Whether documents that follow the one follow the other: words for people apart.
    pub fn decide_alike(&self, other: &Self) -> bool {
        let kinds = |rules: &BTreeMap<String, TraitRule>| -> BTreeMap<String, TraitType> {
            rules.iter().map(|(name, rule)| (name.clone(), rule.kind)).collect()
        };
        let rollups = |traits: &Self| -> Vec<(String, Option<Path>, Vec<PropertyTest>)> {
            let rollups = traits.accounts.rollups.iter();
            rollups.map(|(name, of)| (name.clone(), of.sum.clone(), of.filter.clone())).collect()
        };
        let computed = |traits: &Self| -> Vec<(String, SummaryId, Reckoning, Option<Period>)> {
            let one = |(name, computed): (&String, &Computed)| {
                (name.clone(), computed.summary.clone(), computed.what, computed.within)
            };
            traits.computed.iter().map(one).collect()
        };
        kinds(&self.declared) == kinds(&other.declared)
            && kinds(&self.accounts.declared) == kinds(&other.accounts.declared)
            && computed(self) == computed(other)
            && rollups(self) == rollups(other)
    }
}
