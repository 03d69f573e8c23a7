//! The description of the API, made from the same annotations as its routes.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{api, collect, health};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Wend",
        description = "Events in, decisions explained, messages out. All times are RFC 3339 in UTC. Every list is paged: \
                       `next` of one page is `before` or `after` of the next.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "events", description = "Sending events, with the libraries of Segment and RudderStack or without"),
        (name = "contacts", description = "People, and why what happened to them happened"),
        (name = "segments", description = "Segments and lists: how many, who, why, and who would be"),
        (name = "accounts", description = "Groups of contacts, with traits of their own and sums over their members"),
        (name = "messages", description = "What was, is and will be sent"),
        (name = "workflows", description = "Running workflows: pause, stop, roll back, roll out"),
        (name = "templates", description = "Templates: what uses them, previews, tests"),
        (name = "catalogues", description = "What templates look up: of files, and uploaded"),
        (name = "tasks", description = "What colleagues are to do for contacts"),
        (name = "portfolio", description = "Publishing files"),
        (name = "drafts", description = "Files that somebody works on and has not published"),
        (name = "imports", description = "Files of contacts that are imported"),
        (name = "exports", description = "What is known, as files"),
        (name = "secrets", description = "What calls and hooks authenticate with"),
        (name = "keys", description = "Keys and what they may do"),
        (name = "team", description = "People who sign in"),
        (name = "workspaces", description = "Workspaces"),
        (name = "operation", description = "Looking after an installation"),
    ),
    modifiers(&Schemes),
)]
pub(crate) struct Described;

/// The ways in which a key is sent.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some("A secret key. Its scope is `read`, `manage` or `admin`.".to_owned());
        components.add_security_scheme("key", SecurityScheme::Http(bearer));
        let mut basic = Http::new(HttpAuthScheme::Basic);
        basic.description = Some(
            "A write key as user, with an empty password. It may also stand in `X-Write-Key`, in the query as \
             `writeKey`, or in the body as `writeKey`."
                .to_owned(),
        );
        components.add_security_scheme("write_key", SecurityScheme::Http(basic));
    }
}

/// The description of every endpoint, as `/openapi.json` gives it.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut openapi = Described::openapi();
    openapi.merge(collect::docs::openapi());
    for routes in [api::routes(), api::slow_routes(), health::routes()] {
        openapi.merge(routes.into_openapi());
    }
    openapi
}

#[cfg(test)]
mod tests;
