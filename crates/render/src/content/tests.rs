use super::*;

#[test]
fn html_stays_as_it_is_but_for_its_styles() {
    let source = "<style>p{margin:0}</style>\n<table>{% for i in t %}<tr {% if i %}class=\"{{ i }}\"{% endif %}><td>{{ i }}</td></tr>{% endfor %}</table>";
    let made = html_of(Format::Html, source, &BTreeMap::new()).unwrap().html;
    assert_eq!(made, source.replace("p{margin:0}", "\np{margin:0}\n"));
    let plain = "<p>a & b <br>{{ c }} < d";
    assert_eq!(html_of(Format::Html, plain, &BTreeMap::new()).unwrap().html, plain);
}

#[test]
fn a_place_in_what_was_made_is_a_place_in_the_source() {
    let source = "Hi\n\n{{ contact.name }} and\n{{ contact.x | divided_by: 0 }}";
    let made = html_of(Format::Markdown, source, &BTreeMap::new()).unwrap();
    let template = wend_liquid::Template::parse(&made.html).unwrap();
    let options = wend_liquid::RenderOptions::new(std::time::SystemTime::UNIX_EPOCH.try_into().unwrap());
    let error = template.render(&serde_json::json!({}), &options).unwrap_err();
    assert_eq!(made.places.source(error.line, error.column).0, 4);
}
