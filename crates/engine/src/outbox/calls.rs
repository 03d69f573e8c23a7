//! One attempt at a call of another system: its secrets are put in here, and nowhere before.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use wend_domain::input::{Outcome, Receipt};
use wend_render::CallRequest;
use wend_store::OutboxRow;

use super::Attempt;
use crate::courier::{Courier, WebReply, WebRequest};
use crate::secrets::SecretsKey;
use crate::shared::Shared;

/// Secrets as they are kept, and what opens them.
#[derive(Default)]
pub(super) struct Sealed {
    by_name: BTreeMap<String, String>,
    key: Option<SecretsKey>,
}

/// What a call needs to put its secrets in.
pub(super) async fn secrets_of(
    shared: &Shared,
    row: &OutboxRow,
    call: Option<&CallRequest>,
) -> Result<Sealed, Outcome> {
    if call.is_none_or(|call| call.mark.is_none()) {
        return Ok(Sealed::default());
    }
    // Nothing has left: it goes when the database answers again.
    let away = |error| Outcome::Temporary { reply: format!("cannot read the secrets: {error}") };
    let by_name = shared.store.secrets_sealed(&row.workspace).await.map_err(away)?;
    Ok(Sealed { by_name, key: shared.options.secrets_key.clone() })
}

/// Makes a call.
pub(super) async fn attempt(
    courier: &dyn Courier,
    sealed: &Sealed,
    row: &OutboxRow,
    call: &CallRequest,
) -> Attempt {
    let request = match revealed(sealed, row, call) {
        Ok(request) => request,
        Err(reply) => return Attempt::Made(Outcome::Permanent { reply, suppress: false }, None, None),
    };
    let WebReply { outcome, answer, retry_after } = courier.call(request).await;
    let receipt = retry_after.map(|wait| Box::new(Receipt { retry_after: Some(wait), ..Receipt::default() }));
    Attempt::Made(outcome, answer.map(Box::new), receipt)
}

/// The request with its secrets, or why they can't be put in.
fn revealed(sealed: &Sealed, row: &OutboxRow, call: &CallRequest) -> Result<WebRequest, String> {
    let wrong = Cell::new(None);
    let revealed = call.revealed(|name| {
        let kept = sealed.by_name.get(name)?;
        let Some(key) = &sealed.key else {
            wrong.set(Some("this server has no key of secrets".to_owned()));
            return None;
        };
        key.open(&row.workspace, name, kept).map_err(|error| wrong.set(Some(error.to_string()))).ok()
    });
    let revealed = revealed.map_err(|missing| wrong.take().unwrap_or_else(|| missing.to_string()))?;
    Ok(WebRequest {
        workspace: row.workspace.clone(),
        message: row.message,
        attempt: row.attempts,
        method: revealed.method,
        url: revealed.url,
        headers: revealed.headers,
        body: revealed.body,
        timeout: Duration::from_millis(call.timeout_ms),
    })
}
