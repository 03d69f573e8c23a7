use super::*;

fn matches(selector: &str, elements: &[(&str, &str)]) -> bool {
    let stack: Vec<Element> = elements
        .iter()
        .map(|(name, class)| Element {
            name: (*name).to_owned(),
            attributes: vec![("class".to_owned(), (*class).to_owned())],
        })
        .collect();
    Selector::parse(selector).unwrap().matches(&stack)
}

#[test]
fn selectors_match_as_in_a_browser() {
    let stack = [("div", "card big"), ("p", ""), ("a", "button")];
    assert!(matches("a", &stack));
    assert!(matches("div a.button", &stack));
    assert!(matches(".card.big > p > a", &stack));
    assert!(matches("*[class=button]", &stack));
    assert!(!matches("div > a", &stack));
    assert!(!matches("p", &stack));
    assert!(!matches(".card.small a", &stack));
}

#[test]
fn what_cannot_be_written_into_elements_is_kept_as_it_is() {
    let sheet = Sheet::parse(
        "@import url(a.css); a:hover{color:red} /* x */ p , a::before { margin : 0 ; background:url(\"a;b\") !IMPORTANT }
         @media print { p { color: red } }",
    );
    let texts: Vec<&str> = sheet.rules.iter().map(|rule| rule.text.as_str()).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert_eq!(sheet.rules[1].selectors, [None]);
    assert!(sheet.rules[2].selectors[0].is_some() && sheet.rules[2].selectors[1].is_none());
    let declaration = &sheet.rules[2].declarations[1];
    assert_eq!((declaration.value.as_str(), declaration.is_important), ("url(\"a;b\")", true));
}

proptest::proptest! {
    #[test]
    fn any_style_sheet_can_be_read(css in "[@a-z{};:.#>,/*\"' !\\[\\]=é]{0,80}") {
        Sheet::parse(&css);
    }
}
