//! A catalog's templates, compiled once, and how one of them becomes a message.

mod request;
mod shelf;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use wend_domain::catalog::Catalog;
use wend_domain::effect::{NotRendered, Render};
use wend_domain::id::TemplateName;
use wend_domain::template::{Layout, Template, TemplatePart};
use wend_domain::workflow::{Action, WebCall};
use wend_domain::zone::Zone;
use wend_liquid::{ErrorKind, Escape, Locale, Mode, RenderOptions};

use serde_json::Value;

use self::shelf::Shelf;
use crate::call::SECRETS;
use crate::content::{self, Format, Mistake, Places};
use crate::links::Links;
use crate::plain_text::plain_text;
use crate::rendered::Rendered;
use crate::tracking;

/// The most bytes that a part of several lines may render to.
pub const PART_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The most bytes that a part of one line (a subject, an address, a link) may render to.
pub const LINE_BYTES_MAX: usize = 2_048;

/// The root under which templates read catalogues.
const CATALOGUES: &str = "catalogues";

/// The longest reason of a template that stops its message, in characters.
const REASON_CHARACTERS_MAX: usize = 200;

/// The parts that become one line: white space and control characters in them become one space.
const LINE_PARTS: [&str; 6] = ["from", "reply_to", "subject", "preheader", "title", "url"];

/// Where a template reads the contact.
const CONTACT: &str = "contact";

/// The traits that say which language a contact reads, the first that a template has.
const LOCALE_TRAITS: [&str; 2] = ["locale", "language"];

/// The part whose values are escaped.
const HTML_PART: &str = "html";

/// The part that is made of the HTML if nobody wrote it.
const TEXT_PART: &str = "text";

/// Why a template could not be rendered, with the place in the template's file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct RenderError {
    /// The template.
    pub template: TemplateName,
    /// Its part; empty if the template as a whole is missing.
    pub part: String,
    /// The line of the template's file, from 1; 0 if there is none to point at.
    pub line: u32,
    /// The column within that line of the part's source, from 1.
    pub column: u32,
    /// What is wrong and how to mend it.
    pub message: String,
    /// The line that it is in.
    pub excerpt: String,
    /// The reason, if nothing is wrong and the template asked not to be sent.
    pub aborted: Option<String>,
}

impl From<RenderError> for NotRendered {
    fn from(error: RenderError) -> Self {
        match error.aborted {
            Some(reason) => Self::Aborted { reason },
            None => Self::Failed { error: error.to_string() },
        }
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { template, part, line, column, message, excerpt, aborted: _ } = self;
        // The texts of steps have a name that no file has: workflow, version and step.
        match template.as_str().strip_prefix('~') {
            Some(step) => write!(f, "step `{step}`")?,
            None => write!(f, "template `{template}`")?,
        }
        if part.is_empty() {
            return write!(f, ": {message}");
        }
        if *line == 0 {
            return write!(f, ", {part}: {message}");
        }
        write!(f, ", {part}, line {line}, column {column}: {message}")?;
        if !excerpt.is_empty() {
            write!(f, ": `{}`", excerpt.trim())?;
        }
        Ok(())
    }
}

/// One part, compiled, or why it can't be.
#[derive(Debug)]
struct Part {
    /// As the file has it: `markdown` and `mjml` become the HTML.
    name: String,
    line: u32,
    /// Where the Liquid stood in the source, if the part isn't Liquid as it is.
    places: Option<Places>,
    compiled: Result<wend_liquid::Template, Fault>,
}

/// One template, compiled.
#[derive(Debug)]
struct Compiled {
    content_hash: String,
    parts: Vec<Part>,
    /// Whether a value that is missing is a mistake.
    strict: bool,
    /// All parts for contacts of other languages, by locale.
    locales: BTreeMap<String, Vec<Part>>,
    /// What links carry.
    parameters: BTreeMap<String, String>,
    /// What it takes to make a request of it, if it is a call.
    call: Option<Form>,
}

/// What a request has besides its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Form {
    method: String,
    timeout_ms: u64,
    /// The secrets that its texts name.
    secrets: BTreeSet<String>,
}

/// All templates of one catalog; kept in an [`Arc`] beside it.
#[derive(Debug, Default)]
pub struct Renderer {
    templates: BTreeMap<TemplateName, Arc<Compiled>>,
    sender: Option<String>,
    links: Option<Links>,
    /// What all templates can read, whomever they are for: `catalogues`.
    shared: Arc<Value>,
    /// What all templates can print.
    shelf: Shelf,
}

/// What a part is rendered with besides its context.
#[derive(Clone, Copy)]
struct Around<'r> {
    shared: &'r Value,
    shelf: &'r Shelf,
    strict: bool,
}

impl Renderer {
    /// Compiles a catalog's templates. One that can't be compiled fails when it is rendered, and
    /// [`diagnostics`](crate::diagnostics()) tells before.
    pub fn new(catalog: &Catalog) -> Self {
        Self::default().renewed(catalog)
    }

    /// The renderer of a later catalog: templates whose content is the same aren't compiled again.
    #[must_use]
    pub fn renewed(&self, catalog: &Catalog) -> Self {
        let known = |template: &Template, call: Option<&WebCall>| {
            let mut parameters = catalog.policies.link_parameters.clone();
            parameters.extend(template.link_parameters.clone());
            let known = self.templates.get(&template.name);
            let known = known.filter(|known| known.is_of(template, call) && known.parameters == parameters);
            let compiled =
                known.map_or_else(|| Arc::new(Compiled::new(template, call, parameters)), Arc::clone);
            (template.name.clone(), compiled)
        };
        let templates = catalog.templates.values().map(|template| known(template, None));
        let versions = catalog.workflows.values().flat_map(|published| published.versions.values());
        let of_steps = versions.flat_map(|workflow| &workflow.steps).filter_map(|step| match &step.action {
            Action::Call(call) => Some(known(&call.content, Some(call))),
            Action::Task(task) => Some(known(&task.content, None)),
            _ => None,
        });
        let templates = templates.chain(of_steps);
        Self {
            templates: templates.collect(),
            sender: catalog.policies.sender.clone(),
            links: self.links.clone(),
            shared: self.shared_of(catalog),
            shelf: Shelf::new(catalog),
        }
    }

    /// What the catalog's templates share; the same one while its catalogues are.
    fn shared_of(&self, catalog: &Catalog) -> Arc<Value> {
        let catalogues = catalog.catalogues.iter();
        let json = catalogues.map(|(name, catalogue)| (name.to_string(), catalogue.to_json()));
        let json = Value::Object(json.collect());
        if self.shared.get(CATALOGUES) == Some(&json) {
            return Arc::clone(&self.shared);
        }
        Arc::new(Value::Object([(CATALOGUES.to_owned(), json)].into_iter().collect()))
    }

    /// The same, with links in its messages; without them `unsubscribe_url` and the others print as nothing.
    #[must_use]
    pub fn with_links(self, links: Option<Links>) -> Self {
        Self { links, ..self }
    }

    /// Whether its messages have links.
    pub fn has_links(&self) -> bool {
        self.links.is_some()
    }

    /// Renders one message.
    pub fn render(&self, wanted: &Render) -> Result<Rendered, RenderError> {
        let Some(template) = self.templates.get(&wanted.template) else {
            return Err(RenderError {
                template: wanted.template.clone(),
                part: String::new(),
                line: 0,
                column: 0,
                message: "it is not in the catalog any more".to_owned(),
                excerpt: String::new(),
                aborted: None,
            });
        };
        let around = Around { shared: &self.shared, shelf: &self.shelf, strict: template.strict };
        if let Some(form) = &template.call {
            let request = request::render(form, &template.parts, wanted, around)?;
            return Ok(Rendered { call: Some(request), ..Rendered::default() });
        }
        let mut rendered = Rendered::default();
        let mut context = Cow::Borrowed(&wanted.context);
        if let Some(links) = &self.links {
            links.add_to(context.to_mut(), wanted);
            rendered.unsubscribe_url = links.unsubscribe(wanted);
        }
        let (locale, parts) = template.parts_for(&wanted.context);
        if let Some(locale) = locale {
            in_locale(context.to_mut(), locale);
        }
        for part in parts {
            let text = render_part(part, wanted, &context, around).map_err(|fault| fault.of(wanted, part))?;
            if let Some(place) = rendered.part_mut(part.becomes()) {
                *place = Some(text);
            }
        }
        let mut rendered = self.finished(rendered);
        if let Some(links) = &self.links {
            tracking::track(&mut rendered, wanted, links);
        }
        Ok(rendered)
    }

    /// Adds what a template need not say.
    fn finished(&self, mut rendered: Rendered) -> Rendered {
        let is_mail = rendered.subject.is_some();
        if is_mail && rendered.from.as_deref().is_none_or(str::is_empty) {
            rendered.from.clone_from(&self.sender);
        }
        if let (Some(html), None) = (&rendered.html, &rendered.text) {
            rendered.text = Some(plain_text(html));
        }
        if let (Some(html), Some(preheader)) = (&mut rendered.html, &rendered.preheader) {
            insert_preheader(html, preheader);
        }
        rendered
    }
}

impl Compiled {
    fn new(template: &Template, call: Option<&WebCall>, parameters: BTreeMap<String, String>) -> Self {
        let of = |parts: &BTreeMap<String, TemplatePart>| -> Vec<Part> {
            parts
                .iter()
                .map(|(name, part)| Part::new(name, part, &parameters, template.layout.as_ref()))
                .collect()
        };
        let parts = of(&template.parts);
        let call = call.map(|call| Form::new(call, &parts));
        let locales = template.locales.iter().map(|(name, own)| {
            let language = name.split('-').next().filter(|language| language != name);
            let language = language.and_then(|language| template.locales.get(language));
            let base = language.map_or_else(|| template.parts.clone(), |own| localised(&template.parts, own));
            (name.clone(), of(&localised(&base, own)))
        });
        let locales = locales.collect();
        let (content_hash, strict) = (template.content_hash.clone(), template.strict);
        Self { content_hash, parts, strict, locales, parameters, call }
    }

    /// The locale in which a contact reads the template, and the parts of it.
    fn parts_for(&self, context: &Value) -> (Option<&str>, &[Part]) {
        if self.locales.is_empty() {
            return (None, &self.parts);
        }
        for wanted in LOCALE_TRAITS.iter().filter_map(|name| context.get(CONTACT)?.get(name)?.as_str()) {
            let wanted = wanted.to_ascii_lowercase().replace('_', "-");
            let language = wanted.split('-').next().unwrap_or_default().to_owned();
            for name in [wanted, language] {
                if let Some((name, parts)) = self.locales.get_key_value(&name) {
                    return (Some(name), parts);
                }
            }
        }
        (None, &self.parts)
    }

    /// Whether this is the template compiled; places count too, because errors point into the file.
    fn is_of(&self, template: &Template, call: Option<&WebCall>) -> bool {
        let is_same_form = match (&self.call, call) {
            (Some(form), Some(call)) => form.is_of(call),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        is_same_form
            && !template.content_hash.is_empty()
            && self.content_hash == template.content_hash
            && self.parts.len() == template.parts.len()
            && self
                .parts
                .iter()
                .all(|part| template.parts.get(&part.name).is_some_and(|source| source.line == part.line))
    }
}

impl Form {
    fn new(call: &WebCall, parts: &[Part]) -> Self {
        let paths = parts
            .iter()
            .filter_map(|part| part.compiled.as_ref().ok())
            .flat_map(wend_liquid::Template::variables);
        let secrets = paths.filter_map(|path| match path.segments.as_slice() {
            [root, name, ..] if root == SECRETS => Some(name.clone()),
            _ => None,
        });
        Self {
            method: call.method.clone(),
            timeout_ms: call.timeout.as_millis().unsigned_abs(),
            secrets: secrets.collect(),
        }
    }

    fn is_of(&self, call: &WebCall) -> bool {
        self.method == call.method && self.timeout_ms == call.timeout.as_millis().unsigned_abs()
    }
}

impl Part {
    fn new(
        name: &str,
        part: &TemplatePart,
        parameters: &BTreeMap<String, String>,
        layout: Option<&Layout>,
    ) -> Self {
        let (name, line) = (name.to_owned(), part.line);
        if Format::of_part(&name) == Some(Format::Blocks) {
            return Self::made(name, part, Format::Blocks, parameters, layout);
        }
        // What is wrong with the Liquid is told as it stands in the file, before anything is made of it.
        let plain = match wend_liquid::Template::parse(&part.source) {
            Ok(plain) => plain,
            Err(error) => return Self { name, line, places: None, compiled: Err(Fault::from(error)) },
        };
        let Some(format) = Format::of_part(&name) else {
            return Self { name, line, places: None, compiled: Ok(plain) };
        };
        Self::made(name, part, format, parameters, layout)
    }

    fn made(
        name: String,
        part: &TemplatePart,
        format: Format,
        parameters: &BTreeMap<String, String>,
        layout: Option<&Layout>,
    ) -> Self {
        let line = part.line;
        let made = match layout {
            Some(layout) => content::html_in(layout, format, &part.source, parameters),
            None => content::html_of(format, &part.source, parameters),
        };
        match made {
            Ok(made) => {
                let compiled = wend_liquid::Template::parse(&made.html);
                let compiled = compiled.map_err(|error| Fault::from(error).moved(Some(&made.places)));
                Self { name, line, places: Some(made.places), compiled }
            }
            Err(mistake) => Self { name, line, places: None, compiled: Err(Fault::from(mistake)) },
        }
    }

    /// The part of the message that it becomes.
    fn becomes(&self) -> &str {
        if Format::of_part(&self.name).is_some() { HTML_PART } else { &self.name }
    }
}

/// A mistake within one part.
#[derive(Debug, Clone)]
struct Fault {
    line: u32,
    column: u32,
    message: String,
    excerpt: String,
    aborted: Option<String>,
}

impl From<wend_liquid::Error> for Fault {
    fn from(error: wend_liquid::Error) -> Self {
        let aborted = match error.kind {
            ErrorKind::Aborted(reason) => Some(reason.chars().take(REASON_CHARACTERS_MAX).collect()),
            _ => None,
        };
        Self {
            line: error.line,
            column: error.column,
            message: error.message,
            excerpt: error.excerpt,
            aborted,
        }
    }
}

impl From<Mistake> for Fault {
    fn from(mistake: Mistake) -> Self {
        let Mistake { line, column, message, fix, excerpt } = mistake;
        let message = if fix.is_empty() { message } else { format!("{message}: {fix}") };
        Self { line, column, message, excerpt, aborted: None }
    }
}

impl Fault {
    /// The same, where the source has it.
    fn moved(self, places: Option<&Places>) -> Self {
        let Some(places) = places else { return self };
        let (line, column) = places.source(self.line, self.column);
        Self { line, column, ..self }
    }

    fn of(self, wanted: &Render, part: &Part) -> RenderError {
        RenderError {
            template: wanted.template.clone(),
            part: part.name.clone(),
            line: line_in_file(part.line, self.line),
            column: self.column,
            message: self.message,
            excerpt: self.excerpt,
            aborted: self.aborted,
        }
    }
}

/// The parts in another language: its own content takes the place of the template's, whatever it is written in, and of
/// the plain text that was written for that.
fn localised(
    base: &BTreeMap<String, TemplatePart>,
    own: &BTreeMap<String, TemplatePart>,
) -> BTreeMap<String, TemplatePart> {
    let mut parts = base.clone();
    if own.keys().any(|name| Format::of_part(name).is_some()) {
        parts.retain(|name, _| Format::of_part(name).is_none() && name != TEXT_PART);
    }
    parts.extend(own.iter().map(|(name, part)| (name.clone(), part.clone())));
    parts
}

/// The context with the locale in which the message is written.
fn in_locale(context: &mut Value, locale: &str) {
    if let Some(Value::Object(message)) = context.get_mut("message") {
        message.insert("locale".to_owned(), Value::String(locale.to_owned()));
    }
}

/// The line of the file for a line of a part's source.
pub(crate) fn line_in_file(part_line: u32, line: u32) -> u32 {
    part_line.saturating_add(line).saturating_sub(1)
}

fn render_part(part: &Part, wanted: &Render, context: &Value, around: Around<'_>) -> Result<String, Fault> {
    let is_line = LINE_PARTS.contains(&part.name.as_str());
    let bytes_max = if is_line { LINE_BYTES_MAX } else { PART_BYTES_MAX };
    let text = render_text(part, wanted, context, around, bytes_max)?;
    Ok(if is_line { one_line(&text) } else { text })
}

fn render_text(
    part: &Part,
    wanted: &Render,
    context: &Value,
    around: Around<'_>,
    bytes_max: usize,
) -> Result<String, Fault> {
    let template = part.compiled.as_ref().map_err(Fault::clone)?;
    let locale = context.pointer("/contact/locale").and_then(Value::as_str).and_then(Locale::named);
    let contact = wanted.contact.to_string();
    let is_html = part.becomes() == HTML_PART;
    let options = RenderOptions {
        mode: if around.strict { Mode::Strict } else { Mode::Lax },
        partials: &around.shelf.of(is_html),
        locale: locale.unwrap_or_default(),
        seed: &contact,
        escape: if is_html { Escape::Html } else { Escape::None },
        output_bytes_max: bytes_max,
        time_zone: Zone::named(&wanted.zone).unwrap_or_else(Zone::utc).to_jiff().clone(),
        ..RenderOptions::new(wanted.at.to_jiff())
    };
    template
        .render_with(context, around.shared, &options)
        .map_err(|error| Fault::from(error).moved(part.places.as_ref()))
}

/// White space and control characters become single spaces: nothing from a contact can begin another header.
fn one_line(text: &str) -> String {
    let words = text.split(|character: char| character.is_whitespace() || character.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Puts the preheader, hidden, where the body begins.
fn insert_preheader(html: &mut String, preheader: &str) {
    if preheader.is_empty() {
        return;
    }
    let mut escaped = String::with_capacity(preheader.len());
    for character in preheader.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    let hidden = format!(
        "<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\" aria-hidden=\"true\">{escaped}</div>"
    );
    html.insert_str(body_start(html), &hidden);
}

/// The byte after `<body …>`, else the beginning.
fn body_start(html: &str) -> usize {
    let tag = "<body";
    let found =
        html.as_bytes().windows(tag.len()).position(|bytes| bytes.eq_ignore_ascii_case(tag.as_bytes()));
    found.and_then(|start| html[start..].find('>').map(|end| start + end + 1)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
