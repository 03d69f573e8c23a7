//! The campaign that brought a visitor: the five parameters that advertisers put into links.

use serde_json::{Map, Value};

use crate::pattern::address;

/// The longest value that is kept, in bytes; a longer one is cut.
pub const UTM_BYTES_MAX: usize = 256;

/// The `utm_` parameters of a page's address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Utm {
    /// Who sent the visitor: `google`, `newsletter`.
    pub source: Option<String>,
    /// By what means: `cpc`, `email`.
    pub medium: Option<String>,
    /// For which campaign.
    pub campaign: Option<String>,
    /// For which search words.
    pub term: Option<String>,
    /// Through which of several links or pictures.
    pub content: Option<String>,
}

impl Utm {
    /// The parameters' names, in the order of the fields.
    pub const NAMES: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];

    /// Reads them from an event: each from the property of its name, else from the query of the page's address.
    ///
    /// Ingestion keeps `context.campaign` as such properties. Where a query names one twice, the first counts; names
    /// are read without regard to case, values as they are.
    pub fn read(properties: &Map<String, Value>) -> Self {
        let mut utm = Self::default();
        for (name, field) in Self::NAMES.into_iter().zip(utm.fields()) {
            *field = address::text(properties, &[name]).and_then(kept);
        }
        for query in queries(properties) {
            for (name, value) in address::parameters(query) {
                let fields = Self::NAMES.into_iter().zip(utm.fields());
                for (_, field) in fields.filter(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                    if field.is_none() {
                        *field = kept(&value);
                    }
                }
            }
        }
        utm
    }

    /// The parameter of this name, with or without `utm_`.
    pub fn get(&self, name: &str) -> Option<&str> {
        match name.strip_prefix("utm_").unwrap_or(name) {
            "source" => self.source.as_deref(),
            "medium" => self.medium.as_deref(),
            "campaign" => self.campaign.as_deref(),
            "term" => self.term.as_deref(),
            "content" => self.content.as_deref(),
            _ => None,
        }
    }

    /// Whether no campaign brought the visitor.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn fields(&mut self) -> [&mut Option<String>; 5] {
        [&mut self.source, &mut self.medium, &mut self.campaign, &mut self.term, &mut self.content]
    }
}

/// The queries that an event's page may have, the address's own first.
fn queries(properties: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let url = address::text(properties, &["page_url", "url"]).and_then(|url| address::split(url).1);
    let search = address::text(properties, &["page_search", "search"]);
    [url, search].into_iter().flatten()
}

/// A value with something in it, cut to its longest length.
fn kept(value: &str) -> Option<String> {
    let value = value.trim();
    let end = value.floor_char_boundary(UTM_BYTES_MAX);
    (!value.is_empty()).then(|| value[..end].to_owned())
}
