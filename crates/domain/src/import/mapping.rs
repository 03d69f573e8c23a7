//! Where the columns of a file go: `trait:age as number`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cell::{CELL_TYPES, CellType};
use super::{Duplicates, Fault};
use crate::id::{Category, Channel, ListName};
use crate::identity::{EMAIL, IdentityPolicy, PHONE};
use crate::limits::IMPORT_COLUMNS_MAX;
use crate::predicate::ConsentOf;
use crate::source::did_you_mean;

/// How a file is imported, as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where each column goes: its name in the file, and a place such as `trait:age as number`.
    pub columns: BTreeMap<String, String>,
    /// What becomes of columns that aren't among them.
    pub rest: Rest,
    /// What becomes of rows whose contact is there already.
    pub duplicates: Duplicates,
    /// What an empty cell means.
    pub empty: Empty,
    /// What is done about cells that begin with `'`.
    pub formulas: Formulas,
    /// A list that everybody in the file is put on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// A tag that everybody in the file gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Through what consent was given, where the file doesn't say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_source: Option<String>,
}

/// What becomes of columns without a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// Nothing.
    #[default]
    Ignore,
    /// They are traits of the same name.
    Traits,
}

/// What an empty cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Empty {
    /// Nothing: what the contact has stays.
    #[default]
    Keep,
    /// That the contact has no such value: the trait is removed.
    Clear,
}

/// What is done about cells that were written so that no spreadsheet takes them for a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Formulas {
    /// Cells are taken as they stand.
    #[default]
    AsTheyStand,
    /// A leading `'` was put there by Wend's export, and is taken off.
    Escaped,
}

/// Where a cell goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Nowhere.
    Ignore,
    /// The team's own id.
    UserId,
    /// The id of a device or browser; several of them in a list.
    AnonymousId,
    /// The ids in other systems, by their namespaces, as an object.
    ExternalIds,
    /// Since when the contact is known.
    CreatedAt,
    /// One trait.
    Trait(String),
    /// All traits, as an object.
    Traits,
    /// One list: whether the contact is on it.
    List(ListName),
    /// The lists that the contact is on.
    Lists,
    /// One tag: whether the contact has it.
    Tag(String),
    /// The contact's tags.
    Tags,
    /// The answer to one question of consent.
    Consent(ConsentOf),
    /// All answers of consent, as an export writes them.
    Consents,
    /// When the row's answers of consent were given.
    ConsentAt,
    /// Through what the row's answers of consent were given.
    ConsentSource,
    /// Addresses that must not be used, as an export writes them.
    Suppressed,
}

/// Places without a name, by the words for them.
const PLAIN: [(&str, Place); 14] = [
    ("ignore", Place::Ignore),
    // The id of a contact in the installation that it was exported from.
    ("wend_id", Place::Ignore),
    ("user_id", Place::UserId),
    ("anonymous_id", Place::AnonymousId),
    ("anonymous_ids", Place::AnonymousId),
    ("external_ids", Place::ExternalIds),
    ("created_at", Place::CreatedAt),
    ("traits", Place::Traits),
    ("lists", Place::Lists),
    ("tags", Place::Tags),
    ("consent", Place::Consents),
    ("consent_at", Place::ConsentAt),
    ("consent_source", Place::ConsentSource),
    ("suppressed", Place::Suppressed),
];

/// Places with a name, by the words before the colon.
const NAMED: [&str; 5] = ["trait", "list", "tag", "channel", "category"];

/// Where a column goes, and what its cells are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Where.
    pub place: Place,
    /// What its cells are; none means that the place decides.
    pub cell_type: Option<CellType>,
}

impl Place {
    /// Whether it may say who a row is about.
    fn may_name(&self, identity: &IdentityPolicy) -> bool {
        match self {
            Self::UserId | Self::AnonymousId | Self::ExternalIds | Self::Traits => true,
            Self::Trait(name) => (identity.email && name == EMAIL) || (identity.phone && name == PHONE),
            _ => false,
        }
    }
}

impl Target {
    /// Reads `trait:age as number`; else what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (place, cell_type) = match text.rsplit_once(" as ") {
            Some((place, name)) => {
                let cell_type = CellType::parse(name.trim()).ok_or_else(|| {
                    let known = CELL_TYPES.map(|(name, _)| name);
                    let offer = did_you_mean(name.trim(), known).unwrap_or_default();
                    format!("`{name}` is not a type of cells{}", sentence(&offer))
                })?;
                (place.trim(), Some(cell_type))
            }
            None => (text.trim(), None),
        };
        Ok(Self { place: Place::parse(place)?, cell_type })
    }

    /// As it is written.
    pub fn print(&self) -> String {
        match self.cell_type {
            Some(cell_type) => format!("{} as {}", self.place.print(), cell_type.as_str()),
            None => self.place.print(),
        }
    }
}

fn sentence(offer: &str) -> String {
    if offer.is_empty() { String::new() } else { format!(": {offer}") }
}

impl Place {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some((_, place)) = PLAIN.iter().find(|(word, _)| *word == text) {
            return Ok(place.clone());
        }
        let Some((kind, name)) = text.split_once(':') else {
            let words = PLAIN.iter().map(|(word, _)| *word).chain(NAMED);
            let offer = did_you_mean(text, words).unwrap_or_default();
            return Err(format!(
                "`{text}` is no place for a column{}; expected `user_id`, `trait:NAME`, `list:NAME`, `tag:NAME`, \
                 `channel:NAME`, `category:NAME`, `lists`, `tags`, `traits`, `created_at`, `ignore` and the like",
                sentence(&offer)
            ));
        };
        if name.trim().is_empty() {
            return Err(format!("`{text}` lacks a name after the colon"));
        }
        let name = name.trim();
        Ok(match kind.trim() {
            "trait" => Self::Trait(name.to_owned()),
            "list" => Self::List(ListName::from(name)),
            "tag" => Self::Tag(name.to_owned()),
            "channel" => Self::Consent(ConsentOf::Channel(Channel::from(name))),
            "category" => Self::Consent(ConsentOf::Category(Category::from(name))),
            other => {
                let offer = did_you_mean(other, NAMED).unwrap_or_default();
                return Err(format!("`{other}:` is no kind of place{}", sentence(&offer)));
            }
        })
    }

    /// As it is written.
    pub fn print(&self) -> String {
        match self {
            Self::Trait(name) => format!("trait:{name}"),
            Self::List(name) => format!("list:{name}"),
            Self::Tag(name) => format!("tag:{name}"),
            Self::Consent(ConsentOf::Channel(name)) => format!("channel:{name}"),
            Self::Consent(ConsentOf::Category(name)) => format!("category:{name}"),
            plain => {
                PLAIN.iter().find(|(_, place)| place == plain).map_or("ignore", |(word, _)| word).to_owned()
            }
        }
    }
}

/// Settings that make sense for a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Where each column of the file goes, in the file's order; JSON Lines have those that the settings name.
    pub columns: Vec<(String, Target)>,
    /// How the file is imported.
    pub settings: Settings,
    /// What names a person.
    pub identity: IdentityPolicy,
}

impl Mapping {
    /// The mapping of a file with these columns; else everything that is wrong with it.
    ///
    /// `columns` are those of a CSV file; JSON Lines, whose rows may each have others, give those that were seen.
    pub fn new(
        settings: Settings,
        columns: &[String],
        identity: &IdentityPolicy,
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        if columns.len() > IMPORT_COLUMNS_MAX {
            let reason = format!("the file has {} columns, more than {IMPORT_COLUMNS_MAX}", columns.len());
            faults.push(Fault::of_row(reason, "leave out the columns that aren't needed"));
        }
        for name in settings.columns.keys().filter(|name| !columns.contains(name)) {
            let offer = did_you_mean(name, columns.iter().map(String::as_str)).unwrap_or_default();
            let reason = format!("the file has no column `{name}`{}", sentence(&offer));
            faults.push(Fault::of_column(name, reason, "name a column of the file, or leave it out"));
        }
        let mut targets = Vec::new();
        for column in columns {
            let target = match settings.columns.get(column) {
                Some(text) => Target::parse(text),
                None => Ok(settings.rest.target(column)),
            };
            match target {
                Ok(target) => targets.push((column.clone(), target)),
                Err(reason) => faults.push(Fault::of_column(column, reason, "mend the place of this column")),
            }
        }
        twice(&targets, &mut faults);
        if !targets.iter().any(|(_, target)| target.place.may_name(identity)) {
            faults.push(Fault::of_row(
                "no column says who a row is about",
                "give one column the place `user_id`: the id that your own system has for the person; or `trait:email`, if \
                 addresses mean people by your policies",
            ));
        }
        let identity = identity.clone();
        if faults.is_empty() { Ok(Self { columns: targets, settings, identity }) } else { Err(faults) }
    }
}

impl Rest {
    pub(super) fn target(self, column: &str) -> Target {
        let place = match self {
            Self::Ignore => Place::Ignore,
            Self::Traits => Place::Trait(column.to_owned()),
        };
        Target { place, cell_type: None }
    }
}

/// Two columns that go to the same place would overwrite each other in silence.
fn twice(targets: &[(String, Target)], faults: &mut Vec<Fault>) {
    let mut taken: BTreeMap<&Place, &str> = BTreeMap::new();
    for (column, target) in targets {
        if matches!(target.place, Place::Ignore) {
            continue;
        }
        if let Some(other) = taken.insert(&target.place, column) {
            let reason = format!("`{other}` and `{column}` both go to `{}`", target.place.print());
            faults.push(Fault::of_column(column, reason, "give one of them another place, or `ignore`"));
        }
    }
}
