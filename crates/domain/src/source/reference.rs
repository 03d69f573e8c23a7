//! The manual's page of the file format, made from the table.

use std::fmt::Write as _;

use super::grammar::{Field, FileKind, Group, Object, Shape};

/// The page, in Markdown.
pub fn markdown() -> String {
    let mut page = String::from(
        "# File format\n\n\
         A folder is a portfolio: `workflows/`, `segments/`, `templates/`, `hooks/`, `tests/`, `policies.yaml` and \
         `traits.yaml`. Files are YAML 1.2 without anchors, aliases and tags. Unknown keys are refused. Times of day and texts that look like numbers \
         take quotes.\n\nThis page is generated from the code that checks the files.\n",
    );
    let mut objects: Vec<&'static Object> = Vec::new();
    for kind in FileKind::ALL {
        collect(kind.object(), &mut objects);
    }
    for object in objects {
        section(object, &mut page);
    }
    page
}

/// An object and all that it contains, each once, in the order of reading.
fn collect(object: &'static Object, objects: &mut Vec<&'static Object>) {
    if objects.iter().any(|known| std::ptr::eq(*known, object)) {
        return;
    }
    objects.push(object);
    for field in object.fields() {
        within(&field.shape, objects);
    }
    if let Some(rest) = &object.rest {
        within(&rest.shape, objects);
    }
}

fn within(shape: &'static Shape, objects: &mut Vec<&'static Object>) {
    match shape {
        Shape::Object(object) => collect(object, objects),
        Shape::List(inner) | Shape::OneOrMany(inner) | Shape::Map { value: inner, .. } => {
            within(inner, objects);
        }
        Shape::Either(shapes) => shapes.iter().for_each(|shape| within(shape, objects)),
        Shape::Text(_)
        | Shape::Integer { .. }
        | Shape::Number
        | Shape::Boolean
        | Shape::True
        | Shape::Scalar
        | Shape::Any
        | Shape::Choice(_) => {}
    }
}

fn section(object: &'static Object, page: &mut String) {
    let mut title = object.name.to_owned();
    for article in ["a ", "an ", "the "] {
        if let Some(bare) = object.name.strip_prefix(article) {
            bare.clone_into(&mut title);
        }
    }
    _ = write!(page, "\n## {}\n\n{}\n", capital(&title), object.doc);
    if let Some(kind) = FileKind::ALL.into_iter().find(|kind| std::ptr::eq(kind.object(), object)) {
        _ = write!(page, "\nFile: `{}`\n", kind.pattern());
    }
    let choices: Vec<String> = object
        .exactly_one
        .iter()
        .filter(|key| object.fields().any(|field| field.name == **key && !field.not_yet))
        .map(|key| format!("`{key}`"))
        .collect();
    if !choices.is_empty() {
        _ = write!(page, "\nExactly one of {}.\n", choices.join(", "));
    }
    page.push_str("\n| key | what it is | meaning |\n|---|---|---|\n");
    for group in object.groups {
        for field in group.fields.iter().filter(|field| !field.not_yet) {
            row(group, field, page);
        }
    }
    if let Some(rest) = &object.rest {
        _ = writeln!(page, "| *{}* | {} | {} |", rest.key.describe(), rest.shape.describe(), rest.doc);
    }
    let later: Vec<String> =
        object.fields().filter(|field| field.not_yet).map(|field| format!("`{}`", field.name)).collect();
    if !later.is_empty() {
        _ = write!(page, "\nReserved, and not supported by this version: {}.\n", later.join(", "));
    }
}

fn row(group: &'static Group, field: &'static Field, page: &mut String) {
    let mut meaning = field.doc.to_owned();
    if !group.only_with.is_empty() {
        let keys: Vec<String> = group.only_with.iter().map(|key| format!("`{key}`")).collect();
        _ = write!(meaning, " Only beside {}.", keys.join(" or "));
    }
    if field.required {
        meaning.push_str(" **Required.**");
    } else if let Some(default) = field.default {
        _ = write!(meaning, " Default: {default}.");
    }
    let mut words: Vec<String> = Vec::new();
    choices(&field.shape, &mut words);
    if !words.is_empty() {
        _ = write!(meaning, " {}", words.join(" "));
    }
    _ = writeln!(
        page,
        "| `{}` | {} | {} |",
        field.name,
        field.shape.describe().replace('|', "\\|"),
        meaning.replace('|', "\\|")
    );
}

/// The meanings of the choices that a shape offers, where they have one.
fn choices(shape: &Shape, words: &mut Vec<String>) {
    match shape {
        Shape::Choice(choices) => {
            for (word, doc) in choices.iter().filter(|(_, doc)| !doc.is_empty()) {
                words.push(format!("`{word}`: {}", lower(doc)));
            }
        }
        Shape::Either(shapes) => shapes.iter().for_each(|shape| choices(shape, words)),
        _ => {}
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
