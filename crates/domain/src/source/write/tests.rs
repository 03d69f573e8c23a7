use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::source::yaml::parse;

#[test]
fn a_template_of_an_editor_becomes_a_file_for_people() {
    let document = json!({
        "template": "news", "channel": "email", "subject": "Hi {{ contact.name | default: \"you\" }}",
        "blocks": { "sections": [{ "columns": [{ "blocks": [
            { "heading": "New", "level": 2 }, { "text": "One\n\nTwo" }, { "divider": true },
        ] }] }] },
        "locales": { "no": { "subject": "Hei" } },
    });
    let file = file_of("templates/news.yaml", document.as_object().unwrap());
    insta::assert_snapshot!(file.text, @r#"
    template: news
    channel: email
    subject: "Hi {{ contact.name | default: \"you\" }}"
    blocks:
      sections:
        - columns:
            - blocks:
                - heading: New
                  level: 2
                - text: |-
                    One

                    Two
                - divider: true
    locales:
      "no":
        subject: Hei
    "#);
    assert_eq!(parse(&file).0.unwrap().to_json(), document);
}

fn values() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-z]{0,4}",
        "[ -~\n\t#:äß\u{2028}]{0,12}",
        Just("no".to_owned()),
        Just("- a\n  b\n".to_owned())
    ];
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-1_000i64..1_000).prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z ]{1,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_as_the_same(value in values()) {
        let object: Map<String, Value> = [("blocks".to_owned(), value)].into_iter().collect();
        let file = file_of("templates/any.yaml", &object);
        let (node, diagnostics) = parse(&file);
        prop_assert!(node.is_some(), "{diagnostics:?} in {}", file.text);
        prop_assert_eq!(node.unwrap().to_json(), Value::Object(object), "{}", file.text);
    }
}

#[test]
fn a_place_in_a_file_is_a_pointer_into_its_document() {
    let text = "a: 1\nb/c:\n  - x: [1, 2]\n  - { y: 3 }\n".to_owned();
    let node = parse(&SourceFile { path: String::new(), text }).0.unwrap();
    let at = |line, column| node.pointer(crate::source::yaml::Place { line, column });
    assert_eq!([at(1, 1), at(3, 9), at(4, 7)], ["/a", "/b~1c/0/x/0", "/b~1c/1/y"]);
}
