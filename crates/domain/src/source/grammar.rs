//! The one table that describes the file format.
//!
//! Checking, the JSON Schema, the manual's page and the order of keys in `wend fmt` all read it; no other place knows
//! which keys an object has. The table itself is in the modules below, one for each part of the format.

pub mod blocks;
pub mod catalogue;
pub mod change;
pub mod content;
pub mod hook;
pub mod other;
pub mod outside;
pub mod policies;
pub mod predicate;
pub mod step;
pub mod test;
pub mod text;
pub mod traits;
pub mod trigger;
pub mod wait;
pub mod workflow;

pub use text::TextKind;

use super::yaml::{Kind, Node, Scalar};

/// An object of the format.
#[derive(Debug)]
pub struct Object {
    /// What it is called in the manual, the schema and messages: `a trigger`.
    pub name: &'static str,
    /// What it is for, in a sentence or two.
    pub doc: &'static str,
    /// Its keys, in canonical order, grouped by the keys that they need beside them.
    pub groups: &'static [Group],
    /// The keys of which exactly one must be there; empty if there is no such choice.
    pub exactly_one: &'static [&'static str],
    /// What other keys mean; none if they are refused.
    pub rest: Option<Rest>,
}

/// Keys that are known only beside certain others.
#[derive(Debug)]
pub struct Group {
    /// One of these keys must be there; empty if the group needs none.
    pub only_with: &'static [&'static str],
    /// The keys.
    pub fields: &'static [Field],
}

/// Keys that the table doesn't name.
#[derive(Debug)]
pub struct Rest {
    /// What such a key is.
    pub key: TextKind,
    /// What its value is.
    pub shape: Shape,
    /// What it means.
    pub doc: &'static str,
    /// Whether there must be exactly one of them.
    pub exactly_one: bool,
}

/// One key of an object.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What its value is.
    pub shape: Shape,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What counts if it isn't there, as a person reads it.
    pub default: Option<&'static str>,
    /// Whether the format reserves it, and this version doesn't do it yet.
    pub not_yet: bool,
    /// Whether it may stand without any of the keys of which else there must be one.
    pub alone: bool,
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A text of a kind.
    Text(TextKind),
    /// A whole number.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `true`, and nothing else.
    True,
    /// A text, number or truth value.
    Scalar,
    /// Anything.
    Any,
    /// One of a few words, each with its meaning.
    Choice(&'static [(&'static str, &'static str)]),
    /// A list.
    List(&'static Shape),
    /// A list, or one alone.
    OneOrMany(&'static Shape),
    /// An object of the table.
    Object(&'static Object),
    /// An object with free keys.
    Map {
        /// What a key is.
        key: TextKind,
        /// What its value is.
        value: &'static Shape,
    },
    /// One of several, told apart by their YAML type; texts and choices may stand together.
    Either(&'static [Shape]),
}

impl Object {
    /// All keys in canonical order.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let groups: &'static [Group] = self.groups;
        groups.iter().flat_map(|group| group.fields)
    }

    /// The field that a key of this node means: of several of the same name, the one whose group fits.
    pub fn field(&self, node: &Node, key: &str) -> Option<&'static Field> {
        let groups: &'static [Group] = self.groups;
        let named = |group: &'static Group| group.fields.iter().find(|field| field.name == key);
        groups
            .iter()
            .filter(|group| group.fits(node))
            .find_map(named)
            .or_else(|| groups.iter().find_map(named))
    }

    /// Whether a key of this node is one of those that tell the object apart, rather than one of the same name that
    /// stands beside another of them.
    pub fn is_choice(&self, node: &Node, key: &str) -> bool {
        let groups: &'static [Group] = self.groups;
        let named = |group: &&'static Group| group.fields.iter().any(|field| field.name == key);
        self.exactly_one.contains(&key)
            && groups
                .iter()
                .filter(|group| group.fits(node))
                .find(named)
                .is_none_or(|group| group.only_with.is_empty())
    }
}

impl Group {
    /// Whether a key that the group needs is there.
    pub fn fits(&self, node: &Node) -> bool {
        self.only_with.is_empty() || self.only_with.iter().any(|key| node.get(key).is_some())
    }
}

impl Field {
    /// A key that may be left out.
    pub const fn new(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, shape, doc, required: false, default: None, not_yet: false, alone: false }
    }

    /// A key that this version doesn't do yet.
    pub const fn later(name: &'static str, doc: &'static str) -> Self {
        Self { name, shape: Shape::Any, doc, required: false, default: None, not_yet: true, alone: false }
    }

    /// The same, but it must be there.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same, but it may stand without any of the keys of which else there must be one.
    #[must_use]
    pub const fn alone(self) -> Self {
        Self { alone: true, ..self }
    }

    /// The same, with what counts if it isn't there.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }
}

impl Shape {
    /// Whether a value has the YAML type of this shape, whatever it says.
    pub fn fits(&self, node: &Node) -> bool {
        match (self, &node.kind) {
            (Self::Any, _)
            | (Self::Text(_) | Self::Choice(_), Kind::Scalar(Scalar::Text { .. }))
            | (Self::Integer { .. }, Kind::Scalar(Scalar::Integer(_)))
            | (Self::Number, Kind::Scalar(Scalar::Integer(_) | Scalar::Number(_)))
            | (Self::Boolean, Kind::Scalar(Scalar::Boolean(_)))
            | (Self::True, Kind::Scalar(Scalar::Boolean(true)))
            | (Self::List(_) | Self::OneOrMany(_), Kind::List { .. })
            | (Self::Object(_) | Self::Map { .. }, Kind::Map { .. }) => true,
            (Self::Scalar, Kind::Scalar(scalar)) => *scalar != Scalar::Null,
            (Self::OneOrMany(one), _) => one.fits(node),
            (Self::Either(shapes), _) => shapes.iter().any(|shape| shape.fits(node)),
            _ => false,
        }
    }

    /// What it is, in a person's words.
    pub fn describe(&self) -> String {
        match self {
            Self::Text(kind) => kind.describe().to_owned(),
            Self::Integer { .. } => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::True => "`true`".to_owned(),
            Self::Scalar => "a text, number or truth value".to_owned(),
            Self::Any => "any value".to_owned(),
            Self::Choice(choices) => alternatives(choices.iter().map(|(word, _)| format!("`{word}`"))),
            Self::List(Shape::Any) => "a list".to_owned(),
            Self::List(item) => format!("a list of {}", plural(&item.describe())),
            Self::OneOrMany(one) => format!("{}, or a list of them", one.describe()),
            Self::Object(object) => object.name.to_owned(),
            Self::Map { key, value } => format!("an object from {} to {}", key.describe(), value.describe()),
            Self::Either(shapes) => alternatives(shapes.iter().map(Self::describe)),
        }
    }
}

/// `a`, `b` or `c`.
fn alternatives(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn plural(name: &str) -> String {
    match name.strip_prefix("a ").or_else(|| name.strip_prefix("an ")) {
        Some(rest) if !rest.contains(' ') && rest.chars().all(char::is_alphabetic) => format!("{rest}s"),
        _ => format!("items, each {name}"),
    }
}

/// Calls `visit` for every object of the table that a tree has, with what it is.
pub fn objects<'n>(node: &'n Node, shape: &Shape, visit: &mut impl FnMut(&'n Node, &'static Object)) {
    match shape {
        Shape::List(item) => node.items().iter().for_each(|node| objects(node, item, visit)),
        Shape::OneOrMany(one) => node.one_or_many().iter().for_each(|node| objects(node, one, visit)),
        Shape::Either(shapes) => {
            if let Some(shape) = shapes.iter().find(|shape| shape.fits(node)) {
                objects(node, shape, visit);
            }
        }
        Shape::Map { value, .. } => {
            node.entries().iter().for_each(|entry| objects(&entry.value, value, visit));
        }
        Shape::Object(object) if node.is_map() => {
            visit(node, object);
            for entry in node.entries() {
                match (object.field(node, &entry.key), &object.rest) {
                    (Some(field), _) => objects(&entry.value, &field.shape, visit),
                    (None, Some(rest)) => objects(&entry.value, &rest.shape, visit),
                    (None, None) => {}
                }
            }
        }
        Shape::Object(_)
        | Shape::Text(_)
        | Shape::Integer { .. }
        | Shape::Number
        | Shape::Boolean
        | Shape::True
        | Shape::Scalar
        | Shape::Any
        | Shape::Choice(_) => {}
    }
}

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// `policies.yaml`.
    Policies,
    /// `traits.yaml`.
    Traits,
    /// `segments/*.yaml`.
    Segment,
    /// `templates/*.yaml`.
    Template,
    /// `workflows/*.yaml`.
    Workflow,
    /// `hooks/*.yaml`.
    Hook,
    /// `catalogues/*.yaml`.
    Catalogue,
    /// `partials/*.yaml`.
    Partial,
    /// `layouts/*.yaml`.
    Layout,
    /// `tests/*.test.yaml`.
    Test,
}

impl FileKind {
    /// All kinds, in the order of the manual.
    pub const ALL: [Self; 10] = [
        Self::Workflow,
        Self::Segment,
        Self::Template,
        Self::Partial,
        Self::Layout,
        Self::Policies,
        Self::Traits,
        Self::Hook,
        Self::Catalogue,
        Self::Test,
    ];

    /// The kind that the folder of a path stands for; none if such files are ignored.
    pub fn of_path(path: &str) -> Option<Self> {
        let folder = path.split('/').next()?;
        match folder {
            "policies.yaml" => Some(Self::Policies),
            "traits.yaml" => Some(Self::Traits),
            _ if path.strip_suffix(".yaml").is_none() || folder == path => None,
            "workflows" => Some(Self::Workflow),
            "segments" => Some(Self::Segment),
            "templates" => Some(Self::Template),
            "hooks" => Some(Self::Hook),
            "catalogues" => Some(Self::Catalogue),
            "partials" => Some(Self::Partial),
            "layouts" => Some(Self::Layout),
            "tests" if path.strip_suffix(".test.yaml").is_some() => Some(Self::Test),
            _ => None,
        }
    }

    /// The key that names the thing; policies and traits have none.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Self::Workflow => Some("workflow"),
            Self::Segment => Some("segment"),
            Self::Template => Some("template"),
            Self::Hook => Some("hook"),
            Self::Catalogue => Some("catalogue"),
            Self::Partial => Some("partial"),
            Self::Layout => Some("layout"),
            Self::Test => Some("test"),
            Self::Policies | Self::Traits => None,
        }
    }

    /// Where such files live.
    pub fn pattern(self) -> &'static str {
        match self {
            Self::Workflow => "workflows/NAME.yaml",
            Self::Segment => "segments/NAME.yaml",
            Self::Template => "templates/NAME.yaml",
            Self::Hook => "hooks/NAME.yaml",
            Self::Catalogue => "catalogues/NAME.yaml",
            Self::Partial => "partials/NAME.yaml",
            Self::Layout => "layouts/NAME.yaml",
            Self::Test => "tests/NAME.test.yaml",
            Self::Policies => "policies.yaml",
            Self::Traits => "traits.yaml",
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        self.key().unwrap_or(if self == Self::Traits { "traits" } else { "policies" })
    }

    /// The object that such a file is.
    pub fn object(self) -> &'static Object {
        match self {
            Self::Workflow => &workflow::WORKFLOW,
            Self::Segment => &other::SEGMENT,
            Self::Template => &other::TEMPLATE,
            Self::Hook => &hook::HOOK,
            Self::Catalogue => &catalogue::CATALOGUE,
            Self::Partial => &content::PARTIAL,
            Self::Layout => &content::LAYOUT,
            Self::Policies => &policies::POLICIES,
            Self::Traits => &traits::TRAITS,
            Self::Test => &test::TEST,
        }
    }
}
