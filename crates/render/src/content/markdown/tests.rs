use std::collections::BTreeMap;

use crate::content::{Format, html_of};

/// The content of the card.
fn content(markdown: &str) -> String {
    let html = html_of(Format::Markdown, markdown, &BTreeMap::new()).unwrap().html;
    let html = html.split_once("class=\"w-body\"").unwrap().1.split_once('\n').unwrap().1;
    let html = html.split("</td></tr></table>\n<!--[if").next().unwrap().to_owned();
    let mut out = String::new();
    let mut rest = html.as_str();
    while let Some((before, after)) = rest.split_once(" style=\"") {
        out.push_str(before);
        rest = after.split_once('"').unwrap().1;
    }
    out + rest
}

#[test]
fn liquid_keeps_its_place_in_markdown() {
    let made = content(
        "# Hi {{ contact.name | default: 'you <3' }}\n\n[go *now*](https://a.example/{{ x | url_encode }})\n",
    );
    insta::assert_snapshot!(made, @r#"
    <h1>Hi {{ contact.name | default: 'you <3' }}</h1>
    <p><a href="https://a.example/{{ x | url_encode }}">go <em>now</em></a></p>
    "#);
}

#[test]
fn loops_and_conditions_stay_outside_of_what_they_repeat() {
    let made = content(
        "Before\n{% for item in trigger.items %}\n- {{ item.name }}\n{% endfor %}\nAfter\n\n\
         | a | b |\n|---|---|\n{% for i in t %}\n| {{ i }} | 2 |\n{% endfor %}\n\nEnd",
    );
    insta::assert_snapshot!(made, @r#"
    <p>Before</p>
    {% for item in trigger.items %}
    <ul>
    <li>{{ item.name }}</li>
    </ul>
    {% endfor %}
    <p>After</p>
    <table class="w-table"><thead><tr><th>a</th><th>b</th></tr></thead><tbody>
    {% for i in t %}
    <tr><td>{{ i }}</td><td>2</td></tr>
    {% endfor %}
    </tbody></table>
    <p>End</p>
    "#);
}
