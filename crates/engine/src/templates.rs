//! Templates looked at and tried out: rendered for a contact or for made-up data, and sent to colleagues.
//!
//! **Invariant:** nothing of it is a message to a contact: no history, no caps, no counters, no outbox.

use anyhow::Context as _;
use serde_json::{Map, Value, json};
use wend_domain::catalog::Catalog;
use wend_domain::compile::{Portfolio, compile};
use wend_domain::contact::Contact;
use wend_domain::effect::Render;
use wend_domain::id::{Category, Channel, ContactId, MessageId, TemplateName, WorkspaceId};
use wend_domain::input::Outcome;
use wend_domain::report::Tracking;
use wend_domain::source::diagnostic::{any_error, in_order};
use wend_domain::source::grammar::FileKind;
use wend_domain::source::{Diagnostic, SourceFile};
use wend_render::{Inspection, RenderError, Rendered, Renderer, darkened, inspect};

use crate::courier::Parcel;
use crate::engine::Engine;
use crate::tick::compute::compute;
use crate::uploads::Uploads;

/// What a test message's subject or title begins with.
const TEST_MARK: &str = "[Test] ";

/// What the workflow and the category of a trial are called.
const PREVIEW: &str = "preview";

/// The kinds of files that messages are made of.
const CONTENT_KINDS: [FileKind; 5] =
    [FileKind::Template, FileKind::Policies, FileKind::Partial, FileKind::Layout, FileKind::Catalogue];

/// What stands for the address by which people unsubscribe, where nobody can.
const SAMPLE_UNSUBSCRIBE: &str = "https://unsubscribe.example/sample";

/// What stands for the address by which people choose, where nobody can.
const SAMPLE_PREFERENCES: &str = "https://preferences.example/sample";

/// Which template, and for whom.
#[derive(Debug, Clone, Default)]
pub struct TemplateTrial {
    /// The name of a published template; what `file` says counts if it is given.
    pub template: String,
    /// The file of a template that need not be published.
    pub file: Option<SourceFile>,
    /// For whom; none for nobody in particular.
    pub contact: Option<Box<Contact>>,
    /// What templates read besides, by root: `{"contact": {…}, "trigger": {…}}`; it wins over what is known of the contact.
    pub context: Map<String, Value>,
    /// In which locale; none for the contact's own.
    pub locale: Option<String>,
    /// Whether the HTML is as a mailbox that is dark shows it.
    pub dark: bool,
}

/// What became of a trial.
#[derive(Debug)]
pub enum Tried {
    /// It can be looked at.
    Rendered(Box<TemplatePreview>),
    /// It can be read and not rendered with this data.
    Failed(RenderError),
    /// The file has errors.
    Invalid(Vec<Diagnostic>),
    /// There is no such template.
    Missing,
}

/// A template, rendered.
#[derive(Debug, Clone)]
pub struct TemplatePreview {
    /// Its name.
    pub template: TemplateName,
    /// Its channel.
    pub channel: Channel,
    /// The message.
    pub rendered: Rendered,
    /// What there is to say of it.
    pub inspection: Inspection,
    /// What was found in the file, if one was given.
    pub diagnostics: Vec<Diagnostic>,
}

/// What became of one test message.
#[derive(Debug, Clone)]
pub struct TestSent {
    /// Where it was to go.
    pub to: String,
    /// What the provider said.
    pub outcome: Outcome,
}

/// Everything that a trial needs, for another thread.
struct Bench {
    workspace: WorkspaceId,
    revision: u64,
    files: Vec<SourceFile>,
    uploads: Uploads,
    trial: TemplateTrial,
    message: MessageId,
    at: wend_domain::time::Timestamp,
}

impl Engine {
    /// Renders a template for a contact, or with made-up data. Nothing is kept.
    pub async fn preview_template(
        &self,
        workspace: &WorkspaceId,
        trial: TemplateTrial,
    ) -> anyhow::Result<Tried> {
        let shared = self.shared();
        let at = shared.clock.now();
        let (revision, portfolio) = self.portfolio(workspace).await?;
        let bench = Bench {
            workspace: workspace.clone(),
            revision,
            files: portfolio.files,
            uploads: shared.catalogs.get(workspace).uploads.clone(),
            message: MessageId::hashed(at, &[b"template-trial", trial.template.as_bytes()]),
            trial,
            at,
        };
        let work = move |(bench, tried): &mut (Bench, Option<Tried>)| *tried = Some(bench.tried());
        let done = compute(vec![(bench, None)], shared.options.one_thread(), work).await?.pop();
        done.and_then(|(_, tried)| tried).context("the template was not rendered")
    }

    /// What is found in the file of a template, held against the files that are published.
    pub async fn check_template(
        &self,
        workspace: &WorkspaceId,
        file: SourceFile,
    ) -> anyhow::Result<Vec<Diagnostic>> {
        let (revision, portfolio) = self.portfolio(workspace).await?;
        let mut files = portfolio.files;
        files.retain(|other| other.path != file.path);
        let path = file.path.clone();
        files.push(file);
        files.sort();
        let portfolio = Portfolio { files, ..portfolio };
        let workspace = workspace.clone();
        let work = move |(portfolio, found): &mut (Portfolio, Vec<Diagnostic>)| {
            found.extend(compile(&workspace, revision, portfolio).diagnostics);
            found.extend(wend_render::diagnostics(&portfolio.files));
            found.retain(|one| one.file == path);
        };
        let options = self.shared().options.one_thread();
        let done = compute(vec![(portfolio, Vec::new())], options, work).await?.pop();
        let (_, found) = done.context("the template was not checked")?;
        Ok(in_order(found))
    }

    /// Hands a rendered template to the provider of its channel, to each of these addresses once. What comes of it is told
    /// and kept nowhere.
    pub async fn test_template(
        &self,
        workspace: &WorkspaceId,
        preview: &TemplatePreview,
        to: &[String],
    ) -> Vec<TestSent> {
        let shared = self.shared();
        let at = shared.clock.now();
        let mut content = preview.rendered.clone();
        for line in [&mut content.subject, &mut content.title].into_iter().flatten() {
            line.insert_str(0, TEST_MARK);
        }
        let mut sent = Vec::with_capacity(to.len());
        for address in to {
            let key: [&[u8]; 3] =
                [b"template-test", preview.template.as_str().as_bytes(), address.as_bytes()];
            let parcel = Parcel {
                workspace: workspace.clone(),
                message: MessageId::hashed(at, &key),
                channel: preview.channel.clone(),
                address: address.clone(),
                attempt: 1,
                content: content.clone(),
            };
            sent.push(TestSent { to: address.clone(), outcome: shared.courier.send(&parcel).await });
        }
        sent
    }
}

impl Bench {
    fn tried(&mut self) -> Tried {
        let mut diagnostics = Vec::new();
        let mut template = self.trial.template.clone();
        if let Some(file) = self.trial.file.take() {
            self.files.retain(|other| other.path != file.path);
            self.files.push(file.clone());
            self.files.sort();
            diagnostics = wend_render::diagnostics(&self.files);
            diagnostics.retain(|found| found.file == file.path);
            if let Some(name) = name_of(&file) {
                template = name;
            }
            let only_one = |other: &SourceFile| {
                is_content(other) && (other.path == file.path || name_of(other).as_deref() != Some(&template))
            };
            self.files.retain(only_one);
        } else {
            self.files.retain(is_content);
        }
        let portfolio = Portfolio { files: std::mem::take(&mut self.files), ..Portfolio::default() };
        let compiled = compile(&self.workspace, self.revision, &portfolio);
        let Some(mut catalog) = compiled.catalog else {
            diagnostics.extend(compiled.diagnostics);
            return Tried::Invalid(in_order(diagnostics));
        };
        if any_error(&diagnostics) {
            return Tried::Invalid(in_order(diagnostics));
        }
        catalog.catalogues = self.uploads.below(&catalog.catalogues);
        let name = TemplateName::from(template);
        if !catalog.templates.contains_key(&name) {
            return Tried::Missing;
        }
        match self.render(&catalog, &name) {
            Err(error) => Tried::Failed(error),
            Ok((channel, rendered)) => {
                let inspection = inspect(&rendered, None);
                Tried::Rendered(Box::new(TemplatePreview {
                    template: name,
                    channel,
                    rendered: self.shown(rendered),
                    inspection,
                    diagnostics: in_order(diagnostics),
                }))
            }
        }
    }

    fn shown(&self, mut rendered: Rendered) -> Rendered {
        if let Some(html) = rendered.html.as_mut().filter(|_| self.trial.dark) {
            *html = darkened(html);
        }
        rendered
    }

    fn render(&self, catalog: &Catalog, name: &TemplateName) -> Result<(Channel, Rendered), RenderError> {
        let channel = catalog.templates.get(name).map(|template| template.channel.clone());
        let channel = channel.unwrap_or_else(|| Channel::from(""));
        let contact = self.trial.contact.as_deref();
        let own_zone = contact.and_then(Contact::zone);
        let wanted = Render {
            message: self.message,
            contact: contact
                .map_or_else(|| ContactId::hashed(self.at, &[b"template-trial"]), |contact| contact.id),
            channel: channel.clone(),
            category: Category::from(PREVIEW),
            optional: false,
            confirms: false,
            tracking: Tracking::NONE,
            template: name.clone(),
            json: None,
            address: String::new(),
            context: Value::Object(
                self.context(catalog.templates.get(name).and_then(|of| of.sample.as_ref())),
            ),
            zone: own_zone.as_ref().unwrap_or(&catalog.policies.zone).name().to_owned(),
            at: self.at,
            hop: 0,
        };
        let mut only = catalog.clone();
        only.templates.retain(|other, _| other == name);
        Ok((channel, Renderer::new(&only).render(&wanted)?))
    }

    /// What the template reads: what is known of the contact, and what was given for the trial.
    fn context(&self, sample: Option<&Value>) -> Map<String, Value> {
        let mut traits = Map::new();
        if let Some(contact) = &self.trial.contact {
            traits.clone_from(&contact.traits);
            if let Some(user_id) = &contact.user_id {
                traits.entry("user_id").or_insert_with(|| Value::String(user_id.clone()));
            }
        }
        let mut context = Map::new();
        context.insert("contact".to_owned(), Value::Object(traits));
        let account =
            self.trial.contact.as_ref().and_then(|contact| contact.account()).map(|(id, membership)| {
                let mut account = membership.traits.clone();
                account.insert("id".to_owned(), Value::String(id.clone()));
                account
            });
        context.insert("account".to_owned(), Value::Object(account.unwrap_or_default()));
        for root in ["trigger", "run"] {
            context.insert(root.to_owned(), json!({}));
        }
        context.insert("workflow".to_owned(), json!({ "name": PREVIEW }));
        context.insert("message".to_owned(), json!({ "id": self.message.to_string(), "category": PREVIEW }));
        context.insert("unsubscribe_url".to_owned(), Value::from(SAMPLE_UNSUBSCRIBE));
        context.insert("preferences_url".to_owned(), Value::from(SAMPLE_PREFERENCES));
        let sample = sample.and_then(Value::as_object).into_iter().flatten();
        // A sample of a contact is nobody's traits: who is looked at for a contact sees that contact's.
        let sample = sample.filter(|(root, _)| self.trial.contact.is_none() || *root != "contact");
        for (root, given) in sample.chain(&self.trial.context) {
            match (context.get_mut(root), given) {
                (Some(Value::Object(known)), Value::Object(given)) => {
                    known.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
                }
                _ => {
                    context.insert(root.clone(), given.clone());
                }
            }
        }
        if let (Some(locale), Some(Value::Object(contact))) = (&self.trial.locale, context.get_mut("contact"))
        {
            contact.insert("locale".to_owned(), Value::String(locale.clone()));
        }
        context
    }
}

/// Whether messages are made of a file.
fn is_content(file: &SourceFile) -> bool {
    let kind = FileKind::of_path(&file.path);
    kind.is_some_and(|kind| CONTENT_KINDS.contains(&kind))
}

/// The name that a template's file gives.
fn name_of(file: &SourceFile) -> Option<String> {
    wend_domain::compile::template_name(file)
}
