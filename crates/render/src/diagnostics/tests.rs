use std::collections::BTreeMap;

use wend_domain::id::{Channel, TemplateName, WorkspaceId};

use super::*;

#[test]
fn mistakes_in_templates_are_all_told_at_once_with_the_files_lines() {
    let mut catalog = Catalog::empty(WorkspaceId::from("w"));
    let sources = [
        ("html", 8, "<p>\n{% if contact.vip %}"),
        ("subject", 4, "Hi {{ name }} {{ contact.first }}"),
        ("text", 20, "{% assign own = trigger.a %}{{ own }}"),
    ];
    let part = |(name, line, source): (&str, u32, &str)| {
        (name.to_owned(), TemplatePart { source: source.to_owned(), line })
    };
    let template = Template {
        name: TemplateName::from("hello"),
        channel: Channel::from("email"),
        parts: sources.into_iter().map(part).collect::<BTreeMap<_, _>>(),
        content_hash: String::new(),
    };
    catalog.templates.insert(template.name.clone(), template);
    let shown: Vec<String> = diagnostics(&catalog).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    templates/hello.yaml:9:4: error E0501: html: `if` is never closed: add `{% endif %}`
      why: a message of this template would fail when it is due
    templates/hello.yaml:4:7: warning W0501: subject: `name` is nothing that a template can read, and prints as nothing
      fix: write `contact.name` for a trait, `trigger.name` for the trigger's data
    ");
}
