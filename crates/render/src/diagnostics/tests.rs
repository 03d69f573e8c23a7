use super::*;

const TEMPLATE: &str = "\
template: hello
channel: email
subject: Hi {{ name }} {{ contact.first }}
html: |
  <p>
  {% if contact.vip %}
text: '{% assign own = trigger.a %}{{ own }}'
";

#[test]
fn mistakes_in_templates_are_all_told_at_once_at_their_place_in_the_file() {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let files = [file("workflows/a.yaml", "workflow: ["), file("templates/other.yaml", TEMPLATE)];
    let shown: Vec<String> = diagnostics(&files).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    templates/other.yaml:3:16: warning W0501: subject: `name` is nothing that a template can read, and prints as nothing
      fix: write `contact.name` for a trait, `trigger.name` for the trigger's data
    templates/other.yaml:6:6: error E0501: html: `if` is never closed: add `{% endif %}`
      why: a message of this template would fail when it is due
    ");
}
