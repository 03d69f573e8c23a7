use serde_json::json;
use wend_domain::catalog::{Published, Status};
use wend_domain::catalogue::Catalogue;
use wend_domain::id::{
    CatalogueName, Category, Channel, ContactId, MessageId, StepId, WorkflowName, WorkspaceId,
};
use wend_domain::predicate::Predicate;
use wend_domain::template::{Partial, step_template};
use wend_domain::time::{Period, Timestamp};
use wend_domain::value::{Operand, Path};
use wend_domain::workflow::{Again, JsonBody, Reentry, Step, Workflow};

use super::*;
use crate::call::CallRequest;

fn catalog(parts: &[(&str, &str)]) -> Catalog {
    let mut catalog = Catalog::empty(WorkspaceId::from("w"));
    let name = TemplateName::from("hello");
    let part = |(name, source): &(&str, &str)| {
        ((*name).to_owned(), TemplatePart { source: (*source).to_owned(), line: 5 })
    };
    let template = Template {
        name: name.clone(),
        channel: Channel::from("email"),
        parts: parts.iter().map(part).collect(),
        locales: BTreeMap::new(),
        link_parameters: BTreeMap::new(),
        layout: None,
        strict: false,
        sample: None,
        content_hash: format!("{parts:?}"),
    };
    catalog.templates.insert(name, template);
    catalog.policies.sender = Some("Shop <hello@shop.example>".to_owned());
    catalog
}

fn wanted(template: &str) -> Render {
    Render {
        message: MessageId::hashed(Timestamp::default(), &[]),
        contact: ContactId::hashed(Timestamp::default(), &[]),
        channel: Channel::from("email"),
        category: Category::from("news"),
        optional: true,
        confirms: false,
        tracking: wend_domain::report::Tracking::NONE,
        template: TemplateName::from(template),
        json: None,
        address: "ada@example.com".to_owned(),
        context: json!({ "contact": { "name": "Ada <b>\r\nBcc: x@example.com" } }),
        zone: "Europe/Berlin".to_owned(),
        at: Timestamp::parse("2026-07-01T10:00:00Z").unwrap(),
        hop: 0,
    }
}

fn rendered(parts: &[(&str, &str)]) -> Result<Rendered, RenderError> {
    Renderer::new(&catalog(parts)).render(&wanted("hello"))
}

#[test]
fn values_are_escaped_in_html_and_a_subject_is_one_line() {
    let parts = [
        ("subject", "Hi {{ contact.name }}"),
        ("preheader", "a & b"),
        ("html", "<html><BODY class=x><p>Hi {{ contact.name }}</p></BODY></html>"),
    ];
    let rendered = rendered(&parts).unwrap();
    assert_eq!(rendered.subject.as_deref(), Some("Hi Ada <b> Bcc: x@example.com"));
    let html = rendered.html.unwrap();
    assert!(html.contains("<p>Hi Ada &lt;b&gt;"), "{html}");
    assert!(html.contains("<BODY class=x><div style=\"display:none"), "{html}");
    assert_eq!(rendered.text.as_deref(), Some("Hi Ada <b> Bcc: x@example.com\n"));
    assert_eq!(rendered.from.as_deref(), Some("Shop <hello@shop.example>"));
}

#[test]
fn a_text_part_of_the_template_is_kept_and_not_escaped() {
    let rendered = rendered(&[("html", "<p>x</p>"), ("text", "{{ contact.name }}")]).unwrap();
    assert_eq!(rendered.text.as_deref(), Some("Ada <b>\r\nBcc: x@example.com"));
}

#[test]
fn dates_are_shown_in_the_zone_of_the_message() {
    let rendered = rendered(&[("body", "{{ 'now' | date: '%H:%M' }}")]).unwrap();
    assert_eq!(rendered.body.as_deref(), Some("12:00"));
}

#[test]
fn a_template_that_aborts_its_message_says_why() {
    let error =
        rendered(&[("text", "{% unless contact.vip %}{% abort_message 'not a VIP' %}{% endunless %}")]);
    let reason = NotRendered::from(error.unwrap_err());
    assert_eq!(reason, NotRendered::Aborted { reason: "not a VIP".to_owned() });
    let error = rendered(&[("text", "{{ 1 | divided_by: 0 }}")]).unwrap_err();
    assert!(matches!(error.into(), NotRendered::Failed { .. }));
    let long = format!("{{% abort_message '{}' %}}", "x".repeat(1_000));
    let NotRendered::Aborted { reason } = rendered(&[("text", &long)]).unwrap_err().into() else { panic!() };
    assert_eq!(reason.len(), REASON_CHARACTERS_MAX);
}

#[test]
fn what_a_template_writes_follows_the_contacts_locale_and_chance_is_the_contacts() {
    let parts =
        [("text", "{{ 1234.5 | money: 'EUR' }}, {{ 'now' | local_date }}, {{ (1..1000000) | choose }}")];
    let render = |locale: &str| {
        let mut wanted = wanted("hello");
        wanted.context["contact"]["locale"] = json!(locale);
        Renderer::new(&catalog(&parts)).render(&wanted).unwrap().text.unwrap()
    };
    assert!(render("de-DE").starts_with("1.234,50\u{a0}€, 1. Juli 2026, "), "{}", render("de-DE"));
    assert!(render("nonsense").starts_with("€1,234.50, July 1, 2026, "));
    let chosen = |text: String| text.rsplit(' ').next().map(str::to_owned);
    assert_eq!(chosen(render("de")), chosen(render("en")));
}

#[test]
fn catalogues_are_looked_up_by_key_and_gone_through_in_order() {
    let rows = vec![
        json!({ "id": "a", "title": "Apple & co", "price": 3 }),
        json!({ "id": "b", "title": "Bread", "price": 2 }),
    ];
    let (products, _) = Catalogue::new(CatalogueName::from("products"), "id", rows);
    let source = "{{ catalogues.products.item['a'].title }}{% assign cheap = catalogues.products.items | where: 'price', 2 %}, \
        {{ cheap.first.title }}{{ catalogues.products.item[contact.none].title }}{{ catalogues.nosuch.item['a'].title }}";
    let mut catalog = catalog(&[("html", source)]);
    catalog.catalogues = Arc::new([(products.name.clone(), products)].into_iter().collect());
    let renderer = Renderer::new(&catalog);
    assert_eq!(renderer.render(&wanted("hello")).unwrap().html.as_deref(), Some("Apple &amp; co, Bread"));
    assert!(Arc::ptr_eq(&renderer.shared, &renderer.renewed(&catalog).shared), "it isn't made again");
}

#[test]
fn an_error_points_into_the_file() {
    let error = rendered(&[("html", "<p>\n{{ contact.name | divided_by: 0 }}")]).unwrap_err();
    assert_eq!((error.part.as_str(), error.line), ("html", 6));
    assert!(error.to_string().starts_with("template `hello`, html, line 6, column "), "{error}");
    let syntax = rendered(&[("html", "{% if %}")]).unwrap_err();
    assert_eq!(syntax.line, 5);
}

#[test]
fn a_template_that_left_the_catalog_is_an_error() {
    let error = Renderer::new(&catalog(&[])).render(&wanted("gone")).unwrap_err();
    assert_eq!(error.to_string(), "template `gone`: it is not in the catalog any more");
}

#[test]
fn a_part_that_grows_beyond_its_bound_is_an_error() {
    let long = "{% for n in (1..3000) %}x{% endfor %}";
    assert!(rendered(&[("subject", long)]).is_err());
    assert!(rendered(&[("text", long)]).is_ok());
}

#[test]
fn templates_with_the_same_content_are_not_compiled_again() {
    let first = Renderer::new(&catalog(&[("text", "a")]));
    let name = TemplateName::from("hello");
    let same = first.renewed(&catalog(&[("text", "a")]));
    assert!(Arc::ptr_eq(&first.templates[&name], &same.templates[&name]));
    let other = first.renewed(&catalog(&[("text", "b")]));
    assert!(!Arc::ptr_eq(&first.templates[&name], &other.templates[&name]));
}

fn call_catalog(sources: &[(&str, &str)], json: Option<JsonBody<Operand>>) -> Catalog {
    let mut catalog = Catalog::empty(WorkspaceId::from("w"));
    let (workflow, step) = (WorkflowName::from("sync"), StepId::from("crm"));
    let part = |(name, source): &(&str, &str)| {
        ((*name).to_owned(), TemplatePart { source: (*source).to_owned(), line: 7 })
    };
    let name = step_template(&workflow, 1, &step);
    let call = WebCall {
        method: "PUT".to_owned(),
        content: Template::new(name, Channel::from("http"), sources.iter().map(part).collect()),
        json,
        save: BTreeMap::new(),
        timeout: Period::from_millis(5_000),
        retry_for: Period::from_millis(60_000),
        on_error: None,
    };
    let step = Step { id: step, action: Action::Call(call), next: None, line: 6 };
    let version = Workflow {
        name: workflow.clone(),
        version: 1,
        title: String::new(),
        owner: None,
        tags: Vec::new(),
        category: Category::from("none"),
        transactional: false,
        priority: 0,
        triggers: Vec::new(),
        key: None,
        audience: Predicate::All(Vec::new()),
        reentry: Reentry::Always,
        again: Again::Ignore,
        entry_caps: Vec::new(),
        holdout: 0,
        tracking: None,
        exit_when: Vec::new(),
        goals: Vec::new(),
        steps: vec![step],
        entry: Some(0),
        step_index: BTreeMap::new(),
    };
    let versions = BTreeMap::from([(1, Arc::new(version))]);
    let published = Published { current: Some(1), versions, status: Status::Live, rollout: None };
    catalog.workflows.insert(workflow, published);
    catalog
}

fn called(
    sources: &[(&str, &str)],
    json: Option<JsonBody<Operand>>,
    context: Value,
) -> Result<CallRequest, RenderError> {
    let resolve = |operand: &Operand| match operand {
        Operand::Literal(value) => Some(value.clone()),
        _ => Some(Value::from("{{ secrets.key }}")),
    };
    let wanted =
        Render { context, json: json.as_ref().map(|json| json.resolved(&resolve)), ..wanted("~sync/1/crm") };
    let rendered = Renderer::new(&call_catalog(sources, json)).render(&wanted)?;
    Ok(rendered.call.expect("a call"))
}

#[test]
fn a_call_is_rendered_with_its_texts_and_without_its_secrets() {
    let sources = [
        ("url", "https://crm.example/{{ contact.id }}"),
        ("header.X-Key", "{{ secrets.key }}"),
        ("json.0", "Hi {{ contact.name }} {{ secrets.other }}"),
    ];
    let json = JsonBody::Object(BTreeMap::from([
        ("hello".to_owned(), JsonBody::Text("json.0".to_owned())),
        (
            "list".to_owned(),
            JsonBody::List(vec![
                JsonBody::Value(Operand::Literal(json!(1))),
                JsonBody::Value(Operand::Contact(Path::parse("said").unwrap())),
            ]),
        ),
    ]));
    let context = json!({ "contact": { "id": 7, "name": "A\"nn {{ secrets.key }}" } });
    let call = called(&sources, Some(json), context).unwrap();
    assert_eq!((call.method.as_str(), call.timeout_ms), ("PUT", 5_000));
    assert!(!call.url.contains("secret"));
    let revealed = call.revealed(|name| Some(format!("the {name}"))).ok().unwrap();
    assert_eq!(revealed.url, "https://crm.example/7");
    let headers =
        [("Content-Type", "application/json"), ("X-Key", "the key")].map(|(a, b)| (a.into(), b.into()));
    assert_eq!(revealed.headers, headers);
    let body: Value = serde_json::from_str(&revealed.body.unwrap()).unwrap();
    let said = "{{ secrets.key }}";
    assert_eq!(
        body,
        json!({ "hello": format!("Hi A\"nn {said} the other"), "list": [1, said] }),
        "what a contact says is a value and never Liquid"
    );
}

#[test]
fn an_error_in_the_text_of_a_step_names_the_step() {
    let sources = [("url", "https://crm.example/{{ 1 | divided_by: 0 }}")];
    let error = called(&sources, None, json!({})).unwrap_err();
    assert!(error.to_string().starts_with("step `sync/1/crm`, url, line 7, column "), "{error}");
    let long = "x".repeat(1_100_000);
    let body = JsonBody::Value(Operand::Literal(json!(long)));
    let error = called(&[("url", "https://crm.example")], Some(body), json!({})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "step `sync/1/crm`, json: the body has 1100002 bytes, more than 1048576: send less"
    );
}

#[test]
fn a_contact_reads_its_own_locale_then_its_language_then_what_everybody_reads() {
    let part = |source: &str| TemplatePart { source: source.to_owned(), line: 1 };
    let mut catalog = catalog(&[("subject", "Hi"), ("html", "<p>Hi</p>"), ("text", "Hi")]);
    let template = catalog.templates.remove("hello").unwrap();
    let de =
        BTreeMap::from([("subject".to_owned(), part("Hallo")), ("markdown".to_owned(), part("Hallo *du*"))]);
    let at = BTreeMap::from([("subject".to_owned(), part("Servus {{ message.locale }}"))]);
    let locales = BTreeMap::from([("de".to_owned(), de), ("de-at".to_owned(), at)]);
    catalog.templates.insert(template.name.clone(), template.with(locales, BTreeMap::new()));
    let renderer = Renderer::new(&catalog);
    let read = |traits: Value| {
        let context = json!({ "contact": traits, "message": {} });
        renderer.render(&Render { context, ..wanted("hello") }).unwrap()
    };
    assert_eq!(read(json!({ "locale": "de_AT" })).subject.as_deref(), Some("Servus de-at"));
    let german = read(json!({ "locale": "de-CH" }));
    assert_eq!((german.subject.as_deref(), german.text.as_deref()), (Some("Hallo"), Some("Hallo du\n")));
    assert!(german.html.unwrap().contains("<html lang=\"de\""));
    assert_eq!(read(json!({ "language": "fr" })).subject.as_deref(), Some("Hi"));
}

/// A catalog with a partial in Markdown, one in HTML with a text, and the template in a layout.
fn with_pieces(parts: &[(&str, &str)], layout: Option<&str>) -> Catalog {
    let mut catalog = catalog(parts);
    let part = |source: &str| TemplatePart { source: source.to_owned(), line: 1 };
    let partial = |parts: &[(&str, &str)]| Partial {
        parts: parts.iter().map(|(name, source)| ((*name).to_owned(), part(source))).collect(),
    };
    let partials = [
        ("greeting", partial(&[("markdown", "**Hi {{ who | default: contact.name }}** {{ secret }}")])),
        ("logo", partial(&[("html", "<i>Tea & {{ contact.name }}</i>"), ("text", "TEA & {{ who }}")])),
        ("plain", partial(&[("text", "a < b")])),
    ];
    catalog.partials = Arc::new(partials.into_iter().map(|(name, of)| (name.to_owned(), of)).collect());
    let template = catalog.templates.remove("hello").unwrap();
    let layout = layout.map(|source| Layout { format: "html".to_owned(), source: source.to_owned() });
    catalog.templates.insert(template.name.clone(), template.in_layout(layout, false));
    catalog
}

#[test]
fn partials_print_what_they_are_given_as_html_and_as_text() {
    let parts = [
        ("subject", "{% render 'greeting', who: 'you' %}"),
        (
            "html",
            "{% assign secret = 'x' %}{% render 'greeting' %}{% render 'logo', who: 1 %}{% render 'plain' %}",
        ),
        ("text", "{% render 'logo', who: 'you' %}"),
    ];
    let rendered = Renderer::new(&with_pieces(&parts, None)).render(&wanted("hello")).unwrap();
    assert_eq!(rendered.subject.unwrap(), "**Hi you**");
    assert_eq!(rendered.text.unwrap(), "TEA & you");
    let html = rendered.html.unwrap();
    // What the page assigned doesn't reach into a partial, and values are escaped in it.
    assert!(html.contains("<strong>Hi Ada &lt;b&gt;"), "{html}");
    assert!(html.contains("</strong> </p>") && !html.contains('x'.to_string().repeat(2).as_str()), "{html}");
    assert!(html.contains("<i>Tea & Ada &lt;b&gt;"), "{html}");
    assert!(html.contains("a &lt; b"), "{html}");
}

#[test]
fn content_stands_in_its_layout_whose_styles_are_its_own() {
    let layout = "<html lang=\"en\"><head><style>h1 { color: red }</style></head><body>{{ content }}<hr></body></html>";
    let of = |parts: &[(&str, &str)]| {
        let rendered = Renderer::new(&with_pieces(parts, Some(layout))).render(&wanted("hello"));
        rendered.map(|rendered| rendered.html.unwrap())
    };
    let html = of(&[("markdown", "# Hi {{ contact.name }}")]).unwrap();
    assert!(html.contains("<body><h1 style=\"color:red\">Hi Ada &lt;b&gt;"), "{html}");
    assert!(!html.contains("w-card"), "{html}");
    let blocks = r#"{"sections":[{"columns":[{"blocks":[{"heading":"Hi"}]}]}]}"#;
    let html = of(&[("blocks", blocks)]).unwrap();
    assert!(html.contains("style=\"color:red\">Hi</h1>") && html.ends_with("<hr></body></html>"), "{html}");
    assert!(of(&[("mjml", "<mjml><mj-body></mj-body></mjml>")]).is_err());
}

#[test]
fn a_missing_value_is_a_mistake_in_a_strict_template_only() {
    let parts = [("subject", "Hi {{ contact.nmae }}{{ contact.city | default: '' }}")];
    assert_eq!(rendered(&parts).unwrap().subject.unwrap(), "Hi");
    let mut catalog = catalog(&parts);
    let template = catalog.templates.remove("hello").unwrap().in_layout(None, true);
    catalog.templates.insert(template.name.clone(), template);
    let error = Renderer::new(&catalog).render(&wanted("hello")).unwrap_err().to_string();
    assert!(error.contains("nmae"), "{error}");
}
