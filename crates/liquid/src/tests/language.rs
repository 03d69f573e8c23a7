//! What the language means where the golden suite has no case of its own.

use serde_json::json;

use super::{error, options, try_render};

/// Renders each source with the same data and compares.
fn check(cases: &[(&str, &str)]) {
    let globals = json!({
        "name": "Ada",
        "list": ["a", "b", "c", "d"],
        "people": [{"name": "Bo", "age": 3}, {"name": "Al", "age": 1}, {"name": "Cy"}],
        "map": {"k": 1, "z": [1, 2]},
        "none": null,
        "price": 19.5,
        "html": "<p>a</p><!-- b --><style>c</style>d<br",
    });
    for (source, expected) in cases {
        assert_eq!(try_render(source, &globals, &options()).as_deref(), Ok(*expected), "{source}");
    }
}

#[test]
fn text_that_only_looks_like_a_tag_is_text() {
    check(&[
        ("{ name } } }} %} {", "{ name } } }} %} {"),
        ("", ""),
        ("{{}}{{-}}{{  -}} ", ""),
        ("a {{- name -}} b", "aAdab"),
        ("a\u{a0}{{- name -}}\u{a0}b", "a\u{a0}Ada\u{a0}b"),
        ("{{name}}{%if name%}!{%endif%}", "Ada!"),
        ("{% raw -%} {{ a }} {% if %} {%- endraw %}", " {{ a }} {% if %} "),
        ("{% comment %}{% comment %}{% endcomment %}{{ oops | nope }}{% endcomment %}x", "x"),
        ("{% comment %}{{ x {% if a = %}{% endcomment -%} y", "y"),
    ]);
}

#[test]
fn loops_know_where_they_are() {
    check(&[
        (
            "{% for i in list %}{{ forloop.rindex0 }}{{ forloop.last }} {% endfor %}",
            "3false 2false 1false 0true ",
        ),
        ("{% for i in ( 1 .. 2 ) %}{{ forloop.name }} {% endfor %}", "i-(1..2) i-(1..2) "),
        ("{% for i in list reversed limit: 2 offset: 1 %}{{ i }}{% endfor %}", "cb"),
        ("{% for i in list limit: 2 reversed %}{{ i }}{% endfor %}", "ba"),
        ("{% for i in list offset: -1 limit: 3 %}{{ i }}{% endfor %}", "ab"),
        ("{% for i in list limit: none %}{{ i }}{% endfor %}", "abcd"),
        ("{% for i in 5 %}x{% else %}none{% endfor %}", "none"),
        ("{% for i in map %}{{ i | first }}={{ i[1] | join: '+' }};{% endfor %}", "k=1;z=1+2;"),
        ("{% for i in list %}{% for j in list %}{% break %}{% endfor %}{{ i }}{% endfor %}", "abcd"),
        ("{% for i in list %}{% if i == 'b' %}{% continue %}{% endif %}{{ i }}{% endfor %}", "acd"),
        (
            "{% for i in list %}{% for i in (1..2) %}{{ i }}{% endfor %}{{ i }}{% endfor %}{{ i }}",
            "12a12b12c12d",
        ),
        ("{% for i in list %}{% capture x %}{{ x }}{{ i }}{% endcapture %}{% endfor %}{{ x }}", "abcd"),
        ("a{% break %}b", "a"),
    ]);
}

#[test]
fn table_rows_without_columns_are_one_row() {
    check(&[
        (
            "{% tablerow i in (1..2) %}{{ tablerowloop.col_last }}{% endtablerow %}",
            "<tr class=\"row1\">\n<td class=\"col1\">false</td><td class=\"col2\">true</td></tr>\n",
        ),
        (
            "{% tablerow i in (1..3) cols: 2 %}{{ tablerowloop.row }}{{ tablerowloop.col0 }}{{ tablerowloop.col_last }}{% endtablerow %}",
            "<tr class=\"row1\">\n<td class=\"col1\">10false</td><td class=\"col2\">11true</td></tr>\n<tr class=\"row2\"><td class=\"col1\">20false</td></tr>\n",
        ),
        ("{% tablerow i in none %}x{% endtablerow %}", ""),
    ]);
}

#[test]
fn conditions_compare_as_the_reference_does() {
    check(&[
        ("{% if none < 1 or 1 > none or true > 1 or list < list %}x{% endif %}", ""),
        ("{% if name contains 'd' and list contains 'b' and map contains 'k' %}x{% endif %}", "x"),
        ("{% if (1..3) contains 2 %}x{% endif %}", "x"),
        ("{% if '  ' == blank and '  ' != empty and 0 != blank %}x{% endif %}", "x"),
        ("{% if list == list and map == map %}x{% endif %}", "x"),
        ("{% if 1 == 1.0 and 9007199254740993 != 9007199254740992.0 %}x{% endif %}", "x"),
        ("{% if false and nosuch or true %}x{% else %}y{% endif %}", "y"),
        ("{% case name %}{% when 'Bo' or 'Ada' %}x{% else %}y{% endcase %}", "x"),
    ]);
    assert_eq!(
        error("{% if 'a' > 1 %}{% endif %}"),
        "line 1, column 7: a string can't be compared with a number"
    );
}

#[test]
fn filters_work_on_what_they_are_given() {
    check(&[
        ("{{ people | sort: 'age' | map: 'name' | join }}", "Al Bo Cy"),
        ("{{ people | where: 'age', 3 | map: 'name' }}{{ people | has: 'age', 9 }}", "Bofalse"),
        ("{{ people | map: 'age' | compact | sum }}", "4"),
        ("{{ list | slice: 1, 2 | join: '' }}{{ list | slice: -1 | first }}", "bcd"),
        ("{{ list | first }}{{ list | last }}{{ list.size }}{{ map.size }}", "ad42"),
        ("{{ html | strip_html }}", "ad<br"),
        ("{{ price | times: 3 }} {{ price | ceil }} {{ price | round }}", "58.5 20 20"),
        ("{{ none | default: 'x' }}{{ false | default: 'y', allow_false: true }}", "xfalse"),
        ("{{ 'a,b,,c,,' | split: ',' | size }}", "4"),
        ("{{ 'one two ' | truncatewords: 2 }}", "one two..."),
        ("{{ 'ßtraße' | upcase }} {{ 'hELLO wORLD' | capitalize }}", "SSTRASSE Hello world"),
        ("{{ 'a b&c/é~*' | url_encode }} {{ 'a+b%26%C3%A9' | url_decode }}", "a+b%26c%2F%C3%A9~%2A a b&é"),
        (
            "{{ '<&amp;>' | escape_once }} {{ '<&amp;>' | escape }} {{ '<' | h }}",
            "&lt;&amp;&gt; &lt;&amp;amp;&gt; &lt;",
        ),
    ]);
}

#[test]
fn a_liquid_tag_holds_blocks_comments_and_raw_text() {
    check(&[(
        "{% liquid\n  # a note\n  assign x = 'y'\n  comment\n    endif\n  endcomment\n  if x == 'y'\n    echo x | upcase\n  else\n    echo 'z'\n  endif\n  raw\n {{ x }}\n  endraw\n%}!",
        "Y {{ x }}\n!",
    )]);
    assert_eq!(
        error("a\n{% liquid\n  echo 'x'\n  ecko 'y'\n%}"),
        "line 4, column 3: unknown tag `ecko`: did you mean `echo`?"
    );
}
