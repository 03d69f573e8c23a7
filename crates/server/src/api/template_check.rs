//! The file of a template checked while somebody works on it, as text or as the document of a visual editor.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use wend_domain::source::write::file_of;
use wend_domain::source::yaml::{self, Place};
use wend_domain::source::{self, SourceFile};

use crate::api::drafts::checked_path;
use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::wire::Body;

/// What to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateToCheck {
    /// The file's path; that of the template's name if not given.
    #[schema(example = "templates/welcome.yaml")]
    path: Option<String>,
    /// The text of the file.
    text: Option<String>,
    /// The whole file as JSON, instead of `text`.
    #[schema(value_type = Option<Object>)]
    document: Option<Map<String, Value>>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckedTemplate {
    /// The file's path.
    path: String,
    /// Its text, to be saved as a draft or with other files.
    text: String,
    /// Whether nothing speaks against publishing it.
    ok: bool,
    /// What was found.
    diagnostics: Vec<PointedDiagnostic>,
}

/// Something found in a file, and which value of it is meant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PointedDiagnostic {
    /// What and where.
    #[serde(flatten)]
    #[schema(value_type = crate::wire::Diagnostic)]
    found: source::Diagnostic,
    /// The value, as a JSON pointer into the file.
    #[schema(example = "/blocks/sections/0/columns/0/blocks/2/link")]
    pointer: String,
}

/// Checks the file of a template against what is published, without saving it. A file with errors is an answer too.
#[utoipa::path(
    post,
    path = "/api/v1/templates/check",
    tag = "templates",
    operation_id = "check_template",
    summary = "Check the file of a template",
    request_body = TemplateToCheck,
    security(("key" = ["read"])),
    responses((status = 200, body = CheckedTemplate), Refusals),
)]
pub(crate) async fn check(
    Reader(caller): Reader,
    State(state): State<ServerState>,
    Body(wanted): Body<TemplateToCheck>,
) -> Result<Json<CheckedTemplate>, Error> {
    let file = match (wanted.text, wanted.document) {
        (Some(text), None) => {
            let named = wend_domain::compile::template_name(&SourceFile {
                path: "templates/new.yaml".to_owned(),
                text: text.clone(),
            });
            SourceFile { path: path_of(wanted.path, named.as_deref())?, text }
        }
        (None, Some(document)) => written(wanted.path, &document)?,
        _ => return Err(Error::Malformed("give either `text` or `document`".to_owned())),
    };
    let found = state.engine().check_template(&caller.workspace, file.clone()).await?;
    let node = yaml::parse(&file).0;
    let pointed = |found: source::Diagnostic| {
        let place = Place { line: found.line, column: found.column };
        let pointer = node.as_ref().map(|node| node.pointer(place)).unwrap_or_default();
        PointedDiagnostic { found, pointer }
    };
    Ok(Json(CheckedTemplate {
        ok: !found.iter().any(source::Diagnostic::is_error),
        path: file.path,
        text: file.text,
        diagnostics: found.into_iter().map(pointed).collect(),
    }))
}

/// The file that a document is.
pub(crate) fn written(path: Option<String>, document: &Map<String, Value>) -> Result<SourceFile, Error> {
    let path = path_of(path, document.get("template").and_then(Value::as_str))?;
    Ok(file_of(&path, document))
}

fn path_of(path: Option<String>, name: Option<&str>) -> Result<String, Error> {
    let path = path.unwrap_or_else(|| format!("templates/{}.yaml", name.unwrap_or("new")));
    checked_path(&path)?;
    if !path.starts_with("templates/") {
        return Err(Error::Malformed(format!("`{path}` is no template: expected templates/NAME.yaml")));
    }
    Ok(path)
}
