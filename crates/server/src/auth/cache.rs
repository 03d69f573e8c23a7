//! Keys that were looked up a moment ago, so that a burst of events doesn't ask the database for each.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use wend_domain::time::{Period, Timestamp};

use crate::auth::{Caller, Scope, hash};
use crate::error::Error;
use crate::ingest::limits::WRITE_KEY_BYTES_MAX;
use crate::state::ServerState;

/// How long a key is believed without looking again: a key revoked on another node works this long at most.
const KEY_FRESH_FOR: Period = Period::from_millis(2_000);

/// The most keys remembered; beyond it all are forgotten and looked up anew.
const KEYS_MAX: usize = 10_000;

/// Valid keys by the hash of their secret, and until when they are believed. Unknown keys are not remembered.
#[derive(Debug, Default)]
pub(crate) struct KeyCache {
    keys: Mutex<BTreeMap<String, (Caller, Timestamp)>>,
}

impl KeyCache {
    /// The caller with this secret; none if there is no valid key.
    pub(crate) async fn caller(&self, state: &ServerState, secret: &str) -> Result<Option<Caller>, Error> {
        if secret.is_empty() || secret.len() > WRITE_KEY_BYTES_MAX {
            return Ok(None);
        }
        let (hash, at) = (hash(secret), state.now());
        if let Some(caller) = self.fresh(&hash, at) {
            return Ok(Some(caller));
        }
        let Some(row) = state.store().key_by_hash(&hash).await? else { return Ok(None) };
        if row.revoked_at.is_some_and(|revoked_at| revoked_at <= at) {
            return Ok(None);
        }
        let scope = Scope::parse(&row.scope).ok_or_else(|| {
            Error::internal(anyhow::anyhow!("the key {} has the scope `{}`", row.id, row.scope))
        })?;
        let caller = Caller { key_id: row.id, name: row.name, workspace: row.workspace, scope };
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEYS_MAX {
            keys.clear();
        }
        keys.insert(hash, (caller.clone(), at + KEY_FRESH_FOR));
        Ok(Some(caller))
    }

    /// Forgets all, since one of them changed.
    pub(crate) fn forget(&self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn fresh(&self, hash: &str, at: Timestamp) -> Option<Caller> {
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get(hash).filter(|(_, until)| at < *until).map(|(caller, _)| caller.clone())
    }
}
