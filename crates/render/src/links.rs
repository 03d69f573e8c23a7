//! The links of a message by which a person unsubscribes, chooses or confirms.

use std::fmt::Write as _;

use serde_json::Value;
use wend_domain::effect::Render;
use wend_domain::id::WorkspaceId;
use wend_domain::link::{Link, LinkKey, MailAddress, MailPurpose, Purpose, Tracked, Visited};

/// What makes the links of a workspace's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    base_url: String,
    workspace: WorkspaceId,
    key: LinkKey,
    mail_domain: Option<String>,
    replies: bool,
}

impl Links {
    /// `base_url` is the address by which people reach the server.
    pub fn new(base_url: &str, workspace: WorkspaceId, key: LinkKey) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            workspace,
            key,
            mail_domain: None,
            replies: false,
        }
    }

    /// The same, with addresses to which bounces go and, if `replies` is set, answers.
    #[must_use]
    pub fn with_mail(self, mail_domain: Option<String>, replies: bool) -> Self {
        Self { mail_domain, replies, ..self }
    }

    /// The address to which bounces of a message go; nobody else can make it.
    pub(crate) fn return_path(&self, wanted: &Render) -> Option<String> {
        self.mail_address(wanted, MailPurpose::Bounce)
    }

    /// The address to which answers to a message go, if they are to come here.
    pub(crate) fn reply_to(&self, wanted: &Render) -> Option<String> {
        self.replies.then(|| self.mail_address(wanted, MailPurpose::Reply))?
    }

    fn mail_address(&self, wanted: &Render, purpose: MailPurpose) -> Option<String> {
        let domain = self.mail_domain.as_deref()?;
        let address = MailAddress { purpose, message: wanted.message };
        Some(format!("{}@{domain}", address.sign(&self.key, &self.workspace)))
    }

    /// The whole address of a link of tracking; none if its target is not one that is tracked.
    pub(crate) fn tracked(&self, wanted: &Render, visited: Visited) -> Option<String> {
        let path = if visited == Visited::Pixel { PIXEL_PATH } else { CLICK_PATH };
        let tracked = Tracked { contact: wanted.contact, message: wanted.message, visited };
        let signed = tracked.sign(&self.key, &self.workspace)?;
        Some(format!("{}/{path}/{}/{signed}", self.base_url, segment(self.workspace.as_str())))
    }

    /// Whether a URL leads to this server: such links are never tracked.
    pub(crate) fn is_own(&self, url: &str) -> bool {
        url.get(..self.base_url.len()).is_some_and(|start| start.eq_ignore_ascii_case(&self.base_url))
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

/// The path of pixels below the server's address.
pub const PIXEL_PATH: &str = "o";
/// The path of redirects below the server's address.
pub const CLICK_PATH: &str = "c";
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
