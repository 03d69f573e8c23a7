//! Every bound is reached and answered with an error.

use serde_json::json;

use super::{Files, options, try_render};
use crate::{ErrorKind, RenderOptions, Template};

fn kind(source: &str) -> ErrorKind {
    try_render(source, &json!({}), &options()).unwrap_err().kind
}

#[test]
fn blocks_nest_up_to_a_bound() {
    let nested = |depth: usize| format!("{}{}", "{% if true %}".repeat(depth), "{% endif %}".repeat(depth));
    assert_eq!(try_render(&nested(90), &json!({}), &options()).unwrap(), "");
    assert_eq!(kind(&nested(101)), ErrorKind::NestingTooDeep);
    assert_eq!(kind(&nested(100_000)), ErrorKind::NestingTooDeep);
    assert_eq!(kind(&format!("{{% {} %}}", "liquid ".repeat(1_000))), ErrorKind::NestingTooDeep);
}

#[test]
fn brackets_nest_up_to_a_bound() {
    assert_eq!(kind(&format!("{{{{ {}1{} }}}}", "a[".repeat(40), "]".repeat(40))), ErrorKind::NestingTooDeep);
    assert_eq!(kind(&format!("{{{{ {} }}}}", "[".repeat(100_000))), ErrorKind::NestingTooDeep);
    assert_eq!(kind(&format!("{{{{ {} }}}}", "(".repeat(100_000))), ErrorKind::NestingTooDeep);
}

#[test]
fn a_tag_holds_a_bounded_number_of_items() {
    for source in [
        format!("{{{{ a{} }}}}", " | upcase".repeat(1_001)),
        format!("{{{{ a{} }}}}", ".b".repeat(1_001)),
        format!("{{% if a{} %}}{{% endif %}}", " and a".repeat(1_001)),
        format!("{{% cycle a{} %}}", ", a".repeat(1_001)),
    ] {
        assert_eq!(kind(&source), ErrorKind::Syntax);
    }
}

#[test]
fn a_partial_that_renders_itself_is_stopped() {
    let files = Files::new(&[
        ("a", "{% include 'a' %}"),
        ("b", "{% render 'b' %}"),
        (
            "c",
            "{% for i in (1..2) %}{% if true %}{% unless false %}{% case 1 %}{% when 1 %}{% tablerow j in (1..2) %}{% capture x %}{% ifchanged %}{% include 'c' %}{% endifchanged %}{% endcapture %}{% endtablerow %}{% endcase %}{% endunless %}{% endif %}{% endfor %}",
        ),
    ]);
    let options = RenderOptions { partials: &files, ..options() };
    for source in ["{% include 'a' %}", "{% render 'b' %}", "{% include 'c' %}"] {
        let error = try_render(source, &json!({}), &options).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NestingTooDeep, "{source}");
    }
}

#[test]
fn steps_are_bounded() {
    for source in [
        "{% for i in (1..9223372036854775807) %}{{ i }}{% endfor %}",
        "{% for i in (-9223372036854775807..9223372036854775807) %}{% endfor %}",
        "{{ (1..1000000000) | join }}",
        "{{ (1..1000000000) | reverse | size }}",
        "{% tablerow i in (1..1000000000) cols: 3 %}{% endtablerow %}",
        "{% assign a = 'x,y' | split: ',' %}{% for i in (1..64) %}{% assign a = a | concat: a %}{% endfor %}",
    ] {
        let error =
            try_render(source, &json!({}), &RenderOptions { output_bytes_max: usize::MAX, ..options() });
        assert_eq!(error.unwrap_err().kind, ErrorKind::FuelExhausted, "{source}");
    }
}

#[test]
fn a_step_is_never_much_work() {
    let files = Files::new(&[("p", "{{ z }}{% include 'p' %}")]);
    let options = RenderOptions { partials: &files, fuel_max: 100_000, ..options() };
    let arguments: Vec<String> = (0..1_000).map(|index| format!(", a{index}: 1")).collect();
    let arguments = arguments.concat();
    let path = "['a']".repeat(900);
    for source in [
        format!("{{% for i in (1..100) %}}{{% include 'p'{arguments} %}}{{% endfor %}}"),
        format!("{{% for i in (1..1000) %}}{{{{ m{path} }}}}{{% endfor %}}"),
    ] {
        let error = try_render(&source, &json!({"m": {}}), &options).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::FuelExhausted | ErrorKind::NestingTooDeep), "{error}");
    }
}

#[test]
fn text_is_bounded() {
    let options = RenderOptions { output_bytes_max: 1_000, ..options() };
    for source in [
        "{% for i in (1..1000) %}0123456789{% endfor %}",
        "{% assign a = 'x' %}{% for i in (1..64) %}{% assign a = a | append: a %}{% endfor %}",
        "{% assign a = 'xxxxxxxxxxxxxxxxxxxx' %}{% for i in (1..9) %}{% assign a = a | replace: 'x', a %}{% endfor %}",
        "{% capture a %}{% for i in (1..1000) %}0123456789{% endfor %}{% endcapture %}",
        "{{ (1..1000) | join: 'abc' }}",
        "{{ 0 | date: '%500d%500d%500d%64d%64d%64d%64d%64d%64d%64d%64d%64d%64d%64d%64d%64d%64d%64d' }}",
    ] {
        let error = try_render(source, &json!({}), &options).unwrap_err();
        assert_eq!(error.kind, ErrorKind::OutputTooLarge, "{source}");
    }
}

#[test]
fn a_list_that_holds_a_large_string_often_is_charged_for_it() {
    let source = "{% assign a = big | split: ';' %}{% for i in (1..20) %}{% assign a = a | concat: a %}{% endfor %}{{ a }}";
    let globals = json!({"big": "x".repeat(1_000_000)});
    let error = try_render(source, &globals, &options()).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::FuelExhausted | ErrorKind::OutputTooLarge));
}

#[test]
fn the_source_is_bounded() {
    let error = Template::parse(&" ".repeat(crate::template::SOURCE_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Syntax);
}

#[test]
fn data_nested_without_end_is_printed_and_compared_up_to_a_bound() {
    let mut deep = json!(1);
    for _ in 0..1_000 {
        deep = json!([{"a": deep}]);
    }
    let globals = json!({"a": deep.clone(), "b": deep});
    let source =
        "{{ a }}{% if a == b %}{% endif %}{{ a | uniq | size }}{{ a | join }}{{ a | sort_natural | size }}";
    assert!(try_render(source, &globals, &options()).is_ok());
}

#[test]
fn a_limit_is_told_with_the_line_that_reached_it() {
    let tight = |fuel_max, output_bytes_max| RenderOptions { fuel_max, output_bytes_max, ..options() };
    let cases = [
        (
            "a\n{% for i in (1..1000) %}\n{% for j in (1..1000) %}\n{{ j }}{% endfor %}{% endfor %}",
            500,
            9_999,
            "4:4",
        ),
        ("a\nb {{ 'x' }}\n{% for i in (1..1000) %}\n  123{% endfor %}", 9_999, 100, "3:25"),
        ("a\n{% for i in (1..1000) %}\n  {{ 'abcdefgh' }}{% endfor %}", 9_999, 100, "3:6"),
        ("a\n{% if true %}\n{{ (1..1000) | join }}{% endif %}", 99, 9_999, "3:16"),
    ];
    for (source, fuel, bytes, place) in cases {
        let error = try_render(source, &json!({}), &tight(fuel, bytes)).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::FuelExhausted | ErrorKind::OutputTooLarge), "{error}");
        assert_eq!(format!("{}:{}", error.line, error.column), place, "{source}: {error}");
    }
}
