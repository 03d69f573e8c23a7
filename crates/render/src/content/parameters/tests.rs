use std::collections::BTreeMap;

use serde_json::json;

use crate::content::{Format, html_of};

fn linked(html: &str) -> String {
    let parameters = [("utm_medium", "email"), ("utm_campaign", "first steps")];
    let parameters: BTreeMap<String, String> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    html_of(Format::Html, html, &parameters).unwrap().html
}

#[test]
fn links_carry_parameters_once_and_links_out_carry_none() {
    const ALL: &str = "utm_campaign=first%20steps&amp;utm_medium=email";
    let same = |html: &str| assert_eq!(linked(html), html);
    assert_eq!(
        linked("<a href=\"https://a.example/#x\">a</a>"),
        format!("<a href=\"https://a.example/?{ALL}#x\">a</a>")
    );
    assert_eq!(
        linked("<a href='https://a.example/?id={{ id }}&amp;utm_medium=sms'>a</a>"),
        "<a href='https://a.example/?id={{ id }}&amp;utm_medium=sms&amp;utm_campaign=first%20steps'>a</a>"
    );
    same(
        "<a href=\"{{ unsubscribe_url }}\">no</a><a href=\"mailto:a@b.example\">m</a><a href=\"#top\">t</a>",
    );
    same("<a data-plain href=\"https://a.example\">a</a>");
}

#[test]
fn an_address_that_only_liquid_knows_carries_them_too() {
    let template = wend_liquid::Template::parse(&linked("<a href=\"{{ link }}\">a</a>")).unwrap();
    let options = wend_liquid::RenderOptions {
        escape: wend_liquid::Escape::Html,
        ..wend_liquid::RenderOptions::new(std::time::SystemTime::UNIX_EPOCH.try_into().unwrap())
    };
    let leads_to = |link: &str| template.render(&json!({ "link": link }), &options).unwrap();
    assert!(leads_to("https://a.example/?a=1&b=2").contains("?a=1&amp;b=2&amp;utm_campaign="));
    assert!(leads_to("https://a.example/").contains("a.example/?utm_campaign="));
    assert_eq!(leads_to("mailto:x"), "<a href=\"mailto:x\">a</a>");
}
