//! What is asked of events of well-known kinds, beyond plain properties: pages, campaigns, purchases, forms.

use serde_json::{Map, Value};

use crate::pattern::{UrlPattern, Utm};
use crate::predicate::{Facts, Test, test_holds};
use crate::value::Path;

/// A test of an event that looks at more than one property.
#[derive(Debug, Clone, PartialEq)]
pub enum StandardTest {
    /// The page's address has this pattern.
    Page(UrlPattern),
    /// The parameter of the campaign that brought the visitor passes.
    Campaign(&'static str, Vec<Test>),
    /// The first of these properties that is there passes.
    FirstOf(Vec<Path>, Vec<Test>),
    /// One of the things that the event is about passes, by one of its ids.
    Item(Vec<Test>),
}

/// The properties that may name a thing that is bought, seen or returned.
const ITEM_IDS: [&str; 3] = ["sku", "product_id", "id"];

/// The property that lists the things of an order.
const ITEMS: &str = "products";

impl StandardTest {
    /// Whether the event of these properties passes.
    pub fn passes(&self, properties: &Map<String, Value>, facts: &Facts<'_>) -> bool {
        let all =
            |tests: &[Test], value: Option<&Value>| tests.iter().all(|test| test_holds(test, value, facts));
        match self {
            Self::Page(pattern) => pattern.matches_page(properties),
            Self::Campaign(name, tests) => {
                let value = Utm::read(properties).get(name).map(Value::from);
                all(tests, value.as_ref())
            }
            Self::FirstOf(paths, tests) => {
                let there = |path: &Path| path.get(properties).filter(|value| !value.is_null()).cloned();
                all(tests, paths.iter().find_map(there).as_ref())
            }
            Self::Item(tests) => {
                let listed = properties.get(ITEMS).and_then(Value::as_array).into_iter().flatten();
                let things = listed.filter_map(Value::as_object).chain([properties]);
                let mut ids = things.flat_map(|thing| ITEM_IDS.iter().filter_map(|id| thing.get(*id)));
                ids.any(|id| all(tests, Some(id)))
            }
        }
    }
}
