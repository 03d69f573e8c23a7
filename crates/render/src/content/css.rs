//! A style sheet read as far as it can be written into elements: rules whose selectors ask only for what stands in the
//! markup. Everything else, such as `@media` and `:hover`, is kept for a `style` element.

/// The most rules that are inlined; those after them stay in the `style` element.
pub(crate) const RULES_MAX: usize = 1_000;

/// A style sheet.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// The rules that can be inlined, in order.
    pub rules: Vec<Rule>,
}

/// A rule, or what is kept as it is.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its text as a whole.
    pub text: String,
    /// Its selectors; one that can't be inlined is none. Empty for what is kept as it is.
    pub selectors: Vec<Option<Selector>>,
    /// Its declarations, in order.
    pub declarations: Vec<Declaration>,
}

/// A property and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declaration {
    /// In lower case.
    pub name: String,
    /// Without `!important`.
    pub value: String,
    /// Whether it wins over what an element itself says.
    pub is_important: bool,
}

/// A selector of compounds, the last of which is the element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selector {
    compounds: Vec<(Combinator, Compound)>,
    /// Identifiers, classes and attributes, types: what wins over what.
    pub specificity: (usize, usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Combinator {
    Descendant,
    Child,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Compound {
    name: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
    attributes: Vec<(String, Option<String>)>,
}

/// An element as selectors see it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    /// Its name, in lower case.
    pub name: String,
    /// Its attributes, by names in lower case.
    pub attributes: Vec<(String, String)>,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Compound {
    fn matches(&self, element: &Element) -> bool {
        let has_class = |class: &String| {
            element
                .attribute("class")
                .is_some_and(|classes| classes.split_ascii_whitespace().any(|own| own == class))
        };
        self.name.as_ref().is_none_or(|name| *name == element.name)
            && self.id.as_ref().is_none_or(|id| element.attribute("id") == Some(id))
            && self.classes.iter().all(has_class)
            && self.attributes.iter().all(|(name, value)| {
                element.attribute(name).is_some_and(|own| value.as_ref().is_none_or(|value| own == value))
            })
    }
}

impl Selector {
    /// Whether the last of the elements is meant; those before it are around it.
    pub fn matches(&self, stack: &[Element]) -> bool {
        let Some(((_, last), before)) = self.compounds.split_last() else { return false };
        let Some((element, around)) = stack.split_last() else { return false };
        let combinator = self.compounds.last().map_or(Combinator::Descendant, |(combinator, _)| *combinator);
        last.matches(element) && Self::around(before, combinator, around)
    }

    fn around(before: &[(Combinator, Compound)], combinator: Combinator, stack: &[Element]) -> bool {
        let Some(((next, compound), rest)) = before.split_last() else { return true };
        match combinator {
            Combinator::Child => stack.split_last().is_some_and(|(parent, around)| {
                compound.matches(parent) && Self::around(rest, *next, around)
            }),
            Combinator::Descendant => (0..stack.len())
                .rev()
                .any(|at| compound.matches(&stack[at]) && Self::around(rest, *next, &stack[..at])),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let spaced = text.replace('>', " > ");
        let mut compounds = Vec::new();
        let mut combinator = Combinator::Descendant;
        for word in spaced.split_ascii_whitespace() {
            if word == ">" {
                combinator = Combinator::Child;
                continue;
            }
            compounds.push((combinator, compound(word)?));
            combinator = Combinator::Descendant;
        }
        let mut specificity = (0, 0, 0);
        for (_, compound) in &compounds {
            specificity.0 += usize::from(compound.id.is_some());
            specificity.1 += compound.classes.len() + compound.attributes.len();
            specificity.2 += usize::from(compound.name.is_some());
        }
        (!compounds.is_empty() && combinator == Combinator::Descendant)
            .then_some(Self { compounds, specificity })
    }
}

fn compound(word: &str) -> Option<Compound> {
    let mut compound = Compound::default();
    let mut rest = word;
    while !rest.is_empty() {
        let sign = rest.chars().next()?;
        if sign == '[' {
            let (inside, after) = rest[1..].split_once(']')?;
            compound.attributes.push(attribute(inside)?);
            rest = after;
            continue;
        }
        if sign == '*' {
            rest = &rest[1..];
            continue;
        }
        let body = rest.strip_prefix(['.', '#']).unwrap_or(rest);
        let end = body.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(body.len());
        let (name, after) = body.split_at(end);
        if name.is_empty() {
            return None;
        }
        match sign {
            '.' => compound.classes.push(name.to_owned()),
            '#' => compound.id = Some(name.to_owned()),
            _ => compound.name = Some(name.to_ascii_lowercase()),
        }
        rest = after;
    }
    Some(compound)
}

fn attribute(inside: &str) -> Option<(String, Option<String>)> {
    let Some((name, value)) = inside.split_once('=') else {
        return Some((inside.trim().to_ascii_lowercase(), None));
    };
    if name.ends_with(['~', '|', '^', '$', '*']) {
        return None;
    }
    let value = value.trim().trim_matches(['"', '\'']);
    Some((name.trim().to_ascii_lowercase(), Some(value.to_owned())))
}

impl Sheet {
    /// Reads a style sheet; what makes no sense is kept as it is.
    pub fn parse(css: &str) -> Self {
        let css = without_comments(css);
        let mut sheet = Self::default();
        let mut rest = css.trim_start();
        while !rest.is_empty() {
            let length = statement(rest);
            let (text, after) = rest.split_at(length);
            sheet.push(text.trim());
            rest = after.trim_start();
        }
        sheet
    }

    fn push(&mut self, text: &str) {
        if text.is_empty() || text == ";" {
            return;
        }
        let is_plain = !text.starts_with('@') && self.rules.len() < RULES_MAX;
        let split = text.split_once('{').filter(|_| is_plain);
        let Some((selectors, body)) = split.and_then(|(head, body)| Some((head, body.strip_suffix('}')?)))
        else {
            self.rules.push(Rule { text: text.to_owned(), selectors: Vec::new(), declarations: Vec::new() });
            return;
        };
        self.rules.push(Rule {
            text: text.to_owned(),
            selectors: selectors.split(',').map(Selector::parse).collect(),
            declarations: declarations(body),
        });
    }
}

/// The length of the statement at the beginning: up to its `}` or, for `@import` and the like, its `;`.
fn statement(css: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    for (offset, byte) in css.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return offset + 1;
                }
            }
            (None, b';') if depth == 0 => return offset + 1,
            (Some(_) | None, _) => {}
        }
    }
    css.len()
}

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    // What hides a style sheet from very old readers is no part of it.
    out.replace("<!--", "").replace("-->", "")
}

/// Reads the declarations of a rule or of a `style` attribute.
pub(crate) fn declarations(body: &str) -> Vec<Declaration> {
    let one = |text: &str| {
        let (name, value) = text.split_once(':')?;
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        let cut = value.len().saturating_sub("!important".len());
        let is_important = value.get(cut..).is_some_and(|end| end.eq_ignore_ascii_case("!important"));
        let value = if is_important { value[..cut].trim_end() } else { value };
        (!name.is_empty() && !value.is_empty()).then(|| Declaration {
            name,
            value: value.to_owned(),
            is_important,
        })
    };
    split(body).into_iter().filter_map(one).collect()
}

/// The pieces between `;`, those in quotes and brackets apart.
fn split(body: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (offset, byte) in body.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => depth = depth.saturating_sub(1),
            (None, b';') if depth == 0 => {
                pieces.push(&body[start..offset]);
                start = offset + 1;
            }
            (Some(_) | None, _) => {}
        }
    }
    pieces.push(&body[start..]);
    pieces
}

#[cfg(test)]
mod tests;
