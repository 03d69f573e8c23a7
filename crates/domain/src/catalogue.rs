//! Catalogues: products, articles and other things that templates look up by their keys.

use serde_json::{Map, Value};

use crate::id::CatalogueName;

/// The most rows of a catalogue.
pub const ROWS_MAX: usize = 20_000;

/// The most columns of a row.
pub const COLUMNS_MAX: usize = 100;

/// A catalogue as its file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    /// Its name.
    pub name: CatalogueName,
    /// The rows in the order of the file, each an object.
    pub items: Vec<Value>,
    /// The same rows by their keys.
    pub by_key: Map<String, Value>,
}

/// What is wrong with a row, and which one it is, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The row.
    pub row: usize,
    /// What is wrong.
    pub message: String,
}

impl Catalogue {
    /// Puts rows under their keys; every one that can't be is told.
    pub fn new(name: CatalogueName, key: &str, rows: Vec<Value>) -> (Self, Vec<BadRow>) {
        let mut bad = Vec::new();
        let mut catalogue = Self { name, items: Vec::with_capacity(rows.len()), by_key: Map::new() };
        for (index, item) in rows.into_iter().enumerate() {
            match catalogue.add(key, item) {
                Ok(()) => {}
                Err(message) => bad.push(BadRow { row: index + 1, message }),
            }
        }
        (catalogue, bad)
    }

    fn add(&mut self, key: &str, item: Value) -> Result<(), String> {
        if self.items.len() >= ROWS_MAX {
            return Err(format!("a catalogue has at most {ROWS_MAX} rows"));
        }
        let id = match item.get(key) {
            Some(Value::String(id)) if !id.is_empty() => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => return Err(format!("it has no `{key}`, which is the key")),
        };
        if item.as_object().is_some_and(|columns| columns.len() > COLUMNS_MAX) {
            return Err(format!("a row has at most {COLUMNS_MAX} columns"));
        }
        if self.by_key.contains_key(&id) {
            return Err(format!("`{id}` is the key of an earlier row"));
        }
        self.by_key.insert(id, item.clone());
        self.items.push(item);
        Ok(())
    }

    /// What a template reads: `items` in order, and `item` by key.
    pub fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("items".to_owned(), Value::Array(self.items.clone()));
        json.insert("item".to_owned(), Value::Object(self.by_key.clone()));
        Value::Object(json)
    }
}

/// Reads CSV with a line of names at its top. Numbers and truth values become such, unless that would change how they
/// are written, as it would with `007`.
pub fn rows_of_csv(text: &str) -> Vec<Value> {
    let mut records = records(text).into_iter();
    let names = records.next().unwrap_or_default();
    let row = |record: Vec<String>| {
        let columns = names.iter().zip(record).filter(|(name, text)| !name.is_empty() && !text.is_empty());
        Value::Object(columns.map(|(name, text)| (name.trim().to_owned(), value(text))).collect())
    };
    records.map(row).collect()
}

/// All records of a CSV file; lines with nothing in them are none.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv_core::Reader::new();
    let mut input = text.as_bytes();
    // No field is longer than all of the text, and unescaping only makes it shorter.
    let mut field = vec![0; text.len() + 1];
    let mut length = 0;
    let (mut records, mut record) = (Vec::new(), Vec::new());
    loop {
        let (result, n_read, n_written) = reader.read_field(input, &mut field[length..]);
        input = &input[n_read..];
        length += n_written;
        match result {
            csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
            csv_core::ReadFieldResult::Field { record_end } => {
                record.push(String::from_utf8_lossy(&field[..length]).into_owned());
                length = 0;
                if record_end {
                    records.push(std::mem::take(&mut record));
                }
            }
            csv_core::ReadFieldResult::End => return records,
        }
    }
}

fn value(text: String) -> Value {
    match serde_json::from_str::<Value>(&text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) if written(&value) == text => value,
        _ => Value::String(text),
    }
}

/// A value as JSON writes it.
fn written(value: &Value) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests;
