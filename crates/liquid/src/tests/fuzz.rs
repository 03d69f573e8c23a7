//! No input makes it panic: random text, and random sequences of meaningful pieces.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Files, options, try_render};
use crate::{Escape, Mode, RenderOptions, Template, filters};

/// The pieces that templates are made of, chosen so that many sequences almost parse.
const PIECES: [&str; 96] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{{-",
    "-}}",
    "{%-",
    "-%}",
    "{% if a %}",
    "{% endif %}",
    "{% else %}",
    "{% elsif b %}",
    "{% for i in list %}",
    "{% for i in (1..3) reversed limit: 2 offset: continue %}",
    "{% endfor %}",
    "{% case n %}",
    "{% when 1, 'x' or nil %}",
    "{% endcase %}",
    "{% unless a == blank %}",
    "{% endunless %}",
    "{% tablerow c in text cols: n %}",
    "{% endtablerow %}",
    "{% capture x %}",
    "{% endcapture %}",
    "{% raw %}",
    "{% endraw %}",
    "{% comment %}",
    "{% endcomment %}",
    "{% doc %}",
    "{% enddoc %}",
    "{% ifchanged %}",
    "{% endifchanged %}",
    "{% liquid",
    "\n",
    "{% assign x = ",
    "{% increment n %}",
    "{% decrement x %}",
    "{% cycle 1, x: 2 %}",
    "{% cycle a: b, 'c' %}",
    "{% break %}",
    "{% continue %}",
    "{% echo x",
    "{% # note",
    "{% include 'p' %}",
    "{% include x with list %}",
    "{% render 'p' for list as i %}",
    "{% render 'p', a: x %}",
    "{% abort_message",
    "{{ x | append: x }}",
    "{{ list | join: x }}",
    "{{ forloop.parentloop.index }}",
    "{{ x | replace: '', x }}",
    "{{ n | times: n }}",
    "{{ n | divided_by: -1 }}",
    "{{ n | modulo: -1 }}",
    "{{ n | abs | round: n }}",
    "{{ f | round: n | floor }}",
    "{{ list | sort | uniq | sum }}",
    "{{ map | sort: 'k' | map: n }}",
    "{{ text | slice: n, n }}",
    "{{ text | date: '%9N%#^-5Y%' }}",
    "{{ text | truncate: n, text }}",
    "{{ text | truncatewords: n }}",
    "{{ text | split: '' | concat: list }}",
    "{{ text | url_decode | strip_html | escape_once }}",
    "| upcase",
    "| where: ",
    "| has: n",
    "| slice: ",
    "| first",
    "| date: ",
    "| default: ",
    "a",
    "b",
    "n",
    "f",
    "x",
    "list",
    "map",
    "text",
    "'é'",
    "\"",
    "1",
    "-9223372036854775808",
    "2.5",
    ".",
    "[",
    "]",
    "(",
    "..",
    ")",
    ":",
    ",",
    "==",
    "contains",
    "and",
];

fn globals() -> Value {
    json!({
        "a": true, "b": null, "n": i64::MIN, "f": 1e300, "text": "é<b>%zz 2016-03-14 &amp; \n", "map": {"k": [1, 2.5]},
        "list": [3, "x", null, [1.5, {"k": -1}], {"k": "é", "z": []}, true],
    })
}

fn neither_panics_nor_grows(source: &str) {
    let files = Files::new(&[("p", "{{ a }}{{ i }}{% assign x = i %}{% break %}")]);
    for (mode, escape) in [(Mode::Lax, Escape::Html), (Mode::Strict, Escape::None)] {
        let options = RenderOptions {
            mode,
            escape,
            fuel_max: 5_000,
            output_bytes_max: 5_000,
            partials: &files,
            ..options()
        };
        match try_render(source, &globals(), &options) {
            Ok(text) => assert!(text.len() <= options.output_bytes_max),
            Err(error) => assert!(error.line > 0 && error.column > 0 && !error.message.is_empty()),
        }
    }
    if let Ok(template) = Template::parse(source) {
        template.variables();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text_never_panics(source in "\\PC{0,60}") {
        neither_panics_nor_grows(&source);
    }

    #[test]
    fn random_markup_never_panics(source in "(\\{[{%]-?[ -~é\n]{0,30}-?[%}]\\}){0,4}") {
        neither_panics_nor_grows(&source);
    }

    #[test]
    fn random_pieces_never_panic(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24)) {
        neither_panics_nor_grows(&pieces.join(" "));
    }

    #[test]
    fn any_filter_takes_any_values(
        name in prop::sample::select(filters::names().collect::<Vec<_>>()),
        input in prop::sample::select(&VALUES[..]),
        arguments in prop::collection::vec(prop::sample::select(&VALUES[..]), 0..3),
    ) {
        let arguments = if arguments.is_empty() { String::new() } else { format!(": {}", arguments.join(", ")) };
        neither_panics_nor_grows(&format!("{{{{ {input} | {name}{arguments} }}}}"));
    }

    #[test]
    fn no_filters_let_markup_in_the_data_through(names in prop::collection::vec(prop::sample::select(filters_without_raw()), 0..5)) {
        let globals = json!({"x": "<b a=\"1\">' & &lt;\nPGI+ %3Cb%3E"});
        let calls: String = names.iter().map(|name| called(name)).collect();
        let options = RenderOptions { escape: Escape::Html, ..options() };
        for input in ["x", "x | split: ' '", "no"] {
            if let Ok(text) = try_render(&format!("{{{{ {input}{calls} }}}}"), &globals, &options) {
                let text = text.replace("<br />", "").replace("<BR />", "");
                prop_assert!(!text.contains(['<', '>', '"', '\'']), "{}: {}", calls, text);
            }
        }
    }

    #[test]
    fn any_two_values_are_compared(
        left in prop::sample::select(&VALUES[..]),
        operator in prop::sample::select(&["==", "!=", "<>", "<", "<=", ">", ">=", "contains"][..]),
        right in prop::sample::select(&VALUES[..]),
    ) {
        neither_panics_nor_grows(&format!("{{% if {left} {operator} {right} %}}{{% endif %}}"));
    }

    #[test]
    fn any_text_is_formatted_as_a_time_or_left_alone(text in "[0-9 :/.+TZamp,-]{0,24}", format in "[%a-zA-Z0-9:^#_-]{0,16}") {
        let globals = json!({"text": text, "format": format});
        let rendered = try_render("{{ text | date: format }}", &globals, &options());
        prop_assert!(rendered.is_ok());
    }
}

/// All filters but those with which an author says that a value is markup.
fn filters_without_raw() -> Vec<&'static str> {
    filters::names().filter(|name| !matches!(*name, "raw" | "safe")).collect()
}

/// A filter as a template calls it, with as many arguments as it takes at least, each from the data.
fn called(name: &str) -> String {
    let n_arguments = filters::find(name).unwrap().arguments_min;
    let arguments = vec!["x"; n_arguments].join(", ");
    format!(" | {name}{}{arguments}", if n_arguments == 0 { "" } else { ": " })
}

/// Values of every type, with the extremes of each.
const VALUES: [&str; 24] = [
    "a",
    "b",
    "n",
    "f",
    "text",
    "map",
    "list",
    "nosuch",
    "nil",
    "blank",
    "empty",
    "true",
    "0",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "0.0",
    "-2.5",
    "''",
    "'é'",
    "(1..3)",
    "(n..9223372036854775807)",
    "list[4]",
    "text.size",
];
