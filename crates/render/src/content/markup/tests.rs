use super::*;

#[test]
fn pieces_are_the_whole_text_and_attributes_have_places() {
    let html =
        "<!doctype html><A HREF='x>y' disabled data-a=b/>1 < 2<!-- <p> --><br/><style>a > b{}</STYLE></a>";
    let pieces = pieces(html);
    let whole: String = pieces.iter().map(|piece| &html[piece.range.clone()]).collect();
    assert_eq!(whole, html);
    let Kind::Open(tag) = &pieces[1].kind else { panic!("{pieces:?}") };
    assert_eq!((tag.name.as_str(), tag.value(html, "href")), ("a", Some("x>y")));
    assert_eq!(tag.attribute("disabled").map(|attribute| attribute.value.clone()), Some(None));
    let texts: Vec<_> = pieces
        .iter()
        .filter(|piece| piece.kind == Kind::Text)
        .map(|piece| &html[piece.range.clone()])
        .collect();
    assert_eq!(texts, ["1 < 2", "a > b{}"]);
}

proptest::proptest! {
    #[test]
    fn any_text_can_be_read_and_stays_whole(html in "[<>/!a-z =\"'\\-é]{0,60}") {
        let whole: String = pieces(&html).iter().map(|piece| html[piece.range.clone()].to_owned()).collect();
        proptest::prop_assert_eq!(whole, html);
    }
}
