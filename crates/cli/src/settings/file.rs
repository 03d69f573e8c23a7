//! A configuration file as a flat list of settings, each with its line.

use toml::de::{DeTable, DeValue};

use super::Given;

/// One setting in a file.
pub struct Entry {
    /// The line, from 1.
    pub line: usize,
    /// Section and key, with a dot between.
    pub name: String,
    /// What it is set to.
    pub value: Given,
}

/// Why a file can't be read.
pub struct Broken {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong; never the line's text, which may be a secret.
    pub why: String,
}

/// Reads a file.
pub fn read(text: &str) -> Result<Vec<Entry>, Broken> {
    let line_of = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let table = DeTable::parse(text).map_err(|error| Broken {
        line: line_of(error.span().map_or(0, |span| span.start)),
        why: format!("this isn't TOML: {}", error.message()),
    })?;
    let mut entries = Vec::new();
    for (section, value) in table.get_ref() {
        let line = line_of(section.span().start);
        let name = section.get_ref().to_string();
        let DeValue::Table(keys) = value.get_ref() else {
            entries.push(Entry { line, name, value: given(value.get_ref()) });
            continue;
        };
        for (key, value) in keys {
            let name = format!("{name}.{}", key.get_ref());
            let line = line_of(key.span().start);
            // `[sender.main]` is a section in a section, and so is what it means.
            let DeValue::Table(inner) = value.get_ref() else {
                entries.push(Entry { line, name, value: given(value.get_ref()) });
                continue;
            };
            for (key, value) in inner {
                let name = format!("{name}.{}", key.get_ref());
                let line = line_of(key.span().start);
                entries.push(Entry { line, name, value: given(value.get_ref()) });
            }
        }
    }
    entries.sort_by_key(|entry| entry.line);
    Ok(entries)
}

fn given(value: &DeValue<'_>) -> Given {
    match value {
        DeValue::String(text) => Given::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Given::Other("a number that is too large"), Given::Number),
        DeValue::Float(_) => Given::Other("a number with a fraction"),
        DeValue::Boolean(_) => Given::Other("true or false"),
        DeValue::Datetime(_) => Given::Other("a date"),
        DeValue::Array(_) => Given::Other("a list"),
        DeValue::Table(_) => Given::Other("a section"),
    }
}
