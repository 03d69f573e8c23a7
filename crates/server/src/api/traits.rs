//! What is known of traits: what a team declares, what is computed, what clients send, and where these disagree.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wend_domain::catalog::Catalog;
use wend_domain::profile::{Computed, Reckoning, TraitFormat, TraitRule, TraitType};
use wend_store::TraitSeenRow;

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::shown;
use crate::wire::Filter;

/// Which traits to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Whether to show only those where what clients send disagrees with itself or with what is declared.
    #[serde(default)]
    conflicts: bool,
}

/// The traits of a workspace's contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Traits {
    /// The traits, by name.
    traits: Vec<TraitView>,
}

/// A trait: what is said of it and what was seen of it.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct TraitView {
    /// Its name; `*` stands for those beyond the first 1,000.
    name: String,
    /// What a person reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Its type, if it is declared or computed.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    /// Whether each known contact should have it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    /// What a text must look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    /// The only values that it has.
    #[serde(rename = "in", skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    one_of: Vec<Value>,
    /// Whether it says something of a person that others should not see.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    personal: bool,
    /// What it is computed of.
    #[serde(skip_serializing_if = "Option::is_none")]
    computed: Option<String>,
    /// The types that clients sent, most frequent first.
    seen: Vec<TypeSeen>,
    /// What was wrong with what clients sent, most frequent first.
    faults: Vec<FaultSeen>,
    /// Whether what clients send disagrees with itself or with what is declared.
    conflict: bool,
}

/// How often a type was seen, and when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypeSeen {
    /// The type.
    #[serde(rename = "type")]
    kind: String,
    /// How often.
    n: u64,
    /// When first.
    first_at: String,
    /// When last.
    last_at: String,
}

/// How often something was wrong, and when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FaultSeen {
    /// `type`, `format`, `not_listed`, `computed` or `missing`.
    fault: String,
    /// The type of the value; empty if it was missing.
    #[serde(rename = "type")]
    kind: String,
    /// How often.
    n: u64,
    /// When first.
    first_at: String,
    /// When last.
    last_at: String,
    /// One of the contacts, by Wend's id.
    contact: String,
}

/// The traits of contacts: what `traits.yaml` declares and computes, which types clients sent how often and since when, and
/// what was wrong with it. Nothing that disagrees is dropped: it is stored, and rules that need the declared type take it
/// for missing. What was counted lately may take a minute to be added up.
#[utoipa::path(
    get,
    path = "/api/v1/traits",
    tag = "contacts",
    summary = "List traits",
    params(Which),
    security(("key" = ["read"])),
    responses((status = 200, body = Traits), Refusals),
)]
pub(crate) async fn traits(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Filter(which): Filter<Which>,
) -> Result<Json<Traits>, Error> {
    let catalog = state.engine().catalog(&caller.workspace);
    let rows = state.store().traits_seen(&caller.workspace).await?;
    let mut traits = views(&catalog, rows);
    traits.retain(|view| view.conflict || !which.conflicts);
    Ok(Json(Traits { traits }))
}

fn views(catalog: &Catalog, rows: Vec<TraitSeenRow>) -> Vec<TraitView> {
    let mut views: BTreeMap<String, TraitView> = BTreeMap::new();
    for (name, rule) in &catalog.traits.declared {
        views.insert(name.clone(), declared(rule));
    }
    for (name, computed) in &catalog.traits.computed {
        views.insert(name.clone(), computed_view(catalog, computed));
    }
    let mut kinds: BTreeMap<String, BTreeSet<TraitType>> = BTreeMap::new();
    for row in rows {
        let view = views.entry(row.name.clone()).or_default();
        let (first_at, last_at) = (shown(row.first_at), shown(row.last_at));
        if let Some(kind) = TraitType::named(&row.kind) {
            kinds.entry(row.name.clone()).or_default().insert(kind);
            match view.seen.iter_mut().find(|seen| seen.kind == row.kind) {
                Some(seen) => {
                    seen.n += row.n;
                    seen.last_at = seen.last_at.clone().max(last_at.clone());
                    seen.first_at = seen.first_at.clone().min(first_at.clone());
                }
                None => view.seen.push(TypeSeen {
                    kind: row.kind.clone(),
                    n: row.n,
                    first_at: first_at.clone(),
                    last_at: last_at.clone(),
                }),
            }
        }
        if !row.fault.is_empty() {
            let (fault, kind, n, contact) = (row.fault, row.kind, row.n, row.contact);
            view.faults.push(FaultSeen { fault, kind, n, first_at, last_at, contact });
        }
    }
    let finish = |(name, mut view): (String, TraitView)| {
        view.seen.sort_by_key(|seen| std::cmp::Reverse(seen.n));
        view.faults.sort_by_key(|fault| std::cmp::Reverse(fault.n));
        let differ = kinds.get(&name).is_some_and(disagree);
        // The names beyond the bound are added up: of course they differ.
        let is_one = name != wend_store::OTHERS;
        view.conflict = !view.faults.is_empty() || (view.kind.is_none() && differ && is_one);
        view.name = name;
        view
    };
    views.into_iter().map(finish).collect()
}

/// Whether values of these types can't all be one trait's: a date is a text, too.
fn disagree(kinds: &BTreeSet<TraitType>) -> bool {
    !kinds.iter().any(|kind| kinds.iter().all(|other| kind.takes(*other)))
}

fn declared(rule: &TraitRule) -> TraitView {
    TraitView {
        title: Some(rule.title.clone()),
        kind: Some(rule.kind.as_str()),
        required: rule.required,
        format: rule.format.as_ref().map(|format| match format {
            TraitFormat::Email => "email",
            TraitFormat::Phone => "phone",
            TraitFormat::Url => "url",
            TraitFormat::Pattern(_) => "pattern",
        }),
        one_of: rule.one_of.clone(),
        personal: rule.personal,
        ..TraitView::default()
    }
}

fn computed_view(catalog: &Catalog, computed: &Computed) -> TraitView {
    let summary = catalog.summaries.get(&computed.summary);
    let event = summary.map(|summary| summary.event.to_string()).unwrap_or_default();
    let property = summary.and_then(|summary| summary.value.as_ref().or(summary.noted.as_ref()));
    let of = property.map(|path| format!("`{path}` of ")).unwrap_or_default();
    let what = match computed.what {
        Reckoning::Count => "the number of",
        Reckoning::Sum => "the sum of",
        Reckoning::FirstAt => "when there first was",
        Reckoning::LastAt => "when there last was",
        Reckoning::First => "the first",
        Reckoning::Last => "the last",
        Reckoning::MostFrequent => "the most frequent",
    };
    let within = computed.within.map(|within| format!(" within {within}")).unwrap_or_default();
    TraitView {
        title: Some(computed.title.clone()),
        kind: computed.what.kind().map(TraitType::as_str),
        personal: computed.personal,
        computed: Some(format!("{what} {of}{event}{within}")),
        ..TraitView::default()
    }
}
