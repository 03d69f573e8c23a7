//! The contact that people mean by what they type, and where one has gone that became part of another.

use wend_domain::id::{ContactId, WorkspaceId};
use wend_domain::identity::{Identifier, IdentifierKind, normal_email, normal_phone};

use crate::engine::Engine;
use crate::identify::redirect;

/// How far one who is part of another contact, who is part of another, is followed.
const REDIRECTS_MAX: usize = 1_000;

/// The longest identifier that is looked for, in bytes.
const REFERENCE_BYTES_MAX: usize = 1_024;

/// A contact that was found by what means it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// The contact that stands for it now.
    pub contact: ContactId,
    /// Its document.
    pub document: Vec<u8>,
    /// The contact that was meant: another one if that has become part of this one.
    pub named: ContactId,
}

impl Engine {
    /// The contact that a text means: by our id, else by user id, by an id in another system as `namespace:id`, by
    /// anonymous id, by e-mail address or by phone number. One that is part of another contact means that one.
    pub async fn meant(&self, workspace: &WorkspaceId, typed: &str) -> anyhow::Result<Option<Meant>> {
        if typed.len() > REFERENCE_BYTES_MAX || typed.contains('\0') {
            return Ok(None);
        }
        if let Ok(id) = typed.parse::<ContactId>()
            && let Some(document) = self.store().contact_by_id(workspace, id).await?
        {
            return self.followed(workspace, id, document).await;
        }
        let catalog = self.catalog(workspace);
        for kind in IdentifierKind::ALL {
            let value = match kind {
                IdentifierKind::UserId | IdentifierKind::External | IdentifierKind::AnonymousId => {
                    Some(typed.to_owned())
                }
                IdentifierKind::Email => normal_email(typed),
                IdentifierKind::Phone => normal_phone(typed, catalog.policies.identity.country.as_deref()),
            };
            let Some(value) = value else { continue };
            let identifier = Identifier { kind, value };
            let Some(id) = self.store().contact_by_identifier(workspace, &identifier).await? else {
                continue;
            };
            // An identifier is claimed before its contact's first input is taken: for a moment there is no document.
            return match self.store().contact_by_id(workspace, id).await? {
                Some(document) => self.followed(workspace, id, document).await,
                None => Ok(None),
            };
        }
        Ok(None)
    }

    async fn followed(
        &self,
        workspace: &WorkspaceId,
        named: ContactId,
        mut document: Vec<u8>,
    ) -> anyhow::Result<Option<Meant>> {
        let mut contact = named;
        for _ in 0..REDIRECTS_MAX {
            let Some(next) = redirect(&document) else {
                return Ok(Some(Meant { contact, document, named }));
            };
            contact = next;
            match self.store().contact_by_id(workspace, contact).await? {
                Some(known) => document = known,
                None => return Ok(None),
            }
        }
        anyhow::bail!("contact {named} leads through more than {REDIRECTS_MAX} others")
    }
}
