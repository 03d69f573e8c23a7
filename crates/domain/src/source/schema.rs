//! The JSON Schema of the format, for editors: made from the table, so that it cannot differ from what is checked.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::grammar::{Field, FileKind, Group, Object, Shape, TextKind};

/// Where the schema says that it lives.
pub const SCHEMA_ID: &str = "https://wend.app/schema/portfolio.json";

/// The JSON Schema (2020-12) of every file of a portfolio; which kind a file is follows from its naming key.
pub fn json_schema() -> Value {
    let mut definitions = BTreeMap::new();
    let mut kinds = Vec::new();
    for kind in FileKind::ALL {
        let reference = object(kind.object(), &mut definitions);
        if let Some(key) = kind.key() {
            kinds.push((key, reference));
        }
    }
    // These two have no naming key: traits are told apart by what they may say.
    let policies = object(FileKind::Policies.object(), &mut definitions);
    let traits = object(FileKind::Traits.object(), &mut definitions);
    let keys = FileKind::Traits.object().fields().map(|field| json!({ "required": [field.name] }));
    let otherwise = json!({ "if": { "anyOf": keys.collect::<Vec<_>>() }, "then": traits, "else": policies });
    let chosen = kinds.into_iter().rev().fold(otherwise, |otherwise, (key, reference)| {
        json!({ "if": { "required": [key] }, "then": reference, "else": otherwise })
    });
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A file of a Wend portfolio",
        "type": "object",
        "$defs": definitions,
    });
    if let (Some(schema), Value::Object(chosen)) = (schema.as_object_mut(), chosen) {
        schema.extend(chosen);
    }
    schema
}

/// The key of an object among the definitions: `a way of a branch` gives `way_of_a_branch`.
fn definition_name(object: &Object) -> String {
    let name = object.name;
    let bare = ["a ", "an ", "the "].iter().find_map(|article| name.strip_prefix(article)).unwrap_or(name);
    bare.replace([' ', '-'], "_")
}

fn object(object: &'static Object, definitions: &mut BTreeMap<String, Value>) -> Value {
    let name = definition_name(object);
    let reference = json!({ "$ref": format!("#/$defs/{name}") });
    if definitions.contains_key(&name) {
        return reference;
    }
    // Held, so that an object that contains itself ends here.
    definitions.insert(name.clone(), Value::Null);
    let definition = definition(object, definitions);
    definitions.insert(name, definition);
    reference
}

fn definition(object: &'static Object, definitions: &mut BTreeMap<String, Value>) -> Value {
    let mut properties: Map<String, Value> = Map::new();
    for field in object.fields().filter(|field| !field.not_yet) {
        let schema = property(field, definitions);
        match properties.get_mut(field.name) {
            // The same key beside different others: either meaning is fine for an editor.
            Some(other) => *other = json!({ "anyOf": [other.take(), schema] }),
            None => {
                properties.insert(field.name.to_owned(), schema);
            }
        }
    }
    let mut result = json!({ "type": "object", "description": object.doc, "properties": properties });
    let Some(map) = result.as_object_mut() else { return result };
    let required: Vec<&str> = object
        .groups
        .iter()
        .filter(|g| g.only_with.is_empty())
        .flat_map(|g| g.fields)
        .filter(|f| f.required)
        .map(|f| f.name)
        .collect();
    if !required.is_empty() {
        map.insert("required".into(), json!(required));
    }
    let mut choices: Vec<Value> = object
        .exactly_one
        .iter()
        .filter(|key| properties_has(map, key))
        .map(|key| choice(object, key))
        .collect();
    if let Some(alone) = object.fields().find(|field| field.alone) {
        choices.push(json!({ "required": [alone.name], "not": { "anyOf": choices } }));
    }
    if !choices.is_empty() {
        map.insert("oneOf".into(), Value::Array(choices));
    }
    let mut needs: Map<String, Value> = Map::new();
    for group in object.groups.iter().filter(|group| !group.only_with.is_empty()) {
        let beside: Vec<Value> = group.only_with.iter().map(|key| json!({ "required": [key] })).collect();
        for field in
            group.fields.iter().filter(|field| object.fields().filter(|f| f.name == field.name).count() == 1)
        {
            needs.insert(field.name.to_owned(), json!({ "anyOf": beside }));
        }
    }
    if !needs.is_empty() {
        map.insert("dependentSchemas".into(), Value::Object(needs));
    }
    match &object.rest {
        Some(rest) => {
            let mut schema = shape(&rest.shape, definitions);
            describe(&mut schema, rest.doc);
            map.insert("additionalProperties".into(), schema);
            if let Some(pattern) = rest.key.pattern() {
                map.insert("propertyNames".into(), json!({ "pattern": pattern }));
            }
        }
        None => {
            map.insert("additionalProperties".into(), json!(false));
        }
    }
    result
}

/// That a key tells the object apart; where it also stands beside other keys, they must not be there.
fn choice(object: &Object, key: &str) -> Value {
    let has_it = |group: &&'static Group| group.fields.iter().any(|field| field.name == key);
    let groups: &'static [Group] = object.groups;
    let beside = groups.iter().filter(has_it).flat_map(|group| group.only_with);
    let beside: Vec<Value> = beside.map(|key| json!({ "required": [key] })).collect();
    if beside.is_empty() {
        return json!({ "required": [key] });
    }
    json!({ "required": [key], "not": { "anyOf": beside } })
}

fn properties_has(map: &Map<String, Value>, key: &str) -> bool {
    map.get("properties").and_then(|properties| properties.get(key)).is_some()
}

fn property(field: &'static Field, definitions: &mut BTreeMap<String, Value>) -> Value {
    let mut schema = shape(&field.shape, definitions);
    let doc = match field.default {
        Some(default) => format!("{} Default: {default}.", field.doc),
        None => field.doc.to_owned(),
    };
    describe(&mut schema, &doc);
    schema
}

fn describe(schema: &mut Value, doc: &str) {
    if let Some(map) = schema.as_object_mut() {
        map.insert("description".into(), json!(doc));
    }
}

fn shape(value: &'static Shape, definitions: &mut BTreeMap<String, Value>) -> Value {
    match value {
        Shape::Text(kind) => text(*kind),
        Shape::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::True => json!({ "const": true }),
        Shape::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Shape::Any => json!({}),
        Shape::Choice(choices) => {
            json!({ "enum": choices.iter().map(|(word, _)| *word).collect::<Vec<_>>() })
        }
        Shape::List(item) => json!({ "type": "array", "items": shape(item, definitions) }),
        Shape::OneOrMany(one) => {
            let one = shape(one, definitions);
            json!({ "anyOf": [one.clone(), { "type": "array", "items": one }] })
        }
        Shape::Object(inner) => object(inner, definitions),
        Shape::Map { key, value } => {
            let mut schema = json!({ "type": "object", "additionalProperties": shape(value, definitions) });
            if let (Some(pattern), Some(map)) = (key.pattern(), schema.as_object_mut()) {
                map.insert("propertyNames".into(), json!({ "pattern": pattern }));
            }
            schema
        }
        Shape::Either(shapes) => {
            let choices: Vec<Value> = shapes.iter().map(|value| shape(value, definitions)).collect();
            json!({ "anyOf": choices })
        }
    }
}

fn text(kind: TextKind) -> Value {
    match kind.pattern() {
        Some(pattern) => json!({ "type": "string", "pattern": pattern }),
        None => json!({ "type": "string", "minLength": 1 }),
    }
}

#[cfg(test)]
mod tests;
