//! The request of a webhook step: its texts rendered, its JSON put together.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use wend_domain::effect::Render;
use wend_domain::workflow::JsonBody;

use super::{Around, Form, Part, RenderError, one_line, render_text};
use crate::call::{CallRequest, Mark, SECRETS};

/// The most bytes that the URL or a header may render to.
const LINE_BYTES_MAX: usize = 8 * 1024;

/// The most bytes of a body.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// What the names of the parts that are headers begin with.
const HEADER: &str = "header.";

/// What a body of JSON is called where nothing else is said.
const JSON_TYPE: &str = "application/json";

/// Renders a request.
pub(super) fn render(
    form: &Form,
    parts: &[Part],
    wanted: &Render,
    around: Around<'_>,
) -> Result<CallRequest, RenderError> {
    let mark = Mark::of(wanted);
    let mut context = wanted.context.clone();
    if let Value::Object(context) = &mut context {
        let secrets = form.secrets.iter().map(|name| (name.clone(), Value::String(mark.around(name))));
        context.insert(SECRETS.to_owned(), Value::Object(secrets.collect()));
    }
    let mut request = CallRequest {
        method: form.method.clone(),
        url: String::new(),
        headers: BTreeMap::new(),
        body: None,
        is_json: false,
        timeout_ms: form.timeout_ms,
        mark: (!form.secrets.is_empty()).then_some(mark),
    };
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for part in parts {
        let header = part.name.strip_prefix(HEADER);
        let is_line = header.is_some() || part.name == "url";
        let bytes_max = if is_line { LINE_BYTES_MAX } else { BODY_BYTES_MAX };
        let text =
            render_text(part, wanted, &context, around, bytes_max).map_err(|fault| fault.of(wanted, part))?;
        match (part.name.as_str(), header) {
            ("url", _) => request.url = one_line(&text),
            ("body", _) => request.body = Some(text),
            (_, Some(header)) => {
                request.headers.insert(header.to_owned(), one_line(&text));
            }
            (name, None) => {
                texts.insert(name, text);
            }
        }
    }
    if let Some(json) = &wanted.json {
        let body = filled(json, &texts).to_string();
        if body.len() > BODY_BYTES_MAX {
            return Err(too_large(wanted, body.len()));
        }
        request.body = Some(body);
        request.is_json = true;
        if !request.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
            request.headers.insert("Content-Type".to_owned(), JSON_TYPE.to_owned());
        }
    }
    Ok(request)
}

/// The JSON with its texts in their places.
fn filled(json: &JsonBody<Value>, texts: &BTreeMap<&str, String>) -> Value {
    match json {
        JsonBody::Value(value) => value.clone(),
        JsonBody::Text(part) => Value::String(texts.get(part.as_str()).cloned().unwrap_or_default()),
        JsonBody::List(items) => Value::Array(items.iter().map(|item| filled(item, texts)).collect()),
        JsonBody::Object(members) => {
            let members = members.iter().map(|(name, member)| (name.clone(), filled(member, texts)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

fn too_large(wanted: &Render, bytes: usize) -> RenderError {
    RenderError {
        template: wanted.template.clone(),
        part: "json".to_owned(),
        line: 0,
        column: 0,
        message: format!("the body has {bytes} bytes, more than {BODY_BYTES_MAX}: send less"),
        excerpt: String::new(),
        aborted: None,
    }
}
