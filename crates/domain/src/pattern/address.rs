//! An address taken apart, without a copy where none is needed.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::pattern::{ADDRESS_BYTES_MAX, ADDRESS_PARAMETERS_MAX};

/// The address of a page, as far as it is known.
pub(super) struct Address<'a> {
    /// In lower case.
    pub(super) scheme: Option<Cow<'a, str>>,
    /// In lower case, without user and without the port that its scheme has anyway.
    pub(super) host: Option<Cow<'a, str>>,
    /// Decoded, with a slash at both ends.
    pub(super) path: Cow<'a, str>,
    query: &'a str,
}

impl<'a> Address<'a> {
    /// Takes apart `https://shop.example/cart?a=b#top`, or `/cart?a=b`; `None` beyond the longest length.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        if text.len() > ADDRESS_BYTES_MAX {
            return None;
        }
        let (rest, query) = split(text);
        let query = query.unwrap_or_default();
        let (scheme, rest) = match rest.split_once("://") {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(lower_case(scheme)), Some(rest)),
            Some(_) | None => (None, rest.strip_prefix("//")),
        };
        let Some(with_host) = rest else {
            return Some(Self { scheme: None, host: None, path: path(split(text).0), query });
        };
        let (host, rest) = with_host.find('/').map_or((with_host, ""), |at| with_host.split_at(at));
        let host = self::host(host, scheme.as_deref());
        Some(Self { scheme, host: Some(host), path: path(rest), query })
    }

    /// The query's parameters in order, decoded.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (String, String)> + use<'a> {
        parameters(self.query)
    }
}

/// The parameters of a query in order, decoded; with or without the question mark before them.
pub(super) fn parameters(query: &str) -> impl Iterator<Item = (String, String)> + use<'_> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty()).take(ADDRESS_PARAMETERS_MAX);
    parameters.map(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        (decoded_form(name), decoded_form(value))
    })
}

/// The address of the page that an event is about or came from.
pub(super) fn of_page(properties: &Map<String, Value>) -> Option<Address<'_>> {
    if let Some(url) = text(properties, &["page_url", "url"]) {
        return Address::read(url);
    }
    let mut address = Address::read(text(properties, &["page_path", "path"])?)?;
    if let Some(search) = text(properties, &["page_search", "search"])
        && search.len() <= ADDRESS_BYTES_MAX
        && address.query.is_empty()
    {
        address.query = search;
    }
    Some(address)
}

/// The first of these properties that is a text with something in it.
pub(super) fn text<'a>(properties: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| properties.get(*name)?.as_str().filter(|text| !text.trim().is_empty()))
}

/// Cuts off the fragment, and then the query.
pub(super) fn split(text: &str) -> (&str, Option<&str>) {
    let text = text.split_once('#').map_or(text, |(before, _)| before);
    match text.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (text, None),
    }
}

/// Whether this may stand before `://`.
pub(super) fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// A host in its one spelling: lower case, without user, without a last dot and without its scheme's own port.
pub(super) fn host<'a>(text: &'a str, scheme: Option<&str>) -> Cow<'a, str> {
    let host = text.rsplit_once('@').map_or(text, |(_, host)| host);
    let host = match scheme {
        Some("https") => host.strip_suffix(":443").unwrap_or(host),
        Some("http") => host.strip_suffix(":80").unwrap_or(host),
        Some(_) | None => host,
    };
    lower_case(host.strip_suffix('.').unwrap_or(host))
}

/// A path in its one spelling: decoded, with a slash at both ends.
fn path(text: &str) -> Cow<'_, str> {
    let decoded = decoded(text);
    match (decoded.starts_with('/'), decoded.ends_with('/')) {
        _ if decoded.is_empty() => Cow::Borrowed("/"),
        (true, true) => decoded,
        (true, false) => Cow::Owned(format!("{decoded}/")),
        (false, true) => Cow::Owned(format!("/{decoded}")),
        (false, false) => Cow::Owned(format!("/{decoded}/")),
    }
}

fn lower_case(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_uppercase) { Cow::Owned(text.to_lowercase()) } else { Cow::Borrowed(text) }
}

/// A name or value of a query: as [`decoded`], and with spaces for plus signs.
pub(super) fn decoded_form(text: &str) -> String {
    if text.contains('+') {
        decoded(&text.replace('+', " ")).into_owned()
    } else {
        decoded(text).into_owned()
    }
}

/// The text with its `%XX` decoded, but for the slash, which would make another path; what isn't UTF-8 stays.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = digit(at + 1).zip(digit(at + 2)).map(|(high, low)| (high * 16 + low) as u8);
        match pair {
            Some(pair) if *byte == b'%' && pair != b'/' => {
                decoded.push(pair);
                at += 3;
            }
            Some(_) | None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).map_or(Cow::Borrowed(text), Cow::Owned)
}
