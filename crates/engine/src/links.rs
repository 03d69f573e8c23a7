//! The key of a workspace's people: it signs their links and hashes their addresses.
//!
//! It is made once, by whichever node is first, and never changes, so that a link in an old message works for as long as
//! the database lives. It is kept as it is, not sealed with the installation's key of secrets: a back-up that is loaded
//! elsewhere must still know whom it may not write to, and who has the database has all that the key protects.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use wend_domain::consent::Consent;
use wend_domain::id::{Channel, WorkspaceId};
use wend_domain::link::LinkKey;
use wend_render::Links;

use crate::engine::Engine;
use crate::options::EngineOptions;
use crate::shared::Shared;

/// How many bytes a key has.
const KEY_BYTES: usize = 32;

/// What addresses are hashed as.
const ADDRESS: &str = "address";

/// The keys that this node knows.
#[derive(Default)]
pub(crate) struct Keys(Mutex<BTreeMap<WorkspaceId, LinkKey>>);

impl Keys {
    fn get(&self, workspace: &WorkspaceId) -> Option<LinkKey> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(workspace).cloned()
    }

    fn put(&self, workspace: &WorkspaceId, key: LinkKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(workspace.clone(), key);
    }
}

/// A workspace's key; it is made if there is none.
pub(crate) async fn key_of(shared: &Shared, workspace: &WorkspaceId) -> anyhow::Result<LinkKey> {
    if let Some(key) = known(shared, workspace).await? {
        return Ok(key);
    }
    let mut bytes = [0; KEY_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| anyhow!("the system has no random bytes"))?;
    let kept = shared.store.workspace_key_put(workspace, &STANDARD.encode(bytes), shared.clock.now()).await?;
    let key = read(workspace, &kept)?;
    shared.keys.put(workspace, key.clone());
    Ok(key)
}

/// A workspace's key, if there is one.
async fn known(shared: &Shared, workspace: &WorkspaceId) -> anyhow::Result<Option<LinkKey>> {
    if let Some(key) = shared.keys.get(workspace) {
        return Ok(Some(key));
    }
    let Some(kept) = shared.store.workspace_key(workspace).await? else { return Ok(None) };
    let key = read(workspace, &kept)?;
    shared.keys.put(workspace, key.clone());
    Ok(Some(key))
}

fn read(workspace: &WorkspaceId, kept: &str) -> anyhow::Result<LinkKey> {
    let bytes: Option<[u8; KEY_BYTES]> = STANDARD.decode(kept).ok().and_then(|bytes| bytes.try_into().ok());
    let bytes =
        bytes.with_context(|| format!("the key of the links of workspace `{workspace}` makes no sense"))?;
    Ok(LinkKey::new(bytes))
}

/// What makes the links of a workspace's messages; none if nobody has said how people reach the server.
pub(crate) fn links(options: &EngineOptions, workspace: &WorkspaceId, key: LinkKey) -> Option<Links> {
    let base_url = options.public_url.as_deref()?;
    let links = Links::new(base_url, workspace.clone(), key);
    Some(links.with_mail(options.mail_domain.clone(), options.replies))
}

/// The hash by which a suppressed address of a channel is found.
pub(crate) fn address_hash(key: &LinkKey, channel: &Channel, address: &str) -> String {
    key.hash(ADDRESS, &Consent::suppression_key(channel, address))
}

impl Engine {
    /// The key of a workspace's links; none if there is no such workspace.
    pub async fn link_key(&self, workspace: &WorkspaceId) -> anyhow::Result<Option<LinkKey>> {
        known(self.shared(), workspace).await
    }

    /// The address of the server as people reach it, if somebody has said it.
    pub fn public_url(&self) -> Option<&str> {
        self.shared().options.public_url.as_deref()
    }

    /// The hash by which a suppressed address of a channel is found in the workspace's list.
    pub async fn address_hash(
        &self,
        workspace: &WorkspaceId,
        channel: &Channel,
        address: &str,
    ) -> anyhow::Result<String> {
        Ok(address_hash(&key_of(self.shared(), workspace).await?, channel, address))
    }
}

#[cfg(test)]
mod tests;
