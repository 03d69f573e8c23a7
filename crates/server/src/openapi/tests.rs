//! The description is whole.

use serde_json::Value;

use super::openapi;
use crate::collect::PATHS;

fn described() -> Value {
    serde_json::to_value(openapi()).unwrap()
}

#[test]
fn every_path_that_takes_events_is_described() {
    let description = described();
    for (path, _) in PATHS {
        assert!(description["paths"][path]["post"].is_object(), "{path}");
    }
    for path in ["/v1/projects/{write_key}/settings", "/sourceConfig", "/health", "/ready", "/metrics"] {
        assert!(description["paths"][path]["get"].is_object(), "{path}");
    }
}

#[test]
fn every_operation_has_a_summary_an_id_of_its_own_and_answers() {
    let description = described();
    let mut ids = std::collections::BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert!(
                ["200", "201", "202", "204"].iter().any(|status| operation["responses"][status].is_object()),
                "{method} {path}"
            );
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{method} {path} has the id {id} of another");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                for (name, value) in object {
                    match (name.as_str(), value) {
                        ("$ref", Value::String(target)) => found.push(target.clone()),
                        _ => references(value, found),
                    }
                }
            }
            Value::Array(array) => array.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let description = described();
    let mut found = Vec::new();
    references(&description, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}
