use std::collections::BTreeMap;

use crate::content::{Format, html_of};

fn mail(body: &str) -> String {
    format!("<mjml>\n<mj-body>\n<mj-section><mj-column>{body}</mj-column></mj-section>\n</mj-body>\n</mjml>")
}

fn made(body: &str) -> String {
    html_of(Format::Mjml, &mail(body), &BTreeMap::new()).unwrap().html
}

fn refused(source: &str) -> String {
    let mistake = html_of(Format::Mjml, source, &BTreeMap::new()).unwrap_err();
    format!("{}:{}: {} ({})", mistake.line, mistake.column, mistake.message, mistake.fix)
}

#[test]
fn liquid_survives_in_text_in_attributes_and_around_elements() {
    let html = made(
        "{% for item in trigger.items %}<mj-text>{% if item.n < 2 %}one{% endif %} {{ item.name }}</mj-text>{% endfor %}\
         <mj-button href=\"https://a.example/{{ contact.id }}?a=1\">Go</mj-button>",
    );
    for part in [
        "{% for item in trigger.items %}",
        "{% if item.n < 2 %}one{% endif %} {{ item.name }}",
        "{% endfor %}",
        "https://a.example/{{ contact.id }}?a=1\"",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(!html.contains("wendliquid"), "{html}");
    assert!(html.contains("<table"), "{html}");
}

#[test]
fn styles_are_written_into_elements_and_nothing_is_fetched_unasked() {
    let source = "<mjml><mj-head><mj-style inline=\"inline\">.note { color: red }\n@media print { p { color: blue } }\
                  </mj-style></mj-head><mj-body><mj-section><mj-column><mj-text><p class=\"note\">a</p></mj-text>\
                  </mj-column></mj-section></mj-body></mjml>";
    let html = html_of(Format::Mjml, source, &BTreeMap::new()).unwrap().html;
    assert!(html.contains("<p class=\"note\" style=\"color:red\">a</p>"), "{html}");
    assert!(html.contains("@media print"), "{html}");
    assert!(!html.contains("fonts.googleapis.com"), "{html}");
}

#[test]
fn dark_styles_bring_the_hint_that_makes_mailboxes_use_them() {
    let source = "<mjml><mj-head><mj-style>@media (prefers-color-scheme: dark) { p { color: white } }</mj-style></mj-head>\
                  <mj-body></mj-body></mjml>";
    assert!(
        html_of(Format::Mjml, source, &BTreeMap::new()).unwrap().html.contains("<meta name=\"color-scheme\"")
    );
}

#[test]
fn what_cannot_be_made_is_refused_with_its_place() {
    let shown = [
        refused(&mail("\n<mj-foo>x</mj-foo>")),
        refused(&mail("\n<mj-txt>x</mj-txt>")),
        refused(&mail("\n<mj-include path=\"x.mjml\" />")),
        refused(&mail("\n<mj-text {% if a %}color=\"red\"{% endif %}>x</mj-text>")),
        refused(&mail("\n{{ a }}<mj-social>{% if b %}</mj-social>")),
        refused(&mail("\n<mj-text>x")),
        refused("<p>hello</p>"),
        refused(&mail("\n<mj-social><mj-text>x</mj-text></mj-social>")),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r"
    4:1: MJML: there is no element `mj-foo` (did you mean `mj-font`?)
    4:1: MJML: there is no element `mj-txt` (did you mean `mj-text`?)
    4:1: MJML: `mj-include` is not supported (write what it brings into the template itself)
    4:10: MJML: Liquid can't stand between the attributes of an element (put it into the value of an attribute, into text, or around whole sections, columns or elements of a column)
    4:19: MJML: Liquid can't stand inside of an element that takes nothing but its own parts (put it into the value of an attribute, into text, or around whole sections, columns or elements of a column)
    6:8: MJML: an element is never closed (close every element, the last one with `</mjml>`)
    1:1: MJML: the element `mjml` is missing (put all of it into `<mjml><mj-body>…</mj-body></mjml>`)
    4:12: MJML: this element can't stand here (sections stand in the body, columns in sections, and everything else in columns)
    ");
}

#[test]
fn an_attribute_that_nobody_knows_is_told() {
    let source = "<mjml lang=\"{{ a }}\"\n  language=\"de\"><mj-body></mj-body></mjml>";
    let made = html_of(Format::Mjml, source, &BTreeMap::new()).unwrap();
    let doubt = &made.doubts[0];
    assert_eq!((doubt.line, doubt.column), (2, 3));
}

proptest::proptest! {
    #[test]
    fn no_source_makes_it_panic(source in "(<mj-text>|<mj-section>|</mj-text>|<mjml>|<mj-body>|</mj-body>|</mjml>|\\{\\{ a \\}\\}|\\{% if %\\}|<p|>|é|<!--|-->|\"|&){0,12}") {
        let _ = html_of(Format::Mjml, &source, &BTreeMap::new());
        let _ = html_of(Format::Html, &source, &BTreeMap::new());
        let _ = html_of(Format::Markdown, &source, &BTreeMap::new());
    }
}
