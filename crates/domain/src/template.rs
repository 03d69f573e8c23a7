//! What the domain knows of a template: its channel and its parts. Rendering is the crate `render`'s.

use std::collections::BTreeMap;

use crate::id::{Channel, StepId, TemplateName, WorkflowName, digest};

/// A template as its file says: source texts by part, uninterpreted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub name: TemplateName,
    /// The channel that it is for.
    pub channel: Channel,
    /// Liquid sources by part: `subject`, `preheader`, one of [`CONTENTS`], `text`, `title`, `body`, `from`, `reply_to`, `url`.
    pub parts: BTreeMap<String, TemplatePart>,
    /// The hash of all parts: two templates with the same one are the same content (SEMANTICS 7.4).
    pub content_hash: String,
}

/// One part's Liquid source, and where it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplatePart {
    /// The Liquid source.
    pub source: String,
    /// The line of the file at which the source begins, from 1: errors point into the file.
    pub line: u32,
}

/// The parts of an e-mail's template that are its HTML, each in a language of its own; a template has at most one.
pub const CONTENTS: [&str; 3] = ["html", "markdown", "mjml"];

impl Template {
    /// A template with the hash of what it is made of.
    pub fn new(name: TemplateName, channel: Channel, parts: BTreeMap<String, TemplatePart>) -> Self {
        let mut bytes: Vec<&[u8]> = vec![channel.as_str().as_bytes()];
        for (name, part) in &parts {
            bytes.extend([name.as_bytes(), part.source.as_bytes()]);
        }
        let content_hash = blake3::Hash::from(digest("template", &bytes)).to_hex()[..HASH_DIGITS].to_owned();
        Self { name, channel, parts, content_hash }
    }
}

/// The hexadecimal digits of a content hash: 128 bits.
const HASH_DIGITS: usize = 32;

/// The name under which the inline texts of a step are rendered: no file can have it.
pub fn step_template(workflow: &WorkflowName, version: u32, step: &StepId) -> TemplateName {
    TemplateName::from(format!("~{workflow}/{version}/{step}"))
}
