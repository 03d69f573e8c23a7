//! Pages for the people who get messages: to unsubscribe, to choose, to confirm.
//!
//! Read in this order: this file (who comes, by which link), `unsubscribe`, `preferences`, `confirm` (one page each),
//! `html` and `words` (how they look, and what they say in which language).
//!
//! **Invariants.** A link's signature is all that is asked for: no login, no cookie, no script. GET changes nothing, so
//! that scanners of mail that open every link unsubscribe nobody. What is shown of a person is a masked address and
//! what the person chose, never more.

mod confirm;
mod html;
mod preferences;
mod unsubscribe;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use wend_domain::catalog::Catalog;
use wend_domain::consent::{Answer, Answers, Basis};
use wend_domain::contact::Contact;
use wend_domain::id::{Category, WorkspaceId};
use wend_domain::input::{Command, Order};
use wend_domain::link::{Link, LinkKey, Purpose};
use wend_domain::policy::CategoryPolicy;
use wend_domain::time::Timestamp;
use wend_engine::CommandError;

use crate::state::ServerState;
use html::{page, paragraph};
use words::{Words, words};

/// The largest form that is read, in bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// The longest name of a workspace in a link, in bytes.
const WORKSPACE_BYTES_MAX: usize = 200;

/// The traits that may say which language a person reads, in this order.
const LOCALE_TRAITS: [&str; 2] = ["locale", "language"];

/// The pages' routes.
pub(crate) fn routes() -> Router<ServerState> {
    Router::new()
        .route("/unsubscribe/{workspace}/{link}", get(unsubscribe::show).post(unsubscribe::take))
        .route("/preferences/{workspace}/{link}", get(preferences::show).post(preferences::take))
        .route("/confirm/{workspace}/{link}", get(confirm::show).post(confirm::take))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// Somebody who came by a good link.
struct Visit {
    workspace: WorkspaceId,
    key: LinkKey,
    link: Link,
    /// None if the person was erased meanwhile.
    contact: Option<Contact>,
    catalog: Arc<Catalog>,
    words: &'static Words,
    at: Timestamp,
}

/// Who comes by a link; else the page that says what is wrong.
async fn visit(
    state: &ServerState,
    purpose: Purpose,
    (workspace, signed): (String, String),
    headers: &HeaderMap,
) -> Result<Visit, Response> {
    let words_of_browser = words(None, headers);
    let wrong = || {
        let hint = paragraph(words_of_browser.wrong_link_hint);
        page(StatusCode::NOT_FOUND, words_of_browser, words_of_browser.wrong_link, &hint)
    };
    if workspace.len() > WORKSPACE_BYTES_MAX {
        return Err(wrong());
    }
    let workspace = WorkspaceId::from(workspace);
    let key = match state.engine().link_key(&workspace).await {
        Ok(key) => key.ok_or_else(wrong)?,
        Err(error) => return Err(trouble(words_of_browser, &error)),
    };
    let link = Link::read(&signed, &key, &workspace).filter(|link| link.purpose == purpose);
    let link = link.ok_or_else(wrong)?;
    let contact = match state.store().contact_by_id(&workspace, link.contact).await {
        Ok(bytes) => bytes.and_then(|bytes| Contact::from_bytes(&bytes).ok()),
        Err(error) => return Err(trouble(words_of_browser, &error.into())),
    };
    let locale = contact.as_ref().and_then(|contact| {
        LOCALE_TRAITS.iter().find_map(|name| contact.traits.get(*name).and_then(|value| value.as_str()))
    });
    let words = words(locale, headers);
    let catalog = state.engine().catalog(&workspace);
    Ok(Visit { workspace, key, link, contact, catalog, words, at: state.now() })
}

/// The page that says that something of ours is broken.
fn trouble(words: &Words, error: &anyhow::Error) -> Response {
    tracing::error!(error = format!("{error:#}"), "a page could not be served");
    page(StatusCode::SERVICE_UNAVAILABLE, words, words.trouble, &paragraph(words.trouble_hint))
}

impl Visit {
    /// The address of another page for the same person, relative to this one. A link made of a link is as old as that one.
    fn path(&self, purpose: Purpose) -> String {
        let signed = Link { purpose, ..self.link.clone() }.sign(&self.key, &self.workspace);
        let workspace: String =
            form_urlencoded::byte_serialize(self.workspace.as_str().as_bytes()).collect::<String>();
        format!("../../{}/{}/{signed}", purpose.path(), workspace.replace('+', "%20"))
    }

    /// The categories that people can opt out of, by name.
    fn categories(&self) -> BTreeMap<&Category, &CategoryPolicy> {
        self.catalog.policies.categories.iter().filter(|(_, policy)| !policy.transactional).collect()
    }

    /// Whether the link's message was marketing of a category that one can opt out of.
    fn category_is_optional(&self) -> bool {
        let policy = self.catalog.policies.categories.get(&self.link.category);
        policy.is_none_or(|policy| !policy.transactional)
    }

    /// What people call the link's category.
    fn title(&self) -> String {
        let policy = self.catalog.policies.categories.get(&self.link.category);
        policy.map_or_else(
            || self.link.category.to_string(),
            |policy| policy.title_in(self.words.language).to_owned(),
        )
    }

    /// The address that the link's channel has for the person, masked.
    fn masked_address(&self) -> Option<String> {
        let channel = self.catalog.policies.channels.get(&self.link.channel)?;
        let address = self.contact.as_ref()?.traits.get(&channel.address)?.as_str()?;
        Some(html::masked(address))
    }

    /// Answers that unsubscribe from everything there is.
    fn nothing_more(&self) -> Answers {
        let mut answers = Answers::default();
        let own = self.category_is_optional().then_some(&self.link.category);
        for category in self.categories().into_keys().chain(own) {
            answers.categories.insert(category.clone(), Answer::Unsubscribed);
        }
        let channels = self.catalog.policies.channels.keys().chain([&self.link.channel]);
        answers.channels.extend(channels.map(|channel| (channel.clone(), Answer::Unsubscribed)));
        answers
    }

    /// Whether all of these answers stand already.
    fn stands(&self, answers: &Answers) -> bool {
        let Some(contact) = &self.contact else { return true };
        let consent = &contact.consent;
        let is = |given: Option<&wend_domain::consent::Given>, answer: &Answer| {
            given.is_some_and(|given| given.answer == *answer)
        };
        answers.pause.is_none()
            && answers.frequency.is_none()
            && answers.channels.iter().all(|(channel, answer)| is(consent.channels.get(channel), answer))
            && answers.categories.iter().all(|(category, answer)| {
                is(consent.categories.get(category), answer) && !consent.unconfirmed.contains_key(category)
            })
    }

    /// Gives answers in the person's name: they are committed when this answers.
    async fn give(&self, state: &ServerState, answers: Answers, source: &str) -> Result<(), Response> {
        if self.stands(&answers) {
            return Ok(());
        }
        let answers = Answers {
            source: Some(source.to_owned()),
            via: Some(self.link.message),
            basis: Some(Basis::Consent),
            confirmed: true,
            ..answers
        };
        let order = Order::Answers(Box::new(answers));
        let command = Command { by: "the contact".to_owned(), reason: None, order };
        match state.engine().command(&self.workspace, self.link.contact, command).await {
            // What is queued is kept and will be carried out; of who is gone nothing is left to change.
            Ok(_) | Err(CommandError::Queued | CommandError::NoSuchContact) => Ok(()),
            Err(error @ (CommandError::Stuck { .. } | CommandError::NotAccepted(_))) => {
                Err(trouble(self.words, &error.into()))
            }
        }
    }
}

/// The fields of a form; none of a body that isn't one.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn values<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
