//! Which pages are meant: patterns of addresses, and the campaign that brought a visitor.
//!
//! | pattern | matches |
//! |---|---|
//! | `/pricing` | this page on any host |
//! | `/pricing*` | `/pricing`, `/pricing-eu`; not `/pricing/eu` |
//! | `/products/*/reviews` | one folder between |
//! | `/blog/**` | `/blog` and all below it |
//! | `*/cart` | any address whose last part is `cart`, below any folders |
//! | `shop.example/cart`, `https://shop.example/cart` | on this host; with a scheme, by this scheme only |
//! | `*.shop.example/**` | all pages of any of its subdomains |
//! | `/pricing?plan=pro*` | with this query parameter, whatever stands beside it |
//! | `?utm_source=news` | any page with this query parameter |
//!
//! - `*` is any run of characters within one part of a path; `**` is any run at all. As a whole part of a path, `**` is
//!   any number of folders, also none. In a host or a query, `*` is any run.
//! - A fragment (`#top`) is ignored. A query is ignored unless the pattern has one; then each of its parameters must be
//!   there, in any order: `?plan` with any value, `?plan=pro` with this one.
//! - Schemes and hosts are compared without regard to case, paths with it. One slash at the end makes no difference.
//!   `%C3%A9` and `é` are the same; a star that is meant as a star is written `%2A`.
//!
//! Matching takes time in proportion to the address, whatever the pattern.

mod address;
mod glob;
#[cfg(test)]
mod tests;
mod utm;

use serde_json::{Map, Value};

use address::Address;
use glob::Glob;

pub use utm::Utm;

/// The longest pattern, in bytes.
pub const PATTERN_BYTES_MAX: usize = 500;

/// The longest address that is looked at, in bytes; a longer one matches nothing.
pub const ADDRESS_BYTES_MAX: usize = 8 * 1024;

/// The most query parameters of a pattern.
pub const PATTERN_PARAMETERS_MAX: usize = 20;

/// The most query parameters of an address that are looked at; further ones count as absent.
pub const ADDRESS_PARAMETERS_MAX: usize = 100;

/// A pattern of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlPattern {
    text: String,
    /// In lower case; `None` is any.
    scheme: Option<String>,
    /// `None` is any, also none at all.
    host: Option<Glob>,
    path: Glob,
    parameters: Vec<(String, Option<Glob>)>,
}

impl UrlPattern {
    /// Reads a pattern; the error says what is wrong with it and how to mend it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err(
                "the pattern is empty: write `/pricing*`, for example, or `/**` for every page".to_owned()
            );
        }
        if text.len() > PATTERN_BYTES_MAX {
            return Err(format!("the pattern has {} bytes, more than {PATTERN_BYTES_MAX}", text.len()));
        }
        if text.contains(char::is_whitespace) {
            return Err(format!("`{text}` has a space in it: write it as `%20`"));
        }
        if let Some((before, _)) = text.split_once('#') {
            return Err(format!(
                "`{text}` has a `#`, but fragments are ignored: write `{before}`, or `%23` for the sign"
            ));
        }
        let (rest, query) = address::split(text);
        let (scheme, host, path) = places(rest)?;
        let any_folders = scheme.is_none() && matches!(host, "*" | "**");
        Ok(Self {
            host: (!host.is_empty() && !matches!(host, "*" | "**"))
                .then(|| Glob::of_text(&address::host(host, scheme.as_deref()))),
            path: match () {
                () if rest.is_empty() => Glob::of_path("/**"),
                () if any_folders => Glob::of_path(&format!("/**{path}")),
                () => Glob::of_path(path),
            },
            parameters: parameters(query)?,
            scheme,
            text: text.to_owned(),
        })
    }

    /// Whether an address matches; one without a host, such as `/pricing?plan=pro`, is a page of an unknown host.
    pub fn matches(&self, address: &str) -> bool {
        Address::read(address).is_some_and(|address| self.meets(&address))
    }

    /// Whether the page of an event matches, by its properties.
    ///
    /// The address is `page_url` or `url`; where there is none, the path is `page_path` or `path`, and its query
    /// `page_search` or `search`.
    pub fn matches_page(&self, properties: &Map<String, Value>) -> bool {
        address::of_page(properties).is_some_and(|address| self.meets(&address))
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn meets(&self, address: &Address<'_>) -> bool {
        let scheme = self.scheme.as_deref().is_none_or(|scheme| address.scheme.as_deref() == Some(scheme));
        let host =
            self.host.as_ref().is_none_or(|host| address.host.as_ref().is_some_and(|is| host.matches(is)));
        scheme && host && self.path.matches(&address.path) && self.parameters_meet(address)
    }

    fn parameters_meet(&self, address: &Address<'_>) -> bool {
        self.parameters.iter().all(|(name, value)| {
            address.parameters().any(|(is_name, is_value)| {
                is_name == *name && value.as_ref().is_none_or(|value| value.matches(&is_value))
            })
        })
    }
}

impl std::fmt::Display for UrlPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The scheme (in lower case), the host and the path of a pattern without its query.
fn places(text: &str) -> Result<(Option<String>, &str, &str), String> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => (Some(scheme.to_ascii_lowercase()), rest),
        Some(_) | None => (None, text.strip_prefix("//").unwrap_or(text)),
    };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let is_any = matches!(host, "*" | "**");
    match &scheme {
        Some(scheme) if !address::is_scheme(scheme) => {
            Err(format!("`{scheme}://` is no scheme: write `https://`, or leave it out to mean any"))
        }
        Some(_) if host.is_empty() => {
            Err(format!("`{text}` has no host: write `https://shop.example/`, or `/…` for any host"))
        }
        None if host.is_empty() || is_any => Ok((None, host, path)),
        None if !looks_like_host(host) => Err(format!(
            "`{host}` is no host: write `/{rest}` for a path, or `*/{rest}` for one below any folders"
        )),
        None if path.is_empty() => Err(format!(
            "`{text}` has no path: write `{host}/` for its first page, `{host}/**` for all, or `/{host}` if it is a path"
        )),
        Some(_) | None => Ok((scheme, host, path)),
    }
}

/// The query parameters that a pattern asks for.
fn parameters(query: Option<&str>) -> Result<Vec<(String, Option<Glob>)>, String> {
    let asked = query.unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty());
    let parameters: Vec<_> = asked
        .map(|parameter| match parameter.split_once('=') {
            Some((name, value)) => {
                (name, address::decoded_form(name), Some(Glob::of_text(&value.replace('+', " "))))
            }
            None => (parameter, address::decoded_form(parameter), None),
        })
        .collect();
    if parameters.len() > PATTERN_PARAMETERS_MAX {
        return Err(format!(
            "the pattern asks for {} query parameters, more than {PATTERN_PARAMETERS_MAX}",
            parameters.len()
        ));
    }
    if let Some((name, ..)) = parameters.iter().find(|(name, ..)| name.is_empty() || name.contains('*')) {
        return Err(format!(
            "`?{name}` names no query parameter: write its whole name, `?plan=*` for example"
        ));
    }
    Ok(parameters.into_iter().map(|(_, name, value)| (name, value)).collect())
}

/// Whether the first part of a pattern without a scheme is meant as a host: it has a dot, a port, or is this machine.
fn looks_like_host(text: &str) -> bool {
    text.contains(['.', ':']) || text.eq_ignore_ascii_case("localhost")
}
