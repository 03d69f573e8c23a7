//! A tree held against the table of the format: all that is wrong with its shape, at once.

use super::codes;
use super::diagnostic::Diagnostic;
use super::grammar::{Field, FileKind, Object, Rest, Shape, TextKind};
use super::suggest::{did_you_mean, listed, nearest};
use super::yaml::{Entry, Kind, Node, Place, Scalar};

/// Finds everything that is wrong with the shape of a file.
pub fn check(file: &str, node: &Node, kind: FileKind) -> Vec<Diagnostic> {
    let mut checker = Checker { file, diagnostics: Vec::new() };
    checker.object(node, kind.object());
    checker.diagnostics
}

/// Finds everything that is wrong with the shape of a part of a file that is called `what`.
pub fn check_shape(file: &str, node: &Node, shape: &Shape, what: &str) -> Vec<Diagnostic> {
    let mut checker = Checker { file, diagnostics: Vec::new() };
    checker.shape(node, shape, what);
    checker.diagnostics
}

struct Checker<'a> {
    file: &'a str,
    diagnostics: Vec<Diagnostic>,
}

impl Checker<'_> {
    fn say(&mut self, code: &codes::Code, place: Place, message: String, fix: Option<String>) {
        self.diagnostics.push(Diagnostic::new(code, self.file, place, message).maybe_fix(fix));
    }

    fn shape(&mut self, node: &Node, shape: &Shape, what: &str) {
        if !shape.fits(node) {
            return self.wrong_type(node, shape, what);
        }
        match shape {
            Shape::Text(kind) => self.text(node, *kind),
            Shape::Integer { min, max } => self.integer(node, *min, *max, what),
            Shape::Choice(choices) => self.choice(node, choices, what),
            Shape::List(item) => node.items().iter().for_each(|node| self.shape(node, item, what)),
            Shape::OneOrMany(one) => node.one_or_many().iter().for_each(|node| self.shape(node, one, what)),
            Shape::Object(object) => self.object(node, object),
            Shape::Map { key, value } => {
                for entry in node.entries() {
                    self.key(entry, *key);
                    self.shape(&entry.value, value, &entry.key);
                }
            }
            Shape::Either(shapes) => {
                if let Some(shape) = shapes.iter().find(|shape| shape.fits(node)) {
                    self.shape(node, shape, what);
                }
            }
            Shape::Number | Shape::Boolean | Shape::True | Shape::Scalar | Shape::Any => {}
        }
    }

    fn wrong_type(&mut self, node: &Node, shape: &Shape, what: &str) {
        let message = format!("`{what}` should be {}, not {}", shape.describe(), node.type_name());
        let wants_period = |shape: &Shape| {
            matches!(shape, Shape::Text(TextKind::Period | TextKind::PeriodOrZero | TextKind::Wait))
        };
        let period = match shape {
            Shape::Either(shapes) => shapes.iter().any(wants_period),
            shape => wants_period(shape),
        };
        let wants_text = match shape {
            Shape::Either(shapes) => shapes.iter().any(|shape| matches!(shape, Shape::Text(_))),
            shape => matches!(shape, Shape::Text(_) | Shape::Choice(_)),
        };
        let fix = match &node.kind {
            Kind::Scalar(Scalar::Integer(number)) if period => {
                Some(format!("add a unit: `{number}m` is minutes, `{number}h` hours, `{number}d` days"))
            }
            Kind::Scalar(Scalar::Integer(_) | Scalar::Number(_) | Scalar::Boolean(_)) if wants_text => {
                Some("put it in quotes".to_owned())
            }
            Kind::Scalar(Scalar::Null) => Some("write a value, or leave the key out".to_owned()),
            Kind::Scalar(Scalar::Text { text, .. }) if matches!(shape, Shape::Boolean | Shape::True) => {
                matches!(text.as_str(), "yes" | "on").then(|| "write `true`".to_owned())
            }
            Kind::Map { .. } if wants_text => {
                Some("texts that begin with `{` take quotes: \"{{ … }}\"".to_owned())
            }
            _ => None,
        };
        self.say(&codes::WRONG_TYPE, node.place, message, fix);
    }

    fn text(&mut self, node: &Node, kind: TextKind) {
        if let Some(Err(wrong)) = node.text().map(|text| kind.check(text)) {
            self.say(wrong.code, node.place, wrong.message, wrong.fix);
        }
    }

    fn integer(&mut self, node: &Node, min: i64, max: i64, what: &str) {
        if let Some(number) = node.integer().filter(|number| !(min..=max).contains(number)) {
            let message = format!("`{what}` is {number}, outside of {min} to {max}");
            self.say(&codes::OUT_OF_RANGE, node.place, message, None);
        }
    }

    fn choice(&mut self, node: &Node, choices: &[(&str, &str)], what: &str) {
        let Some(text) = node.text() else { return };
        if !choices.iter().any(|(word, _)| *word == text) {
            let message = format!("`{text}` is not one of the choices of `{what}`");
            let fix = did_you_mean(text, choices.iter().map(|(word, _)| *word));
            self.say(&codes::NOT_A_CHOICE, node.place, message, fix);
        }
    }

    fn key(&mut self, entry: &Entry, kind: TextKind) {
        if let Err(wrong) = kind.check(&entry.key) {
            self.say(wrong.code, entry.place, wrong.message, wrong.fix);
        }
    }

    fn object(&mut self, node: &Node, object: &'static Object) {
        if !node.is_map() {
            return self.wrong_type(node, &Shape::Object(object), object.name);
        }
        self.exactly_one(node, object);
        self.missing(node, object);
        for entry in node.entries() {
            let field = object.field(node, &entry.key);
            match (field, &object.rest) {
                (Some(field), _) => self.field(node, object, entry, field),
                (None, Some(rest)) => {
                    self.key(entry, rest.key);
                    self.shape(&entry.value, &rest.shape, &entry.key);
                }
                (None, None) => self.unknown(object, entry),
            }
        }
        if let Some(rest) = object.rest.as_ref().filter(|rest| rest.exactly_one) {
            self.one_rest(node, object, rest);
        }
    }

    fn field(&mut self, node: &Node, object: &'static Object, entry: &Entry, field: &'static Field) {
        if field.not_yet {
            let message = format!("`{}` is not supported by this version", entry.key);
            let fix = format!("leave it out; what it is for: {}", field.doc);
            return self.say(&codes::NOT_YET, entry.place, message, Some(fix));
        }
        let group =
            object.groups.iter().find(|group| group.fields.iter().any(|other| std::ptr::eq(other, field)));
        if let Some(group) = group.filter(|group| !group.fits(node)) {
            let message = format!(
                "`{}` stands only beside {}",
                entry.key,
                listed(group.only_with).replace(" and ", " or ")
            );
            return self.say(
                &codes::ONLY_WITH,
                entry.place,
                message,
                Some("remove it, or complete the object".to_owned()),
            );
        }
        self.shape(&entry.value, &field.shape, &entry.key);
    }

    fn unknown(&mut self, object: &'static Object, entry: &Entry) {
        let mut known: Vec<&str> = Vec::new();
        for field in object.fields().filter(|field| !field.not_yet) {
            if !known.contains(&field.name) {
                known.push(field.name);
            }
        }
        let message = format!("{} has no key `{}`", object.name, entry.key);
        let fix = did_you_mean(&entry.key, known.iter().copied())
            .unwrap_or_else(|| format!("its keys are {}", listed(&known)));
        self.say(&codes::UNKNOWN_KEY, entry.place, message, Some(fix));
    }

    fn exactly_one(&mut self, node: &Node, object: &'static Object) {
        if object.exactly_one.is_empty() {
            return;
        }
        let given: Vec<&Entry> =
            node.entries().iter().filter(|entry| object.is_choice(node, &entry.key)).collect();
        match given.as_slice() {
            [_] => {}
            [] if object.fields().any(|field| field.alone && node.get(field.name).is_some()) => {}
            [] => {
                let known: Vec<&str> = object
                    .exactly_one
                    .iter()
                    .copied()
                    .filter(|key| object.fields().any(|field| field.name == *key && !field.not_yet))
                    .collect();
                let message =
                    format!("{} needs one of {}", object.name, listed(&known).replace(" and ", " or "));
                self.say(&codes::ONE_OF, node.place, message, None);
            }
            [first, second, ..] => {
                let message = format!(
                    "{} has `{}` and `{}`, but only one can count",
                    object.name, first.key, second.key
                );
                let fix = "make two of it, or remove one";
                self.say(&codes::ONE_OF, second.place, message, Some(fix.to_owned()));
            }
        }
    }

    fn missing(&mut self, node: &Node, object: &'static Object) {
        for group in object.groups.iter().filter(|group| group.fits(node)) {
            for field in group.fields.iter().filter(|field| field.required && node.get(field.name).is_none())
            {
                let message = format!("{} needs `{}`", object.name, field.name);
                let fix = format!("add `{}:`: {}", field.name, field.shape.describe());
                self.say(&codes::MISSING_KEY, node.place, message, Some(fix));
            }
        }
    }

    /// Checks that there is exactly one key beyond the named ones: the channel of a send.
    fn one_rest(&mut self, node: &Node, object: &'static Object, rest: &Rest) {
        let others: Vec<&Entry> =
            node.entries().iter().filter(|entry| object.field(node, &entry.key).is_none()).collect();
        match others.as_slice() {
            [_] => {}
            [] => {
                let message = format!("{} needs {}", object.name, rest.key.describe());
                self.say(&codes::ONE_OF, node.place, message, Some(rest.doc.to_owned()));
            }
            [first, second, ..] => {
                let message = format!("{} has both `{}` and `{}`", object.name, first.key, second.key);
                let near = |key| nearest(key, object.fields().map(|field| field.name));
                let fix = match near(&second.key).or_else(|| near(&first.key)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "make two of it".to_owned(),
                };
                self.say(&codes::ONE_OF, second.place, message, Some(fix));
            }
        }
    }
}
