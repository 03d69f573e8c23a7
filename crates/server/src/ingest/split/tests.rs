//! The cutter agrees with a strict parser on JSON, and isolates what isn't JSON.

use super::{SplitError, array, depth, object};

#[test]
fn an_object_is_cut_into_its_members() {
    let text = r#" { "a" : 1 , "b":{"c":[1,"}"]}, "d": "x\"," , "e":null } "#;
    assert_eq!(
        object(text),
        Ok(vec![("a", "1"), ("b", r#"{"c":[1,"}"]}"#), ("d", r#""x\",""#), ("e", "null")])
    );
    assert_eq!(object("{}"), Ok(vec![]));
}

#[test]
fn what_is_not_json_stays_in_its_own_element() {
    let text = r#"[{"a":NaN},{"b":1},{"c":'x'}]"#;
    assert_eq!(array(text, 10), Ok(vec![r#"{"a":NaN}"#, r#"{"b":1}"#, r#"{"c":'x'}"#]));
    assert_eq!(array(" [ ] ", 10), Ok(vec![]));
}

#[test]
fn an_array_is_cut_only_one_element_beyond_its_bound() {
    assert_eq!(array("[1,2,3,4,5", 2), Ok(vec!["1", "2", "3"]));
}

#[test]
fn what_cannot_be_cut_is_told_with_its_place() {
    assert_eq!(object("[]"), Err(SplitError::Begins('{')));
    assert_eq!(object(""), Err(SplitError::Begins('{')));
    assert_eq!(object(r#"{"a":1"#), Err(SplitError::EndsEarly));
    assert_eq!(object(r#"{"a":"1"#), Err(SplitError::EndsEarly));
    assert_eq!(object(r#"{"a":"\"#), Err(SplitError::EndsEarly));
    assert_eq!(object("{a:1}"), Err(SplitError::NoName(1)));
    assert_eq!(object(r#"{"a" 1}"#), Err(SplitError::NoName(5)));
    assert_eq!(object(r#"{"a":}"#), Err(SplitError::NoValue(5)));
    assert_eq!(object(r#"{"a":1} x"#), Err(SplitError::NoComma(8)));
    assert_eq!(array("[1}", 9), Err(SplitError::NoComma(2)));
    assert_eq!(array("[1,]", 9), Err(SplitError::NoValue(3)));
}

#[test]
fn depth_counts_brackets_outside_of_strings() {
    assert_eq!(depth("1"), 0);
    assert_eq!(depth(r#"{"a":["[[[",{"b":"\"{"}]}"#), 3);
    assert_eq!(depth(&"[".repeat(100_000)), 100_000);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_cutter_panic(text in "[\\[\\]{},:\" \\\\aä1]{0,40}") {
        let _ = object(&text);
        let _ = array(&text, 3);
        let _ = depth(&text);
    }

    #[test]
    fn the_elements_of_a_strict_array_are_those_of_a_strict_parser(values in proptest::collection::vec("[a-z\"\\\\,\\[ä]{0,6}", 0..6)) {
        let text = serde_json::to_string(&values).unwrap();
        let cut: Vec<String> =
            array(&text, 10).unwrap().into_iter().map(|element| serde_json::from_str(element).unwrap()).collect();
        proptest::prop_assert_eq!(cut, values);
    }
}
