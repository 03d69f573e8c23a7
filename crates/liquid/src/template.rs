//! The door: parse a template once, render it often.

use std::sync::Arc;

use crate::error::{Error, Fault};
use crate::locale::Locale;
use crate::syntax::Block;
use crate::variables::{self, PartialName, VariablePath};
use crate::{parser, render};

/// The largest template that is parsed.
pub const SOURCE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A compiled template; immutable, to be shared behind an [`Arc`].
#[derive(Debug)]
pub struct Template {
    pub(crate) source: Box<str>,
    pub(crate) block: Block,
}

/// What an undefined variable means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// It is nothing, and prints as nothing.
    #[default]
    Lax,
    /// It is an error, except in a condition and before the filter `default`.
    Strict,
}

/// What happens to the characters that mean something in the format of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escape {
    /// Values are printed as they are.
    #[default]
    None,
    /// `& < > " '` are printed as entities, except in markup.
    ///
    /// Markup is what `escape`, `h`, `escape_once`, `raw` and `safe` answer and what `capture`
    /// caught. It stays markup through filters that only change what is there, such as `strip`,
    /// `upcase` or `newline_to_br`. A filter that puts other text in or takes a piece, such as
    /// `append`, `replace` or `truncate`, answers text again, which is escaped as a whole: so
    /// nothing is printed unescaped that the template's author didn't call `raw` or `safe`.
    Html,
}

/// Where `include` and `render` find other templates.
pub trait Partials {
    /// Gives the compiled partial of that name.
    fn partial(&self, name: &str) -> Option<Arc<Template>>;
}

/// No partials at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPartials;

impl Partials for NoPartials {
    fn partial(&self, _name: &str) -> Option<Arc<Template>> {
        None
    }
}

/// Everything besides the data that a rendering depends on.
pub struct RenderOptions<'a> {
    /// What an undefined variable means.
    pub mode: Mode,
    /// What is escaped in the output of values.
    pub escape: Escape,
    /// The most steps the rendering may take.
    pub fuel_max: u64,
    /// The largest text, and the largest string on the way to it.
    pub output_bytes_max: usize,
    /// What `'now' | date` means.
    pub now: jiff::Timestamp,
    /// The zone in which times without one are read and printed.
    pub time_zone: jiff::tz::TimeZone,
    /// How dates, numbers and money are written, and things counted.
    pub locale: Locale,
    /// Whom the text is for: `choose` gives the same to the same.
    pub seed: &'a str,
    /// Where `include` and `render` find other templates.
    pub partials: &'a dyn Partials,
}

impl RenderOptions<'_> {
    /// Enough steps for any newsletter, and few enough to end within seconds.
    pub const FUEL_DEFAULT: u64 = 2_000_000;
    /// Larger than any mail system accepts.
    pub const OUTPUT_BYTES_DEFAULT: usize = 4 * 1024 * 1024;

    /// Lax, unescaped, in UTC and English, for nobody in particular, without partials, with default limits.
    pub fn new(now: jiff::Timestamp) -> Self {
        Self {
            mode: Mode::default(),
            escape: Escape::default(),
            fuel_max: Self::FUEL_DEFAULT,
            output_bytes_max: Self::OUTPUT_BYTES_DEFAULT,
            now,
            time_zone: jiff::tz::TimeZone::UTC,
            locale: Locale::default(),
            seed: "",
            partials: &NoPartials,
        }
    }
}

impl Template {
    /// Compiles a template.
    pub fn parse(source: &str) -> Result<Self, Error> {
        if source.len() > SOURCE_BYTES_MAX {
            let message =
                format!("the template is larger than {SOURCE_BYTES_MAX} bytes: split it into partials");
            return Err(Fault::syntax(0, message).locate(source, None));
        }
        let block = parser::parse(source).map_err(|fault| fault.locate(source, None))?;
        Ok(Self { source: source.into(), block })
    }

    /// Renders the template with these globals, which must be an object to be of use.
    pub fn render(&self, globals: &serde_json::Value, options: &RenderOptions<'_>) -> Result<String, Error> {
        render::render(self, globals, &serde_json::Value::Null, options)
    }

    /// Renders the template with these globals, and others that are found where the first have none of a name: large
    /// ones that many renderings share.
    pub fn render_with(
        &self,
        globals: &serde_json::Value,
        shared: &serde_json::Value,
        options: &RenderOptions<'_>,
    ) -> Result<String, Error> {
        render::render(self, globals, shared, options)
    }

    /// Lists the global paths that the template reads, in the order of its text.
    ///
    /// Partials are not followed. A path ends where it is computed: `a[b].c` reads `a` and `b`.
    pub fn variables(&self) -> Vec<VariablePath> {
        variables::of(self)
    }

    /// Lists the partials that the template names in quotes, in the order of its text.
    pub fn partials(&self) -> Vec<PartialName> {
        variables::partials_of(self)
    }
}
