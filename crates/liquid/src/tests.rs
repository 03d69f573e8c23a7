//! What callers rely on beyond the golden suite: places, modes, escaping, limits.

mod fuzz;
mod language;
mod limits;
mod local;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{Error, ErrorKind, Escape, Mode, Partials, RenderOptions, Template};

/// Partials by name, compiled before.
struct Files(BTreeMap<&'static str, Arc<Template>>);

impl Files {
    fn new(files: &[(&'static str, &str)]) -> Self {
        Self(files.iter().map(|(name, source)| (*name, Arc::new(Template::parse(source).unwrap()))).collect())
    }
}

impl Partials for Files {
    fn partial(&self, name: &str) -> Option<Arc<Template>> {
        self.0.get(name).cloned()
    }
}

fn options() -> RenderOptions<'static> {
    RenderOptions::new(Timestamp::UNIX_EPOCH)
}

fn try_render(source: &str, globals: &Value, options: &RenderOptions<'_>) -> Result<String, Error> {
    Template::parse(source)?.render(globals, options)
}

fn render(source: &str, globals: &Value) -> String {
    try_render(source, globals, &options()).unwrap()
}

fn error(source: &str) -> String {
    try_render(source, &json!({}), &options()).unwrap_err().to_string()
}

fn strict(source: &str, globals: &Value) -> Result<String, String> {
    let options = RenderOptions { mode: Mode::Strict, ..options() };
    try_render(source, globals, &options).map_err(|error| error.to_string())
}

fn html(source: &str, globals: &Value) -> String {
    try_render(source, globals, &RenderOptions { escape: Escape::Html, ..options() }).unwrap()
}

#[test]
fn a_mistake_is_told_with_its_place_and_a_way_to_mend_it() {
    let mistakes = [
        ("Hi\n\n  {{ a | upcas }}", "line 3, column 10: unknown filter `upcas`: did you mean `upcase`?"),
        ("{% asign a = 1 %}", "line 1, column 4: unknown tag `asign`: did you mean `assign`?"),
        ("{% if a %}\nb", "line 1, column 4: `if` is never closed: add `{% endif %}`"),
        ("{{ a", "line 1, column 1: `{{` is never closed: add `}}`"),
        ("{% if a = 1 %}{% endif %}", "line 1, column 9: expected `==` to compare, found `=`"),
        ("{{ a | append }}", "line 1, column 8: filter `append` takes 1 argument, found 0"),
        ("{{ a | default: 1, allow: 2 }}", "line 1, column 20: filter `default` knows no argument `allow`"),
        (
            "{% if a %}{% endfor %}",
            "line 1, column 14: `endfor` on line 1 doesn't fit the open block: expected `elsif`, `else`, `endif`",
        ),
        ("{% endif %}", "line 1, column 4: `endif` belongs to no open block here"),
        ("{% if a %}{% else if b %}{% endif %}", "line 1, column 14: `else if` is written `elsif`"),
        ("{{ 'a }}", "line 1, column 4: the string is never closed: add '"),
        (
            "é {{ 1 | divided_by: 0 }}",
            "line 1, column 10: division by zero: test the divisor with `if` first",
        ),
        ("{% if 1 < 'a' %}{% endif %}", "line 1, column 7: a number can't be compared with a string"),
        ("{% render 'x' %}", "line 1, column 4: there is no partial `x`"),
        ("{% for %}{% endfor %}", "line 1, column 4: `for` needs a loop: `{% for item in items %}`"),
        ("{{ 9223372036854775807 | plus: 1 }}", "line 1, column 26: the number is too large to compute with"),
    ];
    for (source, message) in mistakes {
        assert_eq!(error(source), message, "{source}");
    }
}

#[test]
fn a_mistake_quotes_its_line() {
    let error = Template::parse("one\n  two {{ | }}\nthree").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Syntax);
    assert_eq!(error.excerpt, "  two {{ | }}");
}

#[test]
fn a_mistake_in_a_partial_is_told_with_the_partials_lines() {
    let files = Files::new(&[("footer", "a\n{{ 1 | divided_by: 0 }}")]);
    for tag in ["render", "include"] {
        let options = RenderOptions { partials: &files, ..options() };
        let error = try_render(&format!("\n\n\n{{% {tag} 'footer' %}}"), &json!({}), &options).unwrap_err();
        assert_eq!(
            error.to_string(),
            "partial `footer`, line 2, column 8: division by zero: test the divisor with `if` first"
        );
    }
}

#[test]
fn strict_mode_refuses_what_is_undefined_and_suggests_a_neighbour() {
    let globals = json!({"contact": {"first_name": "Ada", "nickname": null}});
    assert_eq!(strict("{{ contact.first_name }}{{ contact.nickname }}", &globals), Ok("Ada".to_owned()));
    assert_eq!(
        strict("{{ contact.firstname }}", &globals),
        Err("line 1, column 4: undefined variable `contact.firstname`: did you mean `first_name`?".to_owned())
    );
    assert_eq!(
        strict("{{ 'a' | append: contcat.x }}", &globals),
        Err("line 1, column 18: undefined variable `contcat`: did you mean `contact`?".to_owned())
    );
}

#[test]
fn strict_mode_allows_conditions_and_defaults() {
    let source = "{% if a.b %}x{% endif %}{{ a.b | default: 'there' }}{% if c == nil %}!{% endif %}";
    assert_eq!(strict(source, &json!({})), Ok("there!".to_owned()));
}

#[test]
fn html_is_escaped_once_and_only_in_values() {
    let globals = json!({"a": "<b> & 'c'", "list": ["<", 1]});
    assert_eq!(html("<p>{{ a }}", &globals), "<p>&lt;b&gt; &amp; &#39;c&#39;");
    assert_eq!(html("{{ a | escape }}", &globals), "&lt;b&gt; &amp; &#39;c&#39;");
    assert_eq!(html("{{ a | escape | strip }}", &globals), "&lt;b&gt; &amp; &#39;c&#39;");
    assert_eq!(html("{{ a | raw }}{{ a | safe }}", &globals), "<b> & 'c'<b> & 'c'");
    assert_eq!(html("{{ a | raw | strip }}{{ a | h }}", &globals), "<b> & 'c'&lt;b&gt; &amp; &#39;c&#39;");
    assert_eq!(html("{% echo a %}{{ list }}", &globals), "&lt;b&gt; &amp; &#39;c&#39;&lt;1");
    assert_eq!(html("{% cycle '<i>', 'x' %}{% cycle a, 1 %}", &globals), "<i>&lt;b&gt; &amp; &#39;c&#39;");
}

#[test]
fn text_that_joins_markup_is_escaped_whoever_escaped_the_rest() {
    let globals = json!({"a": "<a>", "b": "<b>", "lines": "<1>\n2"});
    assert_eq!(html("{{ a | escape | append: b }}", &globals), "&amp;lt;a&amp;gt;&lt;b&gt;");
    assert_eq!(html("{{ a | append: b | escape }}", &globals), "&lt;a&gt;&lt;b&gt;");
    assert_eq!(html("{{ a | escape | replace: 'a', b }}", &globals), "&amp;lt;&lt;b&gt;&amp;gt;");
    assert_eq!(html("{{ no | escape | default: b }}", &globals), "&lt;b&gt;");
    assert_eq!(html("{{ lines | escape | newline_to_br }}", &globals), "&lt;1&gt;<br />\n2");
    assert_eq!(html("{{ lines | newline_to_br }}", &globals), "&lt;1&gt;&lt;br /&gt;\n2");
    assert_eq!(html("{% assign x = a | escape %}{{ x }}{{ x | upcase }}", &globals), "&lt;a&gt;&LT;A&GT;");
    assert_eq!(html("{{ a | raw }}{{ a | raw | append: b }}", &globals), "<a>&lt;a&gt;&lt;b&gt;");
}

#[test]
fn what_was_captured_is_not_escaped_again() {
    let globals = json!({"a": "<"});
    let source = "{% capture x %}<b>{{ a }}</b>{% endcapture %}{{ x }}{{ x | strip }}{{ x | append: '>' }}";
    assert_eq!(html(source, &globals), "<b>&lt;</b><b>&lt;</b>&lt;b&gt;&amp;lt;&lt;/b&gt;&gt;");
}

#[test]
fn a_template_can_abort_its_message() {
    for source in ["a{% abort_message 'no offer' %}b", "{% abort_message('no offer') %}"] {
        let error = try_render(source, &json!({}), &options()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Aborted("no offer".to_owned()));
    }
}

#[test]
fn variables_are_the_global_paths_with_their_places() {
    let source = "Hi {{ contact.traits['first_name'] | default: fallback }}\n\
        {% assign mine = cart.total %}{{ mine.x }}\n\
        {% for item in cart.items limit: n %}{{ item.name }}{{ forloop.index }}{{ item[key].y }}{% endfor %}{{ item }}\n\
        {% if a and b.c == d[0].e %}{% endif %}{% render 'x', y: z %}{{ ['q'].r }}";
    let template = Template::parse(source).unwrap();
    let paths: Vec<String> = template
        .variables()
        .iter()
        .map(|path| format!("{}:{} {}", path.line, path.column, path.segments.join(".")))
        .collect();
    insta::assert_snapshot!(paths.join("\n"), @r"
    1:7 contact.traits.first_name
    1:47 fallback
    2:18 cart.total
    3:16 cart.items
    3:34 n
    3:80 key
    3:104 item
    4:7 a
    4:13 b.c
    4:20 d
    4:58 z
    4:65 q.r
    ");
}

#[test]
fn numbers_are_computed_as_decimals() {
    let cases = [
        ("0.1 | plus: 0.2", "0.3"),
        ("1.005 | round: 2", "1.01"),
        ("-2.5 | round", "-3"),
        ("15 | round: -1", "20"),
        ("-7 | divided_by: 2", "-4"),
        ("-7 | modulo: 3", "2"),
        ("5.4 | modulo: 0.1", "0.0"),
        ("1e3 | plus: 1", "error"),
        ("'12abc' | plus: 1", "13"),
        ("' 1.5 ' | times: 2", "3.0"),
        ("10000000000000000.0 | times: 1", "1.0e+16"),
        ("0.00001 | times: 1", "1.0e-05"),
        ("123456789.125 | times: 1", "123456789.125"),
    ];
    for (expression, expected) in cases {
        let result = try_render(&format!("{{{{ {expression} }}}}"), &json!({}), &options());
        assert_eq!(result.unwrap_or("error".to_owned()), expected, "{expression}");
    }
}

#[test]
fn numbers_of_the_data_are_printed_exactly() {
    let globals = json!({"large": u64::MAX, "small": i64::MIN, "float": 0.1, "whole": 3.0});
    let source = "{{ large }} {{ small }} {{ float }} {{ whole }}";
    assert_eq!(render(source, &globals), "18446744073709551615 -9223372036854775808 0.1 3.0");
}

#[test]
fn an_object_is_printed_as_the_reference_prints_it() {
    let globals = json!({"a": {"b": [1, null, "c\"d"], "e": {}}});
    assert_eq!(render("{{ a }}", &globals), r#"{"b"=>[1, nil, "c\"d"], "e"=>{}}"#);
}

#[test]
fn a_template_is_shared_between_threads() {
    fn assert_shared<T: Send + Sync>() {}
    assert_shared::<Template>();
}

#[test]
fn a_partial_shares_variables_with_include_and_nothing_but_globals_with_render() {
    let files = Files::new(&[("p", "{{ a }}{{ b }}{{ global }}{% assign b = 2 %}")]);
    let options = RenderOptions { partials: &files, ..options() };
    let globals = json!({"global": "g"});
    let source = "{% assign b = 1 %}{% include 'p', a: 'x' %}{{ b }} {% render 'p', a: 'y' %}{{ b }}";
    assert_eq!(try_render(source, &globals, &options).unwrap(), "x1g2 yg2");
}

#[test]
fn partials_are_listed_where_they_are_named() {
    let template =
        Template::parse("{% render 'a', b: c %}\n{% if x %}{% include 'd' %}{% include e %}{% endif %}")
            .unwrap();
    let names: Vec<_> =
        template.partials().into_iter().map(|partial| (partial.name, partial.line, partial.column)).collect();
    assert_eq!(names, [("a".to_owned(), 1, 4), ("d".to_owned(), 2, 14)]);
}
