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

const WORKFLOW: &str = r#"workflow: sync
trigger: { api: true }
steps:
  - id: crm
    webhook:
      url: "https://crm.example/{{ contact.id }}/{{ secrets.path }}"
      headers: { X-Key: "{{ secrets.key | upcase }}", X-Name: "{{ name }}" }
      json: { a: [ "{{ run.x }} {{- secrets.key -}}" ], b: "{% if secrets.key %}{% endif %}" }
  - id: ring
    task:
      title: "Call {{ contact.name }} {{ secrets.key }}"
      note: |
        Be kind
        to {{ contact.name | }}.
      for: sales
      due: 1d
"#;

#[test]
fn mistakes_in_the_texts_of_steps_are_told_at_their_place_in_the_workflow() {
    let files = [SourceFile { path: "workflows/sync.yaml".to_owned(), text: WORKFLOW.to_owned() }];
    let shown: Vec<String> = diagnostics(&files).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    workflows/sync.yaml:7:29: error E0501: header.X-Key: a secret stands alone, without filters, conditions or tags
      fix: write `{{ secrets.key }}`, and keep the secret in the form in which it is sent
    workflows/sync.yaml:7:67: warning W0501: header.X-Name: `name` is nothing that a template can read, and prints as nothing
      fix: write `contact.name` for a trait, `trigger.name` for the trigger's data
    workflows/sync.yaml:8:67: error E0501: json.1: a secret stands alone, without filters, conditions or tags
      fix: write `{{ secrets.key }}`, and keep the secret in the form in which it is sent
    workflows/sync.yaml:11:42: error E0501: title: secrets can be read in webhook steps only
      fix: put it into the `webhook:` of a step: messages and tasks are read by people
    workflows/sync.yaml:14:29: error E0501: note: expected the name of a filter, found the end
      why: a message of this template would fail when it is due
    ");
}
