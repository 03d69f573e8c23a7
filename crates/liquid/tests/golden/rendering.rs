//! Renders a template with partials that are given as texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};
use wend_liquid::{Partials, RenderOptions, Template};

struct Files(BTreeMap<String, Arc<Template>>);

impl Partials for Files {
    fn partial(&self, name: &str) -> Option<Arc<Template>> {
        self.0.get(name).cloned()
    }
}

/// Renders one template with its partials.
pub fn rendered(
    template: &str,
    partials: Option<&Map<String, Value>>,
    globals: &Value,
) -> Result<String, wend_liquid::Error> {
    let mut files = BTreeMap::new();
    for (name, source) in partials.into_iter().flatten() {
        files.insert(name.clone(), Arc::new(Template::parse(source.as_str().unwrap_or_default())?));
    }
    let files = Files(files);
    let options = RenderOptions { partials: &files, ..RenderOptions::new(Timestamp::UNIX_EPOCH) };
    Template::parse(template)?.render(globals, &options)
}
