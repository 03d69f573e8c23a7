//! What links carry, such as `utm_campaign=welcome`: added once, when a template is compiled.
//!
//! A link has a parameter never twice, and links by which people unsubscribe or choose carry none. Where only Liquid knows
//! the address, Liquid asks whether it has a `?` already.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::links::{Link, with_links};
use super::shield::Shielded;

/// What the addresses read that stay as they are.
const UNTOUCHED: [&str; 3] = ["unsubscribe_url", "preferences_url", "confirm_url"];

/// The HTML with the parameters on its links; its Liquid is shielded.
pub(super) fn added(shielded: &Shielded<'_>, html: &str, parameters: &BTreeMap<String, String>) -> String {
    if parameters.is_empty() {
        return html.to_owned();
    }
    with_links(html, |link| address(shielded, &html[link.range.clone()], link, parameters))
}

fn address(
    shielded: &Shielded<'_>,
    value: &str,
    link: &Link,
    parameters: &BTreeMap<String, String>,
) -> Option<String> {
    let liquid = shielded.restored(value).0;
    if link.is_plain || UNTOUCHED.iter().any(|name| liquid.contains(name)) {
        return None;
    }
    let new = parameters.iter().filter(|(name, _)| !link.url.contains(&format!("{name}=")));
    let query = new.fold(String::new(), |mut query, (name, value)| {
        let between = if query.is_empty() { "" } else { "&amp;" };
        _ = write!(query, "{between}{}={}", encoded(name), encoded(value));
        query
    });
    if query.is_empty() {
        return None;
    }
    let lower = value.trim_start().to_ascii_lowercase();
    if lower.starts_with("https://") || lower.starts_with("http://") {
        let (address, fragment) = value.split_at(value.find('#').unwrap_or(value.len()));
        let between = if address.contains('?') { "&amp;" } else { "?" };
        return Some(format!("{address}{between}{query}{fragment}"));
    }
    // The address itself is a value: what it is, only the rendering knows.
    shielded.begins(value.trim_start()).then(|| {
        format!(
            "{{% capture wend_link %}}{value}{{% endcapture %}}{{{{ wend_link }}}}\
             {{% if wend_link contains '://' %}}{{% unless wend_link contains '#' or wend_link contains 'utm_' %}}\
             {{% if wend_link contains '?' %}}&amp;{{% else %}}?{{% endif %}}{query}{{% endunless %}}{{% endif %}}"
        )
    })
}

/// A text as it stands in a query; Liquid in it stays.
fn encoded(text: &str) -> String {
    if text.contains("{{") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
