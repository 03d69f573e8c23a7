use serde_json::json;

use super::page;

#[test]
fn the_page_of_an_archive_has_all_parts_and_nothing_of_it_is_markup() {
    let archive = json!({
        "made_at": "2026-11-22T10:00:00Z",
        "contact": {"id": "c1", "user_id": "<u>", "traits": {"name": "Ada <b>"}, "tags": ["vip"]},
        "consent": [{"at": "t", "of": "category news", "answer": "subscribed", "legal_basis": null, "source": "form"}],
        "messages": [{"state_at": "t", "channel": "email", "template": "hello", "state": "sent",
                      "content": {"subject": "Hi", "text": "1 < 2"}}],
        "history": [{"at": "t", "input": {"kind": "event"}, "decisions": [{"text": "It was so."}]}],
    });
    let page = page(&archive);
    for part in ["&lt;u&gt;", "Ada &lt;b&gt;", "category news", "1 &lt; 2", "It was so.", "vip", "Hi"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<u>") && !page.contains("<b>"));
}
