//! One segment: how many contacts it has, and how that came about day by day.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wend_domain::advance::{BY_DAY, CameOrWent, in_segment, on_list};
use wend_domain::id::{ListName, WorkspaceId};
use wend_domain::source;
use wend_domain::source::grammar::FileKind;
use wend_domain::zone::add_days;

use crate::api::audience::{BuildingView, known_list, known_segment};
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Filter, Parameters};

/// The most days of growth that are shown.
const DAYS_MAX: u32 = 400;

/// The days of growth that are shown if nothing else is asked for.
const DAYS: u32 = 30;

/// How far back.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Back {
    /// How many days of growth to show, 1 to 400; 30 if not given.
    days: Option<u32>,
}

/// A segment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SegmentView {
    /// Its name.
    name: String,
    /// What a person reads.
    title: String,
    /// The file that defines it, as it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<crate::wire::SourceFile>,
    /// How many contacts are in it: those who have been told of what it means now.
    n_contacts: i64,
    /// The revision since which it means what it means now.
    since_revision: u64,
    /// Whether that is all.
    building: BuildingView,
    /// Who came and went, by day, oldest first.
    growth: Vec<DayView>,
}

/// Who came and went on one day, by the workspace's calendar.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayView {
    /// The day.
    day: String,
    /// How many contacts were members at its end.
    n_contacts: i64,
    /// How many entered: by what they did, by what was done for them, or by the passing of time.
    entered: i64,
    /// How many left so.
    left: i64,
    /// How many entered because the definition changed.
    defined_in: i64,
    /// How many left because the definition changed.
    defined_out: i64,
}

/// One segment with its file, how many contacts are in it, and how that came about.
#[utoipa::path(
    get,
    path = "/api/v1/segments/{name}",
    tag = "segments",
    summary = "Show a segment",
    params(("name" = String, Path, description = "The segment"), Back),
    security(("key" = ["read"])),
    responses((status = 200, body = SegmentView), Refusals),
)]
pub(crate) async fn segment(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Filter(back): Filter<Back>,
) -> Result<Json<SegmentView>, Error> {
    let catalog = state.engine().catalog(&caller.workspace);
    let name = known_segment(&catalog, &name)?;
    let built = state.engine().built(&caller.workspace).await?;
    let (n_contacts, growth) = growth(&state, &caller.workspace, &in_segment(&name), back.days).await?;
    let (_, portfolio) = state.engine().portfolio(&caller.workspace).await?;
    let is_its = |file: &&source::SourceFile| {
        FileKind::of_path(&file.path) == Some(FileKind::Segment) && names(&file.text, name.as_str())
    };
    Ok(Json(SegmentView {
        title: catalog.segments.get(&name).map(|segment| segment.title.clone()).unwrap_or_default(),
        file: portfolio.files.iter().find(is_its).cloned().map(Into::into),
        n_contacts,
        since_revision: catalog.segment_since(&name),
        building: BuildingView::of(&built, &catalog, &name),
        growth,
        name: name.to_string(),
    }))
}

/// Whether a file of a segment is the one of this name.
fn names(text: &str, name: &str) -> bool {
    let named = text.lines().find_map(|line| line.strip_prefix("segment:"));
    named.is_some_and(|named| {
        named.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']) == name
    })
}

/// A static list: it exists as long as somebody is or was on it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListView {
    /// Its name.
    name: String,
    /// How many contacts are on it.
    n_contacts: i64,
    /// Who came and went, by day, oldest first.
    growth: Vec<DayView>,
}

/// One list, how many contacts are on it, and how that came about.
#[utoipa::path(
    get,
    path = "/api/v1/lists/{name}",
    tag = "segments",
    summary = "Show a list",
    params(("name" = String, Path, description = "The list"), Back),
    security(("key" = ["read"])),
    responses((status = 200, body = ListView), Refusals),
)]
pub(crate) async fn list(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Parameters(name): Parameters<String>,
    Filter(back): Filter<Back>,
) -> Result<Json<ListView>, Error> {
    let list = ListName::from(name.as_str());
    known_list(&state, &caller.workspace, &list).await?;
    let counter = on_list(&list);
    let (n_contacts, growth) = growth(&state, &caller.workspace, &counter, back.days).await?;
    Ok(Json(ListView { name, n_contacts, growth }))
}

/// How many there are, and what each of the last days brought.
async fn growth(
    state: &ServerState,
    workspace: &WorkspaceId,
    counter: &str,
    days: Option<u32>,
) -> Result<(i64, Vec<DayView>), Error> {
    let days = match days.unwrap_or(DAYS) {
        days @ 1..=DAYS_MAX => days,
        days => return Err(Error::Malformed(format!("`days` is {days}; expected 1 to {DAYS_MAX}"))),
    };
    let store = state.store();
    let now = store.counters_between(workspace, counter, &format!("{counter}\u{1}")).await?;
    let n_contacts = now.get(counter).copied().unwrap_or_default();
    let today = state.engine().catalog(workspace).policies.zone.local(state.now()).date();
    let first = add_days(today, 1 - i64::from(days));
    let (from, to) = (format!("{BY_DAY}{first}"), format!("{BY_DAY}{}", add_days(today, 1)));
    let mut moved: BTreeMap<(String, CameOrWent), i64> = BTreeMap::new();
    for (name, n) in store.counters_between(workspace, &from, &to).await? {
        let Some((day, what)) = name.strip_prefix(BY_DAY).and_then(|rest| rest.split_once('.')) else {
            continue;
        };
        let came_or_went = CameOrWent::ALL.into_iter().find(|one| {
            what.strip_prefix(counter).and_then(|rest| rest.strip_prefix(':')) == Some(one.as_str())
        });
        if let Some(came_or_went) = came_or_went {
            moved.insert((day.to_owned(), came_or_went), n);
        }
    }
    // From the end: what there is now is what there was at the end of today.
    let mut n_then = n_contacts;
    let mut growth = Vec::new();
    for back in 0..i64::from(days) {
        let day = add_days(today, -back).to_string();
        let on = |what| moved.get(&(day.clone(), what)).copied().unwrap_or_default();
        let view = DayView {
            n_contacts: n_then,
            entered: on(CameOrWent::Entered),
            left: on(CameOrWent::Left),
            defined_in: on(CameOrWent::DefinedIn),
            defined_out: on(CameOrWent::DefinedOut),
            day,
        };
        n_then -= view.entered + view.defined_in - view.left - view.defined_out;
        growth.push(view);
    }
    growth.reverse();
    Ok((n_contacts, growth))
}
