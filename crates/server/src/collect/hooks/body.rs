//! From the bytes of a call to objects: JSON or a form, told apart by how it begins.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::ingest::body::{self, BodyError};
use crate::ingest::limits::EVENT_DEPTH_MAX;
use crate::ingest::{Unreadable, split};

/// The most objects in one call.
const OBJECTS_MAX: usize = 1_000;

/// The most fields of a form.
const FIELDS_MAX: usize = 1_000;

/// The type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// What a list of bodies may have in it that is no object: why, and its text.
pub(super) type NoObject = (String, String);

/// The objects of a call, in order.
pub(super) type Objects = Vec<Result<Map<String, Value>, NoObject>>;

/// The objects of a call; what stands among them and is none comes with the reason.
pub(super) fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Objects, Unreadable> {
    let text = body::text(bytes).map_err(|error| match error {
        BodyError::TooLarge => Unreadable::TooLarge(error.to_string()),
        BodyError::BadGzip(_) => Unreadable::Malformed(error.to_string()),
    })?;
    let text = text.trim();
    if !text.starts_with(['{', '[']) && is_form(headers) {
        return Ok(vec![Ok(form(text)?)]);
    }
    let malformed = |what: String| {
        Unreadable::Malformed(format!("the body is no JSON object, list of objects or form: {what}"))
    };
    if !text.starts_with('[') {
        return Ok(vec![Ok(object(text).map_err(malformed)?)]);
    }
    let texts = split::array(text, OBJECTS_MAX).map_err(|error| malformed(error.to_string()))?;
    if texts.len() > OBJECTS_MAX {
        return Err(Unreadable::TooLarge(format!("the body lists more than {OBJECTS_MAX} objects")));
    }
    Ok(texts.into_iter().map(|text| object(text).map_err(|why| (why, text.to_owned()))).collect())
}

fn is_form(headers: &HeaderMap) -> bool {
    let of = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    of.split(';').next().is_some_and(|of| of.trim().eq_ignore_ascii_case(FORM))
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    if split::depth(text) > EVENT_DEPTH_MAX {
        return Err(format!("it is nested deeper than {EVENT_DEPTH_MAX} levels"));
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("it is not an object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A form as an object of texts; of two fields of the same name the last one counts.
fn form(text: &str) -> Result<Map<String, Value>, Unreadable> {
    let fields = form_urlencoded::parse(text.as_bytes());
    if fields.count() > FIELDS_MAX {
        return Err(Unreadable::TooLarge(format!("the form has more than {FIELDS_MAX} fields")));
    }
    Ok(fields.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect())
}

#[cfg(test)]
mod tests;
