//! What the endpoints about segments, lists and searches share.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wend_domain::advance::on_list;
use wend_domain::audience::Share;
use wend_domain::catalog::Catalog;
use wend_domain::compile::question;
use wend_domain::contact::Contact;
use wend_domain::id::{ContactId, ListName, SegmentName, WorkspaceId};
use wend_engine::{Built, Counted, Selection};

use crate::error::Error;
use crate::state::ServerState;
use crate::view::shown;

/// The traits that say what a contact is called, best first: those of one entry stand beside each other.
const CALLED_BY: [&[&str]; 4] =
    [&["name"], &["first_name", "last_name"], &["firstName", "lastName"], &["username"]];

/// Contacts, selected in one of these ways.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AskedSelection {
    /// Those in a segment.
    Segment(String),
    /// Those on a list.
    List(String),
    /// Those with a tag.
    Tag(String),
    /// Those for whom a condition of the file format holds.
    #[schema(value_type = Object)]
    Where(Value),
}

impl AskedSelection {
    /// What the engine is asked; a condition that makes no sense is refused with what is wrong.
    pub(crate) fn checked(self, catalog: &Catalog) -> Result<Selection, Error> {
        Ok(match self {
            Self::Segment(name) => Selection::Segment(known_segment(catalog, &name)?),
            Self::List(name) => Selection::List(ListName::from(name)),
            Self::Tag(tag) => Selection::Tag(tag),
            Self::Where(of) => {
                question(catalog, &of).map_err(Error::BadCondition)?;
                Selection::Where(of)
            }
        })
    }
}

/// A segment that is published.
pub(crate) fn known_segment(catalog: &Catalog, name: &str) -> Result<SegmentName, Error> {
    let segment = SegmentName::from(name);
    if catalog.segments.contains_key(&segment) {
        return Ok(segment);
    }
    Err(Error::not_found("segment", name))
}

/// How many contacts are on a list; a list that nobody was ever on isn't there.
pub(crate) async fn known_list(
    state: &ServerState,
    workspace: &WorkspaceId,
    list: &ListName,
) -> Result<i64, Error> {
    let counter = on_list(list);
    let known = state.store().counters_between(workspace, &counter, &format!("{counter}\u{1}")).await?;
    known.get(&counter).copied().ok_or_else(|| Error::not_found("list", list))
}

/// How a selection is called in answers.
pub(crate) fn called(selection: &Selection) -> String {
    match selection {
        Selection::Segment(name) => format!("segment {name}"),
        Selection::List(name) => format!("list {name}"),
        Selection::Tag(tag) => format!("tag {tag}"),
        Selection::Where(_) => "the condition".to_owned(),
        Selection::All => "everybody".to_owned(),
        Selection::Ids | Selection::Runs { .. } => "a selection".to_owned(),
    }
}

/// A contact in a list of contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BriefContact {
    /// Our own id.
    pub(crate) id: String,
    /// The team's own id, once known.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    /// What the contact is called, if a trait says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// When the contact was first heard of.
    created_at: String,
    /// When the contact last took an input.
    last_input_at: String,
}

impl From<&Contact> for BriefContact {
    fn from(contact: &Contact) -> Self {
        let text = |name: &str| contact.traits.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            id: contact.id.to_string(),
            user_id: contact.user_id.clone(),
            name: CALLED_BY.iter().find_map(|names| {
                let parts: Vec<String> = names.iter().filter_map(|name| text(name)).collect();
                (!parts.is_empty()).then(|| parts.join(" "))
            }),
            email: text("email"),
            created_at: shown(contact.created_at),
            last_input_at: shown(contact.at),
        }
    }
}

/// The contacts of these ids that are still there.
pub(crate) async fn brief(
    state: &ServerState,
    workspace: &WorkspaceId,
    ids: &[ContactId],
) -> Result<Vec<BriefContact>, Error> {
    let mut found = Vec::new();
    for id in ids {
        if let Some(document) = state.store().contact_by_id(workspace, *id).await? {
            let contact = Contact::from_bytes(&document).map_err(Error::internal)?;
            found.push(BriefContact::from(&contact));
        }
    }
    Ok(found)
}

/// How many contacts, as a random sample shows it: 95 of 100 such spans hold the true number.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Estimate {
    /// The most likely number.
    n: u64,
    /// At least about so many.
    low: u64,
    /// At most about so many.
    high: u64,
    /// The most likely share of all contacts, from 0 to 1.
    share: f64,
    /// Whether everybody was asked: then it is the number.
    exact: bool,
}

impl From<Share> for Estimate {
    fn from(share: Share) -> Self {
        let (n, low, high) = share.numbers();
        Self { n, low, high, share: share.share, exact: share.is_exact() }
    }
}

/// Whether all memberships of a segment are up to date.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BuildingView {
    /// `whole`; `building` while a job tells contacts what the segment means now; `incomplete` if somebody cancelled that
    /// job.
    state: &'static str,
    /// How many contacts the job has looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    looked_at: Option<u64>,
    /// How many it is to look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
    /// The job.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<String>,
}

impl BuildingView {
    pub(crate) fn of(built: &Built, catalog: &Catalog, segment: &SegmentName) -> Self {
        let state = if built.is_building(catalog, segment) {
            "building"
        } else if built.is_incomplete(catalog, segment) {
            "incomplete"
        } else {
            return Self { state: "whole", looked_at: None, of: None, job: None };
        };
        let job = built.job.as_ref();
        Self {
            state,
            looked_at: job.map(|job| job.looked_at),
            of: job.map(|job| job.total.max(job.looked_at)),
            job: job.map(|job| job.id.clone()),
        }
    }
}

/// The combinations of selections that are told of: each alone, each two, and all.
pub(crate) fn combinations(n: usize) -> Vec<u32> {
    let mut masks: Vec<u32> = (0..n).map(|one| 1 << one).collect();
    for one in 0..n {
        masks.extend((one + 1..n).map(|other| 1 << one | 1 << other));
    }
    if n > 2 {
        masks.push((1 << n) - 1);
    }
    masks
}

/// What a combination is of.
pub(crate) fn parts(names: &[String], mask: u32) -> impl Iterator<Item = String> {
    names.iter().enumerate().filter(move |(n, _)| mask >> n & 1 == 1).map(|(_, name)| name.clone())
}

/// What a job that counts has counted so far.
pub(crate) fn counted(of: &[Selection], result_json: Option<&str>) -> Value {
    let counted: Counted = result_json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let names: Vec<String> = of.iter().map(called).collect();
    let sets: Vec<Value> = combinations(of.len())
        .into_iter()
        .map(|mask| {
            let of: Vec<String> = parts(&names, mask).collect();
            serde_json::json!({ "of": of, "n": counted.with_all(mask) })
        })
        .collect();
    serde_json::json!({ "asked": counted.asked, "sets": sets })
}
