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
    /// Parts that are different for contacts of other languages, by locale in lower case: `de`, `de-at`.
    pub locales: BTreeMap<String, BTreeMap<String, TemplatePart>>,
    /// What the links of its e-mails carry, by name.
    pub link_parameters: BTreeMap<String, String>,
    /// The page around its content.
    pub layout: Option<Layout>,
    /// Whether a value that is missing is a mistake.
    pub strict: bool,
    /// Made-up data for previews, by root.
    pub sample: Option<serde_json::Value>,
    /// The hash of all parts: two templates with the same one are the same content (SEMANTICS 7.4).
    pub content_hash: String,
}

/// A page with a place for the content of e-mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// What it is written in: `html` or `mjml`.
    pub format: String,
    /// Its source, with `{{ content }}`.
    pub source: String,
}

/// A piece of content that templates print.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Partial {
    /// Its sources: `html`, `markdown`, `text`.
    pub parts: BTreeMap<String, TemplatePart>,
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
///
/// `blocks` is a document in JSON, the others are texts.
pub const CONTENTS: [&str; 4] = ["html", "markdown", "mjml", "blocks"];

impl Template {
    /// A template with the hash of what it is made of.
    pub fn new(name: TemplateName, channel: Channel, parts: BTreeMap<String, TemplatePart>) -> Self {
        let mut template = Self {
            name,
            channel,
            parts,
            locales: BTreeMap::new(),
            link_parameters: BTreeMap::new(),
            layout: None,
            strict: false,
            sample: None,
            content_hash: String::new(),
        };
        template.content_hash = template.hash();
        template
    }

    /// The same, with parts for other languages and with what links carry.
    #[must_use]
    pub fn with(
        self,
        locales: BTreeMap<String, BTreeMap<String, TemplatePart>>,
        link_parameters: BTreeMap<String, String>,
    ) -> Self {
        let mut template = Self { locales, link_parameters, ..self };
        template.content_hash = template.hash();
        template
    }

    /// The same in a layout, and with missing values as mistakes.
    #[must_use]
    pub fn in_layout(self, layout: Option<Layout>, strict: bool) -> Self {
        let mut template = Self { layout, strict, ..self };
        template.content_hash = template.hash();
        template
    }

    fn hash(&self) -> String {
        let mut bytes: Vec<&[u8]> = vec![self.channel.as_str().as_bytes()];
        for (name, part) in &self.parts {
            bytes.extend([name.as_bytes(), part.source.as_bytes()]);
        }
        for (locale, parts) in &self.locales {
            bytes.extend([b"locale", locale.as_bytes()]);
            for (name, part) in parts {
                bytes.extend([name.as_bytes(), part.source.as_bytes()]);
            }
        }
        for (name, value) in &self.link_parameters {
            bytes.extend([b"parameter", name.as_bytes(), value.as_bytes()]);
        }
        if let Some(layout) = &self.layout {
            bytes.extend([b"layout", layout.format.as_bytes(), layout.source.as_bytes()]);
        }
        if self.strict {
            bytes.push(b"strict");
        }
        blake3::Hash::from(digest("template", &bytes)).to_hex()[..HASH_DIGITS].to_owned()
    }
}

/// The hexadecimal digits of a content hash: 128 bits.
const HASH_DIGITS: usize = 32;

/// The name under which the inline texts of a step are rendered: no file can have it.
pub fn step_template(workflow: &WorkflowName, version: u32, step: &StepId) -> TemplateName {
    TemplateName::from(format!("~{workflow}/{version}/{step}"))
}
