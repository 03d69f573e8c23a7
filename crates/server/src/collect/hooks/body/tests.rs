use axum::http::HeaderValue;
use serde_json::json;

use super::*;

fn of(content_type: &'static str, body: &str) -> Result<Objects, Unreadable> {
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
    read(&headers, body.as_bytes())
}

fn objects(content_type: &'static str, body: &str) -> Value {
    of(content_type, body).unwrap().into_iter().map(|object| Value::from(object.unwrap())).collect()
}

#[test]
fn an_object_a_list_and_a_form_are_told_apart_by_how_they_begin() {
    assert_eq!(objects("text/plain", " {\"a\": 1} "), json!([{"a": 1}]));
    assert_eq!(objects(FORM, "[{\"a\": 1}, {\"a\": 2}]"), json!([{"a": 1}, {"a": 2}]));
    assert_eq!(
        objects("application/x-www-form-urlencoded; charset=utf-8", "a=1&b=x+y%21&a=2"),
        json!([{"a": "2", "b": "x y!"}])
    );
}

#[test]
fn what_is_no_object_in_a_list_does_not_fail_the_others() {
    let read = of("application/json", "[{\"a\": 1}, 17]").unwrap();
    assert!(read[0].is_ok());
    assert_eq!(read[1], Err(("it is not an object".to_owned(), "17".to_owned())));
}

#[test]
fn what_can_not_be_read_is_refused_as_a_whole() {
    for body in ["", "17", "a=1", "{", "[", &"{\"a\":".repeat(40)] {
        assert!(matches!(of("application/json", body), Err(Unreadable::Malformed(_))), "{body}");
    }
    let many = format!("[{}]", vec!["{}"; OBJECTS_MAX + 1].join(","));
    assert!(matches!(of("application/json", &many), Err(Unreadable::TooLarge(_))));
    let fields = vec!["a=1"; FIELDS_MAX + 1].join("&");
    assert!(matches!(of(FORM, &fields), Err(Unreadable::TooLarge(_))));
}
