use super::plain_text;

#[test]
fn a_newsletter_reads_well_without_its_markup() {
    let html = r#"<!doctype html><html><head><title>T</title><style>p { color: red }</style></head>
<body><!-- hidden --><h1>Hello &amp; welcome,   Ada</h1>
<p>Your <b>cart</b> is waiting:<br>two things.</p>
<ul><li>Tea <i>(green)</i></li><li>A cup<ul><li>blue</li></ul></li></ul>
<table><tr><td>Total</td><td>12&nbsp;&euro;</td></tr><tr><td>Tax</td><td>2</td></tr></table>
<p><a href="https://shop.example/cart?a=1&amp;b=2">Open your cart</a> or write to
<a href="mailto:hi@shop.example">hi@shop.example</a>.</p><hr>
<img src="x.png" alt="Our logo"><a href="https://shop.example"><img src="y.png"></a></body></html>"#;
    insta::assert_snapshot!(plain_text(html), @r"
    Hello & welcome, Ada

    Your cart is waiting:
    two things.

    - Tea (green)
    - A cup
      - blue

    Total 12 €
    Tax 2

    Open your cart (https://shop.example/cart?a=1&b=2) or write to hi@shop.example.

    ---
    Our logo https://shop.example
    ");
}

#[test]
fn broken_markup_is_read_as_far_as_it_goes() {
    let cases = [
        ("a < b", "a < b\n"),
        ("<p>one<p>two", "one\n\ntwo\n"),
        ("<a href='x>y", "\n"),
        ("<script>if (a</b) {}</SCRIPT >yes", "yes\n"),
        ("<style>never closed", "\n"),
        ("&#8364; &#x20AC; &unknown; & &#0;", "€ € &unknown; & &#0;\n"),
        ("</ul></a><li>x", "- x\n"),
        ("é<", "é<\n"),
        ("é<aé", "é\n"),
        ("", "\n"),
    ];
    for (html, text) in cases {
        assert_eq!(plain_text(html), text, "{html}");
    }
}

proptest::proptest! {
    #[test]
    fn no_markup_makes_it_panic(
        pieces in proptest::collection::vec("<|>|/|a|li|ul|style|!--|--|&#x?|;|href=|[\"' =]|[a-zé€\\PC]{0,3}", 0..40),
    ) {
        let text = plain_text(&pieces.concat());
        proptest::prop_assert!(text.ends_with('\n'));
    }
}
