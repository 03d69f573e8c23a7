//! The links of a message by which a person unsubscribes, chooses or confirms.

use std::fmt::Write as _;

use serde_json::Value;
use wend_domain::effect::Render;
use wend_domain::id::WorkspaceId;
use wend_domain::link::{Link, LinkKey, Purpose};

/// What makes the links of a workspace's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    base_url: String,
    workspace: WorkspaceId,
    key: LinkKey,
}

impl Links {
    /// `base_url` is the address by which people reach the server.
    pub fn new(base_url: &str, workspace: WorkspaceId, key: LinkKey) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned(), workspace, key }
    }

    /// The whole address of a link.
    pub fn url(&self, link: &Link) -> String {
        let signed = link.sign(&self.key, &self.workspace);
        format!("{}/{}/{}/{signed}", self.base_url, link.purpose.path(), segment(self.workspace.as_str()))
    }

    fn of(&self, wanted: &Render, purpose: Purpose) -> String {
        self.url(&Link {
            purpose,
            at: wanted.at,
            contact: wanted.contact,
            message: wanted.message,
            channel: wanted.channel.clone(),
            category: wanted.category.clone(),
        })
    }

    /// Where the person unsubscribes, if the message is one that it can opt out of.
    pub(crate) fn unsubscribe(&self, wanted: &Render) -> Option<String> {
        wanted.optional.then(|| self.of(wanted, Purpose::Unsubscribe))
    }

    /// What a template reads: `unsubscribe_url`, `preferences_url` and `confirm_url`.
    pub(crate) fn add_to(&self, context: &mut Value, wanted: &Render) {
        let Value::Object(context) = context else { return };
        let mut add = |name: &str, purpose| {
            context.insert(name.to_owned(), Value::String(self.of(wanted, purpose)));
        };
        add(UNSUBSCRIBE_URL, Purpose::Unsubscribe);
        add(PREFERENCES_URL, Purpose::Preferences);
        if wanted.confirms {
            add(CONFIRM_URL, Purpose::Confirm);
        }
    }
}

/// Where the person unsubscribes, for templates.
pub(crate) const UNSUBSCRIBE_URL: &str = "unsubscribe_url";
/// Where the person chooses, for templates.
pub(crate) const PREFERENCES_URL: &str = "preferences_url";
/// Where the person confirms a subscription, for templates that ask for it.
pub(crate) const CONFIRM_URL: &str = "confirm_url";

/// A name as one segment of a path.
fn segment(name: &str) -> String {
    let mut segment = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            let _ = write!(segment, "%{byte:02X}");
        }
    }
    segment
}
