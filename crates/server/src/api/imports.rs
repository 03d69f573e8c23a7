//! The imports of a workspace.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use wend_engine::imports::{Import, ImportError};

use crate::auth::Reader;
use crate::error::{Error, Refusals};
use crate::state::ServerState;
use crate::view::import::ImportView;

/// Imports, latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Imports {
    /// The imports, at most a hundred.
    imports: Vec<ImportView>,
}

/// The files that were imported into the workspace, or are to be.
#[utoipa::path(
    get,
    path = "/api/v1/imports",
    tag = "imports",
    summary = "List imports",
    security(("key" = ["read"])),
    responses((status = 200, body = Imports), Refusals),
)]
pub(crate) async fn imports(
    Reader(caller): Reader,
    State(state): State<ServerState>,
) -> Result<Json<Imports>, Error> {
    let rows = state.store().imports(&caller.workspace).await?;
    let imports = rows.into_iter().map(|row| Ok(ImportView::from(Import::read(row)?)));
    Ok(Json(Imports { imports: imports.collect::<Result<_, Error>>()? }))
}

impl From<ImportError> for Error {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        match error {
            ImportError::Missing => Self::not_found("import", "this id"),
            ImportError::TooMany => {
                Self::Conflict { message, hint: "remove old imports with DELETE /api/v1/imports/ID" }
            }
            ImportError::TooLarge => Self::TooLarge(message),
            ImportError::NoTable(_) => Self::Unprocessable(message),
            ImportError::Settings(faults) => {
                let told = faults.into_iter().map(|fault| match fault.column {
                    Some(column) => format!("column `{column}`: {} ({})", fault.reason, fault.fix),
                    None => format!("{} ({})", fault.reason, fault.fix),
                });
                let told: Vec<String> = told.collect();
                Self::Unprocessable(format!("{message}: {}", told.join("; ")))
            }
            ImportError::NotNow { .. } => {
                Self::Conflict { message, hint: "see where it is with GET /api/v1/imports/ID" }
            }
            ImportError::Moved => Self::Conflict { message, hint: "look at it again, and ask again" },
            ImportError::Store(error) => error.into(),
            ImportError::Other(error) => error.into(),
        }
    }
}
