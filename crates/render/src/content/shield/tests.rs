use super::*;

#[test]
fn constructs_are_found_as_the_lexer_finds_them() {
    let source = "a {{ b }} {%- if x -%} {% raw %}{{ no }}{% endraw %} { { } } {{ open";
    let found = constructs(source);
    let found: Vec<_> =
        found.iter().map(|construct| (&source[construct.range.clone()], construct.is_tag)).collect();
    let raw = "{% raw %}{{ no }}{% endraw %}";
    assert_eq!(found, [("{{ b }}", false), ("{%- if x -%}", true), (raw, true)]);
}

#[test]
fn what_comes_back_is_the_source_and_its_places_are_known() {
    let source = "wendliquid0z\n{{ a }}é {% if b %}";
    let shielded = Shielded::new(source);
    let plain = shielded.plain();
    assert_eq!(plain, "wendliquid0z\nwendliquidq0zé wendliquidq1z");
    let (restored, places) = shielded.restored(&format!("<p>\n\n{plain}"));
    assert_eq!(restored, format!("<p>\n\n{source}"));
    assert_eq!(places.source(4, 1), (2, 1));
    assert_eq!(places.source(4, 14), (2, 14));
    let offset = plain.find('é').unwrap();
    assert_eq!(shielded.source_offset(&plain, offset), source.find('é').unwrap());
    for (position, construct) in shielded.positions().iter().zip(constructs(source)) {
        assert!(plain[*position..].starts_with("wendliquidq"), "{construct:?}");
    }
}

#[test]
fn a_line_is_only_tags_if_no_value_is_printed_in_it() {
    let shielded = Shielded::new("{% if a %}{{ b }}{% endif %}");
    assert!(shielded.is_only_tags(" wendliquid0z wendliquid2z "));
    assert!(!shielded.is_only_tags("wendliquid0zwendliquid1z"));
    assert!(!shielded.is_only_tags("wendliquid0z x"));
    assert!(!shielded.is_only_tags("  "));
}
