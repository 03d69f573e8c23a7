use serde_json::json;
use wend_domain::id::{Channel, MessageId, WorkspaceId};
use wend_domain::time::Timestamp;

use super::*;

fn catalog(parts: &[(&str, &str)]) -> Catalog {
    let mut catalog = Catalog::empty(WorkspaceId::from("w"));
    let name = TemplateName::from("hello");
    let part = |(name, source): &(&str, &str)| {
        ((*name).to_owned(), TemplatePart { source: (*source).to_owned(), line: 5 })
    };
    let template = Template {
        name: name.clone(),
        channel: Channel::from("email"),
        parts: parts.iter().map(part).collect(),
        content_hash: format!("{parts:?}"),
    };
    catalog.templates.insert(name, template);
    catalog.policies.sender = Some("Shop <hello@shop.example>".to_owned());
    catalog
}

fn wanted(template: &str) -> Render {
    Render {
        message: MessageId::hashed(Timestamp::default(), &[]),
        channel: Channel::from("email"),
        template: TemplateName::from(template),
        address: "ada@example.com".to_owned(),
        context: json!({ "contact": { "name": "Ada <b>\r\nBcc: x@example.com" } }),
        zone: "Europe/Berlin".to_owned(),
        at: Timestamp::parse("2026-07-01T10:00:00Z").unwrap(),
        hop: 0,
    }
}

fn rendered(parts: &[(&str, &str)]) -> Result<Rendered, RenderError> {
    Renderer::new(&catalog(parts)).render(&wanted("hello"))
}

#[test]
fn values_are_escaped_in_html_and_a_subject_is_one_line() {
    let parts = [
        ("subject", "Hi {{ contact.name }}"),
        ("preheader", "a & b"),
        ("html", "<html><BODY class=x><p>Hi {{ contact.name }}</p></BODY></html>"),
    ];
    let rendered = rendered(&parts).unwrap();
    assert_eq!(rendered.subject.as_deref(), Some("Hi Ada <b> Bcc: x@example.com"));
    let html = rendered.html.unwrap();
    assert!(html.contains("<p>Hi Ada &lt;b&gt;"), "{html}");
    assert!(html.contains("<BODY class=x><div style=\"display:none"), "{html}");
    assert_eq!(rendered.text.as_deref(), Some("Hi Ada <b> Bcc: x@example.com\n"));
    assert_eq!(rendered.from.as_deref(), Some("Shop <hello@shop.example>"));
}

#[test]
fn a_text_part_of_the_template_is_kept_and_not_escaped() {
    let rendered = rendered(&[("html", "<p>x</p>"), ("text", "{{ contact.name }}")]).unwrap();
    assert_eq!(rendered.text.as_deref(), Some("Ada <b>\r\nBcc: x@example.com"));
}

#[test]
fn dates_are_shown_in_the_zone_of_the_message() {
    let rendered = rendered(&[("body", "{{ 'now' | date: '%H:%M' }}")]).unwrap();
    assert_eq!(rendered.body.as_deref(), Some("12:00"));
}

#[test]
fn an_error_points_into_the_file() {
    let error = rendered(&[("html", "<p>\n{{ contact.name | divided_by: 0 }}")]).unwrap_err();
    assert_eq!((error.part.as_str(), error.line), ("html", 6));
    assert!(error.to_string().starts_with("template `hello`, html, line 6, column "), "{error}");
    let syntax = rendered(&[("html", "{% if %}")]).unwrap_err();
    assert_eq!(syntax.line, 5);
}

#[test]
fn a_template_that_left_the_catalog_is_an_error() {
    let error = Renderer::new(&catalog(&[])).render(&wanted("gone")).unwrap_err();
    assert_eq!(error.to_string(), "template `gone`: it is not in the catalog any more");
}

#[test]
fn a_part_that_grows_beyond_its_bound_is_an_error() {
    let long = "{% for n in (1..3000) %}x{% endfor %}";
    assert!(rendered(&[("subject", long)]).is_err());
    assert!(rendered(&[("text", long)]).is_ok());
}

#[test]
fn templates_with_the_same_content_are_not_compiled_again() {
    let first = Renderer::new(&catalog(&[("text", "a")]));
    let name = TemplateName::from("hello");
    let same = first.renewed(&catalog(&[("text", "a")]));
    assert!(Arc::ptr_eq(&first.templates[&name], &same.templates[&name]));
    let other = first.renewed(&catalog(&[("text", "b")]));
    assert!(!Arc::ptr_eq(&first.templates[&name], &other.templates[&name]));
}
