//! A call of another system, rendered: all of it but the secrets, which only who makes the call puts in.
//!
//! **Invariant:** nothing that a contact says can stand for a secret. The mark around a secret's name is a hash of all
//! that the texts can read, so no value among it can contain the mark, whatever a template makes of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wend_domain::effect::Render;
use wend_domain::id::digest;

/// The root under which templates of calls read secrets.
pub(crate) const SECRETS: &str = "secrets";

/// What begins and ends a mark: no escaping and no encoding of URLs changes it, nor what is between.
const FENCE: char = '~';

/// A finished request, in which a mark stands for each secret; fit to be stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRequest {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Headers by their names as the file has them; each value is one line.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// What is sent along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Whether the body is JSON, so that secrets in it are escaped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_json: bool,
    /// How long one attempt may take.
    pub timeout_ms: u64,
    /// What the marks of secrets begin with; none if there are no secrets in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// A request as it is sent, secrets and all: it can't be printed, stored or compared.
#[expect(missing_debug_implementations, reason = "secrets are in it")]
pub struct Revealed {
    /// As in [`CallRequest::method`].
    pub method: String,
    /// As in [`CallRequest::url`].
    pub url: String,
    /// As in [`CallRequest::headers`].
    pub headers: Vec<(String, String)>,
    /// As in [`CallRequest::body`].
    pub body: Option<String>,
}

/// A secret that the operator has not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret `{0}` is not set")]
pub struct MissingSecret(pub String);

/// What the marks of one request's secrets begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(String);

impl Mark {
    /// The mark of a rendering: a hash of everything that its texts can read.
    pub(crate) fn of(wanted: &Render) -> Self {
        let context = wanted.context.to_string();
        let hash = digest("secrets", &[&wanted.message.to_bytes(), context.as_bytes()]);
        let digits = hash[..16].iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
        Self(format!("{FENCE}{digits}{FENCE}"))
    }

    /// What stands for a secret.
    pub(crate) fn around(&self, name: &str) -> String {
        format!("{}{name}{FENCE}", self.0)
    }

    /// The text with secrets in place of their marks.
    fn replaced(
        &self,
        text: &str,
        replacement: &mut impl FnMut(&str) -> Result<String, MissingSecret>,
    ) -> Result<String, MissingSecret> {
        let mut pieces = text.split(self.0.as_str());
        let mut out = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece.split_once(FENCE).unwrap_or((piece, ""));
            out.push_str(&replacement(name)?);
            out.push_str(rest);
        }
        Ok(out)
    }
}

impl CallRequest {
    /// The request with every secret in its place: for the moment of the call, and for nothing else.
    pub fn revealed(&self, secret: impl Fn(&str) -> Option<String>) -> Result<Revealed, MissingSecret> {
        let Some(mark) = &self.mark else {
            return Ok(Revealed {
                method: self.method.clone(),
                url: self.url.clone(),
                headers: self.headers.clone().into_iter().collect(),
                body: self.body.clone(),
            });
        };
        let mut plain = |name: &str| secret(name).ok_or_else(|| MissingSecret(name.to_owned()));
        let mut in_body = |name: &str| {
            let secret = secret(name).ok_or_else(|| MissingSecret(name.to_owned()))?;
            Ok(if self.is_json { in_json_text(&secret) } else { secret })
        };
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| Ok((name.clone(), mark.replaced(value, &mut plain)?)));
        let headers = headers.collect::<Result<_, MissingSecret>>()?;
        Ok(Revealed {
            method: self.method.clone(),
            url: mark.replaced(&self.url, &mut plain)?,
            headers,
            body: self.body.as_ref().map(|body| mark.replaced(body, &mut in_body)).transpose()?,
        })
    }
}

/// A text as it stands between the quotes of JSON.
fn in_json_text(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests;
