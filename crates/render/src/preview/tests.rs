use super::*;

#[test]
fn a_finished_message_is_looked_at_as_a_whole() {
    let rendered = Rendered {
        subject: Some("Your cart".to_owned()),
        html: Some("<p><a href=\"https://a.example/?a=1&amp;b\">Back to the cart</a><img src=\"https://a.example/x.png\"></p>".to_owned()),
        text: Some("Back".to_owned()),
        ..Rendered::default()
    };
    let inspection = inspect(&rendered, Some("https://wend.example/u/1"));
    assert_eq!(
        inspection.links,
        [InspectedLink { url: "https://a.example/?a=1&b".to_owned(), text: "Back to the cart".to_owned() }]
    );
    assert_eq!(inspection.images, [InspectedImage { src: "https://a.example/x.png".to_owned(), alt: None }]);
    let codes: Vec<&str> = inspection.checks.iter().map(|check| check.code).collect();
    assert_eq!(codes, ["W0506", "W0505"]);
    assert_eq!((inspection.html_bytes, inspection.text_bytes), (101, 4));
}

#[test]
fn a_dark_preview_takes_the_rules_for_dark_mailboxes() {
    let css = "@media (prefers-color-scheme: dark) { a {} } @media (prefers-color-scheme:light){}";
    assert_eq!(darkened(css), "@media (min-width: 0px) { a {} } @media (min-width: 99999px){}");
}
