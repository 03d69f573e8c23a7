//! The partials of a catalog, compiled: once for HTML, once for everything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use wend_domain::catalog::Catalog;
use wend_domain::template::Partial;
use wend_liquid::{Partials, Template};

use crate::content::{self, Format};

/// The partials of a catalog.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    html: By,
    text: By,
}

/// Partials by name.
type By = BTreeMap<String, Arc<Template>>;

/// The partials that one part of a message can print.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of<'s>(&'s By);

impl Partials for Of<'_> {
    fn partial(&self, name: &str) -> Option<Arc<Template>> {
        self.0.get(name).cloned()
    }
}

impl Shelf {
    /// Compiles the partials of a catalog; one that can't be read is missing, which was said before it was published.
    pub fn new(catalog: &Catalog) -> Self {
        let parameters = &catalog.policies.link_parameters;
        let all = || catalog.partials.iter();
        let compiled = |name: &String, source: &str| {
            Template::parse(source).ok().map(|template| (name.clone(), Arc::new(template)))
        };
        let html = all().filter_map(|(name, partial)| compiled(name, &as_html(partial, parameters)?));
        let text = all().filter_map(|(name, partial)| compiled(name, as_text(partial)?));
        Self { html: html.collect(), text: text.collect() }
    }

    /// The partials for HTML, or for everything else.
    pub fn of(&self, is_html: bool) -> Of<'_> {
        Of(if is_html { &self.html } else { &self.text })
    }
}

/// What HTML prints.
fn as_html(partial: &Partial, parameters: &BTreeMap<String, String>) -> Option<String> {
    let piece = |name: &str, format| {
        let part = partial.parts.get(name)?;
        Some(content::piece_of(format, &part.source, parameters).html)
    };
    piece("html", Format::Html)
        .or_else(|| piece("markdown", Format::Markdown))
        .or_else(|| Some(content::text_as_html(&partial.parts.get("text")?.source)))
}

/// What plain texts print: Markdown can be read as it is.
fn as_text(partial: &Partial) -> Option<&str> {
    let part = partial.parts.get("text").or_else(|| partial.parts.get("markdown"))?;
    Some(&part.source)
}
