//! The application's files, as they are in the binary.

use axum::extract::Path;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::error::{Error, NO_PATH};

/// What `cargo xtask web` has built; empty without it.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// What our pages may do: nothing that isn't our own. Styles may stand in elements, because React and the editor set
/// them; frames show mails, in a sandbox.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; frame-src 'self' blob: data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The page that every address of the application shows.
pub(crate) async fn index(headers: HeaderMap) -> Response {
    page(&headers)
}

/// A script, a style or a picture; its name changes with its content.
pub(crate) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let found = file(&format!("assets/{path}"), &headers);
    match found {
        Some(mut response) => {
            let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
            response.headers_mut().insert(CACHE_CONTROL, kept);
            response
        }
        None => Error::NotFound { what: NO_PATH.to_owned() }.into_response(),
    }
}

/// What an address that nothing else serves shows: the application to a browser, an error to a program.
pub(crate) async fn page_or_nothing(method: Method, headers: HeaderMap) -> Response {
    let accepts = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    if method == Method::GET && accepts.is_some_and(|accept| accept.contains("text/html")) {
        page(&headers)
    } else {
        Error::NotFound { what: NO_PATH.to_owned() }.into_response()
    }
}

fn page(headers: &HeaderMap) -> Response {
    let Some(mut response) = file("index.html", headers) else {
        let text = "This build of Wend has no application in it: build with `cargo xtask web` first.\n";
        return (StatusCode::NOT_FOUND, text).into_response();
    };
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A file, packed if the browser unpacks it: the build writes `NAME.gz` beside what is worth it.
fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let unpacks = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let packed =
        unpacks.filter(|unpacks| unpacks.contains("gzip")).and_then(|_| Files::get(&format!("{path}.gz")));
    let is_packed = packed.is_some();
    let file = match packed {
        Some(packed) => packed,
        None => Files::get(path)?,
    };
    let mut response = file.data.into_owned().into_response();
    let given: &mut HeaderMap = response.headers_mut();
    given.insert(CONTENT_TYPE, HeaderValue::from_static(kind(path)));
    put(given, VARY, "accept-encoding");
    if is_packed {
        put(given, CONTENT_ENCODING, "gzip");
    }
    Some(response)
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// The kind of a file, by its name.
fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}
