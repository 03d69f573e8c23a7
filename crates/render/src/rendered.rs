//! The finished message.

use serde::{Deserialize, Serialize};

use crate::call::CallRequest;

/// A message as it goes to a provider; which parts there are depends on the channel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rendered {
    /// Who it is from, such as `Shop <hello@shop.example>`: the template's, else the policies' sender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where answers go, if not to `from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// An e-mail's subject; one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What mailboxes show after the subject; it is in `html` already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// An e-mail's HTML part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// An e-mail's text part: the template's, else made from `html`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A push message's or a task's title; one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text of a push message, an SMS or a webhook message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Where a push message leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What a task says besides its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where the person unsubscribes with one click (RFC 8058), if the message is one that it can opt out of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribe_url: Option<String>,
    /// Where bounces go: the envelope's sender; without it they go to `from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_path: Option<String>,
    /// The request that a webhook step makes; it has no other part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<CallRequest>,
}

impl Rendered {
    /// The place of a part by its name in template files; none if there is no such part.
    pub(crate) fn part_mut(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "from" => &mut self.from,
            "reply_to" => &mut self.reply_to,
            "subject" => &mut self.subject,
            "preheader" => &mut self.preheader,
            "html" => &mut self.html,
            "text" => &mut self.text,
            "title" => &mut self.title,
            "body" => &mut self.body,
            "url" => &mut self.url,
            "note" => &mut self.note,
            _ => return None,
        })
    }
}
