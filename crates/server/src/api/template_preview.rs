//! Templates tried out: looked at for anybody, and sent to colleagues.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use wend_domain::id::WorkspaceId;
use wend_domain::input::Outcome;
use wend_domain::source;
use wend_engine::{TemplatePreview, TemplateTrial, Tried};

use crate::api::template_check::written;
use crate::api::{find_contact, note};
use crate::auth::{Manager, Reader};
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::{Body, SourceFile};

/// The most addresses of one test.
const TEST_ADDRESSES_MAX: usize = 20;

/// The longest address, in bytes.
const ADDRESS_BYTES_MAX: usize = 320;

/// Which template, and for whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrialBody {
    /// The name of a published template.
    #[serde(default)]
    template: Option<String>,
    /// The file of a template, published or not: it takes the place of the one with its path or name.
    #[serde(default)]
    file: Option<SourceFile>,
    /// The same as JSON, as visual editors have it, instead of `file`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    document: Option<Map<String, Value>>,
    /// A contact: Wend's id, else the user id, else an anonymous id.
    #[serde(default)]
    contact: Option<String>,
    /// What the template reads besides, by root, such as `{"trigger": {"cart_id": "c-1"}}`; it wins over what is known of
    /// the contact.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Map<String, Value>,
    /// In which locale, such as `de-AT`; the contact's own if not given.
    #[serde(default)]
    locale: Option<String>,
    /// Whether the HTML is as a mailbox that is dark shows it.
    #[serde(default)]
    dark: bool,
}

/// A test message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestBody {
    /// The name of a published template.
    #[serde(default)]
    template: Option<String>,
    /// The file of a template, published or not: it takes the place of the one with its path or name.
    #[serde(default)]
    file: Option<SourceFile>,
    /// The same as JSON, as visual editors have it, instead of `file`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    document: Option<Map<String, Value>>,
    /// A contact whose traits are read: Wend's id, else the user id, else an anonymous id.
    #[serde(default)]
    contact: Option<String>,
    /// What the template reads besides, by root.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Map<String, Value>,
    /// In which locale, such as `de-AT`; the contact's own if not given.
    #[serde(default)]
    locale: Option<String>,
    /// Where it goes, at most 20 addresses of the template's channel.
    #[serde(default)]
    to: Vec<String>,
    /// Also to the addresses of this seed list of the policies.
    #[serde(default)]
    list: Option<String>,
}

/// A template, rendered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewedTemplate {
    /// The template.
    template: String,
    /// Its channel.
    channel: String,
    /// The finished parts: `subject`, `preheader`, `html`, `text`, `from`, …
    #[schema(value_type = Object)]
    content: Value,
    /// Links, pictures, sizes and what speaks against the message: `links`, `images`, `html_bytes`, `text_bytes`, and
    /// `checks` with `code`, `severity`, `title`, `message`, `fix` and `part`.
    #[schema(value_type = Object)]
    inspection: Value,
    /// What was found in the file, with places, if one was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<crate::wire::Diagnostic>)]
    diagnostics: Vec<source::Diagnostic>,
}

/// What became of a test.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TestedTemplate {
    /// The template.
    template: String,
    /// What became of each message.
    sent: Vec<TestMessage>,
}

/// What became of one test message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TestMessage {
    /// Where it was to go.
    to: String,
    /// `accepted`, `temporary`, `permanent` or `unknown`.
    outcome: &'static str,
    /// What the provider said.
    reply: String,
}

/// Renders a template for a contact, or with made-up data, and says what speaks against the message. Nothing is kept and
/// nothing is sent.
#[utoipa::path(
    post,
    path = "/api/v1/templates/preview",
    tag = "templates",
    operation_id = "preview_template",
    summary = "Preview a template",
    request_body = TrialBody,
    security(("key" = ["read"])),
    responses(
        (status = 200, body = PreviewedTemplate),
        (status = 422, description = "The template can't be rendered", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn preview(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Body(body): Body<TrialBody>,
) -> Result<Json<PreviewedTemplate>, Error> {
    let preview = tried(&state, &caller.workspace, body).await?;
    Ok(Json(PreviewedTemplate {
        template: preview.template.to_string(),
        channel: preview.channel.to_string(),
        content: serde_json::to_value(&preview.rendered).map_err(Error::internal)?,
        inspection: serde_json::to_value(&preview.inspection).map_err(Error::internal)?,
        diagnostics: preview.diagnostics,
    }))
}

/// Sends a template to colleagues, marked as a test. It is no message to a contact: no history, no caps, no reports.
#[utoipa::path(
    post,
    path = "/api/v1/templates/test",
    tag = "templates",
    operation_id = "test_template",
    summary = "Send a test",
    request_body = TestBody,
    security(("key" = ["manage"])),
    responses(
        (status = 200, body = TestedTemplate),
        (status = 422, description = "The template can't be rendered", body = crate::error::ErrorBody),
        Refusals,
    ),
)]
pub(crate) async fn test(
    Manager(caller): Manager,
    State(state): State<ServerState>,
    Body(body): Body<TestBody>,
) -> Result<Json<TestedTemplate>, Error> {
    let TestBody { template, file, document, contact, context, locale, mut to, list } = body;
    if let Some(list) = list {
        to.extend(seeds(&state, &caller.workspace, &list)?);
        to.sort();
        to.dedup();
    }
    if to.is_empty() || to.len() > TEST_ADDRESSES_MAX {
        return Err(Error::Malformed(format!(
            "`to` has {} addresses; expected 1 to {TEST_ADDRESSES_MAX}",
            to.len()
        )));
    }
    let is_address = |to: &String| {
        !to.trim().is_empty() && to.len() <= ADDRESS_BYTES_MAX && !to.chars().any(char::is_control)
    };
    if let Some(bad) = to.iter().find(|to| !is_address(to)) {
        return Err(Error::Malformed(format!("`to` has {bad:?}, which is no address")));
    }
    let trial = TrialBody { template, file, document, contact, context, locale, dark: false };
    let preview = tried(&state, &caller.workspace, trial).await?;
    let template = preview.template.to_string();
    note(&state, &caller.workspace, &caller, &json!({ "test": template, "addresses": to.len() })).await?;
    let sent = state.engine().test_template(&caller.workspace, &preview, &to).await;
    let sent = sent.into_iter().map(|sent| {
        let (outcome, reply) = match sent.outcome {
            Outcome::Accepted { reply } => ("accepted", reply),
            Outcome::Temporary { reply } => ("temporary", reply),
            Outcome::Permanent { reply, .. } => ("permanent", reply),
            Outcome::Unknown { what } => ("unknown", what),
        };
        TestMessage { to: sent.to, outcome, reply }
    });
    Ok(Json(TestedTemplate { template, sent: sent.collect() }))
}

/// The addresses of a seed list.
fn seeds(state: &ServerState, workspace: &WorkspaceId, list: &str) -> Result<Vec<String>, Error> {
    let catalog = state.engine().catalog(workspace);
    let found = catalog.policies.seed_lists.get(list).cloned();
    found.ok_or_else(|| Error::not_found("seed list", list))
}

async fn tried(
    state: &ServerState,
    workspace: &WorkspaceId,
    trial: TrialBody,
) -> Result<TemplatePreview, Error> {
    let TrialBody { template, file, document, contact, context, locale, dark } = trial;
    let file = match (file, document) {
        (file, None) => file.map(source::SourceFile::from),
        (None, Some(document)) => Some(written(None, &document)?),
        (Some(_), Some(_)) => {
            return Err(Error::Malformed("give `file` or `document`, not both".to_owned()));
        }
    };
    if template.is_none() && file.is_none() {
        return Err(Error::Malformed(
            "give `template`, the name of a published one, `file` or `document`".to_owned(),
        ));
    }
    let contact = match contact {
        Some(reference) => Some(Box::new(find_contact(state, workspace, &reference).await?)),
        None => None,
    };
    let name = template.unwrap_or_default();
    let trial = TemplateTrial { template: name.clone(), file, contact, context, locale, dark };
    match state.engine().preview_template(workspace, trial).await? {
        Tried::Rendered(preview) => Ok(*preview),
        Tried::Failed(error) => Err(Error::Unprocessable(error.to_string())),
        Tried::Invalid(diagnostics) => Err(Error::Invalid(diagnostics)),
        Tried::Missing => Err(Error::not_found("template", &name)),
    }
}
