//! The repository's own rules, as ordinary tests.
//!
//! Read in this order: [`repository`] (which files there are), [`mask`] (code without its comments and strings), then
//! the rules: [`layout`], [`code`], [`tests_rules`], [`manifests`], [`words`], [`links`]. Each rule is a function from
//! a text to what is wrong with it, and has a test that shows it catches a violation: a rule that finds nothing because
//! it looks at nothing would be worse than none.

#[path = "tidy/repository.rs"]
mod repository;

#[path = "tidy/mask.rs"]
mod mask;

#[path = "tidy/layout.rs"]
mod layout;

#[path = "tidy/code.rs"]
mod code;

#[path = "tidy/tests_rules.rs"]
mod tests_rules;

#[path = "tidy/manifests.rs"]
mod manifests;

#[path = "tidy/words.rs"]
mod words;

#[path = "tidy/links.rs"]
mod links;
