use proptest::prelude::*;

use super::*;

fn rewritten(html: &str) -> String {
    rewrite(html, |url| url.starts_with("http").then(|| format!("[{url}]")))
}

#[test]
fn links_to_the_web_are_rewritten_wherever_html_lets_them_stand() {
    for (html, expected) in [
        (
            "<a href=\"https://a.example/?b=1&amp;c=2\">x</a>",
            "<a href=\"[https://a.example/?b=1&c=2]\">x</a>",
        ),
        (
            "<A class='x>y' HREF = 'http://a.example'>x</A>",
            "<A class='x>y' HREF = '[http://a.example]'>x</A>",
        ),
        ("<area\nhref=\" http://a.example \">", "<area\nhref=\"[http://a.example]\">"),
        ("<a href=\"http://a.example\"/>", "<a href=\"[http://a.example]\"/>"),
        ("a < b <a href='http://a.example'>", "a < b <a href='[http://a.example]'>"),
    ] {
        assert_eq!(rewritten(html), expected);
    }
}

#[test]
fn what_is_no_link_stays_as_it_is() {
    for html in [
        "<a href=\"mailto:a@b.example\">x</a>",
        "<a href=\"tel:123\">x</a><a href=\"#top\">y</a><a name=\"http://a.example\">z</a>",
        "<a data-track=\"off\" href=\"http://a.example\">x</a>",
        "<a href=\"http://a.example\" data-track='OFF'>x</a>",
        "<!-- <a href=\"http://a.example\">x</a> -->",
        "<!--[if mso]><a href=\"http://a.example\">x</a><![endif]-->",
        "<style>a[href=\"http://a.example\"] {} <a href=\"http://a.example\"></style>",
        "<script>\"<a href='http://a.example'>\"</script>",
        "<img src=\"http://a.example\"><link href=\"http://a.example\">",
        "<a href=http://a.example>not quoted</a>",
        "<a",
        "<a href",
        "<a href=",
        "text < > <> </a> <!-",
    ] {
        assert_eq!(rewritten(html), html);
    }
}

#[test]
fn of_two_targets_of_one_link_the_first_counts_as_it_does_for_browsers() {
    assert_eq!(
        rewritten("<a href='http://a.example' href='http://b.example'>"),
        "<a href='[http://a.example]' href='http://b.example'>"
    );
}

proptest! {
    #[test]
    fn what_holds_no_target_of_the_web_is_never_touched(html in "[ -~\u{80}-\u{90}\n]{0,200}") {
        prop_assert_eq!(rewrite(&html, |_| None), html);
    }

    #[test]
    fn any_markup_is_read_to_its_end(parts in proptest::collection::vec("<a|href|=|\"|'|>|<!--|-->|<style>|</style|ä| |http:", 0..40)) {
        let html = parts.concat();
        let _ = rewritten(&html);
    }
}
