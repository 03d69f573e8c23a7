use serde_json::Value;

use super::json_schema;
use crate::source::{codes, reference};

/// All references of a schema.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                found.push(reference.clone());
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_reference_of_the_schema_leads_to_a_definition() {
    let schema = json_schema();
    let mut found = Vec::new();
    references(&schema, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let name = reference.strip_prefix("#/$defs/").expect("a local reference");
        assert!(schema["$defs"][name].is_object(), "{reference}");
    }
}

#[test]
fn a_step_of_the_schema_has_exactly_one_action_and_no_other_keys() {
    let schema = json_schema();
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema["$defs"]["jump"]).unwrap(), @r#"
    {
      "additionalProperties": false,
      "description": "Goes on at another step of the workflow.",
      "properties": {
        "goto": {
          "description": "The step.",
          "pattern": "^[a-z0-9][a-z0-9_-]{0,99}$",
          "type": "string"
        }
      },
      "required": [
        "goto"
      ],
      "type": "object"
    }
    "#);
    let step = &schema["$defs"]["step"];
    assert_eq!(step["additionalProperties"], false);
    let choices = step["oneOf"].as_array().unwrap();
    assert_eq!(choices.len(), 17);
    assert_eq!(choices[16]["required"][0], "note", "a note may stand alone");
    assert_eq!(choices[16]["not"]["anyOf"].as_array().unwrap().len(), 16);
    assert_eq!(step["dependentSchemas"]["timeout"]["anyOf"][0]["required"][0], "wait_for");
}

#[test]
fn the_manual_has_every_object_and_every_code_once() {
    let page = reference::markdown();
    for heading in
        ["## Workflow", "## Step", "## Condition", "## Policies", "## Segment", "## Template", "## Test"]
    {
        assert_eq!(page.matches(&format!("{heading}\n")).count(), 1, "{heading}");
    }
    let page = codes::markdown();
    for code in codes::ALL {
        assert_eq!(page.matches(&format!("## {}:", code.code)).count(), 1, "{}", code.code);
    }
}
