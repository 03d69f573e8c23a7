use serde_json::json;

use super::*;

#[test]
fn every_block_becomes_html_and_values_stay_liquid() {
    let document = json!({
        "style": { "accent": "#166534", "width": 640 },
        "sections": [
            { "columns": [{ "blocks": [
                { "heading": "Hi {{ contact.name | default: \"you\" }} & all", "align": "center" },
                { "text": "**New**\n\n{% if a %}\n- one\n{% endif %}" },
                { "image": "https://a.example/{{ x }}.png", "alt": "A \"pot\"", "link": "https://a.example", "width": 200 },
                { "button": "Go", "link": "https://a.example/?a=1&b=2" },
                { "divider": true },
                { "spacer": 12 },
            ] }] },
            { "columns": [{ "width": 60, "blocks": [{ "products": "trigger.items", "limit": 3 }] }, { "blocks": [
                { "if": "contact.vip", "then": [{ "html": "<b>vip</b>" }], "else": [{ "text": "plain" }] },
                { "social": [{ "name": "Instagram", "link": "https://instagram.com/a" }] },
                { "footer": "Tea Ltd, Leith", "preferences": "Choose" },
            ] }] },
        ],
    });
    let html = to_html(&document.to_string()).unwrap();
    for part in [
        "{{ contact.name | default: \"you\" }} &amp; all</h1>",
        "<strong>New</strong>",
        "src=\"https://a.example/{{ x }}.png\" alt=\"A &quot;pot&quot;\" width=\"200\"",
        "href=\"https://a.example/?a=1&amp;b=2\"",
        "{% for item in trigger.items limit: 3 %}",
        "{% if contact.vip %}\n<b>vip</b>\n{% else %}",
        "href=\"{{ unsubscribe_url }}\"",
        "href=\"{{ preferences_url }}\"",
        "max-width:640px",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    wend_liquid::Template::parse(&html).unwrap();
    assert_eq!(crate::checks::markup(&html, &|text| text.contains("{{")), []);
}

#[test]
fn what_is_too_much_is_refused() {
    let columns = json!({ "sections": [{ "columns": [{}, {}, {}, {}, {}] }] });
    assert!(to_html(&columns.to_string()).is_err());
    let mut deep = json!([{ "divider": true }]);
    for _ in 0..=DEPTH_MAX {
        deep = json!([{ "if": "a", "then": deep }]);
    }
    let deep = json!({ "sections": [{ "columns": [{ "blocks": deep }] }] });
    assert!(to_html(&deep.to_string()).is_err());
}

#[test]
fn a_block_may_look_different_from_its_document() {
    let document = json!({ "sections": [{ "columns": [{ "blocks": [
        { "heading": "Big", "align": "center", "style": { "font_size": 40, "color": "#fff;}", "background": "#000" } },
        { "button": "Go", "link": "https://a.example", "style": { "background": "#c00", "radius": 0 } },
    ] }] }] });
    let html = to_html(&document.to_string()).unwrap();
    for part in [
        "<td style=\"color:#fff;background-color:#000;font-size:40px\">",
        "text-align:center;font-size:40px\">Big</h1>",
        "background-color:#c00;border-radius:0px\">Go</a>",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
}
