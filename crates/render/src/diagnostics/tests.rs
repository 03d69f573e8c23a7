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
    templates/other.yaml:3:24: warning W0503: subject: `contact.first` prints as nothing for who hasn't got it
      fix: write `{{ contact.first | default: '…' }}`, or ask first: `{% if contact.first %}`
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

#[test]
fn what_speaks_against_an_email_is_told_at_its_place() {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let markdown = "template: news\nchannel: email\nsubject: ACT NOW FRIENDS\nmarkdown: |\n  Hi {{ contact.name }}\n  \
                    ![](https://a.example/x.png)\n\n  {% if contact.city %}{{ contact.city }}{% endif %} {{ contact.email }}\n  \
                    {{ contact.nmae | default: 'x' }}\n\n  [here](http://a.example)\n";
    let mjml = "template: bad\nchannel: email\nsubject: x\nmjml: |\n  <mjml><mj-body>\n  <mj-foo/></mj-body></mjml>\n";
    let files = [
        file("templates/bad.yaml", mjml),
        file("templates/news.yaml", markdown),
        file(
            "traits.yaml",
            "traits: { email: { type: text, required: true }, name: { type: text }, city: { type: text } }\n",
        ),
        file(
            "workflows/w.yaml",
            "workflow: w\ncategory: news\nsteps:\n  - { id: a, send: { email: news } }\n",
        ),
    ];
    let shown: Vec<String> = diagnostics(&files).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    templates/bad.yaml:6:3: error E0502: mjml: MJML: there is no element `mj-foo`
      fix: did you mean `mj-font`?
    templates/news.yaml:3:10: warning W0509: subject: the subject is all capitals
      fix: write it as a sentence
    templates/news.yaml:3:10: warning W0509: subject: filters know `act now` from spam
      fix: say it in other words
    templates/news.yaml:6:3: warning W0506: markdown: a picture has no text for who doesn't see it, and most mailboxes don't show pictures at first
      fix: write what it shows: `![A teapot](https://…)`
    templates/news.yaml:11:3: warning W0508: markdown: `http://a.example` isn't encrypted
      fix: write `https://`
    templates/news.yaml:11:3: warning W0510: markdown: the text of a link is `here`, which doesn't say where it leads
      fix: name what is behind it: `Back to the cart`
    templates/news.yaml:9:6: warning W0504: markdown: nobody declared the trait `nmae`
      fix: did you mean `name`? Else declare it in traits.yaml
    templates/news.yaml:5:6: warning W0503: markdown: `contact.name` prints as nothing for who hasn't got it
      fix: write `{{ contact.name | default: '…' }}`, or ask first: `{% if contact.name %}`
    templates/news.yaml:5:3: warning W0505: markdown: the workflow `w` sends this as marketing, and nobody can unsubscribe
      fix: add `[Unsubscribe]({{ unsubscribe_url }})` at its end
    ");
}

#[test]
fn partials_that_are_not_there_or_never_end_are_told_and_so_are_layouts_without_a_place() {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let news = "template: news\nchannel: email\nlayout: page\nsample: { trigger: { title: T } }\n\
                subject: \"{% render 'logo' %}{{ trigger.titel }}\"\nhtml: \"<body>{% render 'foter' %}</body>\"\n";
    let files = [
        file("layouts/page.yaml", "layout: page\nhtml: <p></p>\n"),
        file("partials/footer.yaml", "partial: footer\nmarkdown: \"{% render 'inner' %}\"\n"),
        file("partials/inner.yaml", "partial: inner\nmarkdown: \"{{ who }}{% render 'footer' %}\"\n"),
        file("partials/logo.yaml", "partial: logo\nhtml: <b>Tea</b>\n"),
        file("templates/news.yaml", news),
    ];
    let shown: Vec<String> = diagnostics(&files).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    templates/news.yaml:5:33: warning W0512: subject: the sample has no `trigger.titel`
      fix: did you mean `title`? Else add `titel` to `sample:`
    layouts/page.yaml:2:7: error E0505: html: the layout has no `{{ content }}`, or several
      fix: write `{{ content }}` once, where the content of e-mails stands
    templates/news.yaml:5:14: error E0504: subject: the partial `logo` has HTML only, and this is plain text
      fix: add `text:` to the partial `logo`
    templates/news.yaml:6:17: error E0504: html: there is no partial `foter`
      fix: did you mean `footer`?
    templates/news.yaml:6:8: error E0505: html: the content has a `body` of its own, and stands in a layout
      fix: keep what is inside of the body, or leave `layout` out
    partials/footer.yaml:2:15: error E0504: markdown: `inner` prints `footer` again, which never ends
      fix: print one of them somewhere else
    partials/inner.yaml:2:24: error E0504: markdown: `footer` prints `inner` again, which never ends
      fix: print one of them somewhere else
    ");
}

#[test]
fn marketing_has_its_way_out_in_a_partial_or_in_its_layout_too() {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let workflow = "workflow: w\ncategory: news\nsteps:\n  - { id: a, send: { email: a } }\n  - { id: b, send: { email: b } }\n";
    let files = [
        file(
            "layouts/page.yaml",
            "layout: page\nhtml: \"{{ content }}<a href='{{ unsubscribe_url }}'>Leave</a>\"\n",
        ),
        file("partials/out.yaml", "partial: out\nmarkdown: \"[Leave]({{ unsubscribe_url }})\"\n"),
        file("templates/a.yaml", "template: a\nchannel: email\nlayout: page\nsubject: A\nmarkdown: Hi\n"),
        file(
            "templates/b.yaml",
            "template: b\nchannel: email\nsubject: B\nmarkdown: \"{% render 'out' %}\"\n",
        ),
        file("workflows/w.yaml", workflow),
    ];
    assert_eq!(diagnostics(&files), []);
}
