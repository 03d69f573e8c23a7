use super::*;

#[test]
fn traits_and_the_uses_of_templates_are_known() {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let files = [
        file("traits.yaml", "traits: { email: { type: text, required: true }, city: { type: text } }\n"),
        file("policies.yaml", "categories: { service: { transactional: true }, news: { title: News } }\n"),
        file(
            "workflows/a.yaml",
            "workflow: a\ncategory: news\nsteps:\n  - { id: x, send: { email: hello } }\n  \
             - { id: y, send: { email: bill, category: service } }\n",
        ),
    ];
    let known = known(&files);
    assert_eq!(
        known.traits.unwrap(),
        BTreeMap::from([("email".to_owned(), true), ("city".to_owned(), false)])
    );
    assert_eq!(known.marketing, BTreeMap::from([("hello".to_owned(), "a".to_owned())]));
    assert_eq!(known.used.keys().collect::<Vec<_>>(), ["bill", "hello"]);
}
