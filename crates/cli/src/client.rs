//! The management API as the commands use it.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use url::Url;
use wend_domain::compile::Conflict;
use wend_domain::source::Diagnostic;

use crate::exit::{Exit, Failure};

/// How long the server may take to accept a connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long the server may take to answer; applying a large portfolio is the slowest.
const ANSWER_MAX: Duration = Duration::from_mins(2);
/// The most bytes of an answer that isn't ours which are shown.
const FOREIGN_CHARS_MAX: usize = 200;

/// One server, and the key that it is spoken to with.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    key: Option<String>,
}

impl Client {
    /// Makes the client; connects to nobody yet.
    pub fn new(url: &str, key: Option<String>) -> Result<Self, Failure> {
        let base =
            Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let Some(base) = base else {
            return Err(Failure::usage(format!("`{url}` is not the address of a server"))
                .hint("write http://HOST:PORT in --url or WEND_URL"));
        };
        let http = wend_channels::http::client()
            .connect_timeout(CONNECT_MAX)
            .user_agent(concat!("wend/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| anyhow::Error::new(error).context("cannot make an HTTP client"))?;
        Ok(Self { http, base, key: key.filter(|key| !key.is_empty()) })
    }

    /// The server's address as it was given.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Reads something: `path` is a list of segments under `/api/v1`, which are escaped.
    pub async fn get(&self, path: &[&str], query: &[(&str, String)]) -> Result<Value, Failure> {
        let response = self.send(Method::GET, self.address(path, query)?, None, Some(ANSWER_MAX)).await?;
        document(response).await
    }

    /// Asks for something to be done.
    pub async fn post(&self, path: &[&str], body: &Value) -> Result<Value, Failure> {
        let response =
            self.send(Method::POST, self.address(path, &[])?, Some(body), Some(ANSWER_MAX)).await?;
        document(response).await
    }

    /// Puts something into a place.
    pub async fn put(&self, path: &[&str], body: &Value) -> Result<Value, Failure> {
        let response = self.send(Method::PUT, self.address(path, &[])?, Some(body), Some(ANSWER_MAX)).await?;
        document(response).await
    }

    /// Removes something.
    pub async fn delete(&self, path: &[&str], query: &[(&str, String)]) -> Result<Value, Failure> {
        let response = self.send(Method::DELETE, self.address(path, query)?, None, Some(ANSWER_MAX)).await?;
        document(response).await
    }

    /// Tells of a business event, which is taken in beside the events of contacts.
    pub async fn business_event(&self, event: &Value) -> Result<Value, Failure> {
        let url = self.joined(&["v1", "business-events"], &[])?;
        let response = self.send(Method::POST, url, Some(event), Some(ANSWER_MAX)).await?;
        document(response).await
    }

    /// Begins to read something large; it may take as long as it takes.
    pub async fn stream(&self, path: &[&str]) -> Result<Response, Failure> {
        self.send(Method::GET, self.address(path, &[])?, None, None).await
    }

    /// The same with a query.
    pub async fn download(&self, path: &[&str], query: &[(&str, String)]) -> Result<Response, Failure> {
        self.send(Method::GET, self.address(path, query)?, None, None).await
    }

    /// Sends something large; it may take as long as it takes.
    pub async fn upload(
        &self,
        path: &[&str],
        query: &[(&str, String)],
        body: reqwest::Body,
    ) -> Result<Value, Failure> {
        let mut request = self.http.post(self.address(path, query)?).body(body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return document(response).await;
        }
        Err(self.refused(response).await)
    }

    /// Whether the server says that it is ready; an unreachable one is a failure.
    pub async fn is_ready(&self) -> Result<bool, Failure> {
        let url = self.joined(&["ready"], &[])?;
        let response = self.http.get(url).timeout(ANSWER_MAX).send().await;
        Ok(response.map_err(|error| self.unreachable(&error))?.status().is_success())
    }

    /// Sends one batch of events to the ingestion endpoint; the caller judges the status.
    pub async fn ingest(&self, batch: &Value, n_retry: u32) -> Result<Response, Failure> {
        let url = self.joined(&["v1", "batch"], &[])?;
        let mut request = self.http.post(url).timeout(ANSWER_MAX).json(batch);
        if let Some(key) = &self.key {
            request = request.basic_auth(key, Some(""));
        }
        if n_retry > 0 {
            request = request.header("x-retry-count", n_retry);
        }
        request.send().await.map_err(|error| self.unreachable(&error))
    }

    /// What an answer that isn't a success means for the command.
    pub async fn refused(&self, response: Response) -> Failure {
        let status = response.status();
        let text = response.text().await.unwrap_or_default();
        self.refusal(status, &text)
    }

    fn address(&self, path: &[&str], query: &[(&str, String)]) -> Result<Url, Failure> {
        let whole: Vec<&str> = ["api", "v1"].iter().chain(path).copied().collect();
        self.joined(&whole, query)
    }

    fn joined(&self, path: &[&str], query: &[(&str, String)]) -> Result<Url, Failure> {
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut segments) => {
                segments.pop_if_empty().extend(path);
            }
            Err(()) => return Err(Failure::usage(format!("`{}` is not the address of a server", self.base))),
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
        timeout: Option<Duration>,
    ) -> Result<Response, Failure> {
        let mut request = self.http.request(method, url);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(timeout) = timeout {
            request = request.timeout(timeout);
        }
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refused(response).await)
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let what = if error.is_timeout() { "doesn't answer in time" } else { "can't be reached" };
        let cause = std::iter::successors(std::error::Error::source(error), |cause| cause.source()).last();
        let cause = cause.map_or_else(|| error.to_string(), ToString::to_string);
        Failure::new(
            Exit::Unreachable,
            "unreachable",
            format!("the server at {} {what}: {cause}", self.base()),
        )
        .hint("start it with `wend serve`, or name another with --url or WEND_URL")
    }

    /// What an error's status and body mean for the command.
    fn refusal(&self, status: StatusCode, text: &str) -> Failure {
        let document: Value = serde_json::from_str(text).unwrap_or_default();
        let error = document.get("error").unwrap_or(&Value::Null);
        let told = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let diagnostics: Vec<Diagnostic> = error
            .get("diagnostics")
            .and_then(|found| serde_json::from_value(found.clone()).ok())
            .unwrap_or_default();
        let exit = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Exit::Refused,
            StatusCode::NOT_FOUND => Exit::NotFound,
            StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Exit::Conflict,
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Exit::Unreachable,
            status if status.is_client_error() => Exit::Invalid,
            _ => Exit::Failed,
        };
        let message = told("message").unwrap_or_else(|| {
            let start: String = text.chars().take(FOREIGN_CHARS_MAX).collect();
            format!("the server at {} answered {status}: {start}", self.base())
        });
        let mut hint = told("hint");
        if exit == Exit::Refused && self.key.is_none() {
            hint = Some("name a key with --key or WEND_KEY (`wend key create` makes one)".to_owned());
        }
        let code = told("code").unwrap_or_else(|| status.as_u16().to_string());
        let conflicts: Vec<Conflict> = error
            .get("conflicts")
            .and_then(|found| serde_json::from_value(found.clone()).ok())
            .unwrap_or_default();
        let revision = error.get("revision").and_then(Value::as_u64);
        let failure = Failure::new(exit, code, message).maybe_hint(hint).diagnostics(diagnostics);
        failure.conflicts(revision, conflicts)
    }
}

async fn document(response: Response) -> Result<Value, Failure> {
    let bytes = response.bytes().await.map_err(|error| {
        Failure::new(Exit::Unreachable, "unreachable", format!("the server's answer broke off: {error}"))
    })?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|_| {
        Failure::new(Exit::Failed, "foreign", "the answer isn't JSON, so this isn't a Wend server")
            .hint("check --url or WEND_URL")
    })
}
