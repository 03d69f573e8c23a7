//! The documentation of the endpoints that take events and news: most share one handler, so it stands apart from them.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use crate::collect::{Collected, PATHS};
use crate::error::Refusals;

/// Takes one event of the path's kind. The body is the call of the Segment specification as JSON, plain or gzip, whatever
/// its `Content-Type`. It answers once the event is committed.
///
/// What makes no sense is kept in quarantine and answered with 200 and the reason: libraries drop whole batches on 400.
#[utoipa::path(
    post,
    path = "/v1/track",
    tag = "events",
    summary = "Take an event",
    request_body(content = Object, description = "`userId` or `anonymousId`; `event` for track; `properties`, `traits`"),
    security(("write_key" = []), ("key" = ["ingest"])),
    responses((status = 200, body = Collected), Refusals),
)]
#[expect(dead_code, reason = "it only documents")]
fn single() {}

/// Takes up to 2,500 events in 500 KB, 32 KB each. One that makes no sense doesn't fail the others.
#[utoipa::path(
    post,
    path = "/v1/batch",
    tag = "events",
    summary = "Take a batch of events",
    request_body(content = Object, description = "`{\"batch\": [{\"type\": \"track\", …}], \"sentAt\": …, \"writeKey\": …}`"),
    security(("write_key" = []), ("key" = ["ingest"])),
    responses((status = 200, body = Collected), Refusals),
)]
#[expect(dead_code, reason = "it only documents")]
fn batch() {}

#[derive(OpenApi)]
#[openapi(paths(
    single,
    batch,
    crate::collect::hooks::call,
    crate::providers::told,
    crate::collect::settings::segment_settings,
    crate::collect::settings::rudder_settings
))]
struct Documented;

/// The documentation of every path that takes events.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    let mut openapi = Documented::openapi();
    let of = |path: &str| openapi.paths.paths.get(path).and_then(|item| item.post.clone());
    let (Some(single), Some(batch)) = (of("/v1/track"), of("/v1/batch")) else { return openapi };
    for (path, endpoint) in PATHS {
        let template = match endpoint {
            crate::ingest::Endpoint::Single(_) => &single,
            crate::ingest::Endpoint::Batch { .. } => &batch,
        };
        let mut item = PathItem::default();
        item.post = Some(named(template, path));
        openapi.paths.paths.insert(path.to_owned(), item);
    }
    openapi
}

/// The operation of a path, with an id of its own.
fn named(template: &Operation, path: &str) -> Operation {
    let mut operation = template.clone();
    operation.operation_id = Some(format!("collect{}", path.replace('/', "_")));
    operation.summary = Some(match path.trim_start_matches("/v1/") {
        "import" => "Import history: it updates profiles and triggers nothing".to_owned(),
        "batch" | "b" | "/beacon/v1/batch" => "Take a batch of events".to_owned(),
        name => format!("Take one event ({name})"),
    });
    operation
}
