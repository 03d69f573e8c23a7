//! Styles written into the elements that they are for, because many mailboxes drop `style` elements.
//!
//! **Invariant:** markup isn't parsed into a tree and printed again: apart from `style` attributes and from the rules that
//! went into them, the HTML stays as it was.

use super::css::{Declaration, Element, Sheet, declarations};
use super::markup::{Kind, Piece, Tag, pieces};

/// How deep elements may be nested before those further inside have no styles written into them.
const DEPTH_MAX: usize = 256;

/// The attribute by which a `style` element says that it stays as it is.
const KEEP: &str = "data-keep";

/// Elements that aren't shown.
const UNSEEN: [&str; 8] = ["head", "meta", "title", "link", "style", "script", "base", "html"];

/// Elements that end where another of them, or one around them, begins or ends.
const ENDS: [(&str, &[&str]); 6] = [
    ("li", &["li"]),
    ("td", &["td", "th"]),
    ("th", &["td", "th"]),
    ("tr", &["td", "th", "tr"]),
    ("p", &["p"]),
    ("option", &["option"]),
];

/// Writes the rules of the HTML's own `style` elements into its elements; rules that can't be written stay where they are.
///
/// With `is_dynamic`, classes may be named that only appear for some contacts, so that every rule stays too.
pub(crate) fn own_styles(html: &str, is_dynamic: bool) -> String {
    let pieces = pieces(html);
    let sources: Vec<usize> = style_elements(&pieces);
    if sources.is_empty() {
        return html.to_owned();
    }
    let css: String =
        sources.iter().map(|index| &html[pieces[*index].range.clone()]).collect::<Vec<_>>().join("\n");
    let sheet = Sheet::parse(&css);
    let (inlined, used) = write(html, &pieces, &sheet);
    let rest = kept(&sheet, &used, is_dynamic);
    replace_styles(&inlined, &rest)
}

/// Writes the rules of a style sheet into the elements; what can't be written goes into a `style` element of the head.
pub(crate) fn with_styles(html: &str, css: &str, is_dynamic: bool) -> String {
    let sheet = Sheet::parse(css);
    let (mut inlined, used) = write(html, &pieces(html), &sheet);
    let rest = kept(&sheet, &used, is_dynamic);
    if !rest.is_empty() {
        let style = format!("<style>\n{rest}</style>\n");
        inlined.insert_str(inlined.find("</head>").unwrap_or(0), &style);
    }
    inlined
}

/// The texts of the `style` elements that don't say that they stay.
fn style_elements(pieces: &[Piece]) -> Vec<usize> {
    let is_style = |index: &usize| {
        let Some(Piece { kind: Kind::Open(tag), .. }) =
            index.checked_sub(1).and_then(|before| pieces.get(before))
        else {
            return false;
        };
        pieces[*index].kind == Kind::Text && tag.name == "style" && tag.attribute(KEEP).is_none()
    };
    (0..pieces.len()).filter(is_style).collect()
}

/// The rules that must stay in a `style` element.
fn kept(sheet: &Sheet, used: &[bool], is_dynamic: bool) -> String {
    let mut rest = String::new();
    for (rule, used) in sheet.rules.iter().zip(used) {
        if is_dynamic || !used || rule.selectors.iter().any(Option::is_none) {
            rest.push_str(&rule.text);
            rest.push('\n');
        }
    }
    rest
}

/// Puts what is left into the first `style` element and takes the others away.
fn replace_styles(html: &str, rest: &str) -> String {
    let pieces = pieces(html);
    let mut out = String::with_capacity(html.len());
    let sources = style_elements(&pieces);
    let mut rest = Some(rest).filter(|rest| !rest.is_empty());
    let mut from = 0;
    for index in sources {
        let (open, text) = (&pieces[index - 1], &pieces[index]);
        let end = pieces.get(index + 1).map_or(text.range.end, |close| close.range.end);
        out.push_str(&html[from..open.range.start]);
        if let Some(rest) = rest.take() {
            out.push_str(&html[open.range.clone()]);
            out.push('\n');
            out.push_str(rest);
            out.push_str(&html[text.range.end..end]);
        }
        from = end;
    }
    out.push_str(&html[from..]);
    out
}

/// The HTML with styles written into it, and which rules were used with all their selectors that can be.
fn write(html: &str, pieces: &[Piece], sheet: &Sheet) -> (String, Vec<bool>) {
    let mut used = vec![false; sheet.rules.len()];
    let mut stack: Vec<Element> = Vec::new();
    let mut out = String::with_capacity(html.len());
    let mut from = 0;
    for piece in pieces {
        match &piece.kind {
            Kind::Open(tag) => {
                end_before(&mut stack, &tag.name);
                stack.push(element(html, tag));
                if !UNSEEN.contains(&tag.name.as_str()) && stack.len() <= DEPTH_MAX {
                    let added = matching(sheet, &stack, &mut used);
                    if let Some((until, style, after)) = styled(html, tag, &added) {
                        out.push_str(&html[from..until]);
                        out.push_str(&style);
                        from = after;
                    }
                }
                if tag.is_void {
                    stack.pop();
                }
            }
            Kind::Close(name) => {
                if let Some(at) = stack.iter().rposition(|element| element.name == *name) {
                    stack.truncate(at);
                }
            }
            Kind::Text | Kind::Other => {}
        }
    }
    out.push_str(&html[from..]);
    (out, used)
}

fn end_before(stack: &mut Vec<Element>, name: &str) {
    let Some((_, ended)) = ENDS.iter().find(|(own, _)| *own == name) else { return };
    while stack.last().is_some_and(|top| ended.contains(&top.name.as_str())) {
        stack.pop();
    }
}

fn element(html: &str, tag: &Tag) -> Element {
    let value = |attribute: &super::markup::Attribute| {
        let value = attribute.value.clone().map_or("", |range| &html[range]);
        (attribute.name.clone(), value.to_owned())
    };
    Element { name: tag.name.clone(), attributes: tag.attributes.iter().map(value).collect() }
}

/// The declarations of all rules for an element, in the order in which they win: the last one does.
fn matching<'s>(sheet: &'s Sheet, stack: &[Element], used: &mut [bool]) -> Vec<&'s [Declaration]> {
    let mut found = Vec::new();
    for (index, rule) in sheet.rules.iter().enumerate() {
        let matching = rule.selectors.iter().flatten().filter(|selector| selector.matches(stack));
        if let Some(specificity) = matching.map(|selector| selector.specificity).max() {
            used[index] = true;
            found.push((specificity, index, rule.declarations.as_slice()));
        }
    }
    found.sort_by_key(|(specificity, index, _)| (*specificity, *index));
    found.into_iter().map(|(_, _, declarations)| declarations).collect()
}

/// The `style` attribute of an element, and which bytes it takes the place of.
fn styled(html: &str, tag: &Tag, rules: &[&[Declaration]]) -> Option<(usize, String, usize)> {
    if rules.is_empty() {
        return None;
    }
    let own = tag.value(html, "style").unwrap_or_default().trim().trim_end_matches(';');
    let own_names: Vec<(String, bool)> =
        declarations(own).into_iter().map(|own| (own.name, own.is_important)).collect();
    let mut normal: Vec<(&str, &str)> = Vec::new();
    let mut important: Vec<(&str, &str)> = Vec::new();
    for rule in rules {
        for (list, is_important) in [(&mut normal, false), (&mut important, true)] {
            let set: Vec<&Declaration> =
                rule.iter().filter(|declaration| declaration.is_important == is_important).collect();
            list.retain(|(name, _)| set.iter().all(|declaration| declaration.name != *name));
            list.extend(
                set.iter().map(|declaration| (declaration.name.as_str(), declaration.value.as_str())),
            );
        }
    }
    let is_own = |name: &str| own_names.iter().any(|(own, _)| own == name);
    let is_own_important = |name: &str| own_names.iter().any(|(own, important)| own == name && *important);
    normal.retain(|(name, _)| !is_own(name) && important.iter().all(|(other, _)| other != name));
    important.retain(|(name, _)| !is_own_important(name));
    let shown = |(name, value): &(&str, &str)| format!("{name}:{value}");
    let mut parts: Vec<String> = normal.iter().map(shown).collect();
    if !own.is_empty() {
        parts.push(own.to_owned());
    }
    parts.extend(important.iter().map(|pair| shown(pair) + " !important"));
    let style = format!("style=\"{}\"", parts.join(";").replace('"', "'"));
    Some(match tag.attribute("style") {
        Some(attribute) => (attribute.range.start, style, attribute.range.end),
        None => (tag.end, format!(" {style}"), tag.end),
    })
}

#[cfg(test)]
mod tests;
